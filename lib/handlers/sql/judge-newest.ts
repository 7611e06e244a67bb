import type { NewestRowCheckSpec } from '../../model/verification';
import { type Finding, failed, passed, Unable } from '../checks/finding';
import { moment, span } from '../checks/words';

/** By how much the clocks of a database and of AWS Backup may differ. */
const SKEW_MS = 5 * 60_000;
/** Numbers above it count milliseconds, those below it seconds: it is the year 5138 in seconds, and 1973 in milliseconds. */
const LEAST_IN_MS = 1e11;

/** Holds the moment of the newest row, which is the recovery point that was achieved, to its greatest age. */
export function judgeNewest(
  newestMs: number | undefined,
  { table, column, withinMs }: NewestRowCheckSpec,
  recoveryPointMs: number,
): Finding {
  if (!Number.isFinite(recoveryPointMs) || !Number.isFinite(withinMs)) {
    throw new Unable('it is not known when the recovery point was made, or how old the newest row may be');
  }
  if (newestMs === undefined) {
    return failed(`${table}.${column} has no value`);
  }
  if (!Number.isFinite(newestMs)) {
    throw new Unable(`${table}.${column} is no moment`);
  }
  const ageMs = recoveryPointMs - newestMs;
  const extras = { newestMs };
  if (ageMs < -SKEW_MS) {
    return failed(`the newest is ${span(ageMs)} younger than the recovery point of ${moment(recoveryPointMs)}, which cannot be`, extras);
  }
  const found = `the newest is of ${moment(newestMs)}, ${ageMs < 0 ? 'as young as' : `${span(ageMs)} older than`} the recovery point`;
  return ageMs <= withinMs ? passed(found, extras) : failed(found, extras);
}

/** The moment that a number of seconds or milliseconds since 1970 stands for. */
export function momentOf(epoch: number): number {
  return Math.abs(epoch) >= LEAST_IN_MS ? epoch : epoch * 1_000;
}
