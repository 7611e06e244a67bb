import { gunzipSync } from 'node:zlib';
import { DynamoDBClient, PutItemCommand, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
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
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { TableExport } from 'cdk-recovery';
import { ACCOUNT, describeWithEmulator, eventually } from '../emulator/harness';
import { StackClient } from '../emulator/stack-client';

process.env.CDK_VALIDATION = 'false';
jest.setTimeout(240_000);

const TOKYO = 'ap-northeast-1';
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

  async function executionsOf(machine: string): Promise<ExecutionListItem[]> {
    return (await sfn().send(new ListExecutionsCommand({ stateMachineArn: machine }))).executions ?? [];
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
        new TableExport(stack, 'Export', { table, prefix: 'orders' });
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
      await control().freezeClock();
      await control().advanceClock(24 * HOUR);
      expect(await endOf(machine)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await exportedIds()).toEqual(['a', 'b', 'c']);
      await control().advanceClock(24 * HOUR);
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
      await control().freezeClock();
      await sfn().send(new DeleteStateMachineCommand({ stateMachineArn: machine }));
      await control().advanceClock(26 * HOUR);
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
        new TableExport(stack, 'Export', { table, every: Duration.days(7), expects: { exportTime: Duration.hours(1) } });
      });
      machine = await physicalId('Weekly', 'AWS::StepFunctions::StateMachine', /^ExportMachine/);
      watcher = await physicalId('Weekly', 'AWS::StepFunctions::StateMachine', /^ExportWatcherMachine/);
      await control().freezeClock();
    });

    /** What the watcher says so many hours later. */
    async function watchedAfter(hours: number): Promise<DescribeExecutionCommandOutput> {
      await control().advanceClock(hours * HOUR);
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
      await control().advanceClock(3 * 24 * HOUR);
      await eventually('the executions', async () => (await executionsOf(watcher)).length >= 6);
    });
  });
});
