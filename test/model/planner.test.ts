import * as fc from 'fast-check';
import { cadences, type PlanRequest, planRules } from '../../lib/model/planner';
import { CronSchedule } from '../../lib/model/schedule';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { alwaysSwallowed, claimsOf } from '../../lib/model/worst-case';

const DAILY = { name: 'Daily', expression: 'cron(0 2 * * ? *)', keptMs: 30 * DAY };
const WEEKLY = { name: 'Weekly', expression: 'cron(0 2 ? * SUN *)', keptMs: 90 * DAY };
const MONTHLY = { name: 'Monthly', expression: 'cron(0 2 1 * ? *)', keptMs: 2557 * DAY, coldAfterMs: 30 * DAY, archive: true };

const REQUEST: PlanRequest = {
  rpoMs: 24 * HOUR,
  rungs: [DAILY, WEEKLY, MONTHLY],
  recentMs: 7 * DAY,
  continuous: false,
  times: { backupMs: 30 * MINUTE, copyMs: 30 * MINUTE, basis: 'estimated' },
  hour: 2,
  minute: 0,
  startWindowMs: HOUR,
  completionWindowMs: 7 * DAY,
  container: 'primary',
  copies: [],
};

const named = (request: Partial<PlanRequest>) => planRules({ ...REQUEST, ...request }).map(({ name }) => name);
const worst = (request: PlanRequest) =>
  claimsOf(planRules(request), request.times).map(({ staleness }) => staleness.reduce((sum, { ms }) => sum + ms, 0));

describe('cadences', () => {
  test('come the sparsest first and all run at the hour and minute asked for', () => {
    const all = cadences(14, 30);
    expect(all.map(({ name }) => name)).toEqual([
      'Weekly',
      'TwiceWeekly',
      'ThriceWeekly',
      'Daily',
      'Every12Hours',
      'Every8Hours',
      'Every6Hours',
      'Every4Hours',
      'Every3Hours',
      'Every2Hours',
      'Hourly',
    ]);
    for (const { expression } of all) {
      const schedule = CronSchedule.parse(expression);
      const sunday = Date.UTC(2027, 0, 3, 14, 30);
      expect(schedule.nextRun(sunday - 1)).toBe(sunday);
    }
  });

  test.each(cadences(2, 0).map((cadence) => [cadence.name, cadence] as const))(
    '%s is as dense as it says',
    (_, { expression, nominalMs }) => {
      expect(CronSchedule.parse(expression).longestGap().gapMs).toBe(nominalMs);
    },
  );
});

