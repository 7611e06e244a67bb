import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { App, Duration, Stack, TimeZone } from 'aws-cdk-lib/core';
import { Protection, ProtectionPlan, ProtectionRule, RecoveryTier, RecoveryVault, RecoveryWatch, Selection, TagCondition } from '../../lib';
import type { BackupSelection, FreshnessConfig } from '../../lib/model/freshness';
import { CronSchedule } from '../../lib/model/schedule';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import type { AlarmProperties } from '../harness/alarm-evaluator';
import { type Change, type Life, live, RESOURCE, type Run } from './simulated-backups';

const NIGHTLY = 'cron(0 3 * * ? *)';

interface Watched {
  readonly config: FreshnessConfig;
  readonly alarms: Readonly<Record<string, AlarmProperties>>;
}

const watched = new Map<string, Watched>();

/** The configuration and the alarms that the construct makes for one table under one schedule. */
function watchFor(expression: string, timeZone: string | undefined, byTag: boolean, allowedMisses?: number): Watched {
  const key = JSON.stringify([expression, timeZone, byTag, allowedMisses]);
  const known = watched.get(key);
  if (known) {
    return known;
  }
  const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
  const rule = new ProtectionRule('Rule', {
    schedule: Schedule.expression(expression),
    keep: Duration.days(90),
    timeZone: timeZone === undefined ? undefined : TimeZone.of(timeZone),
  });
  const vault = new RecoveryVault(stack, 'Vault', { vaultName: 'main' });
  const plan = new ProtectionPlan(stack, 'Plan', { vault, rules: [rule] });
  plan.select('Tables', byTag ? Selection.anyOf(TagCondition.equalTo('backup', 'yes')) : Selection.resources(table));
  new RecoveryWatch(stack, 'Watch', { allowedMisses });
  const template = Template.fromStack(stack);
  const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
  const alarms = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).map(
    ([id, { Properties }]) => [/Freshness(Missing|Overdue|Late|Stale|CannotLook|Silent)/.exec(id)?.[1], Properties] as const,
  );
  const made = {
    config: JSON.parse(fn.Properties.Environment.Variables.FRESHNESS_CONFIG),
    alarms: Object.fromEntries(alarms.filter((entry): entry is [string, AlarmProperties] => entry[0] !== undefined)),
  };
  watched.set(key, made);
  return made;
}

const START = Date.UTC(2030, 0, 7, 12);
const good = (waitsMs = 10 * MINUTE, takesMs = 5 * MINUTE): Run => ({ waitsMs, takesMs, end: 'COMPLETED' });
const listed = (createdMs: number): BackupSelection => ({
  name: 'tables',
  createdMs,
  resources: [RESOURCE],
  notResources: [],
  listOfTags: [],
  conditions: [],
});
const byTag: BackupSelection = { ...listed(START - 300 * DAY), resources: [], listOfTags: [{ key: 'backup', value: 'yes' }] };

/** What changes of alarms a life brings, but for their first OK. */
async function lifeOf(more: Partial<Life>): Promise<readonly Change[]> {
  const life: Life = {
    expression: NIGHTLY,
    fromMs: START,
    untilMs: START + 12 * DAY,
    runAt: () => good(),
    selectionsAt: () => [listed(START - 100 * DAY)],
    ...more,
  };
  const { config, alarms } = watchFor(life.expression, life.timeZone, life.taggedAt !== undefined);
  const changes = await live(config, alarms, life);
  const seen = new Set<string>();
  return changes.filter(({ alarm, state }) => seen.has(alarm) || (seen.add(alarm) && state === 'ALARM'));
}

const rings = (changes: readonly Change[]) => changes.map(({ alarm, state }) => `${alarm} ${state}`);
const STOPS = START + 5 * DAY;
/** The last run before the schedule stops. */
const lastRun = (expression: string, timeZone?: string) =>
  CronSchedule.parse(expression, timeZone)
    .runs(STOPS - 40 * DAY, STOPS)
    .at(-1) as number;

