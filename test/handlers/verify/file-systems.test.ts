import type { AwsClients } from '../../../lib/handlers/verify/aws-clients';
import { mountPorts } from '../../../lib/handlers/verify/aws-mounts';
import { describePorts } from '../../../lib/handlers/verify/aws-resources';
import { FILES } from './fakes';

const FSX = 'arn:aws:fsx:ap-northeast-1:111122223333';
const missing = (name: string) => Object.assign(new Error(name), { name });

/** EFS and FSx that answer each command by its name, and what they were asked. */
function answering(answers: Readonly<Record<string, object>>) {
  const asked: [name: string, input: object][] = [];
  const send = async ({ constructor: { name }, input }: { readonly input: object; readonly constructor: { readonly name: string } }) => {
    asked.push([name, input]);
    const answer = answers[name] ?? missing('AccessDenied');
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { clients: { efs: { send }, fsx: { send } } as unknown as AwsClients, asked };
}

test.each([
  ['available', 'usable'],
  ['creating', 'coming'],
  ['updating', 'coming'],
  ['error', 'lost'],
  ['deleting', 'lost'],
])('a file system of EFS that is %s is %s', async (words, state) => {
  const { clients, asked } = answering({ DescribeFileSystemsCommand: { FileSystems: [{ LifeCycleState: words }] } });
  expect(await describePorts(clients).EFS(FILES)).toEqual({ state, words });
  expect(asked).toEqual([['DescribeFileSystemsCommand', { FileSystemId: 'fs-1' }]]);
});

test.each([
  ['file-system/fs-2', 'DescribeFileSystemsCommand', { FileSystems: [{ Lifecycle: 'AVAILABLE' }] }, 'usable'],
  ['file-system/fs-2', 'DescribeFileSystemsCommand', { FileSystems: [{ Lifecycle: 'MISCONFIGURED' }] }, 'lost'],
  ['volume/fs-2/fsvol-1', 'DescribeVolumesCommand', { Volumes: [{ Lifecycle: 'CREATED' }] }, 'usable'],
  ['volume/fs-2/fsvol-1', 'DescribeVolumesCommand', { Volumes: [{ Lifecycle: 'PENDING' }] }, 'coming'],
])('what FSx says of %s by %s is told', async (name, command, answer, state) => {
  const { clients } = answering({ [command]: answer });
  expect(await describePorts(clients).FSx(`${FSX}:${name}`)).toMatchObject({ state });
});

test('a file system that is gone is not there, and fails when nobody may look', async () => {
  const gone = answering({ DescribeFileSystemsCommand: missing('FileSystemNotFound') });
  expect(await describePorts(gone.clients).EFS(FILES)).toBeUndefined();
  await expect(describePorts(answering({}).clients).EFS(FILES)).rejects.toThrow('AccessDenied');
});

test('access points are told with the test that they were made for, and mount targets with their state', async () => {
  const { clients } = answering({
    DescribeAccessPointsCommand: {
      AccessPoints: [{ AccessPointId: 'fsap-1', LifeCycleState: 'available', Tags: [{ Key: 'cdk-recovery:restore-job', Value: 'job-1' }] }],
    },
    DescribeMountTargetsCommand: { MountTargets: [{ MountTargetId: 'fsmt-1', LifeCycleState: 'creating' }] },
  });
  expect(await mountPorts(clients).mounts('fs-1')).toEqual([
    { kind: 'access point', id: 'fsap-1', words: 'available', removable: true, madeFor: 'job-1' },
    { kind: 'mount target', id: 'fsmt-1', words: 'creating', removable: false },
  ]);
});

test('a file system that is gone has none of them, and fails when nobody may look', async () => {
  const gone = missing('FileSystemNotFound');
  const { clients } = answering({ DescribeAccessPointsCommand: gone, DescribeMountTargetsCommand: gone });
  expect(await mountPorts(clients).mounts('fs-1')).toEqual([]);
  await expect(mountPorts(answering({}).clients).mounts('fs-1')).rejects.toThrow('AccessDenied');
});

test('each is removed by its id, and may be gone already', async () => {
  const { clients, asked } = answering({
    DeleteAccessPointCommand: missing('AccessPointNotFound'),
    DeleteMountTargetCommand: {},
  });
  const mount = { words: 'available', removable: true };
  await mountPorts(clients).removeMount({ ...mount, kind: 'access point', id: 'fsap-1' });
  await mountPorts(clients).removeMount({ ...mount, kind: 'mount target', id: 'fsmt-1' });
  expect(asked).toEqual([
    ['DeleteAccessPointCommand', { AccessPointId: 'fsap-1' }],
    ['DeleteMountTargetCommand', { MountTargetId: 'fsmt-1' }],
  ]);
});
