import type { NewestRowCheckSpec, QueryCheckSpec, RowCountCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { many } from '../checks/words';
import { judgeAnswer } from '../sql/judge-answer';
import { judgeNewest, momentOf } from '../sql/judge-newest';
import { judgeRows } from '../sql/judge-rows';
import { identifier } from './identifiers';
import type { Session } from './session';

const MOMENTS: ReadonlySet<string> = new Set(['datetime', 'timestamp', 'date']);
const NUMBERS: ReadonlySet<string> = new Set(['int', 'bigint', 'decimal', 'double']);

/** The login works, and what it may see can be read. */
export async function checkConnection(session: Session): Promise<Finding> {
  const tables = (await session.tables()).filter(({ kind }) => kind === 'table');
  const { family, version } = session.main.server;
  const server = `${family === 'mariadb' ? 'MariaDB' : 'MySQL'} ${version}`;
  const [first] = tables;
  if (!first) {
    return failed(`${server} lets the login in, which may read no table`);
  }
  await session.main.query(`select 1 from ${first.sql} limit 1`);
  return passed(`${server} lets the login in, which may read ${many(tables.length, 'table')}`);
}

/** The table has as many rows as expected. */
export async function checkRowCount(session: Session, check: RowCountCheckSpec, { baseline }: CheckContext): Promise<Finding> {
  const table = await session.table(check.table);
  const { count } = await session.main.one(`select count(*) as count from ${table.sql}`);
  return judgeRows(check.table, Number(count), check, baseline);
}

/** The newest row is young enough at the time of the recovery point. */
export async function checkNewestRow(session: Session, check: NewestRowCheckSpec, { input }: CheckContext): Promise<Finding> {
  const table = await session.table(check.table);
  const column = session.column(table, check.column);
  if (!column) {
    return failed(`${check.table} has no column ${check.column}`);
  }
  const timed = MOMENTS.has(column.type);
  if (!timed && !NUMBERS.has(column.type)) {
    throw new Unable(`${check.table}.${check.column} is of type ${column.type}, which tells no time`);
  }
  const newest = `(select max(${identifier(column.name)}) from ${table.sql})`;
  // the session is in UTC, so that a time stamp is what it was stored as, and a date without zone counts as UTC
  const { value } = await session.main.one(`select ${timed ? `timestampdiff(microsecond, '1970-01-01', ${newest})` : newest} as value`);
  const newestMs = value === null ? undefined : timed ? Number(value) / 1_000 : momentOf(Number(value));
  return judgeNewest(newestMs === undefined ? undefined : Math.round(newestMs), check, input.test?.recoveryPointMs);
}

/** The user's query answers with the one expected value. */
export async function checkQuery(session: Session, check: QueryCheckSpec): Promise<Finding> {
  if (typeof check.sql !== 'string' || check.sql.trim() === '') {
    throw new Unable("the check has no 'sql'");
  }
  const connection = await session.another('server');
  try {
    return judgeAnswer(await connection.answerTo(check.sql), check.expected);
  } finally {
    await connection.close();
  }
}
