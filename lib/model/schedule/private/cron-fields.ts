import { ScheduleError } from '../schedule-error';
import type { DayRule } from './day-rule';
import { expandField, type FieldRange, readValue } from './numeric-field';

/** A cron expression, taken apart. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly DayRule[];
  readonly months: readonly number[];
  readonly years: readonly number[];
}

/** The last year that AWS cron knows, as the EventBridge reference of cron expressions states. */
export const LAST_YEAR = 2199;

const MINUTES: FieldRange = { field: 'minutes', min: 0, max: 59, wraps: true };
const HOURS: FieldRange = { field: 'hours', min: 0, max: 23, wraps: true };
const DAY_OF_MONTH: FieldRange = { field: 'day-of-month', min: 1, max: 31, wraps: true };
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const MONTH: FieldRange = { field: 'month', min: 1, max: 12, names: MONTHS, wraps: true };
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const DAY_OF_WEEK: FieldRange = { field: 'day-of-week', min: 1, max: 7, names: WEEKDAYS, wraps: true };
const YEAR: FieldRange = { field: 'year', min: 1970, max: LAST_YEAR, wraps: false };

/**
 * Reads `cron(minutes hours day-of-month month day-of-week year)`, the dialect of EventBridge that AWS Backup uses.
 * @throws ScheduleError for what the reference of that dialect does not allow
 */
export function parseCron(expression: string): CronFields {
  const body = /^cron\((.*)\)$/.exec(expression)?.[1];
  if (body === undefined) {
    const problem = expression.startsWith('rate(') ? 'is a rate, which AWS Backup does not take' : 'is not a cron expression';
    throw new ScheduleError('expression', expression, problem, "write 'cron(minutes hours day-of-month month day-of-week year)'");
  }
  const fields = body.trim().split(/\s+/);
  if (fields.length !== 6) {
    const remedy = "write 'cron(minutes hours day-of-month month day-of-week year)'";
    throw new ScheduleError('expression', expression, `has ${body.trim() === '' ? 0 : fields.length} fields instead of 6`, remedy);
  }
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    const problem = dayOfMonth === '?' ? "has '?' in both day fields" : "has '?' in neither day field";
    throw new ScheduleError('expression', expression, problem, "put '?' in exactly one of day-of-month and day-of-week");
  }
  return {
    minutes: expandField(MINUTES, minutes),
    hours: expandField(HOURS, hours),
    days: dayOfWeek === '?' ? parseDayOfMonth(dayOfMonth) : parseDayOfWeek(dayOfWeek),
    months: expandField(MONTH, month),
    years: expandField(YEAR, year),
  };
}

function parseDayOfMonth(text: string): readonly DayRule[] {
  if (text === '*') {
    return [{ kind: 'every' }];
  }
  return text.split(',').flatMap((item): readonly DayRule[] => {
    const word = item.toUpperCase();
    if (word === 'LW') {
      return [{ kind: 'last-working-day' }];
    }
    if (word === 'L') {
      return [{ kind: 'before-last', days: 0 }];
    }
    if (word.startsWith('L-')) {
      return [{ kind: 'before-last', days: readValue({ ...DAY_OF_MONTH, max: 30 }, text, word.slice(2)) }];
    }
    if (word.endsWith('W')) {
      return [{ kind: 'working-day-near', date: readValue(DAY_OF_MONTH, text, word.slice(0, -1)) }];
    }
    return expandField(DAY_OF_MONTH, item).map((date) => ({ kind: 'date', date }));
  });
}

function parseDayOfWeek(text: string): readonly DayRule[] {
  if (text === '*') {
    return [{ kind: 'every' }];
  }
  const items = text.split(',');
  if (items.length > 1 && text.includes('#')) {
    throw new ScheduleError('day-of-week', text, "has '#' in a list", "write a single day, such as '3#2' for the second Tuesday");
  }
  return items.flatMap((item): readonly DayRule[] => {
    const word = item.toUpperCase();
    const [day, nth] = word.split('#');
    if (nth !== undefined) {
      const weekday = readValue(DAY_OF_WEEK, text, day) - 1;
      return [{ kind: 'nth-weekday', weekday, nth: readValue({ field: 'day-of-week', min: 1, max: 5, wraps: false }, text, nth) }];
    }
    if (word === 'L') {
      return [{ kind: 'weekday', weekday: 6 }];
    }
    if (word.endsWith('L')) {
      return [{ kind: 'last-weekday', weekday: readValue(DAY_OF_WEEK, text, word.slice(0, -1)) - 1 }];
    }
    return expandField(DAY_OF_WEEK, item).map((weekday) => ({ kind: 'weekday', weekday: weekday - 1 }));
  });
}
