import type { CfnBackupPlan } from 'aws-cdk-lib/aws-backup';
import type { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known, wholeUnits } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkLifecycle, checkRetention, type Days, LIMITS } from '../../model/limits';
import { DAY } from '../../model/time';
import type { CopyActionOptions } from '../copy-action';
import type { ProtectionRule } from '../protection-rule';

/** What a rule or a copy action says about retention. */
export interface RuleLifecycle {
  readonly days: Days;
  readonly keptMs?: number | 'forever';
  readonly coldAfterDays?: number;
  readonly cfn?: CfnBackupPlan.LifecycleResourceTypeProperty;
}

interface Retention {
  readonly keep?: Duration;
  readonly keepForever?: boolean;
  readonly coldStorageAfter?: Duration;
  readonly archiveSnapshots?: boolean;
}

/** Always written out: whether a copy action without a lifecycle takes that of its rule or keeps forever is not certain. */
export function copyLifecycle(
  scope: IConstruct,
  { name, props }: ProtectionRule,
  options: CopyActionOptions,
  original: RuleLifecycle,
): RuleLifecycle {
  const { keep, keepForever, coldStorageAfter = props.coldStorageAfter } = options;
  if (!keep && !keepForever && !options.coldStorageAfter && options.archiveSnapshots === undefined) {
    return original;
  }
  if (keepForever && !props.keepForever && !options.coldStorageAfter) {
    throw new ConfigurationError(
      'CopyForever',
      `'keepForever' of a copy of rule '${name}' is on, but a copy action has no way to say it beside a rule that ends: give the copy 'keep: Duration.days(${LIMITS.retention.value.max})', or keep the originals forever too`,
      scope,
    );
  }
  const own = keep || keepForever ? options : { ...options, keep: props.keep, keepForever: props.keepForever, coldStorageAfter };
  return lifecycleOf(scope, name, own);
}

/** Checks a retention and renders it. */
export function lifecycleOf(scope: IConstruct, rule: string, retention: Retention): RuleLifecycle {
  const { keep, keepForever, coldStorageAfter, archiveSnapshots } = retention;
  if (keep && keepForever) {
    throw new ConfigurationError('RetentionTwice', `'keep' and 'keepForever' of rule '${rule}' are both set: leave one out`, scope);
  }
  const deleteAfterDays = keep && wholeUnits(scope, 'keep', keep, 'days');
  const moveToColdStorageAfterDays = coldStorageAfter && wholeUnits(scope, 'coldStorageAfter', coldStorageAfter, 'days');
  const days: Days = keepForever ? 'forever' : known(deleteAfterDays);
  const coldAfterDays = known(moveToColdStorageAfterDays);
  insist(scope, checkRetention('keep', days), checkLifecycle({ deleteAfterDays: days, coldAfterDays }));
  if (archiveSnapshots && !coldStorageAfter) {
    throw new ConfigurationError(
      'ArchiveWithoutColdStorage',
      `'archiveSnapshots' of rule '${rule}' is on, but nothing moves to cold storage: set 'coldStorageAfter', or leave out 'archiveSnapshots'`,
      scope,
    );
  }
  const given = keep || coldStorageAfter;
  return {
    days,
    keptMs: days === undefined || days === 'forever' ? days : days * DAY,
    coldAfterDays,
    cfn: given && { deleteAfterDays, moveToColdStorageAfterDays, optInToArchiveForSupportedResources: archiveSnapshots },
  };
}
