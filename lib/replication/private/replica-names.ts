import { createHash } from 'node:crypto';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { type Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { BUCKET_LIMITS } from '../../model/limits/buckets';
import type { BucketSource } from './bucket-source';

/** Characters of an account and of the longest name of a Region, of which a name may only have the tokens. */
const ACCOUNT_LENGTH = 12;

/**
 * The name of the replica of a bucket, by convention: known without asking the stack that makes it. Names of buckets are unique
 * in all of AWS, so it has the account, and a hash of where the source is: of its Region, and of its account where that is another one,
 * as far as they are known.
 */
export function replicaBucketName({ home, path }: BucketSource, { account, region }: Pick<Stack, 'account' | 'region'>): string {
  const suffix = `-${account}-${region}`;
  const length = 1 + ACCOUNT_LENGTH + 1 + region.length;
  const origin = [home.region, ...(account === home.account ? [] : [home.account])].filter((part) => !Token.isUnresolved(part));
  // what begins like this is reserved (S3 User Guide: bucket naming rules)
  const reserved = /^(?:sthree|amzn-s3-demo)-/i.test(home.stackName) ? ['replica'] : [];
  const words = [...reserved, home.stackName, ...path].join('/');
  return `${hashed(words, BUCKET_LIMITS.nameLength.value - length, [words, ...origin].join('/')).toLowerCase()}${suffix}`;
}

/**
 * The name of the role that replicates a bucket into another account, whose policies have to name it before it exists. Roles are
 * known in all Regions of an account, so it has the Region of the source.
 */
export function replicationRoleName({ home, path }: BucketSource): string {
  const suffix = '-replication';
  const region = Token.isUnresolved(home.region) ? '' : home.region;
  return `${hashed([home.stackName, ...path, region].join('/'), BUCKET_LIMITS.roleNameLength.value - suffix.length)}${suffix}`;
}

/** Letters, digits and single hyphens of a text, with a hash of what keeps two texts apart. */
function hashed(text: string, max: number, apart = text): string {
  const hash = createHash('sha256').update(apart).digest('hex').slice(0, 8);
  const slug = text.replace(/[^A-Za-z0-9]+/g, '-').slice(0, max - hash.length - 1);
  return `${slug.replace(/^-+|-+$/g, '')}-${hash}`;
}

/** Whether another stack of the same account may write a text: it has no more tokens than the account and the partition. */
export function isKnownAfar(text: string, asker: Stack): boolean {
  if (!Token.isUnresolved(text)) {
    return true;
  }
  const resolved: unknown = asker.resolve(text);
  const intrinsics = [...JSON.stringify(resolved ?? { Ref: '' }).matchAll(/"(Ref|Fn::\w+)":("[^"]*")?/g)];
  return intrinsics.every(([, name, ref]) => name === 'Fn::Join' || ref === '"AWS::AccountId"' || ref === '"AWS::Partition"');
}

/** A bucket of this app: the user's construct, and its L1. */
export interface NamedBucket {
  readonly construct: IConstruct;
  readonly cfn: CfnBucket;
}

/**
 * The name of a bucket as another stack of the same account may write it; nothing where CloudFormation makes it up. Where the user
 * leaves it to the CDK to make one when it is needed, that is done only if it `isNeeded`.
 */
export function nameFromAfar({ cfn, construct }: NamedBucket, asker: Stack, isNeeded: boolean): string | undefined {
  const name = cfn.bucketName;
  if (name === undefined || isKnownAfar(name, asker)) {
    return name;
  }
  return isNeeded ? generatedName(construct, asker) : undefined;
}

/** The name that the CDK makes for a bucket of `PhysicalName.GENERATE_IF_NEEDED`. */
function generatedName(bucket: IConstruct, asker: Stack): string | undefined {
  const { bucketName } = bucket as { bucketName?: string };
  try {
    const name: unknown = bucketName === undefined ? undefined : asker.resolve(bucketName);
    return typeof name === 'string' ? name : undefined;
  } catch {
    // the CDK throws where the user left the name to CloudFormation
    return undefined;
  }
}

/** Refuses a source whose name nobody knows outside of its stack. */
export function requireName(scope: IConstruct, source: BucketSource, asker: Stack): string {
  const name = nameFromAfar({ ...source.target, cfn: source.cfn }, asker, true);
  if (name === undefined) {
    throw new ConfigurationError(
      'SourceNameUnknown',
      `'twoWay' is on, but the name of the source '${source.target.id}' is only known once it is deployed, and the replica has to name it without asking: give it a 'bucketName', or PhysicalName.GENERATE_IF_NEEDED`,
      scope,
    );
  }
  return name;
}
