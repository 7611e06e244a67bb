import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnBucket, IBucket, IBucketRef } from 'aws-cdk-lib/aws-s3';
import { Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { cfnOf, resourceId } from '../../../core/private/inventory';
import { namedKey } from '../../../core/private/keys';
import { known } from '../../../core/private/known';
import type { CopyFact } from '../../../model/facts';
import { DAY } from '../../../model/time';
import { adapterOf, targetOf } from '../../../services';
import { defaultLockOf } from '../../../services/object-lock';
import type { ExportOptions } from '../../export-options';
import { asKey } from '../copy-key';
import { makeBucket } from './bucket';
import { type OffSite, replicateExports } from './off-site';

/** Where exports go. */
export interface ExportStore {
  readonly bucket: IBucketRef;
  readonly key?: IKey;
  readonly prefix: string;
  /** The construct path of the bucket, or the name of an imported one. */
  readonly name: string;
  /** Whether the bucket was made for this export, so that it holds nothing else. */
  readonly isOwn: boolean;
  /** What is known about exports in it, once the tree is complete. */
  traits(): StoreTraits;
  /** The bucket elsewhere that gets each export too. */
  readonly offSite?: OffSite;
}

export type StoreTraits = Pick<CopyFact, 'place' | 'keptMs' | 'immutable' | 'lockedMs' | 'key'>;

const FORBIDDEN = /[:\\`" ]|\/$|^\//;

/** The bucket for exports: the one that is given, or one made for them. */
export function storeOf(scope: Construct, props: ExportOptions): ExportStore {
  const prefix = props.prefix ?? Names.uniqueResourceName(scope, { maxLength: 100, separator: '-' });
  if (!Token.isUnresolved(prefix) && (prefix === '' || FORBIDDEN.test(prefix))) {
    throw new ConfigurationError(
      'InvalidExportPrefix',
      `'prefix' is '${prefix}', but it has to be some text without colons, backslashes, quotes, spaces, and slashes at either end: leave them out`,
      scope,
    );
  }
  return props.bucket ? existing(scope, props, props.bucket, prefix) : made(scope, props, prefix);
}

function made(scope: Construct, props: ExportOptions, prefix: string): ExportStore {
  const { bucket, key, keptMs, immutable, lockedMs } = makeBucket(scope, props);
  const name = resourceId(bucket);
  const { region, account } = Stack.of(scope);
  return {
    bucket,
    key,
    prefix,
    name,
    isOwn: true,
    offSite: replicateExports(scope, bucket, props, { keptMs, immutable, lockedMs }),
    traits: () => ({
      place: { region: known(region), account: known(account), container: name },
      keptMs,
      immutable,
      lockedMs,
      key: namedKey(key.keyArn),
    }),
  };
}

function existing(scope: Construct, props: ExportOptions, bucket: IBucketRef, prefix: string): ExportStore {
  const conflict = (['keep', 'lock', 'recoveryRegion', 'recoveryAccount'] as const).find((prop) => props[prop] !== undefined);
  if (conflict) {
    throw new ConfigurationError(
      'ExportBucketTwice',
      `'${conflict}' is given beside 'bucket', whose own settings decide that: set it on the bucket, or leave 'bucket' out`,
      scope,
    );
  }
  const { bucketName } = bucket.bucketRef;
  const key = props.encryptionKey ? asKey(scope, props.encryptionKey) : (bucket as Partial<IBucket>).encryptionKey;
  const name = cfnOf(bucket) ? resourceId(cfnOf(bucket)!) : (known(bucketName) ?? bucket.node.path);
  return {
    bucket,
    key,
    prefix,
    name,
    isOwn: false,
    traits: () => {
      const target = targetOf(scope, bucket);
      const described = adapterOf('S3').describe(target);
      const cfn = target.cfn as CfnBucket | undefined;
      return {
        place: { ...described.place, container: name },
        keptMs: cfn && keptIn(cfn, prefix),
        ...((cfn && defaultLockOf(cfn)) ?? { immutable: 'no' }),
        key: props.encryptionKey ? namedKey(props.encryptionKey.keyRef.keyArn) : described.key,
      };
    },
  };
}

/** The template of a bucket, as far as it matters here; what is only known at deploy time is no plain value. */
interface BucketTemplate {
  readonly lifecycleConfiguration?: {
    readonly rules?: readonly {
      readonly status?: string;
      readonly prefix?: unknown;
      readonly expirationInDays?: unknown;
      readonly tagFilters?: unknown;
    }[];
  };
}

function templateOf(cfn: CfnBucket): BucketTemplate {
  const { lifecycleConfiguration } = cfn;
  return Stack.of(cfn).resolve({ lifecycleConfiguration });
}

/** The soonest end that a lifecycle rule sets to exports; nothing where only tags or deploy time tell. */
function keptIn(cfn: CfnBucket, prefix: string): number | 'forever' | undefined {
  const rules = (templateOf(cfn).lifecycleConfiguration?.rules ?? []).filter(
    ({ status, expirationInDays }) => status !== 'Disabled' && expirationInDays !== undefined,
  );
  const ours = rules.filter((rule) => typeof rule.prefix !== 'string' || `${prefix}/`.startsWith(rule.prefix));
  if (ours.some(({ expirationInDays, tagFilters }) => typeof expirationInDays !== 'number' || tagFilters !== undefined)) {
    return undefined;
  }
  return ours.length === 0 ? 'forever' : Math.min(...ours.map(({ expirationInDays }) => (expirationInDays as number) * DAY));
}
