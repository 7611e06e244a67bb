import type { BackupVaultReference } from 'aws-cdk-lib/aws-backup';
import { Resource, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { keyIdOf } from '../../core/private/keys';
import { known } from '../../core/private/known';
import type { IRecoveryVault } from '../irecovery-vault';
import type { VaultAttributes } from '../vault-attributes';
import { VaultKeyKind } from '../vault-key-kind';
import { VaultLockMode } from '../vault-lock-mode';
import type { VaultTraits } from '../vault-traits';
import { splitVaultArn } from './identity';
import { knownDuration } from './lock';

const VAULT_ARN = /^arn:[^:]+:backup:[^:]+:[^:]+:backup-vault:[^:]+$/;

/** A vault of which only the ARN, and what the user tells, is known. */
export class ImportedVault extends Resource implements IRecoveryVault {
  public readonly backupVaultName: string;
  public readonly backupVaultArn: string;
  public readonly traits: VaultTraits;

  constructor(scope: Construct, id: string, attrs: VaultAttributes) {
    const { region, account, vaultName } = splitVaultArn(requireVaultArn(scope, attrs.backupVaultArn));
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

function requireVaultArn(scope: Construct, arn: string): string {
  if (!Token.isUnresolved(arn) && !VAULT_ARN.test(arn)) {
    throw new ConfigurationError(
      'InvalidVaultArn',
      `'backupVaultArn' is '${arn}', but the ARN of a vault is 'arn:<partition>:backup:<region>:<account>:backup-vault:<name>': correct it`,
      scope,
    );
  }
  return arn;
}