describe('backups that go well ring nothing', () => {
  test.each<[string, Partial<Life>]>([
    ['every night', {}],
    ['at the very end of the start window, however it jitters', { runAt: (ms) => good((ms / HOUR) % 48 < 24 ? 0 : 59 * MINUTE) }],
    ['every hour', { expression: 'cron(0 * * * ? *)', untilMs: START + 3 * DAY }],
    ['every week', { expression: 'cron(0 3 ? * SUN *)', untilMs: START + 40 * DAY }],
    [
      'at an hour that the spring shift leaves out',
      { expression: 'cron(30 2 * * ? *)', timeZone: 'Europe/Berlin', fromMs: Date.UTC(2030, 2, 27), untilMs: Date.UTC(2030, 3, 5) },
    ],
    [
      'through the shift in autumn, which makes a day of 25 hours',
      { expression: 'cron(0 4 * * ? *)', timeZone: 'Europe/Berlin', fromMs: Date.UTC(2030, 9, 24), untilMs: Date.UTC(2030, 10, 2) },
    ],
    [
      'of a table that is taken out of the selection on purpose',
      {
        selectionsAt: (ms) => [{ ...listed(START), resources: ms < STOPS ? [RESOURCE] : ['arn:aws:s3:::x*'] }],
        runAt: (ms) => (ms < STOPS ? good() : undefined),
      },
    ],
    [
      'of a table that is new, until its first night',
      { selectionsAt: () => [listed(START)], runAt: (ms) => (ms > START ? good() : undefined) },
    ],
    [
      'of a table that got its tag today',
      { selectionsAt: () => [byTag], taggedAt: () => [RESOURCE], runAt: (ms) => (ms > START ? good() : undefined) },
    ],
    ['while nothing has the tag', { selectionsAt: () => [byTag], taggedAt: () => [] }],
    ['while the selection is replaced every day', { selectionsAt: (ms) => [listed(Math.floor(ms / DAY) * DAY)] }],
    ['while one run of the watch fails', { watchAt: (ms) => (ms === STOPS ? 'fails' : 'runs') }],
    ['while one run of the watch is left out', { watchAt: (ms) => (ms === STOPS ? 'is silent' : 'runs') }],
  ])('%s', async (_case, life) => {
    expect(rings(await lifeOf(life))).toEqual([]);
  });
});

describe('backups that stop ring as soon as the schedule no longer explains the age of the last', () => {
  test.each<[string, string, number, ...string[]]>([
    ['nightly: within the next morning', NIGHTLY, 27 * HOUR],
    ['hourly: within hours', 'cron(0 * * * ? *)', 3.5 * HOUR],
    ['weekly: not before a week, and within hours then', 'cron(0 3 ? * SUN *)', 7 * DAY + 3 * HOUR],
    ['monthly: not before the longest month', 'cron(0 3 1 * ? *)', 31 * DAY + 3 * HOUR],
    ['nightly in a zone whose clocks change', 'cron(0 4 * * ? *)', 28 * HOUR, 'Europe/Berlin'],
  ])('%s', async (_case, expression, withinMs, ...[timeZone]) => {
    const changes = await lifeOf({
      expression,
      timeZone,
      untilMs: STOPS + withinMs + DAY,
      runAt: (ms) => (ms < STOPS ? good() : undefined),
    });
    expect(rings(changes)).toEqual(['Stale ALARM']);
    const rangAfterMs = changes[0].atMs - lastRun(expression, timeZone);
    expect(rangAfterMs).toBeGreaterThan(withinMs - 3 * HOUR);
    expect(rangAfterMs).toBeLessThan(withinMs);
  });

  test('and are quiet once they go on', async () => {
    const runAt = (ms: number) => (ms > STOPS && ms < STOPS + 3 * DAY ? undefined : good());
    expect(rings(await lifeOf({ runAt }))).toEqual(['Stale ALARM', 'Stale OK']);
  });
});

describe('backups that fail', () => {
  const fails: Run = { waitsMs: 10 * MINUTE, takesMs: 5 * MINUTE, end: 'FAILED' };

  test('every time ring as missing after the first', async () => {
    const changes = await lifeOf({ runAt: (ms) => (ms > START ? fails : undefined), selectionsAt: () => [listed(START)] });
    expect(rings(changes)).toEqual(['Missing ALARM']);
    expect(changes[0].atMs).toBeLessThan(START + 16 * HOUR);
  });

  test('from some night on ring as stale', async () => {
    expect(rings(await lifeOf({ runAt: (ms) => (ms < STOPS ? good() : fails) }))).toEqual(['Stale ALARM']);
  });

  test('once ring until the next succeeds', async () => {
    expect(rings(await lifeOf({ runAt: (ms) => (ms > STOPS && ms < STOPS + DAY ? fails : good()) }))).toEqual(['Stale ALARM', 'Stale OK']);
  });

  test('to be in time by hours ring for as long', async () => {
    const changes = await lifeOf({ runAt: (ms) => (ms > STOPS && ms < STOPS + DAY ? good(5 * HOUR) : good()) });
    expect(rings(changes)).toEqual(['Stale ALARM', 'Stale OK']);
    expect(changes[1].atMs - changes[0].atMs).toBeLessThan(5 * HOUR);
  });
});

describe('what was never backed up rings', () => {
  test('as missing once the first should have come, where it is listed', async () => {
    const changes = await lifeOf({ runAt: () => undefined, selectionsAt: () => [listed(START)] });
    expect(rings(changes)).toEqual(['Missing ALARM']);
    expect(changes[0].atMs - START).toBeLessThan(27 * HOUR);
  });

  test('as overdue once the first should have come, where a tag says nothing of since when', async () => {
    const changes = await lifeOf({ runAt: () => undefined, selectionsAt: () => [byTag], taggedAt: () => [RESOURCE] });
    expect(rings(changes)).toEqual(['Overdue ALARM']);
    expect(changes[0].atMs - START).toBeLessThan(28 * HOUR);
  });

  test('as overdue where the selection is replaced so often that nothing is ever late', async () => {
    const changes = await lifeOf({ runAt: () => undefined, selectionsAt: (ms) => [listed(Math.floor(ms / DAY) * DAY)] });
    expect(rings(changes)).toEqual(['Overdue ALARM']);
  });

  test('as missing at once, where the plan itself is gone or has no selections', async () => {
    expect(rings(await lifeOf({ selectionsAt: (ms) => (ms < STOPS ? [listed(START - DAY)] : []) }))).toEqual(['Missing ALARM']);
  });
});

