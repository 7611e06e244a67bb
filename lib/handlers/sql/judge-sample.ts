import { type Finding, failed, passed, Unable } from '../checks/finding';
import { many } from '../checks/words';

/** What was read of one table. */
export interface TableSample {
  readonly table: string;
  readonly rows: number;
  /** How many of them lack a value in a column that has to have one, by column. */
  readonly missing: Readonly<Record<string, number>>;
}

/** Holds samples to their required columns; a main table without rows is no main table. */
export function judgeSample(samples: readonly TableSample[]): Finding {
  if (samples.length === 0) {
    throw new Unable('the check names no tables');
  }
  const details = samples.flatMap(({ table, rows, missing }) => [
    ...(rows === 0 ? [`${table} has no rows`] : []),
    ...Object.entries(missing)
      .filter(([, count]) => count > 0)
      .map(([column, count]) => `${table}.${column} has no value in ${many(count, 'row')}`),
  ]);
  const found = `${many(
    samples.reduce((sum, { rows }) => sum + rows, 0),
    'row',
  )} of ${many(samples.length, 'table')} read`;
  return details.length === 0 ? passed(found) : failed(`${found}; ${details[0]}`, { details });
}
