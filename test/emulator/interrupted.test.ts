import { DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describeWithEmulator, eventually, sleep } from './harness';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const COUNTING = `
const { DynamoDBClient, UpdateItemCommand, PutItemCommand } = require('@aws-sdk/client-dynamodb');
exports.handler = async (event) => {
  const client = new DynamoDBClient({ maxAttempts: 1 });
  const Key = { id: { S: event.id } };
  await client.send(new UpdateItemCommand({ TableName: 'effects', Key, UpdateExpression: 'ADD begun :one', ExpressionAttributeValues: { ':one': { N: '1' } } }));
  await client.send(new PutItemCommand({ TableName: 'effects', Item: { id: { S: event.id + '-end' } } }));
  return { counted: event.id };
};`;

const role = (service: string): Template => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
  },
});
const machine = (name: string, definition: Template): Template => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { StateMachineName: name, RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] }, Definition: definition },
});
const approval = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Parameters: { QueueUrl: { Ref: 'Queue' }, MessageBody: { 'token.$': '$$.Task.Token' } },
};

const template: Template = {
  FunctionRole: role('lambda.amazonaws.com'),
  MachineRole: role('states.amazonaws.com'),
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'approvals' } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'effects',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    },
  },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'counting-agent',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 30,
      Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
      Code: { ZipFile: COUNTING },
    },
  },
  Counting: machine('counting', {
    StartAt: 'Count',
    States: {
      Count: {
        Type: 'Task',
        Resource: { 'Fn::GetAtt': ['Function', 'Arn'] },
        Retry: [{ ErrorEquals: ['Runtime.ExitError'], IntervalSeconds: 10, BackoffRate: 10, MaxDelaySeconds: 10, MaxAttempts: 2 }],
        Next: 'Wait',
      },
      Wait: { Type: 'Wait', Seconds: 1, Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  }),
  Asking: machine('asking', {
    StartAt: 'Ask',
    States: {
      Ask: {
        ...approval,
        HeartbeatSeconds: 60,
        TimeoutSeconds: 200,
        Catch: [
          { ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Silent' },
          { ErrorEquals: ['States.Timeout'], Next: 'Late' },
        ],
        End: true,
      },
      Silent: { Type: 'Pass', Result: 'silent', End: true },
      Late: { Type: 'Pass', Result: 'late', End: true },
    },
  }),
  Limited: machine('limited', { TimeoutSeconds: 600, StartAt: 'Ask', States: { Ask: { ...approval, End: true } } }),
  Spread: machine('spread', {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        MaxConcurrency: 2,
        ItemProcessor: { StartAt: 'Ask', States: { Ask: { ...approval, End: true } } },
        End: true,
      },
    },
  }),
};

