import {
  CreateDBInstanceCommand,
  type DBCluster,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  type GlobalCluster,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import type { GlobalClusterConfig } from '../../model/recovery';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import { newestPoints } from './aws-metrics';
import { lossSince } from './loss';
import type { DataPort, Ending, Followed, Lag, Progress, Promotion } from './ports';
import { done, failed, onlySeen, pending } from './progress';

/** The global cluster changes sides just now: the next look tells. */
const BUSY = ['InvalidGlobalClusterStateFault', 'InvalidDBClusterStateFault'];
const NO_CLUSTER = ['DBClusterNotFoundFault', 'DBClusterNotFound'];
const NO_GLOBAL = ['GlobalClusterNotFoundFault', 'GlobalClusterNotFound'];
const THERE = ['DBInstanceAlreadyExistsFault', 'DBInstanceAlreadyExists'];

/** What different engines and sides call the lag of a secondary. */
const LAGS = ['AuroraGlobalDBRPOLag', 'AuroraGlobalDBReplicationLag'];

/** A cluster of an Aurora global database: AWS keeps one writer, and fences the old one as well as it can. */
export class AwsGlobalClusters implements DataPort<GlobalClusterConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  /** A switchover wants a group that is well, and the same version on both sides (Aurora User Guide: switchover). */
  public async ready(config: GlobalClusterConfig, { lossless }: Pick<Promotion, 'lossless'>): Promise<Progress> {
    const { cluster, clusterArn, globalCluster, instance } = config;
    const own = await this.find(cluster);
    if (!own) {
      return failed(`there is no cluster ${cluster}`);
    }
    if (!own.DBClusterMembers?.length && !instance) {
      return failed(`${cluster} has no instance, and nobody has said which one it gets`);
    }
    if (!lossless) {
      return done(`${cluster} is ${own.Status}`);
    }
    const group = await this.group(globalCluster);
    if (!group?.GlobalClusterMembers?.some(({ DBClusterArn }) => DBClusterArn === clusterArn)) {
      return failed(`${cluster} is no member of ${globalCluster}, so that it follows nobody`);
    }
    if (group.EngineVersion && own.EngineVersion && group.EngineVersion !== own.EngineVersion) {
      return failed(`${cluster} runs ${own.EngineVersion} and ${globalCluster} ${group.EngineVersion}: only the same can be switched over`);
    }
    return own.Status === 'available' && group.Status === 'available'
      ? done(`${globalCluster} is available`)
      : pending(`${cluster} is ${own.Status}, ${globalCluster} is ${group.Status}`);
  }

  public async lag({ cluster }: GlobalClusterConfig, _: string, ending: Ending): Promise<Lag> {
    for (const metric of LAGS) {
      const dimensions = { DBClusterIdentifier: cluster };
      const place = { namespace: 'AWS/RDS', schema: ['DBClusterIdentifier'], metric, dimensions };
      const point = (await newestPoints(this.clients, place, this.now())).find(({ value }) => value >= 0);
      if (point) {
        return {
          lagMs: lossSince(point.atMs - point.value, ending),
          words: `${point.value} ms behind at ${new Date(point.atMs).toISOString()}`,
        };
      }
    }
    return { words: 'CloudWatch has no lag of the cluster' };
  }

  public async arrived(): Promise<Progress> {
    return done('the switchover of the global database waits by itself');
  }

  public async promote(config: GlobalClusterConfig, { lossless, from }: Promotion): Promise<Progress> {
    const { globalCluster, clusterArn } = config;
    const own = await this.find(config.cluster);
    if (!own) {
      return failed(`there is no cluster ${config.cluster}`);
    }
    const served = await this.serve(config, own);
    if (served) {
      return served;
    }
    const group = await this.group(globalCluster);
    const writer = group?.GlobalClusterMembers?.find(({ IsWriter }) => IsWriter)?.DBClusterArn;
    if (!group?.GlobalClusterMembers?.some(({ DBClusterArn }) => DBClusterArn === clusterArn)) {
      return own.Status === 'available' ? done('it stands alone and takes writes', factsOf(own)) : pending(`it is ${own.Status}`);
    }
    if (writer === clusterArn) {
      return own.Status === 'available' && group.Status === 'available'
        ? done('it takes writes', factsOf(own))
        : pending(`it is ${own.Status}`);
    }
    const region = writer?.split(':')[3];
    if (region && region !== from && region !== this.clients.region) {
      return own.Status === 'available' ? done(`${region} takes writes, and is not left`, factsOf(own)) : pending(`it is ${own.Status}`);
    }
    if (group.Status !== 'available' && lossless) {
      return pending(`the global database is ${group.Status}`);
    }
    const target = { GlobalClusterIdentifier: globalCluster, TargetDbClusterIdentifier: clusterArn };
    // a switchover is asked for where the writer is, a failover where the new writer is to be
    await (lossless
      ? unless(BUSY, this.clients.rds(region).send(new SwitchoverGlobalClusterCommand(target)))
      : unless(BUSY, this.clients.rds().send(new FailoverGlobalClusterCommand({ ...target, AllowDataLoss: true }))));
    return pending(lossless ? 'it is switched over' : 'it is failed over');
  }

  public async close(): Promise<Progress> {
    return done('the global database has one writer');
  }

  public async open(): Promise<Progress> {
    return done('the global database has one writer');
  }

  public async describe({ kind, clusterArn }: GlobalClusterConfig): Promise<Readonly<Record<string, string>>> {
    return { kind, arn: clusterArn };
  }

  /** AWS adds the old writer again once its Region is back. One that writes still, as where two sites have taken over, hands that to the active site. */
  public async follow({ globalCluster, clusterArn, cluster }: GlobalClusterConfig, { source }: Followed): Promise<Progress> {
    const group = await this.group(globalCluster);
    const member = group?.GlobalClusterMembers?.find(({ DBClusterArn }) => DBClusterArn === clusterArn);
    if (!member) {
      return pending(`${cluster} has not been added to ${globalCluster} again`);
    }
    const own = await this.find(cluster);
    const active = group?.GlobalClusterMembers?.find(({ DBClusterArn }) => DBClusterArn === source.arn);
    if (member.IsWriter && active && group?.Status === 'available') {
      const target = { GlobalClusterIdentifier: globalCluster, TargetDbClusterIdentifier: source.arn };
      await unless(BUSY, this.clients.rds().send(new SwitchoverGlobalClusterCommand(target)));
      return pending(`${cluster} hands writing over to ${source.arn}`);
    }
    return !member.IsWriter && own?.Status === 'available' && group?.Status === 'available'
      ? done(`${cluster} follows`)
      : pending(`${cluster} is ${member.IsWriter ? 'still the writer' : (own?.Status ?? 'not to be seen')}`);
  }

  public async rehearse({ cluster }: GlobalClusterConfig): Promise<Progress> {
    const found = await this.find(cluster);
    return onlySeen(
      found?.Status === 'available' ? done(`${cluster} is available`, factsOf(found)) : failed(`${cluster} is ${found?.Status ?? 'gone'}`),
    );
  }

  public async tidy(): Promise<Progress> {
    return done('nothing was made');
  }

  /** A cluster without instances answers nobody and cannot take over. */
  private async serve({ cluster, instance }: GlobalClusterConfig, own: DBCluster): Promise<Progress | undefined> {
    const [first] = own.DBClusterMembers ?? [];
    if (!first) {
      if (!instance) {
        return failed(`${cluster} has no instance, and nobody has said which one it gets`);
      }
      const { identifier, instanceClass, engine } = instance;
      const made = { DBInstanceIdentifier: identifier, DBClusterIdentifier: cluster, DBInstanceClass: instanceClass, Engine: engine };
      await unless(THERE, this.clients.rds().send(new CreateDBInstanceCommand(made)));
      return pending(`${cluster} gets the instance ${identifier}`);
    }
    const found = await this.clients.rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: first.DBInstanceIdentifier }));
    const status = found.DBInstances?.[0]?.DBInstanceStatus;
    return status === 'available' ? undefined : pending(`instance ${first.DBInstanceIdentifier} is ${status}`);
  }

  private async find(DBClusterIdentifier: string): Promise<DBCluster | undefined> {
    return (await unless(NO_CLUSTER, this.clients.rds().send(new DescribeDBClustersCommand({ DBClusterIdentifier }))))?.DBClusters?.[0];
  }

  private async group(GlobalClusterIdentifier: string): Promise<GlobalCluster | undefined> {
    const command = new DescribeGlobalClustersCommand({ GlobalClusterIdentifier });
    return (await unless(NO_GLOBAL, this.clients.rds().send(command)))?.GlobalClusters?.[0];
  }
}

function factsOf({
  DBClusterArn: arn = '',
  Endpoint: host,
  Port: port,
  Engine: engine,
}: DBCluster): Readonly<Record<string, string | number>> {
  return { arn, ...(host && port ? { host, port } : {}), ...(engine ? { engine } : {}) };
}
