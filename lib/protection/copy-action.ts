import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { Duration } from 'aws-cdk-lib/core';

/** How long copies are kept; without any of it a copy has the lifecycle of its rule. */
export interface CopyActionOptions {
  /**
   * How long the copy is kept, 1 to 36,500 whole days.
   * @default - as long as the rule keeps the original
   */
  readonly keep?: Duration;
  /**
   * Keeps the copy until somebody deletes it.
   * @default - as long as the rule keeps the original
   */
  readonly keepForever?: boolean;
  /**
   * Moves the copy to cold storage after so many whole days, where the type has cold storage; it stays there for at least 90 days.
   * @default - as the rule says where the copy has no lifecycle of its own, otherwise it stays warm
   */
  readonly coldStorageAfter?: Duration;
  /**
   * Archives copies of EBS snapshots as well when they move to cold storage; archived snapshots are full, not incremental.
   * @default - as the rule says where the copy has no lifecycle of its own, otherwise false
   */
  readonly archiveSnapshots?: boolean;
}

/** A second place for the recovery points of a rule: another vault of the account, of another Region, of another account or of both. */
export class CopyAction {
  /** Copies to a vault of this app, or to one that is imported. */
  public static to(vault: IBackupVaultRef, options: CopyActionOptions = {}): CopyAction {
    return new CopyAction(options, vault);
  }

  /**
   * Copies to a vault that exists already, of any Region and account.
   * @param vaultArn such as `arn:aws:backup:ap-northeast-3:111122223333:backup-vault:orders`
   */
  public static toVaultArn(vaultArn: string, options: CopyActionOptions = {}): CopyAction {
    return new CopyAction(options, undefined, vaultArn);
  }

  private constructor(
    /** Lifecycle of the copy. */
    public readonly options: CopyActionOptions,
    /** The destination; left out where it was given by ARN. */
    public readonly vault?: IBackupVaultRef,
    /** ARN of the destination; left out where it was given as a vault. */
    public readonly vaultArn?: string,
  ) {}
}
