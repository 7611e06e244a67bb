import { CreateSnapshotCommand, CreateVolumeCommand, EC2Client, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { checkResource } from '../../lib/handlers/check-resource';
import type { CheckInput, CheckResult, CheckSpec } from '../../lib/model/verification';
import { ACCOUNT, describeWithEmulator, type FaultOptions } from '../emulator/harness';
import { BLOCK, damaged, disk, MIB, made, mbr, volumeOf } from '../handlers/check-resource/disks';

const REGION = 'ap-northeast-1';
const VOLUME: CheckSpec = { kind: 'volume', name: 'volume' };
const arn = (id: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:${id.startsWith('i-') ? 'instance' : 'volume'}/${id}`;

jest.setTimeout(60_000);

describeWithEmulator('volumes and instances, over HTTP', (emulator) => {
  const before = { ...process.env };
  const ec2 = () => new EC2Client(emulator().client());
  const plant = (fault: FaultOptions) => emulator().control.plantFault({ times: 1000, ...fault });

  beforeAll(() => {
    Object.assign(process.env, emulator().env);
  });
  afterAll(() => {
    process.env = before;
  });
  beforeEach(() => emulator().control.reset());

  async function look(check: CheckSpec, id: string, { remainingMs = 60_000, recoveryPointArn = 'none' } = {}): Promise<CheckResult> {
    const input = {
      version: 1,
      test: { restoreJobId: 'job', recoveryPointArn, recoveryPointMs: 0, sourceArn: arn('vol-1') },
      target: { resourceType: id.startsWith('i-') ? 'EC2' : 'EBS', arn: arn(id), name: id },
      checks: [check],
      baselines: {},
    } as unknown as CheckInput;
    const options = {
      clock: { now: () => Date.now(), remainingMs: () => remainingMs },
      patience: { maxAttempts: 2, requestTimeoutMs: 2_000, throttledMs: 0, stepMs: 100 },
    };
    const { results } = await checkResource(input, options);
    expect(results).toHaveLength(1);
    return results[0];
  }

  describe('a volume', () => {
    async function restored(blocks: Record<number, Buffer>, damagedBlocks: readonly number[] = []): Promise<string> {
      const original = await ec2().send(new CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1 }));
      const { SnapshotId: snapshot } = await ec2().send(new CreateSnapshotCommand({ VolumeId: original.VolumeId }));
      await emulator().control.fillBlocks(original.VolumeId as string, { region: REGION, blocks, damaged: damagedBlocks });
      const volume = await ec2().send(new CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1, SnapshotId: snapshot }));
      return volume.VolumeId as string;
    }

    test('with partitions and sound file systems passes', async () => {
      const id = await restored(disk());
      expect(await look(VOLUME, id)).toMatchObject({ status: 'passed', found: `${id}: GPT with ext4, FAT` });
    });

    test.each(['ext2', 'xfs', 'btrfs', 'ntfs'] as const)('with %s and no partition table passes', async (name) => {
      expect(await look(VOLUME, await restored(volumeOf({ 0: made(name) })))).toMatchObject({ status: 'passed' });
    });

    test('with an old partition table, and more blocks than a page has, passes', async () => {
      const blocks = volumeOf({ 0: mbr({ type: 0x83, fromMib: 200, mib: 64 }), [200 * MIB]: made('ext3') });
      for (let index = 1; index < 300; index += 1) {
        blocks[index] ??= Buffer.alloc(BLOCK, 1);
      }
      expect(await look(VOLUME, await restored(blocks))).toMatchObject({
        status: 'passed',
        found: expect.stringContaining('MBR with ext3'),
      });
    });

    test.each([
      [
        'has a damaged superblock',
        volumeOf({ 0: made('gpt'), [2 * MIB]: made('fat'), [66 * MIB]: damaged(made('ext4'), 1_024 + 0x78) }),
        /superblock of its ext4 is damaged/,
      ],
      [
        'has an overwritten file system',
        volumeOf({ 0: made('gpt'), [2 * MIB]: made('fat'), [66 * MIB]: Buffer.alloc(4096, 7) }),
        /partition 1: holds no file system that is known/,
      ],
      ['has a file system of zeros', volumeOf({ 0: made('gpt'), [2 * MIB]: made('fat') }), /partition 1: holds nothing but zeros/],
      ['has a damaged partition table', { ...disk(), 0: damaged(disk()[0], 1_024) }, /partition table \(GPT\) is damaged/],
      ['holds only zeros', { 0: Buffer.alloc(BLOCK), 5: Buffer.alloc(BLOCK) }, /holds nothing but zeros/],
      ['holds nothing', {}, /holds no data at all/],
    ])('fails where it %s', async (_what, blocks, found) => {
      expect(await look(VOLUME, await restored(blocks))).toMatchObject({ status: 'failed', found: expect.stringMatching(found) });
    });

    test('fails where a block is not what its checksum says', async () => {
      const result = await look(VOLUME, await restored(disk(), [0]));
      expect(result).toMatchObject({ status: 'failed', found: expect.stringMatching(/block 0 of snap-\w+ is not what its checksum says/) });
    });

    test.each([
      ['throttle', 'ebs', 'ListSnapshotBlocks', /too many requests/],
      ['accessDenied', 'ebs', 'GetSnapshotBlock', /block 0 of .* the function may not do it/],
      ['hang', 'ebs', 'GetSnapshotBlock', /no answer/],
      ['accessDenied', 'ec2', 'DescribeVolumes', /the volume cannot be described: the function may not do it/],
    ] as const)('is not looked at with %s of %s %s', async (kind, service, operation, found) => {
      const id = await restored(disk());
      await plant({ kind, service, operation });
      expect(await look(VOLUME, id)).toMatchObject({ status: 'unable', found: expect.stringMatching(found) });
    });

    test('that is not there, or of which nobody knows the snapshot, is not looked at', async () => {
      expect(await look(VOLUME, 'vol-0123456789abcdef0')).toMatchObject({
        status: 'unable',
        found: expect.stringMatching(/no such volume/),
      });
      const { VolumeId: bare } = await ec2().send(new CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1 }));
      expect(await look(VOLUME, bare as string)).toMatchObject({ status: 'unable', found: expect.stringMatching(/which snapshot/) });
    });

    test('is read from its recovery point where EC2 does not name its snapshot', async () => {
      const original = await ec2().send(new CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1 }));
      const { SnapshotId: snapshot } = await ec2().send(new CreateSnapshotCommand({ VolumeId: original.VolumeId }));
      await emulator().control.fillBlocks(snapshot as string, { region: REGION, blocks: disk() });
      const recoveryPointArn = `arn:aws:ec2:${REGION}::snapshot/${snapshot}`;
      expect(await look(VOLUME, original.VolumeId as string, { recoveryPointArn })).toMatchObject({ status: 'passed' });
    });
  });

  describe('an instance', () => {
    const COMMAND: CheckSpec = { kind: 'instance', name: 'instance', command: 'systemctl is-active shop' };
    async function started(): Promise<string> {
      const { Instances: [instance] = [] } = await ec2().send(
        new RunInstancesCommand({ ImageId: 'ami-12c6146b', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }),
      );
      return instance.InstanceId as string;
    }
    const machine = (id: string, settings: object) => emulator().control.setMachine(id, { region: REGION, ...settings });

    test('passes with both status checks, and with a command that ends with 0', async () => {
      const id = await started();
      expect(await look({ kind: 'instance', name: 'instance' }, id)).toMatchObject({ status: 'passed' });
      await machine(id, { managed: true, commandTakesMs: 100 });
      expect(await look(COMMAND, id)).toMatchObject({ status: 'passed', found: expect.stringMatching(/the command ended with 0/) });
      expect(await emulator().control.requests({ operation: 'SendCommand' })).toMatchObject([
        { params: { DocumentName: 'AWS-RunShellScript', Parameters: { commands: ['systemctl is-active shop'] } } },
      ]);
    });

    test('with Windows gets its command by its own document', async () => {
      const id = await started();
      await machine(id, { managed: true, platform: 'Windows' });
      expect(await look(COMMAND, id)).toMatchObject({ status: 'passed' });
    });

    test.each([
      ['its system is impaired', { systemStatus: 'impaired' }, /status checks impaired \(system\) and ok/],
      ['the instance is impaired', { instanceStatus: 'impaired' }, /ok \(system\) and impaired/],
      ['its command ends with 1', { exitCode: 1 }, /the command ended with 1/],
    ])('fails where %s', async (_what, settings, found) => {
      const id = await started();
      await machine(id, { managed: true, ...settings });
      expect(await look(COMMAND, id)).toMatchObject({ status: 'failed', found: expect.stringMatching(found) });
    });

    test('fails where its command never ends, and ends the command', async () => {
      const id = await started();
      await machine(id, { managed: true, commandTakesMs: null });
      expect(await look(COMMAND, id, { remainingMs: 20_000 })).toMatchObject({
        status: 'failed',
        found: expect.stringMatching(/the command has not ended within \d+ seconds/),
      });
    });

    test('fails where it is stopped', async () => {
      const id = await started();
      await ec2().send(new StopInstancesCommand({ InstanceIds: [id] }));
      expect(await look(COMMAND, id)).toMatchObject({ status: 'failed', found: expect.stringMatching(/^stopped/) });
    });

    test('is not judged where its status checks have no result, or Systems Manager does not reach it', async () => {
      const id = await started();
      expect(await look(COMMAND, id, { remainingMs: 8_000 })).toMatchObject({
        status: 'unable',
        found: expect.stringMatching(/not managed by Systems Manager.*AmazonSSMManagedInstanceCore/),
      });
      await machine(id, { managed: true, pingStatus: 'ConnectionLost' });
      expect(await look(COMMAND, id, { remainingMs: 8_000 })).toMatchObject({
        status: 'unable',
        found: expect.stringMatching(/not managed/),
      });
      await machine(id, { systemStatus: 'initializing' });
      expect(await look(COMMAND, id, { remainingMs: 8_000 })).toMatchObject({
        status: 'unable',
        found: expect.stringMatching(/no result yet/),
      });
      expect(await look(COMMAND, 'i-0123456789abcdef0')).toMatchObject({ status: 'unable', found: 'there is no such instance' });
    });

    test.each([
      ['ec2', 'DescribeInstanceStatus', 'accessDenied', /the instance cannot be described: the function may not do it/],
      ['ssm', 'SendCommand', 'throttle', /the command cannot be sent: too many requests/],
      ['ssm', 'GetCommandInvocation', 'accessDenied', /the command cannot be asked for: the function may not do it/],
      ['ssm', 'DescribeInstanceInformation', 'hang', /no answer/],
    ] as const)('is not judged where %s %s suffers %s', async (service, operation, kind, found) => {
      const id = await started();
      await machine(id, { managed: true });
      await plant({ kind, service, operation });
      expect(await look(COMMAND, id)).toMatchObject({ status: 'unable', found: expect.stringMatching(found) });
    });

    test('has its volumes looked at', async () => {
      const id = await started();
      // volumes of instances that the emulator starts come from no snapshot
      expect(await look(VOLUME, id)).toMatchObject({ status: 'unable', found: expect.stringMatching(/which snapshot/) });
    });
  });
});
