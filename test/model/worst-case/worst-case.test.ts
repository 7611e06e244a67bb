import { CronSchedule } from '../../../lib/model/schedule';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { alwaysSwallowed, claimsOf, type JobTimes, overlapsOf, type PlaceClaim, type RuleModel } from '../../../lib/model/worst-case';

const TIMES: JobTimes = { backupMs: 20 * MINUTE, copyMs: 15 * MINUTE, basis: 'estimated' };

const HOURLY: RuleModel = {
  name: 'hourly',
  expression: 'cron(0 * * * ? *)',
  startWindowMs: HOUR,
  completionWindowMs: 7 * DAY,
  keptMs: 7 * DAY,
  continuous: false,
  container: 'main',
  copies: [],
};
const DAILY: RuleModel = { ...HOURLY, name: 'daily', expression: 'cron(0 5 * * ? *)', keptMs: 30 * DAY };
const WEEKLY: RuleModel = { ...HOURLY, name: 'weekly', expression: 'cron(0 5 ? * SUN *)', keptMs: 90 * DAY };
const MONTHLY: RuleModel = { ...HOURLY, name: 'monthly', expression: 'cron(0 5 1 * ? *)', keptMs: 2555 * DAY };
const FAR = { container: 'far', keptMs: 14 * DAY };

const sum = ({ staleness }: PlaceClaim) => staleness.reduce((total, { ms }) => total + ms, 0);
const at = (container: string, rules: readonly RuleModel[], times = TIMES) =>
  claimsOf(rules, times).find((claim) => claim.container === container) as PlaceClaim;

describe('the claim of one rule', () => {
  test('adds the longest gap, the start window and the backup, each with its basis', () => {
    expect(claimsOf([HOURLY], TIMES)).toEqual([
      {
        container: 'main',
        copied: false,
        staleness: [
          { name: 'longest gap between runs (hourly: cron(0 * * * ? *))', ms: HOUR, basis: 'configured' },
          { name: 'start window of rule hourly', ms: HOUR, basis: 'configured' },
          { name: 'backup until complete', ms: 20 * MINUTE, basis: 'estimated' },
        ],
        keptMs: 7 * DAY,
        shortestKeptMs: 7 * DAY,
        rules: ['hourly'],
        cautions: [],
      },
    ]);
  });

  test('adds the copy where the recovery point is a copy, which has a retention of its own', () => {
    const claim = at('far', [{ ...DAILY, copies: [FAR, { container: 'farther', keptMs: 'forever' }] }]);
    expect(claim).toMatchObject({ copied: true, keptMs: 14 * DAY, shortestKeptMs: 14 * DAY });
    expect(claim.staleness.at(-1)).toEqual({ name: 'copy until complete', ms: 15 * MINUTE, basis: 'estimated' });
    expect(sum(claim)).toBe(DAY + HOUR + 35 * MINUTE);
    expect(at('farther', [{ ...DAILY, copies: [FAR, { container: 'farther', keptMs: 'forever' }] }]).keptMs).toBe('forever');
  });

  test('names the time zone and counts the hour that clocks go back', () => {
    const claim = at('main', [{ ...HOURLY, timeZone: 'America/New_York' }]);
    expect(claim.staleness[0]).toEqual({
      name: 'longest gap between runs (hourly: cron(0 * * * ? *) America/New_York)',
      ms: 2 * HOUR,
      basis: 'configured',
    });
    expect(at('main', [{ ...HOURLY, timeZone: 'UTC' }]).staleness[0].name).toBe('longest gap between runs (hourly: cron(0 * * * ? *))');
  });

  test('a wide start window does not swallow runs of the same rule', () => {
    expect(sum(at('main', [{ ...HOURLY, startWindowMs: 8 * HOUR }]))).toBe(9 * HOUR + 20 * MINUTE);
  });

  test('a continuous rule promises nothing for its own vault, and snapshots for its copies', () => {
    expect(claimsOf([{ ...HOURLY, continuous: true }], TIMES)).toEqual([]);
    const claims = claimsOf([{ ...HOURLY, continuous: true, copies: [FAR, { ...FAR, container: 'main' }] }], TIMES);
    expect(claims.map(({ container, copied }) => [container, copied])).toEqual([
      ['main', true],
      ['far', true],
    ]);
    expect(claims.map(sum)).toEqual([2 * HOUR + 35 * MINUTE, 2 * HOUR + 35 * MINUTE]);
  });

  test('has no end where the rule ends some year or never runs', () => {
    const ending = { ...HOURLY, expression: 'cron(0 * * * ? 2026-2050)' };
    for (const rule of [ending, { ...HOURLY, expression: 'cron(0 5 31 2 ? *)' }]) {
      expect(at('main', [rule]).staleness).toEqual([
        { name: 'no run is sure to be followed by another', ms: Infinity, basis: 'configured' },
      ]);
    }
    expect(sum(at('main', [ending, DAILY]))).toBe(DAY + HOUR + 20 * MINUTE);
  });

  test('is the same object for equal rules and times', () => {
    expect(claimsOf([{ ...DAILY }, WEEKLY], { ...TIMES })).toBe(claimsOf([DAILY, { ...WEEKLY }], TIMES));
    expect(claimsOf([DAILY], { ...TIMES, backupMs: HOUR })).not.toBe(claimsOf([DAILY], TIMES));
  });

  test('fails for a schedule that AWS Backup would refuse', () => {
    expect(() => claimsOf([{ ...DAILY, expression: 'rate(1 day)' }], TIMES)).toThrow('is a rate');
  });
});

