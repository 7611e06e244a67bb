import { type Finding, failed, passed, Unable } from '../checks/finding';
import { many } from '../checks/words';

/** What a query answered with. */
export interface Answer {
  readonly rows: number;
  readonly columns: number;
  /** The first value as text; null where it is null. */
  readonly value: string | null;
}

/** Holds the one value of a query to the expected one. What it is instead is not told, for it may be the value of a row. */
export function judgeAnswer({ rows, columns, value }: Answer, expected: string): Finding {
  if (typeof expected !== 'string') {
    throw new Unable("'expected' of the check is no text");
  }
  if (rows !== 1 || columns !== 1) {
    return failed(`the query answers with ${many(rows, 'row')} of ${many(columns, 'column')}, not with one value`);
  }
  if (value === null) {
    return failed('the query answers with null');
  }
  return value === expected ? passed('the expected value') : failed(`another value, of ${many(value.length, 'character')}`);
}
