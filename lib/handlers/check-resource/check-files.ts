import type { FileCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { inParallel } from '../checks/in-parallel';
import { judgeCount } from '../checks/judge-count';
import { many } from '../checks/words';
import { type FoundFile, filesBelow, type ReadFile, readFile } from './file-tree';
import { type Comparison, judgeComparisons } from './judge-sample';
import { fitting } from './object-record';
import { isSampleSize, SpreadSample } from './spread-sample';

const WORKERS = [1, 2, 3, 4];

/** What a test records of a file, for the next one to compare with. */
export interface FileRecord extends ReadFile {
  readonly path: string;
}

interface FilesBaseline {
  readonly count: number;
  readonly files: readonly FileRecord[];
}

/** Counts the files of a mounted file system, and reads a sample of them and whatever the last verified test has recorded. */
export async function checkFiles(root: string, check: FileCheckSpec, context: CheckContext): Promise<Finding> {
  if (!isSampleSize(check.sample)) {
    throw new Unable("'sample' of the check is no number");
  }
  const before = filesBaseline(context.baseline);
  const recorded = new Map((check.sample > 0 ? (before?.files ?? []) : []).map((record) => [record.path, record]));
  const draw = new SpreadSample<FoundFile>(check.sample, context.input.test.recoveryPointArn);
  const seen: FoundFile[] = [];
  let count = 0;
  for await (const file of filesBelow(root)) {
    context.signal.throwIfAborted();
    count += 1;
    draw.offer(file.path, file);
    if (recorded.has(file.path)) {
      seen.push(file);
    }
  }
  const sample = draw.items();
  const looked = new Map<string, ReadFile | undefined>();
  await inParallel([...new Map([...sample, ...seen].map((file) => [file.path, file])).values()], WORKERS, async (file) => {
    looked.set(file.path, await readFile(file, context.signal));
  });
  const unreadable = [...looked].filter(([, read]) => !read).map(([path]) => `${path} is there, but cannot be read`);
  const counted = judgeCount(count, 'file', check, before?.count);
  const compared = judgeComparisons(
    [...recorded.values()].map((record) => compare(record, looked.get(record.path))),
    'file',
    check.tolerance,
  );
  const reads = [...looked.values()].flatMap((read) => read ?? []);
  const empty = reads.length > 0 && reads.every(({ size }) => size === 0);
  const found = [
    counted.found,
    ...(looked.size > 0 ? [`${looked.size.toLocaleString('en-US')} read`] : []),
    ...(empty ? ['each of them is empty'] : []),
    ...unreadable.slice(0, 1),
    ...(compared.found ? [compared.found] : []),
    ...(compared.holds ? [] : [compared.details[0]]),
  ].join('; ');
  const files = fitting(
    sample.flatMap(({ path }) => {
      const read = looked.get(path);
      return read ? [{ path, ...read }] : [];
    }),
    context.input.checks.length,
  );
  const baseline: FilesBaseline = { count, files };
  const holds = counted.holds && unreadable.length === 0 && compared.holds && !empty;
  return (holds ? passed : failed)(found, { details: [...unreadable, ...compared.details], baseline });
}

/** Whoever changes a file changes its time, too: another content of the same time is damage. */
function compare({ path, checksum, size, modifiedMs }: FileRecord, now: ReadFile | undefined): Comparison {
  if (!now) {
    return { difference: `${path} is missing`, source: 'unknown' };
  }
  if (now.checksum === checksum && now.size === size) {
    return {};
  }
  const difference = now.size === 0 ? `${path} is empty, it had ${many(size, 'byte')}` : `${path} has another content`;
  return { difference, source: now.modifiedMs === modifiedMs ? 'unknown' : 'changed-too' };
}

function filesBaseline(baseline: unknown): FilesBaseline | undefined {
  if (baseline === undefined || baseline === null) {
    return undefined;
  }
  const found = baseline as Partial<FilesBaseline>;
  const sound = (file: Partial<FileRecord>) =>
    typeof file?.path === 'string' &&
    typeof file.checksum === 'string' &&
    typeof file.size === 'number' &&
    typeof file.modifiedMs === 'number';
  if (!Number.isFinite(found.count) || !Array.isArray(found.files) || !found.files.every(sound)) {
    throw new Unable('what the last verified test left behind cannot be read');
  }
  return found as FilesBaseline;
}
