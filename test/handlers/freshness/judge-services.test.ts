import type { ConfiguredService, FreshnessConfig } from '../../../lib/model/freshness';
import { HOUR, MINUTE } from '../../../lib/model/time';
import { configOf, FakeAccount, NOW, OSAKA, run, TOKYO, tableArn } from './fake-ports';

const LIMIT = 35 * MINUTE;
const dbArn = (name: string) => `arn:aws:rds:${TOKYO}:111122223333:db:${name}`;
const clusterArn = `arn:aws:rds:${TOKYO}:111122223333:cluster:orders`;
const withServices = (services: readonly ConfiguredService[], types: FreshnessConfig['plans'][0]['promises'][0]['types'] = ['DynamoDB']) =>
  configOf({ plans: [{ name: 'plan', label: 'Orders/Plan', promises: [{ types, copies: [] }], services }] });
const tables = (more: Partial<ConfiguredService> = {}) => withServices([{ type: 'DynamoDB', count: 1, thresholdMs: LIMIT, ...more }]);
const replicated = (more: Partial<ConfiguredService> = {}) =>
  withServices([{ type: 'RDS', region: OSAKA, count: 1, thresholdMs: LIMIT, ...more }], ['RDS']);

const until = (ageMs: number) => ({ isOn: true, latestRestorableMs: NOW - ageMs });

describe('point-in-time recovery of tables', () => {
  const account = new FakeAccount();
  beforeEach(() => {
    account.plans.length = 0;
    account.tables.clear();
    account.fault = undefined;
    account.list('plan', [tableArn('orders')]);
  });

  test.each([
    ['fresh at its threshold', until(LIMIT), 'Fresh'],
    ['stale beyond', until(LIMIT + 1), 'Stale'],
    ['missing where it is off, however young its end is', { isOn: false, latestRestorableMs: NOW }, 'Missing'],
    ['missing where it is on, but there is nothing in it for weeks', { isOn: true }, 'Missing'],
    ['unknown where its end lies ahead', until(-HOUR), 'Unknown'],
  ])('is %s', async (_, recovery, verdict) => {
    account.tables.set(`${TOKYO}/orders`, recovery);
    const { totals, groups } = await run(account, tables());
    expect(totals).toMatchObject({ Fresh: 0, Stale: 0, Missing: 0, Unknown: 0, Awaited: 0, [verdict]: 1 });
    expect(Object.keys(groups)).toEqual([`Orders/Plan ${TOKYO}/DynamoDB point-in-time recovery`]);
  });

  test('is missing where the table is', async () => {
    const { reasons } = await run(account, tables());
    expect(reasons).toEqual([`does not exist in ${TOKYO}`]);
  });

  test('is awaited in a table that is new', async () => {
    account.plans.length = 0;
    account.list('plan', [tableArn('orders')], MINUTE);
    account.tables.set(`${TOKYO}/orders`, { isOn: true });
    expect((await run(account, tables())).totals).toMatchObject({ Awaited: 1, Missing: 0 });
  });

  test('of a replica is asked for where the replica lies', async () => {
    account.tables.set(`${TOKYO}/orders`, until(0));
    const { totals, told } = await run(account, tables({ region: OSAKA }));
    expect(totals).toMatchObject({ Fresh: 0, Missing: 1 });
    expect(told).toEqual([`missing ${OSAKA}/DynamoDB point-in-time recovery ${tableArn('orders')}`]);
    account.tables.set(`${OSAKA}/orders`, until(0));
    expect((await run(account, tables({ region: OSAKA }))).totals).toMatchObject({ Fresh: 1, Missing: 0 });
  });

  test('is late where it keeps no RPO, though its threshold is kept', async () => {
    account.tables.set(`${TOKYO}/orders`, until(20 * MINUTE));
    const { totals, groups } = await run(account, tables({ rpoMs: 16 * MINUTE }));
    expect(totals).toMatchObject({ Late: 1, Fresh: 0, Stale: 0 });
    expect(Object.values(groups)[0]).toMatchObject({ RpoUsed: 125, Age: 1200 });
  });

  test('is never fresh where it cannot be read, and the others are told', async () => {
    account.plans.length = 0;
    account.list('plan', [tableArn('orders'), tableArn('carts')]);
    account.tables.set(`${TOKYO}/orders`, until(0)).set(`${TOKYO}/carts`, until(0));
    account.fault = { port: 'tableRecovery' };
    const { totals, error, reasons } = await run(account, tables({ count: 2 }));
    expect(totals).toMatchObject({ Fresh: 0, Unknown: 2, Heartbeat: 1 });
    expect(reasons[0]).toBe('its recovery cannot be read: Error: Rate exceeded');
    expect(error?.name).toBe('CannotLookError');
  });

  test('is unknown where nobody can read what is selected', async () => {
    account.fault = { port: 'selections' };
    const { totals, told } = await run(account, tables());
    expect(totals).toMatchObject({ Fresh: 0, Unknown: 1 });
    expect(told).toEqual([`unknown ${TOKYO}/DynamoDB point-in-time recovery plan plan`]);
  });

  test('of others that nobody promised is no matter, and one that lost it is missing by number', async () => {
    account.plans.length = 0;
    account.list('plan', ['orders', 'carts', 'foreign'].map(tableArn));
    account.tables.set(`${TOKYO}/foreign`, { isOn: false });
    account.tables.set(`${TOKYO}/orders`, until(0)).set(`${TOKYO}/carts`, until(0));
    expect(await run(account, tables({ count: 2 }))).toMatchObject({ totals: { Fresh: 2, Missing: 0 }, told: [] });
    account.tables.set(`${TOKYO}/carts`, { isOn: false });
    const { totals, told } = await run(account, tables({ count: 2 }));
    expect(totals).toMatchObject({ Fresh: 1, Missing: 1 });
    expect(told).toEqual([`missing ${TOKYO}/DynamoDB point-in-time recovery 1 of 3 resources`]);
  });
});

