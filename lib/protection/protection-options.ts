import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { Duration, TimeZone } from 'aws-cdk-lib/core';
import type { AlarmActions } from '../core/alarm-actions';
import type { CopyRule } from '../core/copy-rule';
import type { DataClass } from '../core/data-class';
import type { DatabaseCredentials } from '../core/database-credentials';
import type { RecoveryObjective } from '../core/recovery-objective';
import type { RecoveryTier } from '../core/recovery-tier';
import type { RestoreCheck } from '../core/restore-check';
import type { RestoreTesting } from '../core/restore-testing';
import type { RetentionPolicy } from '../core/retention-policy';
import type { Disruption } from '../model/disruption';
import type { Expectations } from './expectations';

/** What can be said for a whole Protection and once more for a single resource. */
export interface ProtectOptions {
  /**
   * How important the data is: an objective with the retention and the recovery points that go with it.
   * @default - that of the Protection
   */
  readonly tier?: RecoveryTier;
  /**
   * How much data may be lost and how long the service may be down; goes before the objective of the tier.
   * @default - that of the tier
   */
  readonly objective?: RecoveryObjective;
  /**
   * What is kept for how long; goes before the data class and the tier.
   * @default - that of the data class, or else of the tier, or else RetentionPolicy.standard()
   */
  readonly retention?: RetentionPolicy;
  /**
   * The kind of data, which has a usual schedule.
   * @default - none
   */
  readonly dataClass?: DataClass;
  /**
   * What has to be survived; disruptions that the objective names with `during()` are added.
   * @default - operator error and the loss of a zone, and the loss of the Region where there is a recovery Region
   */
  readonly survives?: Disruption[];
  /**
   * Point-in-time recovery by AWS Backup for the services that have it: RDS, Aurora and S3.
   * @default - as the tier says; without a tier where the RPO is 4 hours or less
   */
  readonly continuous?: boolean;
  /**
   * Time between recovery points: one of 1, 2, 3, 4, 6, 8, 12 hours, or days; taken as the next shorter of these.
   * @default - as the tier says, or else the longest that keeps the objective
   */
  readonly recoveryPointsEvery?: Duration;
  /**
   * What is known about the data, so that the report can state times instead of estimates.
   * @default - sizes and times are estimated
   */
  readonly expects?: Expectations;
  /**
   * How many copies there have to be.
   * @default - copies are counted, none is demanded
   */
  readonly copyRule?: CopyRule;
  /**
   * How often restores are tested, and from which recovery points: `RestoreTests.weekly()`, or `RestoreTests.none()` with a reason.
   * @default - weekly for what has checks; a warning for everything else
   */
  readonly restoreTests?: RestoreTesting;
}

/** What can be said for a single resource. */
export interface ResourceProtectionOptions extends ProtectOptions {
  /**
   * What restored data are held to, such as `DataCheck.rowCount()`. With a check, restores are tested.
   * @default - none: at most it is tested that a restore comes to its end
   */
  readonly checks?: RestoreCheck[];
  /**
   * How checks log in to a restored database; give a role that may only read.
   * @default - the secret that the database construct has for its owner
   */
  readonly credentials?: DatabaseCredentials;
}

/** Properties of a Protection; a tier or an objective is needed. */
export interface ProtectionProps extends ProtectOptions {
  /**
   * The Region that gets a copy of every recovery point. Its vault is made in a stack of its own, which is deployed first.
   * @default - no copies in another Region
   */
  readonly recoveryRegion?: string;
  /**
   * The account that gets a copy of every recovery point; it has to be in the same organization.
   * @default - the account of the data
   */
  readonly recoveryAccount?: string;
  /**
   * The vault for recovery points.
   * @default - the vault that everything in the stack shares: RecoveryVault.shared()
   */
  readonly vault?: IBackupVaultRef;
  /**
   * An existing vault that gets the copies, in another Region or account.
   * @default - a mirror of the vault in the recovery Region or account, where one is given
   */
  readonly recoveryVault?: IBackupVaultRef;
  /**
   * A logically air-gapped vault that gets a copy as well, which nobody can delete.
   * @default - none
   */
  readonly airGappedVault?: IBackupVaultRef;
  /**
   * Hour of the day for the recovery points that the objective needs between the rungs, 0 to 23.
   * @default 2
   */
  readonly hour?: number;
  /**
   * Time zone of all schedules.
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
  /**
   * How long a job may wait for its start, from 1 hour on in whole minutes; part of the worst case.
   * @default Duration.hours(1)
   */
  readonly startWindow?: Duration;
  /**
   * How long a job may run before it is cancelled, in whole minutes.
   * @default Duration.days(7)
   */
  readonly completionWindow?: Duration;
  /**
   * The role that AWS Backup uses; it trusts `backup.amazonaws.com` and may back up all that is protected.
   * @default - a role of the stack that may back up the types that are protected
   */
  readonly role?: IRoleRef;
  /**
   * Who is told of the alarms that come with the protection: those of restore tests. Actions are those of the Region of the stack. What
   * is stale or missing is told by a `RecoveryWatch`, which takes the same actions.
   * @default - nobody, with a warning where there are such alarms
   */
  readonly alarmActions?: AlarmActions;
  /**
   * Who is told of alarms in other Regions, by their name: CloudWatch acts in its own Region only. Needed where copies are tested in the
   * recovery Region.
   * @default - nobody, with a warning where there are such alarms
   */
  readonly alarmActionsIn?: { readonly [region: string]: AlarmActions };
}
