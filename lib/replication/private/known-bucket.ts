import type { CfnBucket, IBucketRef } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import type { Place } from '../../model/facts';
import { labelOf } from '../../model/services';
import { placeOf, targetOf } from '../../services';
import { isKnownAfar, nameFromAfar } from './replica-names';

/** A bucket that is not of the stack of the source, known by its name: nothing refers to it. */
export interface KnownBucket {
  /** What people call it. */
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  /** Where this app defines it. */
  readonly cfn?: CfnBucket;
}

/** Refuses what is no bucket, or has a name that other stacks do not know. */
export function requireKnownBucket(scope: Construct, property: string, bucket: IBucketRef): KnownBucket {
  const target = targetOf(scope, bucket);
  const { id, type, construct } = target;
  if (type !== 'S3') {
    throw new ConfigurationError('NotABucket', `'${property}' is '${id}', ${labelOf(type)}: give a bucket`, scope);
  }
  const cfn = target.cfn as CfnBucket | undefined;
  const asker = Stack.of(scope);
  const name = cfn ? nameFromAfar({ cfn, construct }, asker, true) : bucket.bucketRef.bucketName;
  if (name === undefined || !isKnownAfar(name, asker)) {
    throw new ConfigurationError(
      'BucketNameUnknown',
      `'${property}' is '${id}', whose name is only known at deploy time, but stacks in other Regions have to name it: give it a 'bucketName' as plain text`,
      scope,
    );
  }
  return { id, name, place: placeOf(target), cfn };
}
