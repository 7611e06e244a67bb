import { DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateDBInstanceCommand,
  type DBCluster,
  type DBInstance,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { instanceName, isRehearsalName, keptName, type RestoredConfig } from '../../model/recovery';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import { deleteInstance } from './aws-rehearsals';
import type { Progress } from './ports';
import { done, failed, pending } from './progress';

const NO_INSTANCE = ['DBInstanceNotFoundFault', 'DBInstanceNotFound'];
const NO_CLUSTER = ['DBClusterNotFoundFault', 'DBClusterNotFound'];
const NO_TABLE = ['ResourceNotFoundException'];
const BUSY = ['InvalidDBInstanceStateFault', 'InvalidDBInstanceState', 'ResourceInUseException'];
const THERE = ['DBInstanceAlreadyExistsFault', 'DBInstanceAlreadyExists'];
const CLUSTERS = ['Aurora', 'DocumentDB', 'Neptune'];

/** What was restored from recovery points, by the service that it belongs to. */
export class AwsRestored {
  constructor(private readonly clients: AwsClients) {}

  /** The ARN of what has a name, which a restore could then not take; nothing of types that may be restored into what is there. */
  public async arnOf({ resourceType }: RestoredConfig, name: string): Promise<string | undefined> {
    if (resourceType === 'RDS') {
      return (await this.instance(name))?.DBInstanceArn;
    }
    if (resourceType === 'DynamoDB') {
      return (await unless(NO_TABLE, this.clients.dynamodb.send(new DescribeTableCommand({ TableName: name }))))?.Table?.TableArn;
    }
    return CLUSTERS.includes(resourceType) ? (await this.cluster(name))?.DBClusterArn : undefined;
  }

  public async describe(config: RestoredConfig): Promise<Readonly<Record<string, string>>> {
    const { kind, resourceType, identifier } = config;
    const found = resourceType === 'RDS' ? await this.instance(identifier) : undefined;
    const arn = found?.DBInstanceArn ?? (resourceType === 'RDS' ? undefined : await this.arnOf(config, identifier)) ?? '';
    return { kind, resourceType, arn, instanceClass: found?.DBInstanceClass ?? '' };
  }

  /** Whether what a restore job has made can be used. */
  public async usable(config: RestoredConfig, arn: string): Promise<Progress> {
    const name = arn.split(':').at(-1) ?? '';
    if (config.resourceType === 'RDS') {
      const found = await this.instance(name);
      const { DBInstanceStatus: status, Endpoint, Engine: engine } = found ?? {};
      return status === 'available' && Endpoint?.Address
        ? done('it is restored', { arn, host: Endpoint.Address, port: Endpoint.Port ?? 0, ...(engine ? { engine } : {}) })
        : pending(`it is ${status}`);
    }
    return CLUSTERS.includes(config.resourceType) ? this.serves(config, arn, name) : done('it is restored', { arn });
  }

  /** Makes room for the next restore. What was restored before is kept, under another name where it can have one. */
  public async makeWay(config: RestoredConfig, epoch: number): Promise<Progress> {
    const { identifier, resourceType, vault } = config;
    const arn = await this.arnOf(config, identifier);
    if (arn === undefined) {
      return done(`it is restored from ${vault} when it is needed`);
    }
    if (resourceType !== 'RDS') {
      return failed(`${arn} is in the way of the next restore: copy or back up what it has, delete it, and start the run again`);
    }
    const kept = keptName(identifier, epoch);
    const found = await this.instance(identifier);
    if (found?.DBInstanceStatus === 'available' && !(await this.instance(kept))) {
      const change = { DBInstanceIdentifier: identifier, NewDBInstanceIdentifier: kept, ApplyImmediately: true };
      await unless(BUSY, this.clients.rds().send(new ModifyDBInstanceCommand(change)));
    }
    return pending(`${identifier} becomes ${kept}`);
  }

  /** Removes what a rehearsal has restored. */
  public async remove({ resourceType }: RestoredConfig, name: string): Promise<Progress> {
    if (resourceType === 'RDS') {
      return (await deleteInstance(this.clients, name)) ? done(`${name} is gone`) : pending(`${name} is deleted`);
    }
    if (resourceType !== 'DynamoDB') {
      return done('nothing was made');
    }
    if (!isRehearsalName(name)) {
      throw new Error(`${name} was made by no rehearsal`);
    }
    const found = await unless(NO_TABLE, this.clients.dynamodb.send(new DescribeTableCommand({ TableName: name })));
    if (found && found.Table?.TableStatus !== 'DELETING') {
      await unless([...NO_TABLE, ...BUSY], this.clients.dynamodb.send(new DeleteTableCommand({ TableName: name })));
    }
    return found ? pending(`${name} is deleted`) : done(`${name} is gone`);
  }

  /** AWS Backup restores a cluster without an instance, which answers nobody. */
  private async serves({ instance }: RestoredConfig, arn: string, cluster: string): Promise<Progress> {
    const found = await this.cluster(cluster);
    if (found?.Status !== 'available') {
      return pending(`it is ${found?.Status}`);
    }
    const [first] = found.DBClusterMembers ?? [];
    if (!first) {
      if (!instance) {
        return failed(`${cluster} is restored without an instance, and nobody has said which one it gets`);
      }
      const { instanceClass: DBInstanceClass, engine: Engine } = instance;
      const made = { DBInstanceIdentifier: instanceName(cluster), DBClusterIdentifier: cluster, DBInstanceClass, Engine };
      await unless(THERE, this.clients.rds().send(new CreateDBInstanceCommand(made)));
      return pending(`${cluster} gets the instance ${made.DBInstanceIdentifier}`);
    }
    const status = (await this.instance(first.DBInstanceIdentifier ?? ''))?.DBInstanceStatus;
    const { Endpoint: host, Port: port, Engine: engine } = found;
    return status === 'available'
      ? done('it is restored', { arn, ...(host && port ? { host, port } : {}), ...(engine ? { engine } : {}) })
      : pending(`instance ${first.DBInstanceIdentifier} is ${status}`);
  }

  private async instance(DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
    const found = await unless(NO_INSTANCE, this.clients.rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier })));
    return found?.DBInstances?.[0];
  }

  private async cluster(DBClusterIdentifier: string): Promise<DBCluster | undefined> {
    const found = await unless(NO_CLUSTER, this.clients.rds().send(new DescribeDBClustersCommand({ DBClusterIdentifier })));
    return found?.DBClusters?.[0];
  }
}
