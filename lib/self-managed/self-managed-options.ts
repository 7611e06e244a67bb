import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import type { Duration, TimeZone } from 'aws-cdk-lib/core';
import type { RecoveryObjective } from '../core/recovery-objective';
import type { RecoveryTier } from '../core/recovery-tier';
import type { RetentionPolicy } from '../core/retention-policy';
import type { Disruption } from '../model/disruption';
import type { BackupRepository } from './backup-repository';
import type { SelfManagedExpectations } from './self-managed-expectations';

/** What every backup of databases and files can have that people run themselves. */
export interface SelfManagedOptions {
  /** Where backups go. */
  readonly repository: BackupRepository;
  /**
   * What is backed up, in the names of objects and in `keeper list`: 1 to 63 letters, digits, dots, dashes and underscores, beginning with a
   * letter or digit. Another name begins a new series of backups.
   * @default - a name from the path of the construct
   */
  readonly sourceName?: string;
  /**
   * How important it is.
   * @default - `objective` says it; one of the two has to be given
   */
  readonly tier?: RecoveryTier;
  /**
   * How much data may be lost and how long the service may be down.
   * @default - that of the tier
   */
  readonly objective?: RecoveryObjective;
  /**
   * Disruptions that have to be survived.
   * @default - operator error and loss of a zone, and loss of the Region where the repository has a copy in another one
   */
  readonly survives?: Disruption[];
  /**
   * Time between two backups: 1, 2, 3, 4, 6, 8 or 12 hours, a day or 7 days; `schedule` says everything else.
   * @default - the longest that keeps the objective, with the time that a backup takes
   */
  readonly every?: Duration;
  /**
   * When backups start: `Schedule.cron({ minute: '0', hour: '3' })`, at most once an hour.
   * @default - as `every` says
   */
  readonly schedule?: Schedule;
  /**
   * Time zone of all schedules.
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
  /**
   * What is kept for how long, by its daily, weekly and monthly rungs. The newest good backup is always kept, with all that it stands on.
   * @default - that of the tier; RetentionPolicy.standard() without one: daily for 30 days, weekly for 3 months, monthly for 7 years
   */
  readonly retention?: RetentionPolicy;
  /**
   * How long a backup may take before it counts as failed.
   * @default - as long as it may: until 5 minutes before the next one
   */
  readonly timeout?: Duration;
  /**
   * What is known about the data, so that the report can state times instead of estimates.
   * @default - sizes and times are estimated
   */
  readonly expects?: SelfManagedExpectations;
  /**
   * Recipients of age (`age1...`) who can read backups, besides the key of the repository. Keep the identity where the account has no access:
   * nobody restores without it. At least one, where any are given.
   * @default - backups are encrypted by the key of the repository alone
   */
  readonly recipients?: string[];
  /**
   * What alarms do: failed and missing backups, verifications and retirements.
   * @default - the alarms are made, but notify nobody
   */
  readonly alarmActions?: IAlarmAction[];
}
