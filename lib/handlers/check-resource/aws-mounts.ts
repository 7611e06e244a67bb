import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  CreateAccessPointCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
} from '@aws-sdk/client-efs';
import {
  GetFunctionConfigurationCommand,
  type GetFunctionConfigurationCommandOutput,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { type CheckInput, MADE_FOR_TAG, MOUNT_PATH, MOUNT_VARIABLES } from '../../model/verification';
import { Unable } from '../checks/finding';
import { ask, askUnless } from './ask-aws';
import type { AwsClients } from './aws-clients';
import type { Mountable, Mounted, MountPort } from './mount-port';
import { pause } from './pause';

/** Root, for files may belong to anybody; without ClientWrite of the role the file system is mounted to be read only. */
const READER = { Uid: 0, Gid: 0 } as const;
const GONE = ['FileSystemNotFound', 'AccessPointNotFound', 'MountTargetNotFound'];
const CHANGED = ['PreconditionFailedException', 'ResourceConflictException'];

/** Where functions and mount targets may be. */
interface Places {
  /** Of the function as it is deployed. */
  readonly usual: readonly string[];
  /** For file systems that lie in one zone. */
  readonly more: readonly string[];
  /** Security groups of mount targets. */
  readonly groups: readonly string[];
}

/** EFS and Lambda by the AWS SDK; undefined where no function is there that could mount anything. */
export function awsMounts(clients: AwsClients, environment: NodeJS.ProcessEnv): MountPort | undefined {
  const name = environment[MOUNT_VARIABLES.function];
  if (!name) {
    return undefined;
  }
  const listed = (variable: string) => (environment[variable] ?? '').split(',').filter(Boolean);
  const { subnets, zoneSubnets, securityGroup } = MOUNT_VARIABLES;
  const places: Places = { usual: listed(subnets), more: listed(zoneSubnets), groups: listed(securityGroup) };
  return {
    stepMs: clients.patience.stepMs,
    prepare: (fileSystemId, restoreJobId) => prepare(clients, fileSystemId, restoreJobId, places),
    ready: async (fileSystemId) => {
      const { points, targets } = await found(clients, fileSystemId);
      return [...points, ...targets].every(({ LifeCycleState: state }) => state === 'available') && points.length > 0 && targets.length > 0;
    },
    mounted: () => mounted(clients, name),
    isGone: (accessPointArn) => isGone(clients, accessPointArn),
    mount: (mountable, revision) => mount(clients, name, { subnets: places.usual, ...mountable }, revision),
    look: (input) => look(clients, name, input),
    remove: (fileSystemId) => remove(clients, fileSystemId),
    pause: (ms) => pause(ms, clients.signal),
  };
}

async function found(clients: AwsClients, fileSystemId: string) {
  const input = { FileSystemId: fileSystemId };
  const [points, targets] = await Promise.all([
    askUnless(GONE, 'access points cannot be listed', () => clients.efs().send(new DescribeAccessPointsCommand(input))),
    askUnless(GONE, 'mount targets cannot be listed', () => clients.efs().send(new DescribeMountTargetsCommand(input))),
  ]);
  return { points: points?.AccessPoints ?? [], targets: targets?.MountTargets ?? [] };
}

async function prepare(clients: AwsClients, fileSystemId: string, restoreJobId: string, places: Places): Promise<Mountable> {
  const [{ points, targets }, subnets] = await Promise.all([found(clients, fileSystemId), subnetsFor(clients, fileSystemId, places)]);
  const { groups } = places;
  for (const subnet of subnets.filter((id) => !targets.some(({ SubnetId: used }) => used === id))) {
    const command = new CreateMountTargetCommand({
      FileSystemId: fileSystemId,
      SubnetId: subnet,
      ...(groups.length > 0 ? { SecurityGroups: [...groups] } : {}),
    });
    await askUnless(['MountTargetConflict'], 'a mount target cannot be made', () => clients.efs().send(command));
  }
  const made =
    points[0] ??
    (await ask('an access point cannot be made', () =>
      clients.efs().send(
        new CreateAccessPointCommand({
          ClientToken: restoreJobId,
          FileSystemId: fileSystemId,
          PosixUser: READER,
          RootDirectory: { Path: '/' },
          Tags: [{ Key: MADE_FOR_TAG, Value: restoreJobId }],
        }),
      ),
    ));
  if (!made.AccessPointArn) {
    throw new Unable('EFS does not say which access point it has made');
  }
  return { accessPointArn: made.AccessPointArn, subnets };
}

/** A file system of one zone has one mount target, in that zone. */
async function subnetsFor(clients: AwsClients, fileSystemId: string, { usual, more }: Places): Promise<readonly string[]> {
  const look = new DescribeFileSystemsCommand({ FileSystemId: fileSystemId });
  const { FileSystems = [] } = await ask('the file system cannot be described', () => clients.efs().send(look));
  const zone = FileSystems[0]?.AvailabilityZoneName;
  if (!zone) {
    return usual;
  }
  const list = new DescribeSubnetsCommand({ SubnetIds: [...usual, ...more] });
  const { Subnets = [] } = await ask('the subnets of the network cannot be listed', () => clients.ec2().send(list));
  const subnet = Subnets.find(({ AvailabilityZone }) => AvailabilityZone === zone)?.SubnetId;
  if (!subnet) {
    throw new Unable(`the file system lies in ${zone} only, where the isolated network has no subnet: give it one there`);
  }
  return [subnet];
}

async function mounted(clients: AwsClients, name: string): Promise<Mounted> {
  const now = await describe(clients, name);
  if (now.LastUpdateStatus === 'Failed') {
    throw new Unable(`the function that reads files cannot mount the file system: ${now.LastUpdateStatusReasonCode ?? 'no reason given'}`);
  }
  const accessPointArn = now.FileSystemConfigs?.[0]?.Arn;
  return {
    settled: now.LastUpdateStatus !== 'InProgress' && now.State !== 'Pending',
    revision: now.RevisionId ?? '',
    ...(accessPointArn ? { accessPointArn } : {}),
  };
}

function describe(clients: AwsClients, name: string): Promise<GetFunctionConfigurationCommandOutput> {
  return ask('the function that reads files cannot be described', () =>
    clients.lambda().send(new GetFunctionConfigurationCommand({ FunctionName: name })),
  );
}

async function isGone(clients: AwsClients, accessPointArn: string): Promise<boolean> {
  const command = new DescribeAccessPointsCommand({ AccessPointId: accessPointArn.split('/').at(-1) });
  const answer = await askUnless(GONE, 'the access point that is mounted cannot be described', () => clients.efs().send(command));
  return (answer?.AccessPoints ?? []).length === 0;
}

/** Moves the function only where it has to be elsewhere, for that takes Lambda longer. */
async function mount(
  clients: AwsClients,
  name: string,
  { accessPointArn, subnets }: Pick<Mountable, 'subnets'> & Partial<Mountable>,
  revision: string,
): Promise<boolean> {
  const { VpcConfig } = await describe(clients, name);
  const { SubnetIds: now = [], SecurityGroupIds } = VpcConfig ?? {};
  const moves = now.length > 0 && [...now].sort().join() !== [...subnets].sort().join();
  const command = new UpdateFunctionConfigurationCommand({
    FunctionName: name,
    FileSystemConfigs: accessPointArn ? [{ Arn: accessPointArn, LocalMountPath: MOUNT_PATH }] : [],
    ...(moves ? { VpcConfig: { SubnetIds: [...subnets], SecurityGroupIds } } : {}),
    ...(revision ? { RevisionId: revision } : {}),
  });
  const changed = await askUnless(CHANGED, 'the function that reads files cannot be changed', () => clients.lambda().send(command));
  return changed !== undefined;
}

async function look(clients: AwsClients, name: string, input: CheckInput): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(input)) });
  const answer = await ask('the function that reads files cannot be called', () =>
    clients.lambdaForLong().send(command, { abortSignal: clients.signal }),
  );
  if (answer.FunctionError) {
    throw new Unable(`the function that reads files failed: ${answer.FunctionError}`);
  }
  try {
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString());
  } catch {
    throw new Unable('the function that reads files answered with no JSON');
  }
}

/** All of them: a file system that was just restored has none of its own. */
async function remove(clients: AwsClients, fileSystemId: string): Promise<boolean> {
  const { points, targets } = await found(clients, fileSystemId);
  for (const { AccessPointId: id, LifeCycleState: state } of points.filter(({ LifeCycleState: now }) => now !== 'deleting')) {
    await askUnless(GONE, `the access point ${id} cannot be removed while it is ${state}`, () =>
      clients.efs().send(new DeleteAccessPointCommand({ AccessPointId: id })),
    );
  }
  for (const { MountTargetId: id } of targets.filter(({ LifeCycleState: state }) => state === 'available' || state === 'error')) {
    await askUnless(GONE, `the mount target ${id} cannot be removed`, () =>
      clients.efs().send(new DeleteMountTargetCommand({ MountTargetId: id })),
    );
  }
  return points.length === 0 && targets.length === 0;
}
