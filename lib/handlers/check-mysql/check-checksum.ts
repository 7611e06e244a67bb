import type { ChecksumCheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { type Finding, Unable } from '../checks/finding';
import { many } from '../checks/words';
import { judgeChecksum } from '../sql/judge-checksum';
import { hashOf, inFull } from './in-full';
import type { Session } from './session';

/** Changes with the way that checksums are made. */
const METHOD = '2';
/** Two parts of the hash of a row, of 64 bits each. */
const HALVES = ['left(h, 16)', 'right(h, 16)'];

/** The rows of a table are, in any order, what they were. CHECKSUM TABLE differs between versions and row formats of equal rows. */
export async function checkChecksum(session: Session, check: ChecksumCheckSpec, { baseline }: CheckContext): Promise<Finding> {
  const table = await session.table(check.table);
  const line = `concat(${["'.'", ...table.columns.map(inFull)].join(', ')})`;
  const sums = HALVES.map((half, index) => `cast(coalesce(sum(cast(conv(${half}, 16, 10) as unsigned)), 0) as char) as sum${index}`);
  const row = await session.main.one(
    `select count(*) as count, coalesce(sum(h is null), 0) as unread, ${sums.join(', ')} from (select ${hashOf(line)} as h from ${table.sql}) r`,
  );
  if (Number(row.unread) > 0) {
    throw new Unable(`${many(Number(row.unread), 'row')} of ${check.table} cannot be hashed: longer than max_allowed_packet of the server`);
  }
  const content = { count: Number(row.count), sums: HALVES.map((_half, index) => String(row[`sum${index}`])) };
  return judgeChecksum(`${session.main.server.family}-${METHOD}`, content, check, baseline);
}
