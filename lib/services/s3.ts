import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnDeletionPolicy, CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { namedKey } from '../core/private/keys';
import { known } from '../core/private/known';
import type { ConcernFact, CopyFact, KeyFact, Term } from '../model/facts';
import { checkBucket } from '../model/limits';
import { BUCKET_LIMITS } from '../model/limits/buckets';
import { SERVICE_LIMITS } from '../model/limits/services';
import { turnOnEvents } from './bucket-events';
import { concern, concernOf, describeTarget, outOfReach, placeOf, serviceCopy, TAKEOVER, term } from './facts';
import { expiryOf, type ReplicaExpiry } from './replica-expiry';
import { replicaKnowledge } from './replica-knowledge';
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
      return () =>
        outOfReach(target, [
          'turn versioning on',
          ...(needs.continuous ? ['send its events to EventBridge'] : []),
          'expire noncurrent versions',
        ]);
    }
    const deleted = isDeletedWithStack(bucket);
    keepOnDelete(bucket, CfnDeletionPolicy.RETAIN);
    setDefault(bucket, 'versioningConfiguration', { status: 'Enabled' });
    const eventBridge = needs.continuous ? turnOnEvents(bucket) : undefined;
    return () => [
      ...concernOf(target, checkBucket(target.id, { versioned: isVersioned(bucket), eventBridge, continuous: needs.continuous })),
      ...versionConcerns(target, bucket),
      ...partialReplicas(target),
      ...(deleted
        ? [concern(target, 'warning', 'DeletedWithStack', "'removalPolicy' is DESTROY, so the data goes with the stack: set RETAIN")]
        : []),
    ];
  },
};

function isVersioned(bucket: CfnBucket): boolean | undefined {
  const status = settingOf(bucket, 'versioningConfiguration.status');
  return Token.isUnresolved(status) ? undefined : status === 'Enabled';
}

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
  readonly status?: string;
  /** The first version of rules has it in place of a filter. */
  readonly prefix?: unknown;
  readonly filter?: { readonly prefix?: unknown; readonly tagFilter?: unknown; readonly and?: unknown };
  readonly sourceSelectionCriteria?: { readonly sseKmsEncryptedObjects?: { readonly status?: string } };
  readonly destination?: {
    readonly bucket?: unknown;
    readonly account?: unknown;
    readonly storageClass?: unknown;
    readonly replicationTime?: { readonly status?: string };
    readonly encryptionConfiguration?: { readonly replicaKmsKeyId?: unknown };
  };
}

/** A bucket that rules replicate to. */
interface Destination {
  readonly id: string;
  readonly bucket: unknown;
  /** The rules that lead there, by number. */
  readonly rules: readonly ReplicationRule[];
  /** Every object goes there by one rule or another. */
  readonly isWhole: boolean;
  readonly expiry: ReplicaExpiry;
}

function destinationsOf({ cfn }: Target): readonly Destination[] {
  const rules = cfn && settingOf(cfn, 'replicationConfiguration.rules');
  if (!Array.isArray(rules)) {
    return [];
  }
  const enabled = (rules as readonly ReplicationRule[])
    .map((rule, index) => ({ rule, id: `replica-${index + 1}` }))
    .filter(({ rule }) => rule.status === 'Enabled' && rule.destination !== undefined);
  const buckets = new Set(enabled.map(({ rule }) => rule.destination?.bucket));
  return [...buckets].map((bucket) => {
    const leading = enabled.filter(({ rule }) => rule.destination?.bucket === bucket);
    return {
      id: leading[0].id,
      bucket,
      rules: leading.map(({ rule }) => rule),
      isWhole: leading.some(({ rule }) => takesAll(rule)),
      expiry: expiryAt(cfn as CfnBucket, bucket),
    };
  });
}

/** What the lifecycle of a destination takes away, where this app defines it: by reference or under its name. */
function expiryAt(source: CfnBucket, arn: unknown): ReplicaExpiry {
  const name = containerOf(arn);
  const isNamed = (construct: IConstruct): construct is CfnBucket =>
    CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::S3::Bucket' && textOf(construct, 'bucketName') === name;
  const target = replicaKnowledge(source, arn).bucket ?? referredBy(arn) ?? (name && source.node.root.node.findAll().find(isNamed));
  return target && CfnResource.isCfnResource(target) ? expiryOf(source, target as CfnBucket) : {};
}

