import { LIMITS } from '../limits/limits';
import { ScheduleError } from './schedule-error';

/**
 * AWS Backup runs a rule once an hour at most, so the minutes field of a schedule may name one minute only: two minutes of
 * one hour are always closer than that.
 * @throws ScheduleError for more than one minute
 */
export function hourlyFloor(expression: string, minutes: readonly number[]): void {
  if (minutes.length > 1) {
    const problem = `runs ${minutes.length} times within an hour, but AWS Backup takes at least ${LIMITS.scheduleFloor.value} ${LIMITS.scheduleFloor.unit}`;
    throw new ScheduleError('minutes', expression, problem, `name a single minute, such as '${minutes[0]}'`);
  }
}
