import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import * as fsx from 'aws-cdk-lib/aws-fsx';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { SnsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Aspects, Aws, CfnParameter, type CfnResource, Duration, Lazy, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { ConcernFact, CopyFact, Term } from '../../lib/model/facts';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { adapterOf, attachedVolumes, targetOf } from '../../lib/services';
import type { Needs } from '../../lib/services/service';

const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const POINTS: Needs = { continuous: false, copied: false };
const CONTINUOUS: Needs = { continuous: true, copied: false };
const RESTORE: readonly Term[] = [{ name: 'restore', ms: HOUR, basis: 'estimated' }];

let stack: Stack;
let vpc: ec2.IVpc;

beforeEach(() => {
  stack = new Stack(new App(), 'Orders', { env: ENV });
  vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['a', 'b'],
    privateSubnetIds: ['subnet-1', 'subnet-2'],
  });
});

function prepare(resource: IConstruct, needs: Needs = POINTS): readonly ConcernFact[] {
  const target = targetOf(stack, resource);
  return adapterOf(target.type).prepare(target, needs)();
}

function copies(resource: IConstruct): readonly CopyFact[] {
  const target = targetOf(stack, resource);
  return adapterOf(target.type).copies(target, RESTORE);
}

function describeIt(resource: IConstruct) {
  const target = targetOf(stack, resource);
  return adapterOf(target.type).describe(target);
}

function codes(concerns: readonly ConcernFact[]): string[] {
  return concerns.map(({ severity, code }) => `${severity} ${code}`);
}

function resource(type: string): { DeletionPolicy?: string; Properties: Record<string, unknown> } {
  return { Properties: {}, ...Object.values(Template.fromStack(stack).findResources(type))[0] };
}

const ms = (terms: readonly Term[]) => terms.reduce((sum, term) => sum + term.ms, 0);
const l1 = (construct: IConstruct) => construct.node.defaultChild as CfnResource;

