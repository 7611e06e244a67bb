import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { known } from '../../core/private/known';
import type { ExclusionFact, Fact } from '../../model/facts';
import { concern } from '../../services/facts';
import { tellReplica } from '../../services/replica-knowledge';
import { partialReplicas } from '../../services/s3';
import type { BucketSource } from './bucket-source';
import { recordLiveCopies } from './live-copies';
import type { SettledRule } from './replication-rules';

/** What replication has beside the replicas themselves. */
export interface Besides {
  /** Whether objects from before the rules are copied too. */
  readonly repair: boolean;
  readonly reports: readonly Bucket[];
}

/** Tells what the properties of the source do not: where its replicas are, under which key and lock, and what is no data of its own. */
export function recordBucketCopies(
  owner: Construct,
  source: BucketSource,
  rules: readonly SettledRule[],
  { repair, reports }: Besides,
): void {
  const { target, cfn, home } = source;
  for (const { replica } of rules) {
    tellReplica(cfn, replica.arn, {
      bucket: replica.cfn,
      region: replica.region,
      account: replica.otherAccount ?? known(home.account),
      key: replica.key?.fact,
      immutable: replica.immutable,
      lockedMs: replica.lockedMs,
    });
  }
  const implied = (bucket: Bucket, reason: string): ExclusionFact => ({
    kind: 'exclusion',
    implied: true,
    resource: bucket.node.path,
    by: owner.node.path,
    reason,
  });
  const made = new Set(rules.flatMap(({ replica }) => replica.made ?? []));
  recordLiveCopies(owner, target, (): readonly Fact[] => [
    ...[...made].map(({ bucket }) => implied(bucket, `replica of ${target.id}`)),
    ...reports.map((bucket) => implied(bucket, 'reports on replication, made again by every run')),
    ...partialReplicas(target),
    ...(repair
      ? []
      : [
          concern(
            target,
            'warning',
            'ExistingObjectsNotCopied',
            "'repair' is off, so that objects from before the replication rules, and those that fail, are never copied: turn it on, or copy them yourself with S3 Batch Replication",
          ),
        ]),
  ]);
}
