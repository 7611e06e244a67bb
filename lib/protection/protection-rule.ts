import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { type Duration, type TimeZone, Tokenization } from 'aws-cdk-lib/core';
import { WeekDay } from '../core/week-day';
import type { CopyAction } from './copy-action';
import type { MalwareScanMode } from './malware-scan';

/** What can be searched for in recovery points; AWS Backup takes one type per rule. */
export enum BackupIndex {
  /** Files of EBS volumes. */
  EBS = 'EBS',
  /** Objects of S3 buckets. */
  S3 = 'S3',
}

/** What every rule can have. One of `keep` and `keepForever` is needed. */
export interface ProtectionRuleOptions {
  /**
   * How long a recovery point is kept, 1 to 36,500 whole days; at most 35 days where `continuous` is on.
   * @default - none: give it, or `keepForever`
   */
  readonly keep?: Duration;
  /**
   * Keeps recovery points until somebody deletes them.
   * @default false
   */
  readonly keepForever?: boolean;
  /**
   * Moves recovery points to cold storage after so many whole days, for types that have it; they stay there for at least 90 days.
   * @default - they stay in warm storage
   */
  readonly coldStorageAfter?: Duration;
  /**
   * Archives EBS snapshots as well when they move to cold storage; meant for monthly or rarer schedules, since each becomes a full snapshot.
   * @default false
   */
  readonly archiveSnapshots?: boolean;
  /**
   * Time zone of the schedule.
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
  /**
   * How long a job may wait for its start before it expires, from 1 hour on in whole minutes.
   *
   * It is part of the worst case: the longer, the older the newest recovery point may be. While start windows of two rules
   * overlap, only the rule with the longer retention makes a recovery point.
   * @default Duration.hours(1)
   */
  readonly startWindow?: Duration;
  /**
   * How long a job may run before it is cancelled, in whole minutes.
   * @default - 7 days, the default of AWS Backup
   */
  readonly completionWindow?: Duration;
  /**
   * Any second of the retention can be restored, for S3, RDS instances and Aurora; other types get recovery points by schedule.
   * @default false
   */
  readonly continuous?: boolean;
  /**
   * Other places that get a copy of each recovery point, at most 5.
   * @default - no copies
   */
  readonly copies?: CopyAction[];
  /**
   * Tags of the recovery points, at most 10, besides those of the resource.
   * @default - no further tags
   */
  readonly recoveryPointTags?: { [key: string]: string };
  /**
   * Makes recovery points of this type searchable.
   * @default - no index
   */
  readonly index?: BackupIndex;
  /**
   * Scans each recovery point of EBS volumes, EC2 instances and S3 buckets for malware, which Amazon GuardDuty bills.
   * @default - not scanned
   */
  readonly malwareScan?: MalwareScanMode;
  /**
   * The vault for the recovery points.
   * @default - the vault of the plan
   */
  readonly vault?: IBackupVaultRef;
  /**
   * A logically air-gapped vault of the same account and Region that becomes the home of the recovery points.
   *
   * Types that AWS Backup manages fully go straight into it, others pass through `vault`, and those that it cannot hold
   * (RDS instances) stay in `vault`.
   * @default - none
   */
  readonly airGappedVault?: IBackupVaultRef;
}

/** Properties of a rule with a schedule of its own. */
export interface ProtectionRuleProps extends ProtectionRuleOptions {
  /**
   * When jobs become due: `Schedule.cron({ minute: '0', hour: '5' })`, or text with `Schedule.expression('cron(0 5 * * ? *)')`.
   * At most once an hour; rates are refused.
   */
  readonly schedule: Schedule;
}

/** Options of a rule that runs every hour. */
export interface HourlyRuleOptions extends ProtectionRuleOptions {
  /**
   * Minute of the hour, 0 to 59.
   * @default 0
   */
  readonly minute?: number;
}

/** Options of a rule that runs every day. */
export interface DailyRuleOptions extends HourlyRuleOptions {
  /**
   * Hour of the day, 0 to 23.
   * @default 5
   */
  readonly hour?: number;
}

/** Options of a rule that runs every week. */
export interface WeeklyRuleOptions extends DailyRuleOptions {
  /**
   * Day of the week.
   * @default WeekDay.SUNDAY
   */
  readonly weekDay?: WeekDay;
}

/** Options of a rule that runs every month. */
export interface MonthlyRuleOptions extends DailyRuleOptions {
  /**
   * Day of the month; 29 to 31 do not come in every month.
   * @default 1
   */
  readonly day?: number;
}

/**
 * When recovery points are made, where they go and how long they are kept.
 * @example
 * ProtectionRule.daily('Daily', { hour: 17, keep: Duration.days(30), copies: [CopyAction.to(vault)] })
 */
export class ProtectionRule {
  /** A rule that runs every hour, the highest frequency of AWS Backup. */
  public static hourly(name: string, options: HourlyRuleOptions): ProtectionRule {
    const { minute = 0, ...rest } = options;
    return new ProtectionRule(name, { ...rest, schedule: Schedule.expression(`cron(${text(minute)} * * * ? *)`) });
  }

  /** A rule that runs every day. */
  public static daily(name: string, options: DailyRuleOptions): ProtectionRule {
    const { minute = 0, hour = 5, ...rest } = options;
    return new ProtectionRule(name, { ...rest, schedule: Schedule.expression(`cron(${text(minute)} ${text(hour)} * * ? *)`) });
  }

  /** A rule that runs every week. */
  public static weekly(name: string, options: WeeklyRuleOptions): ProtectionRule {
    const { minute = 0, hour = 5, weekDay = WeekDay.SUNDAY, ...rest } = options;
    return new ProtectionRule(name, { ...rest, schedule: Schedule.expression(`cron(${text(minute)} ${text(hour)} ? * ${weekDay} *)`) });
  }

  /** A rule that runs every month. */
  public static monthly(name: string, options: MonthlyRuleOptions): ProtectionRule {
    const { minute = 0, hour = 5, day = 1, ...rest } = options;
    return new ProtectionRule(name, { ...rest, schedule: Schedule.expression(`cron(${text(minute)} ${text(hour)} ${text(day)} * ? *)`) });
  }

  /**
   * @param name unique in its plan: 1 to 50 letters, digits, `-`, `_` or `.`
   * @param props schedule, retention and destinations; checked when a plan takes the rule
   */
  constructor(
    /** Name of the rule, unique in its plan. */
    public readonly name: string,
    /** What the rule was made with. */
    public readonly props: ProtectionRuleProps,
  ) {}

  /**
   * Whether a Protection made it as part of a ladder, whose rungs overlap on purpose.
   * @internal
   */
  public _isRung = false;

  /** @internal */
  public _asRung(): ProtectionRule {
    this._isRung = true;
    return this;
  }
}

/** A number that is only known at deploy time becomes a token in the expression. */
function text(value: number): string {
  return Tokenization.stringifyNumber(value);
}
