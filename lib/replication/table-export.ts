import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct, type IConstruct } from 'constructs';
import type { ConcernFact } from '../model/facts';
import { outOfReach } from '../services/facts';
import type { Target } from '../services/service';
import { ownRecovery, turnOnRecovery } from '../services/table-recovery';
import type { BucketReplication } from './bucket-replication';
import type { ExportOptions } from './export-options';
import { scheduledExports } from './private/exports/scheduled-exports';
import { sourceOf } from './private/exports/source';
import { storeOf } from './private/exports/store';
import { tableSteps } from './private/exports/table-steps';
import { TableExportFormat } from './table-export-format';

/** Properties of a TableExport. */
export interface TableExportProps extends ExportOptions {
  /**
   * The DynamoDB table that is exported: a construct of this app, a reference or an import, in the same Region and account. Point-in-time
   * recovery has to be on; it is turned on where nobody said otherwise.
   */
  readonly source: IConstruct;
  /**
   * How the files are written.
   * @default TableExportFormat.DYNAMODB_JSON
   */
  readonly format?: TableExportFormat;
}

/**
 * Exports a DynamoDB table to S3 on a schedule, whole each time: a copy on another medium, which no mistake in AWS Backup or in
 * the table reaches.
 *
 * The export does not read from the table, so it costs no capacity. Bring one back by importing its files into a new table.
 * @example
 * new TableExport(this, 'Export', { source: table, lock: ObjectLock.governance() });
 */
export class TableExport extends Construct {
  /** The bucket that holds the exports. */
  public readonly bucket: IBucketRef;
  /** The customer managed key that encrypts them; undefined for an existing bucket without one. */
  public readonly encryptionKey?: IKey;
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
   * Throws `NotExportable` for what is no table, `SourceElsewhere` for one of another Region or account, and `ExportBucketTwice`,
   * `ExportScheduledTwice`, `InvalidExportPrefix`, `KeyElsewhere` or `LockOutlastsKeep` for options that do not go together; synth fails with `ExportNeedsTableRecovery` where point-in-time recovery is off.
   */
  constructor(scope: Construct, id: string, props: TableExportProps) {
    super(scope, id);
    const target = sourceOf(this, props.source, ['DynamoDB']);
    const store = storeOf(this, props);
    turnOnRecovery(target);
    const { bucketArn } = store.bucket.bucketRef;
    const made = scheduledExports(this, props, {
      target,
      store,
      wildcards: {
        resources: [`${target.arn}/export/*`, `${bucketArn}/${store.prefix}/*`],
        reason:
          'exports of the table have an ARN of their own each, and DynamoDB tells nobody the names of the files it writes below the prefix',
      },
      stepsIn: (steps) => tableSteps(steps, target.arn, props.format ?? TableExportFormat.DYNAMODB_JSON, store),
      files: 'exports',
      restore: 'import into a new table',
      more: () => recoveryConcerns(this, target),
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

/** DynamoDB exports from its log for point-in-time recovery. */
function recoveryConcerns(owner: IConstruct, target: Target): readonly ConcernFact[] {
  if (!target.cfn) {
    return outOfReach(target, ['turn on point-in-time recovery, or exports fail,']);
  }
  return ownRecovery(target)?.on === false
    ? [
        {
          kind: 'concern',
          severity: 'error',
          code: 'ExportNeedsTableRecovery',
          by: owner.node.path,
          resource: target.id,
          message: `'pointInTimeRecoveryEnabled' of '${target.id}' is false, but DynamoDB exports from point-in-time recovery only: set it to true, or leave it out`,
        },
      ]
    : [];
}
