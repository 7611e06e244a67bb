import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, StorageClass } from 'aws-cdk-lib/aws-s3';
import { BucketReplication, CopyRule, ObjectLock, Protection, RecoveryTier, ReplicaBucket } from 'cdk-recovery';
import type { Construct } from 'constructs';

const RECOVERY_REGION = 'ap-northeast-3';

/**
 * Documents replicated to two places: to another Region, to take over there, and to a bunker in another account, which keeps every
 * version for two months whatever happens here. Recovery points are what brings back a moment of the past.
 */
export class CrossAccountBucketStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const documents = new Bucket(this, 'Documents', {
      encryption: BucketEncryption.KMS,
      bucketKeyEnabled: true,
      versioned: true,
      enforceSSL: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(35) }],
    });

    const bunker = ReplicaBucket.inRegion(RECOVERY_REGION, {
      account: '444455556666',
      lock: ObjectLock.governance(Duration.days(60)),
      storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
      noncurrentVersionExpiration: Duration.days(90),
    });
    new BucketReplication(this, 'Replication', {
      source: documents,
      recoveryRegion: RECOVERY_REGION,
      rules: [
        { id: 'standby', timeControl: true },
        // who deletes here deletes nothing there
        { id: 'bunker', destination: bunker, deleteMarkers: false },
      ],
    });

    const protection = new Protection(this, 'Protection', {
      tier: RecoveryTier.IMPORTANT,
      recoveryRegion: RECOVERY_REGION,
      recoveryAccount: '444455556666',
      copyRule: CopyRule.THREE_TWO_ONE,
    });
    protection.protect(documents);
  }
}
