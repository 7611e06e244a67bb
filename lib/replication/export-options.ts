import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { Schedule } from 'aws-cdk-lib/aws-events';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import type { Duration, TimeZone } from 'aws-cdk-lib/core';
import type { ExportExpectations } from './export-expectations';
import type { ObjectLock } from './object-lock';

/** What every export on a schedule can have. */
export interface ExportOptions {
  /**
   * Time between two exports: 1, 2, 3, 4, 6, 8 or 12 hours, a day or 7 days; `schedule` says everything else. They start at
   * 02:00 and so many hours before and after it, weekly ones on Sunday.
   * @default Duration.days(1)
   */
  readonly every?: Duration;
  /**
   * When exports start: `Schedule.cron({ minute: '0', hour: '3', day: '1' })`, or text with `Schedule.expression()`. At most
   * once an hour, at least every two months; rates are refused, because nobody can tell when they begin.
   * @default - as `every` says
   */
  readonly schedule?: Schedule;
  /**
   * Time zone of the schedule.
   * @default TimeZone.ETC_UTC
   */
  readonly timeZone?: TimeZone;
  /**
   * How long each export is kept, in whole days. It has to outlive the arrival of the next one.
   * @default Duration.days(35); what the lifecycle rules of `bucket` say, where that is given
   */
  readonly keep?: Duration;
  /**
   * Keeps exports from being deleted before their time, by S3 Object Lock. An existing bucket brings its own.
   * @default - no lock
   */
  readonly lock?: ObjectLock;
  /**
   * An existing bucket for the exports, such as that of another export.
   * @default - a bucket made for this export, versioned, encrypted and retained
   */
  readonly bucket?: IBucketRef;
  /**
   * The customer managed key that encrypts the exports, in the Region of the bucket.
   * @default - the key of `bucket` where it has one, otherwise a key made for this export
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * How the names of all objects begin, without a slash at the end and without colons.
   * @default - a name from the path of the construct
   */
  readonly prefix?: string;
  /**
   * How long an export may take before it counts as failed; at most 7 days, and 5 minutes less than the shortest time between two.
   * @default - as long as it may
   */
  readonly timeout?: Duration;
  /**
   * Another Region that gets each export too, as plain text. It goes into a bucket of its own, in a stack that deploys alone. Not for an
   * existing bucket, which you replicate yourself with BucketReplication.
   * @default - exports stay in the Region of the data
   */
  readonly recoveryRegion?: string;
  /**
   * Another account that gets each export too, twelve digits as plain text.
   * @default - the account of the data
   */
  readonly recoveryAccount?: string;
  /**
   * What is known about the data, so that the report can state times instead of estimates.
   * @default - sizes and times are estimated
   */
  readonly expects?: ExportExpectations;
  /**
   * What alarms in the Region of the source do: failed and missing exports, and exports that could not be replicated.
   * @default - the alarms are made, but notify nobody
   */
  readonly alarmActions?: IAlarmAction[];
  /**
   * What alarms in the recovery Region do, where exports arrive late; the actions have to be there.
   * @default - the alarms are made, but notify nobody
   */
  readonly recoveryAlarmActions?: IAlarmAction[];
}
