import {
  type Counted,
  checkAirGapped,
  checkAirGappedType,
  checkBucket,
  checkColdStorage,
  checkCompletionWindow,
  checkContinuous,
  checkContinuousRules,
  checkCopyKeys,
  checkCount,
  checkLifecycle,
  checkLock,
  checkName,
  checkPolicyActions,
  checkRetention,
  checkRetentionInVault,
  checkStartWindow,
  checkWindows,
  copyObstacle,
  LIMITS,
  type NamedThing,
} from '../../../lib/model/limits';
import { SERVICE_LIMITS } from '../../../lib/model/limits/services';
import type { ResourceType } from '../../../lib/model/services';
import { accepts, type Case, refuses } from './cases';

describe('every limit', () => {
  test.each(Object.entries({ ...LIMITS, ...SERVICE_LIMITS }))('%s has a source, a date and words for its unit', (_name, limit) => {
    expect(limit.source).toMatch(/\w{4}/);
    expect(limit.unit).not.toBe('');
    expect(limit.readOn).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(['model', 'documentation', 'unconfirmed']).toContain(limit.confidence);
  });
});

describe('lifecycle', () => {
  accepts([
    ['exactly 90 days in cold storage', checkLifecycle({ deleteAfterDays: 120, coldAfterDays: 30 })],
    ['cold storage forever', checkLifecycle({ deleteAfterDays: 'forever', coldAfterDays: 30 })],
    ['cold storage after a day', checkLifecycle({ deleteAfterDays: 91, coldAfterDays: 1 })],
    ['no cold storage', checkLifecycle({ deleteAfterDays: 1 })],
    ['a deletion known only at deploy time', checkLifecycle({ coldAfterDays: 30 })],
  ]);
  refuses([
    [
      '89 days in cold storage',
      checkLifecycle({ deleteAfterDays: 119, coldAfterDays: 30 }),
      'error',
      'ColdStorageTooShort',
      /'keep' is 119 days and 'coldStorageAfter' 30 days, but a recovery point stays cold at least 90 days: keep it 120 days or more/,
    ],
    ['cold storage at once', checkLifecycle({ coldAfterDays: 0 }), 'error', 'ColdStorageOutOfRange', /is 0 days/],
    ['cold storage after a day and a half', checkLifecycle({ coldAfterDays: 1.5 }), 'error', 'ColdStorageOutOfRange', /is 1.5 days/],
  ]);
});

describe('retention', () => {
  accepts([
    ['a day', checkRetention('deleteAfter', 1)],
    ['a hundred years', checkRetention('deleteAfter', 36_500)],
    ['forever', checkRetention('deleteAfter', 'forever')],
    ['what is known only at deploy time', checkRetention('deleteAfter', undefined)],
  ]);
  refuses([
    ['no day', checkRetention('deleteAfter', 0), 'error', 'RetentionOutOfRange', /'deleteAfter' is 0 days, .* 1 to 36500 whole days/],
    ['more than a hundred years', checkRetention('deleteAfter', 36_501), 'error', 'RetentionOutOfRange', /is 36501 days/],
    ['half a day', checkRetention('deleteAfter', 0.5), 'error', 'RetentionOutOfRange', /is 0.5 days/],
  ]);
});

describe('cold storage of a type', () => {
  accepts([
    ['a volume after 8 warm days', checkColdStorage('EBS', 8)],
    ['a table after a day, because its recovery points are always full', checkColdStorage('DynamoDB', 1)],
    ['a database that stays warm', checkColdStorage('RDS', undefined)],
  ]);
  refuses([
    ['a database', checkColdStorage('RDS', 30), 'warning', 'ColdStorageIgnored', /has no cold storage for RDS and keeps it warm/],
    ['a volume after 7 warm days', checkColdStorage('EBS', 7), 'warning', 'WarmStorageShort', /make it 8 days or more/],
  ]);
});

describe('continuous backup', () => {
  accepts([
    ['a day', checkContinuous({ deleteAfterDays: 1 })],
    ['35 days', checkContinuous({ deleteAfterDays: 35 })],
    ['days known only at deploy time', checkContinuous({})],
    ['one rule', checkContinuousRules(1)],
    ['no rule', checkContinuousRules(0)],
  ]);
  refuses([
    ['no day', checkContinuous({ deleteAfterDays: 0 }), 'error', 'ContinuousRetentionOutOfRange', /is 0 days, .* 1 to 35 whole days/],
    ['36 days', checkContinuous({ deleteAfterDays: 36 }), 'error', 'ContinuousRetentionOutOfRange', /in a second rule/],
    ['forever', checkContinuous({ deleteAfterDays: 'forever' }), 'error', 'ContinuousRetentionOutOfRange', /is forever/],
    ['cold storage', checkContinuous({ deleteAfterDays: 35, coldAfterDays: 1 }), 'error', 'ContinuousInColdStorage', /is 1 day, but/],
    ['a second rule', checkContinuousRules(2), 'warning', 'SeveralContinuousRules', /is on in 2 rules/],
  ]);
});

