import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type CfnBucket, type IBucket, type LifecycleRule, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Duration, type Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { claimName, deploymentOf } from '../../core/private/claimed-names';
import { ConfigurationError } from '../../core/private/errors';
import { known, requireDays } from '../../core/private/known';
import { watchOverrides } from '../../core/private/overrides';
import { warn } from '../../core/private/problems';
import { retainedBucket } from '../../core/private/retained-bucket';
import { supportStackOf } from '../../core/private/support-stack';
import { differ } from '../../model/differ';
import type { ReplicaBucket } from '../replica-bucket';
import { keyAccess } from './bucket-keys';
import type { BucketSource } from './bucket-source';
import { deployAfter } from './deploy-after';
import { requireKnownBucket } from './known-bucket';
import { lockedFor, retentionOf } from './object-lock';
import { takePlace } from './places';
import { recoveryKeyOf } from './recovery-key';
import type { ReplicaKey } from './replica';
import { replicaBucketName, replicationRoleName } from './replica-names';
import { requireRoom } from './room';

/** A replica bucket in a support stack. */
export interface MadeReplica {
  readonly stack: Stack;
  readonly bucket: Bucket;
  readonly cfn: CfnBucket;
  readonly name: string;
  readonly key: ReplicaKey;
  /** How long it locks objects that say nothing themselves. */
  readonly lockedMs?: number;
}

const ID = 'Bucket';

/** What the user says about a replica that is made. */
export type MadeSpec = Extract<ReplicaBucket['_spec'], { readonly region: string }>;

type Wanted = MadeSpec & {
  readonly otherAccount?: string;
  /** The user's key; left out: one of our own. */
  readonly key?: ReplicaKey;
};

/** What the role of another account does with objects of a replica (S3 User Guide: setting up permissions; changing the replica owner). */
const REPLICATE = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'];

/** What it does with the key (S3 User Guide: replicating encrypted objects; `kms:Decrypt` is for S3 Bucket Keys). */
export const ENCRYPT = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'];

/** Makes the replica bucket of a source, in a stack that needs nothing from that of the source. */
export function makeReplica(scope: Construct, source: BucketSource, wanted: Wanted): MadeReplica {
  const environment = { region: wanted.region, account: wanted.otherAccount };
  const stack = supportStackOf(source.home, environment);
  requireRoom(stack);
  const place = takePlace(scope, source, stack);
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
  const keptMs = wanted.expiration && requireDays(scope, 'expiration', wanted.expiration);
  const lockedMs = wanted.lock && lockedFor(scope, wanted.lock, { property: 'expiration', keptMs });
  const { encryptionKey, key } = keysOf(scope, source, wanted, place);
  const logs = logsBucketOf(scope, source, wanted, place);
  const bucket = retainedBucket(place, ID, {
    bucketName: name,
    encryptionKey,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // S3 replicates objects of a bucket with Object Lock only to a bucket that has it too
    objectLockEnabled: wanted.lock !== undefined || source.isLocked ? true : undefined,
    objectLockDefaultRetention: wanted.lock && retentionOf(wanted.lock, lockedMs!),
    lifecycleRules: lifecycleOf(wanted),
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: logs && `${name}/`,
    unlogged: logs
      ? undefined
      : 'who reads a replica is told by data events of AWS CloudTrail, which cover it without a further bucket in the recovery Region',
  });
  const cfn = bucket.node.defaultChild as CfnBucket;
  watchOverrides(bucket, cfn);
  if (wanted.otherAccount !== undefined) {
    letReplicate(source, bucket);
  }
  return { stack, bucket, cfn, name, key, lockedMs };
}

function keysOf(scope: Construct, source: BucketSource, wanted: Wanted, place: Construct): { encryptionKey: IKey; key: ReplicaKey } {
  const { region, otherAccount } = wanted;
  if (wanted.key) {
    if (otherAccount !== undefined) {
      warn(
        scope,
        'KeyPolicyOutOfReach',
        `'encryptionKey' is '${wanted.key.arn}', whose policy this app cannot change: let the role '${replicationRoleName(source)}' of account ${source.home.account} do ${ENCRYPT.join(', ')} there, or replication fails`,
      );
    }
    return { encryptionKey: Key.fromKeyArn(place, 'Key', wanted.key.arn), key: wanted.key };
  }
  const own = recoveryKeyOf(source.home, { region, account: otherAccount }, 's3');
  if (otherAccount !== undefined) {
    own.key.addToResourcePolicy(statementFor(source, ENCRYPT, '*', { 'kms:ViaService': `s3.${region}.${own.stack.urlSuffix}` }));
    warn(
      scope,
      'ReplicaKeyByAlias',
      `'encryptionKey' of the replica in account ${otherAccount} is left out, so that rules name its key by an alias, but S3 documents the ARN of the key itself for other accounts: test that objects under AWS KMS arrive, or give a key there by its ARN`,
    );
  }
  return { encryptionKey: own.key, key: { arn: own.aliasArn, access: keyAccess(scope, own.aliasArn), fact: own.fact } };
}

/** Lets the role of the source write, before it exists: a policy that names a role which does not exist is refused. */
function letReplicate(source: BucketSource, bucket: Bucket): void {
  bucket.addToResourcePolicy(statementFor(source, REPLICATE, bucket.arnForObjects('*')));
}

/** The role that replicates into another account, as policies there name it. */
function roleArnOf(source: BucketSource): string {
  return source.home.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: replicationRoleName(source) });
}

function statementFor(source: BucketSource, actions: string[], resource: string, equals: Record<string, string> = {}): PolicyStatement {
  return new PolicyStatement({
    principals: [new AccountPrincipal(source.home.account)],
    actions,
    resources: [resource],
    conditions: { StringEquals: { 'aws:PrincipalArn': roleArnOf(source), ...equals } },
  });
}

/** The bucket for server access logs, by its name: S3 writes them to one of the same Region and account only. */
function logsBucketOf(scope: Construct, { home }: BucketSource, wanted: Wanted, place: Construct): IBucket | undefined {
  if (wanted.serverAccessLogsBucket === undefined) {
    return undefined;
  }
  const { id, name, place: there, cfn } = requireKnownBucket(scope, 'serverAccessLogsBucket', wanted.serverAccessLogsBucket);
  const account = wanted.otherAccount ?? known(home.account);
  if (there.region !== wanted.region || differ(there.account, account)) {
    throw new ConfigurationError(
      'AccessLogsElsewhere',
      `'serverAccessLogsBucket' is '${id}' in ${there.region ?? 'an unknown Region'}${there.account ? ` of ${there.account}` : ''}, but the replica in ${wanted.region}${account ? ` of ${account}` : ''}, and S3 writes logs to no other place: give one there; one that is imported has to tell where it is, as Bucket.fromBucketAttributes() does`,
      scope,
    );
  }
  if (cfn) {
    deployAfter(place, cfn, 'S3 refuses to send access logs to a bucket which is not there yet');
  }
  return Bucket.fromBucketName(place, 'AccessLogs', name);
}

/** Replication copies no action of a lifecycle, so a replica needs its own. */
function lifecycleOf({ expiration, noncurrentVersionExpiration }: Wanted): LifecycleRule[] {
  return [
    {
      id: 'AbortUploads',
      abortIncompleteMultipartUploadAfter: Duration.days(7),
    },
    ...(expiration ? [{ id: 'ExpireObjects', expiration }] : []),
    ...(noncurrentVersionExpiration ? [{ id: 'ExpireVersions', noncurrentVersionExpiration, expiredObjectDeleteMarker: true }] : []),
  ];
}
