import type { CountExpectation } from '../../model/verification';
import { expectedCount } from './expected-of';
import { type Finding, failed, passed, Unable } from './finding';
import { many, percent } from './words';

/** Holds a number of rows of a table to what is expected, and records it for the next test. */
export function judgeCount(table: string, count: number, expectation: CountExpectation, baseline: unknown): Finding {
  const { atLeast, exactly, tolerance } = validated(expectation);
  const before = countIn(baseline);
  const compared = tolerance !== undefined && before !== undefined;
  const found = `${table}: ${many(count, 'row')}${compared ? `, ${many(before, 'row')} in the last verified test (${change(count, before)})` : ''}`;
  const holds =
    (exactly === undefined || count === exactly) &&
    (atLeast === undefined || count >= atLeast) &&
    (!compared || Math.abs(count - before) <= tolerance * before) &&
    (count > 0 || exactly !== undefined || atLeast !== undefined || tolerance !== undefined);
  const extras = { expected: `${table}: ${expectedCount(expectation)}`, baseline: { count } };
  return holds ? passed(found, extras) : failed(found, extras);
}

function validated(expectation: CountExpectation): CountExpectation {
  for (const [name, value] of Object.entries({ ...pick(expectation) })) {
    if (value !== undefined && !(typeof value === 'number' && value >= 0)) {
      throw new Unable(`'${name}' of the check is no number`);
    }
  }
  return expectation;
}

function pick({ atLeast, exactly, tolerance }: CountExpectation): CountExpectation {
  return { atLeast, exactly, tolerance };
}

function countIn(baseline: unknown): number | undefined {
  if (baseline === undefined || baseline === null) {
    return undefined;
  }
  const { count } = baseline as { count?: unknown };
  if (typeof count !== 'number' || !Number.isFinite(count)) {
    throw new Unable('what the last verified test left behind holds no count');
  }
  return count;
}

function change(count: number, before: number): string {
  return before === 0 ? 'there were none' : `${count < before ? '-' : '+'}${percent(Math.abs(count - before) / before)}`;
}
