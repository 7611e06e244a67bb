import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { IBucketRef, StorageClass } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { ObjectLock } from './object-lock';

/** What is common to replica buckets that are made and that exist. */
export interface ReplicaBucketBaseOptions {
  /**
   * The storage class of replicas, where a rule does not say its own.
   * @default - that of each object in the source
   */
  readonly storageClass?: StorageClass;
}

/** What a replica bucket is like that is made in the recovery Region. */
export interface ReplicaBucketOptions extends ReplicaBucketBaseOptions {
  /**
   * The account of the bucket, twelve digits as plain text.
   * @default - the account of the source
   */
  readonly account?: string;
  /**
   * The name of the bucket, unique in all of AWS; 3 to 63 characters (S3 User Guide: bucket naming rules). Another name replaces the bucket.
   * @default - the stack and path of the source, with a hash, the account and the Region
   */
  readonly bucketName?: string;
  /**
   * The customer managed key of the bucket and of replicas of objects which AWS KMS encrypts in the source. It has to be in the Region of the
   * bucket, and its ARN plain text, as with `Key.fromKeyArn()`.
   * @default - a key of its own, in the stack of the bucket
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * Object Lock, which can be turned on, but never off.
   * @default - none, unless the source has it
   */
  readonly lock?: ObjectLock;
  /**
   * When objects expire, in whole days from 1 on, counted from when they were written to the source: what a lifecycle rule expires there
   * is not deleted in a replica. A replica that expires objects which the source keeps longer does not count as a copy of it.
   * @default - never
   */
  readonly expiration?: Duration;
  /**
   * How long versions are kept that are no longer the newest of their object, in whole days. Each of them is billed.
   * @default - forever
   */
  readonly noncurrentVersionExpiration?: Duration;
  /**
   * A bucket in the same Region and account that gets server access logs and whose policy lets the logging service write. Its name has to be
   * plain text, and its Region known: import it with `Bucket.fromBucketAttributes()`.
   * @default - none; record data events of AWS CloudTrail instead, which also tell who it was
   */
  readonly serverAccessLogsBucket?: IBucketRef;
}

/** What is not known of a replica bucket that exists, or is to differ from it. */
export interface ExistingReplicaBucketOptions extends ReplicaBucketBaseOptions {
  /**
   * The customer managed key of replicas of objects which AWS KMS encrypts in the source. It has to be in the Region of the bucket, and for another
   * account S3 documents the ARN of the key itself only, not that of an alias.
   * @default - the key of the bucket, where that is known; without one, objects under AWS KMS cannot be replicated
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * The Object Lock that the bucket has.
   * @default - as the bucket says, where this app defines it, otherwise not known
   */
  readonly lock?: ObjectLock;
}

/** Where the objects of a bucket are replicated to. */
export class ReplicaBucket {
  /**
   * A bucket that is made in another Region or account, in a stack that is deployed first and needs nothing from the Region of the
   * source: versioned, with a key of its own, closed to the public and to plain HTTP, and retained.
   * @param region the Region of the bucket, as plain text
   * @param options what differs from the defaults
   */
  public static inRegion(region: string, options: ReplicaBucketOptions = {}): ReplicaBucket {
    return new ReplicaBucket({ ...options, region });
  }

  /**
   * A bucket that exists already, or that another stack of the app defines. Nothing is set on it, so it has to be versioned.
   * @param bucket the bucket; an import has to tell its Region, and its account where that is another one, as
   * `Bucket.fromBucketAttributes()` does
   * @param options what the bucket does not tell
   */
  public static existing(bucket: IBucketRef, options: ExistingReplicaBucketOptions = {}): ReplicaBucket {
    return new ReplicaBucket({ ...options, bucket });
  }

  private constructor(
    /** @internal */
    public readonly _spec:
      | (ReplicaBucketOptions & { readonly region: string })
      | (ExistingReplicaBucketOptions & { readonly bucket: IBucketRef }),
  ) {}
}
