import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateStateMachineCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeWithEmulator, eventually, sleep } from './harness';

jest.setTimeout(60_000);

describeWithEmulator('executions of state machines', (emulator) => {
  const sfn = () => new SFNClient(emulator().client());
  const events = () => new EventBridgeClient(emulator().client());
  const sqs = () => new SQSClient(emulator().client());
  const queueUrl = async () => (await sqs().send(new CreateQueueCommand({ QueueName: 'heard' }))).QueueUrl as string;

  async function machine(...states: object[]): Promise<string> {
    const definition = {
      StartAt: '0',
      States: Object.fromEntries(
        states.map((state, index) => [`${index}`, index === states.length - 1 ? state : { ...state, Next: `${index + 1}` }]),
      ),
    };
    const { stateMachineArn } = await sfn().send(
      new CreateStateMachineCommand({
        name: 'machine',
        definition: JSON.stringify(definition),
        roleArn: `arn:aws:iam::${ACCOUNT}:role/states`,
      }),
    );
    return stateMachineArn as string;
  }

  async function listen(rule: { readonly EventPattern?: string; readonly ScheduleExpression?: string }): Promise<void> {
    await queueUrl();
    await events().send(new PutRuleCommand({ Name: 'rule', ...rule }));
    await events().send(
      new PutTargetsCommand({ Rule: 'rule', Targets: [{ Id: 'queue', Arn: `arn:aws:sqs:ap-northeast-1:${ACCOUNT}:heard` }] }),
    );
  }

  async function heard(): Promise<{ detail: Record<string, unknown> }[]> {
    const { Messages = [] } = await sqs().send(
      new ReceiveMessageCommand({ QueueUrl: await queueUrl(), MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body }) => JSON.parse(Body as string));
  }

  const statuses = async () => (await heard()).map(({ detail }) => detail.status).sort();

  beforeEach(() => emulator().control.reset());

  test('EventBridge hears of the beginning and of the end', async () => {
    await listen({ EventPattern: JSON.stringify({ source: ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'] }) });
    const stateMachineArn = await machine({ Type: 'Pass', Result: { done: true }, End: true });
    await sfn().send(new StartExecutionCommand({ stateMachineArn, name: 'first', input: '{"a":1}' }));
    await eventually('both events', async () => (await heard()).length === 2);
    expect(await statuses()).toEqual(['RUNNING', 'SUCCEEDED']);
    const end = (await heard()).find(({ detail }) => detail.status === 'SUCCEEDED');
    expect(end?.detail).toMatchObject({
      stateMachineArn,
      name: 'first',
      executionArn: stateMachineArn.replace(':stateMachine:', ':execution:').concat(':first'),
      input: '{"a":1}',
      output: '{"done": true}',
      startDate: expect.any(Number),
      stopDate: expect.any(Number),
    });
  });

  test('it hears of a failure, with its cause, and of an abort', async () => {
    await listen({ EventPattern: JSON.stringify({ source: ['aws.states'], detail: { status: ['FAILED', 'ABORTED'] } }) });
    const stateMachineArn = await machine({ Type: 'Wait', Seconds: 2 }, { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' });
    await sfn().send(new StartExecutionCommand({ stateMachineArn, name: 'fails' }));
    const { executionArn } = await sfn().send(new StartExecutionCommand({ stateMachineArn, name: 'stopped' }));
    await sfn().send(new StopExecutionCommand({ executionArn }));
    await eventually('both events', async () => (await heard()).length === 2);
    expect((await heard()).map(({ detail }) => [detail.name, detail.status, detail.error ?? null, detail.cause ?? null]).sort()).toEqual([
      ['fails', 'FAILED', 'Broken', 'on purpose'],
      ['stopped', 'ABORTED', null, null],
    ]);
  });

  test('one name is one execution, even for those who start it at the same moment', async () => {
    const stateMachineArn = await machine({ Type: 'Wait', Seconds: 1 }, { Type: 'Succeed' });
    const start = () => sfn().send(new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{}' }));
    const outcomes = await Promise.all(Array.from({ length: 8 }, start));
    expect(new Set(outcomes.map(({ executionArn }) => executionArn)).size).toBe(1);
    const { executions = [] } = await sfn().send(new ListExecutionsCommand({ stateMachineArn }));
    expect(executions).toHaveLength(1);
    await sleep(1_500);
    await expect(start()).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  });

  test('a rule with a schedule matches no event', async () => {
    await listen({ ScheduleExpression: 'rate(1 hour)' });
    await events().send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'Anything', Detail: '{}' }] }));
    await sleep(500);
    expect(await heard()).toEqual([]);
  });
});
