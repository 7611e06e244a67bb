import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Duration } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { BucketReplication } from './bucket-replication';
import type { ExportOptions } from './export-options';
import { databaseSteps, keyed } from './private/exports/database-steps';
import { scheduledExports } from './private/exports/scheduled-exports';
import { snapshotAge, snapshotArns, snapshotConcerns } from './private/exports/snapshot-steps';
import { requireExportable, sourceOf } from './private/exports/source';
import { storeOf } from './private/exports/store';

/** Properties of a DatabaseExport. */
export interface DatabaseExportProps extends ExportOptions {
  /**
   * The database: an RDS instance, an Aurora cluster or a Multi-AZ DB cluster with MariaDB, MySQL or PostgreSQL, of this app, a
   * reference or an import. Of an Aurora cluster the data is exported as it is when the export starts; of all others the newest
   * snapshot, whoever made it.
   */
  readonly source: IConstruct;
  /**
   * The oldest snapshot that is still exported: where the newest one is older, the export fails instead of showing old data again.
   * It is part of the worst case. Not for Aurora clusters, which are exported without a snapshot.
   * @default Duration.hours(36): automated backups make a snapshot a day
   */
  readonly maxSnapshotAge?: Duration;
  /**
   * What to export, in the words of RDS: `database`, `database.table` (MariaDB, MySQL), `database.schema` or
   * `database.schema.table` (PostgreSQL).
   * @default - everything
   */
  readonly exportOnly?: string[];
  /**
   * Whether an export counts that RDS completes with a warning. It warns of tables that it left out, such as those with a slash
   * in their name.
   * @default false
   */
  readonly acceptWarnings?: boolean;
}

/**
 * Exports an RDS or Aurora database to S3 on a schedule, as Apache Parquet: a copy on another medium, readable without any
 * database.
 *
 * Nothing of AWS makes a database of these files again, so the export carries no promise of a recovery time, unless you declare
 * one by `expects.restoreTime`. It is the last resort beside recovery points, not their replacement.
 * @example
 * new DatabaseExport(this, 'Export', { source: database, every: Duration.days(7), keep: Duration.days(365) });
 */
export class DatabaseExport extends Construct {
  /** The bucket that holds the exports. */
  public readonly bucket: IBucketRef;
  /** The customer managed key that encrypts them. */
  public readonly encryptionKey: IKey;
  /** How the names of all objects of this export begin. */
  public readonly prefix: string;
  /** Makes an export; start an execution of it for one out of turn. */
  public readonly stateMachine: IStateMachine;
  /** What replicates the exports to another Region or account; undefined where they stay. */
  public readonly replication?: BucketReplication;
  /** All alarms, those of `replication` included. */
  public readonly alarms: Alarm[];
  /** Goes off when an export fails, is stopped or takes too long. */
  public readonly failureAlarm: Alarm;
  /** Goes off when no export has succeeded for too long. */
  public readonly absenceAlarm: Alarm;

  /**
   * Throws `NotExportable` and `EngineNotExportable` for what RDS does not export, `SourceElsewhere` for a database of another Region
   * or account, `ExportWithoutKey` for an existing bucket without a key, and `ExportBucketTwice`, `ExportScheduledTwice`,
   * `InvalidExportPrefix`, `KeyElsewhere` or `LockOutlastsKeep` for options that do not go together.
   */
  constructor(scope: Construct, id: string, props: DatabaseExportProps) {
    super(scope, id);
    const target = sourceOf(this, props.source, ['RDS', 'Aurora', 'RDSCluster']);
    requireExportable(this, target);
    const store = keyed(this, storeOf(this, props));
    const cluster = target.type !== 'RDS';
    const maxSnapshotAgeMs = snapshotAge(this, target, props.maxSnapshotAge);
    const { exportOnly, acceptWarnings = false } = props;
    const made = scheduledExports(this, props, {
      target,
      store,
      wildcards: {
        resources: ['*', ...(maxSnapshotAgeMs === undefined ? [] : [snapshotArns(this, cluster)])],
        reason: 'tasks of exports have no ARN, and snapshots have names that nobody knows before',
      },
      stepsIn: (steps) => databaseSteps(steps, { arn: target.arn, cluster, maxSnapshotAgeMs, exportOnly, acceptWarnings }, store),
      files: 'Parquet exports (to be loaded by hand)',
      sourceAge: maxSnapshotAgeMs === undefined ? undefined : { name: 'age of the snapshot', ms: maxSnapshotAgeMs, basis: 'configured' },
      more: () => snapshotConcerns(this.node.path, target),
    });
    this.bucket = store.bucket;
    this.encryptionKey = store.key;
    this.prefix = store.prefix;
    this.stateMachine = made.machine;
    this.failureAlarm = made.failureAlarm;
    this.absenceAlarm = made.absenceAlarm;
    this.replication = made.replication;
    this.alarms = made.alarms;
  }
}
