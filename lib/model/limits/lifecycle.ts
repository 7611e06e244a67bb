import { abilitiesOf, labelOf, type ResourceType } from '../services';
import { LIMITS } from './limits';
import { type Days, error, inDays, outside, type Problem, warning } from './problem';

/** How long a recovery point is kept and when it moves to cold storage. */
export interface LifecycleDays {
  readonly deleteAfterDays?: Days;
  /** Left out where it stays warm. */
  readonly coldAfterDays?: number;
}

/** Checks the days that a recovery point is kept. */
export function checkRetention(property: string, days: Days): Problem | undefined {
  const { min, max } = LIMITS.retention.value;
  return days !== 'forever' && outside(days, LIMITS.retention.value)
    ? error(
        'RetentionOutOfRange',
        `'${property}' is ${inDays(days!)}, but AWS Backup keeps recovery points ${min} to ${max} whole days: choose such a number, or keep them forever`,
      )
    : undefined;
}

/** Checks that cold storage lasts as long as it has to; the same rule for rules and copy actions. */
export function checkLifecycle({ deleteAfterDays, coldAfterDays }: LifecycleDays): Problem | undefined {
  if (outside(coldAfterDays, { min: 1, max: LIMITS.retention.value.max })) {
    return error(
      'ColdStorageOutOfRange',
      `'coldStorageAfter' is ${inDays(coldAfterDays!)}, but AWS Backup takes whole days from 1 on: choose such a number, or leave it out`,
    );
  }
  if (coldAfterDays === undefined || typeof deleteAfterDays !== 'number') {
    return undefined;
  }
  const least = coldAfterDays + LIMITS.coldStay.value;
  return deleteAfterDays >= least
    ? undefined
    : error(
        'ColdStorageTooShort',
        `'keep' is ${inDays(deleteAfterDays)} and 'coldStorageAfter' ${inDays(coldAfterDays)}, but a recovery point stays cold at least ${LIMITS.coldStay.value} days: keep it ${least} days or more, or leave out cold storage`,
      );
}

/** Warns where cold storage is ignored, or costs an extra full backup. */
export function checkColdStorage(type: ResourceType, coldAfterDays: number | undefined): Problem | undefined {
  if (coldAfterDays === undefined) {
    return undefined;
  }
  const { cold, incremental } = abilitiesOf(type);
  if (!cold) {
    return warning(
      'ColdStorageIgnored',
      `'coldStorageAfter' is ${inDays(coldAfterDays)}, but AWS Backup has no cold storage for ${labelOf(type)} and keeps it warm: leave it out`,
    );
  }
  return incremental && coldAfterDays < LIMITS.warmStay.value
    ? warning(
        'WarmStorageShort',
        `'coldStorageAfter' is ${inDays(coldAfterDays)}, but less than ${LIMITS.warmStay.value} days of warm storage cost an extra full backup of ${labelOf(type)}: make it ${LIMITS.warmStay.value} days or more`,
      )
    : undefined;
}

/** Checks a rule with continuous backup. */
export function checkContinuous({ deleteAfterDays, coldAfterDays }: LifecycleDays): Problem | undefined {
  const { min, max } = LIMITS.continuousRetention.value;
  if (coldAfterDays !== undefined) {
    return error(
      'ContinuousInColdStorage',
      `'coldStorageAfter' is ${inDays(coldAfterDays)}, but continuous backup has no cold storage: put cold storage into a rule of its own`,
    );
  }
  return deleteAfterDays === 'forever' || outside(deleteAfterDays, LIMITS.continuousRetention.value)
    ? error(
        'ContinuousRetentionOutOfRange',
        `'keep' is ${inDays(deleteAfterDays!)}, but continuous backup keeps ${min} to ${max} whole days: keep longer in a second rule without continuous backup`,
      )
    : undefined;
}

/** Warns when several rules ask for continuous backup of the same resources: only one gets it. */
export function checkContinuousRules(rules: number): Problem | undefined {
  return rules > 1
    ? warning(
        'SeveralContinuousRules',
        `'continuous' is on in ${rules} rules, but a resource has one continuous recovery point and the other rules make plain ones: leave it on in one rule`,
      )
    : undefined;
}
