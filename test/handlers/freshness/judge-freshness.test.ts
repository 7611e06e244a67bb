import type { ConfiguredPlan } from '../../../lib/model/freshness';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { configOf, FakeAccount, NOW, OSAKA, run, selectionOf, TOKYO, tableArn } from './fake-ports';

const MAIN = `${TOKYO}/main`;
const orders = tableArn('orders');
const carts = tableArn('carts');
const DB = `arn:aws:rds:${TOKYO}:111122223333:db:orders`;
const CLUSTER = `arn:aws:rds:${TOKYO}:111122223333:cluster:orders`;
const BUCKET = 'arn:aws:s3:::orders';
const planOf = (promises: ConfiguredPlan['promises'], more: Partial<ConfiguredPlan> = {}): ConfiguredPlan => ({
  name: 'plan',
  label: 'Orders/Plan',
  promises,
  ...more,
});

let account: FakeAccount;
beforeEach(() => {
  account = new FakeAccount();
});

describe('listed resources', () => {
  test('are fresh with a young recovery point, whatever else is in the vault', async () => {
    account.list('plan', [orders, carts]);
    account.keep(MAIN, orders, 20 * DAY);
    account.keep(MAIN, tableArn('other'), MINUTE);
    account.keep(MAIN, carts, HOUR);
    account.keep(MAIN, orders, 2 * HOUR);
    account.keep(MAIN, orders, 2.5 * HOUR);
    expect(await run(account, configOf())).toMatchObject({
      totals: { Fresh: 2, Stale: 0, Missing: 0, Awaited: 0, Unknown: 0, Heartbeat: 1 },
      groups: { 'Orders/Plan ap-northeast-1/main': { Stale: 0, Missing: 0, Unknown: 0, Age: 7200 } },
      told: [],
      error: undefined,
    });
  });

  test('are stale once the newest is older than the schedule explains, and it is known by how much', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, 300 * DAY);
    account.keep(MAIN, orders, 5 * HOUR);
    const { totals, told, groups, error } = await run(account, configOf());
    expect([totals.Fresh, totals.Stale, totals.Missing, told, error]).toEqual([0, 1, 0, [`stale ${MAIN} ${orders}`], undefined]);
    expect(groups[`Orders/Plan ${MAIN}`].Age).toBe(5 * 3600);
  });

  test('are as old as the job that made them, or made what they are copies of', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, HOUR, { initiatedMs: NOW - 4 * HOUR });
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 0, Stale: 1 });
  });

  test.each(['CREATING', 'PARTIAL', 'DELETING', 'EXPIRED', 'STOPPED', 'SOMETHING_NEW', ''])(
    'do not count as fresh by a recovery point that is %s',
    async (status) => {
      account.list('plan', [orders]);
      account.keep(MAIN, orders, HOUR, { status });
      expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 0, Missing: 1 });
    },
  );

  test('are fresh by what is available', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, HOUR, { status: 'AVAILABLE' });
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 1 });
  });

  test('do not count as fresh by the beginning of a continuous backup', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, HOUR, { arn: `arn:aws:backup:${TOKYO}:111122223333:recovery-point:continuous:orders-1` });
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 0, Missing: 1 });
  });

  test('are not fresh while a recovery point is from the future', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, HOUR);
    account.keep(MAIN, orders, -10 * MINUTE);
    const { totals, error, reasons } = await run(account, configOf());
    expect(totals).toMatchObject({ Fresh: 0, Unknown: 1, Heartbeat: 1 });
    expect(error?.name).toBe('CannotLookError');
    expect(reasons).toEqual([expect.stringContaining('some clock is wrong')]);
  });

  test('are fresh by what was made while a long list was read, which is not from the future', async () => {
    account.msPerPage = 6 * MINUTE;
    account.list('plan', [orders]);
    // planned and selected in two pages, and made while the third was read
    account.keep(MAIN, orders, -17.5 * MINUTE);
    expect(await run(account, configOf())).toMatchObject({ totals: { Fresh: 1, Unknown: 0 }, error: undefined });
  });

  test('are awaited while the selection that lists them is younger than the first may take, and missing afterwards', async () => {
    account.list('plan', [orders], 2 * HOUR);
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 0, Awaited: 1, Missing: 0 });
    account.plans.length = 0;
    account.list('plan', [orders], 4 * HOUR);
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 0, Awaited: 0, Missing: 1 });
  });

  test('are promised since the oldest selection that lists them, and awaited where none says', async () => {
    const selections = [undefined, NOW - 2 * DAY, NOW - HOUR].map((createdMs) => selectionOf({ resources: [orders], createdMs }));
    account.plans.push({ name: 'plan', selections });
    expect((await run(account, configOf())).totals).toMatchObject({ Missing: 1 });
    account.plans.splice(0, 1, { name: 'plan', selections: selections.slice(0, 1) });
    expect((await run(account, configOf())).totals).toMatchObject({ Missing: 0, Awaited: 1 });
  });

  test("that a plan no longer has are nobody's concern", async () => {
    account.list('plan', [carts]);
    account.keep(MAIN, carts, HOUR);
    account.keep(MAIN, orders, 30 * DAY);
    expect(await run(account, configOf())).toMatchObject({ totals: { Fresh: 1, Stale: 0, Missing: 0 }, told: [] });
  });

  test('of a type that the plan promises nothing for are unknown', async () => {
    const stack = `arn:aws:cloudformation:${TOKYO}:111122223333:stack/orders/1`;
    account.list('plan', [orders, BUCKET, stack]);
    account.keep(MAIN, orders, HOUR);
    account.keep(MAIN, BUCKET, HOUR);
    const { totals, told, error } = await run(account, configOf());
    expect(totals).toMatchObject({ Fresh: 1, Unknown: 2 });
    expect(told).toEqual([`unknown ${MAIN} ${BUCKET}`, `unknown ${MAIN} ${stack}`]);
    expect(error?.message).toMatch(/^2 could not be looked at/);
  });
});

