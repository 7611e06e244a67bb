import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkObjectReplication } from '../../model/limits';
import { checkStorageClass } from '../../model/limits/buckets';
import { checkRules } from '../../model/limits/replication-rules';
import { SERVICE_LIMITS } from '../../model/limits/services';
import type { BucketReplicationRule } from '../bucket-replication-rule';
import type { Replica } from './replica';

/** A rule with everything that the user left out, and the place that it leads to. */
export interface SettledRule {
  readonly id: string;
  readonly prefix: string;
  readonly tags: readonly CfnBucket.TagFilterProperty[];
  readonly priority: number;
  readonly deleteMarkers: boolean;
  readonly replicaModifications: boolean;
  readonly timeControl: boolean;
  readonly storageClass?: string;
  readonly replica: Replica;
}

/** What holds for rules that do not say it themselves. */
export interface RuleDefaults {
  readonly timeControl: boolean;
  readonly replicaModifications: boolean;
}

/** Settles the rules of a bucket, and refuses those that S3 would refuse. */
export function settleRules(
  scope: Construct,
  rules: readonly BucketReplicationRule[],
  defaults: RuleDefaults,
  replicaFor: (rule: BucketReplicationRule) => Replica,
): readonly SettledRule[] {
  if (rules.length === 0) {
    throw new ConfigurationError(
      'NoReplicationRules',
      "'rules' is empty, so that nothing is replicated: leave it out to replicate all objects",
      scope,
    );
  }
  if (rules.some(({ id }) => Token.isUnresolved(id))) {
    throw new ConfigurationError(
      'InvalidReplicationRuleId',
      "'id' of a replication rule is only known at deploy time, but alarms ask for its metrics by it: give it as plain text",
      scope,
    );
  }
  const unranked = rules.filter(({ priority }) => priority === undefined).length;
  if (unranked > 0 && unranked < rules.length) {
    throw new ConfigurationError(
      'PrioritiesIncomplete',
      `'priority' is left out of ${unranked} of ${rules.length} rules, so nobody can tell where they rank among the others: give it to all of them or to none`,
      scope,
    );
  }
  const minutes = SERVICE_LIMITS.replicationMinutes.value;
  insist(
    scope,
    ...checkObjectReplication(
      rules.map(({ id, tags, deleteMarkers = !isTagged(tags), timeControl = defaults.timeControl }) => ({
        id,
        filtered: true,
        tagged: isTagged(tags),
        prioritised: true,
        deleteMarkers: deleteMarkers ? 'Enabled' : 'Disabled',
        timeControl: timeControl && { minutes },
        metrics: {},
      })),
    ),
  );
  const settled = rules.map((rule, index) => settle(rule, index, rules.length, defaults, replicaFor(rule)));
  insist(
    scope,
    ...checkRules(
      settled.map(({ id, priority, prefix, tags }) => ({
        id,
        priority: known(priority),
        prefix: known(prefix),
        tags: tags.map(({ key, value }) => ({ key: known(key), value: known(value) })),
      })),
    ),
    ...settled.map(({ storageClass }) => checkStorageClass(known(storageClass))),
  );
  return settled;
}

function settle(rule: BucketReplicationRule, index: number, count: number, defaults: RuleDefaults, replica: Replica): SettledRule {
  const { prefix = '', tags = {} } = rule;
  return {
    id: rule.id ?? (prefix === '' && !isTagged(tags) ? 'all-objects' : `rule-${index + 1}`),
    prefix,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    priority: rule.priority ?? count - index,
    deleteMarkers: rule.deleteMarkers ?? !isTagged(tags),
    replicaModifications: rule.replicaModifications ?? defaults.replicaModifications,
    timeControl: rule.timeControl ?? defaults.timeControl,
    storageClass: rule.storageClass?.value ?? replica.storageClass,
    replica,
  };
}

function isTagged(tags: BucketReplicationRule['tags']): boolean {
  return Object.keys(tags ?? {}).length > 0;
}

/** The rules as CloudFormation takes them, in the second version of their form: each with a filter, a priority and metrics. */
export function renderRules(rules: readonly SettledRule[]): CfnBucket.ReplicationRuleProperty[] {
  return rules.map((rule) => ({
    id: rule.id,
    status: 'Enabled',
    priority: rule.priority,
    filter: filterOf(rule),
    deleteMarkerReplication: { status: stateOf(rule.deleteMarkers) },
    sourceSelectionCriteria: criteriaOf(rule),
    destination: destinationOf(rule),
  }));
}

/** S3 takes exactly one condition, or several in an `And`. */
function filterOf({ prefix, tags }: SettledRule): CfnBucket.ReplicationRuleFilterProperty {
  const [tag, ...others] = tags;
  if (tag === undefined) {
    return { prefix };
  }
  if (prefix === '' && others.length === 0) {
    return { tagFilter: tag };
  }
  return { and: { ...(prefix === '' ? {} : { prefix }), tagFilters: [...tags] } };
}

function criteriaOf({ replicaModifications, replica }: SettledRule): CfnBucket.SourceSelectionCriteriaProperty | undefined {
  return replica.key === undefined && !replicaModifications
    ? undefined
    : {
        ...(replica.key ? { sseKmsEncryptedObjects: { status: 'Enabled' } } : {}),
        ...(replicaModifications ? { replicaModifications: { status: 'Enabled' } } : {}),
      };
}

function destinationOf({ replica, storageClass, timeControl }: SettledRule): CfnBucket.ReplicationDestinationProperty {
  const time = { minutes: SERVICE_LIMITS.replicationMinutes.value };
  return {
    bucket: replica.arn,
    ...(replica.otherAccount === undefined ? {} : { account: replica.otherAccount, accessControlTranslation: { owner: 'Destination' } }),
    ...(replica.key ? { encryptionConfiguration: { replicaKmsKeyId: replica.key.arn } } : {}),
    storageClass,
    // S3 refuses a threshold of metrics without Replication Time Control
    metrics: { status: 'Enabled', ...(timeControl ? { eventThreshold: time } : {}) },
    replicationTime: timeControl ? { status: 'Enabled', time } : undefined,
  };
}

function stateOf(isOn: boolean): string {
  return isOn ? 'Enabled' : 'Disabled';
}
