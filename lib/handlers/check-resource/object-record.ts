import { Unable } from '../checks/finding';

/** What a test records of an object, for the next one to compare with. */
export interface ObjectRecord {
  readonly key: string;
  /** Of the content; see `ReadContent`. */
  readonly checksum: string;
  readonly size: number;
  readonly versions: number;
  /** Of its tags, which may tell more than evidence should. */
  readonly tags: string;
}

/** What a test of a bucket leaves for the next. */
export interface BucketBaseline {
  readonly count: number;
  readonly prefix: string;
  /** Moment of the recovery point. */
  readonly atMs: number;
  readonly objects: readonly ObjectRecord[];
}

/** Baselines travel in the state of a workflow, the last ones and the new ones, beside the results; it takes 256 KB in all. */
const ROOM = { check: 16_000, all: 48_000 } as const;

/** As many records as there is room for, where so many checks share it. */
export function fitting<T>(records: readonly T[], checks: number): T[] {
  let left = Math.min(ROOM.check, Math.floor(ROOM.all / checks));
  return records.filter((record) => {
    left -= Buffer.byteLength(JSON.stringify(record)) + 1;
    return left >= 0;
  });
}

/** What the last verified test has left behind; undefined where there was none, or it looked at other objects. */
export function bucketBaseline(baseline: unknown, prefix: string): BucketBaseline | undefined {
  if (baseline === undefined || baseline === null) {
    return undefined;
  }
  const found = baseline as Partial<BucketBaseline>;
  if (!Number.isFinite(found.count) || !Number.isFinite(found.atMs) || !Array.isArray(found.objects) || !found.objects.every(isRecord)) {
    throw new Unable('what the last verified test left behind cannot be read');
  }
  return found.prefix === prefix ? (found as BucketBaseline) : undefined;
}

function isRecord(value: unknown): value is ObjectRecord {
  const { key, checksum, size, versions, tags } = (value ?? {}) as Partial<ObjectRecord>;
  return (
    typeof key === 'string' &&
    typeof checksum === 'string' &&
    typeof size === 'number' &&
    typeof versions === 'number' &&
    typeof tags === 'string'
  );
}
