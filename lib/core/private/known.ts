import { type Duration, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { DAY } from '../../model/time';
import { ConfigurationError } from './errors';

/** The value, unless it is only known at deploy time. */
export function known<T>(value: T | undefined): T | undefined {
  return value === undefined || Token.isUnresolved(value) ? undefined : value;
}

/** The span in ms; a promise cannot be judged against a number that is only known at deploy time. */
export function requireMs(scope: IConstruct, prop: string, value: Duration): number {
  if (value.isUnresolved()) {
    throw new ConfigurationError(
      'DurationUnknown',
      `'${prop}' is only known at deploy time and cannot be judged: give a plain Duration`,
      scope,
    );
  }
  const ms = value.toMilliseconds({ integral: false });
  if (!Number.isFinite(ms)) {
    throw new ConfigurationError('DurationUnknown', `'${prop}' is ${ms} ms, which is no span of time: give a plain Duration`, scope);
  }
  return ms;
}

/** Whole days, one or more, in ms: how long something is kept, which cannot be judged where only deployment tells. */
export function requireDays(scope: IConstruct, prop: string, value: Duration): number {
  const ms = requireMs(scope, prop, value);
  if (ms < DAY || ms % DAY !== 0) {
    throw new ConfigurationError(
      'DurationNotWhole',
      `'${prop}' must be whole days, 1 or more, got ${value.toHumanString()}: round it`,
      scope,
    );
  }
  return ms;
}

/** Whole units of a duration for a template; a fraction is refused, a token is left to deploy time. */
export function wholeUnits(scope: IConstruct, prop: string, value: Duration, unit: 'days' | 'hours' | 'minutes'): number {
  const amount = {
    days: () => value.toDays({ integral: false }),
    hours: () => value.toHours({ integral: false }),
    minutes: () => value.toMinutes({ integral: false }),
  }[unit]();
  if (!Token.isUnresolved(amount) && !Number.isInteger(amount)) {
    throw new ConfigurationError('DurationNotWhole', `'${prop}' must be whole ${unit}, got ${value.toHumanString()}: round it`, scope);
  }
  return amount;
}
