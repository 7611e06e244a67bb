import { gunzipSync } from 'node:zlib';
import { DescribeExportCommand, DynamoDBClient, ExportTableToPointInTimeCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CancelExportTaskCommand,
  DescribeDBSnapshotsCommand,
  DescribeExportTasksCommand,
  RDSClient,
  StartExportTaskCommand,
} from '@aws-sdk/client-rds';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ACCOUNT, describeWithEmulator, eventually } from './harness';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(120_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const MINUTE = 60_000;
const DAY = 86_400_000;
const START = new Date('2031-05-05T00:00:00Z');

const root = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };
const shared: Template = {
  Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [root] } } },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'exported' } },
};
const role = (actions: readonly string[], service = 'export.rds.amazonaws.com'): Template => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'writer',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: 'write',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: actions, Resource: ['arn:aws:s3:::exported', 'arn:aws:s3:::exported/*'] }],
        },
      },
    ],
  },
});

describeWithEmulator('exports', (emulator) => {
  const control = () => emulator().control;
  let stacks: StackClient;
  let s3: S3Client;
  beforeEach(async () => {
    await control().reset();
    await control().settings({ realPostgres: false });
    stacks = new StackClient(emulator());
    s3 = new S3Client(emulator().client());
  });
  const make = async (name: string, template: Template) => {
    const outputs = { Outputs: { Key: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } } };
    const outcome = await stacks.create(name, template, outputs);
    expect(outcome).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
    return outcome.outputs.Key;
  };
  const keys = async () => ((await s3.send(new ListObjectsV2Command({ Bucket: 'exported' }))).Contents ?? []).map(({ Key }) => Key!);
  const run = async (definition: object, input: object = {}) => {
    const sfn = new SFNClient(emulator().client());
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/machine`;
    const machine = { name: `machine-${Date.now()}`, definition: JSON.stringify(definition), roleArn };
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand(machine));
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    return eventually('the execution', async () => {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status !== 'RUNNING' && execution;
    });
  };

  describe('of a table', () => {
    const table = (recovery: boolean, region = TOKYO): Template => ({
      ...shared,
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'orders',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: recovery },
          Tags: [{ Key: 'region', Value: region }],
        },
      },
    });
    const TableArn = `arn:aws:dynamodb:${TOKYO}:${ACCOUNT}:table/orders`;
    const dynamodb = () => new DynamoDBClient(emulator().client());
    const put = (item: Record<string, object>) => dynamodb().send(new PutItemCommand({ TableName: 'orders', Item: item as never }));
    const begin = (more: object = {}) =>
      dynamodb().send(new ExportTableToPointInTimeCommand({ TableArn, S3Bucket: 'exported', S3Prefix: 'daily', ...more }));
    const describeIt = async (ExportArn?: string) => (await dynamodb().send(new DescribeExportCommand({ ExportArn }))).ExportDescription!;
    const read = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket: 'exported', Key }))).Body!.transformToByteArray();

    test('takes its time, and writes items of that moment with manifests, under the key', async () => {
      const key = await make('Table', table(true));
      await put({ id: { S: 'a' }, n: { N: '7' } });
      await control().freezeClock();
      await control().settings({ jobDurationsMs: { export: 5 * MINUTE } });
      const { ExportDescription } = await begin({ S3SseAlgorithm: 'KMS', S3SseKmsKeyId: key });
      await put({ id: { S: 'late' } });
      await control().advanceClock(5 * MINUTE - 1);
      expect(await describeIt(ExportDescription!.ExportArn)).toMatchObject({ ExportStatus: 'IN_PROGRESS' });
      await control().advanceClock(1);
      const done = await describeIt(ExportDescription!.ExportArn);
      expect(done).toMatchObject({ ExportStatus: 'COMPLETED', ItemCount: 1, ExportFormat: 'DYNAMODB_JSON' });
      const summary = JSON.parse(Buffer.from(await read(done.ExportManifest!)).toString());
      const files = JSON.parse(Buffer.from(await read(summary.manifestFilesS3Key)).toString());
      expect(gunzipSync(await read(files.dataFileS3Key)).toString()).toBe('{"Item":{"id":{"S":"a"},"n":{"N":"7"}}}\n');
      expect(files.dataFileS3Key).toMatch(/^daily\/AWSDynamoDB\/\d+-[0-9a-f]+\/data\/.*\.json\.gz$/);
      expect(await s3.send(new HeadObjectCommand({ Bucket: 'exported', Key: files.dataFileS3Key }))).toMatchObject({
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: key,
      });
    });

    test('knows Ion', async () => {
      await make('Table', table(true));
      const item = {
        id: { S: 'a' },
        n: { N: '1.5' },
        list: { L: [{ BOOL: true }, { NULL: true }] },
        map: { M: { 'odd name': { N: '3' } } },
        set: { SS: ['x'] },
      };
      await put(item);
      await begin({ ExportFormat: 'ION' });
      await control().advanceClock(MINUTE);
      const file = (await keys()).find((name) => name.endsWith('.ion.gz'))!;
      expect(gunzipSync(await read(file)).toString()).toBe(
        `$ion_1_0 {Item:{id:"a",n:1.5,list:[true,null],map:{'odd name':3.},set:$dynamodb_SS::["x"]}}\n`,
      );
    });

    test('is the same for the same token', async () => {
      await make('Table', table(true));
      const [first, second] = [await begin({ ClientToken: 'once' }), await begin({ ClientToken: 'once' })];
      expect(second.ExportDescription!.ExportArn).toBe(first.ExportDescription!.ExportArn);
      await expect(begin({ ClientToken: 'once', S3Prefix: 'other' })).rejects.toMatchObject({ name: 'ExportConflictException' });
    });

    test.each<[string, object, string]>([
      ['where the bucket is not there', { S3Bucket: 'nowhere' }, 'S3NoSuchBucket'],
      ['where the bucket is of another account', { S3BucketOwner: '111111111111' }, 'S3AccessDenied'],
      ['where the key is not there', { S3SseAlgorithm: 'KMS', S3SseKmsKeyId: 'alias/nothing' }, 'S3KMS.NotFoundException'],
    ])('ends as failed %s', async (_, more, FailureCode) => {
      await make('Table', table(true));
      const { ExportDescription } = await begin(more);
      await control().advanceClock(MINUTE);
      expect(await describeIt(ExportDescription!.ExportArn)).toMatchObject({ ExportStatus: 'FAILED', FailureCode });
    });

    test('ends as planted', async () => {
      await make('Table', table(true));
      await control().plantFault({ kind: 'jobFailed', jobKind: 'export', resourceType: 'DynamoDB', message: 'no luck' });
      const { ExportDescription } = await begin();
      await control().advanceClock(MINUTE);
      expect(await describeIt(ExportDescription!.ExportArn)).toMatchObject({ ExportStatus: 'FAILED', FailureMessage: 'no luck' });
    });

    test.each<[string, boolean, object, RegExp]>([
      ['without point-in-time recovery', false, {}, /not enabled for table 'orders'/],
      ['of another table', true, { TableArn: `${TableArn}-of-nobody` }, /Table not found/],
      ['of the future', true, { ExportTime: new Date('2100-01-01') }, /is in the future/],
      ['of the past, which is not emulated', true, { ExportTime: new Date('2020-01-01') }, /another time than the present is not emulated/],
      ['of changes, which is not emulated', true, { ExportType: 'INCREMENTAL_EXPORT' }, /incremental exports are not emulated/],
      ['with a key and no algorithm', true, { S3SseKmsKeyId: 'alias/x' }, /needs S3SseAlgorithm KMS/],
    ])('fails %s', async (_, recovery, more, message) => {
      await make('Table', table(recovery));
      await expect(begin(more)).rejects.toThrow(message);
    });

    test('runs in a state machine', async () => {
      await make('Table', table(true));
      await put({ id: { S: 'a' } });
      await control().settings({ waitScale: 0.001 });
      const task = (action: string, Parameters: object, more: object) => ({
        Type: 'Task',
        Resource: `arn:aws:states:::aws-sdk:dynamodb:${action}`,
        Parameters,
        ...more,
      });
      const execution = await run({
        StartAt: 'Start',
        States: {
          Start: task('exportTableToPointInTime', { TableArn, S3Bucket: 'exported' }, { Next: 'Wait' }),
          Wait: { Type: 'Wait', Seconds: 60, Next: 'Ask' },
          Ask: task('describeExport', { 'ExportArn.$': '$.ExportDescription.ExportArn' }, { Next: 'Done?' }),
          'Done?': {
            Type: 'Choice',
            Choices: [{ Variable: '$.ExportDescription.ExportStatus', StringEquals: 'COMPLETED', Next: 'Done' }],
            Default: 'Wait',
          },
          Done: { Type: 'Pass', OutputPath: '$.ExportDescription.ItemCount', End: true },
        },
      });
      expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '1' });
    });
  });

  describe('of a database', () => {
    const DOCUMENTED = ['s3:PutObject*', 's3:ListBucket', 's3:GetObject*', 's3:DeleteObject*', 's3:GetBucketLocation'];
    const database = (writer: Template = role(DOCUMENTED), properties: Template = {}): Template => ({
      ...shared,
      Writer: writer,
      Database: {
        Type: 'AWS::RDS::DBInstance',
        DeletionPolicy: 'Delete',
        Properties: {
          DBInstanceIdentifier: 'orders',
          DBInstanceClass: 'db.t3.micro',
          Engine: 'postgres',
          MasterUsername: 'app',
          MasterUserPassword: 'secret123',
          DBName: 'shop',
          AllocatedStorage: '20',
          BackupRetentionPeriod: 2,
          PreferredBackupWindow: '03:00-03:30',
          ...properties,
        },
      },
    });
    const cluster: Template = {
      Cluster: {
        Type: 'AWS::RDS::DBCluster',
        DeletionPolicy: 'Delete',
        Properties: { DBClusterIdentifier: 'world', Engine: 'aurora-mysql', MasterUsername: 'app', MasterUserPassword: 'secret123' },
      },
    };
    const rds = () => new RDSClient(emulator().client());
    const snapshots = async (SnapshotType = 'automated') =>
      (await rds().send(new DescribeDBSnapshotsCommand({ DBInstanceIdentifier: 'orders', SnapshotType }))).DBSnapshots!;
    const begin = async (KmsKeyId: string, more: object = {}) =>
      rds().send(
        new StartExportTaskCommand({
          ExportTaskIdentifier: 'nightly',
          SourceArn: (await snapshots())[0].DBSnapshotArn,
          S3BucketName: 'exported',
          S3Prefix: 'daily',
          IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/writer`,
          KmsKeyId,
          ...more,
        }),
      );
    const task = async () => (await rds().send(new DescribeExportTasksCommand({ ExportTaskIdentifier: 'nightly' }))).ExportTasks![0];

    test('goes through its states by the clock, and writes files under the key', async () => {
      const key = await make('Database', database());
      await control().freezeClock();
      await control().settings({ jobDurationsMs: { export: 40 * MINUTE } });
      const seen = [(await begin(key)).Status];
      for (const minutes of [10, 30]) {
        await control().advanceClock(minutes * MINUTE);
        seen.push((await task()).Status);
      }
      expect(seen).toEqual(['STARTING', 'IN_PROGRESS', 'COMPLETE']);
      expect(await task()).toMatchObject({ PercentProgress: 100, SourceType: 'SNAPSHOT', SnapshotTime: expect.any(Date) });
      const names = await keys();
      expect(names).toContain('daily/nightly/export_info_nightly.json');
      const Key = names.find((name) => name.endsWith('.gz.parquet'));
      expect(Key).toMatch(/^daily\/nightly\/shop\//);
      expect(await s3.send(new HeadObjectCommand({ Bucket: 'exported', Key }))).toMatchObject({ SSEKMSKeyId: key });
      expect((await control().replicationPermissions(`arn:aws:iam::${ACCOUNT}:role/writer`)).refused).toEqual([]);
    });

    test('takes a living Aurora cluster too', async () => {
      const key = await make('Database', { ...database(), ...cluster });
      await begin(key, { SourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:cluster:world` });
      await control().advanceClock(MINUTE);
      expect(await task()).toMatchObject({ Status: 'COMPLETE', SourceType: 'CLUSTER' });
    });

    test('can be cancelled', async () => {
      const key = await make('Database', database());
      await control().freezeClock();
      await begin(key);
      const cancel = new CancelExportTaskCommand({ ExportTaskIdentifier: 'nightly' });
      expect(await rds().send(cancel)).toMatchObject({ Status: 'CANCELING' });
      await control().advanceClock(MINUTE);
      expect([(await task()).Status, await keys()]).toEqual(['CANCELED', []]);
      await expect(rds().send(cancel)).rejects.toThrow(/is CANCELED/);
    });

    test.each([
      ['jobFailed', { Status: 'FAILED', FailureCause: 'no luck' }],
      ['jobAborted', { Status: 'CANCELED' }],
      ['jobCompletedWithIssues', { Status: 'COMPLETE', WarningMessage: 'no luck' }],
    ] as const)('ends as planted: %s', async (kind, end) => {
      const key = await make('Database', database());
      await control().plantFault({ kind, jobKind: 'export', message: 'no luck' });
      await begin(key);
      await control().advanceClock(MINUTE);
      expect(await task()).toMatchObject(end);
    });

    test('fails where the key is lost meanwhile', async () => {
      const key = await make('Database', database());
      await control().freezeClock();
      await begin(key);
      await new KMSClient(emulator().client()).send(new DisableKeyCommand({ KeyId: key }));
      await control().advanceClock(MINUTE);
      expect(await task()).toMatchObject({ Status: 'FAILED', FailureCause: expect.stringContaining('is disabled') });
    });

    test.each<[string, Template, object, RegExp]>([
      ['to a bucket that is not there', database(), { S3BucketName: 'nowhere' }, /S3 bucket nowhere is not in ap-northeast-1/],
      ['with a role that is not there', database(), { IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` }, /role\/nobody not found/],
      ['with a role of another service', database(role(DOCUMENTED, 'rds.amazonaws.com')), {}, /cannot be assumed by export.rds/],
      [
        'with a role that may not delete',
        database(role(DOCUMENTED.filter((action) => !action.includes('Delete')))),
        {},
        /lacks s3:DeleteObject/,
      ],
      ['with a key that is not there', database(), { KmsKeyId: 'alias/nothing' }, /alias\/nothing does not exist/],
      ['of nothing', database(), { SourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:snapshot:nothing` }, /DBSnapshot nothing not found/],
      ['of another Region', database(), { SourceArn: `arn:aws:rds:${OSAKA}:${ACCOUNT}:snapshot:x` }, /DBSnapshot x not found/],
      [
        'of an engine without exports',
        database(role(DOCUMENTED), { Engine: 'sqlserver-se', DBName: { Ref: 'AWS::NoValue' } }),
        {},
        /sqlserver-se cannot be exported/,
      ],
    ])('fails %s', async (_, template, more, message) => {
      const key = await make('Database', template);
      await expect(begin(key, more)).rejects.toThrow(message);
    });

    test('fails to use an identifier twice', async () => {
      const key = await make('Database', database());
      await begin(key);
      await expect(begin(key)).rejects.toMatchObject({ name: 'ExportTaskAlreadyExistsFault' });
    });

    test('finds an automated snapshot of each day in its window, as long as the retention says', async () => {
      await control().freezeClock(START);
      await make('Database', database());
      await control().advanceClock(5 * DAY);
      expect((await snapshots()).map((snapshot) => snapshot.SnapshotCreateTime!.toISOString()).sort()).toEqual([
        '2031-05-08T03:00:00.000Z',
        '2031-05-09T03:00:00.000Z',
      ]);
    });
  });
});
