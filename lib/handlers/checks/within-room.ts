import { type CheckResult, cut } from '../../model/verification';
import { firstOf } from './words';

/** Of the 256 KB that a workflow passes on, which also holds the checks and what the last test has recorded. */
const ROOM_BYTES = 100_000;

/** How many details each result keeps, where fewer do not fit. */
const DETAILS = [20, 8, 3, 1] as const;

/** Results that a workflow can pass on: where all of them have much to say, each says less, for a workflow that breaks off says nothing of any. */
export function withinRoom(results: readonly CheckResult[]): CheckResult[] {
  for (const most of DETAILS) {
    const shortened = results.map((result) => withDetails(result, most));
    if (Buffer.byteLength(JSON.stringify(shortened)) <= ROOM_BYTES) {
      return shortened;
    }
  }
  return results.map((result) => withDetails(result, 0));
}

function withDetails({ details = [], ...result }: CheckResult, most: number): CheckResult {
  const kept = most === 0 ? [] : firstOf(details, most).map(cut);
  return { ...result, expected: cut(result.expected), found: cut(result.found), ...(kept.length > 0 ? { details: kept } : {}) };
}