describe('the claim of several rules', () => {
  test('is that of their union where they bring recovery points to the same vault', () => {
    const twelve = { ...DAILY, name: 'evening', expression: 'cron(0 17 * * ? *)' };
    const claim = at('main', [DAILY, twelve, { ...MONTHLY, expression: 'cron(0 17 10 * ? *)' }]);
    expect(claim.staleness[0]).toEqual({
      name: 'longest gap between runs (daily: cron(0 5 * * ? *) then evening: cron(0 17 * * ? *))',
      ms: 12 * HOUR,
      basis: 'configured',
    });
    expect(claim).toMatchObject({ rules: ['daily', 'evening', 'monthly'], keptMs: 2555 * DAY, shortestKeptMs: 30 * DAY, cautions: [] });
  });

  test('a longer retention swallows what its start window overlaps', () => {
    const wide = { ...DAILY, startWindowMs: 8 * HOUR, container: 'second' };
    const claim = at('main', [HOURLY, wide]);
    expect(claim.staleness[0].ms).toBe(9 * HOUR);
    expect(sum(claim)).toBe(10 * HOUR + 20 * MINUTE);
    expect(sum(at('second', [HOURLY, wide]))).toBe(DAY + 8 * HOUR + 20 * MINUTE);
  });

  test('a rare rule beside many runs is looked at for as long as its own gap takes', () => {
    const busy = { ...HOURLY, expression: 'cron(0 12-23 * * ? *)', keptMs: 'forever' as const };
    const leap = { ...HOURLY, expression: 'cron(0 5 29 2 ? *)', container: 'second' };
    expect(at('second', [busy, leap]).staleness[0].ms).toBe(1461 * DAY);
  });

  test('windows that only touch do not overlap', () => {
    expect(sum(at('main', [HOURLY, { ...DAILY, expression: 'cron(0 5 * * ? *)', container: 'second' }]))).toBe(3 * HOUR + 20 * MINUTE);
    const quick = { ...HOURLY, expression: 'cron(0 4,6 * * ? *)' };
    expect(overlapsOf([quick, DAILY])).toEqual([]);
    expect(overlapsOf([{ ...quick, startWindowMs: HOUR + MINUTE }, DAILY])).toHaveLength(1);
  });

  test('a copy that only a swallowed rule makes waits for the next run that is not', () => {
    const sunday = { ...WEEKLY, copies: [FAR] };
    const claim = at('far', [sunday, MONTHLY]);
    expect(claim.staleness[0].ms).toBe(14 * DAY);
    expect(claim.shortestKeptMs).toBe(14 * DAY);
  });

  test('a rule whose every run is swallowed promises nothing', () => {
    expect(
      at('far', [
        { ...DAILY, copies: [FAR] },
        { ...DAILY, name: 'other', keptMs: 'forever' },
      ]).staleness,
    ).toEqual([{ name: 'no run is sure to be followed by another', ms: Infinity, basis: 'configured' }]);
  });

  test('in a chain the last run does not count, because it may be swallowed by one that is swallowed itself', () => {
    const chain = [
      { ...DAILY, name: 'short', expression: 'cron(0 5,17 * * ? *)', keptMs: 7 * DAY },
      { ...DAILY, name: 'middle', expression: 'cron(30 5 * * ? *)', container: 'second' },
      { ...DAILY, name: 'long', expression: 'cron(15 6 * * ? *)', keptMs: 60 * DAY, container: 'second' },
    ];
    expect(at('main', chain).staleness[0].ms).toBe(DAY);
    expect(at('main', chain.slice(0, 2)).staleness[0].ms).toBe(DAY);
    expect(at('main', [chain[0], chain[2]]).staleness[0].ms).toBe(12 * HOUR);
  });

  test('of a tie either rule may win, so neither place is safe', () => {
    const tie = [DAILY, { ...DAILY, name: 'other', expression: 'cron(30 5 * * ? *)', container: 'second' }];
    const caution =
      'start windows of rules with equal retention overlap, and which of them backs up is not documented: let one keep longer';
    for (const claim of claimsOf(tie, TIMES)) {
      expect(sum(claim)).toBe(Infinity);
      expect(claim.cautions).toContain(caution);
    }
    const shared = at('main', [DAILY, { ...tie[1], container: 'main' }]);
    expect(sum(shared)).toBe(DAY + HOUR + 20 * MINUTE);
    expect(shared.cautions).toEqual([caution]);
  });

  test('of three tied rules the runs of two that meet are in doubt while the third wins', () => {
    const rules = ['cron(0 5 * * ? *)', 'cron(30 5 * * ? *)', 'cron(0 5 ? * MON *)'].map((expression, i) => ({
      ...DAILY,
      name: `rule-${i}`,
      expression,
    }));
    expect(at('main', rules).staleness[0].ms).toBe(7 * DAY);
    expect(at('main', rules.slice(0, 2)).staleness[0].ms).toBe(DAY);
  });

  test('a mixed place counts the copy where the recovery point that is waited for is one', () => {
    const claim = at('main', [{ ...DAILY, container: 'second', copies: [{ container: 'main', keptMs: 40 * DAY }] }, WEEKLY]);
    expect(claim).toMatchObject({ copied: false, keptMs: 90 * DAY, shortestKeptMs: 40 * DAY });
    expect(claim.staleness.map(({ name }) => name)).toContain('copy until complete');
  });
});

