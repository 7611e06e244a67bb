import * as fc from 'fast-check';
import { type ConcludedTest, canonicalJson, readHead, verifiedName, verifyChain } from '../../../lib/model/evidence';
import { DAY } from '../../../lib/model/time';
import { chainOf, filesOf, newest, restoreTest, rows, STARTED, sha256, weekly } from './evidence';

type Files = Map<string, string>;

const record = (sequence: number) => `records/${String(sequence).padStart(8, '0')}.json`;
const job = (week: number) => `jobs/${weekly(week).test.restoreJobId}.json`;
const verifiedOf = (sourceArn: string) => verifiedName(sha256(`Orders/Database\n${sourceArn}`));
const VERIFIED = verifiedOf(restoreTest.sourceArn);
const FIVE = [1, 2, 3, 4, 5].map((week) => weekly(week));
const failed = { results: [{ ...rows, status: 'failed' as const }, newest] };

function told(files: Files, from = {}): string[] {
  return verifyChain(chainOf(files, readHead), from)
    .map(({ severity, kind, name }) => `${severity === 'note' ? 'note: ' : ''}${kind} ${name}`)
    .sort();
}

/** What names a record: of a chain of so many, the last. */
const pointerTo = (count: number) => filesOf(FIVE.slice(0, count)).get(VERIFIED)!;

describe('pointers', () => {
  test.each<[string, (files: Files) => void, string[]]>([
    ['the last verified record of a resource moved back', (files) => files.set(VERIFIED, pointerTo(2)), [`pointer ${VERIFIED}`]],
    [
      'one moved to a record that there is not',
      (files) => files.set(VERIFIED, pointerTo(5).replace('"sequence": 5', '"sequence": 9')),
      [`pointer ${VERIFIED}`],
    ],
    [
      'one with another SHA-256',
      (files) => files.set(VERIFIED, pointerTo(5).replace(/"sha256": "...../, '"sha256": "00000')),
      [`pointer ${VERIFIED}`],
    ],
    ['one that nobody can read', (files) => files.set(VERIFIED, '{'), [`pointer ${VERIFIED}`]],
    [
      'one of a resource that was never tested',
      (files) => files.set(verifiedOf('arn:x'), pointerTo(3)),
      [`pointer ${verifiedOf('arn:x')}`],
    ],
    ['a restore job that names the record of another', (files) => files.set(job(3), files.get(job(4))!), [`pointer ${job(3)}`]],
    ['a restore job without its record', (files) => files.delete(job(3)), [`pointer ${job(3)}`]],
    ['a restore job of no record', (files) => files.set('jobs/other.json', files.get(job(2))!), ['pointer jobs/other.json']],
    ['the last one moved back by one', (files) => files.set(VERIFIED, pointerTo(4)), [`pointer ${VERIFIED}`]],
    ['the last one taken away', (files) => files.delete(VERIFIED), [`pointer ${VERIFIED}`]],
    [
      'what a crash leaves behind, for the head comes last',
      (files) => [
        files.delete(job(5)),
        files.set(VERIFIED, pointerTo(4)),
        files.set('head.json', filesOf(FIVE.slice(0, 4)).get('head.json')!),
      ],
      ['note: head head.json', `note: pointer ${job(5)}`, `note: pointer ${VERIFIED}`],
    ],
  ])('names %s', (_case, tamper, expected) => {
    const files = filesOf(FIVE);
    tamper(files);
    expect(told(files)).toEqual(expected.sort());
  });

  test('one that is gone is a fault once another test came after the success', () => {
    const files = filesOf([...FIVE, weekly(6, failed)]);
    expect(told(files)).toEqual([]);
    files.delete(VERIFIED);
    expect(told(files)).toEqual([`pointer ${VERIFIED}`]);
  });

  test('property: no pointer can name another record unnoticed', () => {
    const files = filesOf(FIVE);
    const names = [...files.keys()].filter((name) => /^(jobs|verified)/.test(name));
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.integer({ min: 1, max: 9 }), (name, sequence) => {
        const pointer = JSON.parse(files.get(name)!);
        fc.pre(pointer.sequence !== sequence);
        expect(told(new Map([...files, [name, canonicalJson({ ...pointer, sequence })]]))).not.toEqual([]);
      }),
    );
  });
});

