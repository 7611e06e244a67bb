import type { Duration } from 'aws-cdk-lib/core';
import type { ComplianceAcknowledgement } from '../vault/compliance-acknowledgement';

/** Options of a compliance lock. */
export interface ObjectLockComplianceOptions {
  /** What becomes impossible with it. */
  readonly acknowledgement: ComplianceAcknowledgement;
  /**
   * How long each version of an object is locked, counted from when it was written: 1 to 36500 whole days (S3 User Guide: Object Lock),
   * at most as long as the bucket keeps it.
   * @default - as long as the bucket keeps objects
   */
  readonly retention?: Duration;
}

/**
 * S3 Object Lock of a replica bucket or of a bucket for exports: keeps each version of an object from being deleted or overwritten for a
 * while.
 *
 * The time counts from when the version was written: what was written longer ago is no longer locked, although it may still be
 * the newest version. An object that brings a retention of its own from a replicated bucket keeps that instead.
 */
export class ObjectLock {
  /**
   * Protects against mistakes: whoever has `s3:BypassGovernanceRetention` can delete nevertheless.
   * @param retention how long each version is locked, 1 to 36500 whole days (S3 User Guide: Object Lock), at most as long as the bucket
   * keeps objects; left out: just as long
   */
  public static governance(retention?: Duration): ObjectLock {
    return new ObjectLock(false, retention);
  }

  /** Protects against everybody: nobody can delete a version before its time, the root user of the account included. */
  public static compliance(options: ObjectLockComplianceOptions): ObjectLock {
    return new ObjectLock(true, options.retention, options.acknowledgement);
  }

  private constructor(
    /** Whether nobody can lift the lock. */
    public readonly isCompliance: boolean,
    /** How long each version is locked; undefined where that is as long as the bucket keeps objects. */
    public readonly retention?: Duration,
    /** What whoever set a compliance lock has understood. */
    public readonly acknowledgement?: ComplianceAcknowledgement,
  ) {}
}