describe('a ladder whose rungs run when its densest rule runs', () => {
  const rung = (name: string, expression: string, keptMs: number, more: Partial<RuleModel> = {}): RuleModel => ({
    ...HOURLY_RUNG,
    ...more,
    name,
    expression,
    keptMs,
  });
  const HOURLY_RUNG: RuleModel = {
    name: 'Hourly',
    expression: 'cron(0 * * * ? *)',
    startWindowMs: HOUR,
    completionWindowMs: 7 * DAY,
    keptMs: 7 * DAY,
    continuous: false,
    container: 'ladder',
    copies: [{ container: 'copies', keptMs: 7 * DAY }],
  };
  const DAILY_RUNG = rung('Daily', 'cron(0 2 * * ? *)', 30 * DAY);
  const LADDER = [
    HOURLY_RUNG,
    DAILY_RUNG,
    rung('Weekly', 'cron(0 2 ? * SUN *)', 90 * DAY),
    rung('Monthly', 'cron(0 2 1 * ? *)', 2557 * DAY),
  ];
  const TIMES = { backupMs: 10 * MINUTE, copyMs: 20 * MINUTE, basis: 'estimated' } as const;
  const terms = (rules: readonly RuleModel[]) => claimsOf(rules, TIMES).map(({ staleness }) => staleness);

  test('claims what the densest rule claims alone, with the retention of all', () => {
    expect(terms(LADDER)).toEqual(terms([HOURLY_RUNG]));
    expect(claimsOf(LADDER, TIMES).map(({ keptMs, shortestKeptMs, rules }) => [keptMs, shortestKeptMs, rules.length])).toEqual([
      [2557 * DAY, 7 * DAY, 4],
      [7 * DAY, 7 * DAY, 4],
    ]);
  });

  test.each<[string, readonly RuleModel[]]>([
    ['a rung that runs at another minute', [HOURLY_RUNG, rung('Daily', 'cron(30 2 * * ? *)', 30 * DAY)]],
    ['a rung with a wider start window', [HOURLY_RUNG, rung('Daily', 'cron(0 2 * * ? *)', 30 * DAY, { startWindowMs: 4 * HOUR })]],
    ['a rung without the copy', [HOURLY_RUNG, rung('Daily', 'cron(0 2 * * ? *)', 30 * DAY, { copies: [] })]],
    [
      'a start window longer than the gap',
      [
        { ...HOURLY_RUNG, startWindowMs: 2 * HOUR },
        { ...DAILY_RUNG, startWindowMs: 2 * HOUR },
      ],
    ],
    ['a rung in another time zone', [HOURLY_RUNG, rung('Daily', 'cron(0 2 * * ? *)', 30 * DAY, { timeZone: 'Asia/Kolkata' })]],
  ])('%s is looked at run by run: the claim is longer', (_, rules) => {
    const longest = (all: readonly RuleModel[]) => Math.max(...terms(all).map((parts) => parts.reduce((sum, { ms }) => sum + ms, 0)));
    expect(longest(rules)).toBeGreaterThan(longest([HOURLY_RUNG]));
  });

  test('where clocks change, the hour that comes twice is still seen', () => {
    const zoned = LADDER.map((rule) => ({ ...rule, timeZone: 'America/New_York' }));
    expect(terms(zoned)[0][0].ms).toBe(2 * HOUR);
  });
});

