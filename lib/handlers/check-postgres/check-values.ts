import type { ChecksumCheckSpec, NewestRowCheckSpec, QueryCheckSpec, RowCountCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, Unable } from '../checks/finding';
import { judgeAnswer } from '../sql/judge-answer';
import { judgeChecksum } from '../sql/judge-checksum';
import { judgeNewest, momentOf } from '../sql/judge-newest';
import { judgeRows } from '../sql/judge-rows';
import { identifier } from './identifiers';
import { needTable, type Session } from './session';

/** Tells checksums of this kind from others; changes with the way they are made. */
const METHOD = 'postgres-1';
/** Seeds of the two hashes of every row; 128 bits together. */
const SEEDS = ['0', '-7046029254386353131'];

/** The table has as many rows as expected. */
export async function checkRowCount(session: Session, check: RowCountCheckSpec, { baseline }: CheckContext): Promise<Finding> {
  const table = await needTable(session, check.table);
  const counted = session.survey.countOf(table.oid);
  const count = counted ?? Number((await session.main.one(`select count(*) as count from ${table.sql}`)).count);
  return judgeRows(check.table, count, check, baseline);
}

/** The newest row is young enough at the time of the recovery point. */
export async function checkNewestRow(session: Session, check: NewestRowCheckSpec, { input }: CheckContext): Promise<Finding> {
  const table = await needTable(session, check.table);
  if (!check.column) {
    throw new Unable('the check names no column');
  }
  const column = (await session.columns(table)).get(check.column);
  if (!column) {
    return failed(`${check.table} has no column ${check.column}`);
  }
  const name = identifier(check.column);
  const timed = /^(timestamp|date)/.test(column.type);
  if (!timed && !/^(bigint|integer|numeric|double precision)/.test(column.type)) {
    throw new Unable(`${check.table}.${check.column} is of type ${column.type}, which tells no time`);
  }
  // an index finds it without reading the table; moments that never come are left out
  const newest = timed
    ? `extract(epoch from (select max(${name}) from ${table.sql} where ${name} < 'infinity'))`
    : `(select max(${name}) from ${table.sql})`;
  const { value } = await session.main.one(`select (${newest})::float8 as value`);
  const newestMs = value === null ? undefined : timed ? Number(value) * 1_000 : momentOf(Number(value));
  return judgeNewest(newestMs === undefined ? undefined : Math.round(newestMs), check, input.test?.recoveryPointMs);
}

/** The user's query answers with the one expected value. It runs in a transaction that may only read. */
export async function checkQuery(session: Session, check: QueryCheckSpec): Promise<Finding> {
  if (typeof check.sql !== 'string' || check.sql.trim() === '') {
    throw new Unable("the check has no 'sql'");
  }
  const path = session.path.map(identifier).join(', ') || "''";
  const answers = await session.main.transaction('read only', async () => {
    await session.main.query(`set local search_path = ${path}`);
    // a cursor, so that a query of many rows does not send them
    await session.main.query(`declare answer no scroll cursor for ${check.sql}`);
    return session.main.lists('fetch 2 from answer');
  });
  const [first] = answers;
  return judgeAnswer({ rows: answers.length, columns: first?.length ?? 1, value: first?.[0] ?? null }, check.expected);
}

/** The rows of a table are, in any order, what they were. */
export async function checkChecksum(session: Session, check: ChecksumCheckSpec, { baseline }: CheckContext): Promise<Finding> {
  const table = await needTable(session, check.table);
  const sums = SEEDS.map((seed, index) => `sum(hashtextextended(r.line, ${seed}))::text as sum${index}`);
  const row = await session.main.one(
    `select count(*) as count, ${sums.join(', ')} from (select t::text collate "C" as line from ${table.sql} t offset 0) r`,
  );
  return judgeChecksum(
    METHOD,
    { count: Number(row.count), sums: SEEDS.map((_seed, index) => String(row[`sum${index}`])) },
    check,
    baseline,
  );
}
