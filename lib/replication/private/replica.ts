import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { namedKey } from '../../core/private/keys';
import { known, wholeUnits } from '../../core/private/known';
import { insist, warn } from '../../core/private/problems';
import { requireEnvironment } from '../../core/private/support-stack';
import type { CopyFact, KeyFact } from '../../model/facts';
import { checkBucketName, checkReplicaLock, checkReplicaStorage } from '../../model/limits/buckets';
import { requireAcknowledged } from '../../vault/private/lock';
import type { ReplicaBucket } from '../replica-bucket';
import type { ReplicaLock } from '../replica-lock';
import { type KeyAccess, keyAccess } from './bucket-keys';
import type { BucketSource } from './bucket-source';
import { type MadeReplica, makeReplica } from './made-replica';
import { isKnownAfar, replicationRoleName } from './replica-names';

/** A destination of replication rules, known by names: nothing refers to it. */
export interface Replica {
  readonly region: string;
  /** Where it is another account than that of the source. */
  readonly otherAccount?: string;
  readonly name: string;
  readonly arn: string;
  /** The key of replicas; without one, objects under AWS KMS are left out. */
  readonly key?: ReplicaKey;
  /** How a lock keeps what it holds. */
  readonly immutable: CopyFact['immutable'];
  readonly lockedMs?: CopyFact['lockedMs'];
  readonly storageClass?: string;
  /** Where this library makes it. */
  readonly made?: MadeReplica;
}

export interface ReplicaKey {
  readonly arn: string;
  readonly access: KeyAccess;
  readonly fact: KeyFact;
}

/** Makes a destination, or takes one that exists. */
export function replicaOf(scope: Construct, source: BucketSource, { _spec: spec }: ReplicaBucket): Replica {
  const { region, account, lock, storageClass, isMade } = spec;
  const otherAccount = account === source.home.account ? undefined : account;
  requireEnvironment(scope, { region, account: otherAccount });
  requireElsewhere(scope, source, region, otherAccount);
  insist(
    scope,
    checkBucketName(known(spec.bucketName)),
    checkReplicaLock(lock && known(wholeUnits(scope, 'retention', lock.retention, 'days'))),
    ...checkReplicaStorage(
      storageClass?.value,
      spec.noncurrentVersionsKept && known(wholeUnits(scope, 'noncurrentVersionsKept', spec.noncurrentVersionsKept, 'days')),
    ),
  );
  if (spec.objectsKept) {
    wholeUnits(scope, 'objectsKept', spec.objectsKept, 'days');
  }
  if (lock?.isCompliance) {
    requireAcknowledged(scope, lock.acknowledgement);
  }
  const given = spec.keyArn === undefined ? undefined : givenKey(scope, spec.keyArn, region);
  const roleArn = otherAccount && roleArnOf(source);
  const made = isMade ? makeReplica(scope, source, { ...spec, otherAccount, key: given, roleArn }) : undefined;
  const name = made?.name ?? requireKnown(scope, spec.bucketName!);
  if (name === source.cfn.bucketName) {
    throw new ConfigurationError(
      'ReplicaIsSource',
      `'bucketName' of the destination is '${name}', which is the source itself: give the name of another bucket`,
      scope,
    );
  }
  if (!isMade && source.isLocked && lock === undefined) {
    warn(
      scope,
      'ReplicaLockUnknown',
      `'lock' of the destination '${name}' is left out, but '${source.target.id}' has Object Lock and S3 replicates it only to a bucket that has it too: turn it on there and say so with 'lock'`,
    );
  }
  return {
    region,
    otherAccount,
    name,
    arn: `arn:${Stack.of(scope).partition}:s3:::${name}`,
    key: made?.key ?? given,
    ...lockOf(source, lock),
    storageClass: storageClass?.value,
    made,
  };
}

/** Alarms in the Region of the replica name it, and nothing there may refer to the stack of the source. */
function requireKnown(scope: Construct, bucketName: string): string {
  if (!isKnownAfar(bucketName, Stack.of(scope))) {
    throw new ConfigurationError(
      'ReplicaNameUnknown',
      "'bucketName' of the destination is only known at deploy time, but alarms in its Region have to name it: give it as plain text",
      scope,
    );
  }
  return bucketName;
}

/** The role that replicates into another account, as policies there name it. */
function roleArnOf(source: BucketSource): string {
  const { home } = source;
  return home.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: replicationRoleName(source) });
}

function requireElsewhere(scope: Construct, { home, target }: BucketSource, region: string, otherAccount: string | undefined): void {
  if (region === home.region && otherAccount === undefined) {
    throw new ConfigurationError(
      'RecoveryRegionIsOwn',
      `'recoveryRegion' is ${region}, the Region of '${target.id}', so that both would be lost together: choose another Region or account`,
      scope,
    );
  }
  if (otherAccount !== undefined && Token.isUnresolved(home.account)) {
    throw new ConfigurationError(
      'SourceAccountUnknown',
      `'account' is ${otherAccount}, but which account replicates into it is only known at deploy time: set 'env' of stack '${home.node.path}'`,
      scope,
    );
  }
}

function givenKey(scope: Construct, keyArn: string, region: string): ReplicaKey {
  const [, , service, home] = Token.isUnresolved(keyArn) ? ['', '', 'kms', region] : keyArn.split(':');
  if (service !== 'kms' || (home !== region && !Token.isUnresolved(home))) {
    throw new ConfigurationError(
      'KeyElsewhere',
      `'keyArn' of the replica is '${keyArn}', but its bucket is in ${region}, and S3 takes a key of its own Region by its ARN: give that of a key in ${region}`,
      scope,
    );
  }
  return { arn: keyArn, access: keyAccess(scope, keyArn), fact: namedKey(keyArn) };
}

/**
 * An object that brings a retention of its own keeps it in the replica, whatever the lock there says (S3 User Guide: what does
 * Amazon S3 replicate), so the lock of the source decides where it has one.
 */
function lockOf({ isLocked, defaultLock }: BucketSource, lock: ReplicaLock | undefined): Pick<Replica, 'immutable' | 'lockedMs'> {
  if (isLocked && defaultLock !== undefined) {
    return defaultLock;
  }
  if (lock === undefined) {
    return { immutable: 'no' };
  }
  const lockedMs = lock.retention.isUnresolved() ? 'unknown' : lock.retention.toMilliseconds();
  return { immutable: lock.isCompliance && !isLocked ? 'compliance' : 'governance', lockedMs };
}