describe('jobs in the way of each other', () => {
  const slow: JobTimes = { backupMs: 55 * MINUTE, copyMs: 30 * MINUTE, basis: 'measured' };
  const CLASH = 'runs that expire while another job of the resource goes on';

  test('an hourly backup that takes up to 50 minutes is never in the way, one of 51 may be', () => {
    expect(at('main', [HOURLY], { ...slow, backupMs: 50 * MINUTE }).cautions).toEqual([]);
    const claim = at('main', [HOURLY], { ...slow, backupMs: 51 * MINUTE });
    expect(claim.cautions).toEqual([
      'a job may still run when the start window of the next one ends, which then expires: space the runs further apart',
    ]);
    // The job starts at the last minute of its window, the next expires, the one after starts at its own last minute.
    expect(sum(claim)).toBe(HOUR + 61 * MINUTE + 51 * MINUTE);
    expect(claim.staleness.at(-1)).toEqual({ name: CLASH, ms: MINUTE, basis: 'measured' });
  });

  test('a backup that outlasts several runs lets all of them expire', () => {
    // Started 20 minutes and a moment after its run it outlasts two windows: the third run starts at the end of its own.
    expect(sum(at('main', [HOURLY], { ...slow, backupMs: 150 * MINUTE }))).toBe(4 * HOUR + 150 * MINUTE - 20 * MINUTE);
  });

  test('the copy occupies the resource too', () => {
    expect(at('main', [{ ...HOURLY, copies: [FAR] }], { ...slow, backupMs: 20 * MINUTE }).cautions).toEqual([]);
    expect(at('main', [{ ...HOURLY, copies: [FAR] }], { ...slow, backupMs: 21 * MINUTE }).cautions).toHaveLength(1);
  });

  test('a long job of a rule that goes elsewhere keeps the runs of a place waiting', () => {
    const night = { ...DAILY, container: 'second' };
    const quick = { ...HOURLY, expression: 'cron(0 0/6 * * ? *)', keptMs: 7 * DAY };
    expect(at('main', [quick, night], { ...TIMES, backupMs: 50 * MINUTE }).staleness.some(({ name }) => name === CLASH)).toBe(false);
    const claim = at('main', [quick, night], { ...TIMES, backupMs: 51 * MINUTE });
    expect(claim.staleness.at(-1)).toEqual({ name: CLASH, ms: 6 * HOUR, basis: 'estimated' });
    expect(sum(claim)).toBe(12 * HOUR + HOUR + 51 * MINUTE);
  });

  test('a continuous rule without copies makes no jobs that could be in the way', () => {
    const continuous = {
      ...HOURLY,
      name: 'continuous',
      continuous: true,
      keptMs: 35 * DAY,
      startWindowMs: 30 * MINUTE,
      expression: 'cron(30 1 * * ? *)',
    };
    const daily = { ...DAILY, expression: 'cron(0 3 * * ? *)' };
    const times = { ...TIMES, backupMs: 5 * HOUR };
    expect(at('main', [continuous, daily], times).cautions).toEqual([]);
    expect(sum(at('main', [{ ...continuous, copies: [FAR] }, daily], times))).toBe(Infinity);
  });

  test('a run that may only perhaps be swallowed may be in the way all the same', () => {
    const daily = (name: string, expression: string, keptMs: number) => ({ ...HOURLY, name, expression, keptMs });
    const elsewhere = { container: 'second', continuous: true };
    const rules = [
      daily('early', 'cron(0 5 * * ? *)', 7 * DAY),
      daily('late', 'cron(15 7 * * ? *)', 7 * DAY),
      { ...daily('middle', 'cron(30 5 * * ? *)', 30 * DAY), ...elsewhere },
      { ...daily('long', 'cron(15 6 * * ? *)', 60 * DAY), ...elsewhere },
    ];
    // The long rule swallows the middle one, so the early one may run after all, from 5:55 on until 8:05: too late for the late one.
    const claim = at('main', rules, { ...TIMES, backupMs: 130 * MINUTE });
    expect(claim.staleness[0].ms).toBe(DAY);
    expect(claim.staleness.at(-1)).toEqual({ name: CLASH, ms: 80 * MINUTE, basis: 'estimated' });
  });

  test('a place whose runs all meet a job that goes elsewhere has no promise', () => {
    const other = { ...HOURLY, name: 'other', expression: 'cron(0 0/2 * * ? *)', keptMs: 8 * DAY, container: 'second' };
    expect(sum(at('main', [HOURLY, other], { ...slow, backupMs: 5 * HOUR }))).toBe(Infinity);
  });
});

