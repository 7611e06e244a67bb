import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnDeletionPolicy, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import { namedKey } from '../core/private/keys';
import { known } from '../core/private/known';
import type { ConcernFact, CopyFact, KeyFact } from '../model/facts';
import { checkBucket } from '../model/limits';
import { SERVICE_LIMITS } from '../model/limits/services';
import { turnOnEvents } from './bucket-events';
import { concern, concernOf, describeTarget, outOfReach, placeOf, serviceCopy, TAKEOVER, term } from './facts';
import type { ServiceAdapter, Target } from './service';
import { isDeletedWithStack, keepOnDelete, setDefault, settingOf, textOf, unwrapped } from './settings';

/** S3 buckets: versioned, and with their events on EventBridge where a continuous backup follows them. */
export const S3: ServiceAdapter = {
  types: ['S3'],
  describe: (target) => describeTarget(target, { key: keyOf(target) }),
  copies: replicas,
  prepare: (target, needs) => {
    const bucket = target.cfn as CfnBucket | undefined;
    if (!bucket) {
      return outOfReach(target, [
        'turn versioning on',
        ...(needs.continuous ? ['send its events to EventBridge'] : []),
        'expire noncurrent versions',
      ]);
    }
    const deleted = isDeletedWithStack(bucket);
    keepOnDelete(bucket, CfnDeletionPolicy.RETAIN);
    setDefault(bucket, 'versioningConfiguration', { status: 'Enabled' });
    const eventBridge = needs.continuous ? turnOnEvents(bucket) : undefined;
    const status = settingOf(bucket, 'versioningConfiguration.status');
    const versioned = Token.isUnresolved(status) ? undefined : status === 'Enabled';
    return [
      ...concernOf(target, checkBucket(target.id, { versioned, eventBridge, continuous: needs.continuous })),
      ...versionConcerns(target, bucket),
      ...(deleted
        ? [concern(target, 'warning', 'DeletedWithStack', "'removalPolicy' is DESTROY, so the data goes with the stack: set RETAIN")]
        : []),
    ];
  },
};

/** Every version is backed up and billed, and only a lifecycle rule ends that; the rule is the user's, for it deletes data. */
function versionConcerns(target: Target, bucket: CfnBucket): readonly ConcernFact[] {
  const lifecycle = unwrapped(bucket, settingOf(bucket, 'lifecycleConfiguration')) as { rules?: unknown } | undefined;
  const rules = unwrapped(bucket, lifecycle === undefined ? [] : lifecycle.rules);
  return !Array.isArray(rules) || rules.some(expiresVersions)
    ? []
    : [
        concern(
          target,
          'warning',
          'NoncurrentVersionsKept',
          "'lifecycleRules' never expires noncurrent versions, but each of them is stored, backed up and billed: add a rule with 'noncurrentVersionExpiration'",
        ),
      ];
}

function expiresVersions({ noncurrentVersionExpiration, noncurrentVersionExpirationInDays, status }: CfnBucket.RuleProperty): boolean {
  return status !== 'Disabled' && (noncurrentVersionExpiration ?? noncurrentVersionExpirationInDays) !== undefined;
}

interface ReplicationRule {
  readonly id?: string;
  readonly status?: string;
  readonly destination?: {
    readonly bucket?: unknown;
    readonly account?: unknown;
    readonly replicationTime?: { readonly status?: string };
    readonly encryptionConfiguration?: { readonly replicaKmsKeyId?: unknown };
  };
}

/** Buckets that replication rules write to; the ARN of a bucket names no Region, only a bucket of this app has one. */
function replicas(target: Target): readonly CopyFact[] {
  const { cfn, id } = target;
  const rules = cfn && settingOf(cfn, 'replicationConfiguration.rules');
  if (!Array.isArray(rules)) {
    return [];
  }
  return (rules as readonly ReplicationRule[]).flatMap(({ status, destination }, index) => {
    if (status !== 'Enabled' || destination === undefined) {
      return [];
    }
    const timed = destination.replicationTime?.status === 'Enabled';
    const key = destination.encryptionConfiguration?.replicaKmsKeyId;
    const account = destination.account;
    return [
      serviceCopy({
        resource: id,
        id: `replica-${index + 1}`,
        by: id,
        mechanism: `replica bucket ${containerOf(destination.bucket) ?? ''}`.trimEnd(),
        form: 'replica',
        place: {
          region: regionOf(destination.bucket),
          account:
            account === undefined
              ? placeOf(target).account
              : typeof account === 'string' && !Token.isUnresolved(account)
                ? account
                : undefined,
          container: containerOf(destination.bucket),
        },
        staleness: [term('replication lag', timed ? SERVICE_LIMITS.timedObjectReplicaLag : SERVICE_LIMITS.objectReplicaLag)],
        restore: TAKEOVER,
        key: typeof key === 'string' ? namedKey(key) : { kind: 'unknown' },
      }),
    ];
  });
}

function regionOf(arn: unknown): string | undefined {
  const token = typeof arn === 'string' ? Tokenization.reverse(arn, { failConcat: false }) : undefined;
  return Reference.isReference(token) ? known(Stack.of(token.target).region) : undefined;
}

function containerOf(arn: unknown): string | undefined {
  const name = typeof arn === 'string' ? arn.split(':::')[1] : undefined;
  return name === undefined || Token.isUnresolved(name) ? undefined : name;
}

function keyOf({ cfn }: Target): KeyFact {
  if (!cfn) {
    return { kind: 'unknown' };
  }
  const path = 'bucketEncryption.serverSideEncryptionConfiguration.0.serverSideEncryptionByDefault';
  const key = settingOf(cfn, `${path}.kmsMasterKeyId`);
  if (typeof key === 'string') {
    return namedKey(key);
  }
  const algorithm = settingOf(cfn, `${path}.sseAlgorithm`);
  if (Token.isUnresolved(algorithm)) {
    return { kind: 'unknown' };
  }
  return { kind: textOf(cfn, `${path}.sseAlgorithm`)?.startsWith('aws:kms') ? 'service-managed' : 'aws-owned' };
}
