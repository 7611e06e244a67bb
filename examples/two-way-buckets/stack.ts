import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { BucketReplication, Disruption, Protection, RecoveryObjective } from 'cdk-recovery';
import type { Construct } from 'constructs';

const RECOVERY_REGION = 'ap-northeast-3';

/**
 * Two buckets in Tokyo and Osaka that replicate to each other: either takes over at once, and what was written there meanwhile
 * comes back by itself. A backup in the first Region helps against what both of them repeat.
 */
export class TwoWayStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const uploads = new Bucket(this, 'Uploads', {
      // Osaka names the bucket and its key without asking Tokyo
      bucketName: `${id}-uploads-${this.account}`,
      encryptionKey: new Key(this, 'Key', { alias: `${id}-uploads`, enableKeyRotation: true }),
      bucketKeyEnabled: true,
      versioned: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(35) }],
    });

    const alarms = new Topic(this, 'Alarms', { masterKey: new Key(this, 'AlarmsKey', { enableKeyRotation: true }) });
    const there = Topic.fromTopicArn(this, 'AlarmsThere', `arn:aws:sns:${RECOVERY_REGION}:${this.account}:alarms`);
    new BucketReplication(this, 'Replication', {
      source: uploads,
      recoveryRegion: RECOVERY_REGION,
      twoWay: true,
      timeControl: true,
      alarmActions: [new SnsAction(alarms)],
      recoveryAlarmActions: [new SnsAction(there)],
    });

    const protection = new Protection(this, 'Protection', {
      objective: RecoveryObjective.of({ rpo: Duration.hours(4), rto: Duration.hours(24) }),
      survives: [Disruption.OPERATOR_ERROR, Disruption.ZONE_LOSS, Disruption.REGION_LOSS],
    });
    protection.protect(uploads);
  }
}
