import type { ChecksumCheckSpec } from '../../model/verification';
import { type Finding, Unable } from '../sql/finding';
import { judgeChecksum } from '../sql/judge-checksum';
import type { CheckContext } from '../sql/run-checks';
import { many } from '../sql/words';
import type { Column } from './catalogue';
import { identifier } from './identifiers';
import type { Session } from './session';

/** Changes with the way that checksums are made. */
const METHOD = '1';
/** Values that may be as long as a packet: they are hashed one by one. */
const LONG = /text|blob|json|geometry|point|linestring|polygon|collection|vector|binary/;
/** The two halves of the hash of a row, of 64 bits each. */
const HALVES = ['left(h, 16)', 'right(h, 16)'];

/** The rows of a table are, in any order, what they were. CHECKSUM TABLE differs between versions and row formats of equal rows. */
export async function checkChecksum(session: Session, check: ChecksumCheckSpec, { baseline }: CheckContext): Promise<Finding> {
  const table = await session.table(check.table);
  const line = `concat(${["'.'", ...table.columns.map(inFull)].join(', ')})`;
  const sums = HALVES.map((half, index) => `cast(coalesce(sum(cast(conv(${half}, 16, 10) as unsigned)), 0) as char) as sum${index}`);
  const row = await session.main.one(
    `select count(*) as count, coalesce(sum(h is null), 0) as unread, ${sums.join(', ')} from (select md5(${line}) as h from ${table.sql}) r`,
  );
  if (Number(row.unread) > 0) {
    throw new Unable(`${many(Number(row.unread), 'row')} of ${check.table} cannot be hashed: longer than max_allowed_packet of the server`);
  }
  const content = { count: Number(row.count), sums: HALVES.map((_half, index) => String(row[`sum${index}`])) };
  return judgeChecksum(`${session.main.server.family}-${METHOD}`, content, check, baseline);
}

/** A value with its length in front, so that no two lists of values look alike; none is told apart from an empty one. */
function inFull({ name, type }: Column): string {
  const column = identifier(name);
  // a float shows six digits unless it is made a double
  const value = type === 'float' ? `cast(${column} + 0e0 as binary)` : LONG.test(type) ? `md5(${column})` : `cast(${column} as binary)`;
  return `coalesce(concat(length(${value}), ':', ${value}), '-')`;
}
