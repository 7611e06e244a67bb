import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type IBucket, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { resourceId } from '../core/private/inventory';
import { known, requireDays, wholeUnits } from '../core/private/known';
import { watchOverrides } from '../core/private/overrides';
import { insist } from '../core/private/problems';
import { RecoveryRecord } from '../core/private/record';
import { retainedBucket } from '../core/private/retained-bucket';
import { checkObjectLock } from '../model/limits/buckets';
import { DAY } from '../model/time';
import { ObjectLock } from '../replication/object-lock';
import { requireAcknowledged } from '../vault/private/lock';

/** Properties of an EvidenceStore. */
export interface EvidenceStoreProps {
  /**
   * How long evidence is kept, in whole days.
   * @default Duration.days(1095), three years
   */
  readonly keep?: Duration;
  /**
   * Object Lock of the evidence.
   * @default - governance, for as long as it is kept
   */
  readonly lock?: ObjectLock;
  /**
   * The key of the bucket, in its Region.
   * @default - a key of its own
   */
  readonly encryptionKey?: IKey;
  /**
   * The name of the bucket.
   * @default - CloudFormation makes one up
   */
  readonly bucketName?: string;
}

const KEEP_DAYS = 3 * 365;

/** Where the evidence of restore tests is kept: in a bucket in which nobody deletes or changes it before its time. */
export class EvidenceStore extends Construct {
  /** The bucket. */
  public readonly bucket: IBucket;
  /** Its key. */
  public readonly encryptionKey: IKey;

  constructor(scope: Construct, id: string, props: EvidenceStoreProps = {}) {
    super(scope, id);
    const { keep = Duration.days(KEEP_DAYS), lock = ObjectLock.governance(), bucketName } = props;
    const keptMs = requireDays(this, 'keep', keep);
    const retention = lock.retention ?? keep;
    if (lock.isCompliance) {
      requireAcknowledged(this, lock.acknowledgement, 'ObjectLock.governance()');
    }
    const lockedDays = known(wholeUnits(this, 'retention', retention, 'days'));
    insist(this, checkObjectLock(lockedDays));
    if (lockedDays !== undefined && lockedDays * DAY > keptMs) {
      throw new ConfigurationError(
        'LockOutlastsKeep',
        `'lock' holds evidence for ${lockedDays} days, but 'keep' is ${keptMs / DAY} days, and nothing expires before its lock ends: lengthen 'keep'`,
        this,
      );
    }
    this.encryptionKey =
      props.encryptionKey ??
      new Key(this, 'Key', {
        description: `Encrypts the evidence of restore tests (${this.node.path})`.slice(0, 8192),
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.RETAIN,
      });
    const bucket = retainedBucket(this, 'Bucket', {
      bucketName,
      encryptionKey: this.encryptionKey,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      objectLockEnabled: true,
      objectLockDefaultRetention: lock.isCompliance ? ObjectLockRetention.compliance(retention) : ObjectLockRetention.governance(retention),
      lifecycleRules: [
        {
          id: 'ExpireEvidence',
          expiration: Duration.days(keptMs / DAY),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      unlogged: 'Evidence is written by one function and locked; who reads it is told by data events of AWS CloudTrail.',
    });
    this.bucket = bucket;
    const resource = resourceId(bucket);
    const reason = 'locked evidence of restore tests, of which the next one makes more';
    RecoveryRecord.of(this).add({
      owner: bucket,
      facts: () => [{ kind: 'exclusion', implied: true, resource, by: this.node.path, reason }],
    });
    watchOverrides(bucket, bucket.node.defaultChild as never);
  }
}
