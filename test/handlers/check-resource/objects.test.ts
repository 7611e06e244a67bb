import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { checkObjects } from '../../../lib/handlers/check-resource/check-objects';
import type { ListedObject, ObjectStore } from '../../../lib/handlers/check-resource/object-store';
import { SpreadSample } from '../../../lib/handlers/check-resource/spread-sample';
import type { CheckContext } from '../../../lib/handlers/checks/check-run';

const PAGE = 1_000;

/** A bucket of any size, whose pages are made as they are asked for. */
function storeOf(count: number, onPage: (page: number) => void = () => {}): ObjectStore & { readonly read: ObjectStore['read'] } {
  const read: ObjectStore['read'] = async (_bucket, { key, size }) => ({ checksum: key, size, own: 'matches' });
  return {
    async *list() {
      for (let from = 0; from < count; from += PAGE) {
        onPage(from / PAGE);
        yield Array.from(
          { length: Math.min(PAGE, count - from) },
          (_, index): ListedObject => ({ key: `photos/2026/${from + index}`, size: 5 }),
        );
      }
    },
    read,
    versions: async () => [{ atMs: 0, deleted: false }],
    tags: async () => '0:',
  };
}

function contextOf(baseline?: unknown): CheckContext {
  const test = { recoveryPointArn: 'point', recoveryPointMs: 1, sourceArn: 'arn:aws:s3:::source' };
  return {
    input: { test, target: { name: 'restored' }, checks: [{}] },
    baseline,
    signal: new AbortController().signal,
  } as unknown as CheckContext;
}

/** Collects garbage now, so that what is counted is what is held. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

test('a million objects take no more memory than a thousand', async () => {
  const collect = collector();
  const used: number[] = [];
  const store = storeOf(1_000_000, (page) => {
    if (page % 100 === 0) {
      collect();
      used.push(process.memoryUsage().heapUsed);
    }
  });
  const { status, found } = await checkObjects(store, { kind: 'objects', name: 'objects', exactly: 1_000_000, sample: 100 }, contextOf());
  expect([status, found]).toEqual(['passed', '1,000,000 objects; 100 read, all verified by a checksum of S3']);
  // all keys of the bucket would take more than this
  expect(Math.max(...used) - used[0]).toBeLessThan(10 * 2 ** 20);
}, 30_000);

test('every page counts', async () => {
  const check = { kind: 'objects', name: 'objects', exactly: 2_500, sample: 0 } as const;
  expect(await checkObjects(storeOf(2_500), check, contextOf())).toMatchObject({ status: 'passed', found: '2,500 objects' });
});

test('fails where every object is empty, but for folders', async () => {
  const store = storeOf(3);
  const empty: ObjectStore = { ...store, read: async () => ({ checksum: 'x', size: 0, own: 'none' }) };
  const list = (name: (index: number) => string): ObjectStore['list'] =>
    async function* () {
      yield [0, 1, 2].map((index) => ({ key: name(index), size: 0 }));
    };
  const check = { kind: 'objects', name: 'objects', sample: 3 } as const;
  expect(await checkObjects({ ...empty, list: list(String) }, check, contextOf())).toMatchObject({ status: 'failed' });
  expect(await checkObjects({ ...empty, list: list((index) => `${index}/`) }, check, contextOf())).toMatchObject({ status: 'passed' });
});

test('a sample is spread over the whole listing, the same for the same salt, and another for another', () => {
  const draw = (salt: string) => {
    const sample = new SpreadSample<number>(100, salt);
    for (let index = 0; index < 100_000; index += 1) {
      sample.offer(`key ${index}`, index);
    }
    return sample.items();
  };
  const first = draw('one');
  expect(draw('one')).toEqual(first);
  const other = draw('two');
  expect(first.filter((index) => other.includes(index)).length).toBeLessThan(10);
  const tenths = Array.from({ length: 10 }, (_, tenth) => first.filter((index) => Math.floor(index / 10_000) === tenth).length);
  expect(first).toHaveLength(100);
  expect(Math.min(...tenths)).toBeGreaterThan(1);
  expect(Math.max(...tenths)).toBeLessThan(25);
});

test.each([0, 1, 7])('a sample of %s has as many as there are, at most', (size) => {
  const sample = new SpreadSample<number>(size, 'salt');
  for (let index = 0; index < 5; index += 1) {
    sample.offer(`${index}`, index);
  }
  expect(sample.items()).toHaveLength(Math.min(size, 5));
});

test.each([
  ['is listed, but not there', { read: async () => undefined }, /is listed, but not there/],
  [
    'is shorter than it is listed',
    { read: async () => ({ checksum: 'x', size: 3, own: 'none' as const }) },
    /has 3 bytes, but is listed with 5 bytes/,
  ],
  [
    'does not match its own checksum',
    { read: async () => ({ checksum: '', size: 5, own: 'differs' as const }) },
    /does not match its own checksum/,
  ],
  ['has no version', { versions: async () => [] }, /is listed, but has no version/],
])('fails where an object %s', async (_what, changes, words) => {
  const check = { kind: 'objects', name: 'objects', sample: 3 } as const;
  const { status, found } = await checkObjects({ ...storeOf(10), ...changes }, check, contextOf());
  expect([status, found]).toEqual(['failed', expect.stringMatching(words)]);
});

test('what is recorded stays small, however large the sample', async () => {
  const { baseline } = await checkObjects(storeOf(5_000), { kind: 'objects', name: 'objects', sample: 5_000 }, contextOf());
  expect(JSON.stringify(baseline).length).toBeLessThan(17_000);
  expect((baseline as { objects: object[] }).objects.length).toBeGreaterThan(100);
});

test.each([{ count: 'many' }, { count: 1 }, { count: 1, prefix: '', atMs: 1, objects: [{ key: 1 }] }, 'text'])(
  'a record that cannot be read makes the check unable: %j',
  async (baseline) => {
    await expect(checkObjects(storeOf(1), { kind: 'objects', name: 'objects', sample: 1 }, contextOf(baseline))).rejects.toThrow(
      'what the last verified test left behind cannot be read',
    );
  },
);

test('a record of another prefix is none', async () => {
  const baseline = {
    count: 999,
    prefix: 'other/',
    atMs: 1,
    objects: [{ key: 'other/1', checksum: 'x', size: 1, versions: 1, tags: '0:' }],
  };
  const check = { kind: 'objects', name: 'objects', prefix: 'photos/', sample: 1, tolerance: 0 } as const;
  expect(await checkObjects(storeOf(10), check, contextOf(baseline))).toMatchObject({ status: 'passed' });
});
