import {
  BackupClient,
  CreateBackupVaultCommand,
  DescribeBackupJobCommand,
  DescribeCopyJobCommand,
  DescribeRestoreJobCommand,
  StartBackupJobCommand,
  StartCopyJobCommand,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeNeeding, describeWithEmulator, eventually, sleep, whyNoJsonata } from './harness';
import { endpointOf, psql, whyNoPostgres } from './postgres';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(120_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/backup`;

const lambda = (code: string): Template => ({
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
      FunctionName: 'under-test',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 5,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Environment: { Variables: { GREETING: 'hello' } },
      Code: { ZipFile: code },
    },
  },
});

describeWithEmulator('other services', (emulator) => {
  const control = () => emulator().control;
  beforeEach(() => control().reset());

  describe('Lambda', () => {
    const invoke = async (payload: object) => {
      const { Payload, FunctionError } = await new LambdaClient(emulator().client()).send(
        new InvokeCommand({ FunctionName: 'under-test', Payload: JSON.stringify(payload) }),
      );
      return { error: FunctionError, body: JSON.parse(Payload!.transformToString()) };
    };

    test('runs Node.js handlers with their environment, their SDK and the emulator’s clock', async () => {
      const code = `
        const { SQSClient, ListQueuesCommand } = require('@aws-sdk/client-sqs');
        exports.handler = async (event) => {
          const { QueueUrls } = await new SQSClient({}).send(new ListQueuesCommand({}));
          return { said: process.env.GREETING + ' ' + event.name, queues: QueueUrls.length, now: new Date().toISOString() };
        };`;
      await new SQSClient(emulator().client()).send(new CreateQueueCommand({ QueueName: 'seen' }));
      await new StackClient(emulator()).create('Node', lambda(code));
      await control().freezeClock(new Date('2031-02-03T04:05:06.000Z'));
      expect(await invoke({ name: 'world' })).toEqual({
        error: undefined,
        body: { said: 'hello world', queues: 1, now: '2031-02-03T04:05:06.000Z' },
      });
    });

    test('reports errors and timeouts of handlers', async () => {
      await new StackClient(emulator()).create(
        'Bad',
        lambda(
          `exports.handler = async (event) => { if (event.hang) await new Promise(() => setTimeout(() => {}, 60000)); throw new TypeError('no good'); };`,
        ),
      );
      expect(await invoke({})).toMatchObject({ error: 'Unhandled', body: { errorType: 'TypeError', errorMessage: 'no good' } });
      expect(await invoke({ hang: true })).toMatchObject({
        error: 'Unhandled',
        body: { errorMessage: expect.stringMatching(/timed out after 5/) },
      });
    });
  });

  const run = async (definition: object, input: object = {}) => {
    const sfn = new SFNClient(emulator().client());
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name: `machine-${Date.now()}`, definition: JSON.stringify(definition), roleArn: ROLE }),
    );
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    return eventually('the execution', async () => {
      const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status !== 'RUNNING' && execution;
    });
  };

  describe('Step Functions', () => {
    const task = (resource: string, parameters: object, more: object) => ({
      Type: 'Task',
      Resource: `arn:aws:states:::aws-sdk:${resource}`,
      Parameters: parameters,
      ...more,
    });

    test('calls the SDK with its own spelling and waits as fast as the settings say', async () => {
      await control().settings({ waitScale: 0.001, realPostgres: false });
      await new RDSClient(emulator().client()).send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: 'db',
          DBInstanceClass: 'db.t3.micro',
          Engine: 'postgres',
          MasterUsername: 'app',
          MasterUserPassword: 'secret123',
          AllocatedStorage: 20,
        }),
      );
      const before = Date.now();
      const execution = await run({
        StartAt: 'Wait',
        States: {
          Wait: { Type: 'Wait', Seconds: 600, Next: 'Describe' },
          Describe: task(
            'rds:describeDBInstances',
            { DbInstanceIdentifier: 'db' },
            { ResultSelector: { 'status.$': '$.DbInstances[0].DbInstanceStatus' }, End: true },
          ),
        },
      });
      expect(execution).toMatchObject({ status: 'SUCCEEDED' });
      expect(JSON.parse(execution.output!)).toEqual({ status: 'available' });
      expect(Date.now() - before).toBeLessThan(20_000);
    });

    test('names errors as the service does, and catches them', async () => {
      const states = {
        Restore: task(
          'rds:restoreDBInstanceFromDBSnapshot',
          { DbInstanceIdentifier: 'new', DbSnapshotIdentifier: 'nothing' },
          { Catch: [{ ErrorEquals: ['Rds.DbSnapshotNotFoundException'], Next: 'Caught' }], End: true },
        ),
        Caught: { Type: 'Pass', Result: { caught: true }, End: true },
      };
      expect(await run({ StartAt: 'Restore', States: states })).toMatchObject({ status: 'SUCCEEDED', output: '{"caught": true}' });
    });

    test('meets planted faults and retries', async () => {
      await control().settings({ waitScale: 0.001 });
      await control().plantFault({ kind: 'throttle', service: 'backup', operation: 'ListBackupVaults', times: 2 });
      const states = {
        List: task(
          'backup:listBackupVaults',
          {},
          { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 2 }], End: true },
        ),
      };
      expect(await run({ StartAt: 'List', States: states })).toMatchObject({ status: 'SUCCEEDED' });
      expect(await control().requests({ operation: 'ListBackupVaults' })).toHaveLength(3);
    });
  });

  describeNeeding('jsonata', whyNoJsonata(), 'Step Functions in JSONata', () => {
    test('calls, chooses, waits and remembers', async () => {
      await new SQSClient(emulator().client()).send(new CreateQueueCommand({ QueueName: 'only' }));
      await control().settings({ waitScale: 0.001 });
      const states = {
        Remember: { Type: 'Pass', Assign: { wanted: '{% $uppercase($states.input.word) %}' }, Next: 'List' },
        List: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sqs:listQueues',
          Arguments: {},
          Assign: { count: '{% $count($states.result.QueueUrls) %}' },
          Next: 'Wait',
        },
        Wait: { Type: 'Wait', Seconds: '{% $count * 60 %}', Next: 'Choose' },
        Choose: { Type: 'Choice', Choices: [{ Condition: "{% $wanted = 'YES' and $count = 1 %}", Next: 'Good' }], Default: 'Bad' },
        Good: { Type: 'Pass', Output: { said: '{% $wanted %}' }, End: true },
        Bad: { Type: 'Fail', Error: "{% 'Not' & $wanted %}" },
      };
      const machine = { QueryLanguage: 'JSONata', StartAt: 'Remember', States: states };
      expect(await run(machine, { word: 'yes' })).toMatchObject({ status: 'SUCCEEDED', output: '{"said": "YES"}' });
      expect(await run(machine, { word: 'no' })).toMatchObject({ status: 'FAILED', error: 'NotNO' });
    });

    test('fails on an expression that is none, and on one without a value', async () => {
      const only = (Output: string) => ({ QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass', Output, End: true } } });
      expect(await run(only('{% $sum( %}'))).toMatchObject({ status: 'FAILED' });
      expect(await run(only('{% $states.input.nothing %}'))).toMatchObject({ status: 'FAILED' });
    });
  });

  test('EventBridge reaches state machines and SNS topics, alarms their topic', async () => {
    const sqs = new SQSClient(emulator().client());
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
    const sns = new SNSClient(emulator().client());
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic' }));
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${TOKYO}:${ACCOUNT}:told`,
        Attributes: { RawMessageDelivery: 'true' },
      }),
    );
    await new StackClient(emulator()).create('Rule', {
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: ROLE,
          DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}',
          StateMachineName: 'started',
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['my.app'] },
          Targets: [
            { Id: 'machine', Arn: { Ref: 'Machine' }, RoleArn: ROLE },
            { Id: 'topic', Arn: TopicArn, InputTransformer: { InputPathsMap: { who: '$.detail.who' }, InputTemplate: '"hello <who>"' } },
          ],
        },
      },
    });
    await new EventBridgeClient(emulator().client()).send(
      new PutEventsCommand({ Entries: [{ Source: 'my.app', DetailType: 'Said', Detail: '{"who":"you"}' }] }),
    );
    const told = () => eventually('a message', async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0].Body);
    expect(await told()).toBe('"hello you"');
    const sfn = new SFNClient(emulator().client());
    const stateMachineArn = `arn:aws:states:${TOKYO}:${ACCOUNT}:stateMachine:started`;
    await eventually('an execution', async () =>
      (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions!.find((execution) => execution.status === 'SUCCEEDED'),
    );
    const cloudwatch = new CloudWatchClient(emulator().client());
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'missing',
        AlarmActions: [TopicArn!],
        Namespace: 'N',
        MetricName: 'M',
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'LessThanThreshold',
      }),
    );
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'missing', StateValue: 'ALARM', StateReason: 'test' }));
    expect(JSON.parse(await told())).toMatchObject({ AlarmName: 'missing', NewStateValue: 'ALARM' });
  });

  describeNeeding('PostgreSQL', whyNoPostgres(), 'RDS for PostgreSQL', () => {
    const address = (id: string, region = TOKYO) => endpointOf(new RDSClient(emulator().client(region)), id);
    const sql = async (id: string, query: string, region = TOKYO) => psql(await address(id, region), query, "se'cret");

    test('is a real server: backed up, copied, restored, recovered to a moment, replicated', async () => {
      const rds = new RDSClient(emulator().client());
      const backup = new BackupClient(emulator().client());
      const osaka = new BackupClient(emulator().client(OSAKA));
      await rds.send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: 'prod',
          DBInstanceClass: 'db.t3.micro',
          Engine: 'postgres',
          EngineVersion: '16.4',
          MasterUsername: 'app',
          MasterUserPassword: "se'cret",
          DBName: 'shop',
          AllocatedStorage: 20,
          BackupRetentionPeriod: 7,
        }),
      );
      await sql('prod', 'create table orders as select generate_series(1, 1000) id');

      await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'main' }));
      const { BackupVaultArn } = await osaka.send(
        new CreateBackupVaultCommand({ BackupVaultName: 'copies', EncryptionKeyArn: `arn:aws:kms:${OSAKA}:${ACCOUNT}:key/1` }),
      );
      const { BackupJobId } = await backup.send(
        new StartBackupJobCommand({ BackupVaultName: 'main', ResourceArn: `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:prod`, IamRoleArn: ROLE }),
      );
      const { RecoveryPointArn } = await eventually('the backup', async () => {
        const job = await backup.send(new DescribeBackupJobCommand({ BackupJobId }));
        return job.State === 'COMPLETED' && job;
      });
      const before = await sql('prod', `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
      await sleep(1100);
      await sql('prod', 'delete from orders where id > 400');

      const { CopyJobId } = await backup.send(
        new StartCopyJobCommand({
          RecoveryPointArn,
          SourceBackupVaultName: 'main',
          DestinationBackupVaultArn: BackupVaultArn,
          IamRoleArn: ROLE,
        }),
      );
      const { DestinationRecoveryPointArn } = await eventually('the copy', async () => {
        const { CopyJob } = await backup.send(new DescribeCopyJobCommand({ CopyJobId }));
        return CopyJob!.State === 'COMPLETED' && CopyJob!;
      });
      const { RestoreJobId } = await osaka.send(
        new StartRestoreJobCommand({
          RecoveryPointArn: DestinationRecoveryPointArn,
          IamRoleArn: ROLE,
          Metadata: { DBInstanceIdentifier: 'restored' },
        }),
      );
      await eventually(
        'the restore',
        async () => (await osaka.send(new DescribeRestoreJobCommand({ RestoreJobId }))).Status === 'COMPLETED',
      );
      expect(await sql('restored', 'select count(*) from orders', OSAKA)).toBe('1000');
      expect(await sql('prod', 'select count(*) from orders')).toBe('400');

      await rds.send(
        new RestoreDBInstanceToPointInTimeCommand({
          SourceDBInstanceIdentifier: 'prod',
          TargetDBInstanceIdentifier: 'rewound',
          RestoreTime: new Date(Date.parse(before) + 500),
        }),
      );
      expect(await sql('rewound', 'select count(*) from orders')).toBe('1000');

      await rds.send(new CreateDBInstanceReadReplicaCommand({ DBInstanceIdentifier: 'replica', SourceDBInstanceIdentifier: 'prod' }));
      await sql('prod', 'insert into orders values (5000)');
      await eventually('the replica', async () => (await sql('replica', 'select count(*) from orders')) === '401');
      await expect(sql('replica', 'delete from orders')).rejects.toThrow(/read-only/);
      await rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'replica' }));
      await eventually('the promotion', async () => (await sql('replica', 'select pg_is_in_recovery()').catch(() => '')) === 'f');
      await sql('replica', 'delete from orders');
    });
  });
});