/** Only a rule without conditions is sure to have every object: nobody knows which prefixes there will be. */
function takesAll({ prefix, filter }: ReplicationRule): boolean {
  return (
    [prefix, filter?.prefix].every((one) => one === undefined || one === '') && filter?.tagFilter === undefined && filter?.and === undefined
  );
}

/**
 * Buckets that replication rules write all objects to; a replica of a part, or for a while, is no copy of the bucket. The ARN of a bucket names no
 * Region: only a bucket of this app has one, or one that somebody told of.
 */
function replicas(target: Target): readonly CopyFact[] {
  return destinationsOf(target)
    .filter(({ isWhole, expiry }) => isWhole && expiry.loses === undefined)
    .map((destination) => replicaOf(target, destination));
}

function replicaOf(target: Target, { id, bucket, rules, expiry: { keptMs } }: Destination): CopyFact {
  const told = replicaKnowledge(target.cfn!, bucket);
  const timed = rules.every(({ destination }) => destination?.replicationTime?.status === 'Enabled');
  const { account, encryptionConfiguration } = rules[0].destination!;
  const key = encryptionConfiguration?.replicaKmsKeyId;
  const own = keyOf(target);
  return serviceCopy({
    resource: target.id,
    id,
    by: target.id,
    mechanism: `replica bucket ${containerOf(bucket) ?? ''}`.trimEnd(),
    form: 'replica',
    place: {
      region: told.region ?? regionOf(bucket),
      account: told.account ?? (account === undefined ? placeOf(target).account : typeof account === 'string' ? known(account) : undefined),
      container: containerOf(bucket),
    },
    staleness: [term('replication lag', timed ? SERVICE_LIMITS.timedObjectReplicaLag : SERVICE_LIMITS.objectReplicaLag)],
    keptMs,
    shortestKeptMs: keptMs,
    restore: [...retrievalOf(rules), ...TAKEOVER],
    immutable: told.immutable ?? 'no',
    lockedMs: told.lockedMs,
    // S3 encrypts a replica as its original: only an object under AWS KMS gets the key of the replicas
    key: own.kind === 'aws-owned' ? own : (told.key ?? (typeof key === 'string' ? namedKey(key) : { kind: 'unknown' })),
    impossible:
      (own.kind === 'customer' || own.kind === 'service-managed') && !rules.every(takesKmsObjects)
        ? "its rules leave out objects under AWS KMS ('sseKmsEncryptedObjects'), which this bucket holds"
        : undefined,
  });
}

function takesKmsObjects({ sourceSelectionCriteria }: ReplicationRule): boolean {
  const status = sourceSelectionCriteria?.sseKmsEncryptedObjects?.status;
  return status === 'Enabled' || Token.isUnresolved(status);
}

/** An archived object has to be brought back before anybody reads it. */
function retrievalOf(rules: readonly ReplicationRule[]): readonly Term[] {
  const { value, ...limit } = BUCKET_LIMITS.retrieval;
  const slowest = Math.max(0, ...rules.map(({ destination }) => value.get(String(destination?.storageClass)) ?? 0));
  return slowest === 0 ? [] : [term('retrieve the objects from the archive', { ...limit, value: slowest })];
}

/** Warns of replicas that have a part of the objects only, or have them for a while, and so count as no copy. */
export function partialReplicas(target: Target): readonly ConcernFact[] {
  return destinationsOf(target).flatMap(({ bucket, isWhole, expiry: { loses } }) => {
    const name = containerOf(bucket) ?? 'another bucket';
    return [
      ...(isWhole
        ? []
        : [
            concern(
              target,
              'warning',
              'PartialReplica',
              `'rules' that replicate to ${name} all have a prefix or tags, so that it lacks other objects and counts as no copy of the bucket: add a rule without filter, of the lowest priority`,
            ),
          ]),
      ...(loses === undefined
        ? []
        : [
            concern(
              target,
              'warning',
              'ExpiringReplica',
              `the replica ${name} expires objects by ${loses}, which this bucket keeps longer, so that it lacks them and counts as no copy of the bucket: leave 'expiration' or that rule out, or expire the objects here too`,
            ),
          ]),
    ];
  });
}

function regionOf(arn: unknown): string | undefined {
  const target = referredBy(arn);
  return target && known(Stack.of(target).region);
}

function referredBy(arn: unknown): IConstruct | undefined {
  const token = typeof arn === 'string' ? Tokenization.reverse(arn, { failConcat: false }) : undefined;
  return Reference.isReference(token) ? token.target : undefined;
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
