import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { JsonPath } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Duration, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { namedKey } from '../../core/private/keys';
import { encryptionOf, keyAccess, keyFromAfar } from './bucket-keys';
import type { BucketSource } from './bucket-source';
import type { MadeReplica } from './made-replica';
import { passRole } from './pass-role';
import { type Repair, type Repaired, repairBucket } from './repair-job';
import { repairMachine } from './repair-machine';
import type { Replica } from './replica';
import { requireName } from './replica-names';
import { replicationRole } from './replication-role';
import { renderRules, type SettledRule } from './replication-rules';

/** Refuses what cannot be replicated back, and says how the stack of the replica names the source. */
export function originOf(scope: Construct, source: BucketSource, rules: readonly SettledRule[]): Replica {
  const { home, cfn, target } = source;
  const [replica, ...others] = new Set(rules.map((rule) => rule.replica));
  const refuse = (code: string, message: string) => new ConfigurationError(code, `'twoWay' is on, but ${message}`, scope);
  if (others.length > 0) {
    throw refuse(
      'TwoWayOverSeveral',
      `the rules lead to ${others.length + 1} buckets, and only one can write back: give all rules one destination`,
    );
  }
  if (replica.made === undefined) {
    throw refuse(
      'TwoWayIntoExisting',
      `'${replica.name}' is not made here, so that its rules cannot be set: replicate back where it is defined, or take ReplicaBucket.inRegion()`,
    );
  }
  if (replica.otherAccount !== undefined) {
    throw refuse(
      'TwoWayAcrossAccounts',
      `the replica is in account ${replica.otherAccount}, which could then change the data that it is to keep safe: leave out 'twoWay' or 'account'`,
    );
  }
  if (Token.isUnresolved(home.region)) {
    throw refuse(
      'SourceRegionUnknown',
      `the Region of '${target.id}' is only known at deploy time, and the replica has to name it: set 'env' of stack '${home.node.path}'`,
    );
  }
  if (replica.immutable !== 'no' && !source.isLocked) {
    throw refuse(
      'TwoWayNeedsObjectLock',
      `the replica has a lock and '${target.id}' none, and S3 replicates from a bucket with Object Lock only to one that has it too: turn 'objectLockEnabled' on, or leave out 'lock'`,
    );
  }
  const name = requireName(scope, source, replica.made.stack);
  const key = keyFromAfar(cfn, encryptionOf(cfn));
  if (key === undefined) {
    throw refuse(
      'SourceKeyUnknown',
      `the replica has to name the key of '${target.id}' without asking, which has none or one without a plain alias: encrypt it with a customer managed key that has an 'alias'`,
    );
  }
  return {
    region: home.region,
    name,
    arn: `arn:${home.partition}:s3:::${name}`,
    key: { arn: key, access: keyAccess(replica.made.stack, key), fact: namedKey(key) },
    immutable: 'no',
  };
}

/** What goes back to the source. */
export interface Returning {
  readonly rules: readonly SettledRule[];
  /** Whether objects may have a retention or a legal hold. */
  readonly isLocked: boolean;
  /** When objects that did not go back are copied; left out: never. */
  readonly repairSchedule?: ScheduleExpression;
  readonly actions?: readonly IAlarmAction[];
}

/** What replicates back. */
export interface Return {
  readonly repairs: readonly Repair[];
  /** Goes off where the rules of the replica could not be set. */
  readonly rulesAlarm: Alarm;
}

/**
 * Lets a replica replicate back. The rules are no property of the bucket, because S3 refuses a destination that does not exist, and
 * the replica is made before the source: a state machine sets them, and tries until the source is there.
 */
export function replicateBack(place: Construct, made: MadeReplica, origin: Replica, returning: Returning): Return {
  const { isLocked, repairSchedule, actions } = returning;
  const { bucket, name } = made;
  const scope = new Construct(place, 'Return');
  const role = replicationRole(scope, 'Role', {
    source: { arn: bucket.bucketArn, region: Stack.of(place).region, keys: [{ resource: bucket.encryptionKey!.keyArn }], isLocked },
    destinations: [{ arn: origin.arn, region: origin.region, key: origin.key?.access, isOtherAccount: false }],
  });
  const rules = renderRules(returning.rules.map((rule) => ({ ...rule, replica: origin, storageClass: undefined })));
  const after = [bucket, role];
  const rulesAlarm = repairMachine(scope, {
    steps: rulesStep(scope, bucket, role, rules),
    subject: rules,
    schedule: ScheduleExpression.rate(Duration.days(1)),
    words: `Let ${name} replicate back to ${origin.name}`,
    actions,
    after,
  });
  if (repairSchedule === undefined) {
    return { repairs: [], rulesAlarm };
  }
  const repair = new Construct(place, 'Repair');
  const first = rulesStep(repair, bucket, role, rules);
  // what came from the source is not sent back: it may have been deleted there
  const repaired: Repaired = { bucketArn: bucket.bucketArn, words: name, rules, replicated: ['COMPLETED'], after, first };
  return { repairs: [repairBucket(repair, repaired, { schedule: repairSchedule, actions })], rulesAlarm };
}

function rulesStep(scope: Construct, bucket: Bucket, role: Role, rules: readonly CfnBucket.ReplicationRuleProperty[]): CallAwsService {
  const step = new CallAwsService(scope, 'ReplicateBack', {
    service: 's3',
    action: 'putBucketReplication',
    iamAction: 's3:PutReplicationConfiguration',
    iamResources: [bucket.bucketArn],
    additionalIamStatements: [passRole(role, 's3.amazonaws.com')],
    parameters: {
      Bucket: bucket.bucketName,
      ExpectedBucketOwner: Stack.of(scope).account,
      ReplicationConfiguration: { Role: role.roleArn, Rules: inApi(rules) },
    },
    resultPath: JsonPath.DISCARD,
  });
  // until shortly before the next day's run
  step.addRetry({ errors: ['States.TaskFailed'], interval: Duration.minutes(5), maxAttempts: 280, backoffRate: 1 });
  return step;
}

const API_NAMES: Readonly<Record<string, string>> = { replicaKmsKeyId: 'ReplicaKmsKeyID', tagFilter: 'Tag', tagFilters: 'Tags' };

/** A part of a rule with the names of the API, which differ from those of CloudFormation. */
function inApi(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(inApi);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value as CfnBucket.ReplicationRuleProperty)
      .filter(([, part]) => part !== undefined)
      .map(([name, part]) => [API_NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1), inApi(part)]),
  );
}
