import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSubnetCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateAccessPointCommand,
  CreateFileSystemCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  DescribeAccessPointsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
} from '@aws-sdk/client-efs';
import { GetFunctionConfigurationCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { checkResource } from '../../lib/handlers/check-resource';
import { type CheckInput, type CheckResult, type CheckSpec, MOUNT_PATH, MOUNT_VARIABLES } from '../../lib/model/verification';
import { describeWithEmulator, type FaultOptions } from '../emulator/harness';
import { StackClient } from '../emulator/stack-client';
import { ROOT } from '../harness/sources';

const REGION = 'ap-northeast-1';
const FUNCTION = 'reader';
const FILES: CheckSpec = { kind: 'files', name: 'files', sample: 10, atLeast: 3 };

jest.setTimeout(120_000);

describeWithEmulator('files of a restored file system, over HTTP', (emulator) => {
  const before = { ...process.env };
  const efs = () => new EFSClient(emulator().client());
  const lambda = () => new LambdaClient(emulator().client());
  const plant = (fault: FaultOptions) => emulator().control.plantFault({ times: 1000, ...fault });
  let folder: string;
  let id: string;

  beforeAll(async () => {
    const ec2 = new EC2Client(emulator().client());
    const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const { Subnet: subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock: '10.0.0.0/24' }));
    Object.assign(process.env, emulator().env, { [MOUNT_VARIABLES.function]: FUNCTION, [MOUNT_VARIABLES.subnets]: subnet?.SubnetId });
    const bundle = JSON.stringify(join(ROOT, 'assets', 'check-resource', 'index.js'));
    const { status } = await new StackClient(emulator()).create('reader', {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: FUNCTION,
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Timeout: 60,
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Environment: { Variables: { [MOUNT_VARIABLES.root]: MOUNT_PATH } },
          Code: { ZipFile: `exports.handler = require(${bundle}).handler;` },
        },
      },
    });
    expect(status).toBe('CREATE_COMPLETE');
  });
  afterAll(() => {
    process.env = before;
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'files-'));
    for (const name of ['a', 'b', 'c']) {
      writeFileSync(join(folder, name), `content of ${name}`);
    }
    const made = await efs().send(new CreateFileSystemCommand({ CreationToken: folder }));
    id = made.FileSystemId as string;
    await emulator().control.fillFileSystem(id, { region: REGION, folder });
  });
  afterEach(async () => {
    await emulator().control.healFaults();
    rmSync(folder, { recursive: true });
  });

  async function look(baseline?: unknown, check: CheckSpec = FILES): Promise<CheckResult> {
    const input = {
      version: 1,
      test: { restoreJobId: 'job', recoveryPointArn: 'point', recoveryPointMs: 0 },
      target: { resourceType: 'EFS', arn: `arn:aws:elasticfilesystem:${REGION}:1:file-system/${id}`, name: id },
      checks: [check],
      baselines: baseline === undefined ? {} : { files: baseline },
    } as unknown as CheckInput;
    const { results } = await checkResource(input, {
      clock: { now: () => Date.now(), remainingMs: () => 280_000 },
      patience: { maxAttempts: 2, requestTimeoutMs: 5_000, throttledMs: 0, stepMs: 50 },
    });
    expect(results).toHaveLength(1);
    return results[0];
  }

  /** Whether AWS Backup could delete the file system, and the function could mount the next one. */
  async function expectNothingLeft(): Promise<void> {
    const input = { FileSystemId: id };
    expect((await efs().send(new DescribeAccessPointsCommand(input))).AccessPoints).toEqual([]);
    expect((await efs().send(new DescribeMountTargetsCommand(input))).MountTargets).toEqual([]);
    expect((await lambda().send(new GetFunctionConfigurationCommand({ FunctionName: FUNCTION }))).FileSystemConfigs ?? []).toEqual([]);
    await efs().send(new DeleteFileSystemCommand(input));
  }

  test('are counted and read by the function that mounts it, and nothing is left behind', async () => {
    const first = await look();
    expect(first).toMatchObject({ status: 'passed', found: '3 files; 3 read', expected: expect.stringMatching(/^at least 3 files/) });
    expect(await look(first.baseline)).toMatchObject({ status: 'passed', found: expect.stringMatching(/3 files compared/) });
    await expectNothingLeft();
  });

  test('fail where some are missing or emptied', async () => {
    rmSync(join(folder, 'a'));
    expect(await look()).toMatchObject({ status: 'failed', found: expect.stringMatching(/^2 files/) });
    truncateSync(join(folder, 'b'));
    truncateSync(join(folder, 'c'));
    expect(await look()).toMatchObject({ status: 'failed', found: expect.stringMatching(/each of them is empty/) });
    await expectNothingLeft();
  });

  test.each([
    ['efs', 'CreateMountTarget', 'accessDenied', /a mount target cannot be made: the function may not do it/],
    ['efs', 'CreateAccessPoint', 'throttle', /an access point cannot be made: too many requests/],
    ['lambda', 'Invoke', 'accessDenied', /the function that reads files cannot be called: the function may not do it/],
    ['lambda', 'UpdateFunctionConfiguration', 'accessDenied', /cannot be changed: the function may not do it/],
  ] as const)('are not judged where %s %s suffers %s, and nothing is left behind', async (service, operation, kind, found) => {
    await plant({ kind, service, operation });
    expect(await look()).toMatchObject({ status: 'unable', found: expect.stringMatching(found) });
    await emulator().control.healFaults();
    await expectNothingLeft();
  });

  test('are looked at although a check that was killed has left the function with a file system that is gone', async () => {
    const { AccessPointArn: left, AccessPointId } = await efs().send(
      new CreateAccessPointCommand({ FileSystemId: id, ClientToken: 'killed' }),
    );
    await efs().send(new CreateMountTargetCommand({ FileSystemId: id, SubnetId: process.env[MOUNT_VARIABLES.subnets] }));
    const mounts = [{ Arn: left, LocalMountPath: MOUNT_PATH }];
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName: FUNCTION, FileSystemConfigs: mounts }));
    await efs().send(new DeleteAccessPointCommand({ AccessPointId }));
    expect(await look()).toMatchObject({ status: 'passed', found: '3 files; 3 read' });
    await expectNothingLeft();
  });

  test('are not judged without a function that mounts file systems', async () => {
    const { [MOUNT_VARIABLES.function]: name, ...rest } = process.env;
    process.env = rest;
    expect(await look()).toMatchObject({ status: 'unable', found: expect.stringMatching(/there is none/) });
    process.env = { ...rest, [MOUNT_VARIABLES.function]: name };
  });
});
