import { DisableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describeWithEmulator, eventually } from '../emulator/harness';
import { type AlarmProperties, type AlarmState, evaluate, type MetricSeries, type MetricValue } from '../harness/alarm-evaluator';
import { REGION, Verified } from './fixtures/verified';

jest.setTimeout(300_000);

const HOUR = 3_600_000;

describeWithEmulator('the alarms of restore tests', (emulator) => {
  const app = new Verified(emulator);
  const states = new Map<string, AlarmState>();

  const functionNamed = async (part: string): Promise<string> => {
    const functions = await app.control.deployed({ type: 'AWS::Lambda::Function', region: REGION });
    return functions.find(({ logicalId }) => logicalId.startsWith(`Workflow${part}Function`))?.physicalId as string;
  };

  /** What both functions have written as metrics of the whole verification. */
  async function metrics(): Promise<MetricSeries> {
    const series: Record<string, MetricValue[]> = {};
    for (const part of ['Steps', 'Watch']) {
      for (const message of await linesOf(await functionNamed(part))) {
        const { _aws, ...values } = JSON.parse(message);
        for (const [name, value] of 'Resource' in values ? [] : Object.entries(values)) {
          if (typeof value === 'number') {
            series[name] = [...(series[name] ?? []), { atMs: _aws.Timestamp, value }];
          }
        }
      }
    }
    return Object.fromEntries(Object.entries(series).map(([name, list]) => [name, list.sort((a, b) => a.atMs - b.atMs)]));
  }

  async function linesOf(name: string): Promise<string[]> {
    const answer = await fetch(emulator().url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.FilterLogEvents',
        authorization: `AWS4-HMAC-SHA256 Credential=testing/20300101/${REGION}/logs/aws4_request, SignedHeaders=host, Signature=none`,
      },
      // the emulator writes to the group that a function has by default
      body: JSON.stringify({ logGroupName: `/aws/lambda/${name}`, limit: 10_000 }),
    });
    const { events = [] } = (await answer.json()) as { events?: { message: string }[] };
    return events.flatMap(({ message }) => message.split('\n')).filter((line) => line.startsWith('{"_aws"'));
  }

  /** Which alarms ring, by what the deployed ones say of what the deployed functions wrote. */
  async function ringing(): Promise<string[]> {
    const [series, alarms, { nowMs }] = [
      await metrics(),
      await app.control.deployed({ type: 'AWS::CloudWatch::Alarm', region: REGION }),
      await app.control.clock(),
    ];
    return alarms
      .filter(({ logicalId }) => !logicalId.includes('DeadLetters'))
      .flatMap(({ logicalId, properties }) => {
        const state = evaluate(properties as unknown as AlarmProperties, series, nowMs, states.get(logicalId) ?? 'INSUFFICIENT_DATA');
        states.set(logicalId, state);
        return state === 'ALARM' ? [/^Workflow([A-Za-z]+)Alarm/.exec(logicalId)?.[1] ?? logicalId] : [];
      })
      .sort();
  }

  /** Hour by hour, for alarms keep a state; the watch is run by hand, so that it has come to its end. */
  async function hours(count: number, watching = true): Promise<string[]> {
    let rings: string[] = [];
    for (let hour = 0; hour < count; hour++) {
      await app.control.advanceClock(HOUR);
      if (watching) {
        await look();
      }
      rings = await ringing();
    }
    return rings;
  }

  async function look(): Promise<void> {
    const event = JSON.stringify({ 'detail-type': 'Scheduled Event' });
    const { FunctionError } = await new LambdaClient(emulator().client(REGION)).send(
      new InvokeCommand({ FunctionName: await functionNamed('Watch'), Payload: event }),
    );
    expect(FunctionError).toBeUndefined();
  }

  beforeAll(async () => {
    await app.deploy();
    const rules = await app.control.deployed({ type: 'AWS::Events::Rule', region: REGION });
    const name = rules
      .find(({ logicalId }) => logicalId.startsWith('WorkflowSchedule'))
      ?.physicalId.split('/')
      .pop();
    await new EventBridgeClient(emulator().client(REGION)).send(new DisableRuleCommand({ Name: name }));
  });
  afterAll(() => app.dispose());
  beforeEach(() => app.control.healFaults());

  test('are silent while the first tests may still come', async () => {
    expect(await hours(3)).toEqual([]);
  });

  test('ring at once when a test fails, and as long as no other is good', async () => {
    await app.endOf(await app.testTable('fails'));
    expect(await hours(1, false)).toEqual(['Failed']);
    expect(await hours(2)).toEqual(['Failed']);
  });

  test('ring for data that is too old, and not again for what is known', async () => {
    await app.endOf(await app.testTable('stale'));
    expect(await hours(2)).toEqual(['Failed', 'Old']);
  });

  test('ring when an instance cannot be deleted, and the cluster for that reason neither', async () => {
    await app.backUp(app.arnOf('rds', 'cluster:ledger'));
    await app.control.plantFault({ kind: 'accessDenied', service: 'rds', operation: 'DeleteDBInstance', times: 1000 });
    const job = await app.restore('ledger');
    expect(await app.endOf(job)).toMatchObject({ verdict: { status: 'SUCCESSFUL' }, cleanUp: { status: 'unknown' } });
    const left = await eventually('the end of the deletion', async () => {
      const found = await app.restoreJob(job);
      return found.DeletionStatus === 'FAILED' && found;
    });
    expect(left.DeletionStatusMessage).toMatch(/still contains DB instances/);
    expect(await hours(2)).toEqual(['Failed', 'Old', 'Remains']);
  });

  test('ring when tests are missing for longer than they may take', async () => {
    await app.control.advanceClock(8 * 24 * HOUR);
    expect(await hours(2)).toEqual(expect.arrayContaining(['Failed', 'Missing', 'Old', 'Remains']));
  });

  test('ring when nothing is heard of the watch', async () => {
    expect(await hours(3)).not.toContain('Silent');
    expect(await hours(3, false)).not.toContain('Silent');
    expect(await hours(1, false)).toContain('Silent');
    expect(await hours(2)).not.toContain('Silent');
  });

  test.each([[{}], [{ 'detail-type': 'Restore Job State Change', detail: { status: 'COMPLETED' } }], [{ step: 'nonsense', state: {} }]])(
    'an event that makes no sense fails, so that it becomes a dead letter: %j',
    async (event) => {
      const { FunctionError } = await new LambdaClient(emulator().client(REGION)).send(
        new InvokeCommand({ FunctionName: await functionNamed('Watch'), Payload: JSON.stringify(event) }),
      );
      expect(FunctionError).toBe('Unhandled');
    },
  );
});
