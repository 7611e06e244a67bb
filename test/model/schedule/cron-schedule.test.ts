import * as fc from 'fast-check';
import { CronSchedule, hourlyFloor, ScheduleError } from '../../../lib/model/schedule';
import { TimeZone } from '../../../lib/model/schedule/private/time-zone';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { expressions, type WallClock, wallClocks } from './brute-force';

const ZONES = ['UTC', 'Asia/Tokyo', 'Asia/Kathmandu', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe'];

const utc = (text: string) => Date.parse(`${text}Z`);

function runs(expression: string, timeZone: string, from: string, until: string): string[] {
  return CronSchedule.parse(expression, timeZone)
    .runs(utc(from), utc(until))
    .map((ms) => new Date(ms).toISOString().slice(0, 16));
}

describe('what AWS would refuse', () => {
  test.each<[string, string, string]>([
    ['rate(1 day)', 'expression', 'is a rate'],
    ['0 5 * * ? *', 'expression', 'is not a cron expression'],
    ['cron(0 5 * * ? *', 'expression', 'is not a cron expression'],
    ['cron()', 'expression', 'has 0 fields instead of 6'],
    ['cron(0 5 * * ?)', 'expression', 'has 5 fields instead of 6'],
    ['cron(0 0 5 * * ? *)', 'expression', 'has 7 fields instead of 6'],
    ['cron(0 5 * * * *)', 'expression', "has '?' in neither day field"],
    ['cron(0 5 ? * ? *)', 'expression', "has '?' in both day fields"],
    ['cron(60 5 * * ? *)', 'minutes', 'use 0 to 59'],
    ['cron(-1 5 * * ? *)', 'minutes', 'use 0 to 59'],
    ['cron(? 5 * * ? *)', 'minutes', 'use 0 to 59'],
    ['cron(0,30 5 * * ? *)', 'minutes', 'but AWS Backup takes at least 60 minutes between two runs'],
    ['cron(0/30 5 * * ? *)', 'minutes', "name a single minute, such as '0'"],
    ['cron(0 24 * * ? *)', 'hours', 'use 0 to 23'],
    ['cron(0 1.5 * * ? *)', 'hours', 'use 0 to 23'],
    ['cron(0 5, * * ? *)', 'hours', 'use 0 to 23'],
    ['cron(0 1-2-3 * * ? *)', 'hours', "more than one '-'"],
    ['cron(0 1/2/3 * * ? *)', 'hours', "more than one '/'"],
    ['cron(0 0/0 * * ? *)', 'hours', 'use a whole step of 1 to 23'],
    ['cron(0 0/24 * * ? *)', 'hours', 'use a whole step of 1 to 23'],
    ['cron(0 0/x * * ? *)', 'hours', 'use a whole step of 1 to 23'],
    ['cron(0 5 0 * ? *)', 'day-of-month', 'use 1 to 31'],
    ['cron(0 5 32 * ? *)', 'day-of-month', 'use 1 to 31'],
    ['cron(0 5 L-31 * ? *)', 'day-of-month', 'use 1 to 30'],
    ['cron(0 5 32W * ? *)', 'day-of-month', 'use 1 to 31'],
    ['cron(0 5 1-5W * ? *)', 'day-of-month', 'use 1 to 31'],
    ['cron(0 5 1 0 ? *)', 'month', 'use 1 to 12 or JAN to DEC'],
    ['cron(0 5 1 13 ? *)', 'month', 'use 1 to 12'],
    ['cron(0 5 1 JANUARY ? *)', 'month', 'use 1 to 12'],
    ['cron(0 5 ? * 0 *)', 'day-of-week', 'use 1 to 7 or SUN to SAT'],
    ['cron(0 5 ? * 8 *)', 'day-of-week', 'use 1 to 7'],
    ['cron(0 5 ? * 8L *)', 'day-of-week', 'use 1 to 7'],
    ['cron(0 5 ? * 2#0 *)', 'day-of-week', 'use 1 to 5'],
    ['cron(0 5 ? * 2#6 *)', 'day-of-week', 'use 1 to 5'],
    ['cron(0 5 ? * 3#1,6#3 *)', 'day-of-week', "has '#' in a list"],
    ['cron(0 5 * * ? 1969)', 'year', 'use 1970 to 2199'],
    ['cron(0 5 * * ? 2200)', 'year', 'use 1970 to 2199'],
    ['cron(0 5 * * ? 2030-2028)', 'year', "write '2028-2030'"],
  ])('fails for %s', (expression, field, words) => {
    const parse = () => CronSchedule.parse(expression);
    expect(parse).toThrow(ScheduleError);
    expect(parse).toThrow(expect.objectContaining({ field, message: expect.stringContaining(words) }));
  });

  test.each(['Mars/Olympus', '', '+09:00', '09:00', 'PST', 'jst'])("fails for the time zone '%s'", (timeZone) => {
    const parse = () => CronSchedule.parse('cron(0 5 * * ? *)', timeZone);
    expect(parse).toThrow(expect.objectContaining({ name: 'ScheduleError', field: 'time zone', value: timeZone }));
    expect(parse).toThrow("use an IANA name such as 'Asia/Tokyo' or 'UTC'");
  });

  test('is told with the field, the value, the limit and the remedy', () => {
    const error = new ScheduleError('hours', '24', 'is not a value of this field', 'use 0 to 23');
    expect(error.message).toBe("hours '24' is not a value of this field: use 0 to 23");
    expect([error.field, error.value, error.remedy]).toEqual(['hours', '24', 'use 0 to 23']);
  });

  test('one minute of the hour is the floor, however many hours', () => {
    expect(() => hourlyFloor('cron(0 * * * ? *)', [0])).not.toThrow();
    expect(() => hourlyFloor('cron(0,59 1 * * ? *)', [0, 59])).toThrow('runs 2 times within an hour');
  });
});

describe('runs', () => {
  test.each<[string, string, string[]]>([
    ['cron(15 * ? * * *)', '2026-03-01T00:00', ['2026-03-01T00:15', '2026-03-01T01:15']],
    ['cron(0 12/12 * * ? *)', '2026-03-01T00:00', ['2026-03-01T12:00', '2026-03-02T12:00']],
    ['cron(0 22-2/2 * * ? *)', '2026-03-01T12:00', ['2026-03-01T22:00', '2026-03-02T00:00', '2026-03-02T02:00']],
    ['cron( 0   8  ? * MON-FRI  * )', '2026-03-06T12:00', ['2026-03-09T08:00', '2026-03-10T08:00']],
    [
      'cron(0 8 ? * FRI-MON *)',
      '2026-03-04T12:00',
      ['2026-03-06T08:00', '2026-03-07T08:00', '2026-03-08T08:00', '2026-03-09T08:00', '2026-03-13T08:00'],
    ],
    ['cron(0 8 ? * fri *)', '2026-03-01T00:00', ['2026-03-06T08:00']],
    ['cron(0 8 L * ? *)', '2026-02-01T00:00', ['2026-02-28T08:00', '2026-03-31T08:00']],
    ['cron(0 8 LW * ? *)', '2026-02-01T00:00', ['2026-02-27T08:00', '2026-03-31T08:00']],
    ['cron(0 8 L-3 * ? *)', '2026-02-01T00:00', ['2026-02-25T08:00']],
    ['cron(0 8 1W * ? *)', '2026-02-01T00:00', ['2026-02-02T08:00', '2026-03-02T08:00', '2026-04-01T08:00']],
    ['cron(0 8 1W 8 ? *)', '2026-01-01T00:00', ['2026-08-03T08:00']],
    ['cron(0 8 31W * ? *)', '2026-01-01T00:00', ['2026-01-30T08:00', '2026-03-31T08:00', '2026-05-29T08:00']],
    ['cron(0 8 ? * 3#2 *)', '2026-03-01T00:00', ['2026-03-10T08:00', '2026-04-14T08:00']],
    ['cron(0 8 ? * 6L *)', '2026-03-01T00:00', ['2026-03-27T08:00', '2026-04-24T08:00']],
    ['cron(0 8 ? * L *)', '2026-03-01T00:00', ['2026-03-07T08:00', '2026-03-14T08:00']],
    ['cron(0 8 1 JAN,JUL ? *)', '2026-03-01T00:00', ['2026-07-01T08:00', '2027-01-01T08:00']],
    ['cron(0 8 1 1/6 ? 2027)', '2026-03-01T00:00', ['2027-01-01T08:00', '2027-07-01T08:00']],
  ])('%s', (expression, from, expected) => {
    const schedule = CronSchedule.parse(expression);
    const seen: number[] = [];
    for (let after = utc(from); seen.length < expected.length; after = seen[seen.length - 1]) {
      seen.push(schedule.nextRun(after) as number);
    }
    expect(seen.map((ms) => new Date(ms).toISOString().slice(0, 16))).toEqual(expected);
  });

  test('the next run is later than the moment asked about, never equal', () => {
    const schedule = CronSchedule.parse('cron(0 5 * * ? *)');
    expect(schedule.nextRun(utc('2026-03-01T05:00'))).toBe(utc('2026-03-02T05:00'));
    expect(schedule.nextRun(utc('2026-03-01T05:00') - 1)).toBe(utc('2026-03-01T05:00'));
  });

  test('from the first moment asked for, until before the last', () => {
    expect(runs('cron(0 5 * * ? *)', 'UTC', '2026-03-01T05:00', '2026-03-02T05:00')).toEqual(['2026-03-01T05:00']);
    expect(runs('cron(0 5 * * ? *)', 'Asia/Tokyo', '2026-02-28T20:00', '2026-03-01T20:00')).toEqual(['2026-02-28T20:00']);
  });

  test('nothing follows after the last year, nor where there is no such date', () => {
    expect(CronSchedule.parse('cron(0 5 * * ? 2026)').nextRun(utc('2026-12-31T05:00'))).toBeUndefined();
    expect(CronSchedule.parse('cron(0 5 31 2 ? *)').nextRun(utc('2026-01-01T00:00'))).toBeUndefined();
  });

  test('equal arguments give the same object, another zone another', () => {
    expect(CronSchedule.parse('cron(0 5 * * ? *)', 'UTC')).toBe(CronSchedule.parse('cron(0 5 * * ? *)'));
    expect(CronSchedule.parse('cron(0 5 * * ? *)', 'Asia/Tokyo')).not.toBe(CronSchedule.parse('cron(0 5 * * ? *)'));
  });
});

describe('when clocks change', () => {
  test('a local time that does not exist is left out', () => {
    expect(runs('cron(30 2 * * ? *)', 'America/New_York', '2026-03-07T00:00', '2026-03-10T00:00')).toEqual([
      '2026-03-07T07:30',
      '2026-03-09T06:30',
    ]);
    expect(runs('cron(0 * * * ? *)', 'America/New_York', '2026-03-08T06:00', '2026-03-08T09:00')).toEqual([
      '2026-03-08T06:00',
      '2026-03-08T07:00',
      '2026-03-08T08:00',
    ]);
  });

  test('a local time that comes twice runs the first time', () => {
    expect(runs('cron(30 1 * * ? *)', 'America/New_York', '2026-11-01T00:00', '2026-11-02T12:00')).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ]);
    expect(runs('cron(0 * * * ? *)', 'America/New_York', '2026-11-01T04:00', '2026-11-01T08:00')).toEqual([
      '2026-11-01T04:00',
      '2026-11-01T05:00',
      '2026-11-01T07:00',
    ]);
  });

  test('also when asked from the middle of the hour that comes twice', () => {
    expect(runs('cron(30 1 * * ? *)', 'America/New_York', '2026-11-01T06:00', '2026-11-02T00:00')).toEqual([]);
  });

  test('half an hour on Lord Howe Island counts too', () => {
    expect(runs('cron(15 2 * * ? *)', 'Australia/Lord_Howe', '2026-10-02T12:00', '2026-10-05T00:00')).toEqual([
      '2026-10-02T15:45',
      '2026-10-04T15:15',
    ]);
  });

  test('the shortest season of the world is found', () => {
    const shown = wallClocks('Asia/Gaza', utc('2026-01-01T00:00'), utc('2067-01-01T00:00'), DAY / 2).map(({ atMs, hour }) => ({
      atMs,
      hour,
    }));
    const periods = TimeZone.of('Asia/Gaza').periods(utc('2026-01-01T00:00'), utc('2067-01-01T00:00'));
    let i = 0;
    const told = shown.map(({ atMs }) => {
      i += periods[i].untilMs <= atMs ? 1 : 0;
      return { atMs, hour: new Date(atMs + periods[i].offsetMs).getUTCHours() };
    });
    expect(told).toEqual(shown);
  }, 60_000);

  test('offsets with seconds, of zones before 1972, are told to the second', () => {
    expect(TimeZone.of('Africa/Monrovia').periods(0, 1)[0].offsetMs).toBe(-(44 * MINUTE + 30_000));
  });
});

