import { HOUR, words } from '../time';
import { documented, model, type Range, unconfirmed } from './limit';
import { error, inDays, outside, type Problem, warning } from './problem';

const GUIDE = 'S3 User Guide';

/** Numbers of S3 that a replicated bucket depends on. */
export const BUCKET_LIMITS = {
  nameLength: documented(63, 'characters of the name of a bucket', `${GUIDE}: bucket naming rules`),
  name: documented(
    /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(?:-s3alias|--ol-s3|--x-s3|--table-s3|\.mrap)$)(?!\d+(?:\.\d+){3}$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    "3 to 63 lower-case letters, digits, '-' or '.', with a letter or digit first and last, and no reserved beginning or end",
    `${GUIDE}: bucket naming rules`,
  ),
  roleNameLength: documented(64, 'characters of the name of a role', 'IAM User Guide: quotas'),
  storageClasses: model<ReadonlySet<string>>(
    new Set([
      'STANDARD',
      'STANDARD_IA',
      'ONEZONE_IA',
      'INTELLIGENT_TIERING',
      'GLACIER_IR',
      'GLACIER',
      'DEEP_ARCHIVE',
      'REDUCED_REDUNDANCY',
    ]),
    'storage classes of replicas',
    'CloudFormation schema of AWS::S3::Bucket',
  ),
  lockRetention: unconfirmed<Range>({ min: 1, max: 36_500 }, 'days that Object Lock keeps a version by default', `${GUIDE}: Object Lock`),
  /** Each version is billed for as long, however soon it is deleted. */
  leastBilled: unconfirmed<ReadonlyMap<string, number>>(
    new Map([
      ['STANDARD_IA', 30],
      ['ONEZONE_IA', 30],
      ['GLACIER_IR', 90],
      ['GLACIER', 90],
      ['DEEP_ARCHIVE', 180],
    ]),
    'days that an object is billed at least, by storage class',
    `${GUIDE}: storage classes`,
  ),
  retrieval: unconfirmed<ReadonlyMap<string, number>>(
    new Map([
      ['GLACIER', 12 * HOUR],
      ['DEEP_ARCHIVE', 48 * HOUR],
    ]),
    'ms until an archived object can be read, by storage class',
    `${GUIDE}: restoring archived objects`,
  ),
} as const;

/** Checks the name of a bucket. */
export function checkBucketName(name: string | undefined): Problem | undefined {
  const { value, unit } = BUCKET_LIMITS.name;
  return name === undefined || value.test(name)
    ? undefined
    : error('InvalidBucketName', `'bucketName' is '${name}', but the name of a bucket is ${unit}: choose another or leave it out`);
}

/** Checks how long Object Lock keeps each version from when it is written. */
export function checkObjectLock(days: number | undefined): Problem | undefined {
  const range = BUCKET_LIMITS.lockRetention.value;
  if (!outside(days, range)) {
    return undefined;
  }
  const message = `'retention' of the lock is ${inDays(days!)}, but Object Lock takes ${range.min} to ${range.max} whole days: choose such a number`;
  return days! > range.max ? warning('ObjectLockOutOfRange', message) : error('ObjectLockOutOfRange', message);
}

/** Checks the name of a storage class, which the CDK lets anybody make up. */
export function checkStorageClass(storageClass: string | undefined): Problem | undefined {
  const known = BUCKET_LIMITS.storageClasses.value;
  return storageClass === undefined || known.has(storageClass)
    ? undefined
    : error(
        'UnknownStorageClass',
        `'storageClass' of the replica is '${storageClass}', but CloudFormation takes ${[...known].join(', ')}: choose one of them, or leave it out`,
      );
}

/** Warns where versions are deleted sooner than their storage class stops billing them, or where a replica cannot be read at once. */
export function checkReplicaStorage(storageClass: string | undefined, noncurrentDays: number | undefined): readonly Problem[] {
  const least = BUCKET_LIMITS.leastBilled.value.get(storageClass ?? '');
  const retrieval = BUCKET_LIMITS.retrieval.value.get(storageClass ?? '');
  return [
    ...(least !== undefined && noncurrentDays !== undefined && noncurrentDays < least
      ? [
          warning(
            'StorageClassBilledLonger',
            `'noncurrentVersionExpiration' is ${inDays(noncurrentDays)}, but ${storageClass} bills each version at least ${inDays(least)}: keep them as long, or choose another storage class`,
          ),
        ]
      : []),
    ...(retrieval === undefined
      ? []
      : [
          warning(
            'ReplicaArchived',
            `'storageClass' of the replica is ${storageClass}, but its objects can only be read ${words(retrieval)} after somebody asks for them, so nothing can take over at once: choose a class that is read at once, such as GLACIER_IR`,
          ),
        ]),
  ];
}
