import * as fc from 'fast-check';

/** What a clock on the wall shows. Weekdays count from 1 = Sunday, as in AWS cron. */
export interface WallClock {
  readonly atMs: number;
  readonly year: number;
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/** A random cron expression together with the meaning of each field, told without the code under test. */
export interface Meaning {
  readonly expression: string;
  readonly matches: (clock: WallClock) => boolean;
}

interface Field {
  readonly text: string;
  readonly matches: (clock: WallClock) => boolean;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Every `stepMs` of a span as the clock of a zone shows it; a local time that comes back is left out the second time. */
export function wallClocks(timeZone: string, fromMs: number, untilMs: number, stepMs = MINUTE): readonly WallClock[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const seen = new Set<string>();
  const clocks: WallClock[] = [];
  // A day earlier, so that a local time which came before the span is known when it comes back.
  for (let atMs = fromMs - DAY; atMs < untilMs; atMs += stepMs) {
    const shown = format.format(atMs);
    if (!seen.has(shown) && atMs >= fromMs) {
      const [, weekday, date, month, year, hour, minute] = /^(\w+),? (\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(shown)!;
      clocks.push({
        atMs,
        year: Number(year),
        month: Number(month),
        date: Number(date),
        weekday: WEEKDAYS.indexOf(weekday.toUpperCase()) + 1,
        hour: Number(hour),
        minute: Number(minute),
      });
    }
    seen.add(shown);
  }
  return clocks;
}

/** Values, lists, ranges and steps of a field that reads `of` from the clock. */
function numeric(of: (clock: WallClock) => number, min: number, max: number, names?: readonly string[]): fc.Arbitrary<Field> {
  const value = fc.integer({ min, max });
  const show = (n: number, named: boolean) => (named && names ? names[n - min] : String(n));
  const item = fc.oneof(
    fc.tuple(value, fc.boolean()).map(([n, named]): Field => ({ text: show(n, named), matches: (clock) => of(clock) === n })),
    fc.tuple(value, value, fc.boolean()).map(([a, b, named]): Field => {
      const inside = (n: number) => (a <= b ? n >= a && n <= b : n >= a || n <= b);
      return { text: `${show(a, named)}-${show(b, named)}`, matches: (clock) => inside(of(clock)) };
    }),
    fc.tuple(value, fc.integer({ min: 1, max: Math.max(1, max) })).map(([a, step]): Field => {
      return { text: `${a}/${step}`, matches: (clock) => of(clock) >= a && (of(clock) - a) % step === 0 };
    }),
    fc.tuple(fc.constantFrom('*', ''), fc.integer({ min: 1, max: 4 })).map(([star, step]): Field => {
      return { text: `${star}/${step}`, matches: (clock) => (of(clock) - min) % step === 0 };
    }),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant<Field>({ text: '*', matches: () => true }) },
    { weight: 3, arbitrary: fc.array(item, { minLength: 1, maxLength: 3 }).map(anyOf) },
  );
}

function anyOf(fields: readonly Field[]): Field {
  return { text: fields.map(({ text }) => text).join(), matches: (clock) => fields.some(({ matches }) => matches(clock)) };
}

function lengthOf({ year, month }: WallClock): number {
  return [31, year % 4 === 0 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** The Monday-to-Friday date of the clock's month that is nearest to `date`. */
function nearestWorkingDay(clock: WallClock, date: number): number {
  const working = Array.from({ length: lengthOf(clock) }, (_, i) => i + 1).filter((other) => {
    const weekday = ((((clock.weekday - 1 + other - clock.date) % 7) + 7) % 7) + 1;
    return weekday >= 2 && weekday <= 6;
  });
  return working.reduce((best, other) => (Math.abs(other - date) < Math.abs(best - date) ? other : best));
}

const minutes = fc.integer({ min: 0, max: 59 }).map((n): Field => ({ text: String(n), matches: ({ minute }) => minute === n }));
const hours = numeric(({ hour }) => hour, 0, 23);
const months = numeric(({ month }) => month, 1, 12, MONTHS);
const years = fc.constantFrom<Field>(
  { text: '*', matches: () => true },
  { text: '2020-2199', matches: () => true },
  { text: '2027', matches: ({ year }) => year === 2027 },
  { text: '2024/2', matches: ({ year }) => year % 2 === 0 },
  { text: '2026,2028', matches: ({ year }) => year === 2026 || year === 2028 },
);
const dayOfMonth = fc.oneof(
  { weight: 3, arbitrary: numeric(({ date }) => date, 1, 31) },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.oneof(
          fc.constant<Field>({ text: 'L', matches: (clock) => clock.date === lengthOf(clock) }),
          fc.constant<Field>({ text: 'LW', matches: (clock) => clock.date === nearestWorkingDay(clock, lengthOf(clock)) }),
          fc.integer({ min: 1, max: 30 }).map((n): Field => ({ text: `L-${n}`, matches: (clock) => clock.date + n === lengthOf(clock) })),
          fc.integer({ min: 1, max: 31 }).map((n): Field => {
            return { text: `${n}W`, matches: (clock) => n <= lengthOf(clock) && clock.date === nearestWorkingDay(clock, n) };
          }),
        ),
        { minLength: 1, maxLength: 2 },
      )
      .map(anyOf),
  },
);
const dayName = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.boolean())
  .map(([n, named]) => ({ n, word: named ? WEEKDAYS[n - 1] : String(n) }));
const dayOfWeek = fc.oneof(
  { weight: 3, arbitrary: numeric(({ weekday }) => weekday, 1, 7, WEEKDAYS) },
  { weight: 1, arbitrary: fc.constant<Field>({ text: 'L', matches: ({ weekday }) => weekday === 7 }) },
  {
    weight: 1,
    arbitrary: dayName.map(({ n, word }): Field => {
      return { text: `${word}L`, matches: (clock) => clock.weekday === n && clock.date > lengthOf(clock) - 7 };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(dayName, fc.integer({ min: 1, max: 5 })).map(([{ n, word }, nth]): Field => {
      return { text: `${word}#${nth}`, matches: ({ weekday, date }) => weekday === n && date > 7 * (nth - 1) && date <= 7 * nth };
    }),
  },
);

/** Expressions over the whole dialect, one minute each. */
export const expressions: fc.Arbitrary<Meaning> = fc
  .tuple(
    minutes,
    hours,
    fc.oneof(
      dayOfMonth.map((field) => [field, true] as const),
      dayOfWeek.map((field) => [field, false] as const),
    ),
    months,
    years,
  )
  .map(([minute, hour, [day, ofMonth], month, year]) => ({
    expression: `cron(${minute.text} ${hour.text} ${ofMonth ? day.text : '?'} ${month.text} ${ofMonth ? '?' : day.text} ${year.text})`,
    matches: (clock: WallClock) => [minute, hour, day, month, year].every(({ matches }) => matches(clock)),
  }));
