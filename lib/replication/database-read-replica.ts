import { type Alarm, ComparisonOperator, MathExpression, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { CfnDBInstance, DatabaseInstanceReadReplica } from 'aws-cdk-lib/aws-rds';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { insist } from '../core/private/problems';
import type { ConcernFact } from '../model/facts';
import { checkAutomatedRetention, checkBackupWindow, DATABASE_LIMITS } from '../model/limits/databases';
import { labelOf } from '../model/services';
import { DAY, SECOND } from '../model/time';
import { placeOf, targetOf } from '../services';
import { readReplica } from '../services/rds-instance';
import type { Target } from '../services/service';
import { numberOf, textOf } from '../services/settings';
import type { DatabaseReadReplicaProps } from './database-read-replica-props';
import { addAlarm } from './private/alarms';
import { deployAfter } from './private/deploy-after';
import { recordLiveCopies } from './private/live-copies';
import { maxLagOf } from './private/max-lag';
import { replicaConcerns } from './private/replica-concerns';
import { engineOf, replicaInstance } from './private/replica-instance';
import { requireName, requireSourcePlace } from './private/source-place';
import { encryptionOfCopy, encryptionOfSource } from './private/storage-key';

const MINUTES = 5;

/**
 * A read replica of a database instance of another Region: seconds behind it, ready to be promoted when that Region is lost.
 *
 * It stands in a stack of the recovery Region and names its source by an ARN that follows from names, so that its stack deploys
 * and is changed while the Region of the source is gone. It has a key, a subnet group, a parameter group and backups of its own.
 * An alarm in its Region tells when it lags or has stopped to follow.
 * @example
 * new DatabaseReadReplica(osakaStack, 'Replica', {
 *   source: database,
 *   vpc,
 *   maxLag: Duration.minutes(2),
 * });
 */
export class DatabaseReadReplica extends Construct implements IConnectable {
  /** The instance, with its endpoint, metrics and grants. */
  public readonly instance: DatabaseInstanceReadReplica;
  public readonly connections: Connections;
  /** The key of its storage; undefined where the source is not encrypted. */
  public readonly storageEncryptionKey?: IKeyRef;
  /** All alarms, in the Region of the replica. */
  public readonly alarms: Alarm[] = [];
  /** Goes off when the replica lags or no longer follows; there is none once it is promoted. */
  public readonly lagAlarm?: Alarm;

  /**
   * Throws `ReadReplicaUnsupported` for what is no database instance, `SourcePlaceUnknown`, `CopyInOwnRegion` or `SourceInOtherAccount` for one
   * that cannot be followed from here, `SourceNameUnknown` for one without a plain name, and `EncryptionDiffers` where the source says otherwise.
   */
  constructor(scope: Construct, id: string, props: DatabaseReadReplicaProps) {
    super(scope, id);
    const { source, sourceIdentifier, promoted } = props;
    const target = this.sourceOf(source);
    const { region, account } = requireSourcePlace(this, { property: 'source', id: target.id, place: placeOf(target) });
    const name = requireName(this, target, { setting: 'dbInstanceIdentifier', property: 'instanceIdentifier', given: sourceIdentifier });
    const lagMs = maxLagOf(this, props, DATABASE_LIMITS.replicaLag.value);
    const { key, keyArn, fact } = encryptionOfCopy(this, encryptionOfSource(target), props);
    this.instance = replicaInstance(this, props, {
      target,
      sourceArn: Stack.of(this).formatArn({
        service: 'rds',
        region,
        account,
        resource: 'db',
        resourceName: name,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      sourceRegion: region,
      keyArn,
    });
    this.connections = this.instance.connections;
    this.storageEncryptionKey = key;
    const cfn = this.instance.node.defaultChild as CfnDBInstance;
    insist(
      this,
      checkAutomatedRetention(numberOf(cfn, 'backupRetentionPeriod'), 'instance'),
      checkBackupWindow(textOf(cfn, 'preferredBackupWindow'), textOf(cfn, 'preferredMaintenanceWindow')),
    );
    if (promoted) {
      return;
    }
    deployAfter(this, target.construct);
    this.lagAlarm = this.alarm(lagMs, props);
    this.alarms.push(this.lagAlarm);
    const place = placeOf(targetOf(this, this.instance));
    recordLiveCopies(this, target, () => [
      readReplica(target, { id: this.node.path, place, key: fact, lagMs }),
      ...this.concerns(target, props),
    ]);
  }

  private sourceOf(source: IConstruct): Target {
    const target = targetOf(this, source);
    if (target.type !== 'RDS') {
      throw new ConfigurationError(
        'ReadReplicaUnsupported',
        `'source' is '${target.id}' (${labelOf(target.type)}), but only database instances have read replicas of this kind: ${
          target.type === 'Aurora' ? 'use AuroraGlobalDatabase' : 'replicate it by other means'
        }`,
        this,
      );
    }
    return target;
  }

  /** Where replication is broken, the lag of MySQL and MariaDB is -1 and others publish none. */
  private alarm(lagMs: number, { recoveryAlarmActions }: DatabaseReadReplicaProps): Alarm {
    const period = Duration.minutes(1);
    const lag = new Metric({
      namespace: 'AWS/RDS',
      metricName: 'ReplicaLag',
      dimensionsMap: { DBInstanceIdentifier: this.instance.instanceIdentifier },
      statistic: 'Maximum',
      period,
    });
    return addAlarm(this, 'LagAlarm', {
      metric: new MathExpression({
        expression: `IF(lag < 0, ${DAY / SECOND}, lag)`,
        usingMetrics: { lag },
        label: 'seconds behind the source; a day where replication has stopped',
        period,
      }),
      threshold: lagMs / SECOND,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      evaluationPeriods: MINUTES,
      section: 'read-replicas-that-lag',
      wrong: `The read replica ${this.node.path} has been more than ${lagMs / SECOND} s behind its source for ${MINUTES} minutes, or follows it no longer: what it lacks is lost with the Region of the source`,
      actions: recoveryAlarmActions,
    });
  }

  private concerns(target: Target, props: DatabaseReadReplicaProps): readonly ConcernFact[] {
    return replicaConcerns(this.node.path, target, {
      engine: engineOf(target, props.engine),
      ownParameters: (props.parameterGroup ?? props.parameters) !== undefined,
    });
  }
}