describe('the first backup of a resource', () => {
  const job = (state: string, agoMs: number, message?: string) =>
    account.jobs.push({ resourceArn: orders, state, createdMs: NOW - agoMs, message });

  test('that failed makes it missing at once, and the reason is told', async () => {
    account.list('plan', [orders], HOUR);
    job('FAILED', 30 * MINUTE, 'Access denied to the key');
    expect(await run(account, configOf())).toMatchObject({
      totals: { Missing: 1, Awaited: 0 },
      reasons: ['has no recovery point: its backup of 2030-01-07T11:30:00.000Z is FAILED: Access denied to the key'],
    });
  });

  test.each(['EXPIRED', 'ABORTED', 'PARTIAL'])('that is %s makes it missing', async (state) => {
    account.list('plan', [orders], HOUR);
    job(state, 30 * MINUTE);
    expect((await run(account, configOf())).totals).toMatchObject({ Missing: 1 });
  });

  test('that runs for days is awaited, also by no alarm', async () => {
    account.list('plan', [orders], 5 * DAY);
    job('FAILED', 2.5 * HOUR);
    job('RUNNING', 2 * HOUR);
    job('FAILED', 2.2 * HOUR);
    expect(await run(account, configOf())).toMatchObject({ totals: { Missing: 0, Awaited: 0 }, told: [`awaited ${MAIN} ${orders}`] });
  });

  test('that runs is awaited, although later jobs expire while it is in their way', async () => {
    account.list('plan', [orders], 5 * DAY);
    job('RUNNING', 2.5 * HOUR);
    job('EXPIRED', HOUR);
    expect((await run(account, configOf())).told).toEqual([`awaited ${MAIN} ${orders}`]);
  });

  test('is told by the newest job that failed', async () => {
    account.list('plan', [orders], HOUR);
    job('EXPIRED', HOUR, 'too late');
    job('FAILED', 2 * HOUR, 'no role');
    job('FAILED', 1.5 * HOUR, 'no key');
    expect((await run(account, configOf())).reasons).toEqual([expect.stringMatching(/EXPIRED: too late$/)]);
    account.jobs[0] = { ...account.jobs[0], createdMs: NOW - 2.5 * HOUR };
    expect((await run(account, configOf())).reasons).toEqual([expect.stringMatching(/FAILED: no key$/)]);
  });

  test('is not asked for where there is a recovery point anywhere, nor is the job of another resource', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, 9 * DAY);
    account.jobs.push({ resourceArn: carts, state: 'FAILED', createdMs: NOW - HOUR });
    await run(account, configOf());
    expect(account.calls.filter((call) => call.startsWith('backupJobs'))).toEqual([]);
    account.list('plan', [tableArn('new')], HOUR);
    expect((await run(account, configOf())).totals).toMatchObject({ Stale: 1, Missing: 0, Awaited: 1 });
  });

  test('that cannot be asked for is unknown', async () => {
    account.list('plan', [orders, carts], HOUR);
    account.keep(MAIN, carts, HOUR);
    account.fault = { port: 'backupJobs' };
    const { totals, reasons, error } = await run(account, configOf());
    expect(totals).toMatchObject({ Fresh: 1, Awaited: 0, Missing: 0, Unknown: 1 });
    expect(reasons).toEqual(['jobs cannot be listed: Error: Rate exceeded']);
    expect(error).toBeDefined();
  });
});

