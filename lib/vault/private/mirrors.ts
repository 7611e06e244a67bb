import { type Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { outermostStackOf } from '../../core/private/outermost-stack';
import { supportStackOf } from '../../core/private/support-stack';
import type { VaultMirrorOptions } from '../vault-mirror-options';

/** Where the mirror of a vault goes, and whether copies to it leave the account. */
export interface MirrorPlace {
  readonly stack: Stack;
  /** Identifies the place among the mirrors of one vault. */
  readonly key: string;
  /** The account that copies, where the mirror is in another one. */
  readonly sourceAccount?: string;
}

/** Finds the place of a mirror and refuses one that could hold no mirror. */
export function mirrorPlace(vault: IConstruct, vaultName: string, region: string, account: string | undefined): MirrorPlace {
  const home = outermostStackOf(vault);
  if (Token.isUnresolved(vaultName)) {
    throw new ConfigurationError(
      'VaultNameUnknown',
      "'vaultName' is only known at deploy time, but the mirror takes the same name in another stack: give it as plain text",
      vault,
    );
  }
  const leaves = account !== undefined && account !== home.account;
  if (region === home.region && !leaves) {
    throw new ConfigurationError(
      'MirrorInOwnRegion',
      `'region' is ${region}, where the vault is itself, so the mirror would be lost with it: choose another Region or account`,
      vault,
    );
  }
  if (leaves && Token.isUnresolved(home.account)) {
    throw new ConfigurationError(
      'SourceAccountUnknown',
      `'account' is ${account}, but which account copies into it is only known at deploy time: set 'env' of stack '${home.node.path}'`,
      vault,
    );
  }
  const stack = supportStackOf(home, { region, account: leaves ? account : undefined });
  return { stack, key: `${account ?? home.account}/${region}`, sourceAccount: leaves ? home.account : undefined };
}

/** Refuses a second mirror in one place that asks for something else than the first. */
export function requireSameOptions(vault: IConstruct, key: string, first: VaultMirrorOptions, second: VaultMirrorOptions): void {
  const differing = Object.entries(second).find(
    ([option, value]) => option !== 'account' && value !== undefined && value !== first[option as keyof VaultMirrorOptions],
  );
  if (differing) {
    throw new ConfigurationError(
      'MirrorAlreadyDefined',
      `'${differing[0]}' differs from that of the mirror which the vault has in ${Token.isUnresolved(key) ? key.split('/').pop() : key} already: give the options once, where the mirror is first asked for`,
      vault,
    );
  }
}
