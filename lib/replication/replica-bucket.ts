import type { StorageClass } from 'aws-cdk-lib/aws-s3';
import type { Duration } from 'aws-cdk-lib/core';
import type { ReplicaLock } from './replica-lock';

/** What is common to replica buckets that are made and that exist. */
export interface ReplicaBucketBaseOptions {
  /**
   * The account of the bucket, twelve digits as plain text.
   * @default - the account of the source
   */
  readonly account?: string;
  /**
   * The customer managed key that encrypts replicas of objects which AWS KMS encrypts in the source: its ARN, or the ARN of an alias.
   * It has to be in the Region of the bucket, and for another account S3 documents the ARN of the key itself only.
   * @default - of a bucket that is made, a key of its own, by alias; otherwise none, so that objects under AWS KMS are not replicated
   */
  readonly keyArn?: string;
  /**
   * Object Lock, which can be turned on, but never off.
   * @default - none, unless the source has it
   */
  readonly lock?: ReplicaLock;
  /**
   * The storage class of replicas, where a rule does not say its own.
   * @default - that of each object in the source
   */
  readonly storageClass?: StorageClass;
}

/** What a replica bucket is like that is made in the recovery Region. */
export interface ReplicaBucketOptions extends ReplicaBucketBaseOptions {
  /**
   * The name of the bucket, unique in all of AWS; 3 to 63 characters (S3 User Guide: bucket naming rules). Another name replaces the bucket.
   * @default - the stack and path of the source, with a hash, the account and the Region
   */
  readonly bucketName?: string;
  /**
   * How long objects are kept, in whole days, counted from when they were written to the source: what a lifecycle rule expires there
   * is not deleted in a replica. What expires objects that the source keeps longer does not count as a copy of it.
   * @default - forever
   */
  readonly objectsKept?: Duration;
  /**
   * How long versions are kept that are no longer the newest of their object, in whole days. Each of them is billed.
   * @default - forever
   */
  readonly noncurrentVersionsKept?: Duration;
  /**
   * Name of a bucket in the same Region and account that gets server access logs.
   * @default - none; record data events of AWS CloudTrail instead, which also tell who it was
   */
  readonly accessLogBucketName?: string;
}

/** A replica bucket that exists already: this library sets nothing on it. */
export interface ReplicaBucketAttributes extends ReplicaBucketBaseOptions {
  /** The name of the bucket, which has to be versioned. */
  readonly bucketName: string;
  /** The Region of the bucket, as plain text. */
  readonly region: string;
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
    return new ReplicaBucket({ ...options, region, isMade: true });
  }

  /** A bucket that exists already, or that another part of the app defines under this name. */
  public static existing(attributes: ReplicaBucketAttributes): ReplicaBucket {
    return new ReplicaBucket({ ...attributes, isMade: false });
  }

  private constructor(
    /** @internal */
    public readonly _spec: ReplicaBucketOptions & { readonly region: string; readonly isMade: boolean },
  ) {}
}