describe('selections that search', () => {
  const byTag = selectionOf({ listOfTags: [{ key: 'backup', value: 'yes' }], createdMs: NOW - 900 * DAY });

  test('promise what has the tag now', async () => {
    account.plans.push({ name: 'plan', selections: [byTag] });
    account.tagged.push(
      { arn: orders, tags: { backup: 'yes' } },
      { arn: carts, tags: { backup: 'no' } },
      { arn: tableArn('x'), tags: { backup: 'yes' } },
    );
    account.keep(MAIN, orders, HOUR);
    account.keep(MAIN, carts, 9 * DAY);
    account.keep(MAIN, tableArn('x'), 9 * DAY);
    expect(await run(account, configOf())).toMatchObject({
      totals: { Fresh: 1, Stale: 1, Missing: 0 },
      told: [`stale ${MAIN} ${tableArn('x')}`],
    });
    expect(account.calls).toContain(`taggedResources ${TOKYO} dynamodb:table,backup=yes`);
  });

  test('await the first recovery point of what they find, because nobody knows since when it has the tag', async () => {
    account.plans.push({ name: 'plan', selections: [byTag] });
    account.tagged.push({ arn: orders, tags: { backup: 'yes' } });
    expect((await run(account, configOf())).totals).toMatchObject({ Awaited: 1, Missing: 0, Fresh: 0 });
  });

  test('miss it at once where no alarm remembers for so long', async () => {
    account.plans.push({ name: 'plan', selections: [byTag] });
    account.tagged.push({ arn: orders, tags: { backup: 'yes' } });
    const monthly = planOf([{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: 32 * DAY }] }]);
    expect((await run(account, configOf({ plans: [monthly] }))).totals).toMatchObject({ Awaited: 0, Missing: 1 });
  });

  test('promise nothing of what no plan takes, or AWS Backup does not protect', async () => {
    account.plans.push({ name: 'plan', selections: [selectionOf({ resources: ['*'] })] });
    account.tagged.push(
      { arn: orders, tags: { 'awsbackup-restore-test': '' } },
      { arn: `arn:aws:lambda:${TOKYO}:111122223333:function:x`, tags: { a: 'b' } },
    );
    expect(await run(account, configOf())).toMatchObject({
      totals: { Fresh: 0, Stale: 0, Missing: 0, Awaited: 0, Unknown: 0 },
      error: undefined,
    });
  });

  test('read nothing as fresh in an empty account', async () => {
    account.plans.push({ name: 'plan', selections: [byTag] });
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 0, Heartbeat: 1 });
  });

  test('keep what is listed when what is searched cannot be read, and say so', async () => {
    account.plans.push({ name: 'plan', selections: [selectionOf({ resources: [orders], listOfTags: byTag.listOfTags })] });
    account.keep(MAIN, orders, 9 * HOUR);
    account.fault = { port: 'taggedResources' };
    const { totals, told, error } = await run(account, configOf());
    expect(totals).toMatchObject({ Fresh: 0, Stale: 1, Unknown: 1 });
    expect(told).toEqual([`unknown ${MAIN} plan plan`, `stale ${MAIN} ${orders}`]);
    expect(error).toBeDefined();
  });

  test('say so when they could only be read in part', async () => {
    account.plans.push({ name: 'plan', selections: [byTag] });
    account.tagged.push(...['a', 'b', 'c'].map((name) => ({ arn: tableArn(name), tags: { backup: 'yes' } })));
    account.keep(MAIN, tableArn('a'), HOUR);
    account.fault = { port: 'taggedResources', page: 1 };
    expect(await run(account, configOf())).toMatchObject({ totals: { Unknown: 1 }, error: { name: 'CannotLookError' } });
  });
});

