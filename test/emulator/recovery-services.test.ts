import { ConditionalCheckFailedException, CreateTableCommand, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateFileSystemCommand,
  CreateReplicationConfigurationCommand,
  DeleteReplicationConfigurationCommand,
  DescribeFileSystemsCommand,
  EFSClient,
  UpdateFileSystemProtectionCommand,
} from '@aws-sdk/client-efs';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ACCOUNT, describeWithEmulator, eventually } from './harness';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const HOUR = 3_600_000;
const MINUTE = 60_000;

const role = (service: string): Template => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
  },
});

describeWithEmulator('services that a failover leans on', (emulator) => {
  const control = () => emulator().control;
  const once = (region = OSAKA) => ({ ...emulator().client(region), maxAttempts: 1 });
  beforeEach(() => control().reset());

  test('a schedule starts a drill', async () => {
    await control().freezeClock(new Date('2031-05-05T00:00:00Z'));
    const outcome = await new StackClient(emulator(), OSAKA).create('Drills', {
      Machines: role('states.amazonaws.com'),
      Schedules: role('scheduler.amazonaws.com'),
      Drill: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          StateMachineName: 'drill',
          RoleArn: { 'Fn::GetAtt': ['Machines', 'Arn'] },
          Definition: { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } },
        },
      },
      Quarterly: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: {
          ScheduleExpression: 'cron(0 3 ? 1,4,7,10 TUE#2 *)',
          ScheduleExpressionTimezone: 'Asia/Tokyo',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { Arn: { Ref: 'Drill' }, RoleArn: { 'Fn::GetAtt': ['Schedules', 'Arn'] }, Input: '{"mode":"rehearsal"}' },
        },
      },
    });
    expect(outcome).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
    const sfn = new SFNClient(once());
    const stateMachineArn = `arn:aws:states:${OSAKA}:${ACCOUNT}:stateMachine:drill`;
    const runs = async () => (await sfn.send(new ListExecutionsCommand({ stateMachineArn }))).executions!;
    await control().advanceClock(60 * 24 * HOUR);
    expect(await runs()).toEqual([]);
    await control().advanceClock(10 * 24 * HOUR);
    const [{ executionArn }] = await eventually('the drill', async () => (await runs()).length === 1 && runs());
    expect(await sfn.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({ input: '{"mode":"rehearsal"}' });
  });

  test('a topic carries the token of a task to whoever may approve', async () => {
    const sqs = new SQSClient(once());
    const sns = new SNSClient(once());
    const sfn = new SFNClient(once());
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'approvers' }));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'approvals' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${OSAKA}:${ACCOUNT}:approvers` }));
    const ask = {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish.waitForTaskToken',
      Parameters: { TopicArn, Subject: 'Fail over?', Message: { 'token.$': '$$.Task.Token', 'run.$': '$$.Execution.Name' } },
      End: true,
    };
    const definition = JSON.stringify({ StartAt: 'Ask', States: { Ask: ask } });
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/states`;
    const { stateMachineArn } = await sfn.send(new CreateStateMachineCommand({ name: 'failover', roleArn, definition }));
    const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, name: 'of-today' }));
    const message = await eventually(
      'the question',
      async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0].Body,
    );
    const told = JSON.parse(JSON.parse(message).Message);
    expect(told).toEqual({ token: expect.any(String), run: 'of-today' });
    await sfn.send(new SendTaskSuccessCommand({ taskToken: told.token, output: '{"approvedBy":"me"}' }));
    await eventually('the end', async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'SUCCEEDED');
  });

  test('one of two writers has the lease, and parameters stay in their Region', async () => {
    const dynamodb = new DynamoDBClient(once());
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'leases',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    const take = (owner: string) =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName: 'leases',
          Key: { id: { S: 'failover' } },
          UpdateExpression: 'SET #owner = :owner, epoch = if_not_exists(epoch, :none) + :one',
          ConditionExpression: 'attribute_not_exists(#owner) OR #owner = :owner',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': { S: owner }, ':none': { N: '0' }, ':one': { N: '1' } },
          ReturnValues: 'ALL_NEW',
        }),
      );
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map(take));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusal = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refusal.reason).toBeInstanceOf(ConditionalCheckFailedException);

    const ssm = (region: string) => new SSMClient(once(region));
    const put = (Value: string, Overwrite?: boolean) =>
      ssm(OSAKA).send(new PutParameterCommand({ Name: '/shop/active', Value, Type: 'String', Overwrite }));
    await put(TOKYO);
    await expect(put(OSAKA)).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    await put(OSAKA, true);
    const get = (region: string) => ssm(region).send(new GetParameterCommand({ Name: '/shop/active' }));
    expect((await get(OSAKA)).Parameter).toMatchObject({ Value: OSAKA, Version: 2 });
    await expect(get(TOKYO)).rejects.toMatchObject({ name: 'ParameterNotFound' });
  });

  test('a file system fails over, and its replication turns round', async () => {
    const efs = (region: string) => new EFSClient(once(region));
    const { FileSystemId: first } = await efs(TOKYO).send(new CreateFileSystemCommand({ CreationToken: 'first', Encrypted: true }));
    const replicate = (region: string, SourceFileSystemId: string, destination: object) =>
      efs(region).send(new CreateReplicationConfigurationCommand({ SourceFileSystemId, Destinations: [destination] }));
    const { Destinations } = await replicate(TOKYO, first!, { Region: OSAKA });
    const second = Destinations![0].FileSystemId!;
    const protection = async (region: string, FileSystemId: string) =>
      (await efs(region).send(new DescribeFileSystemsCommand({ FileSystemId }))).FileSystems![0].FileSystemProtection;
    expect(await protection(OSAKA, second)).toEqual({ ReplicationOverwriteProtection: 'REPLICATING' });
    await control().advanceClock(MINUTE);

    await efs(OSAKA).send(new DeleteReplicationConfigurationCommand({ SourceFileSystemId: first! }));
    expect(await protection(OSAKA, second)).toEqual({ ReplicationOverwriteProtection: 'ENABLED' });
    const back = { Region: TOKYO, FileSystemId: first! };
    await expect(replicate(OSAKA, second, back)).rejects.toMatchObject({
      name: 'ConflictException',
      message: expect.stringMatching(/must be DISABLED/),
    });
    await efs(TOKYO).send(new UpdateFileSystemProtectionCommand({ FileSystemId: first!, ReplicationOverwriteProtection: 'DISABLED' }));
    await replicate(OSAKA, second, back);
    expect(await protection(TOKYO, first!)).toEqual({ ReplicationOverwriteProtection: 'REPLICATING' });
  });
});
