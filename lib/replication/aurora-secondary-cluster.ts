import { type Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Connections, IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { CfnDBCluster, IClusterEngine, IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import { CfnResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { isAttached } from '../core/private/inventory';
import { known } from '../core/private/known';
import { insist } from '../core/private/problems';
import type { ConcernFact } from '../model/facts';
import {
  checkAutomatedRetention,
  checkBackupWindow,
  checkDatabaseIdentifier,
  checkReaders,
  checkSecondaries,
  DATABASE_LIMITS,
  globalLagMetric,
} from '../model/limits/databases';
import { SECOND } from '../model/time';
import { secondaryCluster } from '../services/aurora';
import type { Target } from '../services/service';
import { numberOf, settingOf, textOf } from '../services/settings';
import type { AuroraSecondaryClusterProps } from './aurora-secondary-cluster-props';
import { addAlarm } from './private/alarms';
import { deployAfter } from './private/deploy-after';
import { burstable } from './private/global-concerns';
import { type GlobalDatabase, requireGlobalDatabase } from './private/global-databases';
import { recordLiveCopies } from './private/live-copies';
import { maxLagOf } from './private/max-lag';
import { parametersLeft } from './private/replica-concerns';
import { secondaryClusterOf } from './private/secondary-cluster';
import { requireSourcePlace } from './private/source-place';
import { encryptionOfCopy } from './private/storage-key';

const MINUTES = 5;

/**
 * A secondary cluster of a global database of Aurora: about a second behind its primary, ready to take over when that Region is lost.
 *
 * It stands in a stack of the recovery Region and joins the global database by name, so that its stack deploys and is changed while
 * the Region of the primary is gone; only to be made first, it needs the global database there. It has a key, a subnet group, a
 * parameter group and backups of its own, and no master user: users and passwords are those of the primary. An alarm in its Region
 * tells when it lags or has stopped to follow.
 * @example
 * new AuroraSecondaryCluster(osakaStack, 'Secondary', {
 *   globalDatabase: orders,
 *   vpc,
 *   readers: [ClusterInstance.serverlessV2('reader')],
 * });
 */
export class AuroraSecondaryCluster extends Construct implements IConnectable {
  /** The cluster, with its endpoints, metrics and grants. */
  public readonly cluster: IDatabaseCluster;
  public readonly connections: Connections;
  /** The key of its storage; undefined where the primary is not encrypted. */
  public readonly storageEncryptionKey?: IKeyRef;
  /** All alarms, in the Region of the cluster. */
  public readonly alarms: Alarm[] = [];
  /** Goes off when the cluster lags or no longer follows; there is none once it is detached. */
  public readonly lagAlarm?: Alarm;

  private readonly resource: CfnDBCluster;

  /**
   * Throws `SourcePlaceUnknown`, `CopyInOwnRegion` or `SourceInOtherAccount` for a primary that cannot be followed from here, `EngineUnknown` or
   * `EngineDiffers` where the engines are not known to be the same, and the codes of docs/errors.md for what Aurora would refuse.
   */
  constructor(scope: Construct, id: string, props: AuroraSecondaryClusterProps) {
    super(scope, id);
    const { globalDatabase, readers = [] } = props;
    const database = requireGlobalDatabase(this, globalDatabase);
    const place = requireSourcePlace(this, { property: 'globalDatabase', id: database.id, place: database.place });
    const engine = this.engineFor(database, props.engine);
    const lagMs = maxLagOf(this, props, DATABASE_LIMITS.globalClusterAlarm.value);
    this.requireOwnName(database, props.clusterIdentifier);
    insist(this, checkReaders(readers.length), this.joins(database));
    const { key: storageKey, keyArn, fact: key } = encryptionOfCopy(this, database, props);
    const { cfn, cluster } = secondaryClusterOf(this, props, {
      engine,
      primary: database.primary,
      primaryRegion: place.region,
      keyArn,
    });
    this.resource = cfn;
    this.cluster = cluster;
    this.connections = cluster.connections;
    this.storageEncryptionKey = storageKey;
    insist(
      this,
      checkAutomatedRetention(numberOf(cfn, 'backupRetentionPeriod'), 'cluster'),
      checkBackupWindow(textOf(cfn, 'preferredBackupWindow'), textOf(cfn, 'preferredMaintenanceWindow')),
    );
    if (props.detached) {
      return;
    }
    deployAfter(this, globalDatabase);
    this.lagAlarm = this.alarm(lagMs, engine, props);
    this.alarms.push(this.lagAlarm);
    const { primary } = database;
    if (primary) {
      const { region, account } = Stack.of(this);
      const copy = { id: this.node.path, place: { region: known(region), account: known(account) }, key, lagMs };
      recordLiveCopies(this, primary, () => [
        secondaryCluster(primary, { ...copy, headless: this.instances.length === 0 }),
        ...this.concerns(primary, props),
      ]);
    }
  }

  private engineFor({ id, engine: there }: GlobalDatabase, given: IClusterEngine | undefined): IClusterEngine {
    const engine = given ?? there;
    if (engine === undefined) {
      throw new ConfigurationError(
        'EngineUnknown',
        `'engine' is left out, but '${id}' does not say the engine and the full version of its primary: give them here, as they are there`,
        this,
      );
    }
    const [wanted, present] = [engine, there ?? engine].map(
      ({ engineType, engineVersion }) => `${engineType} ${engineVersion?.fullVersion}`,
    );
    if (wanted !== present) {
      throw new ConfigurationError(
        'EngineDiffers',
        `'engine' is ${wanted}, but the primary of '${id}' runs ${present}, and a failover needs the same: leave 'engine' out`,
        this,
      );
    }
    return engine;
  }

  /** Names of clusters are unique in a global database, across Regions. */
  private requireOwnName({ primary }: GlobalDatabase, name: string | undefined): void {
    if (name === undefined) {
      return;
    }
    const other = primary?.cfn && textOf(primary.cfn, 'dbClusterIdentifier');
    if (other !== undefined && other.toLowerCase() === name.toLowerCase()) {
      throw new ConfigurationError(
        'ClusterNameTwice',
        `'clusterIdentifier' is '${name}', the name of the primary, but the clusters of a global database have different names: choose another one`,
        this,
      );
    }
    insist(this, checkDatabaseIdentifier('clusterIdentifier', name));
  }

  private joins({ secondaries }: GlobalDatabase) {
    const region = known(Stack.of(this).region);
    if (region === undefined) {
      return undefined;
    }
    secondaries.push({ region, cluster: this });
    return checkSecondaries(secondaries.filter(({ cluster }) => isAttached(cluster)).map((one) => one.region));
  }

  /** A cluster that was made the primary publishes no lag: after a failover the alarm says that there is no copy in its Region. */
  private alarm(
    lagMs: number,
    { engineType, engineVersion }: IClusterEngine,
    { recoveryAlarmActions }: AuroraSecondaryClusterProps,
  ): Alarm {
    return addAlarm(this, 'LagAlarm', {
      metric: new Metric({
        namespace: 'AWS/RDS',
        metricName: globalLagMetric(engineType, engineVersion?.fullVersion ?? ''),
        dimensionsMap: { DBClusterIdentifier: this.resource.ref },
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: lagMs,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      evaluationPeriods: MINUTES,
      section: 'secondary-clusters-that-lag',
      wrong: `The secondary cluster ${this.node.path} has been more than ${lagMs / SECOND} s behind its primary for ${MINUTES} minutes, or follows it no longer: what it lacks is lost with the Region of the primary`,
      actions: recoveryAlarmActions,
    });
  }

  private get instances(): CfnResource[] {
    return this.node
      .findAll()
      .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.cfnResourceType === 'AWS::RDS::DBInstance');
  }

  private concerns(primary: Target, { parameterGroup, parameters }: AuroraSecondaryClusterProps): readonly ConcernFact[] {
    const group = primary.cfn && settingOf(primary.cfn, 'dbClusterParameterGroupName');
    const found = [...burstable(primary, this.instances), (parameterGroup ?? parameters) === undefined && parametersLeft(primary, group)];
    return found.filter((one) => one !== false).map((one) => ({ ...one, by: this.node.path }));
  }
}
