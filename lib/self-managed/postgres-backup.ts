import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { NetworkBackupOptions } from './network-backup-options';
import { networkBackup } from './private/network-backup';

const PORT = 5_432;

/** Properties of a PostgresBackup. */
export interface PostgresBackupProps extends NetworkBackupOptions {
  /**
   * These tables alone, as `schema.table`.
   * @default - everything, with roles and other globals
   */
  readonly tables?: string[];
}

/**
 * Backs up a PostgreSQL database by dumps that are looked at to their last byte before they are published, from a Fargate task on a schedule.
 *
 * A dump shows the data as it was when it began. Its recovery point objective is at best the time between two dumps; archived logs
 * lose less, which this library does not look after yet.
 * @example
 * new PostgresBackup(this, 'Orders', { repository, server: { host: 'db.internal', database: 'orders', credentials, vpc }, tier: RecoveryTier.STANDARD });
 */
export class PostgresBackup extends Construct implements IConnectable {
  /** The name of what is backed up in the repository. */
  public readonly sourceName: string;
  /** Lets tasks reach the server: `backup.connections.allowTo(server, Port.POSTGRES)`. */
  public readonly connections: Connections;
  /** Makes a backup; start an execution of it for one out of turn. */
  public readonly stateMachine: IStateMachine;
  /** Restores: start an execution with `{ "command": ["restore", "--dry-run"] }`, and without `--dry-run` once the plan is right. */
  public readonly restoreMachine: IStateMachine;
  /** All alarms: failed and missing backups, verifications and retirements. */
  public readonly alarms: Alarm[];
  /** Goes off when a backup fails, is stopped or takes too long. */
  public readonly failureAlarm: Alarm;
  /** Goes off when no backup has succeeded for too long, for whatever reason. */
  public readonly absenceAlarm: Alarm;

  /**
   * Throws `NoObjective`, `InvalidSourceName`, `SourceNameTaken`, `InvalidJobs`, `InvalidBackupSettings`, `ScratchOutOfRange`, `RungNotKept`, and
   * `InvalidSchedule`, `ExportScheduledTwice` or `ExportTimeoutTooLong` for schedules that cannot be.
   */
  constructor(scope: Construct, id: string, props: PostgresBackupProps) {
    super(scope, id);
    const made = networkBackup(this, props, { engine: 'postgresql', port: PORT, label: 'PostgreSQL', tables: props.tables });
    this.sourceName = made.sourceName;
    this.connections = made.connections;
    this.stateMachine = made.machine;
    this.restoreMachine = made.restoreMachine;
    this.alarms = made.alarms;
    this.failureAlarm = made.failureAlarm;
    this.absenceAlarm = made.absenceAlarm;
  }
}