describe('rules that are derived from an objective', () => {
  test('a daily backup cannot keep an RPO of 24 hours, so two a day are made', () => {
    expect(named({})).toEqual(['Every12Hours', 'Daily', 'Weekly', 'Monthly']);
  });

  test('the rungs alone suffice where they keep the objective', () => {
    expect(named({ rpoMs: 26 * HOUR })).toEqual(['Daily', 'Weekly', 'Monthly']);
  });

  test.each<[number, string]>([
    [7 * DAY, 'TwiceWeekly'],
    [8 * DAY, 'Weekly'],
    [4 * DAY, 'ThriceWeekly'],
    [26 * HOUR, 'Daily'],
    [14 * HOUR, 'Every12Hours'],
    [13 * HOUR, 'Every8Hours'],
    [4 * HOUR, 'Every2Hours'],
    [2.5 * HOUR, 'Hourly'],
  ])('without rungs an RPO of %d ms takes %s', (rpoMs, name) => {
    expect(named({ rpoMs, rungs: [] })).toEqual([name]);
  });

  test('an RPO that no schedule keeps gets the densest, for the assessor to judge', () => {
    expect(named({ rpoMs: HOUR })).toEqual(['Hourly', 'Daily', 'Weekly', 'Monthly']);
  });

  test('copies have an objective of their own: they come later than the recovery points', () => {
    expect(named({ copies: ['dr'], rpoMs: 26 * HOUR, copyRpoMs: 25.9 * HOUR })).toEqual(['Every12Hours', 'Daily', 'Weekly', 'Monthly']);
    expect(named({ copies: ['dr'], rpoMs: 26 * HOUR, copyRpoMs: 26 * HOUR })).toEqual(['Daily', 'Weekly', 'Monthly']);
  });

  test('a rhythm by hand is taken as it is, or the next denser one that exists', () => {
    expect(named({ everyMs: 6 * HOUR })).toEqual(['Every6Hours', 'Daily', 'Weekly', 'Monthly']);
    expect(named({ everyMs: 5 * HOUR })).toEqual(['Every4Hours', 'Daily', 'Weekly', 'Monthly']);
    expect(named({ everyMs: 10 * MINUTE })).toEqual(['Hourly', 'Daily', 'Weekly', 'Monthly']);
  });

  test('a rhythm that a rung has already adds no rule', () => {
    expect(named({ everyMs: DAY })).toEqual(['Daily', 'Weekly', 'Monthly']);
  });

  test.each<[string, PlanRequest['rungs'], number]>([
    ['a day less than the shortest rung, which wins where their start windows overlap', [DAILY, WEEKLY], 29],
    ['35 days at most, whatever the rungs', [WEEKLY, MONTHLY], 35],
    ['35 days without a rung', [], 35],
    ['35 days where a rung is kept forever', [{ ...DAILY, keptMs: 'forever' }], 35],
    ['a day at least', [{ ...DAILY, keptMs: DAY }], 1],
  ])('continuous backup is a rule of its own, kept %s', (_, rungs, keptDays) => {
    const [continuous] = planRules({ ...REQUEST, rpoMs: undefined, continuous: true, rungs });
    expect(continuous).toMatchObject({ name: 'Continuous', continuous: true, keptMs: keptDays * DAY });
  });

  test('continuous backup runs as often as its copies need, since copies are snapshots', () => {
    const [continuous] = planRules({ ...REQUEST, rpoMs: undefined, continuous: true, copies: ['dr'], copyRpoMs: 4 * HOUR });
    expect(continuous).toMatchObject({ name: 'Continuous', expression: 'cron(0 0,2,4,6,8,10,12,14,16,18,20,22 * * ? *)' });
    expect(continuous.copies).toEqual([{ container: 'dr', keptMs: 7 * DAY }]);
  });

  test('continuous backup has runs that no rung swallows', () => {
    const [continuous] = planRules({ ...REQUEST, rpoMs: undefined, continuous: true });
    expect(continuous).toMatchObject({ expression: 'cron(0 2,14 * * ? *)', keptMs: 29 * DAY });
    expect(planRules({ ...REQUEST, rpoMs: undefined, continuous: true, rungs: [] })).toMatchObject([{ expression: 'cron(0 2 * * ? *)' }]);
  });

  test('continuous backup wins over a rung that leaves no room for its runs', () => {
    const hourly = { name: 'Hourly', expression: 'cron(0 * * * ? *)', keptMs: 7 * DAY };
    const rules = planRules({ ...REQUEST, rpoMs: undefined, continuous: true, rungs: [hourly, DAILY, WEEKLY] });
    expect(rules[0]).toMatchObject({ name: 'Continuous', keptMs: 29 * DAY });
    expect(alwaysSwallowed(rules, 'Continuous')).toBe(false);
  });

  test('continuous backup runs as seldom as asked for, but beside the rungs', () => {
    const rhythm = (everyMs: number, rungs = REQUEST.rungs) =>
      planRules({ ...REQUEST, rpoMs: undefined, continuous: true, everyMs, rungs })[0].expression;
    expect(rhythm(HOUR)).toBe('cron(0 * * * ? *)');
    expect(rhythm(DAY)).toBe('cron(0 2,14 * * ? *)');
    expect(rhythm(DAY, [WEEKLY])).toBe('cron(0 2 * * ? *)');
  });

  test('a rule between the rungs never takes the name of one', () => {
    const evening = { ...DAILY, expression: 'cron(0 22 * * ? *)' };
    expect(named({ everyMs: DAY, rungs: [evening] })).toEqual(['DailyBetween', 'Daily']);
  });

  test('continuous backup on the rhythm of a rung keeps its own rule', () => {
    expect(named({ rpoMs: undefined, continuous: true, everyMs: DAY })).toEqual(['Continuous', 'Daily', 'Weekly', 'Monthly']);
  });

  test('every rule carries windows, time zone, vault, lifecycle and copies', () => {
    const rules = planRules({ ...REQUEST, timeZone: 'Asia/Tokyo', copies: ['dr'] });
    for (const rule of rules) {
      expect(rule).toMatchObject({ timeZone: 'Asia/Tokyo', startWindowMs: HOUR, completionWindowMs: 7 * DAY, container: 'primary' });
      expect(rule.copies).toEqual([{ container: 'dr', keptMs: rule.keptMs }]);
    }
    expect(rules.at(-1)).toMatchObject({ name: 'Monthly', coldAfterMs: 30 * DAY, archive: true });
  });
});

test('property: what is derived keeps every objective that the densest schedule can keep, and a longer one never takes more rules', () => {
  const request = fc.record({
    rpoMs: fc.integer({ min: 1, max: 240 }).map((hours) => hours * HOUR),
    rungs: fc.subarray([DAILY, WEEKLY, MONTHLY]),
    backupMs: fc.integer({ min: 1, max: 20 }).map((minutes) => minutes * MINUTE),
    hour: fc.integer({ min: 0, max: 23 }),
  });
  fc.assert(
    fc.property(request, ({ rpoMs, rungs, backupMs, hour }) => {
      const full = { ...REQUEST, rpoMs, rungs, hour, times: { ...REQUEST.times, backupMs } };
      const [age] = worst(full);
      const [densest] = worst({ ...full, rpoMs: 0 });
      expect(age).toBeLessThanOrEqual(Math.max(rpoMs, densest));
    }),
    { numRuns: 150 },
  );
});
