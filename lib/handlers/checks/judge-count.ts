import type { CountExpectation } from '../../model/verification';
import { Unable } from './finding';
import { many, percent } from './words';

/** Whether there are as many as expected, in words. */
export interface CountVerdict {
  readonly holds: boolean;
  readonly found: string;
}

/** Holds a number of things to what is expected of it and to that of the last verified test. */
export function judgeCount(count: number, one: string, expectation: CountExpectation, before: number | undefined): CountVerdict {
  const { atLeast, exactly, tolerance } = validated(expectation);
  const compared = tolerance !== undefined && before !== undefined;
  const holds =
    (exactly === undefined || count === exactly) &&
    (atLeast === undefined || count >= atLeast) &&
    (!compared || Math.abs(count - before) <= tolerance * before) &&
    // none at all is only right where it is asked for
    (count > 0 || exactly === 0 || (compared && before === 0));
  return {
    holds,
    found: `${many(count, one)}${compared ? `, ${many(before, one)} in the last verified test (${change(count, before)})` : ''}`,
  };
}

/** A number of things as the last verified test has recorded it; undefined where there was none. */
export function countIn(baseline: unknown): number | undefined {
  if (baseline === undefined || baseline === null) {
    return undefined;
  }
  const { count } = baseline as { count?: unknown };
  if (typeof count !== 'number' || !Number.isFinite(count)) {
    throw new Unable('what the last verified test left behind holds no count');
  }
  return count;
}

/** How many there have to be, in words; nothing given means not none. */
export function expectedCount({ atLeast, exactly, tolerance }: CountExpectation, one: string): string {
  const parts = [
    ...(exactly === undefined ? [] : [`exactly ${many(exactly, one)}`]),
    ...(atLeast === undefined ? [] : [`at least ${many(atLeast, one)}`]),
    ...(tolerance === undefined ? [] : [`within ${percent(tolerance)} of the last verified test`]),
  ];
  return parts.join(', ') || `at least 1 ${one}`;
}

function validated({ atLeast, exactly, tolerance }: CountExpectation): CountExpectation {
  for (const [name, value] of Object.entries({ atLeast, exactly, tolerance })) {
    if (value !== undefined && !(typeof value === 'number' && value >= 0)) {
      throw new Unable(`'${name}' of the check is no number`);
    }
  }
  return { atLeast, exactly, tolerance };
}

function change(count: number, before: number): string {
  return before === 0 ? 'there were none' : `${count < before ? '-' : '+'}${percent(Math.abs(count - before) / before)}`;
}
