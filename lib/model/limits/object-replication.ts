import { error, type Problem, warning } from './problem';
import { SERVICE_LIMITS } from './services';

/** A replication rule of a bucket: `false` is left out, `undefined` is only known at deploy time. */
export interface ObjectReplicationRule {
  readonly id?: string | false;
  /** Whether it has a filter, if only an empty one, which makes it a rule of the second version. */
  readonly filtered?: boolean;
  /** Whether the filter asks for tags. */
  readonly tagged?: boolean;
  readonly prioritised?: boolean;
  readonly deleteMarkers?: 'Enabled' | 'Disabled' | false;
  /** Minutes of Replication Time Control. */
  readonly timeControl?: { readonly minutes?: number } | false;
  /** Minutes of the event threshold of the metrics. */
  readonly metrics?: { readonly minutes?: number } | false;
  /** Objects encrypted with AWS KMS. */
  readonly kmsObjects?: 'Enabled' | 'Disabled' | false;
  /** Whether it has a key for the replicas. */
  readonly replicaKey?: boolean;
}

/** Checks the replication rules of a bucket, which S3 only judges while CloudFormation deploys. */
export function checkObjectReplication(rules: readonly ObjectReplicationRule[]): readonly Problem[] {
  const most = SERVICE_LIMITS.replicationRules.value;
  return [
    ...(rules.length > most
      ? [error('TooManyReplicationRules', `'rules' has ${rules.length} entries, but S3 replicates a bucket by at most ${most}: join some`)]
      : []),
    ...rules.flatMap((rule, index) => {
      const name = `replication rule ${rule.id ? `'${rule.id.slice(0, 40)}'` : index + 1}`;
      return [checkId(name, rule), ...checkVersion(name, rule, rules.length), ...checkTimes(name, rule), checkKeys(name, rule)].filter(
        (problem) => problem !== undefined,
      );
    }),
  ];
}

function checkId(name: string, { id }: ObjectReplicationRule): Problem | undefined {
  const most = SERVICE_LIMITS.replicationRuleId.value;
  return id && id.length > most
    ? error('ReplicationRuleIdTooLong', `'id' of ${name} has ${id.length} characters, but S3 takes at most ${most}: shorten it`)
    : undefined;
}

/** What a rule of the second version has to say. */
function checkVersion(name: string, { filtered, tagged, prioritised, deleteMarkers }: ObjectReplicationRule, rules: number) {
  return [
    filtered && deleteMarkers === false
      ? error(
          'ReplicationRuleIncomplete',
          `'deleteMarkerReplication' of ${name} is left out, but S3 demands it of a rule with a filter: enable or disable it`,
        )
      : undefined,
    filtered && prioritised === false ? unranked(name, rules) : undefined,
    tagged && deleteMarkers === 'Enabled'
      ? error(
          'DeleteMarkersWithTags',
          `'deleteMarkerReplication' of ${name} is enabled, but S3 replicates no delete markers by rules that filter by tags: disable it, or filter by prefix`,
        )
      : undefined,
  ];
}

/** S3 itself demands a priority always, but the CDK leaves it out of a single rule: CloudFormation may fill it in. */
function unranked(name: string, rules: number): Problem {
  const message = `'priority' of ${name} is left out, but S3 demands one of every rule with a filter: give each rule its own number`;
  return rules > 1 ? error('ReplicationRuleIncomplete', message) : warning('ReplicationRuleIncomplete', message);
}

function checkTimes(name: string, { timeControl, metrics }: ObjectReplicationRule) {
  const only = SERVICE_LIMITS.replicationMinutes.value;
  const times = [
    { property: 'replicationTime', minutes: timeControl ? timeControl.minutes : undefined },
    { property: 'metrics', minutes: metrics ? metrics.minutes : undefined },
  ];
  return [
    ...times.map(({ property, minutes }) =>
      minutes === undefined || minutes === only
        ? undefined
        : error(
            'ReplicationTimeUnsupported',
            `'${property}' of ${name} is ${minutes} minutes, but S3 knows ${only} minutes only: set ${only}`,
          ),
    ),
    timeControl && metrics === false
      ? error(
          'ReplicationTimeWithoutMetrics',
          `'metrics' of ${name} is left out, but S3 takes 'replicationTime' together with metrics only: add metrics with ${only} minutes`,
        )
      : undefined,
  ];
}

function checkKeys(name: string, { kmsObjects, replicaKey }: ObjectReplicationRule): Problem | undefined {
  if (kmsObjects === 'Enabled' && replicaKey === false) {
    return error(
      'ReplicaKeyMissing',
      `'sseKmsEncryptedObjects' of ${name} is enabled, but S3 cannot encrypt the replicas without a key: name one of the destination's Region`,
    );
  }
  return kmsObjects === false && replicaKey
    ? error(
        'ReplicaKeyWithoutObjects',
        `'sseKmsEncryptedObjects' of ${name} is left out, but S3 refuses a key for replicas without it: enable it, or leave out the key`,
      )
    : undefined;
}
