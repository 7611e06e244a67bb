import { ScheduleError } from './schedule-error';

/**
 * AWS Backup starts a rule once an hour at most (Developer Guide, backup plan options: backup frequency), so the minutes
 * field of a schedule may name one minute only: two minutes of one hour are always less than an hour apart.
 * @throws ScheduleError for more than one minute
 */
export function hourlyFloor(expression: string, minutes: readonly number[]): void {
  if (minutes.length > 1) {
    const problem = `runs ${minutes.length} times within an hour, and AWS Backup allows one run an hour at most`;
    throw new ScheduleError('minutes', expression, problem, `name a single minute, such as '${minutes[0]}'`);
  }
}
