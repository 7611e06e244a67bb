import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** What differs from one bucket to the next. */
export interface RetainedBucketProps extends BucketProps {
  readonly encryptionKey: IKey;
  /** Why nobody logs who reads it, for auditing rules; left out where somebody does. */
  readonly unlogged?: string;
}

/** A bucket for what must not be lost: versioned, private, encrypted with a key of the customer, and still there when its stack is gone. */
export function retainedBucket(scope: Construct, id: string, { unlogged, ...props }: RetainedBucketProps): Bucket {
  const bucket = new Bucket(scope, id, {
    versioned: true,
    encryption: BucketEncryption.KMS,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    ...props,
  });
  if (unlogged !== undefined) {
    Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: unlogged });
  }
  return bucket;
}
