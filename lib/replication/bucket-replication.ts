import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { whileAttached } from '../services/settings';
import type { BucketReplicationProps } from './bucket-replication-props';
import { recordBucketCopies } from './private/bucket-facts';
import { prepareSource, sourceOf } from './private/bucket-source';
import { destinationsOf, objectKeysOf } from './private/destinations';
import { placeFor } from './private/places';
import { type Repair, type Repaired, repairBucket } from './private/repair-job';
import { replicationRoleName } from './private/replica-names';
import { together } from './private/replication-alarms';
import { replicationRole } from './private/replication-role';
import { renderRules, settleRules } from './private/replication-rules';
import { originOf, replicateBack } from './private/return-replication';
import { requireSettled } from './private/settled-source';
import { limitsOf, watchForward, watchReturn } from './private/watched-rules';

/**
 * Replicates the objects of a bucket to another Region or account while they are written.
 *
 * It makes the replica bucket with a key of its own, in a stack that deploys while the Region of the source is gone, the role that
 * may do no more than replicate, alarms in the Regions where S3 publishes the metrics, and jobs that copy what was there before and
 * what failed. A replica follows every change, so it is no backup: combine it with a Protection.
 * @example
 * new BucketReplication(this, 'Replication', {
 *   source: bucket,
 *   recoveryRegion: 'ap-northeast-3',
 * });
 */
export class BucketReplication extends Construct {
  /** The Region that gets the replica; of several, that of the first rule. */
  public readonly recoveryRegion: string;
  /** The name of the replica bucket; of several, that of the first rule. */
  public readonly replicaName: string;
  /** The ARN of that bucket. */
  public readonly replicaArn: string;
  /** What rules name the key of its objects by: the ARN of a key or alias; undefined for an existing bucket without one. */
  public readonly replicaKeyArn?: string;
  /** The role with which S3 replicates. Policies of an existing bucket or key in another account have to let it in. */
  public readonly role: IRole;
  /** All alarms: on lag and backlog in the Region of the bucket that is written to, on failures in that of the other. */
  public readonly alarms: Alarm[];
  /** Go off where objects arrive late, one for each rule and direction. */
  public readonly lagAlarms: Alarm[];
  /** Go off where operations failed, one for each rule and direction, and where runs failed that repair the replica or set its rules. */
  public readonly failureAlarms: Alarm[];

  /**
   * Throws `ReplicationAlreadySet` for a bucket with rules of its own, `SourceOutOfReach` for an imported one, and the codes of
   * docs/errors.md for what S3 would refuse, or would silently leave out.
   */
  constructor(scope: Construct, id: string, props: BucketReplicationProps) {
    super(scope, id);
    const { twoWay = false, timeControl = false, repair = true, alarmActions, recoveryAlarmActions } = props;
    const limits = limitsOf(this, props);
    const source = sourceOf(this, props.source);
    const rules = settleRules(
      this,
      props.rules ?? [{}],
      { timeControl, replicaModifications: twoWay },
      destinationsOf(this, source, props),
    );
    const keys = objectKeysOf(this, source, rules, props);
    const origin = twoWay ? originOf(this, source, rules) : undefined;
    prepareSource(source);
    requireSettled(this, source);

    const role = replicationRole(this, 'Role', {
      source: { arn: source.arn, region: Stack.of(this).region, keys, isLocked: source.isLocked },
      destinations: [...new Set(rules.map(({ replica }) => replica))].map(({ arn, region, key, otherAccount }) => ({
        arn,
        region,
        key: key?.access,
        isOtherAccount: otherAccount !== undefined,
      })),
      roleName: rules.some(({ replica }) => replica.otherAccount !== undefined) ? replicationRoleName(source) : undefined,
    });
    const rendered = renderRules(rules);
    source.cfn.replicationConfiguration = whileAttached(this, { role: role.roleArn, rules: rendered });
    const alarms = [watchForward(this, source, rules, limits, props)];

    const repairs: Repair[] = [];
    const others: Alarm[] = [];
    const repairSchedule = repair ? (props.repairSchedule ?? ScheduleExpression.rate(Duration.days(7))) : undefined;
    if (repairSchedule) {
      const bucket: Repaired = {
        bucketArn: source.arn,
        words: source.target.id,
        rules: rendered,
        // what came back from a former replica is in no other place either
        replicated: twoWay ? ['COMPLETED', 'REPLICA'] : ['COMPLETED'],
        after: [source.cfn, role],
      };
      repairs.push(repairBucket(new Construct(this, 'Repair'), bucket, { schedule: repairSchedule, actions: alarmActions }));
    }
    const [{ replica }] = rules;
    if (origin && replica.made) {
      const there = placeFor(source, replica.made.stack);
      const returning = { rules, isLocked: source.isLocked, repairSchedule, actions: recoveryAlarmActions };
      const back = replicateBack(there, replica.made, origin, returning);
      repairs.push(...back.repairs);
      others.push(back.rulesAlarm);
      alarms.push(watchReturn({ here: new Construct(this, 'Return'), there }, source, rules, origin, limits, props));
    }

    const { lag, backlog, failure } = together(alarms);
    this.recoveryRegion = replica.region;
    this.replicaName = replica.name;
    this.replicaArn = replica.arn;
    this.replicaKeyArn = replica.key?.arn;
    this.role = role;
    this.lagAlarms = [...lag];
    this.failureAlarms = [...failure, ...repairs.map(({ failureAlarm }) => failureAlarm), ...others];
    this.alarms = [...this.lagAlarms, ...backlog, ...this.failureAlarms];
    recordBucketCopies(this, source, rules, { repair, reports: repairs.map(({ reports }) => reports) });
  }
}
