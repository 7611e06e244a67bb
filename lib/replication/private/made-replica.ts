import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type LifecycleRule,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, type Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { claimName, deploymentOf } from '../../core/private/claimed-names';
import { ConfigurationError } from '../../core/private/errors';
import { isAttached } from '../../core/private/inventory';
import { requireMs } from '../../core/private/known';
import { watchOverrides } from '../../core/private/overrides';
import { warn } from '../../core/private/problems';
import { supportStackOf } from '../../core/private/support-stack';
import type { ReplicaBucket } from '../replica-bucket';
import { keyAccess } from './bucket-keys';
import type { BucketSource } from './bucket-source';
import { recoveryKeyOf } from './recovery-key';
import type { ReplicaKey } from './replica';
import { replicaBucketName } from './replica-names';

/** A replica bucket in a support stack. */
export interface MadeReplica {
  readonly stack: Stack;
  readonly bucket: Bucket;
  readonly cfn: CfnBucket;
  readonly name: string;
  readonly key: ReplicaKey;
}

const ID = 'Bucket';

type Wanted = ReplicaBucket['_spec'] & {
  readonly otherAccount?: string;
  /** The user's key; left out: one of our own. */
  readonly key?: ReplicaKey;
  /** The role that writes from another account. */
  readonly roleArn?: string;
};

/** What the role of another account does with objects of a replica (S3 User Guide: setting up permissions; changing the replica owner). */
const REPLICATE = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'];

/** What it does with the key (S3 User Guide: replicating encrypted objects; `kms:Decrypt` is for S3 Bucket Keys). */
export const ENCRYPT = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'];

/** The construct in a support stack that holds what belongs to one source. */
export function placeFor({ path }: BucketSource, stack: Stack): Construct {
  const id = ['Replica', ...path].join('-');
  return (stack.node.tryFindChild(id) as Construct | undefined) ?? new Construct(stack, id);
}

const owners = new WeakMap<IConstruct, IConstruct>();

/** Clears the place of a replication that was taken out of the tree, so that another one can be made. */
function forgetDetached({ path }: BucketSource, stack: Stack): void {
  const place = stack.node.tryFindChild(['Replica', ...path].join('-'));
  const owner = place && owners.get(place);
  if (owner && !isAttached(owner)) {
    stack.node.tryRemoveChild(place.node.id);
  }
}

/** Makes the replica bucket of a source, in a stack that needs nothing from that of the source. */
export function makeReplica(scope: Construct, source: BucketSource, wanted: Wanted): MadeReplica {
  const environment = { region: wanted.region, account: wanted.otherAccount };
  const stack = supportStackOf(source.home, environment);
  forgetDetached(source, stack);
  const place = placeFor(source, stack);
  owners.set(place, scope);
  if (place.node.tryFindChild(ID)) {
    throw new ConfigurationError(
      'ReplicaTwice',
      `two destinations are made in ${wanted.region} of one account: hand one ReplicaBucket over to all rules that lead there`,
      scope,
    );
  }
  const name = wanted.bucketName ?? replicaBucketName(source, stack);
  claimName(place, {
    kind: 'bucket',
    name,
    everywhere: true,
    stack,
    for: [deploymentOf(source.home), ...source.path].join('/'),
    remedy: "give one of the replicas another 'bucketName'",
  });
  const { encryptionKey, key } = keysOf(scope, source, wanted, place);
  const bucket = new Bucket(place, ID, {
    bucketName: name,
    versioned: true,
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // S3 replicates objects of a bucket with Object Lock only to a bucket that has it too
    objectLockEnabled: wanted.lock !== undefined || source.isLocked ? true : undefined,
    objectLockDefaultRetention: wanted.lock && retentionOf(scope, wanted.lock),
    lifecycleRules: lifecycleOf(wanted),
    serverAccessLogsBucket:
      wanted.accessLogBucketName === undefined ? undefined : Bucket.fromBucketName(place, 'AccessLogs', wanted.accessLogBucketName),
    serverAccessLogsPrefix: wanted.accessLogBucketName === undefined ? undefined : `${name}/`,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const cfn = bucket.node.defaultChild as CfnBucket;
  watchOverrides(bucket, cfn);
  if (wanted.accessLogBucketName === undefined) {
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'who reads a replica is told by data events of AWS CloudTrail, which cover it without a further bucket in the recovery Region',
    });
  }
  if (wanted.roleArn !== undefined) {
    letReplicate(source, bucket, wanted.roleArn);
  }
  return { stack, bucket, cfn, name, key };
}

