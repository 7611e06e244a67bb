import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { cfnOf } from '../../core/private/inventory';
import { outermostStackOf } from '../../core/private/outermost-stack';
import { computedVaultArn, deployedTogether } from './identity';
import { traitsOf } from './traits';

/**
 * The ARN of a vault as `consumer` may use it: a reference in the vault's own stack, plain text in every other one, so that
 * no export ties two stacks together and a stack of another Region deploys alone.
 */
export function vaultArnFor(consumer: IConstruct, vault: IBackupVaultRef): string {
  const home = outermostStackOf(vault);
  const here = outermostStackOf(consumer);
  if (home === here || !cfnOf(vault)) {
    return vault.backupVaultRef.backupVaultArn;
  }
  const { vaultName } = traitsOf(vault);
  if (vaultName === undefined) {
    throw new ConfigurationError(
      'VaultNameUnknown',
      `vault '${vault.node.path}' is used by another stack, but its name is only known at deploy time: give it as plain text`,
      consumer,
    );
  }
  if (deployedTogether(home, here) && !dependsOn(home, here)) {
    here.addStackDependency(home, 'a plan needs its vault: it is deployed first');
  }
  return computedVaultArn(here, home, vaultName);
}

function dependsOn(stack: Stack, other: Stack): boolean {
  return stack.dependencies.some((dependency) => dependency === other || dependsOn(dependency, other));
}