describe('a DynamoDB table', () => {
  const key = { name: 'id', type: dynamodb.AttributeType.STRING };
  const table = (props: Partial<dynamodb.TableProps> = {}) => new dynamodb.Table(stack, 'Table', { partitionKey: key, ...props });
  const global = (props: Partial<dynamodb.TablePropsV2> = {}) => new dynamodb.TableV2(stack, 'Table', { partitionKey: key, ...props });

  test('gets point-in-time recovery and deletion protection, and is then a continuous copy of itself', () => {
    const it = table();
    expect(prepare(it, CONTINUOUS)).toEqual([]);
    expect(resource('AWS::DynamoDB::Table')).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
        DeletionProtectionEnabled: true,
      },
    });
    expect(copies(it)).toEqual([
      {
        kind: 'copy',
        resource: 'Orders/Table',
        id: 'point-in-time-recovery',
        by: 'Orders/Table',
        mechanism: 'point-in-time recovery',
        form: 'continuous',
        beside: true,
        place: ENV,
        medium: 'service',
        staleness: [{ name: 'newest restorable second', ms: 5 * MINUTE, basis: 'estimated' }],
        restore: RESTORE,
        keptMs: 35 * DAY,
        shortestKeptMs: 35 * DAY,
        immutable: 'no',
        key: { kind: 'aws-owned' },
      },
    ]);
    expect(describeIt(it)).toMatchObject({ label: 'DynamoDB table', zones: { kind: 'spread' } });
  });

  test('keeps an L1 from being deleted with its stack', () => {
    const it = new dynamodb.CfnTable(stack, 'Table', { keySchema: [] });
    expect(prepare(it, { ...POINTS, serviceRetentionDays: 7 })).toEqual([]);
    expect(resource('AWS::DynamoDB::Table')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { PointInTimeRecoverySpecification: { RecoveryPeriodInDays: 7 } },
    });
  });

  test('keeps the longest recovery that a plan relies on', () => {
    const it = new dynamodb.CfnTable(stack, 'Table', { keySchema: [] });
    prepare(it, { ...POINTS, serviceRetentionDays: 20 });
    expect(prepare(it, { ...POINTS, serviceRetentionDays: 7 })).toEqual([]);
    expect(copies(it)[0].keptMs).toBe(20 * DAY);
    expect(prepare(it, { ...POINTS, serviceRetentionDays: 90 })).toEqual([]);
    expect(copies(it)[0].keptMs).toBe(35 * DAY);
  });

  test.each<[string, Partial<dynamodb.TableProps>, Needs, string[], number]>([
    [
      'recovery that is off',
      { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } },
      POINTS,
      ['warning TableRecoveryOff'],
      0,
    ],
    [
      'recovery that is off but relied on',
      { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } },
      { ...POINTS, serviceRetentionDays: 7 },
      ['error TableRecoveryOff'],
      0,
    ],
    [
      'recovery that is too short',
      { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 6 } },
      { ...POINTS, serviceRetentionDays: 7 },
      ['warning TableRecoveryShort'],
      6,
    ],
    [
      'no recovery that is long enough',
      { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 7 } },
      { ...POINTS, serviceRetentionDays: 7 },
      [],
      7,
    ],
    [
      'no recovery of the longest kind',
      { pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true } },
      { ...POINTS, serviceRetentionDays: 90 },
      [],
      35,
    ],
    ['missing deletion protection', { deletionProtection: false }, POINTS, ['warning DeletionUnprotected'], 35],
    ['deletion with the stack', { removalPolicy: RemovalPolicy.DESTROY }, POINTS, ['warning DeletedWithStack'], 35],
  ])('tells of %s and changes nothing the user set', (_, props, needs, expected, days) => {
    const it = table(props);
    const before = Template.fromStack(stack).findResources('AWS::DynamoDB::Table');
    const [given] = Object.values(before);
    expect(codes(prepare(it, needs))).toEqual(expected);
    expect(resource('AWS::DynamoDB::Table').Properties).toMatchObject(given.Properties);
    expect(copies(it).map(({ keptMs }) => keptMs)).toEqual(days === 0 ? [] : [days * DAY]);
  });

  test('can be deleted with its stack where the user said so, even afterwards', () => {
    const it = table();
    prepare(it);
    it.applyRemovalPolicy(RemovalPolicy.DESTROY);
    prepare(it);
    expect(resource('AWS::DynamoDB::Table').Properties).not.toHaveProperty('DeletionProtectionEnabled');
  });

  test('tells once for each stack that copies need the advanced features', () => {
    const second = new dynamodb.Table(stack, 'Second', { partitionKey: key });
    const [one] = prepare(table(), { ...POINTS, copied: true });
    const [other] = prepare(second, { ...POINTS, copied: true });
    expect(one).toMatchObject({ severity: 'warning', code: 'TableCopiesNeedAdvancedFeatures', by: 'Orders' });
    expect(other).toEqual(one);
  });

  test('is told apart by its key', () => {
    const cmk = new kms.Key(stack, 'Key');
    expect(describeIt(table({ encryptionKey: cmk })).key).toEqual({
      kind: 'customer',
      id: 'Orders/Key',
      region: 'ap-northeast-1',
      account: '111122223333',
    });
    const managed = new dynamodb.CfnTable(stack, 'Managed', { keySchema: [], sseSpecification: { sseEnabled: true } });
    expect(describeIt(managed).key).toEqual({ kind: 'service-managed' });
    const sseEnabled = new CfnParameter(stack, 'Encrypted').value as unknown as boolean;
    const unknown = new dynamodb.CfnTable(stack, 'Unknown', { keySchema: [], sseSpecification: { sseEnabled } });
    expect(describeIt(unknown).key).toEqual({ kind: 'unknown' });
  });

  test('of which recovery is only known at deploy time is neither counted nor changed', () => {
    const pointInTimeRecoveryEnabled = new CfnParameter(stack, 'Recovery').value as unknown as boolean;
    const it = new dynamodb.CfnTable(stack, 'Table', { keySchema: [], pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled } });
    expect([prepare(it, { ...POINTS, serviceRetentionDays: 7 }), copies(it)]).toEqual([[], []]);
    const lazy = new dynamodb.CfnTable(stack, 'Lazy', {
      keySchema: [],
      pointInTimeRecoverySpecification: Lazy.any({ produce: () => undefined }),
    });
    expect([prepare(lazy, { ...POINTS, serviceRetentionDays: 7 }), copies(lazy)]).toEqual([[], []]);
  });

  test('that is imported is left alone', () => {
    const it = dynamodb.Table.fromTableName(stack, 'Old', 'orders');
    expect(codes(prepare(it, { ...POINTS, copied: true }))).toEqual([
      'warning ResourceOutOfReach',
      'warning TableCopiesNeedAdvancedFeatures',
    ]);
    expect(prepare(it)[0].message).toContain(
      'turn on point-in-time recovery with 35 days, turn on deletion protection where it is defined',
    );
    expect([copies(it), describeIt(it).zones.kind]).toEqual([[], 'spread']);
  });

  describe('with replicas', () => {
    test('protects the replica of its own Region, and replicas added later stay as they are', () => {
      const it = global({ replicas: [{ region: 'us-east-1' }] });
      expect(prepare(it)).toEqual([]);
      it.addReplica({ region: 'eu-west-1', deletionProtection: true });
      const { Replicas } = resource('AWS::DynamoDB::GlobalTable').Properties as { Replicas: { Region: string }[] };
      expect([...Replicas].sort((one, other) => one.Region.localeCompare(other.Region))).toEqual([
        {
          Region: 'ap-northeast-1',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
        },
        { Region: 'eu-west-1', DeletionProtectionEnabled: true },
        { Region: 'us-east-1' },
      ]);
    });

    test('has replicas, and their recovery, as copies in their Regions', () => {
      const it = global({
        replicas: [
          { region: 'us-east-1', pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 9 } },
        ],
      });
      prepare(it, { ...POINTS, serviceRetentionDays: 20 });
      expect(copies(it).map(({ id, form, place, keptMs, staleness }) => [id, form, place.region, keptMs, ms(staleness)])).toEqual([
        ['replica-us-east-1', 'replica', 'us-east-1', undefined, MINUTE],
        ['point-in-time-recovery-us-east-1', 'continuous', 'us-east-1', 9 * DAY, 6 * MINUTE],
        ['point-in-time-recovery', 'continuous', 'ap-northeast-1', 20 * DAY, 5 * MINUTE],
      ]);
    });

    test('that agree on every write are never behind', () => {
      const it = global({
        replicas: [{ region: 'ap-northeast-2' }, { region: 'ap-northeast-3' }],
        multiRegionConsistency: dynamodb.MultiRegionConsistency.STRONG,
      });
      expect(copies(it)[0].staleness).toEqual([{ name: 'replication lag', ms: 0, basis: 'documented' }]);
    });

    test('never changes what the user set, in L2 or L1', () => {
      const replica = {
        region: ENV.region,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
        deletionProtectionEnabled: false,
      };
      const it = new dynamodb.CfnGlobalTable(stack, 'Table', { keySchema: [], attributeDefinitions: [], replicas: [replica] });
      expect(codes(prepare(it))).toEqual(['warning TableRecoveryOff', 'warning DeletionUnprotected']);
      expect(resource('AWS::DynamoDB::GlobalTable').Properties).toMatchObject({
        Replicas: [
          { Region: ENV.region, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false }, DeletionProtectionEnabled: false },
        ],
      });
    });

    test('takes replicas that replace the list afterwards, once it is prepared again', () => {
      const it = new dynamodb.CfnGlobalTable(stack, 'Table', { keySchema: [], attributeDefinitions: [], replicas: [] });
      prepare(it);
      it.replicas = [{ region: ENV.region }];
      prepare(it);
      prepare(it);
      expect(copies(it).map(({ id }) => id)).toEqual(['point-in-time-recovery']);
    });

    test('keeps the longest recovery that a plan relies on', () => {
      const it = global();
      for (const [serviceRetentionDays, days] of [
        [7, 7],
        [20, 20],
        [9, 20],
      ]) {
        expect(prepare(it, { ...POINTS, serviceRetentionDays })).toEqual([]);
        expect(copies(it)[0].keptMs).toBe(days * DAY);
      }
    });

    test('can be deleted with its stack where the user said so, even afterwards', () => {
      const it = global();
      prepare(it);
      it.applyRemovalPolicy(RemovalPolicy.DESTROY);
      expect(codes(prepare(it))).toEqual(['warning DeletedWithStack']);
      expect(JSON.stringify(resource('AWS::DynamoDB::GlobalTable'))).not.toContain('DeletionProtectionEnabled');
    });

    test('knows its own Region in a stack without one', () => {
      stack = new Stack(new App(), 'Anywhere');
      const it = global();
      prepare(it);
      expect(copies(it)).toMatchObject([{ id: 'point-in-time-recovery', place: { region: undefined } }]);
    });

    test('reads the key of each replica', () => {
      const encryption = dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(stack, 'Key'), {
        'us-east-1': 'arn:aws:kms:us-east-1:111122223333:key/1',
      });
      const it = global({ replicas: [{ region: 'us-east-1' }], encryption });
      prepare(it);
      expect(describeIt(it).key).toEqual({ kind: 'customer', id: 'Orders/Key', region: 'ap-northeast-1', account: '111122223333' });
      expect(copies(it).map(({ key: { kind, id } }) => [kind, id])).toEqual([
        ['customer', 'arn:aws:kms:us-east-1:111122223333:key/1'],
        ['customer', 'Orders/Key'],
      ]);
    });
  });
});

