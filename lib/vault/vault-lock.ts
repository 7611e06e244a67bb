import type { Duration } from 'aws-cdk-lib/core';
import type { ComplianceAcknowledgement } from './compliance-acknowledgement';
import { VaultLockMode } from './vault-lock-mode';

/** Options of a governance lock. */
export interface GovernanceLockOptions {
  /** The shortest retention that the vault accepts, in whole days: 1 to 36500 (AWS Backup API model). Shorter jobs fail. */
  readonly minRetention: Duration;
  /**
   * The longest retention that the vault accepts, in whole days: `minRetention` to 36500 (AWS Backup API model). Longer jobs fail.
   * @default - no upper bound
   */
  readonly maxRetention?: Duration;
}

/** Options of a compliance lock. */
export interface ComplianceLockOptions extends GovernanceLockOptions {
  /**
   * How long the lock can still be changed or lifted, counted from the deployment that sets it, in whole days:
   * 3 to 36500 (AWS Backup API model).
   */
  readonly changeableFor: Duration;
  /** What becomes impossible when that time is over. */
  readonly acknowledgement: ComplianceAcknowledgement;
}

/** Makes a vault refuse to delete recovery points before their retention ends. */
export class VaultLock {
  /** Protects against mistakes: whoever has the IAM permissions can lift this lock again. */
  public static governance(options: GovernanceLockOptions): VaultLock {
    return new VaultLock(VaultLockMode.GOVERNANCE, options.minRetention, options.maxRetention);
  }

  /** Protects against everybody: when `changeableFor` is over, nobody can lift this lock. */
  public static compliance(options: ComplianceLockOptions): VaultLock {
    const { minRetention, maxRetention, changeableFor, acknowledgement } = options;
    return new VaultLock(VaultLockMode.COMPLIANCE, minRetention, maxRetention, changeableFor, acknowledgement);
  }

  private constructor(
    /** Who can lift this lock. */
    public readonly mode: VaultLockMode,
    /** The shortest retention that the vault accepts. */
    public readonly minRetention: Duration,
    /** The longest retention that the vault accepts; undefined where there is no bound. */
    public readonly maxRetention?: Duration,
    /** How long a compliance lock can still be changed. */
    public readonly changeableFor?: Duration,
    /** What whoever set a compliance lock has understood. */
    public readonly acknowledgement?: ComplianceAcknowledgement,
  ) {}
}
