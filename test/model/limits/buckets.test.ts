import { BUCKET_LIMITS, checkBucketName, checkObjectLock, checkReplicaStorage, checkStorageClass } from '../../../lib/model/limits/buckets';
import { accepts, refuses } from './cases';

describe('every limit of buckets', () => {
  test.each(Object.entries(BUCKET_LIMITS))('%s has a source, a date and words for its unit', (_name, limit) => {
    expect(limit.source).toMatch(/\w{4}/);
    expect(limit.unit).not.toBe('');
    expect(limit.readOn).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(['model', 'documentation', 'unconfirmed']).toContain(limit.confidence);
  });
});

describe('names of buckets', () => {
  const names = (...all: string[]) =>
    all.map((name): [string, ReturnType<typeof checkBucketName>] => [`'${name.slice(0, 30)}'`, checkBucketName(name)]);
  accepts([
    ...names('abc', 'a'.repeat(63), 'a.b-c', '1b2', 'xn-a', '1.2.3'),
    ['a name known only at deploy time', checkBucketName(undefined)],
  ]);
  refuses(
    names(
      'ab',
      'a'.repeat(64),
      'Abc',
      'a_b',
      '-abc',
      'abc-',
      '.abc',
      'a..b',
      '10.0.0.1',
      'xn--abc',
      'sthree-abc',
      'amzn-s3-demo-a',
      'abc-s3alias',
      'abc--ol-s3',
      'abc--x-s3',
      'abc.mrap',
      'abc--table-s3',
    ).map(([name, found]) => [name, found, 'error', 'InvalidBucketName', /'bucketName' is '.*', but the name of a bucket is 3 to 63/]),
  );
});

describe('storage classes of replicas', () => {
  accepts([
    ...['STANDARD', 'GLACIER_IR', 'DEEP_ARCHIVE'].map((one) => [one, checkStorageClass(one)] as const),
    ['none, or one known only at deploy time', checkStorageClass(undefined)],
  ]);
  refuses([
    ['one that nobody knows', checkStorageClass('FOO'), 'error', 'UnknownStorageClass', /is 'FOO', but CloudFormation takes STANDARD, /],
    ['one in small letters', checkStorageClass('standard'), 'error', 'UnknownStorageClass', /is 'standard'/],
  ]);
});

describe('locks of replicas', () => {
  accepts([
    ['a day', checkObjectLock(1)],
    ['a hundred years', checkObjectLock(36_500)],
    ['no lock', checkObjectLock(undefined)],
  ]);
  refuses([
    ['no day', checkObjectLock(0), 'error', 'ObjectLockOutOfRange', /is 0 days, but Object Lock takes 1 to 36500/],
    ['half a day', checkObjectLock(0.5), 'error', 'ObjectLockOutOfRange', /is 0.5 days/],
    ['more than a hundred years, which is not confirmed', checkObjectLock(36_501), 'warning', 'ObjectLockOutOfRange', /is 36501 days/],
  ]);
});

describe('storage of replicas', () => {
  accepts([
    ['a class that is not told', checkReplicaStorage(undefined, 1)],
    ['versions that are kept forever', checkReplicaStorage('GLACIER_IR', undefined)],
    ['versions that are kept as long as they are billed', checkReplicaStorage('ONEZONE_IA', 30)],
  ]);
  refuses([
    [
      '29 days of ONEZONE_IA',
      checkReplicaStorage('ONEZONE_IA', 29),
      'warning',
      'StorageClassBilledLonger',
      /is 29 days, but ONEZONE_IA bills each version at least 30 days/,
    ],
    ['GLACIER', checkReplicaStorage('GLACIER', 90), 'warning', 'ReplicaArchived', /read 12 h after somebody asks/],
    ['DEEP_ARCHIVE', checkReplicaStorage('DEEP_ARCHIVE', undefined), 'warning', 'ReplicaArchived', /read 2 days after/],
  ]);
});
