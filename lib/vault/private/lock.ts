import type { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known, wholeUnits } from '../../core/private/known';
import { insist, warn } from '../../core/private/problems';
import { checkLock } from '../../model/limits';
import { ComplianceAcknowledgement } from '../compliance-acknowledgement';
import type { VaultLock } from '../vault-lock';
import { VaultLockMode } from '../vault-lock-mode';
import type { VaultTraits } from '../vault-traits';

/** The lock as the L1 takes it. */
export function renderLock(scope: IConstruct, lock: VaultLock): CfnBackupVault.LockConfigurationTypeProperty {
  const days = (prop: string, value: Duration | undefined) => value && wholeUnits(scope, prop, value, 'days');
  const minRetentionDays = wholeUnits(scope, 'minRetention', lock.minRetention, 'days');
  const maxRetentionDays = days('maxRetention', lock.maxRetention);
  const changeableForDays = days('changeableFor', lock.changeableFor);
  insist(
    scope,
    checkLock({ minDays: known(minRetentionDays), maxDays: known(maxRetentionDays), changeableForDays: known(changeableForDays) }),
  );
  if (lock.mode === VaultLockMode.COMPLIANCE) {
    requireAcknowledged(scope, lock.acknowledgement, 'VaultLock.governance()');
    if (lock.maxRetention === undefined) {
      warn(
        scope,
        'ComplianceLockUnbounded',
        "'maxRetention' is left out of a compliance lock, so a recovery point that is kept too long by mistake can never be deleted: set the longest retention that a rule may use",
      );
    }
  }
  return { minRetentionDays, maxRetentionDays, changeableForDays };
}

/** Refuses what can never be undone without the words that say so; `instead` is what can be undone. */
export function requireAcknowledged(scope: IConstruct, acknowledgement: ComplianceAcknowledgement | undefined, instead: string): void {
  const expected = ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY;
  if (acknowledgement !== expected) {
    throw new ConfigurationError(
      'ComplianceNotAcknowledged',
      `'acknowledgement' of a lock that nobody can lift is missing: give ComplianceAcknowledgement.${expected}, or use ${instead}`,
      scope,
    );
  }
}

/** Refuses to delete with the stack what a compliance lock keeps. */
export function requireRetained(scope: IConstruct, removalPolicy: RemovalPolicy, mode: VaultLockMode | undefined): void {
  if (mode === VaultLockMode.COMPLIANCE && removalPolicy === RemovalPolicy.DESTROY) {
    throw new ConfigurationError(
      'LockedVaultNotRetained',
      "'removalPolicy' is DESTROY, but a vault with a compliance lock cannot be deleted while it holds recovery points and the stack would fail: retain it",
      scope,
    );
  }
}

/** What a vault with this lock may hold. */
export function lockTraits(lock: VaultLock | undefined): Pick<VaultTraits, 'lock' | 'minRetention' | 'maxRetention'> {
  return {
    lock: lock?.mode ?? VaultLockMode.NONE,
    minRetention: knownDuration(lock?.minRetention),
    maxRetention: knownDuration(lock?.maxRetention),
  };
}

/** The duration, unless it is only known at deploy time. */
export function knownDuration(duration: Duration | undefined): Duration | undefined {
  return duration?.isUnresolved() ? undefined : duration;
}
