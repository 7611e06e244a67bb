import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import type { BucketReplicationProps } from '../bucket-replication-props';
import type { BucketReplicationRule } from '../bucket-replication-rule';
import { ReplicaBucket } from '../replica-bucket';
import { encryptionOf, type KeyAccess, keyAccess } from './bucket-keys';
import type { BucketSource } from './bucket-source';
import { type Replica, replicaOf } from './replica';
import type { SettledRule } from './replication-rules';

/** Finds the place that a rule leads to; each is made once, however many rules lead there. */
export function destinationsOf(
  scope: Construct,
  source: BucketSource,
  props: BucketReplicationProps,
): (rule: BucketReplicationRule) => Replica {
  const usual = usualOf(scope, props);
  const known = new Map<ReplicaBucket, Replica>();
  return ({ destination = usual }) => {
    if (destination === undefined) {
      throw new ConfigurationError(
        'NoDestination',
        "'recoveryRegion' and 'destination' are left out, so that nobody knows where the objects go: give one of them, or a destination to every rule",
        scope,
      );
    }
    const replica = known.get(destination) ?? replicaOf(scope, source, destination);
    known.set(destination, replica);
    return replica;
  };
}

function usualOf(scope: Construct, { recoveryRegion, recoveryAccount, destination }: BucketReplicationProps): ReplicaBucket | undefined {
  if (recoveryRegion === undefined && recoveryAccount === undefined) {
    return destination;
  }
  if (destination !== undefined) {
    throw new ConfigurationError(
      'DestinationTwice',
      "'destination' is given beside 'recoveryRegion' or 'recoveryAccount', which make one: leave either out",
      scope,
    );
  }
  return ReplicaBucket.inRegion(recoveryRegion ?? Stack.of(scope).region, { account: recoveryAccount });
}

/** What the role has to decrypt: the key of the bucket, and those that the user knows objects to have. */
export function objectKeysOf(
  scope: Construct,
  { cfn, target }: BucketSource,
  rules: readonly SettledRule[],
  { objectKeys = [] }: BucketReplicationProps,
): KeyAccess[] {
  const encryption = encryptionOf(cfn);
  const keys = [...(encryption.key === undefined ? [] : [encryption.key]), ...objectKeys.map(({ keyRef }) => keyRef.keyArn)];
  const keyless = rules.find(({ replica }) => replica.key === undefined);
  if (keys.length > 0 && keyless) {
    throw new ConfigurationError(
      'ReplicaKeyMissing',
      `'encryptionKey' of the destination '${keyless.replica.name}' is left out, but objects of '${target.id}' are under AWS KMS, which S3 leaves out without a key for their replicas: give a key in ${keyless.replica.region}`,
      scope,
    );
  }
  return keys.map((key) => keyAccess(cfn, key));
}
