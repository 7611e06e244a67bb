import {
  AddTagsToResourceCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RebootDBInstanceCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import { keptName, type ReplicaInstanceConfig } from '../../model/recovery';
import { MINUTE, SECOND } from '../../model/time';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import { type DataPoint, newestPoints } from './aws-metrics';
import { rehearseInstance, tidyInstance } from './aws-rehearsals';
import { createReplica } from './aws-replicas';
import { lossSince } from './loss';
import type { DataPort, Ending, Followed, Lag, Progress, Promotion, Rehearsal } from './ports';
import { done, failed, pending } from './progress';

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

  public async ready({ instance }: ReplicaInstanceConfig, { lossless }: Pick<Promotion, 'lossless'>): Promise<Progress> {
    const found = await this.find(instance);
    if (!found) {
      return failed(`there is no instance ${instance}`);
    }
    const { DBInstanceStatus: status, StatusInfos = [] } = found;
    if (!lossless) {
      return done(`${instance} is ${status}`);
    }
    if (!sourceOf(found)) {
      return failed(`${instance} is no replica, so that it has nothing of what is written at the other site`);
    }
    const broken = StatusInfos.find(({ StatusType, Normal }) => StatusType === 'read replication' && Normal === false);
    if (broken) {
      return failed(`replication to ${instance} is '${broken.Status}': ${broken.Message || 'nobody says why'}`);
    }
    return status === 'available' ? done(`${instance} is available`) : pending(`${instance} is ${status}`);
  }

  public async lag({ instance }: ReplicaInstanceConfig, _: string, ending: Ending): Promise<Lag> {
    const found = await this.find(instance);
    if (found && !sourceOf(found)) {
      return { lagMs: 0, words: 'it is no replica and has all that was written to it' };
    }
    // -1 says that nobody knows: an earlier value tells until when all has arrived
    const point = (await this.lags(instance)).find(({ value }) => value >= 0);
    return point
      ? {
          lagMs: lossSince(arrivedBy(point), ending),
          words: `${point.value} s behind at ${new Date(point.atMs).toISOString()}`,
        }
      : { words: 'CloudWatch has no lag of the replica' };
  }

  /**
   * A replica has everything once it has replayed what was written after the fence. Without transactions the lag of PostgreSQL is the
   * time since the last one and never zero (RDS User Guide: monitoring read replication); a checkpoint comes every five minutes.
   */
  public async arrived({ instance }: ReplicaInstanceConfig, sinceMs: number): Promise<Progress> {
    const found = await this.find(instance);
    if (found && !sourceOf(found)) {
      return done('it is no replica and has all that was written to it');
    }
    const points = await this.lags(instance);
    // the value of a minute may be from its beginning
    if (points.some((point) => point.value >= 0 && arrivedBy(point) >= sinceMs + MINUTE)) {
      return done('nothing of before the fence is missing');
    }
    const [newest] = points.filter(({ atMs }) => atMs >= sinceMs);
    return pending(newest ? `${newest.value} s behind` : 'no lag measured since the fence');
  }

  public async promote({ instance, backups }: ReplicaInstanceConfig): Promise<Progress> {
    const found = await this.find(instance);
    if (!found) {
      return failed(`there is no instance ${instance}`);
    }
    const { DBInstanceStatus: status = 'without a status', DBInstanceArn: arn = '' } = found;
    if (!sourceOf(found)) {
      return status === 'available' ? done('it takes writes', { arn, ...reached(found) }) : pending(`it is ${status}`);
    }
    if (status === 'available') {
      const kept = backups?.days ?? (found.BackupRetentionPeriod || undefined);
      const promotion = {
        DBInstanceIdentifier: instance,
        ...(kept === undefined ? {} : { BackupRetentionPeriod: kept }),
        ...(backups?.window ? { PreferredBackupWindow: backups.window } : {}),
      };
      await unless(BUSY, this.clients.rds().send(new PromoteReadReplicaCommand(promotion)));
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

  public async describe({ kind, instance, instanceArn }: ReplicaInstanceConfig): Promise<Readonly<Record<string, string>>> {
    const found = await this.find(instance);
    return { kind, arn: found?.DBInstanceArn ?? instanceArn, instanceClass: found?.DBInstanceClass ?? '' };
  }

  /** The old instance makes way under another name and is kept; a new replica takes its name. */
  public async follow(config: ReplicaInstanceConfig, followed: Followed): Promise<Progress> {
    const { instance, instanceArn } = config;
    const { source, epoch } = followed;
    if (!source.arn || source.arn === instanceArn) {
      return failed(`the other site names '${source.arn}' as its instance, which ${instance} cannot follow`);
    }
    const found = await this.find(instance);
    if (found && sourceOf(found)) {
      const { DBInstanceStatus: status } = found;
      if (![source.arn, source.arn.split(':').at(-1)].includes(sourceOf(found))) {
        return failed(`${instance} is a replica of ${sourceOf(found)}, not of ${source.arn}`);
      }
      return status === 'available' ? done(`${instance} follows ${source.arn}`) : pending(`${instance} is ${status}`);
    }
    const name = keptName(instance, epoch);
    const kept = await this.find(name);
    if (found) {
      const change = { DBInstanceIdentifier: instance, NewDBInstanceIdentifier: name, ApplyImmediately: true };
      if (found.DBInstanceStatus === 'available' && !kept) {
        await unless(BUSY, this.clients.rds().send(new ModifyDBInstanceCommand(change)));
      }
      return pending(`${instance} becomes ${name}`);
    }
    await createReplica(this.clients, config, followed, kept);
    return pending(`${instance} is made as a replica of ${source.arn}`);
  }

  public rehearse(config: ReplicaInstanceConfig, rehearsal: Rehearsal): Promise<Progress> {
    return rehearseInstance(this.clients, config, rehearsal.runId);
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

/** Until when all that was written at the source has arrived. */
function arrivedBy({ value, atMs }: DataPoint): number {
  return atMs - value * SECOND;
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