describe('a bucket', () => {
  const expiring: s3.LifecycleRule[] = [{ noncurrentVersionExpiration: Duration.days(30) }];
  const bucket = (props: s3.BucketProps = {}) => new s3.Bucket(stack, 'Bucket', { lifecycleRules: expiring, ...props });
  const notify = (it: s3.IBucket) =>
    it.addEventNotification(s3.EventType.OBJECT_CREATED, new SnsDestination(new sns.Topic(stack, 'Topic')));
  const events = (): [unknown, unknown] => {
    const [custom] = Object.values(Template.fromStack(stack).findResources('Custom::S3BucketNotifications'));
    return [
      resource('AWS::S3::Bucket').Properties.NotificationConfiguration,
      custom?.Properties.NotificationConfiguration.EventBridgeConfiguration,
    ];
  };
  const NATIVE = { EventBridgeConfiguration: { EventBridgeEnabled: true } };

  test('is versioned and kept', () => {
    expect(prepare(bucket())).toEqual([]);
    expect(resource('AWS::S3::Bucket')).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { VersioningConfiguration: { Status: 'Enabled' } },
    });
    expect(events()).toEqual([undefined, undefined]);
  });

  test('sends its events by a property of its own, which costs no further resource', () => {
    expect(prepare(bucket(), CONTINUOUS)).toEqual([]);
    expect(events()).toEqual([NATIVE, undefined]);
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toHaveLength(1);
  });

  test('sends its events by the custom resource alone where it has notifications already', () => {
    const it = bucket();
    notify(it);
    expect(prepare(it, CONTINUOUS)).toEqual([]);
    expect(events()).toEqual([undefined, {}]);
  });

  test('sends its events by the custom resource alone where notifications come after the plan', () => {
    const it = bucket();
    prepare(it, CONTINUOUS);
    notify(it);
    expect(events()).toEqual([undefined, {}]);
    expect(prepare(it, CONTINUOUS)).toEqual([]);
  });

  test('sends its events by the custom resource alone where an aspect adds the notifications', () => {
    const it = bucket();
    prepare(it, CONTINUOUS);
    let added = false;
    Aspects.of(stack).add({
      visit: (node) => {
        if (node === it && !added) {
          added = true;
          notify(it);
        }
      },
    });
    expect(events()).toEqual([undefined, {}]);
  });

  test('that sends events anyway is left as it is', () => {
    const it = bucket({ eventBridgeEnabled: true });
    const before = events();
    expect(prepare(it, CONTINUOUS)).toEqual([]);
    expect(events()).toEqual(before);
  });

  test('keeps the notifications of an L1 beside its events', () => {
    const topicConfigurations = [{ event: 's3:ObjectCreated:*', topic: 'arn:aws:sns:x' }];
    const it = new s3.CfnBucket(stack, 'Bucket', { notificationConfiguration: { topicConfigurations } });
    prepare(it, CONTINUOUS);
    expect(events()[0]).toEqual({ ...NATIVE, TopicConfigurations: [{ Event: 's3:ObjectCreated:*', Topic: 'arn:aws:sns:x' }] });
  });

  test.each<[string, Partial<s3.CfnBucketProps>, Needs, string[]]>([
    ['suspended versions', { versioningConfiguration: { status: 'Suspended' } }, POINTS, ['error BucketNotVersioned']],
    [
      'events that are off',
      { notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: false } } },
      CONTINUOUS,
      ['warning BucketWithoutEvents'],
    ],
    [
      'nothing where events are off and nobody follows them',
      { notificationConfiguration: { eventBridgeConfiguration: { eventBridgeEnabled: false } } },
      POINTS,
      [],
    ],
  ])('tells of %s and changes nothing', (_, props, needs, expected) => {
    const rules = [{ status: 'Enabled', noncurrentVersionExpirationInDays: 3 }];
    const it = new s3.CfnBucket(stack, 'Bucket', { lifecycleConfiguration: { rules }, ...props });
    const { versioningConfiguration = { status: 'Enabled' }, notificationConfiguration } = props;
    expect(codes(prepare(it, needs))).toEqual(expected);
    expect([it.versioningConfiguration, it.notificationConfiguration]).toEqual([versioningConfiguration, notificationConfiguration]);
  });

  test('leaves to deploy time what is known only there', () => {
    const status = new CfnParameter(stack, 'Status').valueAsString;
    const unknown = Lazy.any({ produce: () => undefined });
    const it = new s3.CfnBucket(stack, 'Bucket', {
      versioningConfiguration: { status },
      notificationConfiguration: unknown,
      lifecycleConfiguration: Lazy.any({ produce: () => new CfnParameter(stack, 'Rules').value }),
    });
    expect(prepare(it, CONTINUOUS)).toEqual([]);
    expect(it.notificationConfiguration).toBe(unknown);
  });

  test.each<[string, s3.LifecycleRule[] | undefined, boolean]>([
    ['no rule', undefined, true],
    ['a rule for current objects', [{ expiration: Duration.days(3) }], true],
    ['a rule that is off', [{ noncurrentVersionExpiration: Duration.days(3), enabled: false }], true],
    ['a rule that expires noncurrent versions', expiring, false],
  ])('with %s keeps noncurrent versions for ever: %#', (_, lifecycleRules, warned) => {
    expect(codes(prepare(bucket({ lifecycleRules })))).toEqual(warned ? ['warning NoncurrentVersionsKept'] : []);
  });

  test('takes a rule that is added after the plan', () => {
    const it = bucket({ lifecycleRules: undefined });
    expect(codes(prepare(it))).toEqual(['warning NoncurrentVersionsKept']);
    it.addLifecycleRule(expiring[0]);
    expect(prepare(it)).toEqual([]);
  });

  test('tells of deletion with the stack', () => {
    expect(codes(prepare(bucket({ removalPolicy: RemovalPolicy.DESTROY })))).toEqual(['warning DeletedWithStack']);
  });

  test.each<[string, s3.CfnBucket.BucketEncryptionProperty | undefined, object]>([
    ['nothing', undefined, { kind: 'aws-owned' }],
    ['S3 itself', encrypted({ sseAlgorithm: 'AES256' }), { kind: 'aws-owned' }],
    ['KMS', encrypted({ sseAlgorithm: 'aws:kms' }), { kind: 'service-managed' }],
    [
      'KMS with the alias of S3',
      encrypted({ sseAlgorithm: 'aws:kms', kmsMasterKeyId: 'arn:aws:kms:x:1:alias/aws/s3' }),
      { kind: 'service-managed' },
    ],
    ['KMS with a key', encrypted({ sseAlgorithm: 'aws:kms:dsse', kmsMasterKeyId: 'key-1' }), { kind: 'customer', id: 'key-1' }],
  ])('encrypted by %s', (_, bucketEncryption, key) => {
    expect(describeIt(new s3.CfnBucket(stack, 'Bucket', { bucketEncryption }))).toMatchObject({
      label: 'S3 bucket',
      key,
      zones: { kind: 'spread' },
    });
  });

  test('of which the algorithm is known at deploy time has an unknown key', () => {
    const sseAlgorithm = new CfnParameter(stack, 'Algorithm').valueAsString;
    expect(describeIt(new s3.CfnBucket(stack, 'Bucket', { bucketEncryption: encrypted({ sseAlgorithm }) })).key).toEqual({
      kind: 'unknown',
    });
  });

  describe('with replication rules', () => {
    type Rule = s3.CfnBucket.ReplicationRuleProperty;
    const KMS = encrypted({ sseAlgorithm: 'aws:kms', kmsMasterKeyId: 'key-1' });
    const kms = { sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } } };
    const to = (bucket: string, more: Partial<Rule> = {}): Rule => ({ status: 'Enabled', destination: { bucket }, ...more });
    const replicated = (rules: Rule[], bucketEncryption?: s3.CfnBucket.BucketEncryptionProperty) =>
      new s3.CfnBucket(stack, 'Bucket', { bucketEncryption, replicationConfiguration: { role: 'arn:aws:iam::1:role/r', rules } });

    test('has the buckets that it replicates to as replicas', () => {
      const near = new s3.CfnBucket(stack, 'Near');
      const far = {
        bucket: 'arn:aws:s3:::orders-copy',
        account: '444455556666',
        replicationTime: { status: 'Enabled', time: { minutes: 15 } },
        encryptionConfiguration: { replicaKmsKeyId: 'arn:aws:kms:ap-northeast-3:444455556666:key/1' },
      };
      const it = replicated(
        [{ ...to('', kms), destination: far }, { ...to('arn:aws:s3:::off'), status: 'Disabled' }, to(near.attrArn, kms)],
        KMS,
      );
      expect(copies(it)).toMatchObject([
        {
          id: 'replica-1',
          mechanism: 'replica bucket orders-copy',
          form: 'replica',
          place: { account: '444455556666', container: 'orders-copy' },
          staleness: [{ ms: 15 * MINUTE, basis: 'documented' }],
          key: { kind: 'customer', id: 'arn:aws:kms:ap-northeast-3:444455556666:key/1' },
          impossible: undefined,
        },
        {
          id: 'replica-3',
          mechanism: 'replica bucket',
          place: ENV,
          staleness: [{ ms: 15 * MINUTE, basis: 'estimated' }],
          key: { kind: 'unknown' },
        },
      ]);
    });

    test('has those of an L2 too, under the keys of S3 where it is itself', () => {
      const elsewhere = new Stack(stack.node.root as App, 'Far', { env: { ...ENV, region: 'ap-northeast-3' } });
      const destination = new s3.Bucket(elsewhere, 'Copy', { versioned: true, bucketName: 'orders-copy' });
      const l2 = new s3.Bucket(stack, 'Source', { versioned: true, replicationRules: [{ destination }] });
      expect(copies(l2)).toMatchObject([{ id: 'replica-1', form: 'replica', place: { account: ENV.account }, key: { kind: 'aws-owned' } }]);
    });

    test.each<[string, Rule[], number]>([
      ['a prefix', [to('arn:aws:s3:::a', { filter: { prefix: 'x' } })], 0],
      ['a prefix in the first form', [to('arn:aws:s3:::a', { prefix: 'x' })], 0],
      ['a prefix that only deployment tells', [to('arn:aws:s3:::a', { filter: { prefix: Aws.STACK_NAME } })], 0],
      ['a tag', [to('arn:aws:s3:::a', { filter: { tagFilter: { key: 'a', value: 'b' } } })], 0],
      ['both', [to('arn:aws:s3:::a', { filter: { and: { prefix: '', tagFilters: [] } } })], 0],
      ['an empty prefix', [to('arn:aws:s3:::a', { filter: { prefix: '' } })], 1],
      ['all objects by one of several rules', [to('arn:aws:s3:::a', { filter: { prefix: 'x' } }), to('arn:aws:s3:::a', { filter: {} })], 1],
      ['all objects into another bucket', [to('arn:aws:s3:::a', { filter: { prefix: 'x' } }), to('arn:aws:s3:::b')], 1],
    ])('counts a replica only where it has every object: %s', (_, rules, count) => {
      const it = replicated(rules);
      expect(copies(it)).toHaveLength(count);
      const partial = codes(prepare(it)).filter((code) => code === 'warning PartialReplica');
      expect(partial).toHaveLength(new Set(rules.map(({ destination }) => (destination as { bucket: string }).bucket)).size - count);
    });

    test('counts no replica that leaves out the objects under its key', () => {
      expect(copies(replicated([to('arn:aws:s3:::a')], KMS))[0].impossible).toContain('leave out objects under AWS KMS');
      const some = [to('arn:aws:s3:::a', kms), to('arn:aws:s3:::a', { filter: { prefix: 'x' } })];
      stack.node.tryRemoveChild('Bucket');
      expect(copies(replicated(some, KMS))[0].impossible).toBeDefined();
    });
  });

  test('that is imported is left alone', () => {
    const it = s3.Bucket.fromBucketName(stack, 'Old', 'orders');
    expect(prepare(it)[0].message).toContain('turn versioning on, expire noncurrent versions where it is defined');
    expect(prepare(it, CONTINUOUS)[0]).toMatchObject({
      code: 'ResourceOutOfReach',
      message: expect.stringContaining('send its events to EventBridge'),
    });
    expect(copies(it)).toEqual([]);
  });
});