describe('what weakens a claim', () => {
  test.each<[number, number]>([
    [80 * MINUTE, 0],
    [80 * MINUTE - 1, 1],
  ])('a completion window of %d ms after a window of an hour and a backup of 20 minutes: %d cautions', (completionWindowMs, cautions) => {
    expect(at('main', [{ ...HOURLY, completionWindowMs }]).cautions).toHaveLength(cautions);
  });

  test('says which rule may be cancelled', () => {
    expect(at('main', [{ ...HOURLY, completionWindowMs: HOUR }]).cautions).toEqual([
      'a backup of rule hourly may pass its completion window of 1 h and be cancelled: widen it',
    ]);
  });
});

describe('overlaps', () => {
  test('tell who wins, who loses how many runs, and when first', () => {
    expect(overlapsOf([HOURLY, { ...DAILY, startWindowMs: 8 * HOUR }])).toEqual([
      { winner: 'daily', loser: 'hourly', share: 8 / 24, tie: false },
    ]);
  });

  test('a window that begins before counts as well', () => {
    const [overlap] = overlapsOf([{ ...HOURLY, startWindowMs: 90 * MINUTE }, DAILY]);
    expect(overlap).toMatchObject({ share: 2 / 24 });
  });

  test('a tie is told once, with the rule listed first', () => {
    expect(overlapsOf([WEEKLY, { ...DAILY, keptMs: WEEKLY.keptMs }])).toEqual([
      { winner: 'weekly', loser: 'daily', share: expect.closeTo(1 / 7, 2), tie: true },
    ]);
  });

  test('forever is longer than any number of days', () => {
    expect(overlapsOf([DAILY, { ...HOURLY, keptMs: 'forever' }])).toMatchObject([{ winner: 'hourly', loser: 'daily', share: 1 }]);
  });

  test('of rules apart there are none, nor of a rule with itself', () => {
    expect(overlapsOf([{ ...HOURLY, startWindowMs: 8 * HOUR }])).toEqual([]);
    expect(overlapsOf([DAILY, { ...WEEKLY, expression: 'cron(0 8 ? * SUN *)' }])).toEqual([]);
    expect(overlapsOf([])).toEqual([]);
  });
});

