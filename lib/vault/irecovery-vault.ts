import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { IResource } from 'aws-cdk-lib/core';
import type { VaultTraits } from './vault-traits';

/** A vault, defined in this app or imported, that knows what recovery points it may hold. */
export interface IRecoveryVault extends IResource, IBackupVaultRef {
  /**
   * The name of the vault.
   * @attribute
   */
  readonly backupVaultName: string;
  /**
   * The ARN of the vault; in a stack of another Region or account it is computed, never referred to.
   * @attribute
   */
  readonly backupVaultArn: string;
  /** What recovery points the vault may hold. */
  readonly traits: VaultTraits;
}
