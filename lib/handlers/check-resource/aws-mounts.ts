import {
  CreateAccessPointCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeMountTargetsCommand,
} from '@aws-sdk/client-efs';
import { GetFunctionConfigurationCommand, InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { type CheckInput, MADE_FOR_TAG, MOUNT_PATH, MOUNT_VARIABLES } from '../../model/verification';
import { Unable } from '../checks/finding';
import { ask, askUnless } from './ask-aws';
import type { AwsClients } from './aws-clients';
import type { Mounted, MountPort } from './mount-port';
import { pause } from './pause';

/** Root, for files may belong to anybody; without ClientWrite of the role the file system is mounted to be read only. */
const READER = { Uid: 0, Gid: 0 } as const;
const GONE = ['FileSystemNotFound', 'AccessPointNotFound', 'MountTargetNotFound'];
const CHANGED = ['PreconditionFailedException', 'ResourceConflictException'];

/** EFS and Lambda by the AWS SDK; undefined where no function is there that could mount anything. */
export function awsMounts(clients: AwsClients, environment: NodeJS.ProcessEnv): MountPort | undefined {
  const { [MOUNT_VARIABLES.function]: name, [MOUNT_VARIABLES.subnets]: subnets = '' } = environment;
  if (!name) {
    return undefined;
  }
  const groups = (environment[MOUNT_VARIABLES.securityGroup] ?? '').split(',').filter(Boolean);
  return {
    stepMs: clients.patience.stepMs,
    prepare: (fileSystemId, restoreJobId) => prepare(clients, fileSystemId, restoreJobId, subnets.split(',').filter(Boolean), groups),
    ready: async (fileSystemId) => {
      const { points, targets } = await found(clients, fileSystemId);
      return [...points, ...targets].every(({ LifeCycleState: state }) => state === 'available') && points.length > 0 && targets.length > 0;
    },
    mounted: () => mounted(clients, name),
    isGone: (accessPointArn) => isGone(clients, accessPointArn),
    mount: (accessPointArn, revision) => mount(clients, name, accessPointArn, revision),
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

async function prepare(
  clients: AwsClients,
  fileSystemId: string,
  restoreJobId: string,
  subnets: readonly string[],
  groups: readonly string[],
): Promise<string> {
  const { points, targets } = await found(clients, fileSystemId);
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
  return made.AccessPointArn;
}

async function mounted(clients: AwsClients, name: string): Promise<Mounted> {
  const now = await ask('the function that reads files cannot be described', () =>
    clients.lambda().send(new GetFunctionConfigurationCommand({ FunctionName: name })),
  );
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

async function isGone(clients: AwsClients, accessPointArn: string): Promise<boolean> {
  const command = new DescribeAccessPointsCommand({ AccessPointId: accessPointArn.split('/').at(-1) });
  const answer = await askUnless(GONE, 'the access point that is mounted cannot be described', () => clients.efs().send(command));
  return (answer?.AccessPoints ?? []).length === 0;
}

async function mount(clients: AwsClients, name: string, accessPointArn: string | undefined, revision: string): Promise<boolean> {
  const command = new UpdateFunctionConfigurationCommand({
    FunctionName: name,
    FileSystemConfigs: accessPointArn ? [{ Arn: accessPointArn, LocalMountPath: MOUNT_PATH }] : [],
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
