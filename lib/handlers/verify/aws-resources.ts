import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstanceStatusCommand, DescribeInstancesCommand, DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { DescribeFileSystemsCommand as DescribeElasticFileSystemsCommand } from '@aws-sdk/client-efs';
import { DescribeFileSystemsCommand, DescribeVolumesCommand as DescribeFsxVolumesCommand } from '@aws-sdk/client-fsx';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import { describeInstance } from './aws-databases';
import { nameOf } from './look';
import type { Describe, Restored } from './ports';

/** How each type of AWS Backup is looked at that comes complete. */
export function describePorts(clients: AwsClients): Readonly<Record<string, Describe>> {
  return {
    RDS: (arn) => describeInstance(clients, arn),
    DynamoDB: (arn) => describeTable(clients, arn),
    S3: (arn) => describeBucket(clients, arn),
    EBS: (arn) => describeVolume(clients, arn),
    EC2: (arn) => describeMachine(clients, arn),
    EFS: (arn) => describeElasticFileSystem(clients, arn),
    FSx: (arn) => describeFsx(clients, arn),
  };
}

async function describeTable(clients: AwsClients, arn: string): Promise<Restored | undefined> {
  const found = await unless(['ResourceNotFoundException'], clients.dynamodb.send(new DescribeTableCommand({ TableName: nameOf(arn) })));
  return (
    found && judged(found.Table?.TableStatus, ['ACTIVE'], ['DELETING', 'ARCHIVING', 'ARCHIVED', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'])
  );
}

async function describeBucket(clients: AwsClients, arn: string): Promise<Restored | undefined> {
  const found = await unless(['NotFound', 'NoSuchBucket'], clients.s3.send(new HeadBucketCommand({ Bucket: nameOf(arn) })));
  return found && { state: 'usable', words: 'there' };
}

async function describeVolume(clients: AwsClients, arn: string): Promise<Restored | undefined> {
  const found = await unless(['InvalidVolume.NotFound'], clients.ec2.send(new DescribeVolumesCommand({ VolumeIds: [nameOf(arn)] })));
  const [volume] = found?.Volumes ?? [];
  return volume && judged(volume.State, ['available', 'in-use'], ['deleting', 'deleted', 'error']);
}

/** A machine is usable once it runs and passes the status checks of EC2. */
async function describeMachine(clients: AwsClients, arn: string): Promise<Restored | undefined> {
  const command = new DescribeInstanceStatusCommand({ InstanceIds: [nameOf(arn)], IncludeAllInstances: true });
  const found = await unless(['InvalidInstanceID.NotFound'], clients.ec2.send(command));
  const [machine] = found?.InstanceStatuses ?? [];
  if (!machine) {
    return undefined;
  }
  const running = judged(machine.InstanceState?.Name, ['running'], ['shutting-down', 'terminated', 'stopping', 'stopped']);
  const checks = [machine.SystemStatus?.Status, machine.InstanceStatus?.Status];
  if (running.state === 'usable' && checks.some((check) => check !== 'ok')) {
    return { state: 'coming', words: `running, with status checks ${checks.join(' and ')}` };
  }
  const address = running.state === 'usable' ? await addressOf(clients, nameOf(arn)) : undefined;
  return { ...running, ...(address ? { address } : {}) };
}

async function addressOf(clients: AwsClients, id: string): Promise<string | undefined> {
  const { Reservations = [] } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations[0]?.Instances?.[0]?.PrivateIpAddress;
}

async function describeElasticFileSystem(clients: AwsClients, arn: string): Promise<Restored | undefined> {
  const found = await unless(
    ['FileSystemNotFound'],
    clients.efs.send(new DescribeElasticFileSystemsCommand({ FileSystemId: nameOf(arn) })),
  );
  const [system] = found?.FileSystems ?? [];
  return system && judged(system.LifeCycleState, ['available'], ['error', 'deleting', 'deleted']);
}

/** Of file systems of NetApp ONTAP a volume is restored, of all others the whole. */
async function describeFsx(clients: AwsClients, arn: string): Promise<Restored | undefined> {
  const lost = ['FAILED', 'DELETING', 'MISCONFIGURED', 'MISCONFIGURED_UNAVAILABLE'];
  if (arn.includes(':volume/')) {
    const found = await unless(['VolumeNotFound'], clients.fsx.send(new DescribeFsxVolumesCommand({ VolumeIds: [nameOf(arn)] })));
    const [volume] = found?.Volumes ?? [];
    return volume && judged(volume.Lifecycle, ['AVAILABLE', 'CREATED'], lost);
  }
  const found = await unless(['FileSystemNotFound'], clients.fsx.send(new DescribeFileSystemsCommand({ FileSystemIds: [nameOf(arn)] })));
  const [system] = found?.FileSystems ?? [];
  return system && judged(system.Lifecycle, ['AVAILABLE'], lost);
}

function judged(status = 'without a status', usable: readonly string[], lost: readonly string[]): Restored {
  return { state: usable.includes(status) ? 'usable' : lost.includes(status) ? 'lost' : 'coming', words: status };
}
