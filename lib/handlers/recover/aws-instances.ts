import {
  AddTagsToResourceCommand,
  CreateDBInstanceReadReplicaCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RebootDBInstanceCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import type { ReplicaInstanceConfig } from '../../model/recovery';
import { MINUTE, SECOND } from '../../model/time';
import type { AwsClients } from './aws-clients';
import { newestPoints } from './aws-metrics';
import { rehearseInstance, tidyInstance } from './aws-rehearsals';
import type { DataPort, Followed, Lag, Progress } from './ports';
import { done, failed, pending, unless } from './progress';

const NONE = ['DBInstanceNotFoundFault', 'DBInstanceNotFound'];
/** The instance is changing just now: the next look tells. */
const BUSY = ['InvalidDBInstanceStateFault', 'InvalidDBInstanceState'];
/** Says that sessions were cut after the security groups were changed. */
const FENCED_TAG = 'cdk-recovery:fenced';

/** A database instance and its read replica in another Region. */
export class AwsInstances implements DataPort<ReplicaInstanceConfig> {
  constructor(
    private readonly clients: AwsClients,
    private readonly now: () => number,
  ) {}

  public async lag({ instance }: ReplicaInstanceConfig): Promise<Lag> {
    const found = await this.find(instance);
    if (found && !sourceOf(found)) {
      return { lagMs: 0, words: 'it is no replica and has all that was written to it' };
    }
    const [point] = await this.lags(instance);
    return !point || point.value < 0
      ? { words: 'CloudWatch has no lag of the replica' }
      : {
          lagMs: point.value * SECOND + (this.now() - point.atMs),
          words: `${point.value} s behind ${Math.round((this.now() - point.atMs) / SECOND)} s ago`,
        };
  }

  /** A replica has everything once its lag was zero after the fence; the value of a minute may be from its beginning. */
  public async arrived({ instance }: ReplicaInstanceConfig, sinceMs: number): Promise<Progress> {
    const found = await this.find(instance);
    if (found && !sourceOf(found)) {
      return done('it is no replica and has all that was written to it');
    }
    const points = (await this.lags(instance)).filter(({ atMs }) => atMs >= sinceMs + MINUTE);
    return points[0]?.value === 0
      ? done('no lag since the fence')
      : pending(points[0] ? `${points[0].value} s behind` : 'no lag measured since the fence');
  }

  public async promote({ instance }: ReplicaInstanceConfig): Promise<Progress> {
    const found = await this.find(instance);
    if (!found) {
      return failed(`there is no instance ${instance}`);
    }
    const { DBInstanceStatus: status = 'without a status', DBInstanceArn: arn = '' } = found;
    if (!sourceOf(found)) {
      return status === 'available' ? done('it takes writes', { arn, ...reached(found) }) : pending(`it is ${status}`);
    }
    if (status === 'available') {
      await unless(BUSY, this.clients.rds().send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: instance })));
    }
    return pending(`it is ${status}, and still a replica`);
  }

  /** Without a rule no new session comes; a restart cuts those that are there, which a security group does not. */
  public async close({ instance, fenceSecurityGroup }: ReplicaInstanceConfig): Promise<Progress> {
    const found = await this.find(instance);
    if (!found || sourceOf(found)) {
      return done(found ? 'a replica takes no writes' : 'there is none');
    }
    const { DBInstanceStatus: status, DBInstanceArn: ResourceName = '' } = found;
    if (!hasOnly(found, [fenceSecurityGroup])) {
      const change = { DBInstanceIdentifier: instance, VpcSecurityGroupIds: [fenceSecurityGroup], ApplyImmediately: true };
      await unless(BUSY, this.clients.rds().send(new ModifyDBInstanceCommand(change)));
      return pending(`${instance} gets the security group without rules`);
    }
    if (!found.TagList?.some(({ Key }) => Key === FENCED_TAG)) {
      const cut = await unless(BUSY, this.clients.rds().send(new RebootDBInstanceCommand({ DBInstanceIdentifier: instance })));
      if (cut) {
        const Tags = [{ Key: FENCED_TAG, Value: 'true' }];
        await this.clients.rds().send(new AddTagsToResourceCommand({ ResourceName, Tags }));
      }
      return pending(`${instance} is restarted, so that sessions end`);
    }
    return status === 'available' ? done(`${instance} is out of reach`) : pending(`${instance} is ${status}`);
  }

  public async open({ instance, fenceSecurityGroup, securityGroups }: ReplicaInstanceConfig): Promise<Progress> {
    const found = await this.find(instance);
    if (!found?.VpcSecurityGroups?.some(({ VpcSecurityGroupId: id }) => id === fenceSecurityGroup)) {
      return done(`${instance} is within reach`);
    }
    const ResourceName = found.DBInstanceArn ?? '';
    await this.clients.rds().send(new RemoveTagsFromResourceCommand({ ResourceName, TagKeys: [FENCED_TAG] }));
    const change = { DBInstanceIdentifier: instance, VpcSecurityGroupIds: [...securityGroups], ApplyImmediately: true };
    await unless(BUSY, this.clients.rds().send(new ModifyDBInstanceCommand(change)));
    return pending(`${instance} gets its security groups back`);
  }

  public async describe({ instance, instanceArn }: ReplicaInstanceConfig): Promise<Readonly<Record<string, string>>> {
    const found = await this.find(instance);
    return { arn: found?.DBInstanceArn ?? instanceArn, instanceClass: found?.DBInstanceClass ?? '' };
  }

  /** The old instance makes way under another name and is kept; a new replica takes its name. */
  public async follow(config: ReplicaInstanceConfig, { source, epoch }: Followed): Promise<Progress> {
    const { instance, rebuild, securityGroups } = config;
    const kept = `${instance}-before-${epoch}`;
    const found = await this.find(instance);
    if (found && sourceOf(found)) {
      const { DBInstanceStatus: status } = found;
      if (![source.arn, source.arn.split(':').at(-1)].includes(sourceOf(found))) {
        return failed(`${instance} is a replica of ${sourceOf(found)}, not of ${source.arn}`);
      }
      return status === 'available' ? done(`${instance} follows ${source.arn}`) : pending(`${instance} is ${status}`);
    }
    if (found) {
      const change = { DBInstanceIdentifier: instance, NewDBInstanceIdentifier: kept, ApplyImmediately: true };
      if (found.DBInstanceStatus === 'available' && !(await this.find(kept))) {
        await unless(BUSY, this.clients.rds().send(new ModifyDBInstanceCommand(change)));
      }
      return pending(`${instance} becomes ${kept}`);
    }
    // a copy from another Region needs a key of this one by name, also where the instance had that of RDS without asking
    const keyArn = rebuild.keyArn ?? (await this.find(kept))?.KmsKeyId;
    const command = new CreateDBInstanceReadReplicaCommand({
      DBInstanceIdentifier: instance,
      SourceDBInstanceIdentifier: source.arn,
      ...(source.instanceClass ? { DBInstanceClass: source.instanceClass } : {}),
      VpcSecurityGroupIds: [...securityGroups],
      ...(rebuild.subnetGroup ? { DBSubnetGroupName: rebuild.subnetGroup } : {}),
      ...(rebuild.parameterGroup ? { DBParameterGroupName: rebuild.parameterGroup } : {}),
      ...(keyArn ? { KmsKeyId: keyArn } : {}),
      ...(rebuild.multiAz === undefined ? {} : { MultiAZ: rebuild.multiAz }),
      CopyTagsToSnapshot: true,
    });
    await unless(['DBInstanceAlreadyExistsFault', 'DBInstanceAlreadyExists'], this.clients.rds().send(command));
    return pending(`${instance} is made as a replica of ${source.arn}`);
  }

  public rehearse(config: ReplicaInstanceConfig): Promise<Progress> {
    return rehearseInstance(this.clients, config);
  }

  public tidy(config: ReplicaInstanceConfig): Promise<Progress> {
    return tidyInstance(this.clients, config);
  }

  private async find(DBInstanceIdentifier: string): Promise<DBInstance | undefined> {
    const found = await unless(NONE, this.clients.rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier })));
    return found?.DBInstances?.[0];
  }

  private lags(instance: string) {
    const dimensions = { DBInstanceIdentifier: instance };
    return newestPoints(
      this.clients,
      { namespace: 'AWS/RDS', schema: ['DBInstanceIdentifier'], metric: 'ReplicaLag', dimensions },
      this.now(),
    );
  }
}

function sourceOf({ ReadReplicaSourceDBInstanceIdentifier: source }: DBInstance): string | undefined {
  return source || undefined;
}

function hasOnly({ VpcSecurityGroups = [] }: DBInstance, wanted: readonly string[]): boolean {
  return VpcSecurityGroups.length === wanted.length && VpcSecurityGroups.every(({ VpcSecurityGroupId: id = '' }) => wanted.includes(id));
}

function reached({ Endpoint, Engine }: DBInstance): Readonly<Record<string, string | number>> {
  const engine: Readonly<Record<string, string>> = Engine ? { engine: Engine } : {};
  return Endpoint?.Address && Endpoint.Port ? { host: Endpoint.Address, port: Endpoint.Port, ...engine } : engine;
}