describe('a plan', () => {
  test.each<[string, () => void, RegExp]>([
    ['that is gone', () => account.list('another', [orders]), /no backup plan of this name is in ap-northeast-1/],
    ['without selections', () => account.plans.push({ name: 'plan', selections: [] }), /has no selection/],
  ])('%s is missing in every place', async (_case, arrange, reason) => {
    arrange();
    const config = configOf({
      plans: [
        planOf([
          {
            types: ['DynamoDB'],
            copies: [
              { vault: 0, thresholdMs: HOUR },
              { vault: 1, thresholdMs: HOUR },
            ],
          },
        ]),
      ],
      vaults: [{ name: 'main' }, { name: 'main', region: OSAKA }],
    });
    const { totals, told, reasons, error } = await run(account, config);
    expect([totals.Missing, totals.Fresh, error]).toEqual([2, 0, undefined]);
    expect(told).toEqual([`missing ${MAIN} plan plan`, `missing ${OSAKA}/main plan plan`]);
    expect(reasons[0]).toMatch(reason);
  });

  test('that is not there yet is awaited while its vault is new: stacks are deployed one after the other', async () => {
    account.vaultCreatedMs.set(MAIN, NOW - 2 * HOUR);
    expect((await run(account, configOf())).totals).toMatchObject({ Awaited: 1, Missing: 0, Fresh: 0 });
    account.vaultCreatedMs.set(MAIN, NOW - 4 * HOUR);
    expect((await run(account, configOf())).totals).toMatchObject({ Awaited: 0, Missing: 1, Fresh: 0 });
    account.fault = { port: 'vaultCreatedMs' };
    expect((await run(account, configOf())).totals).toMatchObject({ Awaited: 0, Missing: 1, Fresh: 0 });
  });

  test.each(['planIds', 'selections'])('whose %s cannot be read is unknown in every place', async (port) => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, HOUR);
    account.fault = { port };
    const { totals, reasons, error } = await run(account, configOf());
    expect(totals).toMatchObject({ Fresh: 0, Unknown: 1, Heartbeat: 1 });
    expect(reasons).toEqual(['what it selects cannot be read: Error: Rate exceeded']);
    expect(error?.name).toBe('CannotLookError');
  });

  test('that exists twice by its name has the selections of both', async () => {
    account.list('plan', [orders]);
    account.list('plan', [carts]);
    account.keep(MAIN, orders, HOUR);
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 1, Missing: 1 });
  });

  test('shares a vault with another, and each has its own threshold', async () => {
    account.list('plan', [orders]);
    account.list('weekly', [orders]);
    account.keep(MAIN, orders, 3 * DAY);
    const weekly = planOf([{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: 8 * DAY }] }], {
      name: 'weekly',
      label: 'Orders/Weekly',
    });
    const { groups, totals } = await run(account, configOf({ plans: [...configOf().plans, weekly] }));
    expect(totals).toMatchObject({ Fresh: 1, Stale: 1 });
    expect([groups[`Orders/Plan ${MAIN}`].Stale, groups[`Orders/Weekly ${MAIN}`].Stale]).toEqual([1, 0]);
  });
});

