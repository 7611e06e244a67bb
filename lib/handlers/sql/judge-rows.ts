import type { CountExpectation } from '../../model/verification';
import { type Finding, failed, passed } from '../checks/finding';
import { countIn, expectedCount, judgeCount } from '../checks/judge-count';

/** Holds a number of rows of a table to what is expected, and records it for the next test. */
export function judgeRows(table: string, count: number, expectation: CountExpectation, baseline: unknown): Finding {
  const { holds, found } = judgeCount(count, 'row', expectation, countIn(baseline));
  const extras = { expected: `${table}: ${expectedCount(expectation, 'row')}`, baseline: { count } };
  return (holds ? passed : failed)(`${table}: ${found}`, extras);
}
