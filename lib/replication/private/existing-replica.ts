import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { namedKey } from '../../core/private/keys';
import { warn } from '../../core/private/problems';
import { requireElsewhere } from '../../core/private/recovery-place';
import { settingOf } from '../../services/settings';
import type { ReplicaBucket } from '../replica-bucket';
import { encryptionOf, keyAccess, keyFromAfar } from './bucket-keys';
import { type BucketSource, lockOf, otherAccountOf } from './bucket-source';
import { requireKeyIn } from './copy-key';
import { deployAfter } from './deploy-after';
import { requireKnownBucket } from './known-bucket';
import { lockFact, requireLock } from './object-lock';
import type { ReplicaTraits } from './replica';

type Existing = Extract<ReplicaBucket['_spec'], { readonly bucket: unknown }>;

/** A bucket as a destination; nothing is set on it, and what it says of itself is believed. */
export function existingReplica(scope: Construct, source: BucketSource, spec: Existing): ReplicaTraits {
  const bucket = requireKnownBucket(scope, 'destination', spec.bucket);
  const { id, name, cfn } = bucket;
  const { region, account } = bucket.place;
  if (region === undefined) {
    throw new ConfigurationError(
      'DestinationUnknown',
      `'destination' is '${id}', whose Region is only known at deploy time: set 'env' of its stack, or import it with its 'region', as Bucket.fromBucketAttributes() does`,
      scope,
    );
  }
  requireElsewhere(scope, source.cfn, {
    region,
    account,
    property: 'destination',
    remedy: 'give one in another Region or account; one that is imported has to tell where it is, as Bucket.fromBucketAttributes() does',
  });
  if (cfn) {
    requireReady(scope, source, id, cfn);
    deployAfter(scope, cfn, 'S3 refuses rules that lead to a bucket which is not there yet');
  } else if (source.isLocked && spec.lock === undefined) {
    warn(
      scope,
      'ReplicaLockUnknown',
      `'lock' of the destination '${name}' is left out, but '${source.target.id}' has Object Lock and S3 replicates it only to a bucket that has it too: turn it on there and say so with 'lock'`,
    );
  }
  if (spec.lock) {
    requireLock(scope, spec.lock);
  }
  const key = keyOf(scope, spec, cfn, region);
  return {
    region,
    otherAccount: otherAccountOf(scope, source, account),
    name,
    key: key === undefined ? undefined : { arn: key, access: keyAccess(scope, key), fact: namedKey(key) },
    lock: spec.lock ? lockFact(spec.lock) : cfn && lockOf(cfn).defaultLock,
    cfn,
  };
}

/** Refuses what S3 would refuse when the rules are set. */
function requireReady(scope: Construct, source: BucketSource, id: string, cfn: CfnBucket): void {
  const status = settingOf(cfn, 'versioningConfiguration.status');
  const lacking =
    status !== 'Enabled' && !Token.isUnresolved(status)
      ? (['no versions', 'versioned'] as const)
      : source.isLocked && !lockOf(cfn).isLocked
        ? (['no Object Lock as the source has it', 'objectLockEnabled'] as const)
        : undefined;
  if (lacking) {
    throw new ConfigurationError(
      'DestinationNotReady',
      `'destination' is '${id}', which has ${lacking[0]}, so that S3 would refuse to replicate there: set '${lacking[1]}: true'`,
      scope,
    );
  }
}

/** The key that replicas get: the one that is given, or that of the bucket where another stack can name it. */
function keyOf(scope: Construct, { bucket, encryptionKey }: Existing, cfn: CfnBucket | undefined, region: string): string | undefined {
  if (encryptionKey === undefined && cfn) {
    return keyFromAfar(cfn, encryptionOf(cfn));
  }
  const key = encryptionKey ?? (bucket as Partial<IBucket>).encryptionKey;
  return key && requireKeyIn(scope, 'encryptionKey', key, { region, stack: Stack.of(scope) });
}