function encrypted(
  serverSideEncryptionByDefault: s3.CfnBucket.ServerSideEncryptionByDefaultProperty,
): s3.CfnBucket.BucketEncryptionProperty {
  return { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault }] };
}

describe('volumes and instances', () => {
  const availabilityZone = 'ap-northeast-1a';

  test('a volume is lost with its zone, and leaves a snapshot when it is deleted', () => {
    const it = new ec2.CfnVolume(stack, 'Volume', { availabilityZone, encrypted: true });
    expect(prepare(it)).toEqual([]);
    expect(resource('AWS::EC2::Volume').DeletionPolicy).toBe('Snapshot');
    expect(describeIt(it)).toMatchObject({ label: 'EBS volume', zones: { kind: 'single' }, key: { kind: 'service-managed' } });
    expect(copies(it)).toEqual([]);
  });

  test('a volume that is kept stays kept, one that is deleted is told', () => {
    const it = new ec2.Volume(stack, 'Volume', { availabilityZone, snapshotId: 'snap-05abe246af' });
    prepare(it);
    expect(resource('AWS::EC2::Volume').DeletionPolicy).toBe('Retain');
    it.applyRemovalPolicy(RemovalPolicy.DESTROY);
    expect(codes(prepare(it))).toEqual(['warning DeletedWithStack']);
  });

  test('an imported volume needs nothing', () => {
    expect(prepare(ec2.Volume.fromVolumeAttributes(stack, 'Old', { volumeId: 'vol-1', availabilityZone }))).toEqual([]);
  });

  test.each<[string, ec2.CfnInstance.BlockDeviceMappingProperty[] | undefined, object]>([
    ['no volumes of its own', undefined, { kind: 'unknown' }],
    ['volumes under one key', [mapping('a', 'key-1'), mapping('b', 'key-1')], { kind: 'customer', id: 'key-1' }],
    ['volumes under two keys', [mapping('a', 'key-1'), mapping('b', 'key-2')], { kind: 'unknown' }],
    ['a volume without a key', [mapping('a', undefined)], { kind: 'unknown' }],
  ])('an instance with %s', (_, blockDeviceMappings, key) => {
    const it = new ec2.CfnInstance(stack, 'Server', { blockDeviceMappings });
    expect(describeIt(it)).toMatchObject({ label: 'EC2 instance', zones: { kind: 'single' }, key });
    expect([prepare(it), copies(it)]).toEqual([[], []]);
  });

  test('volumes attached to a protected instance need no recovery points of their own', () => {
    const stage = new Stage(stack.node.root as App, 'Stage');
    const own = new Stack(stage, 'Own', { env: ENV });
    const volume = (id: string) => new ec2.CfnVolume(own, id, { availabilityZone, size: 8 });
    const [attached, mounted, loose, selfProtected] = ['Attached', 'Mounted', 'Loose', 'SelfProtected'].map(volume);
    const server = new ec2.CfnInstance(own, 'Server', { volumes: [{ device: '/dev/sdg', volumeId: mounted.ref }] });
    const other = new ec2.CfnInstance(own, 'Other', {});
    new ec2.CfnVolumeAttachment(own, 'One', { instanceId: server.ref, volumeId: attached.attrVolumeId });
    new ec2.CfnVolumeAttachment(own, 'Two', { instanceId: other.ref, volumeId: loose.ref });
    new ec2.CfnVolumeAttachment(own, 'Three', { instanceId: server.ref, volumeId: selfProtected.ref });
    new ec2.CfnVolumeAttachment(own, 'Four', { instanceId: 'i-1', volumeId: 'vol-1' });
    const protectedIds = new Set(['Stage/Own/Server', 'Stage/Own/SelfProtected']);
    expect(attachedVolumes(stage, (id) => protectedIds.has(id))).toEqual([
      {
        kind: 'exclusion',
        implied: true,
        resource: 'Stage/Own/Mounted',
        by: 'Stage/Own/Server',
        reason: 'attached to Stage/Own/Server: its data is in the recovery points of the instance',
      },
      expect.objectContaining({ resource: 'Stage/Own/Attached', by: 'Stage/Own/Server' }),
    ]);
    expect(attachedVolumes(stack.node.root, () => true)).toEqual([]);
  });
});

