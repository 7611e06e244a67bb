import type { Stack } from 'aws-cdk-lib/core';
import { claimName } from '../../core/private/claimed-names';

/** Refuses a second recovery of one name in an account: sites find each other by it. */
export function claimStack(stack: Stack, recovery: string): void {
  claimName(stack, {
    kind: 'stack',
    name: stack.stackName,
    stack,
    for: stack.node.path,
    remedy: `give one of the recoveries called '${recovery}' another 'recoveryName'`,
  });
}
