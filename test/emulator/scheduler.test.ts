import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeWithEmulator, eventually } from './harness';
import { callService } from './raw-client';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(60_000);

const TOKYO = 'ap-northeast-1';
const HOUR = 3_600_000;
const MINUTE = 60_000;
const START = new Date('2031-05-05T00:00:00Z');
const role = (service: string): Template => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'caller',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
  },
});
const QUEUE = `arn:aws:sqs:${TOKYO}:${ACCOUNT}:told`;
const schedule = (expression: string, properties: Template = {}, target: Template = {}): Template => ({
  Role: role('scheduler.amazonaws.com'),
  Schedule: {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Name: 'mine',
      ScheduleExpression: expression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: QUEUE, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, Input: '<aws.scheduler.scheduled-time>', ...target },
      ...properties,
    },
  },
});

describeWithEmulator('EventBridge Scheduler', (emulator) => {
  const control = () => emulator().control;
  let stacks: StackClient;
  let sqs: SQSClient;
  let QueueUrl: string;
  beforeEach(async () => {
    await control().reset();
    stacks = new StackClient(emulator());
    sqs = new SQSClient(emulator().client());
    QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'told' }))).QueueUrl!;
  });
  const told = async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { ReceiptHandle } of Messages ?? []) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return (Messages ?? []).map((message) => message.Body!).sort();
  };
  const make = async (template: Template, name = 'Schedule') => {
    expect(await stacks.create(name, template)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
  };
  const count = async (MetricName: string) => {
    const { nowMs } = await control().clock();
    const { Datapoints } = await new CloudWatchClient(emulator().client()).send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Scheduler',
        MetricName,
        Dimensions: [{ Name: 'ScheduleGroup', Value: 'default' }],
        StartTime: new Date(nowMs - 100 * HOUR),
        EndTime: new Date(nowMs + HOUR),
        Period: (200 * HOUR) / 1000,
        Statistics: ['Sum'],
      }),
    );
    return Datapoints!.reduce((sum, point) => sum + point.Sum!, 0);
  };

  test('runs a rate without a start date at once, and then regularly, until the stack is gone', async () => {
    await control().freezeClock(START);
    await make(schedule('rate(1 hour)'));
    await control().advanceClock(0);
    expect(await told()).toEqual(['2031-05-05T00:00:00Z']);
    await control().advanceClock(2 * HOUR);
    expect(await told()).toEqual(['2031-05-05T01:00:00Z', '2031-05-05T02:00:00Z']);
    await stacks.delete('Schedule');
    await control().advanceClock(2 * HOUR);
    expect(await told()).toEqual([]);
  });

  test.each<[string, Template, string[]]>([
    [
      'a rate from its start date on',
      schedule('rate(2 hours)', { StartDate: '2031-05-05T01:30:00Z' }),
      ['01:30:00', '03:30:00', '05:30:00'],
    ],
    ['a cron in its time zone', schedule('cron(0 12 * * ? *)', { ScheduleExpressionTimezone: 'Asia/Tokyo' }), ['03:00:00']],
    [
      'a cron between its dates',
      schedule('cron(0 * * * ? *)', { StartDate: '2031-05-05T02:00:00Z', EndDate: '2031-05-05T04:00:00Z' }),
      ['02:00:00', '03:00:00', '04:00:00'],
    ],
    ['one moment', schedule('at(2031-05-05T04:05:06)'), ['04:05:06']],
    ['nothing while it is disabled', schedule('rate(1 hour)', { State: 'DISABLED' }), []],
  ])('runs %s', async (_, template, times) => {
    await control().freezeClock(START);
    await make(template);
    await control().advanceClock(6 * HOUR);
    expect(await told()).toEqual(times.map((time) => `2031-05-05T${time}Z`));
  });

  test('starts state machines', async () => {
    const template = {
      ...schedule('cron(0 1 * * ? *)', {}, { Arn: { Ref: 'Machine' }, Input: '{"from":"<aws.scheduler.schedule-arn>"}' }),
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
          DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}',
          StateMachineName: 'started',
        },
      },
    };
    await control().freezeClock(START);
    await make(template);
    await control().advanceClock(2 * HOUR);
    const stateMachineArn = `arn:aws:states:${TOKYO}:${ACCOUNT}:stateMachine:started`;
    const { executions } = await new SFNClient(emulator().client()).send(new ListExecutionsCommand({ stateMachineArn }));
    expect(executions).toHaveLength(1);
  });

  test('calls any writing operation of the SDK, as the role that it was given', async () => {
    const Input = JSON.stringify({
      TableName: 'made-by-schedule',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    });
    await make(schedule('rate(1 hour)', {}, { Arn: 'arn:aws:scheduler:::aws-sdk:dynamodb:createTable', Input }));
    const dynamodb = new DynamoDBClient(emulator().client());
    const describeTable = new DescribeTableCommand({ TableName: 'made-by-schedule' });
    await eventually('the table', () =>
      dynamodb.send(describeTable).then(
        () => true,
        () => false,
      ),
    );
    expect(await control().requests({ operation: 'CreateTable' })).toMatchObject([{ internal: false }]);
  });

  test('tries again, and gives up into the dead-letter queue', async () => {
    const failing = { Arn: `arn:aws:lambda:${TOKYO}:${ACCOUNT}:function:nobody`, Input: '{"n":<aws.scheduler.attempt-number>}' };
    const more = { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: QUEUE } };
    await control().freezeClock(START);
    await make(schedule('at(2031-05-05T01:00:00)', {}, { ...failing, ...more }));
    await control().advanceClock(HOUR + 2 * MINUTE);
    expect(await told()).toEqual([]);
    await control().advanceClock(HOUR);
    expect(await told()).toEqual(['{"n":3}']);
    expect([await count('InvocationAttemptCount'), await count('InvocationDroppedCount')]).toEqual([3, 1]);
  });

  test('meets planted faults, and gets through at the second attempt', async () => {
    await control().freezeClock(START);
    await control().plantFault({ kind: 'throttle', service: 'sqs', operation: 'SendMessage' });
    await make(schedule('at(2031-05-05T01:00:00)'));
    await control().advanceClock(HOUR);
    expect(await told()).toEqual([]);
    await control().advanceClock(MINUTE);
    expect(await told()).toEqual(['2031-05-05T01:00:00Z']);
  });

  test('follows an update of its template', async () => {
    await control().freezeClock(START);
    await make(schedule('cron(0 1 * * ? *)'));
    expect(await stacks.update('Schedule', schedule('cron(0 2 * * ? *)'))).toMatchObject({ status: 'UPDATE_COMPLETE' });
    await control().advanceClock(3 * HOUR);
    expect(await told()).toEqual(['2031-05-05T02:00:00Z']);
  });

  test('has groups, which take their schedules with them', async () => {
    const group = { Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'exports' } } };
    await make({ ...schedule('rate(1 hour)', { GroupName: { Ref: 'Group' } }), ...group });
    const path = '/schedules/mine?groupName=exports';
    const get = () => callService(emulator(), { service: 'scheduler', region: TOKYO, method: 'GET', path });
    expect((await get()).body).toMatchObject({ GroupName: 'exports', ScheduleExpression: 'rate(1 hour)' });
    await stacks.delete('Schedule');
    expect((await get()).status).toBe(404);
  });

  test.each<[string, Template, RegExp]>([
    ['a rate that is none', schedule('rate(1 banana)'), /'rate\(1 banana\)' is not a rate/],
    ['five fields of cron', schedule('cron(0 1 * * ?)'), /six fields/],
    ['a moment that is none', schedule('at(2031-02-30T00:00:00)'), /is not a moment/],
    ['a time zone that is none', schedule('rate(1 hour)', { ScheduleExpressionTimezone: 'Asia/Edo' }), /'Asia\/Edo' is not a time zone/],
    ['a window without minutes', schedule('rate(1 hour)', { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }), /MaximumWindowInMinutes/],
    ['a group that is not there', schedule('rate(1 hour)', { GroupName: 'nobody' }), /Schedule group nobody does not exist/],
    [
      'an end before the start',
      schedule('rate(1 hour)', { StartDate: '2031-05-06T00:00:00Z', EndDate: '2031-05-05T00:00:00Z' }),
      /StartDate must be before EndDate/,
    ],
    ['an operation that reads', schedule('rate(1 hour)', {}, { Arn: 'arn:aws:scheduler:::aws-sdk:rds:describeDBInstances' }), /only reads/],
    ['an operation that is none', schedule('rate(1 hour)', {}, { Arn: 'arn:aws:scheduler:::aws-sdk:rds:copyAll' }), /no operation copyAll/],
    ['a service that is none', schedule('rate(1 hour)', {}, { Arn: 'arn:aws:scheduler:::aws-sdk:rdbms:copyAll' }), /no service rdbms/],
    [
      'a role for another service',
      { ...schedule('rate(1 hour)'), Role: role('lambda.amazonaws.com') },
      /must allow AWS EventBridge Scheduler/,
    ],
    ['an unknown property', schedule('rate(1 hour)', { Jitter: 1 }), /extraneous key \[Jitter\]/],
    [
      'an unknown property of a group',
      { Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Limit: 1 } } },
      /extraneous key \[Limit\]/,
    ],
    [
      'a target that is not emulated',
      schedule('rate(1 hour)', {}, { Arn: `arn:aws:kinesis:${TOKYO}:${ACCOUNT}:stream/x` }),
      /service kinesis is not emulated/,
    ],
  ])('fails on %s', async (_, template, message) => {
    const outcome = await stacks.create('Bad', template);
    expect(outcome.failures.join()).toMatch(message);
    expect(outcome.status).toBe('ROLLBACK_COMPLETE');
  });

  test('fails on an update that is not emulated', async () => {
    const group = { Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'exports' } } };
    await make({ ...schedule('rate(1 hour)'), ...group });
    const outcome = await stacks.update('Schedule', { ...schedule('rate(1 hour)', { GroupName: 'exports' }), ...group });
    expect(outcome.failures.join()).toMatch(/update of GroupName of AWS::Scheduler::Schedule is not emulated/);
  });
});
