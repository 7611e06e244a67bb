import { Duration } from 'aws-cdk-lib/core';
import { CopyRule, DataClass, RecoveryObjective, RecoveryTier, RetentionPolicy, RetentionRung, WeekDay } from '../../lib/core/index';
import { Disruption } from '../../lib/model/disruption';

const hours = (duration?: Duration) => duration?.toHours({ integral: false });
const days = (duration: Duration) => duration.toDays({ integral: false });

describe('the four tiers of the guide', () => {
  test.each<[RecoveryTier, string, number, number, string, boolean]>([
    [RecoveryTier.CRITICAL, 'critical', 1, 1, 'real-time replication and automatic failover', true],
    [RecoveryTier.IMPORTANT, 'important', 4, 4, 'hourly recovery points and automatic restore', true],
    [RecoveryTier.STANDARD, 'standard', 24, 24, 'daily full backup', false],
    [RecoveryTier.LOW, 'low', 168, 168, 'weekly full backup', false],
  ])('%s promises its RPO and RTO with its strategy', (tier, name, rpo, rto, strategy, continuous) => {
    expect([tier.name, hours(tier.objective.rpo), hours(tier.objective.rto), tier.strategy, tier.continuous]).toEqual([
      name,
      rpo,
      rto,
      strategy,
      continuous,
    ]);
  });

  test('important makes recovery points every hour, standard as seldom as its RPO allows', () => {
    expect([hours(RecoveryTier.IMPORTANT.recoveryPointsEvery), RecoveryTier.STANDARD.recoveryPointsEvery]).toEqual([1, undefined]);
  });

  test('low keeps no daily rung', () => {
    expect(RecoveryTier.LOW.retention.rungs.map(({ name }) => name)).toEqual(['Weekly', 'Monthly']);
  });

  test.each([
    [4, true],
    [5, false],
  ])('a tier of %i hours by hand uses point-in-time recovery: %s', (rpo, continuous) => {
    const objective = RecoveryObjective.of({ rpo: Duration.hours(rpo), rto: Duration.hours(8) });
    const tier = RecoveryTier.custom('mine', { objective });
    expect([tier.name, tier.continuous, tier.retention.rungs.length, tier.recoveryPointsEvery]).toEqual(['mine', continuous, 3, undefined]);
  });

  test('a tier by hand keeps everything that it is given', () => {
    const objective = RecoveryObjective.of({ rpo: Duration.hours(2), rto: Duration.hours(8) });
    const retention = RetentionPolicy.of();
    const tier = RecoveryTier.custom('mine', {
      objective,
      retention,
      strategy: 'by hand',
      continuous: false,
      recoveryPointsEvery: Duration.hours(2),
    });
    expect([tier.objective, tier.retention, tier.strategy, tier.continuous, hours(tier.recoveryPointsEvery)]).toEqual([
      objective,
      retention,
      'by hand',
      false,
      2,
    ]);
  });
});

describe('objectives', () => {
  const objective = RecoveryObjective.of({ rpo: Duration.hours(4), rto: Duration.hours(4) });

  test('hold for every disruption unless one is excepted', () => {
    const relaxed = objective.during(Disruption.REGION_LOSS, { rpo: Duration.hours(24), rto: Duration.hours(48) });
    expect([...relaxed._exceptions].map(([disruption, { rpo, rto }]) => [disruption, hours(rpo), hours(rto)])).toEqual([
      ['REGION_LOSS', 24, 48],
    ]);
    expect([relaxed.rpo, relaxed.rto].map(hours)).toEqual([4, 4]);
  });

  test('are values: an exception leaves the original as it was', () => {
    objective.during(Disruption.REGION_LOSS, { rpo: Duration.hours(24), rto: Duration.hours(24) });
    expect(objective._exceptions.size).toBe(0);
  });
});

