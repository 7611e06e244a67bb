import { createHash } from 'node:crypto';
import type { ChecksumCheckSpec } from '../../model/verification';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { many } from '../checks/words';

/** The content of a table, however its rows are ordered: how many they are, and sums over hashes of them. */
export interface ContentSums {
  readonly count: number;
  readonly sums: readonly string[];
}

/** The checksum of a content; `method` tells apart ways to hash that cannot be compared. */
export function checksumOf(method: string, { count, sums }: ContentSums): string {
  return createHash('sha256')
    .update([method, count, ...sums].join(':'))
    .digest('hex')
    .slice(0, 32);
}

/** Holds the content of a table to the given checksum, or to that of the last verified test, and records it for the next. */
export function judgeChecksum(method: string, content: ContentSums, { table, expected }: ChecksumCheckSpec, baseline: unknown): Finding {
  const checksum = checksumOf(method, content);
  const wanted = expected ?? checksumIn(baseline);
  const found = `${table}: checksum ${checksum} of ${many(content.count, 'row')}`;
  const extras = {
    expected: wanted === undefined ? `${table}: a first checksum to compare with` : `${table}: content with checksum ${wanted}`,
    baseline: { checksum, count: content.count },
  };
  return wanted === undefined || wanted === checksum ? passed(found, extras) : failed(found, extras);
}

function checksumIn(baseline: unknown): string | undefined {
  if (baseline === undefined || baseline === null) {
    return undefined;
  }
  const { checksum } = baseline as { checksum?: unknown };
  if (typeof checksum !== 'string') {
    throw new Unable('what the last verified test left behind holds no checksum');
  }
  return checksum;
}