describe('the longest gap', () => {
  test.each<[string, string, number, string]>([
    ['cron(0 * * * ? *)', 'UTC', HOUR, '2026-01-01T00:00'],
    ['cron(0 * * * ? *)', 'Asia/Tokyo', HOUR, '2026-01-01T00:00'],
    ['cron(0 * * * ? *)', 'America/New_York', 2 * HOUR, '2026-11-01T05:00'],
    ['cron(0 0/5 * * ? *)', 'UTC', 5 * HOUR, '2026-01-01T00:00'],
    ['cron(0 5 * * ? *)', 'UTC', DAY, '2026-01-01T05:00'],
    ['cron(0 5 * * ? *)', 'Europe/London', 25 * HOUR, '2026-10-24T04:00'],
    ['cron(30 2 * * ? *)', 'America/New_York', 47 * HOUR, '2026-03-07T07:30'],
    ['cron(0 5 ? * MON-FRI *)', 'UTC', 3 * DAY, '2026-01-02T05:00'],
    ['cron(0 5 ? * SUN *)', 'UTC', 7 * DAY, '2026-01-04T05:00'],
    ['cron(0 5 1 * ? *)', 'UTC', 31 * DAY, '2026-01-01T05:00'],
    ['cron(0 5 31 * ? *)', 'UTC', 61 * DAY, '2026-03-31T05:00'],
    ['cron(0 5 ? * 2#1 *)', 'UTC', 35 * DAY, '2026-03-02T05:00'],
    ['cron(0 5 ? * 2#5 *)', 'UTC', 119 * DAY, '2026-11-30T05:00'],
    ['cron(0 5 1 1 ? *)', 'UTC', 366 * DAY, '2028-01-01T05:00'],
    ['cron(0 5 29 2 ? *)', 'UTC', 1461 * DAY, '2028-02-29T05:00'],
    ['cron(0 5 ? 2 1#5 *)', 'UTC', 28 * 365.25 * DAY, '2032-02-29T05:00'],
    ['cron(0 5 ? 2 THU#5 *)', 'UTC', 28 * 365.25 * DAY, '2052-02-29T05:00'],
    ['cron(0 5 1 1 ? 2026/5)', 'UTC', (5 * 365 + 2) * DAY, '2036-01-01T05:00'],
  ])('%s in %s', (expression, timeZone, gapMs, from) => {
    const gap = CronSchedule.parse(expression, timeZone).longestGap();
    expect(gap).toEqual({ gapMs, fromMs: utc(from), toMs: utc(from) + gapMs });
    expect(CronSchedule.parse(expression, timeZone).longestGap()).toBe(gap);
  });

  test.each<[string, string]>([
    ['cron(0 5 * * ? 2026-2030)', '2030-12-31T05:00'],
    ['cron(0 5 * * ? 2026,2028)', '2028-12-31T05:00'],
    ['cron(0 5 * * ? 2190)', '2190-12-31T05:00'],
    ['cron(0 5 29 2 ? 2026-2030)', '2028-02-29T05:00'],
    ['cron(0 5 * * ? 2020)', '2020-12-31T05:00'],
  ])('%s never ends after the last run', (expression, last) => {
    expect(CronSchedule.parse(expression).endless).toBe(false);
    expect(CronSchedule.parse(expression).longestGap()).toEqual({ gapMs: Infinity, fromMs: utc(last), toMs: Infinity });
  });

  test.each(['cron(0 5 31 2 ? *)', 'cron(0 5 30 2 ? 2026-2030)'])('%s never begins', (expression) => {
    expect(CronSchedule.parse(expression).longestGap()).toEqual({ gapMs: Infinity, fromMs: utc('2026-01-01T00:00'), toMs: Infinity });
  });
});

