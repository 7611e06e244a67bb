import { abilitiesOf, labelOf, type ResourceType } from '../services';
import type { Limit, Range } from './limit';
import { LIMITS } from './limits';
import { type Days, error, inDays, outside, type Problem, warning } from './problem';

/** Retentions that a vault accepts. */
export interface RetentionRange {
  readonly minDays?: number;
  readonly maxDays?: number;
}

/** A vault lock; with `changeableForDays` it becomes a compliance lock that nobody can lift. */
export interface LockDays extends RetentionRange {
  readonly changeableForDays?: number;
}

/** Checks a vault lock. */
export function checkLock({ minDays, maxDays, changeableForDays }: LockDays): Problem | undefined {
  const grace = LIMITS.lockGrace.value;
  if (outside(changeableForDays, grace)) {
    return error(
      'LockGraceOutOfRange',
      `'changeableFor' is ${inDays(changeableForDays!)}, but a compliance lock takes ${grace.min} to ${grace.max} whole days: give it at least ${grace.min} days`,
    );
  }
  return checkRange({ minDays, maxDays }, LIMITS.lockRetention, 'a vault lock');
}

/** Checks the retentions of a logically air-gapped vault, which is always locked for compliance. */
export function checkAirGapped(range: RetentionRange): Problem | undefined {
  return checkRange(range, LIMITS.airGappedRetention, 'a logically air-gapped vault');
}

/** Warns where a type cannot live in a logically air-gapped vault; its recovery points stay in the standard vault. */
export function checkAirGappedType(type: ResourceType): Problem | undefined {
  return abilitiesOf(type).airGapped
    ? undefined
    : warning(
        'AirGappedUnsupported',
        `'vault' is logically air-gapped, but it takes no recovery points of ${labelOf(type)}: copy them to a locked vault of another account instead`,
      );
}

/** Checks a retention against what the vault accepts: a job outside the range fails, it is not clamped. */
export function checkRetentionInVault(
  property: string,
  days: Days,
  vault: string,
  { minDays, maxDays }: RetentionRange,
): Problem | undefined {
  if (days === undefined) {
    return undefined;
  }
  if (days === 'forever') {
    return maxDays === undefined
      ? undefined
      : warning(
          'ForeverInLockedVault',
          `'${property}' is forever, but vault '${vault}' accepts at most ${inDays(maxDays)} and the jobs may fail: give '${property}' an end of at most ${inDays(maxDays)}`,
        );
  }
  if (minDays !== undefined && days < minDays) {
    return error(
      'RetentionOutsideLock',
      `'${property}' is ${inDays(days)}, but vault '${vault}' accepts at least ${inDays(minDays)} and the jobs would fail: keep them ${inDays(minDays)} or more`,
    );
  }
  return maxDays !== undefined && days > maxDays
    ? error(
        'RetentionOutsideLock',
        `'${property}' is ${inDays(days)}, but vault '${vault}' accepts at most ${inDays(maxDays)} and the jobs would fail: keep them ${inDays(maxDays)} or less`,
      )
    : undefined;
}

function checkRange({ minDays, maxDays }: RetentionRange, { value }: Limit<Range>, thing: string): Problem | undefined {
  for (const [property, days] of [['minRetention', minDays] as const, ['maxRetention', maxDays] as const]) {
    if (outside(days, value)) {
      return error(
        'LockRetentionOutOfRange',
        `'${property}' is ${inDays(days!)}, but ${thing} takes ${value.min} to ${value.max} whole days: choose such a number`,
      );
    }
  }
  return minDays !== undefined && maxDays !== undefined && minDays > maxDays
    ? error(
        'LockRangeInverted',
        `'minRetention' is ${inDays(minDays)} and 'maxRetention' ${inDays(maxDays)}, so no recovery point fits: make 'maxRetention' ${inDays(minDays)} or more`,
      )
    : undefined;
}