describeWithEmulator('what is interrupted', (emulator) => {
  const control = () => emulator().control;
  const sfn = () => new SFNClient({ ...emulator().client(), maxAttempts: 1 });
  const arn = async (name: string) =>
    (await control().deployed({ type: 'AWS::StepFunctions::StateMachine' })).find(({ physicalId }) => physicalId.endsWith(`:${name}`))!
      .physicalId;
  const start = async (name: string, input: unknown = {}) =>
    (await sfn().send(new StartExecutionCommand({ stateMachineArn: await arn(name), input: JSON.stringify(input) }))).executionArn!;
  const ended = (executionArn: string) =>
    eventually('the end of the execution', async () => {
      const found = await sfn().send(new DescribeExecutionCommand({ executionArn }));
      return found.status !== 'RUNNING' && found;
    });
  const tokens = async (count: number) => {
    const sqs = new SQSClient(emulator().client());
    const { queueUrl } = { queueUrl: `${emulator().url}/123456789012/approvals` };
    const found: string[] = [];
    await eventually(`${count} tokens`, async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 }),
      );
      found.push(...Messages.map(({ Body }) => JSON.parse(Body!).token));
      return found.length >= count;
    });
    return found;
  };
  const effects = async (id: string) => {
    const item = async (key: string) =>
      (await new DynamoDBClient(emulator().client()).send(new GetItemCommand({ TableName: 'effects', Key: { id: { S: key } } }))).Item;
    return { begun: Number((await item(id))?.begun?.N ?? 0), ended: (await item(`${id}-end`)) !== undefined };
  };
  const succeed = (taskToken: string) => sfn().send(new SendTaskSuccessCommand({ taskToken, output: '"yes"' }));

  beforeAll(async () => {
    await control().reset();
    expect(await new StackClient(emulator()).create('Machines', template)).toMatchObject({ failures: [] });
    await new DynamoDBClient(emulator().client()).send(new DescribeTableCommand({ TableName: 'effects' }));
  });
  beforeEach(async () => {
    await control().healFaults();
    await control().settings({ waitScale: 0.01, timeoutScale: 1 });
  });

  describe('an invocation', () => {
    test.each<[string, Parameters<ReturnType<typeof control>['plantFault']>[0], object]>([
      ['that is lost has no effect', { kind: 'invocationLost', function: 'counting-*' }, { begun: 1, ended: true }],
      ['whose answer is lost has its effect', { kind: 'answerLost', function: 'counting-*' }, { begun: 2, ended: true }],
      ['that comes twice has it twice', { kind: 'invocationTwice', function: 'counting-*' }, { begun: 2, ended: true }],
      ['can be killed before a call', { kind: 'killBeforeCall', service: 'dynamodb', operation: 'UpdateItem' }, { begun: 1, ended: true }],
      ['can be killed after a call', { kind: 'killAfterCall', service: 'dynamodb', operation: 'UpdateItem' }, { begun: 2, ended: true }],
    ])('%s, and its machine tries again', async (title, fault, wanted) => {
      await control().plantFault(fault);
      expect(await ended(await start('counting', { id: title }))).toMatchObject({ status: 'SUCCEEDED' });
      expect(await effects(title)).toEqual(wanted);
    });

    test('is spared where it is called with something else', async () => {
      await control().plantFault({ kind: 'invocationLost', function: 'counting-agent', payload: '*"id":"unlucky"*', times: 100 });
      expect(await ended(await start('counting', { id: 'lucky' }))).toMatchObject({ status: 'SUCCEEDED' });
      expect(await effects('lucky')).toEqual({ begun: 1, ended: true });
      expect(await ended(await start('counting', { id: 'unlucky' }))).toMatchObject({ status: 'FAILED' });
      expect(await effects('unlucky')).toEqual({ begun: 0, ended: false });
    });

    test('meets faults of services that are meant for its calls', async () => {
      const calls = { service: 'dynamodb', operation: 'UpdateItem', function: 'counting-agent', payload: '*"id":"refused"*' };
      await control().plantFault({ kind: 'accessDenied', times: 100, ...calls });
      expect(await ended(await start('counting', { id: 'spared' }))).toMatchObject({ status: 'SUCCEEDED' });
      expect(await ended(await start('counting', { id: 'refused' }))).toMatchObject({ status: 'FAILED' });
      expect(await effects('refused')).toEqual({ begun: 0, ended: false });
    });

    test('that is killed in the middle leaves the rest undone', async () => {
      await control().plantFault({ kind: 'killAfterCall', operation: 'UpdateItem', function: 'counting-agent' });
      const lambda = new LambdaClient({ ...emulator().client(), maxAttempts: 1 });
      const { FunctionError } = await lambda.send(
        new InvokeCommand({ FunctionName: 'counting-agent', Payload: Buffer.from('{"id":"half"}') }),
      );
      expect(FunctionError).toBe('Unhandled');
      expect(await effects('half')).toEqual({ begun: 1, ended: false });
    });
  });

  describe('an execution', () => {
    test.each([
      ['entered', 0],
      ['done', 1],
    ] as const)('can be stopped when a state is %s', async (moment, begun) => {
      await control().plantFault({ kind: 'abortExecution', machine: 'counting', state: 'Count', moment });
      expect(await ended(await start('counting', { id: moment }))).toMatchObject({ status: 'ABORTED' });
      expect(await effects(moment)).toMatchObject({ begun });
    });

    test('that waits for a token can be stopped, and takes no answer afterwards', async () => {
      const executionArn = await start('asking');
      const [token] = await tokens(1);
      await sfn().send(new StopExecutionCommand({ executionArn, cause: 'enough' }));
      expect(await ended(executionArn)).toMatchObject({ status: 'ABORTED', cause: 'enough' });
      await expect(succeed(token)).rejects.toMatchObject({ name: 'TaskTimedOut' });
    });

    test('takes the first answer to a token only', async () => {
      const executionArn = await start('asking');
      const [token] = await tokens(1);
      const answers = await Promise.allSettled([succeed(token), sfn().send(new SendTaskFailureCommand({ taskToken: token, error: 'No' }))]);
      expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await ended(executionArn);
      await expect(succeed(token)).rejects.toMatchObject({ name: 'TaskTimedOut' });
      await expect(succeed('nonsense')).rejects.toMatchObject({ name: 'InvalidToken' });
    });

    test('ends with the error of a failure', async () => {
      const executionArn = await start('limited');
      const [taskToken] = await tokens(1);
      await sfn().send(new SendTaskFailureCommand({ taskToken, error: 'Refused', cause: 'not today' }));
      expect(await ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'not today' });
    });

    test('waits as long as its heart beats, and no longer than its time-out', async () => {
      await control().settings({ timeoutScale: 0.01 });
      const silent = await start('asking');
      const [token] = await tokens(1);
      await sleep(400);
      await sfn().send(new SendTaskHeartbeatCommand({ taskToken: token }));
      await sleep(400);
      expect(await sfn().send(new DescribeExecutionCommand({ executionArn: silent }))).toMatchObject({ status: 'RUNNING' });
      expect(await ended(silent)).toMatchObject({ status: 'SUCCEEDED', output: '"silent"' });
      await expect(succeed(token)).rejects.toMatchObject({ name: 'TaskTimedOut' });

      await control().settings({ timeoutScale: 0.005 });
      const late = await start('asking');
      const [other] = await tokens(1);
      const beating = setInterval(
        () =>
          sfn()
            .send(new SendTaskHeartbeatCommand({ taskToken: other }))
            .catch(() => undefined),
        50,
      );
      expect(await ended(late).finally(() => clearInterval(beating))).toMatchObject({ output: '"late"' });
    });

    test('is over when its machine says so', async () => {
      await control().settings({ timeoutScale: 0.001 });
      expect(await ended(await start('limited'))).toMatchObject({ status: 'TIMED_OUT' });
      await tokens(1);
    });

    test('starts no more branches of a map than it may', async () => {
      const executionArn = await start('spread', [1, 2, 3]);
      const first = await tokens(2);
      await sleep(300);
      expect(first).toHaveLength(2);
      await succeed(first[0]);
      const [third] = await tokens(1);
      await expect(succeed(first[0])).rejects.toMatchObject({ name: 'TaskTimedOut' });
      await Promise.all([succeed(first[1]), succeed(third)]);
      expect(await ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '["yes", "yes", "yes"]' });
    });

    test('waits between attempts no longer than it says', async () => {
      await control().settings({ waitScale: 0.1 });
      await control().plantFault({ kind: 'invocationLost', function: 'counting-agent', times: 2 });
      const began = Date.now();
      const executionArn = await start('counting', { id: 'patient' });
      await ended(executionArn);
      expect(Date.now() - began).toBeLessThan(8_000);
      const { events = [] } = await sfn().send(new GetExecutionHistoryCommand({ executionArn }));
      expect(events.filter(({ type }) => type === 'LambdaFunctionFailed')).toHaveLength(2);
    });
  });
});