describe('databases', () => {
  const account = new FakeAccount();
  const database = { arn: dbArn('orders'), type: 'RDS', member: false, latestRestorableMs: NOW - 5 * MINUTE } as const;
  beforeEach(() => {
    account.plans.length = 0;
    account.databases.length = 0;
    account.replicated.clear();
    account.fault = undefined;
    account.list('plan', [database.arn]);
  });

  test('tell their own latest restorable time', async () => {
    const own = withServices([{ type: 'RDS', count: 1, thresholdMs: LIMIT }], ['RDS']);
    expect((await run(account, own)).totals).toMatchObject({ Fresh: 0, Missing: 1 });
    account.databases.push(database);
    expect((await run(account, own)).totals).toMatchObject({ Fresh: 1, Missing: 0 });
    account.databases[0] = { ...database, latestRestorableMs: undefined };
    expect((await run(account, own)).totals).toMatchObject({ Fresh: 0, Missing: 1 });
  });

  test('of one type are not taken for another', async () => {
    account.plans.length = 0;
    account.list('plan', [database.arn, clusterArn]);
    account.databases.push(database, { arn: clusterArn, type: 'Neptune', member: false, latestRestorableMs: NOW });
    const config = withServices([{ type: 'Neptune', count: 1, thresholdMs: LIMIT }], ['RDS', 'Neptune']);
    const { totals, groups } = await run(account, config);
    expect(totals).toMatchObject({ Fresh: 1, Missing: 0 });
    expect(Object.keys(groups)).toEqual([`Orders/Plan ${TOKYO}/Neptune point-in-time recovery`]);
  });

  test('that are replicated tell the end of their newest backups in the other Region', async () => {
    account.databases.push(database);
    expect(await run(account, replicated())).toMatchObject({
      totals: { Fresh: 0, Missing: 1 },
      told: [`missing ${OSAKA}/RDS replicated backups ${database.arn}`],
    });
    const ended = { of: database.arn, latestRestorableMs: NOW - 20 * HOUR };
    const others = ['a', 'b'].map((name) => ({ of: dbArn(name), latestRestorableMs: NOW }));
    account.replicated.set(OSAKA, [...others, ended]);
    expect((await run(account, replicated())).totals).toMatchObject({ Fresh: 0, Stale: 1 });
    account.replicated.set(OSAKA, [{ of: database.arn, latestRestorableMs: NOW - MINUTE }, ...others, ended]);
    expect((await run(account, replicated())).totals).toMatchObject({ Fresh: 1, Stale: 0 });
  });

  test.each([0, 1])('whose replicated backups are listed up to page %i only are not fresh', async (page) => {
    account.databases.push(database);
    account.replicated.set(OSAKA, [{ of: database.arn, latestRestorableMs: NOW }, ...['a', 'b'].map((name) => ({ of: dbArn(name) }))]);
    account.fault = { port: 'replicatedBackups', page };
    const { totals, error } = await run(account, replicated());
    expect(totals).toMatchObject({ Fresh: 0, Unknown: 1 });
    expect(error?.name).toBe('CannotLookError');
  });
});

test('copies that nobody measures are unjudged, with the reason', async () => {
  const account = new FakeAccount();
  account.list('plan', []);
  const config = tables();
  const { totals, told } = await run(account, {
    ...config,
    plans: [{ ...config.plans[0], unseen: [{ place: `${OSAKA}/live copies`, count: 3 }] }],
  });
  expect(totals).toMatchObject({ Unjudged: 1, Unknown: 0 });
  expect(told).toEqual([`unjudged ${OSAKA}/live copies 3 copies`]);
});
