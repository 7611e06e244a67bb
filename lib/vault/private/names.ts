import { createHash } from 'node:crypto';
import type { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { claimName, deploymentOf } from '../../core/private/claimed-names';
import { outermostStackOf } from '../../core/private/outermost-stack';
import { LIMITS } from '../../model/limits';

/** The name of the stack and the path of the construct inside it, with a hash that keeps two such names apart. */
export function defaultVaultName(construct: IConstruct): string {
  const stack = outermostStackOf(construct);
  const { scopes } = construct.node;
  const ids = scopes.slice(scopes.indexOf(stack) + 1).map(({ node }) => node.id);
  return hashed([stack.stackName, ...ids].join('/'), '');
}

/** `<stack name>-recovery`, shortened with a hash where it is too long for a vault. */
export function sharedVaultName(stack: Stack): string {
  const suffix = '-recovery';
  return stack.stackName.length + suffix.length <= LIMITS.nameLength.value
    ? `${stack.stackName}${suffix}`
    : hashed(stack.stackName, suffix);
}

/** A vault's name exists once in its account and Region. */
export function claimVaultName(vault: IConstruct, name: string): void {
  const stack = outermostStackOf(vault);
  const { scopes } = vault.node;
  const path = scopes.slice(scopes.indexOf(stack) + 1).map(({ node }) => node.id);
  claimName(vault, {
    kind: 'vault',
    name,
    stack,
    for: [deploymentOf(stack), ...path].join('/'),
    remedy:
      "give one of them another 'vaultName', or leave it out; of vaults that are made for stacks of one name, give one stack another " +
      "'stackName', or make its vault yourself and hand it over as 'recoveryVault'",
  });
}

function hashed(text: string, suffix: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const room = LIMITS.nameLength.value - hash.length - 1 - suffix.length;
  return `${text.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, room)}-${hash}${suffix}`;
}
