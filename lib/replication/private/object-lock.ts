import { ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known, requireMs, wholeUnits } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkObjectLock } from '../../model/limits/buckets';
import { DAY, words } from '../../model/time';
import type { LockFact } from '../../services/object-lock';
import { requireAcknowledged } from '../../vault/private/lock';
import type { ObjectLock } from '../object-lock';

/** How long a bucket keeps objects. */
export interface Keeping {
  /** What the user says it by. */
  readonly property: string;
  /** Left out: for ever. */
  readonly keptMs?: number;
}

/** Refuses a lock that cannot be, or that nobody has acknowledged. */
export function requireLock(scope: IConstruct, { isCompliance, acknowledgement, retention }: ObjectLock): void {
  if (isCompliance) {
    requireAcknowledged(scope, acknowledgement, 'ObjectLock.governance()');
  }
  insist(scope, checkObjectLock(retention && known(wholeUnits(scope, 'retention', retention, 'days'))));
}

/** How long a bucket that is made locks objects, in ms: as long as it keeps them, where nobody says otherwise. */
export function lockedFor(scope: IConstruct, lock: ObjectLock, { property, keptMs }: Keeping): number {
  requireLock(scope, lock);
  const lockedMs = lock.retention ? requireMs(scope, 'retention', lock.retention) : keptMs;
  if (lockedMs === undefined) {
    throw new ConfigurationError(
      'LockWithoutRetention',
      `'lock' has no 'retention' and '${property}' is left out, so that nobody says how long versions are locked: give either, such as ObjectLock.governance(Duration.days(30))`,
      scope,
    );
  }
  if (keptMs !== undefined && lockedMs > keptMs) {
    throw new ConfigurationError(
      'LockOutlastsKeep',
      `'lock' holds objects for ${words(lockedMs)}, but '${property}' is ${words(keptMs)}, and nothing expires before its lock ends: give 'lock' at most ${words(keptMs)}, or lengthen '${property}'`,
      scope,
    );
  }
  return lockedMs;
}

/** The lock of a bucket as the L2 takes it. */
export function retentionOf({ isCompliance }: ObjectLock, lockedMs: number): ObjectLockRetention {
  const retention = Duration.days(lockedMs / DAY);
  return isCompliance ? ObjectLockRetention.compliance(retention) : ObjectLockRetention.governance(retention);
}

/** What a lock means for a copy; how long it lasts may only be known at deploy time, or to nobody. */
export function lockFact({ isCompliance, retention }: ObjectLock, lockedMs?: number): LockFact {
  const given = retention === undefined || retention.isUnresolved() ? 'unknown' : retention.toMilliseconds();
  return { immutable: isCompliance ? 'compliance' : 'governance', lockedMs: lockedMs ?? given };
}
