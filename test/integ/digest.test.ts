import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DAY, HOUR } from '../../lib/model/time';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, type FaultOptions, synthesise } from '../emulator/harness';
import { type AlarmProperties, evaluate } from '../harness/alarm-evaluator';

const APP = join(__dirname, 'fixtures', 'digest-app.ts');
const PRIMARY = 'ap-northeast-1';
const RECOVERY = 'ap-northeast-3';
const MINUTE = 60_000;

jest.setTimeout(300_000);

interface Heard {
  readonly title: string;
  readonly lines: readonly string[];
  readonly context: Readonly<Record<string, string>>;
}

describeWithEmulator('the weekly digest, deployed by the CDK command line', (emulator) => {
  let assembly: string;
  let input: string;

  const sqs = () => new SQSClient(emulator().client(PRIMARY));
  const functionOf = async (construct: string) => {
    const functions = await emulator().control.deployed({ type: 'AWS::Lambda::Function', region: PRIMARY });
    return functions.find(({ logicalId }) => logicalId.startsWith(construct))?.physicalId as string;
  };

  async function received(queue: string): Promise<string[]> {
    const { QueueUrl } = await sqs().send(new GetQueueUrlCommand({ QueueName: queue }));
    const { Messages = [] } = await sqs().send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { ReceiptHandle } of Messages) {
      await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return Messages.map(({ Body }) => Body as string);
  }

  async function heard(severity: string): Promise<Heard[]> {
    return (await received(`heard-${severity}`)).map((body) => {
      const { content, metadata } = JSON.parse(body);
      return { title: content.title, lines: content.description.split('\n'), context: metadata.additionalContext };
    });
  }

  /** As its schedule does; answers whether the function failed. */
  async function send(payload = input): Promise<string | undefined> {
    const name = await functionOf('NotificationsDigest');
    const { FunctionError } = await new LambdaClient(emulator().client(PRIMARY)).send(
      new InvokeCommand({ FunctionName: name, Payload: payload }),
    );
    return FunctionError;
  }

  const told = async () => ({ low: await heard('low'), high: await heard('high') });

  async function withFault<T>(fault: FaultOptions, action: () => Promise<T>): Promise<T> {
    await emulator().control.plantFault(fault);
    try {
      return await action();
    } finally {
      await emulator().control.healFaults();
    }
  }

  beforeAll(async () => {
    assembly = await synthesise(APP);
    expect(await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${PRIMARY}`, `aws://${ACCOUNT}/${RECOVERY}`])).toMatchObject({
      exitCode: 0,
    });
    expect(await deployWithCli({ emulator: emulator(), assembly })).toMatchObject({ exitCode: 0 });
    for (const region of [PRIMARY, RECOVERY]) {
      for (const { physicalId } of await emulator().control.deployed({ type: 'AWS::Events::Rule', region })) {
        await new EventBridgeClient(emulator().client(region)).send(new DisableRuleCommand({ Name: physicalId.split('/').pop() }));
      }
    }
    const [schedule] = await emulator().control.deployed({ type: 'AWS::Scheduler::Schedule', region: PRIMARY });
    input = (schedule.properties.Target as { Input: string }).Input;
    // half past two on a Monday, six and a half hours before the digest
    const { nowMs } = await emulator().control.clock();
    const monday = Math.ceil((nowMs - 4 * DAY) / (7 * DAY)) * 7 * DAY + 4 * DAY;
    await emulator().control.freezeClock(new Date(monday + 2.5 * HOUR));
    expect(new Date(monday).getUTCDay()).toBe(1);
  });
  afterAll(() => rmSync(assembly, { recursive: true, force: true }));

  test('of an account in which nothing was measured is no success', async () => {
    expect(await send()).toBeUndefined();
    const { low, high } = await told();
    expect(low).toEqual([]);
    expect(high).toMatchObject([
      { title: expect.stringMatching(/cannot say that all is well/), context: { digest: 'blind', severity: 'high' } },
    ]);
    expect(high[0].lines).toContainEqual(expect.stringMatching(/^NOT LOOKED AT - .*Protection.*: not measured in the whole week$/));
  });

  test('comes by its schedule, and tells what went well to the topic of low severity', async () => {
    const watch = await functionOf('WatchFreshness');
    for (let hour = 0; hour < 6; hour++) {
      await emulator().control.advanceClock(HOUR);
      if (hour > 0) {
        await new LambdaClient(emulator().client(PRIMARY)).send(new InvokeCommand({ FunctionName: watch }));
      }
    }
    expect(await told()).toEqual({ low: [], high: [] });
    await emulator().control.advanceClock(HOUR);
    const { low, high } = await told();
    expect(high).toEqual([]);
    expect(low).toMatchObject([
      { title: 'Weekly digest: all that was judged is well', context: { digest: 'good', severity: 'low', region: PRIMARY } },
    ]);
    expect(low[0].lines).toContainEqual(
      expect.stringMatching(/^ok - .*Protection.*: at worst .* old in ap-northeast-\d\/.*, at worst \d+ % of the promised RPO$/),
    );
    expect(low[0].lines).toContainEqual(expect.stringMatching(/^ok - ap-northeast-1\/.*: \d+ backups completed$/));
    expect(low[0].lines).toContainEqual(expect.stringMatching(/^ok - ap-northeast-1\/.*: \d+ copies completed$/));
    expect(low[0].lines).toContainEqual(expect.stringMatching(/^note - ap-northeast-3\/.*: no restore ran$/));
  });

  test.each<[string, FaultOptions]>([
    ['throttled now and then', { kind: 'throttle', service: 'cloudwatch', times: 4 }],
    ['answered too late once', { kind: 'hang', service: 'cloudwatch', operation: 'ListMetrics', delayMs: 30_000 }],
    ['throttled by SNS', { kind: 'throttle', service: 'sns', operation: 'Publish', times: 2 }],
  ])('waits where it is %s', async (_what, fault) => {
    expect(await withFault(fault, () => send())).toBeUndefined();
    expect(await told()).toMatchObject({ low: [{ context: { digest: 'good' } }], high: [] });
  });

  test.each<[string, FaultOptions, RegExp]>([
    [
      'may not read metrics',
      { kind: 'accessDenied', service: 'cloudwatch', operation: 'GetMetricData', times: 100 },
      /what the watch measured in ap-northeast-1: AccessDenied/,
    ],
    [
      'may not list metrics',
      { kind: 'accessDenied', service: 'cloudwatch', operation: 'ListMetrics', times: 100 },
      /what the watch measured in ap-northeast-1: AccessDenied/,
    ],
    [
      'is throttled all the time',
      { kind: 'throttle', service: 'cloudwatch', region: PRIMARY, times: 100 },
      /jobs in ap-northeast-1: Throttling/,
    ],
    [
      'gets errors',
      { kind: 'internalError', service: 'cloudwatch', region: RECOVERY, times: 100 },
      /jobs in ap-northeast-3: InternalServerError/,
    ],
  ])('says so and is no success where it %s', async (_what, fault, words) => {
    expect(await withFault(fault, () => send())).toBeUndefined();
    const { low, high } = await told();
    expect(low).toEqual([]);
    expect(high).toMatchObject([
      { title: expect.stringMatching(/^Weekly digest: cannot say that all is well/), context: { digest: 'blind' } },
    ]);
    expect(high[0].lines.join('\n')).toMatch(words);
  });

  test('says so and is no success where the recovery Region is lost', async () => {
    await emulator().control.loseRegion(RECOVERY);
    expect(await send()).toBeUndefined();
    await emulator().control.loseRegion(RECOVERY, false);
    const { low, high } = await told();
    expect(low).toEqual([]);
    expect(high[0].lines).toContainEqual(expect.stringMatching(/^NOT LOOKED AT - jobs in ap-northeast-3: ServiceUnavailable/));
    expect(high[0].lines).toContainEqual(expect.stringMatching(/^ok - ap-northeast-1\/.*backups completed$/));
  });

  test('is a dead letter where it cannot be published, rings, and can be sent again from there', async () => {
    await withFault({ kind: 'accessDenied', service: 'sns', operation: 'Publish', times: 100 }, async () => {
      const name = await functionOf('NotificationsDigest');
      await new LambdaClient(emulator().client(PRIMARY)).send(
        new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload: input }),
      );
    });
    expect(await told()).toEqual({ low: [], high: [] });
    const queues = await emulator().control.deployed({ type: 'AWS::SQS::Queue', region: PRIMARY });
    const queue = queues
      .find(({ logicalId }) => logicalId.startsWith('NotificationsDigest'))
      ?.physicalId.split('/')
      .pop() as string;
    const letters = await received(queue);
    expect(letters).toEqual([expect.stringContaining('"watches"')]);
    const alarms = await emulator().control.deployed({ type: 'AWS::CloudWatch::Alarm', region: PRIMARY });
    const alarm = alarms.find(({ logicalId }) => logicalId.startsWith('NotificationsDigest'))?.properties as unknown as AlarmProperties;
    const { nowMs } = await emulator().control.clock();
    const depth = { ApproximateNumberOfMessagesVisible: [{ atMs: nowMs - MINUTE, value: letters.length }] };
    expect([evaluate(alarm, depth, nowMs, 'OK'), (alarm as unknown as { AlarmActions: unknown[] }).AlarmActions.length]).toEqual([
      'ALARM',
      1,
    ]);
    expect(await send(letters[0])).toBeUndefined();
    expect((await told()).low).toHaveLength(1);
  });

  test('is one of high severity where copies failed, and where what is promised was stale', async () => {
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'copy', times: 100 });
    const watch = await functionOf('WatchFreshness');
    for (let hour = 0; hour < 5; hour++) {
      await emulator().control.advanceClock(HOUR);
      await new LambdaClient(emulator().client(PRIMARY)).send(new InvokeCommand({ FunctionName: watch }));
    }
    await emulator().control.advanceClock(HOUR);
    expect(await send()).toBeUndefined();
    const { low, high } = await told();
    expect(low).toEqual([]);
    expect(high).toMatchObject([{ title: expect.stringMatching(/^Weekly digest: \d+ to look into$/), context: { digest: 'bad' } }]);
    expect(high[0].lines).toContainEqual(expect.stringMatching(/^LOOK INTO - .*Protection.*: up to 1 stale in ap-northeast-3\//));
    expect(high[0].lines).toContainEqual(
      expect.stringMatching(/^LOOK INTO - ap-northeast-1\/.*: \d+ copies failed, \d+ copies completed$/),
    );
  });

  test('is no success where the watch has not run for a day', async () => {
    await emulator().control.healFaults();
    await emulator().control.advanceClock(DAY + 2 * HOUR);
    await send();
    const { low, high } = await told();
    expect(low).toEqual([]);
    expect(high[0].lines).toContainEqual(expect.stringMatching(/^NOT LOOKED AT - .*: not measured since \d{4}-\d\d-\d\d \d\d:00 UTC$/));
  });
});
