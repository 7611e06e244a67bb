import type { Duration } from 'aws-cdk-lib/core';
import type { ComplianceAcknowledgement } from '../vault/compliance-acknowledgement';

/** Options of a compliance lock on exports. */
export interface ExportComplianceLockOptions {
  /** What becomes impossible with it. */
  readonly acknowledgement: ComplianceAcknowledgement;
  /**
   * How long each export is locked, in whole days from 1 on, at most as long as it is kept.
   * @default - as long as it is kept
   */
  readonly retention?: Duration;
}

/** Object lock of a bucket for exports: keeps them from being deleted or overwritten before their time. */
export class ExportLock {
  /**
   * Protects against mistakes: whoever has `s3:BypassGovernanceRetention` can delete nevertheless.
   * @param retention how long each export is locked, in whole days from 1 on; left out: as long as it is kept
   */
  public static governance(retention?: Duration): ExportLock {
    return new ExportLock(false, retention);
  }

  /** Protects against everybody: nobody can delete an export before its time, the root user of the account included. */
  public static compliance(options: ExportComplianceLockOptions): ExportLock {
    return new ExportLock(true, options.retention, options.acknowledgement);
  }

  private constructor(
    /** Whether nobody can lift the lock. */
    public readonly isCompliance: boolean,
    /** How long each export is locked; undefined where that is as long as it is kept. */
    public readonly retention?: Duration,
    /** What whoever set a compliance lock has understood. */
    public readonly acknowledgement?: ComplianceAcknowledgement,
  ) {}
}
