import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { namedKey } from '../../core/private/keys';
import { known, requireDays } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { requireElsewhere } from '../../core/private/recovery-place';
import type { KeyFact } from '../../model/facts';
import { checkBucketName, checkReplicaStorage } from '../../model/limits/buckets';
import { DAY } from '../../model/time';
import type { LockFact } from '../../services/object-lock';
import type { ReplicaBucket } from '../replica-bucket';
import { type KeyAccess, keyAccess } from './bucket-keys';
import { type BucketSource, otherAccountOf } from './bucket-source';
import { requireKeyIn } from './copy-key';
import { existingReplica } from './existing-replica';
import { type MadeReplica, type MadeSpec, makeReplica } from './made-replica';
import { lockFact } from './object-lock';

/** What a bucket is to those who replicate into it. */
export interface ReplicaTraits {
  readonly region: string;
  /** Where it is another account than that of the source. */
  readonly otherAccount?: string;
  readonly name: string;
  /** The key of replicas; without one, objects under AWS KMS are left out. */
  readonly key?: ReplicaKey;
  /** How it locks objects that say nothing themselves. */
  readonly lock?: LockFact;
  /** Where this app defines it. */
  readonly cfn?: CfnBucket;
  /** Where this library makes it. */
  readonly made?: MadeReplica;
}

/** A destination of replication rules, known by names: nothing refers to it. */
export interface Replica extends Omit<ReplicaTraits, 'lock'>, LockFact {
  readonly arn: string;
  readonly storageClass?: string;
}

export interface ReplicaKey {
  readonly arn: string;
  readonly access: KeyAccess;
  readonly fact: KeyFact;
}

/** Makes a destination, or takes one that exists. */
export function replicaOf(scope: Construct, source: BucketSource, { _spec: spec }: ReplicaBucket): Replica {
  const { lock, ...traits } = 'bucket' in spec ? existingReplica(scope, source, spec) : newReplica(scope, source, spec);
  if (traits.name === source.cfn.bucketName) {
    throw new ConfigurationError(
      'ReplicaIsSource',
      `the destination is '${traits.name}', which is the source itself: give another bucket`,
      scope,
    );
  }
  const storageClass = spec.storageClass?.value;
  const versions = 'bucket' in spec ? undefined : spec.noncurrentVersionExpiration;
  const versionDays = versions && !versions.isUnresolved() ? requireDays(scope, 'noncurrentVersionExpiration', versions) / DAY : undefined;
  insist(scope, ...checkReplicaStorage(storageClass, versionDays));
  return {
    ...traits,
    arn: `arn:${Stack.of(scope).partition}:s3:::${traits.name}`,
    ...lockOf(source, lock),
    storageClass,
  };
}

function newReplica(scope: Construct, source: BucketSource, spec: MadeSpec): ReplicaTraits {
  const { region, account, encryptionKey, lock } = spec;
  requireElsewhere(scope, source.cfn, { region, account, remedy: 'choose another Region or account' });
  const otherAccount = otherAccountOf(scope, source, account);
  insist(scope, checkBucketName(known(spec.bucketName)));
  const arn = encryptionKey && requireKeyIn(scope, 'encryptionKey', encryptionKey, { region });
  const key = arn === undefined ? undefined : { arn, access: keyAccess(scope, arn), fact: namedKey(arn) };
  const made = makeReplica(scope, source, { ...spec, otherAccount, key });
  return { region, otherAccount, name: made.name, key: made.key, lock: lock && lockFact(lock, made.lockedMs), cfn: made.cfn, made };
}

/**
 * An object that brings a retention of its own keeps it in the replica, whatever the lock there says (S3 User Guide: what does
 * Amazon S3 replicate), so the lock of the source decides where it has one.
 */
function lockOf({ isLocked, defaultLock }: BucketSource, lock: LockFact | undefined): LockFact {
  if (isLocked && defaultLock !== undefined) {
    return defaultLock;
  }
  return lock === undefined ? { immutable: 'no' } : { ...lock, immutable: isLocked ? 'governance' : lock.immutable };
}
