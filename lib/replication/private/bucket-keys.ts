import type { CfnAlias } from 'aws-cdk-lib/aws-kms';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { settingOf, textOf } from '../../services/settings';

/** A key as a policy names it. A key is never named by an alias, so one that is known by its alias takes a condition. */
export interface KeyAccess {
  /** ARN of the key, or of all keys of its Region and account. */
  readonly resource: string;
  /** The alias that the key has to have, without account and Region. */
  readonly alias?: string;
}

const DEFAULT = 'bucketEncryption.serverSideEncryptionConfiguration.0.serverSideEncryptionByDefault';
const MANAGED = 'alias/aws/s3';

/** How a bucket encrypts objects that say nothing themselves. */
export interface BucketEncryption {
  /** `unknown`: only deployment tells. */
  readonly kind: 's3' | 'kms' | 'unknown';
  /** What its properties name the key by; of a bucket under AWS KMS without a key, the alias of the key that AWS manages. */
  readonly key?: string;
}

export function encryptionOf(cfn: CfnBucket): BucketEncryption {
  const key = settingOf(cfn, `${DEFAULT}.kmsMasterKeyId`);
  if (typeof key === 'string') {
    return { kind: 'kms', key };
  }
  if ([settingOf(cfn, `${DEFAULT}.sseAlgorithm`), key].some((value) => Token.isUnresolved(value))) {
    return { kind: 'unknown' };
  }
  return textOf(cfn, `${DEFAULT}.sseAlgorithm`)?.startsWith('aws:kms') ? { kind: 'kms', key: MANAGED } : { kind: 's3' };
}

/** What lets a role use a key that a bucket of `scope` names: by ARN, by alias or by id. */
export function keyAccess(scope: IConstruct, key: string): KeyAccess {
  const token = Token.isUnresolved(key) ? Tokenization.reverse(key, { failConcat: false }) : undefined;
  if (token !== undefined) {
    // the return value of a key is its id
    return { resource: Reference.isReference(token) && token.displayName === 'Ref' ? keyArn(scope, key) : key };
  }
  const alias = /(?:^|:)(alias\/.+)$/.exec(key)?.[1];
  if (alias !== undefined) {
    const place = key.slice(0, -alias.length);
    return { resource: place === '' ? keyArn(scope, '*') : `${place}key/*`, alias };
  }
  return { resource: key.includes(':') ? key : keyArn(scope, key) };
}

/**
 * The key of a bucket as it can be named from another Region: by an ARN that is plain text, or by that of an alias; nothing where
 * the key has neither.
 */
export function keyFromAfar(cfn: CfnBucket, { key }: BucketEncryption): string | undefined {
  if (key === undefined) {
    return undefined;
  }
  const token = Token.isUnresolved(key) ? Tokenization.reverse(key, { failConcat: false }) : undefined;
  if (token === undefined) {
    return key.startsWith('alias/') ? aliasArn(cfn, key) : Token.isUnresolved(key) || key.startsWith('arn:') ? key : keyArn(cfn, key);
  }
  const target = Reference.isReference(token) ? token.target : undefined;
  const alias = target && aliasOf(target);
  return alias && aliasArn(target, alias);
}

/** The plain name of an alias that some stack of the app gives to a key. */
function aliasOf(key: IConstruct): string | undefined {
  return Stack.of(key)
    .node.findAll()
    .filter((construct): construct is CfnAlias => CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::KMS::Alias')
    .find(({ targetKeyId, aliasName }) => {
      const token = Tokenization.reverse(targetKeyId, { failConcat: false });
      return Reference.isReference(token) && token.target === key && !Token.isUnresolved(aliasName);
    })?.aliasName;
}

function aliasArn(scope: IConstruct, alias: string): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: alias, arnFormat: ArnFormat.NO_RESOURCE_NAME });
}

function keyArn(scope: IConstruct, id: string): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: 'key', resourceName: id });
}
