import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { settingOf, unwrapped } from '../../services/settings';
import { encryptionOf } from './bucket-keys';
import type { BucketSource } from './bucket-source';

/**
 * Refuses, once the tree is complete, what an aspect, an L1 property or an override changed after replication was made for it: its
 * role, its rules and its replica were made for what was there before.
 */
export function requireSettled(scope: IConstruct, { cfn, target, isLocked }: BucketSource): void {
  const { kind, key } = encryptionOf(cfn);
  const refuse = (code: string, what: string) => {
    throw new ConfigurationError(code, `${what} of '${target.id}' ${REMEDY}`, scope);
  };
  scope.node.addValidation({
    validate: () => {
      const status = unwrapped(cfn, settingOf(cfn, 'versioningConfiguration.status'));
      if (status === 'Suspended') {
        refuse('SourceNotVersioned', "'versioningConfiguration' is Suspended, but S3 replicates versioned buckets only: the status");
      }
      const now = encryptionOf(cfn);
      if (now.kind !== kind || now.key !== key) {
        refuse('SourceChangedLater', "'bucketEncryption'");
      }
      const lock = settingOf(cfn, 'objectLockEnabled') === true || settingOf(cfn, 'objectLockConfiguration') !== undefined;
      if (lock && !isLocked) {
        refuse('SourceChangedLater', "'objectLockEnabled'");
      }
      return [];
    },
  });
}

const REMEDY = 'was changed after its BucketReplication was made, which knows nothing of it: set it before, in the props of the bucket';