describe('windows', () => {
  accepts([
    ['an hour to start', checkStartWindow(60)],
    ['a hundred years to start', checkStartWindow(52_560_000)],
    ['a start window known only at deploy time', checkStartWindow(undefined)],
    ['a hundred years to end', checkCompletionWindow(52_560_000)],
    ['a completion window known only at deploy time', checkCompletionWindow(undefined)],
    ['an hour between start and end', checkWindows(60, 120)],
    ['a start window alone', checkWindows(60, undefined)],
    ['a completion window alone', checkWindows(undefined, 60)],
  ]);
  refuses([
    ['59 minutes to start', checkStartWindow(59), 'error', 'StartWindowOutOfRange', /is 59 minutes, .* 60 to 52560000/],
    ['too long to start', checkStartWindow(52_560_001), 'error', 'StartWindowOutOfRange', /is 52560001 minutes/],
    ['a fraction of a minute', checkStartWindow(60.5), 'error', 'StartWindowOutOfRange', /is 60.5 minutes/],
    ['no time to end', checkCompletionWindow(0), 'error', 'CompletionWindowOutOfRange', /is 0 minutes/],
    ['too long to end', checkCompletionWindow(52_560_001), 'error', 'CompletionWindowOutOfRange', /is 52560001 minutes/],
    ['59 minutes between start and end', checkWindows(60, 119), 'warning', 'CompletionWindowTight', /make 'completionWindow' 120 minutes/],
  ]);
});

describe('names', () => {
  const long = (length: number) => 'x'.repeat(length);
  const dotted: readonly NamedThing[] = ['backup plan', 'rule', 'selection'];
  accepts([
    ...dotted.flatMap((thing) => [
      [`a ${thing} of 50 characters`, checkName(thing, 'name', long(50))] as const,
      [`a ${thing} with every sign`, checkName(thing, 'name', 'a-B_9.')] as const,
    ]),
    ['a vault of 2 characters', checkName('vault', 'name', 'ab')],
    ['a vault of 50 characters', checkName('vault', 'name', long(50))],
    ['a name known only at deploy time', checkName('vault', 'name', undefined)],
    ['a restore testing plan of 50 characters', checkName('restore testing plan', 'name', long(50))],
    ['a restore testing selection with every sign', checkName('restore testing selection', 'name', '9a_B')],
    ['a framework of 256 characters', checkName('framework', 'name', long(256))],
    ['a report plan with every sign', checkName('report plan', 'name', 'a_B9')],
    ['a Region switch plan of 32 characters', checkName('Region switch plan', 'name', long(32))],
    ['a Region switch plan with every sign', checkName('Region switch plan', 'name', '9-B')],
  ]);
  refuses([
    ...dotted.flatMap((thing): Case[] => [
      [`a ${thing} of 51 characters`, checkName(thing, 'name', long(51)), 'error', 'InvalidName', /1 to 50 letters/],
      [`a ${thing} with a colon`, checkName(thing, 'planName', 'my plan:x'), 'error', 'InvalidName', /^'planName' is 'my plan:x', but/],
      [`an empty ${thing}`, checkName(thing, 'name', ''), 'error', 'InvalidName', /is '', but/],
    ]),
    ['a vault of 1 character', checkName('vault', 'name', 'a'), 'error', 'InvalidName', /2 to 50/],
    ['a vault of 51 characters', checkName('vault', 'name', long(51)), 'error', 'InvalidName', /2 to 50/],
    ['a vault with a dot', checkName('vault', 'name', 'a.b'), 'error', 'InvalidName', /the name of a vault .* or leave it out$/],
    ...(['restore testing plan', 'restore testing selection'] as const).flatMap((thing): Case[] => [
      [`a ${thing} with a hyphen`, checkName(thing, 'name', 'a-b'), 'error', 'InvalidName', /'a-b', .* or '_': choose another name$/],
      [`a ${thing} of 51 characters`, checkName(thing, 'name', long(51)), 'error', 'InvalidName', /1 to 50 letters/],
      [`an empty ${thing}`, checkName(thing, 'name', ''), 'error', 'InvalidName', /is '', but/],
    ]),
    ...(['framework', 'report plan'] as const).flatMap((thing): Case[] => [
      [
        `a ${thing} with a hyphen`,
        checkName(thing, 'name', 'a-b'),
        'error',
        'InvalidName',
        /'a-b', .*: choose another name or leave it out$/,
      ],
      [`a ${thing} that starts with a digit`, checkName(thing, 'name', '9a'), 'error', 'InvalidName', /the first a letter/],
      [`a ${thing} of 257 characters`, checkName(thing, 'name', long(257)), 'error', 'InvalidName', /1 to 256 letters/],
    ]),
    ['a Region switch plan of 33 characters', checkName('Region switch plan', 'name', long(33)), 'error', 'InvalidName', /1 to 32 letters/],
    ['a Region switch plan that ends with a hyphen', checkName('Region switch plan', 'name', 'a-'), 'error', 'InvalidName', /nor last/],
    ['a Region switch plan with an underscore', checkName('Region switch plan', 'name', 'a_b'), 'error', 'InvalidName', /'a_b'/],
  ]);
});

