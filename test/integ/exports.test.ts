import { gunzipSync } from 'node:zlib';
import { BackupClient, CreateBackupVaultCommand, DescribeBackupJobCommand, StartBackupJobCommand } from '@aws-sdk/client-backup';
import { DynamoDBClient, PutItemCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBSnapshotsCommand,
  DescribeExportTasksCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { DeleteBucketCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type ExecutionListItem,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { DatabaseExport, ObjectLock, TableExport } from 'cdk-recovery';
import type { IConstruct } from 'constructs';
import { ACCOUNT, describeWithEmulator, eventually } from '../emulator/harness';
import { StackClient } from '../emulator/stack-client';

process.env.CDK_VALIDATION = 'false';
jest.setTimeout(240_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const HOUR = 3_600_000;

describeWithEmulator('exports', (emulator) => {
  const control = () => emulator().control;

  async function deploy(name: string, fill: (stack: Stack) => void): Promise<void> {
    const stack = new Stack(new App(), name, { env: { account: ACCOUNT, region: TOKYO } });
    fill(stack);
    const outcome = await new StackClient(emulator()).create(name, Template.fromStack(stack).toJSON().Resources);
    expect(outcome).toMatchObject({ status: 'CREATE_COMPLETE', failures: [] });
  }

  async function physicalId(stack: string, type: string, logicalId = /./): Promise<string> {
    const found = (await control().deployed({ stack, type })).filter((one) => logicalId.test(one.logicalId));
    expect(found).toHaveLength(1);
    return found[0].physicalId;
  }

  const sfn = () => new SFNClient(emulator().client());

  async function start(machine: string, name?: string): Promise<string> {
    return (await sfn().send(new StartExecutionCommand({ stateMachineArn: machine, name }))).executionArn!;
  }

  /** Lets time pass at once, with all that falls in between, and then run on. */
  async function pass(ms: number): Promise<void> {
    await control().freezeClock();
    await control().advanceClock(ms);
    await control().resumeClock();
  }

  async function executionsOf(machine: string): Promise<ExecutionListItem[]> {
    return (await sfn().send(new ListExecutionsCommand({ stateMachineArn: machine }))).executions ?? [];
  }

  /** Waits until no execution is running. */
  async function idle(machine: string): Promise<void> {
    await eventually('the end of all executions', async () => (await executionsOf(machine)).every(({ status }) => status !== 'RUNNING'));
  }

  /** Waits for the end of an execution; of the newest, where none is named. */
  async function endOf(machine: string, execution?: string): Promise<DescribeExecutionCommandOutput> {
    return eventually('the end of an execution', async () => {
      const executionArn = execution ?? (await executionsOf(machine))[0]?.executionArn;
      const found = executionArn ? await sfn().send(new DescribeExecutionCommand({ executionArn })) : undefined;
      return found?.status === 'RUNNING' ? undefined : found;
    });
  }

  beforeEach(async () => {
    await control().reset();
    await control().settings({ waitScale: 0.001, realPostgres: false });
  });

  describe('of a table', () => {
    let machine: string;
    let bucket: string;

    beforeEach(async () => {
      await deploy('Orders', (stack) => {
        const table = new TableV2(stack, 'Table', { tableName: 'orders', partitionKey: { name: 'id', type: AttributeType.STRING } });
        new TableExport(stack, 'Export', { source: table, prefix: 'orders' });
      });
      machine = await physicalId('Orders', 'AWS::StepFunctions::StateMachine');
      bucket = await physicalId('Orders', 'AWS::S3::Bucket');
      for (const id of ['a', 'b', 'c']) {
        await new DynamoDBClient(emulator().client()).send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: id } } }));
      }
    });

    /** The ids of the items in all data files below the prefix. */
    async function exportedIds(): Promise<string[]> {
      const s3 = new S3Client(emulator().client());
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'orders/AWSDynamoDB/' }));
      const files = Contents.filter(({ Key }) => Key?.includes('/data/'));
      const texts = await Promise.all(
        files.map(async ({ Key }) => {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
          return gunzipSync(await Body!.transformToByteArray()).toString();
        }),
      );
      return texts
        .flatMap((text) =>
          text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line).Item.id.S),
        )
        .sort();
    }

    test('the schedule brings every item into the bucket, day by day', async () => {
      await pass(24 * HOUR);
      expect(await endOf(machine)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await exportedIds()).toEqual(['a', 'b', 'c']);
      await pass(24 * HOUR);
      await eventually('the second execution', async () => (await executionsOf(machine)).length === 2);
      expect(await endOf(machine)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await exportedIds()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    });

    test('a call that is throttled is made again', async () => {
      await control().plantFault({ kind: 'throttle', service: 'dynamodb', operation: 'ExportTableToPointInTime', times: 2 });
      await control().plantFault({ kind: 'internalError', service: 'dynamodb', operation: 'DescribeExport', times: 2 });
      expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'SUCCEEDED' });
      const tokens = (await control().requests({ operation: 'ExportTableToPointInTime' })).map(({ params }) => params.ClientToken);
      expect(tokens).toHaveLength(3);
      expect(new Set(tokens).size).toBe(1);
      expect(await exportedIds()).toEqual(['a', 'b', 'c']);
    });

    test('a call that is refused fails the execution with what the service says', async () => {
      await control().plantFault({
        kind: 'accessDenied',
        service: 'dynamodb',
        operation: 'ExportTableToPointInTime',
        message: 'no such permission',
      });
      expect(await endOf(machine, await start(machine))).toMatchObject({
        status: 'FAILED',
        cause: expect.stringMatching(/no such permission/),
      });
      expect(await exportedIds()).toEqual([]);
    });

    test('an export that DynamoDB gives up fails the execution with the reason', async () => {
      await new S3Client(emulator().client()).send(new DeleteBucketCommand({ Bucket: bucket }));
      expect(await endOf(machine, await start(machine))).toMatchObject({
        status: 'FAILED',
        error: 'ExportFailed',
        cause: expect.stringMatching(/could not export the table: S3NoSuchBucket/),
      });
    });

    test('without point-in-time recovery there is nothing to export', async () => {
      const off = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false }, TableName: 'orders' };
      await new DynamoDBClient(emulator().client()).send(new UpdateContinuousBackupsCommand(off));
      expect(await endOf(machine, await start(machine))).toMatchObject({
        status: 'FAILED',
        error: 'DynamoDb.PointInTimeRecoveryUnavailableException',
      });
    });

    test('two never run at a time', async () => {
      await control().settings({ waitScale: 1 });
      const first = await start(machine, 'first');
      await eventually('the export', async () => (await control().requests({ operation: 'ExportTableToPointInTime' })).length === 1);
      expect(await endOf(machine, await start(machine, 'second'))).toMatchObject({ status: 'FAILED', error: 'EarlierExportRuns' });
      expect((await sfn().send(new DescribeExecutionCommand({ executionArn: first }))).status).toBe('RUNNING');
      expect(await control().requests({ operation: 'ExportTableToPointInTime' })).toHaveLength(1);
      await sfn().send(new StopExecutionCommand({ executionArn: first }));
      await control().settings({ waitScale: 0.001 });
      expect(await endOf(machine, await start(machine, 'third'))).toMatchObject({ status: 'SUCCEEDED' });
    });

    test('a machine that cannot be started is told by the queue', async () => {
      await sfn().send(new DeleteStateMachineCommand({ stateMachineArn: machine }));
      await pass(26 * HOUR);
      const sqs = new SQSClient(emulator().client());
      const QueueUrl = await physicalId('Orders', 'AWS::SQS::Queue');
      const [message] = (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }))).Messages ?? [];
      expect(message.MessageAttributes?.SCHEDULE_ARN.StringValue).toMatch(/schedule\/default\/Orders-ExportSchedule/);
    });
  });

  describe('of a week', () => {
    let machine: string;
    let watcher: string;

    beforeEach(async () => {
      await deploy('Weekly', (stack) => {
        const table = new TableV2(stack, 'Table', { tableName: 'orders', partitionKey: { name: 'id', type: AttributeType.STRING } });
        new TableExport(stack, 'Export', { source: table, every: Duration.days(7), expects: { exportTime: Duration.hours(1) } });
      });
      machine = await physicalId('Weekly', 'AWS::StepFunctions::StateMachine', /^ExportMachine/);
      watcher = await physicalId('Weekly', 'AWS::StepFunctions::StateMachine', /^ExportWatcherMachine/);
    });

    /** What the watcher says so many hours later. */
    async function watchedAfter(hours: number): Promise<DescribeExecutionCommandOutput> {
      await pass(hours * HOUR);
      await idle(machine);
      return endOf(watcher, await start(watcher));
    }

    test('the watcher is content until the first one is due, and from one to the next', async () => {
      expect(await watchedAfter(0)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await watchedAfter(7 * 24)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await endOf(machine)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await watchedAfter(7 * 24)).toMatchObject({ status: 'SUCCEEDED' });
    });

    test('the watcher fails where the last export failed, as soon as it is late', async () => {
      await control().plantFault({ kind: 'accessDenied', service: 'dynamodb', operation: 'ExportTableToPointInTime', times: 1000 });
      expect(await watchedAfter(7 * 24 + 2)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await watchedAfter(1)).toMatchObject({
        status: 'FAILED',
        error: 'ExportMissing',
        cause: expect.stringMatching(/Weekly\/Table has succeeded since/),
      });
    });

    test('the watcher is asked twice a day', async () => {
      await pass(3 * 24 * HOUR);
      await eventually('the executions', async () => (await executionsOf(watcher)).length >= 6);
    });
  });

  test('arrive in the recovery Region, whose stack deploys before there is another one', async () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: { account: ACCOUNT, region: TOKYO } });
    const table = new TableV2(stack, 'Table', { tableName: 'orders', partitionKey: { name: 'id', type: AttributeType.STRING } });
    new TableExport(stack, 'Export', { source: table, prefix: 'orders', recoveryRegion: OSAKA, lock: ObjectLock.governance() });
    const recovery = app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack;
    for (const [region, part] of [
      [OSAKA, recovery],
      [TOKYO, stack],
    ] as const) {
      const outcome = await new StackClient(emulator(), region).create(part.stackName, Template.fromStack(part).toJSON().Resources);
      expect(outcome).toMatchObject({ status: 'CREATE_COMPLETE', failures: [] });
    }
    const machine = await physicalId('Orders', 'AWS::StepFunctions::StateMachine', /^ExportMachine/);
    expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'SUCCEEDED' });
    const s3 = new S3Client(emulator().client(OSAKA));
    const Bucket = await physicalId(recovery.stackName, 'AWS::S3::Bucket');
    const [file] = await eventually('the replica', async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'orders/AWSDynamoDB/' }));
      return Contents.some(({ Key }) => Key?.endsWith('manifest-summary.json')) && Contents.filter(({ Key }) => Key?.includes('/data/'));
    });
    const replica = await s3.send(new HeadObjectCommand({ Bucket, Key: file.Key }));
    expect(replica).toMatchObject({ ReplicationStatus: 'REPLICA', ObjectLockMode: 'GOVERNANCE', ServerSideEncryption: 'aws:kms' });
    expect(replica.SSEKMSKeyId).toMatch(new RegExp(`^arn:aws:kms:${OSAKA}:`));
  });

  describe('of a database', () => {
    const database = {
      engine: 'mysql',
      dbInstanceClass: 'db.t4g.medium',
      allocatedStorage: '20',
      masterUsername: 'app',
      masterUserPassword: 'secret123',
    };
    const instance = (stack: Stack, more: object = {}) =>
      new CfnDBInstance(stack, 'Database', {
        ...database,
        dbInstanceIdentifier: 'orders',
        backupRetentionPeriod: 7,
        preferredBackupWindow: '00:00-00:30',
        ...more,
      });
    const rds = () => new RDSClient(emulator().client());
    let machine: string;
    let bucket: string;

    async function deployExport(sourceOf: (stack: Stack) => IConstruct): Promise<void> {
      await deploy('Orders', (stack) => new DatabaseExport(stack, 'Export', { source: sourceOf(stack), prefix: 'orders' }));
      machine = await physicalId('Orders', 'AWS::StepFunctions::StateMachine');
      bucket = await physicalId('Orders', 'AWS::S3::Bucket');
    }

    const exportedFiles = async () =>
      ((await new S3Client(emulator().client()).send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'orders/' }))).Contents ?? []).map(
        ({ Key }) => Key!,
      );

    const tasks = async () => (await rds().send(new DescribeExportTasksCommand({}))).ExportTasks ?? [];

    /** Takes away the snapshot that the emulator makes of every new instance. */
    async function withoutSnapshots(): Promise<void> {
      const { DBSnapshots = [] } = await rds().send(new DescribeDBSnapshotsCommand({}));
      for (const { DBSnapshotIdentifier } of DBSnapshots) {
        await rds().send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier }));
      }
    }

    test('the schedule exports the automated snapshot of the night', async () => {
      await deployExport(instance);
      await pass(25 * HOUR);
      const execution = await endOf(machine);
      expect(execution).toMatchObject({ status: 'SUCCEEDED' });
      const [task, ...others] = await tasks();
      expect(others).toEqual([]);
      expect(JSON.parse(execution.output!)).toMatchObject({ ExportTaskIdentifier: task.ExportTaskIdentifier, Status: 'COMPLETE' });
      const nights = await rds().send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'orders', SnapshotType: 'automated' }));
      const newest = nights.DBSnapshots!.sort((a, b) => b.SnapshotCreateTime!.getTime() - a.SnapshotCreateTime!.getTime())[0];
      expect(task.SourceArn).toBe(newest.DBSnapshotArn);
      expect(await exportedFiles()).toContainEqual(expect.stringMatching(new RegExp(`^orders/${task.ExportTaskIdentifier}/.*\\.parquet$`)));
    });

    test('a newer snapshot of another kind is exported instead', async () => {
      await deployExport(instance);
      await rds().send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'by-hand' }));
      expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'SUCCEEDED' });
      expect((await tasks())[0].SourceArn).toMatch(/snapshot:by-hand$/);
    });

    test('so is one that AWS Backup made, which no list of the others shows', async () => {
      await deployExport((stack) => instance(stack, { backupRetentionPeriod: 0 }));
      const backup = new BackupClient(emulator().client());
      await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'vault' }));
      const { BackupJobId } = await backup.send(
        new StartBackupJobCommand({
          BackupVaultName: 'vault',
          ResourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`,
          IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/backup`,
        }),
      );
      await eventually('the backup', async () => (await backup.send(new DescribeBackupJobCommand({ BackupJobId }))).State === 'COMPLETED');
      expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'SUCCEEDED' });
      expect((await tasks())[0].SourceArn).toMatch(/snapshot:awsbackup/);
    });

    test('without a snapshot there is nothing to export', async () => {
      await deployExport((stack) => instance(stack, { backupRetentionPeriod: 0 }));
      await withoutSnapshots();
      expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'FAILED', error: 'NoSnapshot' });
    });

    test('an old snapshot is not shown again as if it were new', async () => {
      await deployExport((stack) => instance(stack, { backupRetentionPeriod: 0 }));
      await withoutSnapshots();
      await rds().send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'old' }));
      await pass(35 * HOUR);
      await idle(machine);
      expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'SUCCEEDED' });
      await pass(HOUR);
      await idle(machine);
      expect(await endOf(machine, await start(machine))).toMatchObject({
        status: 'FAILED',
        error: 'SnapshotTooOld',
        cause: expect.stringMatching(/more than 36 h before this export/),
      });
    });

    test('an Aurora cluster is exported as it is', async () => {
      await deployExport(
        (stack) =>
          new CfnDBCluster(stack, 'Database', {
            engine: 'aurora-mysql',
            masterUsername: 'app',
            masterUserPassword: 'secret123',
            dbClusterIdentifier: 'orders',
          }),
      );
      expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'SUCCEEDED' });
      expect(await tasks()).toMatchObject([{ SourceType: 'CLUSTER', SourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:cluster:orders` }]);
    });

    test('waits until another export of the cluster is done', async () => {
      await deployExport(
        (stack) =>
          new CfnDBCluster(stack, 'Database', {
            engine: 'aurora-mysql',
            masterUsername: 'app',
            masterUserPassword: 'secret123',
            dbClusterIdentifier: 'orders',
          }),
      );
      await control().plantFault({
        kind: 'throttle',
        service: 'rds',
        operation: 'StartExportTask',
        times: 2,
        code: 'InvalidExportSourceStateFault',
      });
      expect(await endOf(machine, await start(machine))).toMatchObject({ status: 'SUCCEEDED' });
      expect(await control().requests({ operation: 'StartExportTask' })).toHaveLength(3);
    });

    test('a call that is refused fails the execution with what the service says', async () => {
      await deployExport(instance);
      await control().plantFault({
        kind: 'accessDenied',
        service: 'rds',
        operation: 'StartExportTask',
        code: 'KMSKeyNotAccessibleFault',
        message: 'the key is gone',
      });
      expect(await endOf(machine, await start(machine))).toMatchObject({
        status: 'FAILED',
        error: 'Rds.KmsKeyNotAccessibleException',
        cause: expect.stringMatching(/the key is gone/),
      });
      expect(await exportedFiles()).toEqual([]);
    });

    test.each([
      ['fails', { kind: 'jobFailed', message: 'table too wide' }, /ended as FAILED: table too wide/],
      ['is cancelled', { kind: 'jobAborted' }, /ended as CANCELED/],
      ['leaves something out', { kind: 'jobCompletedWithIssues', message: 'skipped a table' }, /ended as COMPLETE: skipped a table/],
    ] as const)('a task that %s fails the execution with the reason', async (_case, fault, cause) => {
      await deployExport(instance);
      await control().plantFault({ ...fault, jobKind: 'export' });
      expect(await endOf(machine, await start(machine))).toMatchObject({
        status: 'FAILED',
        error: 'ExportFailed',
        cause: expect.stringMatching(cause),
      });
    });
  });
});
