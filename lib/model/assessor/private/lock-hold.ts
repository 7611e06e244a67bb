import type { CopyFact } from '../../facts';
import { words } from '../../time';
import { claimOf, gradeOf } from './grade';

/**
 * Whether a whole state of a copy is locked at every time: `firm`, or `doubtful` where only an estimate says otherwise; `short`
 * where there are times without any, `unknown` where only deployment tells, `none` without a lock.
 */
export type Hold = 'none' | 'short' | 'unknown' | 'doubtful' | 'firm';

/**
 * A lock that ends before the next state is there leaves times in which nothing is locked. A replica has no states: each of its
 * objects is locked from when it was written, so that the lock has to last as long as objects are kept.
 */
export function holdOf({ form, immutable, lockedMs, keptMs, staleness }: CopyFact): Hold {
  if (immutable === 'no') {
    return 'none';
  }
  if (lockedMs === undefined || lockedMs === 'unknown') {
    return lockedMs ?? 'firm';
  }
  if (form !== 'points') {
    return typeof keptMs === 'number' && lockedMs >= keptMs ? 'firm' : 'short';
  }
  const next = claimOf(staleness);
  const grade = next && gradeOf(next, lockedMs);
  return grade === undefined ? 'unknown' : grade === 'broken' ? 'short' : grade === 'doubtful' ? 'doubtful' : 'firm';
}

/** Whether the lock counts, unless only deployment tells. */
export function holds(copy: CopyFact): boolean {
  return ['firm', 'doubtful'].includes(holdOf(copy));
}

/** Why a lock of known length does not count, to follow the name of its copy. */
export function shortLock({ form, lockedMs }: CopyFact): string {
  const lock = `is locked for ${words(lockedMs as number)}`;
  return form === 'points'
    ? `${lock}, which may end before the next one is there`
    : `${lock}, each object from when it was written, while objects live longer`;
}
