import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Duration } from 'aws-cdk-lib/core';
import type { BucketReplicationRule } from './bucket-replication-rule';
import type { ReplicaBucket } from './replica-bucket';

/** Properties of a BucketReplication; a recovery Region or a destination is needed. */
export interface BucketReplicationProps {
  /** The bucket that is replicated: of this app, in the same stack. It becomes versioned, and is retained unless you say otherwise. */
  readonly source: IBucketRef;
  /**
   * The Region that gets the replica, as plain text; a bucket is made there.
   * @default - as the destination says
   */
  readonly recoveryRegion?: string;
  /**
   * The account that gets the replica, twelve digits as plain text. In the Region of the source, where `recoveryRegion` is left out.
   * @default - the account of the source
   */
  readonly recoveryAccount?: string;
  /**
   * Where objects are replicated to by rules that do not say it themselves; instead of `recoveryRegion`.
   * @default ReplicaBucket.inRegion(recoveryRegion, { account: recoveryAccount })
   */
  readonly destination?: ReplicaBucket;
  /**
   * Which objects are replicated, and how; 1 to 1,000 (S3 API model).
   * @default - one rule for all objects, with delete markers
   */
  readonly rules?: BucketReplicationRule[];
  /**
   * S3 Replication Time Control for all rules that do not say it themselves: 99.9 % of new objects within 15 minutes, by contract
   * and for a price by gigabyte.
   * @default false
   */
  readonly timeControl?: boolean;
  /**
   * Whether the replica writes back: what is written to it during a failover comes to the source. Both buckets then are alike, and
   * changes of tags, access control lists and retention go both ways.
   *
   * The source needs a name and a key that another Region can name: a `bucketName`, and a customer managed key with an alias.
   * @default false
   */
  readonly twoWay?: boolean;
  /**
   * Keys of objects in the source that are uploaded under another key than that of the bucket.
   * @default - none
   */
  readonly objectKeys?: IKeyRef[];
  /**
   * Whether S3 Batch Replication copies what replication does not: objects from before the rules, and those that failed.
   * It costs $0.25 for each run and $1 for each million objects copied, in most Regions.
   * @default true
   */
  readonly repair?: boolean;
  /**
   * When repairs run. By a rate the first runs as soon as it is deployed; by a cron expression objects from before the rules wait for it.
   * @default ScheduleExpression.rate(Duration.days(7))
   */
  readonly repairSchedule?: ScheduleExpression;
  /**
   * The lag above which an alarm goes off, in whole seconds from 1 on.
   * @default Duration.minutes(15), what Replication Time Control promises
   */
  readonly maxLag?: Duration;
  /**
   * The number of waiting operations of one rule above which an alarm goes off, 1 or more.
   * @default - no alarm on it: what is usual depends on the rate of writes, and what waits too long is late
   */
  readonly maxPendingOperations?: number;
  /**
   * What alarms in the Region of the source do: failed operations and failed repairs.
   * @default - the alarms are made, but notify nobody
   */
  readonly alarmActions?: IAlarmAction[];
  /**
   * What alarms in the Region of the replica do, such as the lag; the actions have to be there.
   * @default - the alarms are made, but notify nobody
   */
  readonly recoveryAlarmActions?: IAlarmAction[];
}
