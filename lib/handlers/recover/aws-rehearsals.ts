import {
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RestoreDBInstanceFromDBSnapshotCommand,
} from '@aws-sdk/client-rds';
import { isRehearsalName, type ReplicaInstanceConfig, rehearsalName } from '../../model/recovery';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import type { Progress } from './ports';
import { done, failed, pending } from './progress';

/** Says which run has made something. */
const RUN_TAG = 'cdk-recovery:run';

const GONE = ['DBInstanceNotFoundFault', 'DBInstanceNotFound', 'DBSnapshotNotFoundFault', 'DBSnapshotNotFound'];
const BUSY = ['InvalidDBInstanceStateFault', 'InvalidDBInstanceState', 'InvalidDBSnapshotStateFault', 'InvalidDBSnapshotState'];
const THERE = ['DBInstanceAlreadyExistsFault', 'DBInstanceAlreadyExists', 'DBSnapshotAlreadyExistsFault', 'DBSnapshotAlreadyExists'];

/** A snapshot of the replica is restored beside it: nobody knows its name, so nobody writes to it. */
export async function rehearseInstance(clients: AwsClients, config: ReplicaInstanceConfig, runId: string): Promise<Progress> {
  const { instance, securityGroups, rebuild } = config;
  const name = rehearsalName(instance);
  const rds = clients.rds();
  const Tags = [{ Key: RUN_TAG, Value: runId }];
  const [made] = (await unless(GONE, rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }))))?.DBInstances ?? [];
  if (made && !isOf(made, runId)) {
    return leftBehind(clients, config);
  }
  if (made) {
    const { DBInstanceStatus: status, DBInstanceArn: arn = '', Endpoint, Engine } = made;
    const facts = {
      arn,
      ...(Endpoint?.Address && Endpoint.Port ? { host: Endpoint.Address, port: Endpoint.Port } : {}),
      ...(Engine ? { engine: Engine } : {}),
    };
    return status === 'available'
      ? done(`${name} can be used`, facts)
      : /fail|error|incompatible/.test(status ?? '')
        ? failed(`${name} is ${status}`)
        : pending(`${name} is ${status}`);
  }
  const [snapshot] = (await unless(GONE, rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }))))?.DBSnapshots ?? [];
  if (snapshot && !isOf(snapshot, runId)) {
    return leftBehind(clients, config);
  }
  if (!snapshot) {
    await unless(
      [...THERE, ...BUSY],
      rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: instance, DBSnapshotIdentifier: name, Tags })),
    );
    return pending(`a snapshot of ${instance} is made`);
  }
  if (snapshot.Status !== 'available') {
    return snapshot.Status === 'failed' ? failed(`snapshot ${name} has failed`) : pending(`snapshot ${name} is ${snapshot.Status}`);
  }
  const command = new RestoreDBInstanceFromDBSnapshotCommand({
    DBInstanceIdentifier: name,
    DBSnapshotIdentifier: name,
    VpcSecurityGroupIds: [...securityGroups],
    ...(rebuild.subnetGroup ? { DBSubnetGroupName: rebuild.subnetGroup } : {}),
    ...(rebuild.parameterGroup ? { DBParameterGroupName: rebuild.parameterGroup } : {}),
    MultiAZ: false,
    PubliclyAccessible: false,
    DeletionProtection: false,
    Tags,
  });
  await unless(THERE, rds.send(command));
  return pending(`${name} is restored`);
}

/** What a broken rehearsal has left is old, and would pass for the data of now. */
async function leftBehind(clients: AwsClients, config: ReplicaInstanceConfig): Promise<Progress> {
  const { words } = await tidyInstance(clients, config);
  return pending(`what an earlier rehearsal has left is removed: ${words}`);
}

function isOf(
  { TagList = [] }: { readonly TagList?: readonly { readonly Key?: string; readonly Value?: string }[] },
  runId: string,
): boolean {
  return TagList.some(({ Key, Value }) => Key === RUN_TAG && Value === runId);
}

/** Removes instance and snapshot of a rehearsal. */
export async function tidyInstance(clients: AwsClients, { instance }: ReplicaInstanceConfig): Promise<Progress> {
  const name = rehearsalName(instance);
  const instanceGone = await deleteInstance(clients, name);
  const rds = clients.rds();
  const found = await unless(GONE, rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name })));
  if (found?.DBSnapshots?.length) {
    await unless([...GONE, ...BUSY], rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: name })));
    return pending(`snapshot ${name} is deleted`);
  }
  return instanceGone ? done(`${name} is gone`) : pending(`${name} is deleted`);
}

/** Deletes an instance that a rehearsal has made; true once it is gone. */
export async function deleteInstance(clients: AwsClients, name: string): Promise<boolean> {
  if (!isRehearsalName(name)) {
    throw new Error(`${name} was made by no rehearsal`);
  }
  const rds = clients.rds();
  const found = await unless(GONE, rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name })));
  const status = found?.DBInstances?.[0]?.DBInstanceStatus;
  if (found && status !== 'deleting') {
    await unless([...GONE, ...BUSY], rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true })));
  }
  return !found;
}
