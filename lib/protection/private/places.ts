import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { Arn, ArnFormat, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { known } from '../../core/private/known';
import { outermostStackOf } from '../../core/private/outermost-stack';
import type { CopyFact, KeyFact, Place } from '../../model/facts';
import type { RetentionRange } from '../../model/limits';
import { immutabilityOf, keyFactOf, placeOf } from '../../vault/private/facts';
import { traitsOf } from '../../vault/private/traits';
import { vaultArnFor } from '../../vault/private/vault-arn';
import { VaultKeyKind } from '../../vault/vault-key-kind';
import { VaultLockMode } from '../../vault/vault-lock-mode';
import type { VaultTraits } from '../../vault/vault-traits';
import type { CopyAction } from '../copy-action';

/** A vault as a plan sees it: what facts say about recovery points in it. */
export interface VaultPlace {
  /** Equal for equal vaults of one application. */
  readonly container: string;
  /** What a CopyFact of this vault is called. */
  readonly copyId: string;
  /** What people call it. */
  readonly name: string;
  readonly place: Place;
  readonly range: RetentionRange;
  readonly immutable: CopyFact['immutable'];
  readonly key: KeyFact;
  readonly airGapped: boolean;
}

/** The vault that a rule or a copy action names. */
export function placeOfVault(vault: IBackupVaultRef): VaultPlace {
  return placeWith(traitsOf(vault), vault.node.path);
}

/** The destination of a copy action. */
export function placeOfCopy({ vault, vaultArn }: CopyAction): VaultPlace {
  return vault ? placeOfVault(vault) : placeWith(traitsOfArn(vaultArn as string), vaultArn as string);
}

/**
 * The name of a vault as a rule may use it: plain text where the vault is in another stack, so that nothing is exported.
 * Nested stacks are deployed with the one around them and get it as a parameter, so that they wait for the vault.
 */
export function vaultNameFor(consumer: IConstruct, vault: IBackupVaultRef): string {
  const { backupVaultName } = vault.backupVaultRef;
  if (outermostStackOf(consumer) === outermostStackOf(vault)) {
    return backupVaultName;
  }
  vaultArnFor(consumer, vault);
  return traitsOf(vault).vaultName ?? backupVaultName;
}

/** The Region and account of the plan itself, as far as they are known. */
export function placeOfStack(scope: IConstruct): Place {
  const { region, account } = Stack.of(scope);
  return { region: known(region), account: known(account) };
}

function traitsOfArn(vaultArn: string): VaultTraits {
  const parts = Token.isUnresolved(vaultArn) ? undefined : Arn.split(vaultArn, ArnFormat.COLON_RESOURCE_NAME);
  return {
    vaultName: parts?.resourceName,
    region: parts?.region,
    account: parts?.account,
    lock: VaultLockMode.UNKNOWN,
    key: VaultKeyKind.UNKNOWN,
    airGapped: false,
  };
}

function placeWith(traits: VaultTraits, otherwise: string): VaultPlace {
  const { vaultName: name = otherwise, region, account, minRetention, maxRetention, airGapped } = traits;
  return {
    container: [account, region, name].join('/'),
    copyId: [name, region && `in ${region}`, account && `of ${account}`].filter((part) => part !== undefined).join(' '),
    name,
    place: { ...placeOf(traits), container: name },
    range: { minDays: minRetention?.toDays(), maxDays: maxRetention?.toDays() },
    immutable: immutabilityOf(traits),
    key: keyFactOf(traits),
    airGapped,
  };
}
