import { ScheduleError, type ScheduleField } from '../schedule-error';

/** The values that one field of a cron expression may take. */
export interface FieldRange {
  readonly field: ScheduleField;
  readonly min: number;
  readonly max: number;
  /** Names in the order of the values, from `min` on. */
  readonly names?: readonly string[];
  /** Whether a range may run past the end and go on at the beginning, such as `22-2` or `FRI-MON`. */
  readonly wraps: boolean;
}

/**
 * Expands values, lists, ranges and steps (`5`, `1,3`, `1-5`, `*`, `0/15`, `8-18/2`) to ascending numbers.
 * @throws ScheduleError for anything else or out of range
 */
export function expandField(range: FieldRange, text: string): readonly number[] {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    for (const value of expandItem(range, text, item)) {
      values.add(value);
    }
  }
  return [...values].sort((a, b) => a - b);
}

function expandItem(range: FieldRange, text: string, item: string): readonly number[] {
  const parts = item.split('/');
  if (parts.length > 2) {
    throw new ScheduleError(range.field, text, "has more than one '/'", "write one start and one step, such as '0/2'");
  }
  const [span, stepText] = parts;
  const step = stepText === undefined ? 1 : wholeStep(range, text, stepText);
  const { first, last } = endsOf(range, text, span, stepText !== undefined);
  if (first > last && !range.wraps) {
    throw new ScheduleError(range.field, text, 'is a range that ends before it begins', `write '${last}-${first}'`);
  }
  const size = range.max - range.min + 1;
  const end = first > last ? last + size : last;
  const values: number[] = [];
  for (let value = first; value <= end; value += step) {
    values.push(value > range.max ? value - size : value);
  }
  return values;
}

function endsOf(range: FieldRange, text: string, span: string, stepped: boolean): { first: number; last: number } {
  if (span === '*' || (span === '' && stepped)) {
    return { first: range.min, last: range.max };
  }
  const ends = span.split('-');
  if (ends.length > 2) {
    throw new ScheduleError(range.field, text, "has more than one '-' in a range", "write a first and a last value, such as '1-5'");
  }
  const first = readValue(range, text, ends[0]);
  return { first, last: ends.length === 2 ? readValue(range, text, ends[1]) : stepped ? range.max : first };
}

/** Reads one number or name of the field. */
export function readValue(range: FieldRange, text: string, word: string): number {
  const named = range.names?.indexOf(word.toUpperCase()) ?? -1;
  if (named >= 0) {
    return range.min + named;
  }
  const value = /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (!(value >= range.min && value <= range.max)) {
    const names = range.names ? ` or ${range.names[0]} to ${range.names[range.names.length - 1]}` : '';
    throw new ScheduleError(range.field, text, 'is not a value of this field', `use ${range.min} to ${range.max}${names}`);
  }
  return value;
}

function wholeStep(range: FieldRange, text: string, word: string): number {
  const step = /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (!(step >= 1 && step <= range.max)) {
    throw new ScheduleError(range.field, text, 'has a step that is no step of this field', `use a whole step of 1 to ${range.max}`);
  }
  return step;
}
