import * as fc from 'fast-check';
import {
  type BackupManifest,
  backupId,
  freed,
  LOCK_MS,
  publishedMetrics,
  readBackupId,
  readManifest,
  storedBytes,
  takeLock,
  tooSmall,
} from '../../../lib/model/self-managed';

const AT = Date.UTC(2026, 10, 24, 1, 2, 3);
const MANIFEST: BackupManifest = {
  version: 1,
  id: backupId(AT, 0.5),
  source: 'orders',
  engine: 'postgresql',
  form: 'logical',
  kind: 'full',
  startedMs: AT,
  consistentMs: AT,
  endedMs: AT + 60_000,
  server: 'PostgreSQL 15.8',
  tool: 'pg_dump 15',
  sourceBytes: 10,
  objects: [{ name: 'toc.dat', bytes: 7, sha256: 'a'.repeat(64) }],
  verified: [{ what: 'data', found: 'all of it' }],
};

describe('ids of backups', () => {
  test('tell when a backup began, and sort by it', () => {
    expect(backupId(AT, 0.5)).toBe('20261124T010203Z-800000');
    expect(readBackupId('20261124T010203Z-800000')).toBe(AT);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 4e12 }), (a, b) => {
        const [first, second] = [a, b].map((ms) => backupId(ms, 0));
        return Math.sign(Math.floor(a / 1000) - Math.floor(b / 1000)) === (first < second ? -1 : first > second ? 1 : 0);
      }),
    );
  });

  test.each(['', 'x', '20261324T010203Z-800000', '20261124T010203Z-80000', '20261124T010203Z-80000G', '20260230T010203Z-800000'])(
    '%p is none',
    (id) => {
      expect(readBackupId(id)).toBeUndefined();
    },
  );
});

describe('a manifest', () => {
  test('is read as it was written', () => {
    expect(readManifest(JSON.stringify(MANIFEST))).toEqual(MANIFEST);
  });

  test.each<[string, object, RegExp]>([
    ['another version', { version: 2 }, /version 2, and this program reads version 1/],
    ['no id', { id: 'latest' }, /'id' is "latest"/],
    ['a base that is no id', { base: 'full' }, /'base' is "full"/],
    ['nothing that was verified', { verified: [] }, /'verified' is \[\]/],
    ['an object that leaves the folder', { objects: [{ name: '../x', bytes: 1, sha256: 'a'.repeat(64) }] }, /'objects' is/],
    ['an object without a sum', { objects: [{ name: 'x', bytes: 1 }] }, /'objects' is/],
    ['bytes that are no number', { sourceBytes: -1 }, /'sourceBytes' is -1/],
    ['no objects and no label', { objects: [] }, /neither 'objects' nor a 'label'/],
    ['objects and a label', { label: 'x' }, /neither 'objects' nor a 'label'/],
    ['no recipient though it is encrypted', { recipients: [] }, /'recipients' is \[\]/],
  ])('fails for %s', (_case, changes, why) => {
    expect(readManifest(JSON.stringify({ ...MANIFEST, ...changes }))).toEqual({ why: expect.stringMatching(why) });
  });

  test.each([
    ['not JSON', '{'],
    ['no object', 'null'],
  ])('fails for what is %s', (_case, text) => {
    expect(readManifest(text)).toHaveProperty('why');
  });
});

describe('a lock', () => {
  const held = { owner: 'a', expiresMs: AT + LOCK_MS };

  test.each<[string, Parameters<typeof takeLock>[0], number]>([
    ['nobody has', undefined, AT],
    ['is free', freed('a'), AT],
    ['is ours', { owner: 'me', expiresMs: AT + LOCK_MS }, AT],
    ['expired ten seconds ago', held, AT + LOCK_MS + 10_000],
  ])('that %s is taken', (_case, found, nowMs) => {
    expect(takeLock(found, 'me', nowMs)).toEqual({ take: { owner: 'me', expiresMs: nowMs + LOCK_MS } });
  });

  test('that has only just expired is left, for clocks differ', () => {
    expect(takeLock(held, 'me', AT + LOCK_MS + 9_999)).toEqual({ heldBy: held });
  });

  test('of an owner that is known to be dead is taken at once', () => {
    expect(takeLock(held, 'me', AT, (owner) => owner === 'a')).toHaveProperty('take');
    expect(takeLock(held, 'me', AT, (owner) => owner === 'b')).toEqual({ heldBy: held });
  });
});

describe('the size of a backup', () => {
  const sized = (bytes: number) => ({ id: MANIFEST.id, bytes });

  test('may halve, and no more', () => {
    expect(tooSmall(sized(4_000_000), 2_000_000)).toBeUndefined();
    expect(tooSmall(sized(4_000_000), 1_999_999)).toMatch(
      /^it has 1999999 bytes, 49 % of the last one .*at least 50 % are expected.*--may-shrink/,
    );
  });

  test('says nothing of small ones, nor where there is no other', () => {
    expect(tooSmall(sized(1_048_576), 0)).toBeUndefined();
    expect(tooSmall(undefined, 0)).toBeUndefined();
  });

  test('of a tool with a repository of its own is what the tool says', () => {
    expect(storedBytes({ objects: [], storedBytes: 4_000_000 })).toBe(4_000_000);
  });
});

test('a published backup is told as metrics that CloudWatch takes from the log', () => {
  expect(publishedMetrics(MANIFEST, 7, AT + 90_000)).toEqual({
    _aws: {
      Timestamp: AT + 90_000,
      CloudWatchMetrics: [
        {
          Namespace: 'CdkRecovery',
          Dimensions: [['BackupSource']],
          Metrics: [
            { Name: 'SelfManagedBackupSuccess', Unit: 'Count' },
            { Name: 'SelfManagedBackupAge', Unit: 'Seconds' },
            { Name: 'SelfManagedBackupBytes', Unit: 'Bytes' },
          ],
        },
      ],
    },
    BackupSource: 'orders',
    SelfManagedBackupSuccess: 1,
    SelfManagedBackupAge: 90,
    SelfManagedBackupBytes: 7,
  });
});