describe('vault lock', () => {
  accepts([
    ['a lock that can be lifted', checkLock({ minDays: 1, maxDays: 36_500 })],
    ['the shortest grace', checkLock({ minDays: 7, changeableForDays: 3 })],
    ['the longest grace', checkLock({ changeableForDays: 36_500 })],
    ['equal ends', checkLock({ minDays: 30, maxDays: 30 })],
    ['days known only at deploy time', checkLock({})],
    ['an air-gapped vault from 7 days on', checkAirGapped({ minDays: 7, maxDays: 7 })],
    ['a volume in an air-gapped vault', checkAirGappedType('EBS')],
  ]);
  refuses([
    [
      'no shortest retention',
      checkLock({ minDays: 0 }),
      'error',
      'LockRetentionOutOfRange',
      /'minRetention' is 0 days, but a vault lock takes 1 to/,
    ],
    ['a longest retention beyond a century', checkLock({ maxDays: 36_501 }), 'error', 'LockRetentionOutOfRange', /'maxRetention' is 36501/],
    ['ends that cross', checkLock({ minDays: 31, maxDays: 30 }), 'error', 'LockRangeInverted', /make 'maxRetention' 31 days or more/],
    ['two days of grace', checkLock({ changeableForDays: 2 }), 'error', 'LockGraceOutOfRange', /is 2 days, .* 3 to 36500/],
    ['too long a grace', checkLock({ changeableForDays: 36_501 }), 'error', 'LockGraceOutOfRange', /is 36501 days/],
    [
      'an air-gapped vault from 6 days on',
      checkAirGapped({ minDays: 6, maxDays: 30 }),
      'error',
      'LockRetentionOutOfRange',
      /air-gapped vault takes 7/,
    ],
    ['an air-gapped vault whose ends cross', checkAirGapped({ minDays: 30, maxDays: 29 }), 'error', 'LockRangeInverted', /30 days/],
    ['a database in an air-gapped vault', checkAirGappedType('RDS'), 'warning', 'AirGappedUnsupported', /no recovery points of RDS/],
  ]);
});

describe('retention inside a lock', () => {
  const range = { minDays: 7, maxDays: 30 };
  const inVault = (days: number | 'forever' | undefined, lock: { minDays?: number; maxDays?: number } = range) =>
    checkRetentionInVault('deleteAfter', days, 'orders', lock);
  accepts([
    ['the shortest', inVault(7)],
    ['the longest', inVault(30)],
    ['any without a lock', inVault(1, {})],
    ['forever without a longest', inVault('forever', { minDays: 7 })],
    ['what is known only at deploy time', inVault(undefined)],
  ]);
  refuses([
    [
      'a day too little',
      inVault(6),
      'error',
      'RetentionOutsideLock',
      /'deleteAfter' is 6 days, but vault 'orders' accepts at least 7 days/,
    ],
    ['a day too much', inVault(31), 'error', 'RetentionOutsideLock', /accepts at most 30 days/],
    ['forever', inVault('forever'), 'warning', 'ForeverInLockedVault', /is forever, .* may fail/],
  ]);
});

describe('counts', () => {
  const LAST: Readonly<Record<Counted, number>> = {
    rules: 10,
    copyActions: 5,
    recoveryPointTags: 10,
    selections: 100,
    tagSelections: 10,
    arns: 500,
    frameworks: 15,
    auditControls: 50,
    reportPlans: 20,
    conditions: 30,
  };
  test.each(Object.entries(LAST) as [Counted, number][])('%s: takes %i, fails for one more', (counted, last) => {
    expect(checkCount(counted, last)).toBeUndefined();
    expect(checkCount(counted, undefined)).toBeUndefined();
    const found = checkCount(counted, last + 1);
    expect(found?.message).toMatch(new RegExp(`^'${counted}' has ${last + 1} entries, but AWS Backup takes at most ${last} .+: .+`));
    expect(found?.severity).toBe(counted === 'tagSelections' ? 'warning' : 'error');
    expect(found?.code).toMatch(/^TooMany[A-Z]/);
  });

  test('every count has a code of its own', () => {
    const codes = (Object.keys(LAST) as Counted[]).map((counted) => checkCount(counted, 10_000)?.code);
    expect(new Set(codes).size).toBe(codes.length);
  });
});

