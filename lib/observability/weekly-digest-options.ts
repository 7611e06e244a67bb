import type { TimeZone } from 'aws-cdk-lib/core';
import type { WeekDay } from '../core/week-day';

/** When a weekly digest is sent. */
export interface WeeklyDigestOptions {
  /**
   * The day of the week.
   * @default WeekDay.MONDAY
   */
  readonly day?: WeekDay;
  /**
   * The hour of the day in the time zone, 0 to 23.
   * @default 9
   */
  readonly hour?: number;
  /**
   * The time zone of the hour.
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
}
