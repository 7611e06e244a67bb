import type { SampleCheckSpec } from '../../model/verification';
import { type Finding, Unable } from '../checks/finding';
import { judgeSample, type TableSample } from '../sql/judge-sample';
import { type Column, type Index, readIndexes, type Table } from './catalogue';
import type { Row } from './connection';
import { identifier } from './identifiers';
import type { Session } from './session';

const DATES: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp']);

/** Reads rows of the main tables, the first and the last ones of each by its primary key, and looks for values that have to be there. */
export async function checkSample(session: Session, { tables, rows }: SampleCheckSpec): Promise<Finding> {
  if (!Array.isArray(tables) || !Number.isInteger(rows) || rows < 1) {
    throw new Unable('the check names no tables, or no number of rows');
  }
  const indexes = await readIndexes(session.main);
  const samples: TableSample[] = [];
  for (const name of tables) {
    samples.push(await sampleOf(session, name, await session.table(name), rows, indexes));
  }
  return judgeSample(samples);
}

async function sampleOf(session: Session, name: string, table: Table, rows: number, indexes: readonly Index[]): Promise<TableSample> {
  const required = table.columns.flatMap((column) => {
    const empty = emptyOf(column);
    return empty === undefined ? [] : [{ name: column.name, empty }];
  });
  const outputs = [
    'count(*) as count',
    ...table.columns.map((column, at) => `sum(length(${identifier(column.name)})) as l${at}`),
    ...required.map(({ empty }, at) => `coalesce(sum(${empty}), 0) as m${at}`),
  ];
  const key = indexes.find((index) => index.schema === table.schema && index.table === table.name && index.name === 'PRIMARY');
  const read = (end: 'asc' | 'desc', limit: number) => {
    const order = key ? ` order by ${key.columns.map((column) => `${identifier(column)} ${end}`).join(', ')}` : '';
    return session.main.one(`select ${outputs.join(', ')} from (select * from ${table.sql}${order} limit ${limit}) s`);
  };
  // whatever is shorter than the sample is read once; a longer one is long enough for two parts that do not meet
  const all = await read('asc', rows);
  const parts =
    key && Number(all.count) === rows && rows > 1
      ? [await read('asc', Math.ceil(rows / 2)), await read('desc', Math.floor(rows / 2))]
      : [all];
  const total = (field: string) => parts.reduce((sum, part: Row) => sum + Number(part[field]), 0);
  return { table: name, rows: total('count'), missing: Object.fromEntries(required.map((column, at) => [column.name, total(`m${at}`)])) };
}

/** No value, in a column that needs one: the engine cannot store null there, but the zero that a careless load puts in its place. */
function emptyOf({ name, type, required, defaultSql = '' }: Column): string | undefined {
  const column = identifier(name);
  if (!required || /^'?0000-00-00/.test(defaultSql)) {
    return undefined;
  }
  if (DATES.has(type)) {
    return `cast(${column} as char) like '0000-00-00%'`;
  }
  return type === 'enum' ? `${column} + 0 = 0` : undefined;
}
