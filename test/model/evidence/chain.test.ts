import * as fc from 'fast-check';
import { type ChainFinding, canonicalJson, readHead, readRecord, verifiedName, verifyChain } from '../../../lib/model/evidence';
import { chainOf, filesOf, newest, rows, sha256, weekly } from './evidence';

type Files = Map<string, string>;

const record = (sequence: number) => `records/${String(sequence).padStart(8, '0')}.json`;
const page = (sequence: number) => `pages/${String(sequence).padStart(8, '0')}.html`;
const job = (week: number) => `jobs/${weekly(week).test.restoreJobId}.json`;
const VERIFIED = verifiedName(sha256(`Orders/Database\n${weekly(1).test.sourceArn}`));
const SIX = [1, 2, 3, 4, 5, 6].map((week) => weekly(week));

function found(files: Files): ChainFinding[] {
  return verifyChain(chainOf(files, readHead));
}

/** Code and name of each finding, in order of name. */
function told(files: Files): string[] {
  return found(files)
    .map(({ severity, kind, name }) => `${severity === 'note' ? 'note: ' : ''}${kind} ${name}`)
    .sort();
}

function tampered(tamper: (files: Files) => void): Files {
  const files = filesOf(SIX);
  tamper(files);
  return files;
}

/** Says success where there was none, and is otherwise as it was. */
function whitewashed(text: string): string {
  return text.replaceAll('10,412 rows', '10,413 rows');
}

function swap(files: Files, one: string, other: string): void {
  const [first, second] = [files.get(one)!, files.get(other)!];
  files.set(one, second).set(other, first);
}

/** Rewrites a record and everything after it, as somebody would who may write to all of it. */
function rewriteFrom(files: Files, sequence: number): void {
  const others = filesOf(
    SIX.map((test, index) => (index + 1 < sequence ? test : { ...test, results: [{ ...rows, found: '10,500 rows' }, newest] })),
  );
  for (const [name, text] of others) {
    if (name !== 'head.json') {
      files.set(name, text);
    }
  }
}

test.each([0, 1, 2, 6])('finds nothing in a chain of %d as it was written', (count) => {
  expect(found(filesOf(SIX.slice(0, count)))).toEqual([]);
});

test.each<[string, (files: Files) => void, string[]]>([
  ['a changed record', (files) => files.set(record(3), whitewashed(files.get(record(3))!)), [`changed ${record(3)}`]],
  ['a changed first record', (files) => files.set(record(1), whitewashed(files.get(record(1))!)), [`changed ${record(1)}`]],
  ['a changed last record', (files) => files.set(record(6), whitewashed(files.get(record(6))!)), [`changed ${record(6)}`]],
  [
    'a record spelled in another way',
    (files) => files.set(record(3), JSON.stringify(JSON.parse(files.get(record(3))!))),
    [`changed ${record(3)}`],
  ],
  ['a record cut off', (files) => files.set(record(3), files.get(record(3))!.slice(0, 300)), [`changed ${record(3)}`]],
  ['a missing record', (files) => files.delete(record(3)), [`missing ${record(3)}`]],
  ['a missing first record', (files) => files.delete(record(1)), [`missing ${record(1)}`]],
  ['a missing last record', (files) => files.delete(record(6)), [`missing ${record(6)}`]],
  ['several missing records', (files) => [2, 3, 4].map((place) => files.delete(record(place))), [`missing ${record(2)}`]],
  ['all records missing', (files) => [1, 2, 3, 4, 5, 6].map((place) => files.delete(record(place))), [`missing ${record(1)}`]],
  ['two neighbours swapped', (files) => swap(files, record(3), record(4)), [`reordered ${record(3)}`, `reordered ${record(4)}`]],
  ['two others swapped', (files) => swap(files, record(2), record(5)), [`reordered ${record(2)}`, `reordered ${record(5)}`]],
  ['the last two swapped', (files) => swap(files, record(5), record(6)), [`reordered ${record(5)}`, `reordered ${record(6)}`]],
  [
    'a record moved over another',
    (files) => files.set(record(4), files.get(record(2))!),
    [`changed ${record(4)}`, `forked ${record(4)}`, `repeated ${record(4)}`],
  ],
  [
    'a record moved away',
    (files) => files.set('records/00000009.json', files.get(record(4))!).delete(record(4)),
    ['head head.json', `missing ${record(7)}`, `reordered ${record(4)}`, 'reordered records/00000009.json'],
  ],
  [
    'a second record that follows the third',
    (files) => files.set('records/00000004-b.json', whitewashed(files.get(record(4))!)),
    ['foreign records/00000004-b.json', 'forked records/00000004-b.json'],
  ],
  ['a tail that was replaced', (files) => rewriteFrom(files, 5), [`changed ${record(6)}`]],
  ['a stranger among the records', (files) => files.set('records/readme.txt', 'hello'), ['foreign records/readme.txt']],
  ['no head', (files) => files.delete('head.json'), ['head head.json']],
  [
    'no head and no last record',
    (files) => [files.delete('head.json'), files.delete(record(6))],
    ['head head.json', `page ${page(6)}`, 'page pages/00000006.md', `pointer ${job(6)}`, `pointer ${VERIFIED}`],
  ],
  ['a head that is not JSON', (files) => files.set('head.json', '{'), ['head head.json']],
  ['a head of some other thing', (files) => files.set('head.json', '{"version":1,"sequence":"6"}'), ['head head.json']],
  ['a changed page', (files) => files.set(page(2), '<h1>SUCCESSFUL</h1>'), [`page ${page(2)}`]],
  ['a missing page', (files) => files.delete(page(2)), [`page ${page(2)}`]],
  ['the missing page of the last record, which a crash may leave', (files) => files.delete(page(6)), [`note: page ${page(6)}`]],
  ['a page of no record', (files) => files.set('pages/00000044.html', 'x'), ['page pages/00000044.html']],
])('names %s', (_case, tamper, expected) => {
  expect(told(tampered((files) => void tamper(files)))).toEqual(expected.sort());
});

