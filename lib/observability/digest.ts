import { TimeZone } from 'aws-cdk-lib/core';
import { WeekDay } from '../core/week-day';
import type { WeeklyDigestOptions } from './weekly-digest-options';

/** A digest of what succeeded and what did not, instead of a message for every success. */
export class Digest {
  /** Every week, of the seven days before. */
  public static weekly(options: WeeklyDigestOptions = {}): Digest {
    return new Digest(options.day ?? WeekDay.MONDAY, options.hour ?? 9, options.timeZone ?? TimeZone.ETC_UTC);
  }

  private constructor(
    /** The day of the week on which it is sent. */
    public readonly day: WeekDay,
    /** The hour of the day. */
    public readonly hour: number,
    /** The time zone of the hour. */
    public readonly timeZone: TimeZone,
  ) {}
}