describe('buckets', () => {
  accepts([
    ['a versioned bucket that sends events', checkBucket('b', { versioned: true, eventBridge: true, continuous: true })],
    [
      'a versioned bucket without events for plain recovery points',
      checkBucket('b', { versioned: true, eventBridge: false, continuous: false }),
    ],
    ['what is known only at deploy time', checkBucket('b', { continuous: true })],
  ]);
  refuses([
    [
      'a bucket without versions',
      checkBucket('b', { versioned: false, continuous: false }),
      'error',
      'BucketNotVersioned',
      /bucket 'b' is off/,
    ],
    [
      'continuous backup without events',
      checkBucket('b', { versioned: true, eventBridge: false, continuous: true }),
      'warning',
      'BucketWithoutEvents',
      /stops in silence/,
    ],
  ]);
});

describe('policies', () => {
  accepts([['actions by name', checkPolicyActions(['backup:CopyIntoBackupVault', 'backup:DeleteRecoveryPoint'])]]);
  refuses([
    [
      'an action with *',
      checkPolicyActions(['backup:CopyIntoBackupVault', 'backup:Delete*']),
      'error',
      'WildcardAction',
      /has 'backup:Delete\*'/,
    ],
    ['an action with ?', checkPolicyActions(['backup:DeleteRecoveryPoin?']), 'error', 'WildcardAction', /list each action/],
  ]);
});

describe('copies', () => {
  const region = { otherRegion: true, otherAccount: false };
  const account = { otherRegion: false, otherAccount: true };

  test.each<[string, string | undefined]>([
    ['a database to another Region', copyObstacle('RDS', region)],
    ['a database to another account', copyObstacle('RDS', account)],
    ['a table', copyObstacle('DynamoDB', region)],
    ['a bucket on a route known only at deploy time', copyObstacle('S3', {})],
    ['a database inside its Region', copyObstacle('RDS', { otherRegion: false, otherAccount: false })],
  ])('are made of %s', (_what, obstacle) => {
    expect(obstacle).toBeUndefined();
  });

  test.each<ResourceType>(['FSxONTAP', 'RDSCluster', 'Redshift', 'RedshiftServerless'])('are not made of %s', (type) => {
    expect(copyObstacle(type, region)).toMatch(/^AWS Backup copies no recovery points of .+ to another Region$/);
    expect(copyObstacle(type, account)).toMatch(/ to another account$/);
  });

  test('are not made of what AWS Backup does not protect', () => {
    expect(copyObstacle('ElastiCache', region)).toBe('AWS Backup does not protect ElastiCache');
  });

  test('are not made at all where neither column has a tick, not even inside the Region', () => {
    expect(copyObstacle('Redshift', { otherRegion: false, otherAccount: false })).toMatch(/copies no recovery points of Redshift/);
  });
});

describe('keys of copies', () => {
  const region = { otherRegion: true, otherAccount: false };
  const account = { otherRegion: false, otherAccount: true };
  accepts([
    ['a database between customer keys', checkCopyKeys('RDS', region, { destination: 'customer', source: 'customer' })],
    ['a bucket to any key', checkCopyKeys('S3', account, { destination: 'service-managed', source: 'service-managed' })],
    ['a database to a key known only at deploy time', checkCopyKeys('RDS', region, { destination: 'unknown', source: 'customer' })],
    ['a database inside its Region and account', checkCopyKeys('RDS', {}, { destination: 'service-managed', source: 'customer' })],
    [
      'a database with a managed key to another Region',
      checkCopyKeys('RDS', region, { destination: 'customer', source: 'service-managed' }),
    ],
  ]);
  refuses([
    [
      'a database to a vault without a key of its own in another Region',
      checkCopyKeys('RDS', region, { destination: 'service-managed', source: 'customer' }),
      'warning',
      'CopyNeedsCustomerKey',
      /fail without a customer managed key: give the vault its own key/,
    ],
    [
      'a volume to a vault without a key of its own in another account',
      checkCopyKeys('EBS', account, { destination: 'aws-owned', source: 'customer' }),
      'warning',
      'CopyNeedsCustomerKey',
      /EBS volume/,
    ],
    [
      'a database with a managed key to another account',
      checkCopyKeys('RDS', account, { destination: 'customer', source: 'service-managed' }),
      'warning',
      'SourceNeedsCustomerKey',
      /cannot be shared/,
    ],
  ]);
});