describe('places', () => {
  const both = configOf({
    plans: [
      planOf([
        {
          types: ['DynamoDB'],
          copies: [
            { vault: 0, thresholdMs: 3 * HOUR },
            { vault: 1, thresholdMs: 4 * HOUR },
          ],
        },
      ]),
    ],
    vaults: [{ name: 'main' }, { name: 'main', region: OSAKA }],
  });

  test('are judged each for itself: a copy that stops is seen while the original is fresh', async () => {
    account.list('plan', [orders, carts]);
    for (const arn of [orders, carts]) {
      account.keep(MAIN, arn, HOUR);
    }
    account.keep(`${OSAKA}/main`, orders, 5 * HOUR);
    const { totals, told } = await run(account, both);
    expect(totals).toMatchObject({ Fresh: 2, Stale: 1, Missing: 1 });
    expect(told).toEqual([`stale ${OSAKA}/main ${orders}`, `missing ${OSAKA}/main ${carts}`]);
  });

  test('in a Region that does not answer are unknown, and the others are told', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, HOUR);
    account.keep(`${OSAKA}/main`, orders, HOUR);
    account.fault = { port: 'recoveryPoints', region: OSAKA };
    const { totals, told, reasons, error } = await run(account, both);
    expect(totals).toMatchObject({ Fresh: 1, Unknown: 1 });
    expect([told, reasons]).toEqual([[`unknown ${OSAKA}/main ${orders}`], ['the vault cannot be listed: Error: Rate exceeded']]);
    expect(error).toBeDefined();
  });

  test('that were listed in part are unknown, whatever was seen', async () => {
    account.list('plan', [orders, carts]);
    for (const arn of [orders, carts, tableArn('x')]) {
      account.keep(MAIN, arn, HOUR);
    }
    account.fault = { port: 'recoveryPoints', page: 1 };
    expect((await run(account, configOf())).totals).toMatchObject({ Fresh: 0, Stale: 0, Missing: 0, Unknown: 2 });
  });

  test('without a known schedule are told, not judged', async () => {
    account.list('plan', [orders, carts]);
    account.keep(MAIN, orders, 30 * DAY);
    const plans = [planOf([{ types: ['DynamoDB'], copies: [{ vault: 0 }] }])];
    expect((await run(account, configOf({ plans }))).totals).toMatchObject({ Fresh: 0, Unjudged: 1, Missing: 1 });
  });

  test('time that runs out is unknown', async () => {
    account.list('plan', [orders]);
    account.keep(MAIN, orders, HOUR);
    account.fault = { port: 'recoveryPoints', error: Object.assign(new Error('Request aborted'), { name: 'AbortError' }) };
    const { totals, reasons } = await run(account, configOf());
    expect(totals).toMatchObject({ Fresh: 0, Unknown: 1 });
    expect(reasons).toEqual(['the vault cannot be listed: the time of the function is over']);
  });

  test('whatever is thrown is told', async () => {
    account.list('plan', [orders]);
    account.fault = { port: 'recoveryPoints', error: 'odd' as never };
    expect((await run(account, configOf())).reasons).toEqual(['the vault cannot be listed: odd']);
  });
});

