import { type Stack, Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { outermostStackOf } from '../../core/private/outermost-stack';
import { warn } from '../../core/private/problems';

const COPY = 'the copy in it follows a source there, and RDS refuses a copy of what is not there yet';

/**
 * Lets the stack of `later` be deployed after that of `earlier` where both are deployed together. It is a matter of order alone:
 * `cdk deploy --exclusively` deploys the later one while the Region of the other is gone. `why` tells what a circle would break.
 */
export function deployAfter(later: IConstruct, earlier: IConstruct, why = COPY): void {
  const [stack, first] = [outermostStackOf(later), outermostStackOf(earlier)];
  if (stack === first || Stage.of(stack) !== Stage.of(first)) {
    return;
  }
  if (leadsTo(first, stack)) {
    warn(
      later,
      'CopyBeforeSource',
      `'${stack.node.path}' is deployed before '${first.node.path}', which waits for it, but ${why}: turn the order round, or acknowledge this where that is deployed already`,
    );
  } else {
    stack.addStackDependency(first);
  }
}

/** Whether a stack waits for another one already, so that the order against it would be a circle. */
function leadsTo(stack: Stack, other: Stack, seen: Set<Stack> = new Set()): boolean {
  return stack.dependencies.some((next) => {
    if (next === other) {
      return true;
    }
    const met = seen.has(next);
    seen.add(next);
    return !met && leadsTo(next, other, seen);
  });
}
