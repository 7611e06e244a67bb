import { DAY } from '../../time';

/** One entry of a day field, resolved month by month because most of them mean another date in each. Weekdays count from 0 = Sunday. */
export type DayRule =
  | { readonly kind: 'every' }
  | { readonly kind: 'date'; readonly date: number }
  | { readonly kind: 'before-last'; readonly days: number }
  | { readonly kind: 'working-day-near'; readonly date: number }
  | { readonly kind: 'last-working-day' }
  | { readonly kind: 'weekday'; readonly weekday: number }
  | { readonly kind: 'last-weekday'; readonly weekday: number }
  | { readonly kind: 'nth-weekday'; readonly weekday: number; readonly nth: number };

const SUNDAY = 0;
const SATURDAY = 6;

/** A month of the calendar. Its dates depend on `length` and `firstWeekday` only: there are 28 shapes of months. */
export interface Month {
  readonly year: number;
  /** 1 = January. */
  readonly month: number;
  /** Its first midnight in UTC. */
  readonly startMs: number;
  readonly length: number;
  readonly firstWeekday: number;
}

/** 1 January 1970 was a Thursday. */
const WEEKDAY_OF_EPOCH = 4;

const months = new Map<number, Month>();

/** The month with this number, counted from January of the year 0; 1970 or later. */
export function monthOf(index: number): Month {
  let month = months.get(index);
  if (!month) {
    const year = Math.floor(index / 12);
    const startMs = Date.UTC(year, index % 12);
    const length = (Date.UTC(year, (index % 12) + 1) - startMs) / DAY;
    month = { year, month: (index % 12) + 1, startMs, length, firstWeekday: (startMs / DAY + WEEKDAY_OF_EPOCH) % 7 };
    months.set(index, month);
  }
  return month;
}

/** The dates of a month that any of the rules names, ascending. */
export function datesOf(rules: readonly DayRule[], { length, firstWeekday }: Month): readonly number[] {
  const weekdayOf = (date: number) => (firstWeekday + date - 1) % 7;
  const dates = Array.from({ length }, (_, i) => i + 1);
  return dates.filter((date) => rules.some((rule) => names(rule, date, length, weekdayOf)));
}

function names(rule: DayRule, date: number, length: number, weekdayOf: (date: number) => number): boolean {
  switch (rule.kind) {
    case 'every':
      return true;
    case 'date':
      return date === rule.date;
    case 'before-last':
      return date === length - rule.days;
    case 'working-day-near':
      return rule.date <= length && date === workingDayNear(rule.date, length, weekdayOf);
    case 'last-working-day':
      return date === workingDayNear(length, length, weekdayOf);
    case 'weekday':
      return weekdayOf(date) === rule.weekday;
    case 'last-weekday':
      return weekdayOf(date) === rule.weekday && date + 7 > length;
    case 'nth-weekday':
      return weekdayOf(date) === rule.weekday && Math.ceil(date / 7) === rule.nth;
  }
}

/** Monday to Friday nearest to the date, never in another month. */
function workingDayNear(date: number, length: number, weekdayOf: (date: number) => number): number {
  switch (weekdayOf(date)) {
    case SATURDAY:
      return date === 1 ? date + 2 : date - 1;
    case SUNDAY:
      return date === length ? date - 2 : date + 1;
    default:
      return date;
  }
}
