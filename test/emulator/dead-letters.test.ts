import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { DeleteFunctionCommand, GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeWithEmulator, eventually, sleep } from './harness';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(120_000);

const REGION = 'ap-northeast-1';
const MINUTE = 60_000;
const arn = (service: string, name: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`;

/** A function that fails as long as its event says, each time with the moment of its clock. */
const template = (settings?: object, statements: object[] = [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }]): Template => ({
  Letters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'letters' } },
  Undelivered: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'undelivered' } },
  Destination: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'destination' } },
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'under-test',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      ...(statements.length > 0 && {
        Policies: [{ PolicyName: 'sends', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
      }),
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
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Letters', 'Arn'] } },
      Code: {
        ZipFile: `exports.handler = async (event, context) => {
          const said = event.detail ?? (event.Records ? JSON.parse(event.Records[0].Sns.Message) : event);
          console.log('RUN ' + JSON.stringify({ at: Date.now(), id: context.awsRequestId, topic: event.Records?.[0].Sns.TopicArn }));
          if (said.until === undefined || Date.now() < said.until) throw new Error('no ' + 'x'.repeat(said.long ?? 1));
          return { done: true };
        };`,
      },
    },
  },
  ...(settings && {
    Settings: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', ...settings },
    },
  }),
});

describeWithEmulator('what nobody could handle', (emulator) => {
  const control = () => emulator().control;
  const lambda = () => new LambdaClient(emulator().client());
  const deploy = async (made: Template) => {
    await new StackClient(emulator()).create('Letters', made);
    await control().freezeClock();
    return (await control().clock()).nowMs;
  };
  const invoke = async (event: object) => {
    const answer = await lambda().send(
      new InvokeCommand({ FunctionName: 'under-test', InvocationType: 'Event', Payload: JSON.stringify(event) }),
    );
    return [answer.StatusCode, answer.FunctionError, answer.Payload?.length ?? 0];
  };
  const received = async (queue: string) => {
    const sqs = new SQSClient(emulator().client());
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], VisibilityTimeout: 0 }),
    );
    return Messages.map(({ Body, MessageAttributes = {} }) => ({
      body: JSON.parse(Body as string),
      ...Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue])),
    }));
  };
  const runs = async (): Promise<{ at: number; id: string; topic?: string }[]> => {
    const answer = await fetch(emulator().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        authorization: `AWS4-HMAC-SHA256 Credential=testing/20300101/${REGION}/logs/aws4_request, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify({ logGroupName: '/aws/lambda/under-test', limit: 10_000 }),
    });
    const { events = [] } = (await answer.json()) as { events?: { message: string }[] };
    return events
      .flatMap(({ message }) => message.split('\n'))
      .filter((line) => line.startsWith('RUN '))
      .map((line) => JSON.parse(line.slice(4)))
      .sort((a, b) => a.at - b.at);
  };
  const counted = async (metric: string) => {
    const { Datapoints = [] } = await new CloudWatchClient(emulator().client()).send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName: metric,
        Dimensions: [{ Name: 'FunctionName', Value: 'under-test' }],
        Period: 60,
        Statistics: ['Sum'],
        StartTime: new Date(Date.now() - 60 * MINUTE),
        EndTime: new Date(Date.now() + 600 * MINUTE),
      }),
    );
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  };

  beforeEach(() => control().reset());

  describe('of asynchronous invocations', () => {
    test('is tried again after one minute and after two, and then is a dead letter with its reason', async () => {
      const start = await deploy(template());
      expect(await invoke({ order: 7, long: 2_000 })).toEqual([202, undefined, 0]);
      expect([await received('letters'), (await runs()).length]).toEqual([[], 1]);
      await control().advanceClock(3 * MINUTE - 1);
      expect([await received('letters'), (await runs()).length]).toEqual([[], 2]);
      await control().advanceClock(1);
      const made = await runs();
      expect(made.map(({ at }) => at - start)).toEqual([0, MINUTE, 3 * MINUTE]);
      expect(await received('letters')).toEqual([
        { body: { order: 7, long: 2_000 }, RequestID: made[0].id, ErrorCode: '200', ErrorMessage: `no ${'x'.repeat(997)}` },
      ]);
      expect([new Set(made.map(({ id }) => id)).size, await counted('Errors')]).toEqual([1, 3]);
      await control().advanceClock(600 * MINUTE);
      expect((await runs()).length).toBe(3);
    });

    test('is no dead letter where a later attempt succeeds', async () => {
      const start = await deploy(template({ DestinationConfig: { OnSuccess: { Destination: arn('sqs', 'destination') } } }));
      await invoke({ until: start + MINUTE });
      await control().advanceClock(60 * MINUTE);
      expect([(await runs()).length, await received('letters')]).toEqual([2, []]);
      expect(await received('destination')).toMatchObject([
        { body: { requestContext: { condition: 'Success', approximateInvokeCount: 2 }, responsePayload: { done: true } } },
      ]);
    });

    test.each([
      [{ MaximumRetryAttempts: 0 }, 'RetriesExhausted', 1, 0],
      [{ MaximumRetryAttempts: 1 }, 'RetriesExhausted', 2, MINUTE],
      [{ MaximumEventAgeInSeconds: 90 }, 'EventAgeExceeded', 2, 1.5 * MINUTE],
    ])('ends as %j says, in the queue and at the destination', async (settings, condition, attempts, endsAfterMs) => {
      await deploy(template({ ...settings, DestinationConfig: { OnFailure: { Destination: arn('sqs', 'destination') } } }));
      await invoke({ order: 7 });
      if (endsAfterMs > 0) {
        await control().advanceClock(endsAfterMs - 1);
        expect(await received('letters')).toEqual([]);
        await control().advanceClock(1);
      }
      expect(await received('letters')).toMatchObject([{ body: { order: 7 } }]);
      expect(await received('destination')).toMatchObject([
        {
          body: {
            version: '1.0',
            requestContext: { functionArn: arn('lambda', 'function:under-test:$LATEST'), condition, approximateInvokeCount: attempts },
            requestPayload: { order: 7 },
            responseContext: { statusCode: 200, functionError: 'Unhandled' },
            responsePayload: { errorType: 'Error', errorMessage: 'no x' },
          },
        },
      ]);
      await control().advanceClock(600 * MINUTE);
      expect([(await runs()).length, (await received('letters')).length]).toEqual([attempts, 1]);
    });

    test('is refused when the function is made, where its role may not send', async () => {
      expect(await new StackClient(emulator()).create('Letters', template(undefined, []))).toMatchObject({
        status: 'ROLLBACK_COMPLETE',
        failures: [expect.stringContaining('does not have permissions to call SendMessage on SQS')],
      });
    });

    test('is lost, and counted, where its role may not send any more', async () => {
      await deploy(template({ MaximumRetryAttempts: 0 }));
      expect(await lambda().send(new GetFunctionConfigurationCommand({ FunctionName: 'under-test' }))).toMatchObject({
        DeadLetterConfig: { TargetArn: arn('sqs', 'letters') },
      });
      await new IAMClient(emulator().client()).send(new DeleteRolePolicyCommand({ RoleName: 'under-test', PolicyName: 'sends' }));
      await invoke({});
      expect([await received('letters'), await counted('DeadLetterErrors')]).toEqual([[], 1]);
    });
  });

  describe('of rules', () => {
    const rule = (retries: object = {}): Template => ({
      ...template({ MaximumRetryAttempts: 0 }),
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: 'orders',
          EventPattern: { source: ['orders'] },
          Targets: [
            {
              Id: 'Function',
              Arn: { 'Fn::GetAtt': ['Function', 'Arn'] },
              DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Undelivered', 'Arn'] } },
              RetryPolicy: retries,
            },
          ],
        },
      },
    });
    const send = (detail: object) =>
      new EventBridgeClient(emulator().client()).send(
        new PutEventsCommand({ Entries: [{ Source: 'orders', DetailType: 'Order', Detail: JSON.stringify(detail) }] }),
      );

    test('is with its function where that fails, and not with the rule', async () => {
      await deploy(rule());
      await send({ order: 7 });
      expect(await eventually('the dead letter', async () => (await received('letters'))[0])).toMatchObject({
        body: { source: 'orders', detail: { order: 7 } },
        ErrorMessage: 'no x',
      });
      expect(await received('undelivered')).toEqual([]);
    });

    test('is in the queue of the target at once where the function is gone', async () => {
      await deploy(rule());
      await lambda().send(new DeleteFunctionCommand({ FunctionName: 'under-test' }));
      await send({ order: 7 });
      const letter = await eventually('the dead letter', async () => (await received('undelivered'))[0]);
      expect(letter).toMatchObject({
        body: { source: 'orders', 'detail-type': 'Order', detail: { order: 7 }, time: expect.stringMatching(/^\d{4}-.*Z$/) },
        RULE_ARN: arn('events', 'rule/orders'),
        TARGET_ARN: arn('lambda', 'function:under-test'),
        ERROR_CODE: 'NO_RESOURCE',
        RETRY_ATTEMPTS: '0',
      });
      expect(letter).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
    });

    test.each([
      [{ MaximumRetryAttempts: 2 }, 'MaximumRetryAttempts', '2'],
      [{ MaximumEventAgeInSeconds: 60 }, 'MaximumEventAgeInSeconds', '5'],
    ])('is tried again while it is throttled, as %j says', async (retries, condition, attempts) => {
      await deploy(rule(retries));
      await control().plantFault({ kind: 'throttle', service: 'lambda', operation: 'Invoke', times: 100 });
      await send({ until: 0 });
      await eventually('the first attempt', async () => (await control().requests({ operation: 'Invoke' })).length > 0);
      await sleep(100);
      await control().advanceClock(60 * MINUTE);
      expect(await received('undelivered')).toMatchObject([
        { ERROR_CODE: 'THROTTLING', EXHAUSTED_RETRY_CONDITION: condition, RETRY_ATTEMPTS: attempts },
      ]);
      expect(await runs()).toEqual([]);
    });

    test('arrives where throttling passes', async () => {
      await deploy(rule());
      await control().plantFault({ kind: 'throttle', service: 'lambda', operation: 'Invoke', times: 3 });
      await send({ until: 0 });
      await eventually('the first attempt', async () => (await control().requests({ operation: 'Invoke' })).length > 0);
      await sleep(100);
      await control().advanceClock(MINUTE);
      expect([(await runs()).length, await received('undelivered'), await received('letters')]).toEqual([1, [], []]);
    });
  });

  describe('of topics', () => {
    const topic = (): Template => ({
      ...template({ MaximumRetryAttempts: 0 }),
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'orders' } },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: { Ref: 'Topic' },
          Protocol: 'lambda',
          Endpoint: { 'Fn::GetAtt': ['Function', 'Arn'] },
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Undelivered', 'Arn'] } },
        },
      },
    });
    const publish = (message: object) =>
      new SNSClient(emulator().client()).send(new PublishCommand({ TopicArn: arn('sns', 'orders'), Message: JSON.stringify(message) }));

    test('is with its function where that fails, which learns the topic', async () => {
      await deploy(topic());
      await publish({ order: 7 });
      expect(await eventually('the dead letter', async () => (await received('letters'))[0])).toMatchObject({
        body: { Records: [{ Sns: { Message: '{"order":7}' } }] },
      });
      expect((await runs()).map(({ topic: from }) => from)).toEqual([arn('sns', 'orders')]);
      expect(await received('undelivered')).toEqual([]);
    });

    test('is in the queue of the subscription where the function is gone', async () => {
      await deploy(topic());
      await lambda().send(new DeleteFunctionCommand({ FunctionName: 'under-test' }));
      await publish({ order: 7 });
      expect(await eventually('the dead letter', async () => (await received('undelivered'))[0])).toMatchObject({
        body: { Type: 'Notification', TopicArn: arn('sns', 'orders'), Message: '{"order":7}' },
        ErrorCode: '404',
      });
    });
  });
});
