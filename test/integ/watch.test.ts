import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HOUR, MINUTE } from '../../lib/model/time';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, eventually, synthesise } from '../emulator/harness';
import { type AlarmProperties, type AlarmState, evaluate, type MetricSeries, type MetricValue } from '../harness/alarm-evaluator';

const APP = join(__dirname, 'fixtures', 'watched-app.ts');
const PRIMARY = 'ap-northeast-1';
const RECOVERY = 'ap-northeast-3';

/** Deployments and functions take minutes where the machine has much else to do. */
const PATIENCE_MS = 120_000;

jest.setTimeout(600_000);

describeWithEmulator('a watch, deployed by the CDK command line', (emulator) => {
  let assembly: string;
  const states = new Map<string, AlarmState>();

  /** What the function of a Region wrote since the test began, as metrics of the whole watch. */
  async function metricsOf(region: string): Promise<MetricSeries> {
    // the emulator writes to the group that a function has by default
    const [{ physicalId }] = await emulator().control.deployed({ type: 'AWS::Lambda::Function', region });
    const answer = await fetch(emulator().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        authorization: `AWS4-HMAC-SHA256 Credential=testing/20300101/${region}/logs/aws4_request, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify({ logGroupName: `/aws/lambda/${physicalId}`, limit: 10_000 }),
    });
    // before the first run there is no group, and the answer an error
    const { events = [] } = (await answer.json()) as { events?: { message: string }[] };
    const series: Record<string, MetricValue[]> = {};
    for (const message of events.flatMap(({ message: text }) => text.split('\n')).filter((text) => text.startsWith('{"_aws"'))) {
      const { _aws, ...values } = JSON.parse(message);
      for (const [name, value] of 'Place' in values ? [] : Object.entries(values)) {
        if (typeof value === 'number') {
          series[name] = [...(series[name] ?? []), { atMs: _aws.Timestamp, value }];
        }
      }
    }
    return Object.fromEntries(Object.entries(series).map(([name, list]) => [name, list.sort((a, b) => a.atMs - b.atMs)]));
  }

  /** Alarms that ring in a Region, by what the deployed alarms say of what the deployed function wrote. */
  async function ringing(region: string): Promise<string[]> {
    const [series, alarms, { nowMs }] = await Promise.all([
      metricsOf(region),
      emulator().control.deployed({ type: 'AWS::CloudWatch::Alarm', region }),
      emulator().control.clock(),
    ]);
    return alarms
      .filter(({ logicalId }) => !logicalId.includes('DeadLetters'))
      .flatMap(({ logicalId, properties }) => {
        const key = `${region} ${logicalId}`;
        const state = evaluate(properties as unknown as AlarmProperties, series, nowMs, states.get(key) ?? 'INSUFFICIENT_DATA');
        states.set(key, state);
        return state === 'ALARM' ? [/Freshness([A-Z][A-Za-z]+?)[0-9A-F]{8}$/.exec(logicalId)?.[1] ?? logicalId] : [];
      })
      .sort();
  }

  async function invoke(region: string): Promise<void> {
    const [{ physicalId }] = await emulator().control.deployed({ type: 'AWS::Lambda::Function', region });
    await new LambdaClient(emulator().client(region)).send(new InvokeCommand({ FunctionName: physicalId }));
  }

  /**
   * Hour by hour, for alarms keep a state. The functions are run by hand: the emulator does not wait for those that its clock
   * runs, and they would see recovery points from their future.
   */
  async function hours(count: number, watching = [PRIMARY, RECOVERY]): Promise<void> {
    for (let hour = 0; hour < count; hour++) {
      await emulator().control.advanceClock(HOUR);
      await Promise.all(watching.map(invoke));
      await ringing(PRIMARY);
      await ringing(RECOVERY);
    }
  }

  async function stopSchedule(region: string): Promise<void> {
    const [{ physicalId }] = await emulator().control.deployed({ type: 'AWS::Events::Rule', region });
    await new EventBridgeClient(emulator().client(region)).send(new DisableRuleCommand({ Name: physicalId.split('/').pop() }));
  }

  const newest = async (region: string) =>
    Object.fromEntries(Object.entries(await metricsOf(region)).map(([name, list]) => [name, list.at(-1)?.value]));

  beforeAll(async () => {
    assembly = await synthesise(APP);
    expect(await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${PRIMARY}`, `aws://${ACCOUNT}/${RECOVERY}`])).toMatchObject({
      exitCode: 0,
    });
  });
  afterAll(() => rmSync(assembly, { recursive: true, force: true }));

  test('deploys its recovery side alone, runs on its schedule, and awaits the plan there', async () => {
    const recovery = `Watched-recovery-${RECOVERY}`;
    expect(await deployWithCli({ emulator: emulator(), assembly, stacks: [recovery] })).toMatchObject({ exitCode: 0 });
    await emulator().control.freezeClock();
    // so that the log is looked for before it is there, however quick the machine
    await emulator().control.plantFault({ kind: 'delay', service: 'lambda', operation: 'Invoke', delayMs: 2_000 });
    await emulator().control.advanceClock(HOUR);
    const ofTheSchedule = async () => {
      const found = await newest(RECOVERY);
      return found.Heartbeat && found;
    };
    const metrics = await eventually('the run of the schedule', ofTheSchedule, PATIENCE_MS);
    expect(metrics).toMatchObject({ Fresh: 0, Awaited: 1, Missing: 0, Unknown: 0, Heartbeat: 1 });
    await stopSchedule(RECOVERY);
  });

  test('deploys, and awaits the first recovery points of a new table', async () => {
    await emulator().control.resumeClock();
    expect(await deployWithCli({ emulator: emulator(), assembly })).toMatchObject({ exitCode: 0 });
    await emulator().control.freezeClock();
    await stopSchedule(PRIMARY);
    await Promise.all([PRIMARY, RECOVERY].map(invoke));
    expect(await newest(PRIMARY)).toMatchObject({ Fresh: 1, Awaited: 2, Missing: 0, Unknown: 0, Heartbeat: 1 });
    expect(await newest(RECOVERY)).toMatchObject({ Fresh: 0, Awaited: 1, Missing: 0, Unknown: 0, Heartbeat: 1 });
  });

  test('sees the table and its copy fresh, in both Regions', async () => {
    await hours(4);
    expect(await newest(PRIMARY)).toMatchObject({ Fresh: 3, Stale: 0, Missing: 0, Awaited: 0, Unknown: 0, Heartbeat: 1 });
    expect(await newest(RECOVERY)).toMatchObject({ Fresh: 1, Stale: 0, Missing: 0, Awaited: 0, Unknown: 0, Heartbeat: 1 });
    expect([await ringing(PRIMARY), await ringing(RECOVERY)]).toEqual([[], []]);
  });

  test('rings in both Regions within hours when copies stop, while the originals are fresh', async () => {
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'copy', times: 100 });
    await hours(5);
    expect(await newest(PRIMARY)).toMatchObject({ Fresh: 2, Stale: 1 });
    expect([await ringing(PRIMARY), await ringing(RECOVERY)]).toEqual([['Stale'], ['Stale']]);
  });

  test('is quiet again when they go on', async () => {
    await emulator().control.healFaults();
    await hours(3);
    expect([await ringing(PRIMARY), await ringing(RECOVERY)]).toEqual([[], []]);
  });

  test('rings where it may not look any more', async () => {
    await emulator().control.plantFault({ kind: 'accessDenied', service: 'backup', operation: 'ListBackupPlans', times: 100 });
    await hours(3);
    expect(await newest(PRIMARY)).toMatchObject({ Fresh: 0, Unknown: 3, Heartbeat: 1 });
    expect([await ringing(PRIMARY), await ringing(RECOVERY)]).toEqual([['CannotLook'], ['CannotLook']]);
    await emulator().control.healFaults();
    await hours(3);
    expect(await ringing(PRIMARY)).toEqual([]);
  });

  test('rings when it does not run any more, and only there', async () => {
    await hours(3, [RECOVERY]);
    expect([await ringing(PRIMARY), await ringing(RECOVERY)]).toEqual([['Silent'], []]);
  });

  test('leaves a dead letter that rings where a run of its schedule fails, and is told of by the queue until the next', async () => {
    const functionsOf = (region: string) => emulator().control.deployed({ type: 'AWS::Lambda::Function', region });
    await emulator().control.plantFault({ kind: 'accessDenied', service: 'backup', operation: 'ListBackupPlans', times: 100 });
    const [{ physicalId }] = await functionsOf(PRIMARY);
    const event = { source: 'aws.events', 'detail-type': 'Scheduled Event' };
    await new LambdaClient(emulator().client(PRIMARY)).send(
      new InvokeCommand({ FunctionName: physicalId, InvocationType: 'Event', Payload: JSON.stringify(event) }),
    );
    await emulator().control.healFaults();
    const sqs = new SQSClient(emulator().client(PRIMARY));
    const [{ physicalId: queue, properties }] = await emulator().control.deployed({ type: 'AWS::SQS::Queue', region: PRIMARY });
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue.split('/').pop() }));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => JSON.parse(Body as string))).toEqual([event]);
    expect(Messages[0].MessageAttributes?.ErrorMessage.StringValue).toMatch(/^\d+ could not be looked at/);
    // the next run makes up for it
    expect(properties.MessageRetentionPeriod).toBe(3_600);
    const alarms = await emulator().control.deployed({ type: 'AWS::CloudWatch::Alarm', region: PRIMARY });
    const alarm = alarms.find(({ logicalId }) => logicalId.includes('DeadLetters'))?.properties as unknown as AlarmProperties;
    const { nowMs } = await emulator().control.clock();
    const depth = Array.from({ length: 10 }, (_, index) => ({ atMs: nowMs - index * MINUTE, value: Messages.length }));
    expect(evaluate(alarm, { ApproximateNumberOfMessagesVisible: depth }, nowMs, 'OK')).toBe('ALARM');
  });
});
