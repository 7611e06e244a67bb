import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { known } from '../../../core/private/known';
import type { CopyFact } from '../../../model/facts';
import { DAY } from '../../../model/time';
import { replicaKnowledge } from '../../../services/replica-knowledge';
import { BucketReplication } from '../../bucket-replication';
import type { ExportOptions } from '../../export-options';
import { ReplicaBucket } from '../../replica-bucket';
import type { StoreTraits } from './store';

/** The bucket elsewhere that gets each export too. */
export interface OffSite {
  readonly name: string;
  readonly traits: StoreTraits;
  readonly replication: BucketReplication;
}

type Kept = Pick<CopyFact, 'immutable' | 'lockedMs'> & { readonly keptMs: number };

/** Replicates a bucket for exports where another Region or account is to have them: kept as long, locked as long, under a key there. */
export function replicateExports(scope: Construct, bucket: Bucket, props: ExportOptions, { keptMs, ...locked }: Kept): OffSite | undefined {
  const { recoveryRegion, recoveryAccount, lock, alarmActions, recoveryAlarmActions } = props;
  if (recoveryRegion === undefined && recoveryAccount === undefined) {
    return undefined;
  }
  const kept = Duration.days(keptMs / DAY);
  const region = recoveryRegion ?? Stack.of(scope).region;
  const destination = ReplicaBucket.inRegion(region, {
    account: recoveryAccount,
    expiration: kept,
    noncurrentVersionExpiration: Duration.days(1),
    lock,
  });
  const replication = new BucketReplication(scope, 'Replication', {
    source: bucket,
    // whoever deletes an export here does not take the one there with it
    rules: [{ id: 'exports', destination, deleteMarkers: false }],
    alarmActions,
    recoveryAlarmActions,
  });
  const name = known(replication.replicaName) ?? `of ${region}`;
  const { account, key = { kind: 'unknown' } } = replicaKnowledge(bucket.node.defaultChild as CfnBucket, replication.replicaArn);
  return { name, replication, traits: { place: { region: known(region), account, container: name }, keptMs, ...locked, key } };
}
