import * as fc from 'fast-check';
import { EvidenceStore } from '../../../lib/handlers/evidence/evidence-store';
import {
  type ChainFinding,
  type ConcludedTest,
  type EvidenceRecord,
  readHead,
  readRecord,
  verifiedName,
  verifyChain,
} from '../../../lib/model/evidence';
import { chainOf, concluded, filesOf as evidenceOf, newest, rows, sha256, weekly } from '../../model/evidence/evidence';
import { MemoryStore } from './memory-store';

const PLACE = { prefix: 'evidence', verification: 'orders' };
const FOLDER = 'evidence/orders/';
const jobOf = ({ test }: Pick<ConcludedTest, 'test'>): string => test.restoreJobId;

const verifiedOf = (resource: string): string => verifiedName(sha256(`${resource}\n${concluded.test.sourceArn}`));

function storeOf(objects: MemoryStore): EvidenceStore {
  return new EvidenceStore(objects, PLACE);
}

function filesOf({ objects }: MemoryStore): Map<string, string> {
  return new Map([...objects].map(([key, text]) => [key.slice(FOLDER.length), text]));
}

/** But for what tests compared with: most tests here do not ask before they begin. */
function findingsOf(objects: MemoryStore): ChainFinding[] {
  return verifyChain(chainOf(filesOf(objects), readHead)).filter(({ kind }) => kind !== 'baseline');
}

/** Restore jobs of the records, in the order of the chain. */
function jobsOf(objects: MemoryStore): string[] {
  const records = [...filesOf(objects)].filter(([name]) => name.startsWith('records/')).sort(([one], [other]) => (one < other ? -1 : 1));
  return records.map(([, text]) => jobOf(readRecord(text).value as EvidenceRecord));
}

async function chained(...tests: readonly ConcludedTest[]): Promise<MemoryStore> {
  const objects = new MemoryStore();
  for (const test of tests) {
    await storeOf(objects).append(test);
  }
  return objects;
}

test('writes a record, its two pages, and what leads to it, all below the folder of the verification', async () => {
  const objects = await chained(weekly(1));
  expect([...objects.objects.keys()].sort()).toEqual([
    'evidence/orders/head.json',
    'evidence/orders/jobs/0D1E2F30-0000-4000-8000-000000000001.json',
    'evidence/orders/pages/00000001.html',
    'evidence/orders/pages/00000001.md',
    'evidence/orders/records/00000001.json',
    expect.stringMatching(/^evidence\/orders\/verified\/[0-9a-f]{64}\.json$/),
  ]);
  expect(findingsOf(objects)).toEqual([]);
});

test('chains what comes after to what was before', async () => {
  const objects = await chained(weekly(1), weekly(2), weekly(3, { problem: 'cancelled' }), weekly(4));
  expect(findingsOf(objects)).toEqual([]);
  expect(jobsOf(objects)).toEqual([1, 2, 3, 4].map((week) => jobOf(weekly(week))));
});

test('two verifications, and two that have similar names, share a bucket without a word', async () => {
  const objects = new MemoryStore();
  for (const verification of ['orders', 'orders/eu', 'orders~2feu', '../orders', 'Bestände']) {
    await new EvidenceStore(objects, { verification }).append(concluded);
  }
  expect([...objects.objects.keys()].filter((key) => key.endsWith('head.json')).sort()).toEqual([
    'Best~c3~a4nde/head.json',
    'orders/head.json',
    'orders~2feu/head.json',
    'orders~7e2feu/head.json',
    '~2e~2e~2forders/head.json',
  ]);
});

test('keeps one record of a restore job, the first, however often it comes', async () => {
  const objects = await chained(weekly(1), weekly(2), weekly(3));
  const before = new Map(objects.objects);
  const again = await storeOf(objects).append(weekly(2, { problem: 'came a second time' }));
  expect(again).toMatchObject({ sequence: 2, verdict: { status: 'SUCCESSFUL' } });
  expect(objects.objects).toEqual(before);
  await expect(storeOf(objects).find(jobOf(weekly(2)))).resolves.toEqual(again);
  await expect(storeOf(objects).find('another')).resolves.toBeUndefined();
});

