import { Duration } from 'aws-cdk-lib/core';
import { LADDER_DAYS, RECENT_MS } from '../model/retention';
import { RetentionPolicy } from './retention-policy';
import { RetentionRung } from './retention-rung';
import { WeekDay } from './week-day';

/** A kind of data with the schedule that is usual for it. */
export class DataClass {
  /** Databases that matter: hourly, daily at 02:00, weekly on Sunday at 01:00. */
  public static databaseCritical(): DataClass {
    return DataClass.of(
      'database, critical',
      RetentionPolicy.of(
        RetentionRung.everyHours(1, Duration.millis(RECENT_MS)),
        RetentionRung.daily(Duration.days(LADDER_DAYS.daily), { hour: 2 }),
        RetentionRung.weekly(Duration.days(LADDER_DAYS.weekly), { weekDay: WeekDay.SUNDAY, hour: 1 }),
      ),
    );
  }

  /** File systems: daily at 03:00, monthly on the first at 04:00. */
  public static fileSystemStandard(): DataClass {
    return DataClass.of(
      'file system, standard',
      RetentionPolicy.of(
        RetentionRung.daily(Duration.days(LADDER_DAYS.daily), { hour: 3 }),
        RetentionRung.monthly(Duration.days(LADDER_DAYS.monthly), { day: 1, hour: 4 }),
      ),
    );
  }

  /** A class of your own. */
  public static of(name: string, retention: RetentionPolicy): DataClass {
    return new DataClass(name, retention);
  }

  private constructor(
    /** What reports call it. */
    public readonly name: string,
    /** When recovery points are made and how long they are kept. */
    public readonly retention: RetentionPolicy,
  ) {}
}