function keysOf(scope: Construct, source: BucketSource, wanted: Wanted, place: Construct): { encryptionKey: IKey; key: ReplicaKey } {
  const { region, otherAccount, roleArn } = wanted;
  if (wanted.key) {
    if (roleArn !== undefined) {
      warn(
        scope,
        'KeyPolicyOutOfReach',
        `'keyArn' is '${wanted.key.arn}', whose policy this app cannot change: let ${replicationPrincipal(source, roleArn)} do ${ENCRYPT.join(', ')} there, or replication fails`,
      );
    }
    return { encryptionKey: Key.fromKeyArn(place, 'Key', wanted.key.arn), key: wanted.key };
  }
  const own = recoveryKeyOf(source.home, { region, account: otherAccount }, 's3');
  if (roleArn !== undefined) {
    own.key.addToResourcePolicy(statementFor(source, roleArn, ENCRYPT, '*', { 'kms:ViaService': `s3.${region}.${own.stack.urlSuffix}` }));
    warn(
      scope,
      'ReplicaKeyByAlias',
      `'keyArn' of the replica in account ${otherAccount} is left out, so that rules name its key by an alias, but S3 documents the ARN of the key itself for other accounts: test that objects under AWS KMS arrive, or give the ARN of a key there`,
    );
  }
  return { encryptionKey: own.key, key: { arn: own.aliasArn, access: keyAccess(scope, own.aliasArn), fact: own.fact } };
}

/** Lets the role of the source write, before it exists: a policy that names a role which does not exist is refused. */
function letReplicate(source: BucketSource, bucket: Bucket, roleArn: string): void {
  bucket.addToResourcePolicy(statementFor(source, roleArn, REPLICATE, bucket.arnForObjects('*')));
}

function statementFor(
  { home }: BucketSource,
  roleArn: string,
  actions: string[],
  resource: string,
  equals: Record<string, string> = {},
): PolicyStatement {
  return new PolicyStatement({
    principals: [new AccountPrincipal(home.account)],
    actions,
    resources: [resource],
    conditions: { StringEquals: { 'aws:PrincipalArn': roleArn, ...equals } },
  });
}

function replicationPrincipal({ home }: BucketSource, roleArn: string): string {
  return `the role '${roleArn.split('/').pop()}' of account ${home.account}`;
}

function retentionOf(scope: Construct, lock: NonNullable<Wanted['lock']>): ObjectLockRetention {
  // the construct library judges it, and knows no tokens there
  requireMs(scope, 'retention', lock.retention);
  return lock.isCompliance ? ObjectLockRetention.compliance(lock.retention) : ObjectLockRetention.governance(lock.retention);
}

/** Replication copies no action of a lifecycle, so a replica needs its own. */
function lifecycleOf({ objectsKept, noncurrentVersionsKept }: Wanted): LifecycleRule[] {
  return [
    {
      id: 'AbortUploads',
      abortIncompleteMultipartUploadAfter: Duration.days(7),
    },
    ...(objectsKept ? [{ id: 'ExpireObjects', expiration: objectsKept }] : []),
    ...(noncurrentVersionsKept
      ? [{ id: 'ExpireVersions', noncurrentVersionExpiration: noncurrentVersionsKept, expiredObjectDeleteMarker: true }]
      : []),
  ];
}
