/** A number or pattern that AWS holds to, with where and when it was read. */
export interface Limit<T> {
  readonly value: T;
  readonly unit: string;
  readonly source: string;
  /** Date (ISO 8601) on which the source was read. */
  readonly readOn: string;
  /** `model`: the service's API model or schema; `documentation`: its pages; `unconfirmed`: only ever a warning. */
  readonly confidence: 'model' | 'documentation' | 'unconfirmed';
}

/** Both ends belong to the range. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

const READ_ON = '2026-11-23';

export function model<T>(value: T, unit: string, source: string): Limit<T> {
  return { value, unit, source, readOn: READ_ON, confidence: 'model' };
}

export function documented<T>(value: T, unit: string, source: string): Limit<T> {
  return { value, unit, source, readOn: READ_ON, confidence: 'documentation' };
}

export function unconfirmed<T>(value: T, unit: string, source: string): Limit<T> {
  return { value, unit, source, readOn: READ_ON, confidence: 'unconfirmed' };
}
