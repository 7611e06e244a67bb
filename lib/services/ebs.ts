import { CfnDeletionPolicy } from 'aws-cdk-lib/core';
import { concern, describeTarget, storageKey } from './facts';
import type { ServiceAdapter } from './service';
import { isDeletedWithStack, keepOnDelete } from './settings';

/** EBS volumes: one zone, recovery points only. */
export const EBS: ServiceAdapter = {
  types: ['EBS'],
  describe: (target) => describeTarget(target, { key: storageKey(target, 'service-managed', 'encrypted') }),
  copies: () => [],
  prepare: (target) => {
    if (!target.cfn) {
      return () => [];
    }
    if (isDeletedWithStack(target.cfn)) {
      return () => [
        concern(
          target,
          'warning',
          'DeletedWithStack',
          "'removalPolicy' is DESTROY, so the data goes with the stack without a final snapshot: set SNAPSHOT",
        ),
      ];
    }
    keepOnDelete(target.cfn, CfnDeletionPolicy.SNAPSHOT);
    return () => [];
  },
};
