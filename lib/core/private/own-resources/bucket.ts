import type { CfnResource } from 'aws-cdk-lib/core';
import { checkObjectReplication, type ObjectReplicationRule, type Problem } from '../../../model/limits';
import { gives, listIn, numberIn, type Properties, partIn, templateOf, textIn, within } from './properties';

/** Replication rules of a bucket. */
export function judgeBucket(cfn: CfnResource): readonly Problem[] {
  return gives(cfn, 'ReplicationConfiguration')
    ? checkObjectReplication(listIn(partIn(templateOf(cfn).ReplicationConfiguration)?.Rules).map(ruleOf))
    : [];
}

function ruleOf(value: unknown): ObjectReplicationRule {
  const rule = partIn(value);
  const destination = partIn(rule?.Destination);
  return {
    ...(rule && {
      id: rule.Id === undefined ? false : textIn(rule.Id),
      filtered: within(rule.Filter, () => true),
      tagged: within(rule.Filter, ({ TagFilter, And }) => TagFilter !== undefined || listIn(partIn(And)?.TagFilters).length > 0),
      prioritised: rule.Priority !== undefined,
      deleteMarkers: within(rule.DeleteMarkerReplication, statusIn),
      kmsObjects: within(rule.SourceSelectionCriteria, ({ SseKmsEncryptedObjects }) => within(SseKmsEncryptedObjects, statusIn)),
    }),
    ...(destination && {
      timeControl: within(destination.ReplicationTime, ({ Time }) => minutesIn(Time)),
      metrics: within(destination.Metrics, ({ EventThreshold }) => minutesIn(EventThreshold)),
      replicaKey: within(destination.EncryptionConfiguration, ({ ReplicaKmsKeyID }) => ReplicaKmsKeyID !== undefined),
    }),
  };
}

function statusIn({ Status }: Properties): 'Enabled' | 'Disabled' | undefined {
  return Status === 'Enabled' || Status === 'Disabled' ? Status : undefined;
}

function minutesIn(value: unknown): { readonly minutes?: number } {
  return { minutes: numberIn(partIn(value)?.Minutes) };
}
