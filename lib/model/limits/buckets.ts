import { HOUR, words } from '../time';
import { documented, type Range, unconfirmed } from './limit';
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

/** Which rule goes first, and what its metrics are called; `undefined` is only known at deploy time. */
export interface RankedRule {
  readonly id?: string;
  readonly priority?: number;
}

/** Checks that rules of one bucket can be told apart: S3 demands it of ids, and by equal priorities nobody knows which rule wins. */
export function checkRuleRanks(rules: readonly RankedRule[]): readonly Problem[] {
  return rules.flatMap(({ id, priority }, index) => {
    const earlier = rules.slice(0, index);
    const wrong = priority !== undefined && !(Number.isInteger(priority) && priority >= 0);
    return [
      ...(id !== undefined && earlier.some((other) => other.id === id)
        ? [
            error(
              'ReplicationRuleIdTaken',
              `'id' of two replication rules is '${id}', but S3 tells the rules of a bucket apart by it: rename one`,
            ),
          ]
        : []),
      ...(id !== undefined && !/^[^'"\\]+$/.test(id)
        ? [
            error(
              'InvalidReplicationRuleId',
              `'id' of a replication rule is '${id}', but alarms ask for its metrics by it: give text without quotes or backslashes`,
            ),
          ]
        : []),
      ...(wrong
        ? [
            error(
              'PriorityOutOfRange',
              `'priority' of a replication rule is ${priority}, but S3 ranks rules by whole numbers from 0 on: give one`,
            ),
          ]
        : []),
      ...(priority !== undefined && earlier.some((other) => other.priority === priority)
        ? [
            error(
              'EqualPriorities',
              `'priority' of two replication rules is ${priority}, so nobody knows which of them an object goes by: rank one higher`,
            ),
          ]
        : []),
    ];
  });
}

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
