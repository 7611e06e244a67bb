import { App, Aws, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket, CfnBucket, StorageClass } from 'aws-cdk-lib/aws-s3';
import { BucketReplication, type BucketReplicationRule, ReplicaBucket } from '../../lib/replication';
import { arnOf, BUNKER, imported, keyAt, OSAKA, only, replicate, rulesOf, TOKYO } from './buckets';

const TIME = { Minutes: 15 };

describe('rules', () => {
  test.each<[string, BucketReplicationRule, object]>([
    [
      'a prefix',
      { prefix: 'invoices/' },
      { Filter: { Prefix: 'invoices/' }, Id: 'rule-1', DeleteMarkerReplication: { Status: 'Enabled' } },
    ],
    [
      'a tag, which leaves out delete markers',
      { tags: { keep: 'yes' } },
      { Filter: { TagFilter: { Key: 'keep', Value: 'yes' } }, DeleteMarkerReplication: { Status: 'Disabled' } },
    ],
    [
      'several tags',
      { tags: { keep: 'yes', team: 'a' } },
      {
        Filter: {
          And: {
            TagFilters: [
              { Key: 'keep', Value: 'yes' },
              { Key: 'team', Value: 'a' },
            ],
          },
        },
      },
    ],
    [
      'a prefix and a tag',
      { prefix: 'x/', tags: { keep: 'yes' } },
      { Filter: { And: { Prefix: 'x/', TagFilters: [{ Key: 'keep', Value: 'yes' }] } } },
    ],
    ['no delete markers', { deleteMarkers: false }, { DeleteMarkerReplication: { Status: 'Disabled' }, Id: 'all-objects' }],
    ['an id and a priority', { id: 'mine', priority: 7 }, { Id: 'mine', Priority: 7 }],
    ['a storage class', { storageClass: StorageClass.INFREQUENT_ACCESS }, { Destination: { StorageClass: 'STANDARD_IA' } }],
    [
      'Replication Time Control, whose threshold metrics take then only',
      { timeControl: true },
      { Destination: { ReplicationTime: { Status: 'Enabled', Time: TIME }, Metrics: { Status: 'Enabled', EventThreshold: TIME } } },
    ],
    [
      'changes of replicas',
      { replicaModifications: true },
      { SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' }, SseKmsEncryptedObjects: { Status: 'Enabled' } } },
    ],
  ])('take %s', (_case, rule, expected) => {
    expect(rulesOf(replicate({ rules: [rule] }))).toMatchObject([expected]);
  });

  test('win in the order of the list, and say everything of all rules once', () => {
    const destination = ReplicaBucket.inRegion(OSAKA, { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL });
    const made = replicate({ destination, timeControl: true, rules: [{ prefix: 'logs/', timeControl: false }, {}] });
    expect(rulesOf(made)).toMatchObject([
      { Id: 'rule-1', Priority: 2, Destination: { StorageClass: 'GLACIER_IR' } },
      { Id: 'all-objects', Priority: 1, Destination: { StorageClass: 'GLACIER_IR', ReplicationTime: { Status: 'Enabled' } } },
    ]);
    expect(rulesOf(made)[0].Destination).not.toHaveProperty('ReplicationTime');
  });

  test('may lead to several places', () => {
    const bunker = ReplicaBucket.inRegion(OSAKA, { account: BUNKER });
    const made = replicate({
      recoveryRegion: OSAKA,
      rules: [{}, { id: 'bunker', destination: bunker, deleteMarkers: false }, { id: 'x', prefix: 'x', destination: bunker }],
    });
    expect(rulesOf(made).map(({ Destination }) => (Destination as { Account?: string }).Account)).toEqual([undefined, BUNKER, BUNKER]);
    expect(only(made.support(`${BUNKER}-${OSAKA}`), 'AWS::S3::Bucket').Properties.BucketName).toBe(
      'orders-docs-7d1189c7-444455556666-ap-northeast-3',
    );
    expect(only(made.support(), 'AWS::S3::Bucket').Properties.BucketName).toBe(made.replication.replicaName);
  });

  test('into an existing bucket have its name, and its key where it has one', () => {
    const keyArn = 'arn:aws:kms:ap-northeast-3:111122223333:alias/copies';
    const [keyed] = rulesOf(replicate({ destination: ReplicaBucket.existing(imported(), { encryptionKey: keyAt(keyArn) }) }));
    expect(keyed).toMatchObject({ Destination: { Bucket: arnOf('copies'), EncryptionConfiguration: { ReplicaKmsKeyID: keyArn } } });
    const made = replicate({ destination: ReplicaBucket.existing(imported()) });
    expect(rulesOf(made)[0]).not.toHaveProperty('SourceSelectionCriteria');
    expect(made.support().findResources('AWS::S3::Bucket')).toEqual({});
    expect(made.replication.replicaKeyArn).toBeUndefined();
  });
});

describe('fails for rules', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ prefix: `${index}/` }));

  test.each<[string, BucketReplicationRule[], RegExp]>([
    ['that are none', [], /'rules' is empty.*\(NoReplicationRules/],
    [
      'that are more than 1,000',
      many(1001),
      /'rules' has 1001 entries, but S3 replicates a bucket by at most 1000.*\(TooManyReplicationRules/,
    ],
    ['with an id of 256 characters', [{ id: 'x'.repeat(256) }], /has 256 characters, but S3 takes at most 255.*\(ReplicationRuleIdTooLong/],
    [
      'with tags and delete markers',
      [{ tags: { a: 'b' }, deleteMarkers: true }],
      /no delete markers by rules that filter by tags.*\(DeleteMarkersWithTags/,
    ],
    ['with one id twice', [{ id: 'a', prefix: 'a' }, { id: 'a' }], /'id' of two replication rules is 'a'.*\(ReplicationRuleIdTaken/],
    ['without filter twice', [{}, {}], /'id' of two replication rules is 'all-objects'.*\(ReplicationRuleIdTaken/],
    ['with a quote in the id', [{ id: "it's" }], /without quotes.*\(InvalidReplicationRuleId/],
    ['with an id that no metric can have', [{ id: '注文' }], /ASCII characters.*\(InvalidReplicationRuleId/],
    ['with an empty id', [{ id: '' }], /\(InvalidReplicationRuleId/],
    [
      'with equal priorities',
      [{ prefix: 'a', priority: 1 }, { priority: 1 }],
      /'priority' of two replication rules is 1.*\(EqualPriorities/,
    ],
    [
      'with a priority in one of them',
      [{ prefix: 'a', priority: 1 }, {}],
      /'priority' is left out of 1 of 2 rules.*\(PrioritiesIncomplete/,
    ],
    ['with a negative priority', [{ priority: -1 }], /'priority' of a replication rule is -1.*\(PriorityOutOfRange/],
    [
      'with an id that only deployment tells',
      [{ id: Aws.STACK_NAME }],
      /'id' of a replication rule is only known at deploy time.*\(InvalidReplicationRuleId/,
    ],
    ['with half a priority', [{ priority: 0.5 }], /\(PriorityOutOfRange/],
    ['with a priority of more than 32 bits', [{ priority: 2 ** 31 }], /is 2147483648.*\(PriorityOutOfRange/],
    ['with a prefix longer than a key', [{ prefix: 'p'.repeat(1025) }], /has 1025 bytes.*\(ReplicationPrefixTooLong/],
    ['with a value of a tag that is too long', [{ tags: { a: 'v'.repeat(257) } }], /257 characters.*\(InvalidTag/],
    [
      'with more tags than an object has',
      [{ tags: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, 'v'])) }],
      /has 11 entries.*\(TooManyReplicationTags/,
    ],
    ['with a storage class that nobody knows', [{ storageClass: new StorageClass('FOO') }], /is 'FOO'.*\(UnknownStorageClass/],
    [
      'to a destination with a storage class that nobody knows',
      [{ destination: ReplicaBucket.inRegion(OSAKA, { storageClass: new StorageClass('FOO') }) }],
      /is 'FOO'.*\(UnknownStorageClass/,
    ],
    ...[
      { expiration: Duration.days(0) },
      { expiration: Duration.hours(36) },
      { noncurrentVersionExpiration: Duration.days(0) },
      { noncurrentVersionExpiration: Duration.hours(36) },
    ].map((options): [string, BucketReplicationRule[], RegExp] => [
      `to a replica with '${JSON.stringify(options)}'`,
      [{ destination: ReplicaBucket.inRegion(OSAKA, options) }],
      /xpiration' must be whole days, 1 or more, got .*: round it \(DurationNotWhole/,
    ]),
  ])('%s', (_case, rules, message) => {
    expect(() => replicate({ rules })).toThrow(message);
  });

  test.each<[string, BucketReplicationRule[]]>([
    ['1,000 of them', many(1000)],
    ['an id of 255 characters', [{ id: 'x'.repeat(255) }]],
    ['a priority of 0', [{ priority: 0 }]],
    ['a priority of 32 bits', [{ priority: 2 ** 31 - 1 }]],
    ['a prefix as long as a key', [{ prefix: 'p'.repeat(1024) }]],
  ])('but takes %s', (_case, rules) => {
    const stack = new Stack(new App(), 'Orders', { env: TOKYO });
    // alarms and repairs of a thousand rules are more than a stack takes
    const source = new CfnBucket(stack, 'Docs');
    expect(() => new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA, rules, repair: false })).not.toThrow();
  });
});

describe('storage', () => {
  test.each<[string, StorageClass, number, string | undefined]>([
    ['29 days of STANDARD_IA', StorageClass.INFREQUENT_ACCESS, 29, 'storageClassBilledLonger'],
    ['30 days of STANDARD_IA', StorageClass.INFREQUENT_ACCESS, 30, undefined],
    ['89 days of GLACIER_IR', StorageClass.GLACIER_INSTANT_RETRIEVAL, 89, 'storageClassBilledLonger'],
    ['90 days of GLACIER_IR', StorageClass.GLACIER_INSTANT_RETRIEVAL, 90, undefined],
    ['a day of INTELLIGENT_TIERING', StorageClass.INTELLIGENT_TIERING, 1, undefined],
    ['an archive', StorageClass.DEEP_ARCHIVE, 180, 'replicaArchived'],
  ])('is judged for versions kept %s', (_case, storageClass, days, code) => {
    const { stack, support } = replicate({
      destination: ReplicaBucket.inRegion(OSAKA, { storageClass, noncurrentVersionExpiration: Duration.days(days) }),
    });
    const found = Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => /\[ack: cdk-recovery:(\w+)\]/.exec(String(entry.data))?.[1])
      .filter((id) => id === 'storageClassBilledLonger' || id === 'replicaArchived');
    expect(found).toEqual(code === undefined ? [] : [code]);
    expect(only(support(), 'AWS::S3::Bucket').Properties.LifecycleConfiguration).toMatchObject({
      Rules: [
        { Id: 'AbortUploads' },
        { Id: 'ExpireVersions', NoncurrentVersionExpiration: { NoncurrentDays: days }, ExpiredObjectDeleteMarker: true },
      ],
    });
  });

  test('has access logs where there is a bucket for them', () => {
    const { support } = replicate({
      destination: ReplicaBucket.inRegion(OSAKA, {
        serverAccessLogsBucket: imported({ bucketName: 'orders-logs' }),
        bucketName: 'orders-copy',
      }),
    });
    expect(only(support(), 'AWS::S3::Bucket').Properties).toMatchObject({
      BucketName: 'orders-copy',
      LoggingConfiguration: { DestinationBucketName: 'orders-logs', LogFilePrefix: 'orders-copy/' },
    });
  });

  test('of an L1 and of a bucket that is versioned already is left as it is', () => {
    const stack = new Stack(new App(), 'Orders', { env: TOKYO });
    const source = new Bucket(stack, 'Docs', { versioned: true });
    const before = source.node.defaultChild as CfnBucket;
    const versioning = before.versioningConfiguration;
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA });
    expect(before.versioningConfiguration).toBe(versioning);
  });
});