function mapping(deviceName: string, kmsKeyId: string | undefined): ec2.CfnInstance.BlockDeviceMappingProperty {
  return { deviceName, ebs: { volumeSize: 8, kmsKeyId } };
}

describe('an EFS file system', () => {
  test.each<[string, efs.CfnFileSystemProps, string]>([
    ['regional', {}, 'spread'],
    ['in one zone', { availabilityZoneName: 'ap-northeast-1a' }, 'single'],
  ])('that is %s', (_, props, zones) => {
    const it = new efs.CfnFileSystem(stack, 'Files', { encrypted: true, ...props });
    expect(describeIt(it)).toMatchObject({ label: 'EFS file system', zones: { kind: zones }, key: { kind: 'service-managed' } });
    expect(prepare(it)).toEqual([]);
    expect(resource('AWS::EFS::FileSystem').DeletionPolicy).toBe('Retain');
    expect(copies(it)).toEqual([]);
  });

  test('tells of backups that are made twice and of deletion with the stack', () => {
    const it = new efs.FileSystem(stack, 'Files', { vpc, enableAutomaticBackups: true, removalPolicy: RemovalPolicy.DESTROY });
    expect(codes(prepare(it))).toEqual(['warning BackedUpTwice', 'warning DeletedWithStack']);
    expect(resource('AWS::EFS::FileSystem').Properties.BackupPolicy).toEqual({ Status: 'ENABLED' });
  });

  test('has what it replicates to as a replica', () => {
    const l2 = new efs.FileSystem(stack, 'Files', {
      vpc,
      replicationConfiguration: efs.ReplicationConfiguration.regionalFileSystem('ap-northeast-3'),
    });
    expect(copies(l2)).toMatchObject([
      {
        id: 'replica',
        mechanism: 'EFS replica in ap-northeast-3',
        form: 'replica',
        place: { region: 'ap-northeast-3', account: ENV.account },
        staleness: [{ ms: 15 * MINUTE, basis: 'estimated' }],
        key: { kind: 'service-managed' },
      },
    ]);
    const destinations = [{ fileSystemId: 'fs-1', kmsKeyId: 'key-1' }];
    const cfn = new efs.CfnFileSystem(stack, 'L1', { replicationConfiguration: { destinations } });
    expect(copies(cfn)).toMatchObject([{ mechanism: 'EFS replica in another place', key: { kind: 'customer', id: 'key-1' } }]);
    expect(copies(new efs.CfnFileSystem(stack, 'None', { replicationConfiguration: { destinations: [] } }))).toEqual([]);
  });

  test('that is imported is left alone', () => {
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const it = efs.FileSystem.fromFileSystemAttributes(stack, 'Old', { fileSystemId: 'fs-1', securityGroup });
    expect(codes(prepare(it))).toEqual(['warning ResourceOutOfReach']);
    expect([copies(it), describeIt(it).zones.kind]).toEqual([[], 'unknown']);
  });
});

