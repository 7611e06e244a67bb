import type { Duration } from 'aws-cdk-lib/core';
import type { ComplianceAcknowledgement } from '../vault/compliance-acknowledgement';

/** Options of a compliance lock of a replica bucket. */
export interface ReplicaComplianceLockOptions {
  /** How long each version is locked, from when it was written to the source, in whole days from 1 on. */
  readonly retention: Duration;
  /** What becomes impossible with it. */
  readonly acknowledgement: ComplianceAcknowledgement;
}

/**
 * Object Lock of a replica bucket: keeps each version of an object from being deleted or overwritten for a while.
 *
 * The time counts from when the version was written: what was written longer ago is no longer locked, although it may still be
 * the newest version. An object of a source bucket that has a retention of its own brings that with it instead.
 */
export class ReplicaLock {
  /**
   * Protects against mistakes: whoever has `s3:BypassGovernanceRetention` can delete nevertheless.
   * @param retention how long each version is locked, in whole days from 1 on
   */
  public static governance(retention: Duration): ReplicaLock {
    return new ReplicaLock(false, retention);
  }

  /** Protects against everybody: nobody can delete a version before its time, the root user of the account included. */
  public static compliance(options: ReplicaComplianceLockOptions): ReplicaLock {
    return new ReplicaLock(true, options.retention, options.acknowledgement);
  }

  private constructor(
    /** Whether nobody can lift the lock from a version. */
    public readonly isCompliance: boolean,
    /** How long each version is locked, from when it was written. */
    public readonly retention: Duration,
    /** What whoever set a compliance lock has understood. */
    public readonly acknowledgement?: ComplianceAcknowledgement,
  ) {}
}