describe('the watch in the recovery Region', () => {
  const far = configOf({ plans: [{ ...configOf().plans[0], region: TOKYO }] });

  test('knows what is promised from the Region of the plan, and looks into its own vault', async () => {
    account.list('plan', [orders, carts]);
    account.keep(`${OSAKA}/main`, orders, HOUR);
    expect(await run(account, far, OSAKA)).toMatchObject({ totals: { Fresh: 1, Missing: 1 }, told: [`missing ${OSAKA}/main ${carts}`] });
  });

  test('tells how old the newest is that lies there while the Region of the plan is gone, and makes nothing fresh of it', async () => {
    account.list('plan', [orders]);
    account.keep(`${OSAKA}/main`, orders, 2 * HOUR);
    account.keep(`${OSAKA}/main`, carts, HOUR);
    account.fault = { port: 'planIds', region: TOKYO };
    const { totals, groups, told, error } = await run(account, far, OSAKA);
    expect(totals).toMatchObject({ Fresh: 0, Unjudged: 1, Unknown: 1 });
    expect(groups[`Orders/Plan ${OSAKA}/main`].Age).toBe(3600);
    expect(told).toEqual([`unknown ${OSAKA}/main plan plan`, `unjudged ${OSAKA}/main the newest recovery point of vault main`]);
    expect(error).toBeDefined();
  });

  test('says that it is stale where nothing came in time', async () => {
    account.keep(`${OSAKA}/main`, orders, 5 * HOUR);
    account.fault = { port: 'planIds', region: TOKYO };
    expect((await run(account, far, OSAKA)).totals).toMatchObject({ Fresh: 0, Stale: 1, Unknown: 1 });
  });
});

describe('arrivals in a vault of which nobody knows the plans', () => {
  const config = configOf({ plans: [], vaults: [{ name: 'main', pulseMs: 3 * HOUR }] });

  test.each<[string, () => void, object]>([
    ['are fresh when something came', () => account.keep(MAIN, orders, HOUR), { Fresh: 1 }],
    ['are stale when nothing came for long', () => account.keep(MAIN, orders, 4 * HOUR), { Fresh: 0, Stale: 1 }],
    ['do not count what is on its way in or out', () => account.keep(MAIN, orders, HOUR, { status: 'CREATING' }), { Fresh: 0, Missing: 1 }],
    ['are missing in an old vault that is empty', () => undefined, { Fresh: 0, Missing: 1 }],
    ['are awaited in a new vault', () => account.vaultCreatedMs.set(MAIN, NOW - HOUR), { Fresh: 0, Awaited: 1 }],
    ['are awaited where nobody knows how old the vault is', () => account.vaultCreatedMs.clear(), { Fresh: 0, Awaited: 1 }],
    ['are unknown from the future', () => account.keep(MAIN, orders, -HOUR), { Fresh: 0, Unknown: 1 }],
    [
      'are unknown where the vault cannot be listed',
      () => {
        account.keep(MAIN, orders, HOUR);
        account.fault = { port: 'recoveryPoints' };
      },
      { Fresh: 0, Unknown: 1 },
    ],
    [
      'are unknown where the vault cannot be described',
      () => {
        account.fault = { port: 'vaultCreatedMs' };
      },
      { Fresh: 0, Unknown: 1 },
    ],
  ])('%s', async (_case, arrange, totals) => {
    account.vaultCreatedMs.set(MAIN, NOW - 90 * DAY);
    arrange();
    expect(await run(account, config)).toMatchObject({ totals, groups: { [`arrivals ${MAIN}`]: expect.anything() } });
  });

  test('tell the age of the newest', async () => {
    account.keep(MAIN, orders, 9 * HOUR);
    account.keep(MAIN, carts, 5 * HOUR);
    account.keep(MAIN, orders, 7 * HOUR);
    expect((await run(account, config)).groups[`arrivals ${MAIN}`].Age).toBe(5 * 3600);
  });
});