describe('an FSx file system', () => {
  const files = (props: Partial<fsx.CfnFileSystemProps> = {}) =>
    new fsx.CfnFileSystem(stack, 'Files', { fileSystemType: 'WINDOWS', subnetIds: [], ...props });

  test.each<[string, Partial<fsx.CfnFileSystemProps>, object]>([
    [
      'Windows in two zones',
      { windowsConfiguration: { throughputCapacity: 8, deploymentType: 'MULTI_AZ_1' } },
      { zones: { kind: 'standby' } },
    ],
    [
      'Windows in one zone',
      { windowsConfiguration: { throughputCapacity: 8, deploymentType: 'SINGLE_AZ_2' } },
      { zones: { kind: 'single' } },
    ],
    [
      'OpenZFS in two zones',
      { fileSystemType: 'OPENZFS', openZfsConfiguration: { deploymentType: 'MULTI_AZ_1' } },
      { zones: { kind: 'standby' } },
    ],
    [
      'Lustre',
      { fileSystemType: 'LUSTRE', lustreConfiguration: { deploymentType: 'PERSISTENT_2' } },
      { label: 'FSx for Lustre', zones: { kind: 'single' }, key: { kind: 'service-managed' } },
    ],
    ['a key of its own', { kmsKeyId: 'key-1' }, { key: { kind: 'customer', id: 'key-1' } }],
  ])('of %s', (_, props, expected) => {
    expect(describeIt(files(props))).toMatchObject(expected);
  });

  test.each<[string, number[], boolean]>([
    ['starts 4 h before its maintenance', [60], true],
    ['starts earlier', [59], false],
    ['starts in its maintenance', [329], true],
    ['starts after it', [330], false],
  ])('is held up where a backup %s', (_, backupMinutes, warned) => {
    const it = files({ windowsConfiguration: { throughputCapacity: 8, weeklyMaintenanceStartTime: '7:05:00' } });
    expect(codes(prepare(it, { ...POINTS, backupMinutes }))).toEqual(warned ? ['warning MaintenanceMeetsBackup'] : []);
  });

  test('says nothing of a maintenance time that it cannot read', () => {
    const it = files({ windowsConfiguration: { throughputCapacity: 8, weeklyMaintenanceStartTime: 'sunday' } });
    expect(prepare(it, { ...POINTS, backupMinutes: [0] })).toEqual([]);
  });

  test('is kept when it leaves the stack, and deletion is told', () => {
    const it = files();
    prepare(it);
    expect(resource('AWS::FSx::FileSystem').DeletionPolicy).toBe('Retain');
    it.applyRemovalPolicy(RemovalPolicy.DESTROY);
    expect(codes(prepare(it))).toEqual(['warning DeletedWithStack']);
  });

  test('that is imported needs nothing', () => {
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const it = fsx.LustreFileSystem.fromLustreFileSystemAttributes(stack, 'Old', {
      fileSystemId: 'fs-1',
      dnsName: 'fs.example',
      securityGroup,
    });
    const old = it as unknown as IConstruct;
    expect([prepare(old), copies(old), describeIt(old).key]).toEqual([[], [], { kind: 'unknown' }]);
    expect(l1(stack)).toBeUndefined();
  });
});
