import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { supportStackOf } from '../../core/private/support-stack';
import { traitsOf } from '../../vault/private/traits';

/** The stack in which copies are tested: that of their place, which needs nothing from the stack of the data. */
export function stackOfCopies(scope: Construct, vault: IBackupVaultRef): Stack {
  const home = Stack.of(scope);
  const { region, account } = traitsOf(vault);
  if (region === undefined) {
    throw new ConfigurationError(
      'NoCopiesToTest',
      `'copies' are to be tested, but the Region of '${vault.node.path}' is only known at deploy time: give its ARN as plain text`,
      scope,
    );
  }
  const otherAccount = account === known(home.account) ? undefined : account;
  return region === home.region && otherAccount === undefined ? home : supportStackOf(scope, { region, account: otherAccount });
}
