import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { requireMs } from '../../../core/private/known';
import type { CopyFact } from '../../../model/facts';
import { LIMITS } from '../../../model/limits';
import { DAY, words } from '../../../model/time';
import { requireAcknowledged } from '../../../vault/private/lock';
import type { ExportLock } from '../../export-lock';
import type { ExportOptions } from '../../export-options';

const KEEP_DAYS = 35;

/** A bucket made for exports, with what is known about it. */
export interface MadeBucket {
  readonly bucket: Bucket;
  readonly key: IKey;
  readonly keptMs: number;
  readonly immutable: CopyFact['immutable'];
  /** Left out without a lock. */
  readonly lockedMs?: number;
}

/** Makes a bucket that keeps exports for their time, and keeps them when the stack is gone. */
export function makeBucket(scope: Construct, { keep = Duration.days(KEEP_DAYS), lock, encryptionKey }: ExportOptions): MadeBucket {
  const keptMs = wholeDays(scope, 'keep', keep);
  const lockedMs = lock && lockedFor(scope, lock, keptMs);
  const key = encryptionKey ? requireNear(scope, encryptionKey) : newKey(scope);
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
  return { bucket, key, keptMs, immutable: lock === undefined ? 'no' : lock.isCompliance ? 'compliance' : 'governance', lockedMs };
}

function newKey(scope: Construct): Key {
  return new Key(scope, 'Key', {
    description: `Encrypts the exports of ${scope.node.path}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(LIMITS.keyWaitingPeriod.value.max),
    policy: new PolicyDocument({
      statements: [
        new PolicyStatement({ sid: 'AdministerByIam', principals: [new AccountRootPrincipal()], actions: ['kms:*'], resources: ['*'] }),
      ],
    }),
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** A bucket takes a key of its own Region only. */
function requireNear(scope: Construct, key: IKey): IKey {
  const { region } = Stack.of(scope);
  const home = key.env.region;
  if (![home, region].some((name) => Token.isUnresolved(name)) && home !== region) {
    throw new ConfigurationError(
      'KeyElsewhere',
      `'encryptionKey' is in ${home}, but the bucket for the exports in ${region}: take a key of ${region}`,
      scope,
    );
  }
  return key;
}

function lockedFor(scope: Construct, lock: ExportLock, keptMs: number): number {
  if (lock.isCompliance) {
    requireAcknowledged(scope, lock.acknowledgement);
  }
  const lockedMs = lock.retention ? wholeDays(scope, 'lock', lock.retention) : keptMs;
  if (lockedMs > keptMs) {
    throw new ConfigurationError(
      'LockOutlastsKeep',
      `'lock' holds exports for ${words(lockedMs)}, but 'keep' is ${words(keptMs)}, and nothing expires before its lock ends: give 'lock' at most ${words(keptMs)}, or lengthen 'keep'`,
      scope,
    );
  }
  return lockedMs;
}

function retentionOf(lock: ExportLock, lockedMs: number): ObjectLockRetention {
  const retention = Duration.days(lockedMs / DAY);
  return lock.isCompliance ? ObjectLockRetention.compliance(retention) : ObjectLockRetention.governance(retention);
}

function wholeDays(scope: Construct, prop: string, value: Duration): number {
  const ms = requireMs(scope, prop, value);
  if (ms < DAY || ms % DAY !== 0) {
    throw new ConfigurationError(
      'DurationNotWhole',
      `'${prop}' must be whole days, 1 or more, got ${value.toHumanString()}: round it`,
      scope,
    );
  }
  return ms;
}