describe('what the next test compares with', () => {
  const counted = (count: number) => ({ ...rows, baseline: { rows: count } });
  const other = (week: number, resource: string, sourceArn: string, count: number) => {
    const test = weekly(week, { resource, results: [counted(count), newest] });
    return { ...test, test: { ...test.test, sourceArn } };
  };

  test('is that of the last successful test of the very resource', async () => {
    const objects = await chained(
      other(1, 'Orders/Database', 'arn:a', 1),
      other(2, 'Orders/Database', 'arn:b', 2),
      other(3, 'Orders/Cache', 'arn:a', 3),
      other(4, 'Orders/Database', 'arn:a', 4),
      { ...other(5, 'Orders/Database', 'arn:a', 5), problem: 'cancelled' },
    );
    await expect(storeOf(objects).lastVerified('Orders/Database', 'arn:a')).resolves.toEqual({
      baselines: { [rows.name]: { rows: 4 } },
      comparedWith: { sequence: 4, sha256: sha256(filesOf(objects).get('records/00000004.json')!) },
    });
    await expect(storeOf(objects).lastVerified('Orders/Database', 'arn:b')).resolves.toMatchObject({
      baselines: { [rows.name]: { rows: 2 } },
    });
    await expect(storeOf(objects).lastVerified('Orders/Database', 'arn:c')).resolves.toEqual({ baselines: {} });
  });

  test('is that of a successful test, though a crash came before anything led to it', async () => {
    const objects = await chained(other(1, 'Orders/Database', 'arn:a', 1));
    const crashing = objects.as((operation, key) => {
      if (operation !== 'read' && !key.includes('/records/')) {
        throw new Error('crashed');
      }
    });
    await expect(storeOf(crashing).append(other(2, 'Orders/Database', 'arn:a', 2))).rejects.toThrow('crashed');
    await expect(storeOf(objects).lastVerified('Orders/Database', 'arn:a')).resolves.toMatchObject({
      baselines: { [rows.name]: { rows: 2 } },
    });
  });

  test.each<[string, (objects: Map<string, string>) => void, RegExp]>([
    [
      'a record that was changed',
      (objects) => objects.set(`${FOLDER}records/00000001.json`, objects.get(`${FOLDER}records/00000001.json`)!.replace('10412', '10')),
      /00000001\.json' is not as it was written: 'npx cdk-recovery evidence' tells/,
    ],
    ['a record that is gone', (objects) => objects.delete(`${FOLDER}records/00000001.json`), /00000001\.json' is gone/],
    [
      'a pointer to a record of another resource',
      (objects) => {
        const other = weekly(3, { resource: 'Orders/Cache' });
        for (const [name, text] of evidenceOf([weekly(1), weekly(2, { problem: 'cancelled' }), other])) {
          objects.set(FOLDER + name, text);
        }
        const [own, others] = [concluded.resource, 'Orders/Cache'].map((resource) => FOLDER + verifiedOf(resource));
        objects.set(own, objects.get(others)!);
      },
      /verified\/\w+\.json' names '.*00000003\.json', which is about something else/,
    ],
    [
      'a pointer to a test that failed',
      (objects) => objects.set(FOLDER + verifiedOf(concluded.resource), objects.get(`${FOLDER}jobs/${jobOf(weekly(2))}.json`)!),
      /names '.*00000002\.json', which is about something else/,
    ],
    [
      'a pointer that nobody can read',
      (objects) => objects.set([...objects.keys()].find((key) => key.includes('/verified/'))!, '{'),
      /verified\/\w+\.json' is not JSON/,
    ],
  ])('fails for %s, instead of beginning anew', async (_case, tamper, message) => {
    const objects = await chained(weekly(1), weekly(2, { problem: 'cancelled' }));
    tamper(objects.objects);
    await expect(storeOf(objects).lastVerified(concluded.resource, concluded.test.sourceArn)).rejects.toThrow(message);
  });
});

test('a record says what it was compared with, so that a pointer that was moved back for a while stays visible', async () => {
  const objects = await chained();
  const pointer = FOLDER + verifiedOf(concluded.resource);
  const tested = async (week: number) => {
    const { comparedWith } = await storeOf(objects).lastVerified(concluded.resource, concluded.test.sourceArn);
    return storeOf(objects).append(weekly(week, { comparedWith }));
  };
  await tested(1);
  const first = objects.objects.get(pointer)!;
  await tested(2);
  expect(verifyChain(chainOf(filesOf(objects), readHead))).toEqual([]);
  objects.objects.set(pointer, first);
  await expect(tested(3)).resolves.toMatchObject({ comparedWith: { sequence: 1 } });
  expect(verifyChain(chainOf(filesOf(objects), readHead)).map(({ kind, name, message }) => `${kind} ${name} ${message}`)).toEqual([
    'baseline records/00000003.json compared with record 1, though record 2 was the last successful one',
  ]);
});

test('a restore job that was made to name the record of another has no evidence', async () => {
  const objects = await chained(weekly(1), weekly(2));
  objects.objects.set(`${FOLDER}jobs/${jobOf(weekly(3))}.json`, objects.objects.get(`${FOLDER}jobs/${jobOf(weekly(1))}.json`)!);
  await expect(storeOf(objects).find(jobOf(weekly(3)))).rejects.toThrow(/names '.*00000001\.json', which is about something else/);
});

describe('after tampering the chain goes on, and the tampering stays visible', () => {
  test.each<[string, (objects: Map<string, string>) => void, string[]]>([
    [
      'a last record that was changed',
      (objects) =>
        objects.set(`${FOLDER}records/00000002.json`, objects.get(`${FOLDER}records/00000002.json`)!.replaceAll('10,412', '10,413')),
      ['changed records/00000002.json'],
    ],
    ['a last record that was removed', (objects) => objects.delete(`${FOLDER}records/00000002.json`), ['missing records/00000002.json']],
    ['a head that was removed', (objects) => objects.delete(`${FOLDER}head.json`), []],
    ['a head that nobody can read', (objects) => objects.set(`${FOLDER}head.json`, 'x'), []],
    [
      'a record that nobody can read, in the next place',
      (objects) => objects.set(`${FOLDER}records/00000003.json`, '{'),
      ['unreadable records/00000003.json'],
    ],
  ])('%s', async (_case, tamper, expected) => {
    const objects = await chained(weekly(1), weekly(2));
    tamper(objects.objects);
    await storeOf(objects).append(weekly(3));
    await storeOf(objects).append(weekly(4));
    expect(findingsOf(objects).map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
    expect(filesOf(objects).size).toBeGreaterThan(8);
  });
});

test('without a head, and without its first records, which may have expired, a chain goes on where it ended', async () => {
  const objects = await chained(weekly(1), weekly(2), weekly(3));
  for (const name of ['head.json', 'records/00000001.json', 'records/00000002.json']) {
    objects.objects.delete(FOLDER + name);
  }
  await expect(storeOf(objects).append(weekly(4))).resolves.toMatchObject({ sequence: 4 });
});

test('one who is held up moves nothing back that others have moved on', async () => {
  const objects = new MemoryStore();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = objects.as((operation, key) => (operation === 'create' && key.includes('/pages/') ? held : undefined));
  const first = storeOf(slow).append(weekly(1));
  while (!objects.objects.has(`${FOLDER}records/00000001.json`)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await storeOf(objects).append(weekly(2, { results: [{ ...rows, baseline: { rows: 2 } }, newest] }));
  release();
  await first;
  expect(findingsOf(objects)).toEqual([]);
  await expect(storeOf(objects).lastVerified(concluded.resource, concluded.test.sourceArn)).resolves.toMatchObject({
    baselines: { [rows.name]: { rows: 2 } },
  });
});

describe('a crash', () => {
  test('at any moment loses nothing, and the next test completes it', async () => {
    const operations: string[] = [];
    await new EvidenceStore(
      (await chained(weekly(1))).as((operation, key) => void operations.push(`${operation} ${key}`)),
      PLACE,
    ).append(weekly(2));
    for (const [crash] of operations.entries()) {
      for (const done of [false, true]) {
        const objects = await chained(weekly(1));
        let count = 0;
        const fail = () => {
          throw new Error('crashed');
        };
        const strike = () => (count++ === crash ? fail() : undefined);
        const crashing = done
          ? objects.as(
              () => void count++,
              () => (count === crash + 1 ? fail() : undefined),
            )
          : objects.as(strike);
        const crashed = await storeOf(crashing)
          .append(weekly(2))
          .then(
            () => false,
            () => true,
          );
        const written = jobsOf(objects).length === 2;
        expect(findingsOf(objects).filter(({ severity }) => severity === 'fault')).toEqual([]);
        // what is written is found at once, though nothing may lead to it yet
        await expect(storeOf(objects).find(jobOf(weekly(2)))).resolves.toEqual(
          written ? expect.objectContaining({ sequence: 2 }) : undefined,
        );
        await storeOf(objects).append(weekly(3));
        await storeOf(objects).append(weekly(2));
        expect(findingsOf(objects)).toEqual([]);
        expect(jobsOf(objects).sort()).toEqual([1, 2, 3].map((week) => jobOf(weekly(week))));
        expect(crashed || written).toBe(true);
      }
    }
    expect(operations.filter((operation) => !operation.startsWith('read'))).toHaveLength(6);
  });

  test('after which the same test comes again: it finds its record, and completes it', async () => {
    const objects = await chained(weekly(1));
    const crashing = objects.as((operation, key) => {
      if (operation === 'create' && key.includes('/pages/')) {
        throw new Error('crashed');
      }
    });
    await expect(storeOf(crashing).append(weekly(2))).rejects.toThrow('crashed');
    expect(findingsOf(objects).map(({ severity, kind }) => `${severity} ${kind}`)).toEqual([
      'note page',
      'note page',
      'note head',
      'note pointer',
      'note pointer',
    ]);
    await expect(storeOf(objects).append(weekly(2))).resolves.toMatchObject({ sequence: 2 });
    expect(findingsOf(objects)).toEqual([]);
  });

  test('property: many at once, held up at random, crashing and coming again, leave one unbroken chain with each test once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 8 }),
        fc.integer(),
        fc.double({ min: 0, max: 0.15, noNaN: true }),
        async (count, seed, risk) => {
          const random = randomOf(seed);
          const objects = new MemoryStore();
          const flaky = () =>
            storeOf(
              objects.as(
                async () => {
                  for (let turns = Math.floor(random() * 5); turns > 0; turns--) {
                    await Promise.resolve();
                  }
                  crash(random, risk / 2);
                },
                () => crash(random, risk / 2),
              ),
            );
          // each test comes to two executions at once, as a duplicated event would have it
          const appenders = Array.from({ length: count * 2 }, async (_, index) => {
            for (let attempt = 0; attempt < 200; attempt++) {
              const ended = await flaky()
                .append(weekly(Math.floor(index / 2)))
                .then(
                  () => true,
                  () => false,
                );
              if (ended) {
                return;
              }
            }
            throw new Error('never came to an end');
          });
          await Promise.all(appenders);
          expect(findingsOf(objects)).toEqual([]);
          expect(jobsOf(objects).sort()).toEqual(Array.from({ length: count }, (_, week) => jobOf(weekly(week))));
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});

function crash(random: () => number, risk: number): void {
  if (random() < risk) {
    throw new Error('crashed');
  }
}

/** Numbers from 0 to 1 that a seed determines. */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
