import { AspectPriority, Aspects } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { Protection } from '../../protection/protection';
import { RestoreVerification } from '../restore-verification';

const arranged = new WeakSet<Construct>();

/**
 * Tests the restores of what a Protection protects with a verification of its own, once the tree is complete, unless the user has
 * made one by hand.
 */
export function arrangeVerification(protection: Construct): void {
  if (arranged.has(protection) || !(protection instanceof Protection)) {
    return;
  }
  arranged.add(protection);
  let made = false;
  Aspects.of(protection).add(
    {
      visit: (node) => {
        if (node === protection && !made) {
          made = true;
          RestoreVerification._complete(protection);
        }
      },
    },
    { priority: AspectPriority.MUTATING },
  );
}
