import { createHash } from 'node:crypto';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { LIMITS } from '../../model/limits';

/** The stack that a construct is deployed with: of nested stacks, the one around them all. */
export function outermostStackOf(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent) {
    stack = stack.nestedStackParent;
  }
  return stack;
}

/** `<stack name>-recovery`, shortened with a hash where it is too long for a vault. */
export function sharedVaultName(stack: Stack): string {
  const suffix = '-recovery';
  const stem = stack.stackName.replace(/[^A-Za-z0-9_-]/g, '-');
  const room = LIMITS.nameLength.value - suffix.length;
  if (stem.length <= room) {
    return `${stem}${suffix}`;
  }
  const hash = createHash('sha256').update(stack.stackName).digest('hex').slice(0, 8);
  return `${stem.slice(0, room - hash.length - 1)}-${hash}${suffix}`;
}
