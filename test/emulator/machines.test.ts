import { EBSClient, GetSnapshotBlockCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import { CreateSnapshotCommand, CreateVolumeCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CancelCommandCommand, GetCommandInvocationCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describeWithEmulator, eventually } from './harness';

const REGION = 'ap-northeast-1';
const BLOCK = 512 * 1024;

jest.setTimeout(60_000);

describeWithEmulator('content of snapshots, and commands on machines', (emulator) => {
  const ec2 = () => new EC2Client(emulator().client());
  const ebs = () => new EBSClient({ ...emulator().client(), maxAttempts: 1 });
  const ssm = () => new SSMClient({ ...emulator().client(), maxAttempts: 1 });
  beforeEach(() => emulator().control.reset());

  describe('a snapshot', () => {
    async function snapshotWith(indexes: readonly number[]): Promise<string> {
      const volume = await ec2().send(new CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1 }));
      const { SnapshotId: id } = await ec2().send(new CreateSnapshotCommand({ VolumeId: volume.VolumeId }));
      const blocks = Object.fromEntries(indexes.map((index) => [index, Buffer.alloc(BLOCK, 1)]));
      await emulator().control.fillBlocks(id as string, { region: REGION, blocks });
      return id as string;
    }

    test('lists its blocks in pages, from any index on', async () => {
      const SnapshotId = await snapshotWith(Array.from({ length: 150 }, (_, index) => 2 * index));
      const first = await ebs().send(new ListSnapshotBlocksCommand({ SnapshotId, MaxResults: 100 }));
      expect([first.BlockSize, first.VolumeSize, first.Blocks?.length]).toEqual([BLOCK, 1, 100]);
      const rest = await ebs().send(new ListSnapshotBlocksCommand({ SnapshotId, MaxResults: 100, NextToken: first.NextToken }));
      expect([rest.Blocks?.length, rest.Blocks?.[0].BlockIndex, rest.NextToken]).toEqual([50, 200, undefined]);
      const from = await ebs().send(new ListSnapshotBlocksCommand({ SnapshotId, StartingBlockIndex: 5 }));
      expect(from.Blocks?.[0].BlockIndex).toBe(6);
    });

    test.each([
      ['fewer results than the API allows', { MaxResults: 99 }, /MaxResults/],
      ['an index beyond its end', { StartingBlockIndex: 2048 }, /beyond the end/],
      ['a made-up page', { NextToken: 'AAAA' }, /page token/],
      ['another snapshot', { SnapshotId: 'snap-0123456789abcdef0' }, /does not exist/],
    ])('refuses %s', async (_what, changes, message) => {
      const SnapshotId = await snapshotWith([0]);
      await expect(ebs().send(new ListSnapshotBlocksCommand({ SnapshotId, ...changes }))).rejects.toThrow(message);
    });

    test('refuses a block by the token of another', async () => {
      const SnapshotId = await snapshotWith([0, 1]);
      const { Blocks: [block] = [] } = await ebs().send(new ListSnapshotBlocksCommand({ SnapshotId }));
      const read = (index: number) =>
        ebs().send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex: index, BlockToken: block.BlockToken }));
      expect((await (await read(0)).BlockData?.transformToByteArray())?.length).toBe(BLOCK);
      await expect(read(1)).rejects.toThrow(/block token/);
    });
  });

  describe('a machine', () => {
    const send = (id: string, changes: object = {}) =>
      ssm().send(
        new SendCommandCommand({ InstanceIds: [id], DocumentName: 'AWS-RunShellScript', Parameters: { commands: ['true'] }, ...changes }),
      );
    async function started(): Promise<string> {
      const { Instances: [instance] = [] } = await ec2().send(
        new RunInstancesCommand({ ImageId: 'ami-12c6146b', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
      );
      return instance.InstanceId as string;
    }
    const statusOf = (id: string, command: string | undefined) =>
      ssm().send(new GetCommandInvocationCommand({ InstanceId: id, CommandId: command }));

    test('that Systems Manager does not know, or a document that does not exist, is refused', async () => {
      const id = await started();
      await expect(send(id)).rejects.toThrow(/not in a valid state/);
      await emulator().control.setMachine(id, { region: REGION, managed: true });
      await expect(send(id, { DocumentName: 'AWS-RunNothing' })).rejects.toThrow(/does not exist/);
      await expect(send(id, { Parameters: {} })).rejects.toThrow(/needs commands/);
      await expect(send(id, { TimeoutSeconds: 29 })).rejects.toThrow(/TimeoutSeconds/);
    });

    test('ends its commands as a test wants, and not before', async () => {
      const id = await started();
      await emulator().control.setMachine(id, { region: REGION, managed: true, commandTakesMs: 3_000, exitCode: 3 });
      const { Command: command } = await send(id);
      await expect(statusOf(id, command?.CommandId)).rejects.toMatchObject({ name: 'InvocationDoesNotExist' });
      const running = await eventually('the command', () => statusOf(id, command?.CommandId).catch(() => undefined));
      expect(running).toMatchObject({ Status: 'InProgress', ResponseCode: -1 });
      const ended = await eventually('its end', async () => {
        const now = await statusOf(id, command?.CommandId);
        return now.Status !== 'InProgress' && now;
      });
      expect(ended).toMatchObject({ Status: 'Failed', ResponseCode: 3 });
    });

    test('ends commands that take too long, or are cancelled', async () => {
      const id = await started();
      await emulator().control.setMachine(id, { region: REGION, managed: true, commandTakesMs: null });
      const late = await send(id, { Parameters: { commands: ['true'], executionTimeout: ['1'] } });
      const cancelled = await send(id);
      await ssm().send(new CancelCommandCommand({ CommandId: cancelled.Command?.CommandId }));
      const states = () => Promise.all([late, cancelled].map(({ Command: one }) => statusOf(id, one?.CommandId).catch(() => undefined)));
      await eventually('both ends', async () => {
        const [first, second] = await states();
        return first?.StatusDetails === 'Execution Timed Out' && second?.Status === 'Cancelled';
      });
    });

    test.each([{ systemStatus: 'fine' }, { unknown: 1 }])('that cannot be is refused: %j', async (settings) => {
      await expect(emulator().control.setMachine('i-0123456789abcdef0', { region: REGION, ...settings })).rejects.toThrow();
    });
  });
});
