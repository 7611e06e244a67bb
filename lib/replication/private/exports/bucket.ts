import type { IKey, IKeyRef } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { requireDays } from '../../../core/private/known';
import { DAY } from '../../../model/time';
import type { LockFact } from '../../../services/object-lock';
import type { ExportOptions } from '../../export-options';
import { asKey, requireKeyIn } from '../copy-key';
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
    ? keyNear(scope, encryptionKey)
    : ownKey(scope, 'Key', { description: `Encrypts the exports of ${scope.node.path}` });
  const bucket = new Bucket(scope, 'Bucket', {
    versioned: true,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
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
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'holds exports that nobody reads day by day; who reads one is told by CloudTrail, whose data events also cover the key',
  });
  return { bucket, key, keptMs, ...(lock ? lockFact(lock, lockedMs) : { immutable: 'no' }) };
}

/** A bucket takes a key of its own Region only. */
function keyNear(scope: Construct, key: IKeyRef): IKey {
  const stack = Stack.of(scope);
  requireKeyIn(scope, 'encryptionKey', key, { region: stack.region, stack });
  return asKey(scope, key);
}
