import type { SampleCheckSpec } from '../../model/verification';
import { type Finding, Unable } from '../checks/finding';
import { judgeSample, type TableSample } from '../sql/judge-sample';
import { identifier } from './identifiers';
import { type FoundTable, needTable, type Session } from './session';

/** Whole pages are picked by chance, which may give fewer rows than their number promises. */
const TIMES_AS_MANY = 2;
const LEAST_PAGES = 16;

/** Reads some rows of the main tables, from all over each table, and looks for values that have to be there. */
export async function checkSample(session: Session, { tables, rows }: SampleCheckSpec): Promise<Finding> {
  if (!Array.isArray(tables) || !Number.isInteger(rows) || rows < 1) {
    throw new Unable('the check names no tables, or no number of rows');
  }
  const samples: TableSample[] = [];
  for (const name of tables) {
    samples.push(await sampleOf(session, name, await needTable(session, name), rows));
  }
  return judgeSample(samples);
}

async function sampleOf(session: Session, name: string, table: FoundTable, rows: number): Promise<TableSample> {
  const columns = [...(await session.columns(table))].filter(([, { required }]) => required).map(([column]) => column);
  // newer servers take `is null` of a required column for false without looking
  const missing = columns.map((column) => `sum(num_nulls(s.${identifier(column)}))::float8`);
  const read = async (share: string) => {
    const [values = []] = await session.main.lists(
      `select ${['count(*)', 'sum(length(s::text))', ...missing].join(', ')} from (select * from ${table.sql} ${share} limit ${rows}) s`,
    );
    return values.map(Number);
  };
  const [count, , ...nulls] = await read(await spread(session, table, rows)).then((values) => (values[0] < rows ? read('') : values));
  return { table: name, rows: count, missing: Object.fromEntries(columns.map((column, index) => [column, nulls[index]])) };
}

/** Pages from all over a table that is much larger than the sample. */
async function spread(session: Session, table: FoundTable, rows: number): Promise<string> {
  const { estimate, pages, kind } = await session.main.one(
    `select relkind::text as kind, greatest(reltuples, 0)::float8 as estimate, greatest(relpages, 0)::float8 as pages
       from pg_class where oid = $1::int8::oid`,
    [table.oid],
  );
  const share = 100 * Math.max((TIMES_AS_MANY * rows) / (estimate as number), LEAST_PAGES / (pages as number));
  return kind === 'r' && share < 100 ? `tablesample system (${share.toFixed(6)})` : '';
}
