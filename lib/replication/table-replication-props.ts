import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { TableConsistency } from './table-consistency';

/** Properties of a TableReplication. */
export interface TableReplicationProps {
  /** The table that is replicated: a `TableV2` or `CfnGlobalTable` of this app, in the same Region and account. */
  readonly source: IConstruct;
  /** The Region that gets the replica, as plain text. */
  readonly recoveryRegion: string;
  /**
   * How far a write has got when it returns.
   * @default - as the table says, or else TableConsistency.eventual()
   */
  readonly consistency?: TableConsistency;
  /**
   * How far point-in-time recovery of every replica reaches back, 1 to 35 whole days (API model of DynamoDB).
   * @default Duration.days(35)
   */
  readonly recoveryPeriod?: Duration;
  /**
   * The customer managed key of the replica, in the recovery Region. Only for a table that has such a key itself: DynamoDB wants one for each
   * replica or for none.
   * @default - where the table has a customer managed key, a key of the recovery Region that has nothing in common with it
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * The lag above which the alarm goes off, in whole seconds from 1 on, where the consistency is eventual.
   * @default Duration.minutes(1)
   */
  readonly maxLag?: Duration;
  /**
   * What the alarms do; all of them are in the Region of the source.
   * @default - the alarms are made, but notify nobody
   */
  readonly alarmActions?: IAlarmAction[];
}