describe('the watch itself', () => {
  test('rings once it has been silent for two intervals, and leaves other alarms as they were', async () => {
    const runAt = (ms: number) => (ms < START + 2 * DAY ? good() : undefined);
    const changes = await lifeOf({ runAt, watchAt: (ms) => (ms < STOPS ? 'runs' : 'is silent') });
    expect(rings(changes)).toEqual(['Stale ALARM', 'Silent ALARM']);
    expect(changes[1].atMs - STOPS).toBe(15 * MINUTE);
  });

  test('rings when it never ran', async () => {
    expect(rings(await lifeOf({ watchAt: () => 'is silent', untilMs: START + DAY }))).toEqual(['Silent ALARM']);
  });

  test('rings when it fails before it can tell anything', async () => {
    const changes = await lifeOf({ watchAt: (ms) => (ms < STOPS ? 'runs' : 'fails') });
    expect(rings(changes).sort()).toEqual(['CannotLook ALARM', 'Silent ALARM']);
    expect(Math.max(...changes.map(({ atMs }) => atMs)) - STOPS).toBe(15 * MINUTE);
  });

  test('rings when it cannot look, but is not silent', async () => {
    const changes = await lifeOf({
      selectionsAt: (ms) => {
        if (ms >= STOPS && ms < STOPS + DAY) {
          throw new Error('denied');
        }
        return [listed(START - 100 * DAY)];
      },
    });
    expect(rings(changes)).toEqual(['CannotLook ALARM', 'CannotLook OK']);
    expect(changes[0].atMs - STOPS).toBe(15 * MINUTE);
  });
});

describe('a promise that is broken before the schedule fails to explain it', () => {
  const RPO = 26 * HOUR;
  const fails = (ms: number): Run => ({ ...good(), end: ms > STOPS && ms < STOPS + DAY ? 'FAILED' : 'COMPLETED' });

  /** A table of which 26 hours are promised, with the alarms of a watch that forgives so many missed runs. */
  function promised(allowedMisses: number): Watched {
    const { config } = watchFor(NIGHTLY, undefined, false, allowedMisses);
    const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
    const table = new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' }).protect(table);
    // the alarm is there only where something can be late before it is stale
    new RecoveryWatch(stack, 'Watch', { allowedMisses: 10 });
    const alarms = Object.entries(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).flatMap(([id, { Properties }]) => {
      const name = /Freshness(Missing|Late|Stale)/.exec(id)?.[1];
      return name === undefined ? [] : [[name, Properties] as const];
    });
    const plans = config.plans.map((plan) => ({
      ...plan,
      promises: plan.promises.map((promise) => ({ ...promise, copies: promise.copies.map((copy) => ({ ...copy, rpoMs: RPO })) })),
    }));
    return { config: { ...config, plans }, alarms: Object.fromEntries(alarms) };
  }

  async function livedWith(allowedMisses: number, runAt: Life['runAt']): Promise<readonly Change[]> {
    const { config, alarms } = promised(allowedMisses);
    const life = { expression: NIGHTLY, fromMs: START, untilMs: START + 12 * DAY, runAt, selectionsAt: () => [listed(START - 100 * DAY)] };
    expect(Object.keys(alarms).sort()).toEqual(['Late', 'Missing', 'Stale']);
    const seen = new Set<string>();
    return (await live(config, alarms, life)).filter(({ alarm, state }) => seen.has(alarm) || (seen.add(alarm) && state === 'ALARM'));
  }

  test('rings as late after two of three looks, and is over with the next run, where a miss is forgiven', async () => {
    const changes = await livedWith(1, fails);
    expect(rings(changes)).toEqual(['Late ALARM', 'Late OK']);
    const lateMs = lastRun(NIGHTLY) + 10 * MINUTE + RPO;
    expect(changes[0].atMs).toBeGreaterThan(lateMs);
    expect(changes[0].atMs - lateMs).toBeLessThanOrEqual(30 * MINUTE);
  });

  test('rings as late first and as stale once two are missed, where one is forgiven', async () => {
    const changes = await livedWith(1, (ms) => (ms > STOPS ? undefined : good()));
    expect(rings(changes).slice(0, 2)).toEqual(['Late ALARM', 'Stale ALARM']);
  });

  test('rings nothing while backups keep it', async () => {
    expect(rings(await livedWith(1, () => good()))).toEqual([]);
  });
});
