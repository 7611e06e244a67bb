/** What a check found: the caller throws an error at its construct, or shows a warning there. */
export interface Problem {
  /** Stable PascalCase code with an entry in docs/errors.md. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** Lower case: the property, the value, the limit, the remedy. */
  readonly message: string;
}

export function error(code: string, message: string): Problem {
  return { code, severity: 'error', message };
}

export function warning(code: string, message: string): Problem {
  return { code, severity: 'warning', message };
}

/** Days of a retention: a number, `forever` where nothing is ever deleted, `undefined` where only known at deploy time. */
export type Days = number | 'forever' | undefined;

/** `1 day`, `30 days`, `forever`. */
export function inDays(days: number | 'forever'): string {
  return days === 'forever' ? 'forever' : `${days} ${days === 1 ? 'day' : 'days'}`;
}

/** A whole number inside a range; `undefined` passes. */
export function outside(value: number | undefined, range: { readonly min: number; readonly max: number }): boolean {
  return value !== undefined && !(Number.isInteger(value) && value >= range.min && value <= range.max);
}
