import { type Duration, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known, wholeUnits } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkAuditRange, LIMITS, type Range } from '../../model/limits';

/** A number as Audit Manager takes it: as text. */
export function inText(value: number): string {
  return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : String(value);
}

/** Whole units inside a range; a token is left to deploy time. */
export function spanOf(
  owner: IConstruct,
  property: string,
  value: Duration,
  unit: 'days' | 'hours' | 'minutes',
  range: Range = { min: 1, max: Number.MAX_SAFE_INTEGER },
): string {
  const amount = wholeUnits(owner, property, value, unit);
  insist(owner, checkAuditRange(property, known(amount), range, unit));
  return inText(amount);
}

/** A span in days where it is whole days, otherwise in hours; each unit has a range of its own. */
export function periodOf(
  owner: IConstruct,
  property: string,
  value: Duration,
  hours: Range,
  days: Range,
): { readonly unit: 'days' | 'hours'; readonly value: string } {
  const unit = value.isUnresolved()
    ? unitOfToken(owner, property, value)
    : value.toHours({ integral: false }) % 24 === 0
      ? 'days'
      : 'hours';
  return { unit, value: spanOf(owner, property, value, unit, unit === 'days' ? days : hours) };
}

function unitOfToken(owner: IConstruct, property: string, value: Duration): 'days' | 'hours' {
  const unit = value.unitLabel();
  if (unit !== 'days' && unit !== 'hours') {
    throw new ConfigurationError(
      'DurationUnknown',
      `'${property}' is only known at deploy time and in ${unit}, but is needed in hours or days: give Duration.hours() or Duration.days()`,
      owner,
    );
  }
  return unit;
}

/** A list with commas between; nothing where it is empty. */
export function listOf(
  owner: IConstruct,
  property: string,
  values: readonly string[],
  form: RegExp,
  what: string,
  max?: Range,
): string | undefined {
  insist(owner, max && checkAuditRange(property, values.length, max, what));
  const wrong = values.find((value) => !Token.isUnresolved(value) && !form.test(value));
  if (wrong !== undefined) {
    throw new ConfigurationError('InvalidAuditValue', `'${property}' has '${wrong}', which names none of the ${what}: correct it`, owner);
  }
  return values.length > 0 ? values.join(',') : undefined;
}

/** Forms of what lists hold. */
export const FORMS = {
  role: /^arn:[a-z-]+:iam::\d{12}:role\/.+$/,
  account: LIMITS.accountId.value,
  region: LIMITS.regionName.value,
} as const;
