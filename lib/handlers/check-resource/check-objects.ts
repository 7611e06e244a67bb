import type { ObjectCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { inParallel } from '../checks/in-parallel';
import { judgeCount } from '../checks/judge-count';
import { many } from '../checks/words';
import { type Comparison, judgeComparisons } from './judge-sample';
import { type BucketBaseline, bucketBaseline, fitting, type ObjectRecord } from './object-record';
import type { ListedObject, ObjectStore } from './object-store';
import { type Difference, SourceBucket } from './source-bucket';
import { isSampleSize, SpreadSample } from './spread-sample';

const WORKERS = [1, 2, 3, 4, 5, 6, 7, 8];

/** What looking at an object has shown. */
interface LookedAt {
  readonly record?: ObjectRecord;
  /** What is wrong with it whatever was recorded. */
  readonly problem?: string;
  readonly proven: boolean;
}

/** Counts the objects of a bucket, and reads a sample of them and whatever the last verified test has recorded. */
export async function checkObjects(store: ObjectStore, check: ObjectCheckSpec, context: CheckContext): Promise<Finding> {
  if (!isSampleSize(check.sample)) {
    throw new Unable("'sample' of the check is no number");
  }
  const { test, target } = context.input;
  const prefix = check.prefix ?? '';
  const before = bucketBaseline(context.baseline, prefix);
  const recorded = new Map((check.sample > 0 ? (before?.objects ?? []) : []).map((record) => [record.key, record]));
  const { count, sample, seen } = await list(store, target.name, prefix, recorded, new SpreadSample(check.sample, test.recoveryPointArn));
  const looked = new Map<string, LookedAt>();
  const objects = [...new Map([...sample, ...seen].map((object) => [object.key, object])).values()];
  await inParallel(objects, WORKERS, async (object) => {
    looked.set(object.key, await lookAt(store, target.name, object));
  });
  const sourceName = test.sourceArn?.split(':::')[1];
  const source = new SourceBucket(store, sourceName, Math.min(before?.atMs ?? Number.NaN, test.recoveryPointMs));
  const comparisons: Comparison[] = [];
  await inParallel([...recorded.values()], WORKERS, async (record) => {
    comparisons.push(await compare(record, looked.get(record.key), source));
  });
  return conclude(check, count, before, [...looked.values()], comparisons, {
    count,
    prefix,
    atMs: test.recoveryPointMs,
    objects: fitting(
      sample.flatMap(({ key }) => looked.get(key)?.record ?? []),
      context.input.checks.length,
    ),
  });
}

async function list(
  store: ObjectStore,
  bucket: string,
  prefix: string,
  recorded: ReadonlyMap<string, ObjectRecord>,
  sample: SpreadSample<ListedObject>,
): Promise<{ count: number; sample: ListedObject[]; seen: ListedObject[] }> {
  let count = 0;
  const seen: ListedObject[] = [];
  for await (const page of store.list(bucket, prefix)) {
    count += page.length;
    for (const object of page) {
      sample.offer(object.key, object);
      if (recorded.has(object.key)) {
        seen.push(object);
      }
    }
  }
  return { count, sample: sample.items(), seen };
}

async function lookAt(store: ObjectStore, bucket: string, object: ListedObject): Promise<LookedAt> {
  const { key, size } = object;
  const [content, versions, tags] = await Promise.all([store.read(bucket, object), store.versions(bucket, key), store.tags(bucket, key)]);
  if (!content || tags === undefined) {
    return { problem: `${key} is listed, but not there`, proven: false };
  }
  const kept = versions.filter(({ deleted }) => !deleted).length;
  const problem =
    content.size !== size
      ? `${key} has ${many(content.size, 'byte')}, but is listed with ${many(size, 'byte')}`
      : content.own === 'differs'
        ? `the content of ${key} does not match its own checksum`
        : kept === 0
          ? `${key} is listed, but has no version`
          : undefined;
  return { record: { key, checksum: content.checksum, size, versions: kept, tags }, problem, proven: content.own === 'matches' };
}

async function compare(record: ObjectRecord, looked: LookedAt | undefined, source: SourceBucket): Promise<Comparison> {
  const [kind, difference] = differenceOf(record, looked?.record) ?? [];
  return kind ? { difference, source: await source.sayOf(record, kind, looked?.record?.tags) } : {};
}

function differenceOf(before: ObjectRecord, now: ObjectRecord | undefined): readonly [Difference, string] | undefined {
  const { key } = before;
  if (!now) {
    return ['missing', `${key} is missing`];
  }
  if (now.checksum !== before.checksum || now.size !== before.size) {
    return ['content', now.size === 0 ? `${key} is empty, it had ${many(before.size, 'byte')}` : `${key} has another content`];
  }
  if (now.versions < before.versions) {
    return ['versions', `${key} has ${many(now.versions, 'version')}, it had ${before.versions.toLocaleString('en-US')}`];
  }
  return now.tags === before.tags ? undefined : ['tags', `${key} has other tags`];
}

function conclude(
  check: ObjectCheckSpec,
  count: number,
  before: BucketBaseline | undefined,
  looked: readonly LookedAt[],
  comparisons: readonly Comparison[],
  baseline: BucketBaseline,
): Finding {
  const counted = judgeCount(count, 'object', check, before?.count);
  const compared = judgeComparisons(comparisons, 'object', check.tolerance);
  const problems = looked.flatMap(({ problem }) => problem ?? []);
  const records = looked.flatMap(({ record }) => record ?? []);
  const empty = records.length > 0 && records.every(({ key, size }) => size === 0 && !key.endsWith('/'));
  const found = [
    counted.found,
    ...(looked.length > 0 ? [`${looked.length.toLocaleString('en-US')} read, ${own(looked)} by a checksum of S3`] : []),
    ...(empty ? ['each of them is empty'] : []),
    ...(problems.length > 0 ? [problems[0]] : []),
    ...(compared.found ? [compared.found] : []),
    ...(compared.holds ? [] : [compared.details[0]]),
  ].join('; ');
  const details = [...problems, ...compared.details];
  const holds = counted.holds && problems.length === 0 && compared.holds && !empty;
  return (holds ? passed : failed)(found, { details, baseline });
}

function own(looked: readonly LookedAt[]): string {
  const proven = looked.filter((one) => one.proven).length;
  return proven === looked.length ? 'all verified' : `${proven.toLocaleString('en-US')} verified`;
}