describe('point-in-time recovery', () => {
  const continuous = (types: ConfiguredPlan['promises'][number]['types']) =>
    configOf({ plans: [planOf([{ types, copies: [{ vault: 0, continuous: true, thresholdMs: 30 * MINUTE }] }])] });

  test.each<[string, number | undefined, object]>([
    ['is fresh where the latest restorable time is young', 10 * MINUTE, { Fresh: 1 }],
    ['is stale where it stands still', 40 * MINUTE, { Fresh: 0, Stale: 1 }],
    ['is unknown where it is in the future', -10 * MINUTE, { Fresh: 0, Unknown: 1 }],
    ['is missing where there is none', undefined, { Fresh: 0, Missing: 1 }],
  ])('of a database %s', async (_case, ageMs, totals) => {
    account.list('plan', [DB]);
    account.databases.push({ arn: DB, type: 'RDS', member: false, latestRestorableMs: ageMs === undefined ? undefined : NOW - ageMs });
    const outcome = await run(account, continuous(['RDS']));
    expect(outcome.totals).toMatchObject(totals);
    expect(Object.keys(outcome.groups)).toEqual([`Orders/Plan ${MAIN}/continuous`]);
  });

  test('of a database that is gone is missing', async () => {
    account.list('plan', [DB]);
    expect((await run(account, continuous(['RDS']))).totals).toMatchObject({ Fresh: 0, Missing: 1 });
  });

  test('of databases that cannot be described is unknown, and they are described once', async () => {
    account.list('plan', [DB, CLUSTER]);
    account.fault = { port: 'databases' };
    const { totals, reasons } = await run(
      account,
      configOf({ plans: [continuous(['RDS', 'Aurora']).plans[0], continuous(['RDS', 'Aurora']).plans[0]] }),
    );
    expect(totals).toMatchObject({ Fresh: 0, Missing: 0, Unknown: 4 });
    expect(new Set(reasons)).toEqual(new Set(['databases cannot be described: Error: Rate exceeded']));
    expect(account.calls.filter((call) => call.startsWith('databases'))).toHaveLength(1);
  });

  const CONTINUOUS = 'arn:aws:backup:ap-northeast-1:111122223333:recovery-point:continuous:orders-1';

  test.each<[string, () => void, object]>([
    [
      'that runs is not judged: no API tells up to which second',
      () => account.keep(MAIN, BUCKET, 90 * DAY, { arn: CONTINUOUS, status: 'AVAILABLE' }),
      { Fresh: 0, Unjudged: 1 },
    ],
    [
      'that is stopped is stale',
      () => account.keep(MAIN, BUCKET, 90 * DAY, { arn: CONTINUOUS, status: 'STOPPED' }),
      { Fresh: 0, Stale: 1 },
    ],
    [
      'that was stopped and runs anew is not judged',
      () => {
        account.keep(MAIN, BUCKET, 90 * DAY, { arn: CONTINUOUS, status: 'STOPPED' });
        account.keep(MAIN, BUCKET, 9 * DAY, { arn: CONTINUOUS, status: 'AVAILABLE' });
        account.keep(MAIN, BUCKET, 190 * DAY, { arn: CONTINUOUS, status: 'STOPPED' });
      },
      { Fresh: 0, Unjudged: 1, Stale: 0 },
    ],
    ['that there is none of is missing, snapshots or not', () => account.keep(MAIN, BUCKET, HOUR), { Fresh: 0, Missing: 1 }],
    [
      'in a vault that cannot be listed is unknown',
      () => {
        account.fault = { port: 'recoveryPoints' };
      },
      { Fresh: 0, Unknown: 1 },
    ],
  ])('of a bucket %s', async (_case, arrange, totals) => {
    account.list('plan', [BUCKET]);
    arrange();
    expect((await run(account, continuous(['S3']))).totals).toMatchObject(totals);
  });

  test('of many buckets is read from one list', async () => {
    const buckets = Array.from({ length: 120 }, (_, i) => `arn:aws:s3:::bucket-${i}`);
    account.list('plan', buckets);
    account.pageSize = 50;
    for (const bucket of buckets) {
      account.keep(MAIN, bucket, 90 * DAY, { arn: CONTINUOUS, status: 'AVAILABLE' });
    }
    expect((await run(account, continuous(['S3']))).totals).toMatchObject({ Unjudged: 120 });
    expect(account.calls.filter((call) => call.startsWith('recoveryPoints'))).toEqual(Array(3).fill(`recoveryPoints ${TOKYO} main S3`));
  });
});

