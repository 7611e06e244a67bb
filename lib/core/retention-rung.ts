import type { Duration } from 'aws-cdk-lib/core';
import { everyHours } from '../model/planner';
import { DEFAULT_HOUR, EVERY_HOURS } from '../model/retention';
import { ConfigurationError } from './private/errors';
import { WeekDay } from './week-day';

/** When a rung runs and where its recovery points go when they are old. */
export interface RetentionRungOptions {
  /**
   * Hour of the day, 0 to 23, in the time zone of the plan.
   * @default 2
   */
  readonly hour?: number;
  /**
   * Minute of the hour, 0 to 59.
   * @default 0
   */
  readonly minute?: number;
  /**
   * Day of the week of a weekly rung.
   * @default WeekDay.SUNDAY
   */
  readonly weekDay?: WeekDay;
  /**
   * Day of the month of a monthly or yearly rung, 1 to 31; months without that day have no run.
   * @default 1
   */
  readonly day?: number;
  /**
   * Month of a yearly rung, 1 to 12.
   * @default 1
   */
  readonly month?: number;
  /**
   * Age at which recovery points move to cold storage, for the services that have it. They have to stay there for at least
   * 90 days [AWS Backup API, Lifecycle].
   * @default - 30 days for recovery points that are kept a year or longer, otherwise never
   */
  readonly coldStorageAfter?: Duration;
  /**
   * Never moves recovery points to cold storage.
   * @default false
   */
  readonly keepWarm?: boolean;
  /**
   * Archives EBS snapshots as well when they move to cold storage; archived snapshots are full, not incremental, and take
   * up to days to restore. AWS Backup documents it for monthly and rarer rungs.
   * @default false
   */
  readonly archiveSnapshots?: boolean;
}

/** One rung of a retention ladder: how often a recovery point is made that is kept for this long. */
export class RetentionRung {
  /**
   * Every so many hours, which has to divide a day: 1, 2, 3, 4, 6, 8 or 12. Throws `HoursDoNotDivideDay` for others: AWS
   * Backup starts to count again at midnight [AWS Backup Developer Guide, backup plan options].
   */
  public static everyHours(hours: number, keep: Duration, options: RetentionRungOptions = {}): RetentionRung {
    if (!EVERY_HOURS.includes(hours)) {
      throw new ConfigurationError(
        'HoursDoNotDivideDay',
        `'hours' must be one of ${EVERY_HOURS.join(', ')}, got ${hours}: choose the next smaller one`,
      );
    }
    const { name, expression } = everyHours(hours, options.hour ?? DEFAULT_HOUR, options.minute ?? 0);
    return new RetentionRung(name, expression, keep, options);
  }

  /** Once a day. */
  public static daily(keep: Duration, options: RetentionRungOptions = {}): RetentionRung {
    return new RetentionRung('Daily', `cron(${time(options)} * * ? *)`, keep, options);
  }

  /** Once a week. */
  public static weekly(keep: Duration, options: RetentionRungOptions = {}): RetentionRung {
    return new RetentionRung('Weekly', `cron(${time(options)} ? * ${options.weekDay ?? WeekDay.SUNDAY} *)`, keep, options);
  }

  /** Once a month. */
  public static monthly(keep: Duration, options: RetentionRungOptions = {}): RetentionRung {
    return new RetentionRung('Monthly', `cron(${time(options)} ${options.day ?? 1} * ? *)`, keep, options);
  }

  /** Once a year. */
  public static yearly(keep: Duration, options: RetentionRungOptions = {}): RetentionRung {
    return new RetentionRung('Yearly', `cron(${time(options)} ${options.day ?? 1} ${options.month ?? 1} ? *)`, keep, options);
  }

  /** Whenever an AWS cron expression of six fields says, such as `cron(0 2 L * ? *)`; AWS Backup runs hourly at most. */
  public static cron(name: string, expression: string, keep: Duration, options: RetentionRungOptions = {}): RetentionRung {
    return new RetentionRung(name, expression, keep, options);
  }

  private constructor(
    /** Name of the rule that the rung becomes. */
    public readonly name: string,
    /** AWS cron expression. */
    public readonly expression: string,
    /** How long its recovery points are kept. */
    public readonly keep: Duration,
    /** Everything else that was asked for. */
    public readonly options: RetentionRungOptions,
  ) {}
}

function time(options: RetentionRungOptions): string {
  return `${options.minute ?? 0} ${options.hour ?? DEFAULT_HOUR}`;
}
