import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { requireDays } from '../../../core/private/known';
import { retainedBucket } from '../../../core/private/retained-bucket';
import { DAY } from '../../../model/time';
import type { LockFact } from '../../../services/object-lock';
import type { ExportOptions } from '../../export-options';
import { keyBeside } from '../copy-key';
import { lockedFor, lockFact, retentionOf } from '../object-lock';
import { ownKey } from '../own-key';

const KEEP_DAYS = 35;

/** A bucket made for exports, with what is known about it. */
export interface MadeBucket extends LockFact {
  readonly bucket: Bucket;
  readonly key: IKey;
  readonly keptMs: number;
}

/** Makes a bucket that keeps exports for their time, and keeps them when the stack is gone. */
export function makeBucket(scope: Construct, { keep = Duration.days(KEEP_DAYS), lock, encryptionKey }: ExportOptions): MadeBucket {
  const keptMs = requireDays(scope, 'keep', keep);
  const lockedMs = lock && lockedFor(scope, lock, { property: 'keep', keptMs });
  const key = encryptionKey
    ? keyBeside(scope, encryptionKey)
    : ownKey(scope, 'Key', { description: `Encrypts the exports of ${scope.node.path}` });
  const bucket = retainedBucket(scope, 'Bucket', {
    encryptionKey: key,
    objectLockEnabled: lock ? true : undefined,
    objectLockDefaultRetention: lock && retentionOf(lock, lockedMs!),
    lifecycleRules: [
      {
        id: 'ExpireExports',
        expiration: Duration.days(keptMs / DAY),
        noncurrentVersionExpiration: Duration.days(1),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
    ],
    unlogged: 'holds exports that nobody reads day by day; who reads one is told by CloudTrail, whose data events also cover the key',
  });
  return { bucket, key, keptMs, ...(lock ? lockFact(lock, lockedMs) : { immutable: 'no' }) };
}
