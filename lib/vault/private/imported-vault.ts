import type { BackupVaultReference } from 'aws-cdk-lib/aws-backup';
import { Resource } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { keyIdOf } from '../../core/private/keys';
import { known } from '../../core/private/known';
import type { IRecoveryVault } from '../irecovery-vault';
import type { VaultAttributes } from '../vault-attributes';
import { VaultKeyKind } from '../vault-key-kind';
import { VaultLockMode } from '../vault-lock-mode';
import type { VaultTraits } from '../vault-traits';
import { requireVaultArn, splitVaultArn } from './identity';
import { knownDuration } from './lock';

/** A vault of which only the ARN, and what the user tells, is known. */
export class ImportedVault extends Resource implements IRecoveryVault {
  public readonly backupVaultName: string;
  public readonly backupVaultArn: string;
  public readonly traits: VaultTraits;

  constructor(scope: Construct, id: string, attrs: VaultAttributes) {
    const { region, account, vaultName } = splitVaultArn(requireVaultArn(scope, 'backupVaultArn', attrs.backupVaultArn));
    super(scope, id, { region, account });
    this.backupVaultArn = attrs.backupVaultArn;
    this.backupVaultName = vaultName;
    const airGapped = attrs.airGapped ?? false;
    this.traits = {
      vaultName: known(vaultName),
      region: known(region),
      account: known(account),
      lock: attrs.lock ?? (airGapped ? VaultLockMode.COMPLIANCE : VaultLockMode.UNKNOWN),
      minRetention: knownDuration(attrs.minRetention),
      maxRetention: knownDuration(attrs.maxRetention),
      key: attrs.key ?? (attrs.encryptionKeyArn === undefined ? VaultKeyKind.UNKNOWN : VaultKeyKind.CUSTOMER),
      keyId: attrs.encryptionKeyArn && keyIdOf(attrs.encryptionKeyArn),
      airGapped,
    };
  }

  public get backupVaultRef(): BackupVaultReference {
    return { backupVaultArn: this.backupVaultArn, backupVaultName: this.backupVaultName };
  }
}