describe('against brute force, minute by minute over wall clocks', () => {
  const spans: readonly (readonly [string, string])[] = [
    ['2026-02-26T00:00', '2026-03-03T00:00'],
    ['2026-03-06T00:00', '2026-03-10T00:00'],
    ['2026-03-27T00:00', '2026-03-31T00:00'],
    ['2026-04-03T00:00', '2026-04-06T00:00'],
    ['2026-10-02T00:00', '2026-10-05T00:00'],
    ['2026-10-24T00:00', '2026-10-27T00:00'],
    ['2026-10-31T00:00', '2026-11-03T00:00'],
    ['2027-12-30T00:00', '2028-01-02T00:00'],
    ['2028-02-27T00:00', '2028-03-02T00:00'],
  ];
  let clocks: ReadonlyMap<string, readonly (readonly WallClock[])[]>;
  beforeAll(() => {
    clocks = new Map(ZONES.map((zone) => [zone, spans.map(([from, until]) => wallClocks(zone, utc(from), utc(until)))]));
  }, 120_000);

  test('random expressions of the whole dialect run at the same minutes in six zones', () => {
    fc.assert(
      fc.property(expressions, fc.constantFrom(...ZONES), ({ expression, matches }, zone) => {
        const schedule = CronSchedule.parse(expression, zone);
        spans.forEach(([from, until], i) => {
          const expected = clocks
            .get(zone)!
            [i].filter(matches)
            .map(({ atMs }) => atMs);
          expect(schedule.runs(utc(from), utc(until))).toEqual(expected);
          expect(schedule.nextRun(utc(from) - 1) ?? Infinity).toBeLessThanOrEqual(expected[0] ?? Infinity);
          expect(schedule.nextRun(utc(from) - 1) ?? Infinity).toBeGreaterThanOrEqual(expected[0] ?? utc(until));
        });
      }),
      { numRuns: 600 },
    );
  }, 120_000);

  test('the longest gap over a year is that of the minutes counted out', () => {
    const start = utc('2026-01-01T00:00');
    const years = new Map(ZONES.map((zone) => [zone, wallClocks(zone, start, start + 370 * DAY, 15 * MINUTE)]));
    const hours = fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 8 });
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(hours, days, fc.constantFrom(0, 15, 30, 45), fc.constantFrom(...ZONES), (hour, weekday, minute, zone) => {
        const gap = CronSchedule.parse(`cron(${minute} ${hour.join()} ? * ${weekday.join()} *)`, zone).longestGap();
        const found = years
          .get(zone)!
          .filter((clock) => clock.minute === minute && hour.includes(clock.hour) && weekday.includes(clock.weekday))
          .map(({ atMs }) => atMs);
        const gaps = found.slice(1).map((atMs, i) => atMs - found[i]);
        expect(gap.gapMs).toBe(Math.max(...gaps));
        expect(gap.toMs - gap.fromMs).toBe(gap.gapMs);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

describe('weeks that are alike', () => {
  test.each<[string, string, boolean]>([
    ['cron(0 * * * ? *)', 'UTC', true],
    ['cron(0 2 ? * MON,FRI *)', 'Asia/Tokyo', true],
    ['cron(0 * * * ? *)', 'Europe/London', false],
    ['cron(0 2 1 * ? *)', 'UTC', false],
    ['cron(0 2 * JUN ? *)', 'UTC', false],
    ['cron(0 2 * * ? 2027)', 'UTC', false],
  ])('%s in %s: %s', (expression, zone, alike) => {
    expect(CronSchedule.parse(expression, zone).repeatsWeekly).toBe(alike);
  });

  test.each<[string, string, boolean]>([
    ['cron(0 * * * ? *)', 'cron(0 2 1 * ? *)', true],
    ['cron(0 2,14 * * ? *)', 'cron(0 14 ? * SUN *)', true],
    ['cron(0 2,14 * * ? *)', 'cron(0 3 * * ? *)', false],
    ['cron(0 * * * ? *)', 'cron(5 2 * * ? *)', false],
    ['cron(0 2 ? * MON *)', 'cron(0 2 ? * MON *)', false],
  ])('%s includes %s: %s', (one, other, included) => {
    expect(CronSchedule.parse(one).includes(CronSchedule.parse(other))).toBe(included);
  });

  test('schedules of different time zones never include each other', () => {
    expect(CronSchedule.parse('cron(0 * * * ? *)').includes(CronSchedule.parse('cron(0 * * * ? *)', 'Asia/Tokyo'))).toBe(false);
  });

  test('the shortest gap is that of the busiest day', () => {
    expect(CronSchedule.parse('cron(0 1,9,12 * * ? *)').shortestGapOfWeek()).toBe(3 * HOUR);
  });
});
