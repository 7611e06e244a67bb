import type { ItemCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { inParallel } from '../checks/in-parallel';
import { judgeCount } from '../checks/judge-count';
import { type Attributes, canonical, hashOf } from './item-hash';
import { type ItemRecord, type TableBaseline, tableBaseline } from './item-record';
import { type Comparison, judgeComparisons } from './judge-sample';
import { fitting } from './object-record';
import { isSampleSize, SpreadSample } from './spread-sample';
import type { TablePort } from './table-port';
import { type DescribedTable, shortfalls, type TableShape } from './table-shape';

/** Eight readers at a time take at most what a new table on demand gives; a table with less makes them wait. */
const WORKERS = [1, 2, 3, 4, 5, 6, 7, 8];
const SEGMENTS = Array.from({ length: 16 }, (_, segment) => segment);

/**
 * Counts the items of a table by reading all of it, for the count that DynamoDB tells is six hours old; compares its key and indexes, and
 * reads a sample and whatever the last verified test has recorded.
 */
export async function checkItems(port: TablePort, check: ItemCheckSpec, context: CheckContext): Promise<Finding> {
  if (!isSampleSize(check.sample)) {
    throw new Unable("'sample' of the check is no number");
  }
  const { test, target } = context.input;
  const before = tableBaseline(context.baseline);
  const table = await port.describe(target.arn);
  if (!table) {
    throw new Unable('there is no such table');
  }
  const shape = await judgeShape(port, test.sourceArn, table, before?.shape);
  const recorded = new Map((check.sample > 0 ? (before?.items ?? []) : []).map((record) => [record.key, record]));
  const scanned = await scan(port, target.arn, check, table, { recorded, salt: before?.salt ?? '', draw: test.recoveryPointArn });
  const records: ItemRecord[] = [];
  const gone: string[] = [];
  const salt = test.restoreJobId;
  await inParallel(scanned.sample, WORKERS, async (key) => {
    const item = await port.get(target.arn, key);
    if (item) {
      records.push({ key: hashOf(key, salt), item: hashOf(item, salt) });
    } else {
      gone.push('an item is found by reading the table, but not by its key');
    }
  });
  const comparisons: Comparison[] = [];
  await inParallel([...recorded.values()], WORKERS, async (record) => {
    comparisons.push(await compare(port, record, scanned.seen.get(record.key), before as TableBaseline, context));
  });
  const counted = judgeCount(scanned.count, 'item', check, before?.count);
  const compared = judgeComparisons(comparisons, 'item', check.tolerance);
  const problems = [...shape.problems, ...gone];
  const found = [
    counted.found,
    shape.found,
    ...(problems.length > 0 ? [problems[0]] : []),
    ...(scanned.sample.length > 0 ? [`${scanned.sample.length.toLocaleString('en-US')} read`] : []),
    ...(compared.found ? [compared.found] : []),
    ...(compared.holds ? [] : [compared.details[0]]),
  ].join('; ');
  const { keys, indexes } = table;
  const items = fitting(
    records.sort((one, other) => (one.key < other.key ? -1 : 1)),
    context.input.checks.length,
  );
  const baseline: TableBaseline = { count: scanned.count, salt, shape: { keys, indexes }, items };
  const holds = counted.holds && problems.length === 0 && compared.holds;
  return (holds ? passed : failed)(found, { details: [...problems, ...compared.details], baseline });
}

/** A table has to be what it was when it was last verified, or what its source is now: it may have been changed on purpose. */
async function judgeShape(
  port: TablePort,
  sourceArn: string,
  table: DescribedTable,
  before: TableShape | undefined,
): Promise<{ found: string; problems: string[] }> {
  const source = await port.describe(sourceArn).catch(unknownIfUnable);
  const candidates = [before, source].filter((shape) => shape !== undefined);
  const wrong = candidates.map((shape) => shortfalls(table, shape));
  const unusable = table.unusable.map((index) => `the index ${index}, so that it cannot be used`);
  const count = Object.keys(table.indexes).length;
  const [first = []] = wrong.some((list) => list.length === 0) ? [] : wrong;
  return {
    found: `key ${table.keys.join(', ')} and ${count} index${count === 1 ? '' : 'es'}${candidates.length === 0 ? ', with nothing to compare them with' : ''}`,
    problems: [...first, ...unusable],
  };
}

interface Draw {
  readonly recorded: ReadonlyMap<string, ItemRecord>;
  readonly salt: string;
  readonly draw: string;
}

async function scan(
  port: TablePort,
  tableArn: string,
  check: ItemCheckSpec,
  { keyNames }: DescribedTable,
  { recorded, salt, draw }: Draw,
): Promise<{ count: number; sample: Attributes[]; seen: Map<string, Attributes> }> {
  const sample = new SpreadSample<Attributes>(check.sample, draw);
  const seen = new Map<string, Attributes>();
  let count = 0;
  await inParallel(SEGMENTS, WORKERS, async (segment) => {
    for await (const page of port.scan(tableArn, segment, SEGMENTS.length, check.sample > 0 ? keyNames : [])) {
      count += page.count;
      for (const key of page.keys) {
        sample.offer(canonical(key), key);
        const hash = recorded.size > 0 ? hashOf(key, salt) : '';
        if (recorded.has(hash)) {
          seen.set(hash, key);
        }
      }
    }
  });
  return { count, sample: sample.items(), seen };
}

async function compare(
  port: TablePort,
  record: ItemRecord,
  key: Attributes | undefined,
  { salt }: TableBaseline,
  { input }: CheckContext,
): Promise<Comparison> {
  // items have no names that evidence may hold: the salted hash of the key has to do
  const name = `the item ${record.key.slice(0, 8)}`;
  if (!key) {
    return { difference: `${name} is missing`, source: 'unknown' };
  }
  const item = await port.get(input.target.arn, key);
  if (item && hashOf(item, salt) === record.item) {
    return {};
  }
  const difference = item ? `${name} has other values` : `${name} is not found by its key`;
  const source = await port.get(input.test.sourceArn, key).then((found) => ({ found }), unknownIfUnable);
  if (!source) {
    return { difference, source: 'unknown' };
  }
  return { difference, source: source.found && hashOf(source.found, salt) === record.item ? 'as-recorded' : 'changed-too' };
}

function unknownIfUnable(error: unknown): undefined {
  if (!(error instanceof Unable)) {
    throw error;
  }
  return undefined;
}
