import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ownChild } from '../../core/private/own-child';

const ID = 'ReplicationReports';

/** The bucket for reports of all repairs of one stack, made when first asked for. S3 encrypts reports with its own keys whatever the bucket says. */
export function reportBucketOf(scope: IConstruct): Bucket {
  const stack = Stack.of(scope);
  return ownChild(stack, ID, () => newBucket(stack));
}

function newBucket(stack: Stack): Bucket {
  const bucket = new Bucket(stack, ID, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ id: 'ExpireReports', expiration: Duration.days(90), abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'it holds lists of objects that could not be replicated, which expire; a log of who reads them would need a bucket that outlives them',
  });
  return bucket;
}