test('a record that a crash has left without its head is a note; two are a fault', () => {
  const head = filesOf(SIX.slice(0, 5)).get('head.json')!;
  expect(told(tampered((files) => files.set('head.json', head)))).toEqual(['note: head head.json']);
  const older = filesOf(SIX.slice(0, 4)).get('head.json')!;
  expect(told(tampered((files) => files.set('head.json', older)))).toEqual(['head head.json']);
});

test('a bucket with versions tells what was written over or deleted, though all the rest fits', () => {
  const chain = chainOf(filesOf(SIX), readHead);
  const records = chain.records.map((each) => ({ ...each, versions: each.name === record(2) ? 2 : 1 }));
  expect(verifyChain({ ...chain, records, deleted: [record(7)] }).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    `changed ${record(2)}`,
    `missing ${record(7)}`,
  ]);
});

test('one restore job in two records is named', () => {
  expect(told(filesOf([weekly(1), weekly(2), weekly(1)]))).toEqual([`repeated ${record(3)}`]);
});

test('a record that calls itself a success against its own results is named, however well it is chained', () => {
  const files = filesOf([weekly(1, { results: [rows] })]);
  const text = canonicalJson({ ...readRecord(files.get(record(1))!).value, verdict: { status: 'SUCCESSFUL', reasons: [] } });
  files.set(record(1), text).set('head.json', canonicalJson({ version: 1, sequence: 1, key: 'k', sha256: sha256(text) }));
  expect(told(files)).toContain(`contradictory ${record(1)}`);
});

test('says in words where a record went, and what vouched for a changed one', () => {
  const swapped = found(tampered((files) => swap(files, record(2), record(5))));
  expect(swapped[0].message).toBe(`stands in the wrong place: what belongs here stands in ${record(5)}`);
  const [changed] = found(tampered((files) => files.set(record(3), whitewashed(files.get(record(3))!))));
  expect(changed.message).toMatch(
    /^was changed: record 4 says SHA-256 \w{64}, and it has \w{64}; what it says about the record before it proves nothing either$/,
  );
  const [gone] = found(tampered((files) => [3, 4].map((place) => files.delete(record(place)))));
  expect(gone.message).toMatch(/^to records\/00000004\.json are missing: record 5 tells its SHA-256/);
});

test('property: any change of any letter of a record or a page is a fault that names it', () => {
  const files = filesOf(SIX);
  const names = [...files.keys()].filter((name) => /^(records|pages)/.test(name));
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.constantFrom('x', '0', ' ', '"'), (name, at, letter) => {
      const text = files.get(name)!;
      const place = at % text.length;
      fc.pre(text[place] !== letter);
      const findings = found(new Map([...files, [name, text.slice(0, place) + letter + text.slice(place + 1)]]));
      expect(findings.filter((finding) => finding.name === name && finding.severity === 'fault')).not.toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

test('property: a chain with files taken away, but for the head and the last, is never in order', () => {
  fc.assert(
    fc.property(fc.subarray([1, 2, 3, 4, 5], { minLength: 1 }), (gone) => {
      const files = tampered((all) => void gone.map((place) => all.delete(record(place))));
      expect(told(files).length).toBeGreaterThan(0);
    }),
  );
});