describe('a rule that may never back up', () => {
  const short = { ...DAILY, name: 'short', keptMs: DAY };

  test.each<[string, readonly RuleModel[], boolean]>([
    ['has all its runs in windows of a rule with longer retention', [short, DAILY], true],
    ['has them in windows of a rule with equal retention, which may win', [short, { ...DAILY, keptMs: DAY }], true],
    [
      'has them in windows of several rules together',
      [short, { ...DAILY, expression: 'cron(0 5 ? * SUN-TUE *)' }, { ...WEEKLY, expression: 'cron(0 5 ? * WED-SAT *)' }],
      true,
    ],
    ['is not one that has the longer retention', [{ ...short, keptMs: 31 * DAY }, DAILY], false],
    ['is not one with a single run of its own', [short, { ...DAILY, expression: 'cron(0 5 ? * MON-SAT *)' }], false],
    ['is not one that is alone', [short], false],
    ['is not one that is alone with a window of a century', [{ ...short, startWindowMs: 36_500 * DAY }], false],
    [
      'has its runs in long windows that opened before them',
      [short, { ...DAILY, expression: 'cron(0 5 ? * SUN *)', startWindowMs: 7 * DAY }],
      true,
    ],
    ['is not one whose only run of its own comes in another season', [short, { ...DAILY, expression: 'cron(0 5 * 1-9 ? *)' }], false],
  ])('%s', (_what, rules, expected) => {
    expect(alwaysSwallowed(rules, 'short')).toBe(expected);
  });
});

describe('cost', () => {
  const cpuMs = (work: () => void) => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };

  test('a thousand resources with the same rules cost as much as one', () => {
    const plan = [HOURLY, DAILY, WEEKLY, MONTHLY, { ...MONTHLY, name: 'yearly', expression: 'cron(0 5 1 1 ? *)', copies: [FAR] }];
    claimsOf(plan, TIMES);
    expect(cpuMs(() => Array.from({ length: 1000 }, () => claimsOf(plan, { ...TIMES })))).toBeLessThan(100);
  });

  test('the gap of a schedule is found once', () => {
    const schedule = CronSchedule.parse('cron(7 * * * ? *)', 'Europe/Berlin');
    schedule.longestGap();
    expect(
      cpuMs(() => Array.from({ length: 1000 }, () => CronSchedule.parse('cron(7 * * * ? *)', 'Europe/Berlin').longestGap())),
    ).toBeLessThan(20);
  });
});
