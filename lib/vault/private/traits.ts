import type { CfnBackupVault, IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { cfnOf } from '../../core/private/inventory';
import { namedKey } from '../../core/private/keys';
import { known } from '../../core/private/known';
import type { IRecoveryVault } from '../irecovery-vault';
import { VaultKeyKind } from '../vault-key-kind';
import { VaultLockMode } from '../vault-lock-mode';
import type { VaultTraits } from '../vault-traits';
import { splitVaultArn } from './identity';

/** What a vault may hold, whoever defined it; what cannot be read is left out. */
export function traitsOf(vault: IBackupVaultRef): VaultTraits {
  const own = (vault as Partial<IRecoveryVault>).traits;
  if (own) {
    return own;
  }
  const cfn = cfnOf(vault);
  return cfn?.cfnResourceType === 'AWS::Backup::BackupVault' ? definedTraits(cfn as CfnBackupVault) : foreignTraits(vault);
}

/** A vault that aws-cdk-lib defines in this app: its L1 says what it may hold. */
function definedTraits(cfn: CfnBackupVault): VaultTraits {
  const stack = Stack.of(cfn);
  return {
    vaultName: known(cfn.backupVaultName),
    region: known(stack.region),
    account: known(stack.account),
    ...lockOf(cfn, stack),
    ...keyOf(cfn),
    airGapped: false,
  };
}

function lockOf(cfn: CfnBackupVault, stack: Stack): Pick<VaultTraits, 'lock' | 'minRetention' | 'maxRetention'> {
  const lock: CfnBackupVault.LockConfigurationTypeProperty | undefined = stack.resolve(cfn.lockConfiguration);
  if (lock === undefined) {
    return { lock: VaultLockMode.NONE };
  }
  const days = (value: unknown): Duration | undefined => (typeof value === 'number' ? Duration.days(value) : undefined);
  const mode = lock.changeableForDays === undefined ? VaultLockMode.GOVERNANCE : VaultLockMode.COMPLIANCE;
  return {
    lock: 'minRetentionDays' in lock ? mode : VaultLockMode.UNKNOWN,
    minRetention: days(lock.minRetentionDays),
    maxRetention: days(lock.maxRetentionDays),
  };
}

function keyOf(cfn: CfnBackupVault): Pick<VaultTraits, 'key' | 'keyId'> {
  const key: unknown = cfn.encryptionKeyArn;
  if (key === undefined) {
    return { key: VaultKeyKind.SERVICE_MANAGED };
  }
  const { kind, id } = namedKey(typeof key === 'string' ? key : (key as IKeyRef).keyRef.keyArn);
  return { key: kind === 'customer' ? VaultKeyKind.CUSTOMER : VaultKeyKind.SERVICE_MANAGED, keyId: id };
}

function foreignTraits(vault: IBackupVaultRef): VaultTraits {
  const { region, account, vaultName } = splitVaultArn(vault.backupVaultRef.backupVaultArn);
  return {
    vaultName: known(vaultName),
    region: known(region),
    account: known(account),
    lock: VaultLockMode.UNKNOWN,
    key: VaultKeyKind.UNKNOWN,
    airGapped: false,
  };
}