describe('retention', () => {
  test('the standard ladder is daily 30 days, weekly 3 months, monthly 7 years', () => {
    expect(RetentionPolicy.standard().rungs.map(({ name, keep }) => [name, days(keep)])).toEqual([
      ['Daily', 30],
      ['Weekly', 90],
      ['Monthly', 2557],
    ]);
  });

  test('recovery points between the rungs are kept 7 days unless told otherwise', () => {
    expect([days(RetentionPolicy.standard().recent), days(RetentionPolicy.standard().keepRecent(Duration.days(2)).recent)]).toEqual([7, 2]);
  });

  test('all rungs of a ladder run at the same minute, so that the longest retention takes the one backup', () => {
    const all = RetentionPolicy.ladder({
      daily: Duration.days(7),
      weekly: Duration.days(8),
      monthly: Duration.days(9),
      yearly: Duration.days(10),
    });
    expect(all.rungs.map(({ expression }) => expression)).toEqual([
      'cron(0 2 * * ? *)',
      'cron(0 2 ? * SUN *)',
      'cron(0 2 1 * ? *)',
      'cron(0 2 1 1 ? *)',
    ]);
  });

  test('an empty ladder has no rung', () => {
    expect(RetentionPolicy.ladder({}).rungs).toEqual([]);
  });

  const keep = Duration.days(1);
  test.each<[RetentionRung, string, string]>([
    [RetentionRung.everyHours(1, keep), 'Hourly', 'cron(0 * * * ? *)'],
    [RetentionRung.everyHours(1, keep, { minute: 30 }), 'Hourly', 'cron(30 * * * ? *)'],
    [RetentionRung.everyHours(12, keep), 'Every12Hours', 'cron(0 2,14 * * ? *)'],
    [RetentionRung.everyHours(8, keep, { hour: 23, minute: 5 }), 'Every8Hours', 'cron(5 7,15,23 * * ? *)'],
    [RetentionRung.daily(keep, { hour: 0, minute: 59 }), 'Daily', 'cron(59 0 * * ? *)'],
    [RetentionRung.weekly(keep, { weekDay: WeekDay.FRIDAY }), 'Weekly', 'cron(0 2 ? * FRI *)'],
    [RetentionRung.monthly(keep, { day: 15 }), 'Monthly', 'cron(0 2 15 * ? *)'],
    [RetentionRung.yearly(keep, { day: 31, month: 3 }), 'Yearly', 'cron(0 2 31 3 ? *)'],
    [RetentionRung.cron('LastDay', 'cron(0 2 L * ? *)', keep), 'LastDay', 'cron(0 2 L * ? *)'],
  ])('rung %# runs when it says', (rung, name, expression) => {
    expect([rung.name, rung.expression]).toEqual([name, expression]);
  });

  test.each([0, 5, 24, 1.5, -1, Number.NaN])('fails for every %d hours, which do not divide a day', (every) => {
    expect(() => RetentionRung.everyHours(every, keep)).toThrow(/'hours' must be one of 1, 2, 3, 4, 6, 8, 12, got .*HoursDoNotDivideDay/);
  });
});

describe('the data classes of the guide', () => {
  test('critical databases: hourly, daily at 02:00, weekly on Sunday at 01:00', () => {
    expect(DataClass.databaseCritical().retention.rungs.map(({ expression }) => expression)).toEqual([
      'cron(0 * * * ? *)',
      'cron(0 2 * * ? *)',
      'cron(0 1 ? * SUN *)',
    ]);
  });

  test('standard file systems: daily at 03:00, monthly on the first at 04:00', () => {
    expect(DataClass.fileSystemStandard().retention.rungs.map(({ expression }) => expression)).toEqual([
      'cron(0 3 * * ? *)',
      'cron(0 4 1 * ? *)',
    ]);
  });

  test('a class of your own keeps its name and schedule', () => {
    const retention = RetentionPolicy.of();
    const mine = DataClass.of('mine', retention);
    expect([mine.name, mine.retention]).toEqual(['mine', retention]);
  });
});

test('3-2-1 and 3-2-1-1-0 demand what their digits say', () => {
  expect(CopyRule.THREE_TWO_ONE._fact()).toEqual({ copies: 3, media: 2, offSite: 1 });
  expect(CopyRule.THREE_TWO_ONE_ONE_ZERO._fact()).toEqual({ copies: 3, media: 2, offSite: 1, immutable: 1, verified: true });
});

describe('a copy rule of your own', () => {
  test('fails for a fourth medium: there are three', () => {
    expect(() => CopyRule.atLeast({ media: 4 })._fact()).toThrow("'media' of the copy rule is 4: give a whole number from 1 to 3");
  });

  test('demands what it says and nothing else', () => {
    const demands = { copies: 1, media: 3, offSite: 1, otherAccount: 2, immutable: 1, airGapped: 1, verified: false };
    expect(CopyRule.atLeast(demands)._fact()).toEqual(demands);
    expect(CopyRule.atLeast({})._fact()).toEqual({});
  });

  test.each(['copies', 'media', 'offSite', 'otherAccount', 'immutable', 'airGapped'])(
    'fails for a count of %s that demands nothing',
    (part) => {
      const range = part === 'media' ? 'from 1 to 3' : 'from 1 on';
      for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => CopyRule.atLeast({ [part]: value })._fact()).toThrow(
          `'${part}' of the copy rule is ${value}: give a whole number ${range}, or leave it out (InvalidCopyRule)`,
        );
      }
    },
  );
});
