import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { describeWithEmulator, eventually, sleep } from '../emulator/harness';
import { callService } from '../emulator/raw-client';
import { recordsOf } from './fixtures/recovery-evidence';
import { inventoryOf } from './fixtures/recovery-inventory';
import { OSAKA, SITES, Sites, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(600_000);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** After so long an alarm is about another disruption. */
const LATER = 20 * MINUTE;

describeWithEmulator('a site whose fault is drilled, and whose loss is noticed', (emulator) => {
  /** What answers with 200 at the addresses that the site that waits looks at. */
  const answering = new Set(['tokyo', 'osaka', 'elsewhere']);
  const context: Record<string, unknown> = {};
  const sites = new Sites(emulator, context, 'recovery-drills-app.ts');
  let server: Server;

  const runs = async (region: string) => {
    const { executions = [] } = await sites.sfn(region).send(new ListExecutionsCommand({ stateMachineArn: sites.machineOf(region) }));
    return executions.map(({ name = '' }) => name);
  };
  /** The execution that something begins. */
  const begun = async (region: string, before: readonly string[]) =>
    eventually('a run', async () => (await runs(region)).find((name) => !before.includes(name)), 60_000);
  const ring = async () => {
    const cloudwatch = new CloudWatchClient(emulator().client(OSAKA));
    for (const StateValue of ['OK', 'ALARM'] as const) {
      await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders-down', StateValue, StateReason: 'a test' }));
    }
  };
  const atRest = async () => ({
    traffic: await sites.traffic(),
    tokyo: [(await sites.register(TOKYO))?.role ?? 'active', await sites.data.counts(TOKYO)],
    osaka: [(await sites.register(OSAKA))?.role ?? 'standby', await sites.data.counts(OSAKA)],
  });
  const REST = { traffic: TOKYO, tokyo: ['active', { api: [4, 4] }], osaka: ['standby', { api: [1, 1] }] };
  const fis = async (method: string, path: string) => (await callService(emulator(), { service: 'fis', region: TOKYO, method, path })).body;
  const cart = (name: string) => ({ TableName: 'carts', Key: { id: { S: name } } });
  const hasCart = async (region: string, name: string) =>
    (await new DynamoDBClient(emulator().client(region)).send(new GetItemCommand(cart(name)))).Item !== undefined;
  const putCart = async (region: string, name: string) => {
    await new DynamoDBClient(emulator().client(region)).send(new PutItemCommand({ TableName: 'carts', Item: cart(name).Key }));
  };

  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => response.writeHead(answering.has(url.slice(1)) ? 200 : 503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.port = (server.address() as AddressInfo).port;
    await sites.prepare();
    await sites.deploy();
    await sites.stopGuards();
    await Promise.all(SITES.map((region) => sites.people.listen(region)));
  });
  afterAll(async () => {
    await sites.dispose();
    await new Promise((resolve) => server.close(resolve));
  });

  test('the drill that is due breaks the active site by an experiment, fails over and goes back, and stops the experiment', async () => {
    const left = async () => [await inventoryOf(emulator(), TOKYO), await inventoryOf(emulator(), OSAKA), await atRest()];
    await putCart(TOKYO, 'before');
    await eventually('the cart in Osaka', () => hasCart(OSAKA, 'before'));
    const before = await left();
    // nothing of the fault may heal while the run is looked at
    await sites.control.plantFault({ kind: 'delay', delayMs: 4_000, service: 'ecs', operation: 'UpdateService', region: OSAKA });
    const { nowMs } = await sites.control.clock();
    const due = new Date(nowMs);
    due.setUTCDate(28);
    due.setUTCHours(3, 0, 1);
    await sites.control.advanceClock((due.getTime() < nowMs ? due.setUTCMonth(due.getUTCMonth() + 1) : due.getTime()) - nowMs);
    const name = await begun(OSAKA, []);
    const id = (await eventually('the run', async () => (await sites.register(OSAKA))?.run?.input.id, 60_000)) as string;
    expect(id).toMatch(/^drill-/);
    const paused = await eventually('the fault', async () => {
      const { pausedReplication } = await sites.failover.disruptions();
      return pausedReplication.length > 0 && pausedReplication;
    });
    expect(paused.join()).toContain('carts');

    expect(await sites.through(OSAKA, name)).toEqual({ status: 'SUCCEEDED' });
    const back = await begun(TOKYO, []);
    expect(await sites.through(TOKYO, back)).toEqual({ status: 'SUCCEEDED' });
    const [again] = await eventually('the rebuild', async () => {
      const all = (await runs(OSAKA)).filter((one) => one !== name);
      return all.length > 0 && all;
    });
    expect(await sites.through(OSAKA, again)).toEqual({ status: 'SUCCEEDED' });
    expect([back, again]).toEqual([`${id}-back`, `${id}-back-rebuild`]);

    const { steps } = (await recordsOf(emulator(), OSAKA))[0].run;
    const experiment = steps.inject.facts?.experiment as string;
    expect((await fis('GET', `/experiments/${experiment}`)).experiment).toMatchObject({ state: { status: 'stopped' } });
    expect(await sites.failover.disruptions()).toEqual({ pausedReplication: [], disruptedConnectivity: [] });
    expect(await left()).toEqual(before);
  });

  test('what the drill took and lost is on record at both sites, measured against the objective', async () => {
    const said = async (region: string) =>
      (await recordsOf(emulator(), region)).map(({ run, outcome, achieved }) => [
        `${run.input.drill ? 'drill: ' : ''}${run.input.kind}`,
        outcome,
        achieved.recoveryTime.outcome,
      ]);
    expect(await said(OSAKA)).toEqual([
      ['drill: failover', 'completed', 'kept'],
      ['drill: rebuild', 'completed', 'kept'],
    ]);
    expect(await said(TOKYO)).toEqual([['drill: failback', 'completed', 'kept']]);
  });

  test('an alarm asks for a failover; where somebody refuses, nothing is changed', async () => {
    await sites.pass(LATER);
    const before = await runs(OSAKA);
    await ring();
    const name = await begun(OSAKA, before);
    const { text } = await sites.people.refuse(OSAKA);
    expect(text).toContain('alarm orders-down asks for a failover');
    expect(await sites.endOf(OSAKA, name)).toMatchObject({ error: 'RecoveryAborted', problem: expect.stringContaining('Refused') });
    expect(await atRest()).toEqual(REST);
    expect((await sites.people.heard(OSAKA, /^ABORTED: failover/)).text).toContain('Nothing was changed');
  });

  test('where nobody answers, the run ends when its time is over, and nothing is changed', async () => {
    await sites.pass(LATER);
    const before = await runs(OSAKA);
    await sites.control.settings({ timeoutScale: 0.005 });
    await ring();
    const name = await begun(OSAKA, before);
    await sites.people.heard(OSAKA, /^Approve\?/);
    expect(await sites.endOf(OSAKA, name)).toMatchObject({ error: 'RecoveryAborted', problem: expect.stringContaining('States.Timeout') });
    await sites.control.settings({ timeoutScale: 1 });
    expect(await atRest()).toEqual(REST);
    const [record] = (await recordsOf(emulator(), OSAKA)).slice(-1);
    expect(record).toMatchObject({ outcome: 'aborted', approval: { required: true }, run: { input: { by: 'alarm orders-down' } } });
    expect(record.approval.given).toBeUndefined();
  });

  test('a site that sees nothing at all takes nobody for lost', async () => {
    await sites.pass(LATER);
    await sites.control.settings({ alarmsFollowMetrics: true });
    answering.clear();
    const before = await runs(OSAKA);
    for (let minute = 0; minute < 4; minute++) {
      await sites.pass();
      await sites.guard(OSAKA);
    }
    await sleep(1_000);
    expect(await runs(OSAKA)).toEqual(before);
    answering.add('elsewhere').add('osaka').add('tokyo');
    await sites.pass();
    await sites.guard(OSAKA);
  });

  test('silence of the active site rings after as many looks, somebody approves, and Osaka takes over', async () => {
    answering.delete('tokyo');
    const before = await runs(OSAKA);
    await sites.pass();
    await sites.guard(OSAKA);
    await sleep(1_000);
    expect(await runs(OSAKA)).toEqual(before);
    await sites.pass();
    await sites.guard(OSAKA);
    const name = await begun(OSAKA, before);
    const { text } = await sites.people.approve(OSAKA);
    expect(text).toMatch(/alarm \S+ asks for a failover/);
    expect(await sites.endOf(OSAKA, name)).toEqual({ status: 'SUCCEEDED' });
    expect(await atRest()).toEqual({ traffic: OSAKA, tokyo: ['fenced', { api: [0, 0] }], osaka: ['active', { api: [4, 4] }] });
    const [{ achieved, run }] = (await recordsOf(emulator(), OSAKA)).slice(-1);
    expect(run).toMatchObject({ peerState: 'confirmed', input: { id: name, kind: 'failover' } });
    // counted from before the looks that have failed
    expect(run.begunMs - (run.input.sinceMs ?? 0)).toBeGreaterThanOrEqual(2 * MINUTE);
    expect(achieved.recoveryTime).toMatchObject({ outcome: 'kept', promisedMs: HOUR });
  });

  test('where nobody is to be asked, the next silence ends in a failover without any person', async () => {
    answering.add('tokyo');
    await sites.pass(LATER);
    expect(await sites.run(TOKYO, { kind: 'rebuild', id: 'again', by: 'a person' })).toEqual({ status: 'SUCCEEDED' });
    await sites.deploy({ unattended: true }, (_, name) => name.startsWith('Orders-recovery-'));
    await sites.control.forgetRequests();
    const before = await runs(TOKYO);
    answering.delete('osaka');
    for (let look = 0; look < 2; look++) {
      await sites.pass();
      await sites.guard(TOKYO);
    }
    const name = await begun(TOKYO, before);
    expect(await sites.endOf(TOKYO, name)).toEqual({ status: 'SUCCEEDED' });
    expect(await atRest()).toEqual({ traffic: TOKYO, tokyo: ['active', { api: [4, 4] }], osaka: ['fenced', { api: [0, 0] }] });
    expect(await sites.control.requests({ operation: 'SendTaskSuccess' })).toEqual([]);
    const [{ approval, run, outcome }] = (await recordsOf(emulator(), TOKYO)).slice(-1);
    expect({ approval, outcome }).toEqual({ approval: { required: false }, outcome: 'completed' });
    expect(run).toMatchObject({ peerState: 'confirmed', input: { id: name, kind: 'failover', by: expect.stringMatching(/^alarm /) } });
  });
});