describe('what a test compared with', () => {
  const linkTo = (sequence: number) => ({ sequence, sha256: sha256(filesOf(FIVE).get(record(sequence))!) });
  const sixth = (changes: Partial<ConcludedTest>) => told(filesOf([...FIVE, weekly(6, changes)]));

  test.each<[string, Partial<ConcludedTest>]>([
    ['an older success than the last, whatever the pointer says by now', { comparedWith: linkTo(3) }],
    ['nothing, though there was a success', { comparedWith: undefined }],
    ['a record of other bytes', { comparedWith: { ...linkTo(5), sha256: linkTo(4).sha256 } }],
    ['itself', { comparedWith: { ...linkTo(5), sequence: 6 } }],
  ])('names %s', (_case, changes) => {
    expect(sixth(changes)).toEqual([`baseline ${record(6)}`]);
  });

  test('names a failed test, and the success of another resource', () => {
    const others = [weekly(1, failed), weekly(2, { test: { ...weekly(2).test, sourceArn: 'arn:other' } })];
    const files = filesOf(others);
    for (const sequence of [1, 2]) {
      const compared = { sequence, sha256: sha256(files.get(record(sequence))!) };
      expect(told(filesOf([...others, weekly(3, { comparedWith: compared })]))).toEqual([`baseline ${record(3)}`]);
    }
  });

  test('need not be a success that was concluded while the test ran', () => {
    expect(sixth({ comparedWith: linkTo(4), test: { ...weekly(6).test, startedMs: FIVE[4].concludedMs } })).toEqual([]);
  });

  test('is nothing where the restore failed, and for the first test', () => {
    expect(sixth({ ...failed, comparedWith: undefined })).toEqual([]);
    expect(told(filesOf([weekly(1)]))).toEqual([]);
  });
});

describe('a chain of which the beginning has expired', () => {
  const expired = (...gone: number[]) => {
    const files = filesOf(FIVE);
    for (const sequence of gone) {
      const digits = String(sequence).padStart(8, '0');
      for (const name of [record(sequence), job(sequence), `pages/${digits}.html`, `pages/${digits}.md`]) {
        files.delete(name);
      }
    }
    return files;
  };
  const concluded = (week: number) => FIVE[week - 1].concludedMs;

  test('is a fault where nobody says from where on it is wanted', () => {
    expect(told(expired(1, 2))).toEqual([`missing ${record(1)}`]);
  });

  test.each<[string, object]>([
    ['a record', { sequence: 3 }],
    ['a moment', { ms: STARTED + 15 * DAY }],
    ['the moment of the first test that is there', { ms: concluded(3) }],
  ])('is in order from %s on', (_case, from) => {
    expect(told(expired(1, 2), from)).toEqual([`note: expired ${record(1)}`]);
  });

  test.each<[string, number[], object, string[]]>([
    ['more than expired', [1, 2, 3], { sequence: 3 }, [`missing ${record(3)}`, `note: expired ${record(1)}`]],
    ['more than expired by a moment', [1, 2, 3], { ms: STARTED + 20 * DAY }, [`missing ${record(3)}`, `note: expired ${record(1)}`]],
    ['one from the middle', [1, 4], { sequence: 2 }, [`missing ${record(4)}`, `note: expired ${record(1)}`]],
    [
      'all but the head, by a moment before the last',
      [1, 2, 3, 4, 5],
      { ms: concluded(5) },
      [`missing ${record(5)}`, `note: expired ${record(1)}`],
    ],
    ['all but the head, by a moment after the last', [1, 2, 3, 4, 5], { ms: concluded(5) + 1 }, [`note: expired ${record(1)}`]],
  ])('names %s', (_case, gone, from, expected) => {
    expect(told(expired(...gone), from)).toEqual(expected.sort());
  });

  test('wants the record before the first as well where nothing tells when it was concluded', () => {
    const undated = filesOf([weekly(1)]).get(record(1))!;
    const files = filesOf([weekly(1), weekly(2)]);
    const second = JSON.parse(files.get(record(2))!);
    second.previous = { key: second.previous.key, sha256: sha256(undated) };
    const text = canonicalJson(second);
    files.set(record(2), text).set('head.json', canonicalJson({ version: 1, sequence: 2, key: 'k', sha256: sha256(text) }));
    files.delete(record(1));
    expect(told(files, { ms: concluded(2) })).toContain(`missing ${record(1)}`);
    expect(told(files, { sequence: 2 })).not.toContain(`missing ${record(1)}`);
  });

  test('is held to what was written, as far as it is still there', () => {
    const files = expired(1);
    files.set(record(2), files.get(record(2))!.replaceAll('10,412', '10,413'));
    expect(told(files, { sequence: 4 })).toContain(`changed ${record(2)}`);
  });

  test('lets somebody begin anew who has taken a pointer away', () => {
    const anew = filesOf([...FIVE, weekly(6, { comparedWith: undefined })]);
    expect(told(anew)).toEqual([`baseline ${record(6)}`]);
    expect(told(anew, { sequence: 6 })).toEqual([]);
  });
});