describe('databases', () => {
  const promises: ConfiguredPlan['promises'] = [
    {
      types: ['RDS', 'Aurora'],
      copies: [
        { vault: 0, thresholdMs: 3 * HOUR },
        { vault: 1, thresholdMs: 4 * HOUR },
      ],
    },
    { types: ['RDSCluster', 'DocumentDB', 'Neptune'], copies: [{ vault: 0, thresholdMs: 6 * HOUR }] },
  ];
  const config = configOf({ plans: [planOf(promises)], vaults: [{ name: 'main' }, { name: 'main', region: OSAKA }] });
  const tagged = { backup: 'yes' };

  test('are told apart by their engine where they share the form of their ARN', async () => {
    account.list('plan', [CLUSTER]);
    account.keep(MAIN, CLUSTER, 5 * HOUR);
    account.databases.push({ arn: CLUSTER, type: 'RDSCluster', member: false });
    expect(await run(account, config)).toMatchObject({ totals: { Fresh: 1, Stale: 0 }, told: [] });
    account.databases[0] = { arn: CLUSTER, type: 'Aurora', member: false };
    expect(await run(account, config)).toMatchObject({ totals: { Fresh: 0, Stale: 1, Missing: 1 } });
  });

  test('that are gone are judged by what is promised for each that they may have been', async () => {
    account.list('plan', [CLUSTER]);
    account.keep(MAIN, CLUSTER, 5 * HOUR);
    expect(await run(account, config)).toMatchObject({ totals: { Fresh: 1, Stale: 0, Missing: 0 }, told: [] });
    account.keep(MAIN, CLUSTER, 5 * HOUR);
    const without = configOf({ plans: [planOf([promises[0], { ...promises[1], copies: [{ vault: 0 }] }])], vaults: config.vaults });
    expect((await run(account, without)).totals).toMatchObject({ Unjudged: 1 });
  });

  test('that are members of a cluster are backed up with it, and not promised by a tag that they share', async () => {
    const member = `arn:aws:rds:${TOKYO}:111122223333:db:orders-1`;
    account.plans.push({ name: 'plan', selections: [selectionOf({ listOfTags: [{ key: 'backup', value: 'yes' }] })] });
    account.tagged.push({ arn: CLUSTER, tags: tagged }, { arn: member, tags: tagged }, { arn: DB, tags: tagged });
    account.databases.push(
      { arn: CLUSTER, type: 'RDSCluster', member: false },
      { arn: member, type: 'RDS', member: true },
      { arn: DB, type: 'RDS', member: false, createdMs: NOW - 90 * DAY },
    );
    account.keep(MAIN, CLUSTER, HOUR);
    expect((await run(account, config)).told).toEqual([`missing ${MAIN} ${DB}`, `missing ${OSAKA}/main ${DB}`]);
  });

  test('that are new are awaited from their own creation on, where a search found them', async () => {
    account.plans.push({ name: 'plan', selections: [selectionOf({ listOfTags: [{ key: 'backup', value: 'yes' }] })] });
    account.tagged.push({ arn: DB, tags: tagged });
    account.databases.push({ arn: DB, type: 'RDS', member: false, createdMs: NOW - 3.5 * HOUR });
    expect((await run(account, config)).told).toEqual([`missing ${MAIN} ${DB}`, `awaited ${OSAKA}/main ${DB}`]);
  });

  test('are not described where nothing depends on it', async () => {
    account.list('plan', [DB]);
    account.keep(MAIN, DB, HOUR);
    account.keep(`${OSAKA}/main`, DB, HOUR);
    expect((await run(account, config)).totals).toMatchObject({ Fresh: 2 });
    expect(account.calls.filter((call) => call.startsWith('databases'))).toEqual([]);
  });
});
