import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, type CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Aws, CfnParameter, Duration, Lazy, NestedStack, RemovalPolicy, Stack, Stage, Tags } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CopyRule, Protection, RecoveryTier } from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';
import type { Assessment } from '../../lib/model/assessment';
import { STRONG_TABLE } from '../../lib/model/limits/tables';
import { DAY, MINUTE } from '../../lib/model/time';
import { TableConsistency } from '../../lib/replication/table-consistency';
import { TableReplication } from '../../lib/replication/table-replication';
import type { TableReplicationProps } from '../../lib/replication/table-replication-props';
import { adapterOf, targetOf } from '../../lib/services';

const TYPE = 'AWS::DynamoDB::GlobalTable';
const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const OSAKA = 'ap-northeast-3';
const SEOUL = 'ap-northeast-2';
const KEY_ARN = 'arn:aws:kms:ap-northeast-3:111122223333:key/00000000-0000-0000-0000-000000000001';
const id = { name: 'id', type: dynamodb.AttributeType.STRING };
const RECOVERY = { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 };
const PROTECTED = { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: RECOVERY };
const ALIAS = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':kms:ap-northeast-3:111122223333:alias/recovery/Orders-recovery-ap-northeast-3-from-ap-northeast-1',
    ],
  ],
};

let app: App;
let stack: Stack;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Orders', { env: ENV });
});

type TableProps = Partial<dynamodb.TablePropsV2>;
type L1Props = Partial<dynamodb.CfnGlobalTableProps>;

const tableOf = (props: TableProps = {}) => new dynamodb.TableV2(stack, 'Table', { partitionKey: id, ...props });
const l1Of = (props: L1Props = {}) =>
  new dynamodb.CfnGlobalTable(stack, 'Table', {
    attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }],
    keySchema: [{ attributeName: 'id', keyType: 'HASH' }],
    billingMode: 'PAY_PER_REQUEST',
    replicas: [{ region: ENV.region }],
    ...props,
  });
const replicate = (props: Partial<TableReplicationProps> & Pick<TableReplicationProps, 'source'>, name = 'Replication') =>
  new TableReplication(stack, name, { recoveryRegion: OSAKA, ...props });

interface ReplicaJson {
  readonly Region: string;
  readonly [name: string]: unknown;
}

function properties(): Record<string, unknown> & { readonly Replicas: readonly ReplicaJson[] } {
  const [{ Properties }] = Object.values(Template.fromStack(stack).findResources(TYPE));
  return Properties;
}

const replica = (region: string) => properties().Replicas.find(({ Region }) => Region === region);
// constructs are compared by path: jest prints whole trees where they differ
const pathsOf = (stacks: readonly Stack[]) => stacks.map(({ node }) => node.path);
const assess = (): Assessment => RecoveryRecord.of(stack).assess();
const findings = () => assess().findings.map(({ severity, code }) => `${severity} ${code}`);
const copies = () => assess().resources[0].copies.places.map(({ copy, place, lag }) => [copy, place.region, lag?.ms] as const);
const warnings = () =>
  Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data));

describe('a table', () => {
  test('gets a protected replica in the recovery Region, and is protected itself', () => {
    replicate({ source: tableOf() });
    expect(properties()).toMatchObject({
      Replicas: [
        { Region: ENV.region, ...PROTECTED },
        { Region: OSAKA, ...PROTECTED },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    Template.fromStack(stack).hasResource(TYPE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(app.node.children.filter(Stack.isStack)).toHaveLength(1);
    expect([findings(), warnings()]).toEqual([[], []]);
  });

  test('keeps its logical id and those of its alarms', () => {
    replicate({ source: tableOf() });
    expect(Object.keys(Template.fromStack(stack).toJSON().Resources)).toEqual([
      'TableCD117FA1',
      'ReplicationLagAlarmCA7217A6',
      'ReplicationStoppedAlarmED1851E6',
    ]);
  });

  test('is the same as L1', () => {
    replicate({ source: l1Of() });
    expect(properties()).toMatchObject({
      Replicas: [
        { Region: ENV.region, ...PROTECTED },
        { Region: OSAKA, ...PROTECTED },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  });

  test('shares with its replica what belongs to no Region', () => {
    const table = tableOf({
      tableClass: dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS,
      billing: dynamodb.Billing.provisioned({
        readCapacity: dynamodb.Capacity.fixed(7),
        writeCapacity: dynamodb.Capacity.autoscaled({ maxCapacity: 9 }),
      }),
      globalSecondaryIndexes: [{ indexName: 'byDay', partitionKey: { name: 'day', type: dynamodb.AttributeType.STRING } }],
      contributorInsightsSpecification: { enabled: true },
    });
    replicate({ source: table });
    Tags.of(table).add('owner', 'orders');
    const { Region: _own, ...own } = replica(ENV.region)!;
    const { Region: _other, ...other } = replica(OSAKA)!;
    expect(other).toEqual(own);
    expect(other).toMatchObject({
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      ReadProvisionedThroughputSettings: { ReadCapacityUnits: 7 },
      GlobalSecondaryIndexes: [{ IndexName: 'byDay' }],
      Tags: [{ Key: 'owner', Value: 'orders' }],
    });
  });

  test('does not share what names something of its Region', () => {
    const table = l1Of({
      replicas: [
        {
          region: ENV.region,
          kinesisStreamSpecification: { streamArn: 'arn:aws:kinesis:ap-northeast-1:111122223333:stream/one' },
          resourcePolicy: { policyDocument: { Statement: [] } },
        },
      ],
    });
    replicate({ source: table });
    expect(replica(OSAKA)).toEqual({ Region: OSAKA, ...PROTECTED });
  });

  test('has its replicas and their recovery on record, as far behind as they may be', () => {
    replicate({ source: tableOf(), recoveryPeriod: Duration.days(9) });
    expect(copies()).toEqual([
      ['point-in-time-recovery', ENV.region, 5 * MINUTE],
      [`point-in-time-recovery-${OSAKA}`, OSAKA, 6 * MINUTE],
      [`replica-${OSAKA}`, OSAKA, MINUTE],
    ]);
    expect(assess().resources[0].copies.places.map(({ keptMs }) => keptMs)).toEqual([9 * DAY, 9 * DAY, undefined]);
    expect(assess().resources[0].copies.places.find(({ copy }) => copy === `replica-${OSAKA}`)?.survives).toEqual([
      'ZONE_LOSS',
      'REGION_LOSS',
    ]);
  });

  test('has one copy off-site, for the replica goes and its recovery with it', () => {
    replicate({ source: tableOf() });
    expect(assess().resources[0].copies).toMatchObject({ copies: 3, offSite: 1 });
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, copyRule: CopyRule.atLeast({ offSite: 2 }) }).protect(
      stack.node.findChild('Table') as dynamodb.TableV2,
    );
    expect(findings()).toContain('error NoCopyOffSite');
  });

  test('has two copies off-site with replicas in two Regions', () => {
    const table = tableOf();
    replicate({ source: table });
    replicate({ source: table, recoveryRegion: 'us-east-1' }, 'Second');
    expect(assess().resources[0].copies).toMatchObject({ copies: 4, offSite: 2 });
  });

  test.each<[string, (cfn: dynamodb.CfnGlobalTable) => void, (number | undefined)[]]>([
    [
      'turns recovery of the replica off',
      (cfn) => cfn.addPropertyOverride('Replicas.1.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled', false),
      [35 * DAY, undefined],
    ],
    [
      'shortens recovery of the replica',
      (cfn) => cfn.addPropertyOverride('Replicas.1.PointInTimeRecoverySpecification.RecoveryPeriodInDays', 3),
      [35 * DAY, 3 * DAY, undefined],
    ],
    [
      'takes recovery of the replica away',
      (cfn) => cfn.addPropertyDeletionOverride('Replicas.1.PointInTimeRecoverySpecification'),
      [35 * DAY, undefined],
    ],
    ['replaces the replicas', (cfn) => cfn.addPropertyOverride('Replicas', [{ Region: ENV.region }]), []],
  ])('is told as it will be where an override %s', (_case, override, kept) => {
    const table = tableOf();
    replicate({ source: table });
    override(table.node.defaultChild as dynamodb.CfnGlobalTable);
    expect(assess().resources.flatMap((resource) => resource.copies.places.map(({ keptMs }) => keptMs))).toEqual(kept);
  });

  test('that a plan protects too has each copy once', () => {
    const table = tableOf();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    replicate({ source: table });
    const before = copies().length;
    protection.protect(table);
    expect(copies().filter(([copy]) => !copy.startsWith('Orders'))).toHaveLength(before);
    expect(replica(OSAKA)).toMatchObject(PROTECTED);
  });

  test('is known in the recovery Region by an ARN', () => {
    const { replicaArn } = replicate({ source: tableOf({ tableName: 'orders' }) });
    expect(stack.resolve(replicaArn)).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:dynamodb:${OSAKA}:111122223333:table/`, { Ref: 'TableCD117FA1' }]],
    });
  });

  test('may lie in a stage, and in a stack without a Region', () => {
    const stage = new Stage(app, 'Prod');
    stack = new Stack(stage, 'Anywhere');
    const it = l1Of({ replicas: [{ region: Aws.REGION }] });
    replicate({ source: it });
    expect(properties().Replicas).toEqual([
      { Region: { Ref: 'AWS::Region' }, ...PROTECTED },
      { Region: OSAKA, ...PROTECTED },
    ]);
    expect(copies()).toContainEqual([`replica-${OSAKA}`, OSAKA, MINUTE]);
  });

  test('of TableV2 may lie in a stack without a Region, where addReplica() of it may not', () => {
    stack = new Stack(app, 'Anywhere');
    replicate({ source: tableOf() });
    expect(properties().Replicas).toEqual([
      { Region: { Ref: 'AWS::Region' }, ...PROTECTED },
      { Region: OSAKA, ...PROTECTED },
    ]);
  });
});

describe('what the user has set', () => {
  test('stays, on every replica', () => {
    const table = tableOf({
      replicas: [
        {
          region: OSAKA,
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 3 },
          deletionProtection: false,
          tableClass: dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS,
        },
        { region: SEOUL },
      ],
      dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
    });
    replicate({ source: table });
    expect(properties().Replicas).toHaveLength(3);
    expect(replica(OSAKA)).toMatchObject({
      DeletionProtectionEnabled: false,
      PointInTimeRecoverySpecification: { RecoveryPeriodInDays: 3 },
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
    });
    expect(replica(SEOUL)).toMatchObject(PROTECTED);
    expect(findings()).toEqual(['warning DeletionUnprotected']);
  });

  test('is seen too when it comes afterwards', () => {
    const table = tableOf();
    replicate({ source: table });
    table.addReplica({ region: OSAKA, deletionProtection: false });
    table.addReplica({ region: SEOUL });
    expect(replica(OSAKA)).toMatchObject({ DeletionProtectionEnabled: false, PointInTimeRecoverySpecification: RECOVERY });
    expect(replica(SEOUL)).toMatchObject(PROTECTED);
    expect(properties().Replicas).toHaveLength(3);
    expect(findings()).toEqual(['warning DeletionUnprotected']);
  });

  test('may replace the whole list afterwards', () => {
    const table = l1Of();
    replicate({ source: table });
    table.replicas = [{ region: ENV.region, tableClass: 'STANDARD' }];
    expect(properties().Replicas).toEqual([
      { Region: ENV.region, TableClass: 'STANDARD', ...PROTECTED },
      { Region: OSAKA, TableClass: 'STANDARD', ...PROTECTED },
    ]);
  });

  test.each<[string, L1Props, readonly string[]]>([
    [
      'recovery that is off in another Region',
      { replicas: [{ region: ENV.region }, { region: OSAKA, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } }] },
      ['warning TableRecoveryOff'],
    ],
    [
      'recovery that is off in its own Region',
      { replicas: [{ region: ENV.region, pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false } }] },
      ['warning TableRecoveryOff'],
    ],
  ])('is told where it is %s', (_, props, expected) => {
    replicate({ source: l1Of(props) });
    expect(findings()).toEqual(expected);
  });

  test('fails where a recovery period was asked for and recovery is off', () => {
    const pointInTimeRecoverySpecification = { pointInTimeRecoveryEnabled: false };
    replicate({ source: tableOf({ replicas: [{ region: OSAKA, pointInTimeRecoverySpecification }] }), recoveryPeriod: Duration.days(7) });
    expect(findings()).toEqual(['error TableRecoveryOff']);
    expect(() => app.synth()).toThrow(/'pointInTimeRecoveryEnabled' of the replica in ap-northeast-3 is false/);
  });

  test('may let the table go with its stack: then no replica is protected from deletion', () => {
    const table = tableOf();
    replicate({ source: table });
    table.applyRemovalPolicy(RemovalPolicy.DESTROY);
    expect(JSON.stringify(properties())).not.toContain('DeletionProtectionEnabled');
    expect(findings()).toEqual(['warning DeletedWithStack']);
  });
});

describe('keys', () => {
  const keyed = (replicaKeyArns?: Record<string, string>) =>
    tableOf({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(stack, 'Key'), replicaKeyArns) });

  test('of the replica of a table with a customer managed key lie in the recovery Region alone', () => {
    replicate({ source: keyed() });
    const support = app.node.findChild('Orders-recovery-ap-northeast-3') as Stack;
    expect(replica(OSAKA)).toMatchObject({ SSESpecification: { KMSMasterKeyId: ALIAS } });
    const template = Template.fromStack(support);
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/recovery/Orders-recovery-ap-northeast-3-from-ap-northeast-1' });
    template.hasResourceProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'GrantThroughDynamodb' })]) },
    });
    expect(JSON.stringify(template.toJSON()).replaceAll(support.stackName, '')).not.toContain('ap-northeast-1');
    expect(pathsOf(stack.dependencies)).toEqual(['Orders-recovery-ap-northeast-3']);
    const place = assess().resources[0].copies.places.find(({ copy }) => copy === `replica-${OSAKA}`);
    expect(place).toMatchObject({ keyIndependent: true, survives: ['ZONE_LOSS', 'REGION_LOSS'] });
  });

  test('are given for one replica that the user makes in L1 without one', () => {
    const table = l1Of({
      sseSpecification: { sseEnabled: true, sseType: 'KMS' },
      replicas: [{ region: ENV.region, sseSpecification: { kmsMasterKeyId: 'alias/orders' } }, { region: OSAKA }],
    });
    replicate({ source: table });
    expect(replica(OSAKA)).toMatchObject({ SSESpecification: { KMSMasterKeyId: ALIAS } });
  });

  test('that the user has given a replica stay', () => {
    const table = l1Of({
      sseSpecification: { sseEnabled: true, sseType: 'KMS' },
      replicas: [
        { region: ENV.region, sseSpecification: { kmsMasterKeyId: 'alias/orders' } },
        { region: OSAKA, sseSpecification: { kmsMasterKeyId: KEY_ARN } },
      ],
    });
    replicate({ source: table });
    expect(replica(OSAKA)).toMatchObject({ SSESpecification: { KMSMasterKeyId: KEY_ARN } });
    expect(app.node.tryFindChild('Orders-recovery-ap-northeast-3')).toBeUndefined();
  });

  test('may be those of the user', () => {
    replicate({ source: keyed(), encryptionKey: kms.Key.fromKeyArn(stack, 'Osaka', KEY_ARN) });
    expect(replica(OSAKA)).toMatchObject({ SSESpecification: { KMSMasterKeyId: KEY_ARN } });
    expect([app.node.tryFindChild('Orders-recovery-ap-northeast-3'), findings()]).toEqual([undefined, []]);
  });

  test('are known by the path of their construct where the account is only known at deploy time', () => {
    stack = new Stack(app, 'Orders2', { env: { region: ENV.region } });
    replicate({ source: keyed() });
    const target = targetOf(stack, stack.node.findChild('Table'));
    const [{ id: copy, key }] = adapterOf('DynamoDB')
      .copies(target, [])
      .filter(({ form }) => form === 'replica');
    expect([copy, key]).toEqual([`replica-${OSAKA}`, { kind: 'customer', id: 'Orders2-recovery-ap-northeast-3/LiveCopiesKey' }]);
  });

  test('of a table in a nested stack lie in the stack that supports the one around it', () => {
    const around = stack;
    stack = new NestedStack(around, 'Nested') as unknown as Stack;
    replicate({ source: keyed() });
    expect(replica(OSAKA)).toMatchObject({ SSESpecification: { KMSMasterKeyId: ALIAS } });
    expect(pathsOf(around.dependencies)).toEqual(['Orders-recovery-ap-northeast-3']);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'fails for a replica with a key where the table has none',
      () => replicate({ source: tableOf(), encryptionKey: kms.Key.fromKeyArn(stack, 'Osaka', KEY_ARN) }),
      /'encryptionKey' of the replica in ap-northeast-3 is arn.*but the table has no customer managed key.*TableKeyConflict/,
    ],
    [
      'fails for a table that gets its key after it was replicated',
      () => {
        const table = l1Of();
        replicate({ source: table });
        table.sseSpecification = { sseEnabled: true, sseType: 'KMS' };
        table.replicas = [{ region: ENV.region, sseSpecification: { kmsMasterKeyId: 'alias/orders' } }];
      },
      /the replica in ap-northeast-3 has no customer managed key, but the table has one.*TableKeyConflict/,
    ],
    [
      'fails for a replica of the user with a key where the table has none',
      () =>
        replicate({
          source: l1Of({ replicas: [{ region: ENV.region }, { region: OSAKA, sseSpecification: { kmsMasterKeyId: KEY_ARN } }] }),
        }),
      /the replica in ap-northeast-3 has a customer managed key, but the table has none.*TableKeyConflict/,
    ],
    [
      'fails for another key than the table names',
      () =>
        replicate({
          source: l1Of({
            sseSpecification: { sseEnabled: true },
            replicas: [
              { region: ENV.region, sseSpecification: { kmsMasterKeyId: 'alias/orders' } },
              { region: OSAKA, sseSpecification: { kmsMasterKeyId: 'alias/other' } },
            ],
          }),
          encryptionKey: kms.Key.fromKeyArn(stack, 'Osaka', KEY_ARN),
        }),
      /but the table names another key for it.*TableKeyConflict/,
    ],
  ])('%s', (_, make, message) => {
    make();
    expect(() => app.synth()).toThrow(message);
  });

  test('fails for a key of another Region, and for one of this app that would tie the Regions together', () => {
    const table = keyed();
    const tokyo = kms.Key.fromKeyArn(stack, 'Tokyo', KEY_ARN.replace(OSAKA, ENV.region));
    expect(() => replicate({ source: table, encryptionKey: tokyo }, 'One')).toThrow(/KeyElsewhere/);
    const other = new Stack(app, 'Other', { env: { ...ENV, region: OSAKA } });
    expect(() => replicate({ source: tableOf2(), encryptionKey: new kms.Key(other, 'Key') }, 'Two')).toThrow(/ReferenceAcrossRegions/);
  });

  const tableOf2 = () => new dynamodb.TableV2(stack, 'Table2', { partitionKey: id });
});

describe('strong consistency', () => {
  test('takes a witness in the third Region', () => {
    const it = replicate({ source: tableOf(), consistency: TableConsistency.strongWithWitness(SEOUL) });
    expect(properties()).toMatchObject({
      MultiRegionConsistency: 'STRONG',
      GlobalTableWitnesses: [{ Region: SEOUL }],
      Replicas: [
        { Region: ENV.region, ...PROTECTED },
        { Region: OSAKA, ...PROTECTED },
      ],
    });
    expect(properties()).not.toHaveProperty('StreamSpecification');
    expect([findings(), warnings(), it.lagAlarm, it.stoppedAlarm]).toEqual([[], [], undefined, undefined]);
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
  });

  test('or a replica there, protected and keyed like the other', () => {
    const table = tableOf({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(stack, 'Key')) });
    replicate({ source: table, consistency: TableConsistency.strongWithReplica(SEOUL) });
    expect(properties().Replicas.map(({ Region }) => Region)).toEqual([ENV.region, OSAKA, SEOUL]);
    expect(replica(SEOUL)).toMatchObject({ ...PROTECTED, SSESpecification: { KMSMasterKeyId: expect.anything() } });
    expect(app.node.tryFindChild('Orders-recovery-ap-northeast-2')).toBeDefined();
    expect([findings(), warnings()]).toEqual([[], []]);
  });

  test('loses nothing with a Region', () => {
    replicate({ source: tableOf(), consistency: TableConsistency.strongWithWitness(SEOUL) });
    const place = assess().resources[0].copies.places.find(({ copy }) => copy === `replica-${OSAKA}`);
    expect(place?.lag).toEqual({ ms: 0, terms: [{ name: 'replication lag', ms: 0, basis: 'documented' }] });
  });

  test('is taken over from a table that has it', () => {
    const table = tableOf({
      replicas: [{ region: OSAKA }],
      witnessRegion: SEOUL,
      multiRegionConsistency: dynamodb.MultiRegionConsistency.STRONG,
    });
    expect(replicate({ source: table }).lagAlarm).toBeUndefined();
    expect(properties().Replicas).toEqual([
      { Region: OSAKA, ...PROTECTED },
      { Region: ENV.region, ...PROTECTED },
    ]);
    expect(findings()).toEqual([]);
  });

  test('leaves what the user says of it to deploy time where it is only known there', () => {
    const multiRegionConsistency = new CfnParameter(stack, 'Mode').valueAsString;
    expect(replicate({ source: l1Of({ multiRegionConsistency }) }).lagAlarm).toBeDefined();
    expect(properties()).toMatchObject({ MultiRegionConsistency: { Ref: 'Mode' } });
    expect(findings()).toEqual([]);
  });

  test.each<[string, TableProps, Partial<TableReplicationProps>, RegExp]>([
    [
      'fails with time to live',
      { timeToLiveAttribute: 'ttl' },
      { consistency: TableConsistency.strongWithWitness(SEOUL) },
      /'timeToLiveAttribute' is set.*StrongTableUnsupported/,
    ],
    [
      'fails with a local secondary index',
      {
        sortKey: { name: 'day', type: dynamodb.AttributeType.STRING },
        localSecondaryIndexes: [{ indexName: 'byPrice', sortKey: { name: 'price', type: dynamodb.AttributeType.NUMBER } }],
      },
      { consistency: TableConsistency.strongWithWitness(SEOUL) },
      /'localSecondaryIndexes' has 1 entries.*StrongTableUnsupported/,
    ],
    [
      'fails with a Region of another set',
      {},
      { consistency: TableConsistency.strongWithWitness('us-east-1') },
      /a replica or witness in us-east-1.*StrongTableRegions/,
    ],
    [
      'fails with a Region of no set',
      {},
      { recoveryRegion: 'ap-southeast-1', consistency: TableConsistency.strongWithWitness(SEOUL) },
      /in ap-southeast-1.*StrongTableRegions/,
    ],
    [
      'fails with a replica too many',
      { replicas: [{ region: SEOUL }] },
      { consistency: TableConsistency.strongWithWitness('ap-northeast-2') },
      /3 replicas \(ap-northeast-2, ap-northeast-1, ap-northeast-3\) and 1 witness \(ap-northeast-2\).*StrongTableRegions/,
    ],
    ['fails with the witness beside the replica', {}, { consistency: TableConsistency.strongWithWitness(OSAKA) }, /StrongTableRegions/],
  ])('%s', (_, table, props, message) => {
    replicate({ source: tableOf(table), ...props });
    expect(() => app.synth()).toThrow(message);
  });

  test.each<[string, L1Props, TableConsistency]>([
    ['a table that is eventually consistent', { multiRegionConsistency: 'EVENTUAL' }, TableConsistency.strongWithWitness(SEOUL)],
    ['a table that is strongly consistent, where it is to be eventual', { multiRegionConsistency: 'STRONG' }, TableConsistency.eventual()],
    [
      'a table with another witness',
      { multiRegionConsistency: 'STRONG', globalTableWitnesses: [{ region: SEOUL }] },
      TableConsistency.strongWithWitness('us-east-1'),
    ],
  ])('fails for %s', (_, props, consistency) => {
    expect(() => replicate({ source: l1Of(props), consistency })).toThrow(/ConsistencyConflict/);
  });

  test('leaves Regions that nobody knows to deploy time', () => {
    stack = new Stack(app, 'Anywhere');
    replicate({ source: tableOf(), consistency: TableConsistency.strongWithWitness(SEOUL) });
    expect(findings()).toEqual([]);
  });

  test('is judged by Regions that are dated', () => {
    expect(Object.values(STRONG_TABLE).map(({ readOn }) => readOn)).toEqual(['2026-11-23', '2026-11-23', '2026-11-23']);
  });
});

describe('several replicas', () => {
  test('are told, because an existing table takes one in each update', () => {
    const table = tableOf();
    replicate({ source: table });
    replicate({ source: table, recoveryRegion: SEOUL }, 'Second');
    expect(properties().Replicas.map(({ Region }) => Region)).toEqual([ENV.region, OSAKA, SEOUL]);
    expect(warnings()).toEqual([expect.stringMatching(/gets replicas in ap-northeast-3 and ap-northeast-2.*each update/)]);
    expect(warnings()[0]).toContain('cdk-recovery:replicasOneByOne');
  });

  test('are not told where the table has the others already', () => {
    const table = tableOf({ replicas: [{ region: SEOUL }] });
    replicate({ source: table });
    replicate({ source: table, recoveryRegion: SEOUL }, 'Second');
    expect(warnings()).toEqual([]);
  });
});

describe('alarms', () => {
  const alarms = () =>
    Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(
      ({ Properties }) => Properties as Record<string, unknown>,
    );

  test('go off where items arrive late, and keep their state where nobody writes', () => {
    replicate({ source: tableOf() });
    expect(alarms()[0]).toMatchObject({
      Namespace: 'AWS/DynamoDB',
      MetricName: 'ReplicationLatency',
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 60_000,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'ignore',
      Dimensions: [
        { Name: 'ReceivingRegion', Value: OSAKA },
        { Name: 'TableName', Value: { Ref: 'TableCD117FA1' } },
      ],
    });
  });

  test('go off where items are written but none arrives', () => {
    replicate({ source: tableOf() });
    const [, stopped] = alarms();
    expect(stopped).toMatchObject({ Threshold: 1, EvaluationPeriods: 3, TreatMissingData: 'notBreaching' });
    const queries = stopped.Metrics as { Id: string; Expression?: string; MetricStat?: { Stat: string; Metric: { MetricName: string } } }[];
    expect(queries[0].Expression).toBe(
      'IF((FILL(puts, 0) + FILL(updates, 0) + FILL(deletes, 0) + FILL(batches, 0) + FILL(transactions, 0)) > 0 AND FILL(lag, -1) < 0, 1, 0)',
    );
    expect(queries.slice(1).map(({ Id, MetricStat }) => [Id, MetricStat?.Metric.MetricName, MetricStat?.Stat])).toEqual([
      ...['puts', 'updates', 'deletes', 'batches', 'transactions'].map((name) => [name, 'SuccessfulRequestLatency', 'SampleCount']),
      ['lag', 'ReplicationLatency', 'Average'],
    ]);
  });

  test('do what the user says, at the lag that the user says', () => {
    replicate({
      source: tableOf(),
      maxLag: Duration.seconds(20),
      alarmActions: [new SnsAction(Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:ap-northeast-1:111122223333:ops'))],
    });
    expect(alarms()[0].Threshold).toBe(20_000);
    expect(alarms().map(({ AlarmActions }) => AlarmActions)).toEqual([
      ['arn:aws:sns:ap-northeast-1:111122223333:ops'],
      ['arn:aws:sns:ap-northeast-1:111122223333:ops'],
    ]);
  });

  test('can be used like any other', () => {
    const { lagAlarm, stoppedAlarm } = replicate({ source: tableOf() });
    expect([lagAlarm, stoppedAlarm].map((alarm) => alarm instanceof Alarm)).toEqual([true, true]);
    expect((lagAlarm!.node.defaultChild as CfnAlarm).alarmDescription).toContain('would be lost with this Region');
  });
});

describe('fails', () => {
  test.each<[string, () => void, RegExp]>([
    ['for a bucket', () => replicate({ source: new Bucket(stack, 'Bucket') }), /'source' is 'Orders\/Bucket', S3 bucket.*NotATable/],
    [
      'for a classic table, and says how to move it',
      () => replicate({ source: new dynamodb.Table(stack, 'Table', { partitionKey: id }) }),
      /of type AWS::DynamoDB::Table.*TableV2.*docs\/replication\.md.*TableNotGlobal/,
    ],
    [
      'for an imported table',
      () => replicate({ source: dynamodb.TableV2.fromTableName(stack, 'Old', 'orders') }),
      /'source' is 'Orders\/Old', which this app does not define.*SourceOutOfReach/,
    ],
    ['for the own Region', () => replicate({ source: tableOf(), recoveryRegion: ENV.region }), /RecoveryRegionIsOwn/],
    [
      'for a witness in the own Region',
      () => replicate({ source: tableOf(), consistency: TableConsistency.strongWithWitness(ENV.region) }),
      /'consistency' is ap-northeast-1.*RecoveryRegionIsOwn/,
    ],
    ['for no Region', () => replicate({ source: tableOf(), recoveryRegion: 'Osaka' }), /InvalidEnvironment/],
    [
      'for a Region that is only known at deploy time',
      () => replicate({ source: tableOf(), recoveryRegion: new CfnParameter(stack, 'Region').valueAsString }),
      /RegionUnknown/,
    ],
    ['for a lag of no time', () => replicate({ source: tableOf(), maxLag: Duration.seconds(0) }), /MaxLagOutOfRange/],
    ['for a lag of half a second', () => replicate({ source: tableOf(), maxLag: Duration.millis(500) }), /MaxLagOutOfRange/],
    [
      'for a second replication to one Region',
      () => {
        const table = tableOf();
        replicate({ source: table });
        replicate({ source: table }, 'Again');
      },
      /'Orders\/Table' in ap-northeast-3 is replicated by 'Orders\/Replication' already.*ReplicationAlreadySet/,
    ],
    [
      'for a third replica in the recovery Region',
      () => replicate({ source: tableOf(), consistency: TableConsistency.strongWithReplica(OSAKA) }),
      /ReplicationAlreadySet/,
    ],
    [
      'for a construct in another Region than its table',
      () =>
        new TableReplication(new Stack(app, 'Osaka', { env: { ...ENV, region: OSAKA } }), 'It', {
          source: tableOf(),
          recoveryRegion: SEOUL,
        }),
      /in ap-northeast-1, but its alarms would look for data in ap-northeast-3.*SourceElsewhere/,
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test.each([
    [1, undefined],
    [35, undefined],
    [0, /'recoveryPeriod' is 0 days.*1 to 35.*TableRecoveryOutOfRange/],
    [36, /TableRecoveryOutOfRange/],
    [1.5, /DurationNotWhole/],
  ])('or takes a recovery period of %p days', (days, message) => {
    const make = () => replicate({ source: tableOf(), recoveryPeriod: Duration.days(days) });
    if (message) {
      expect(make).toThrow(message);
    } else {
      make();
      expect(replica(OSAKA)).toMatchObject({ PointInTimeRecoverySpecification: { RecoveryPeriodInDays: days } });
    }
  });

  test('not for a recovery period that is only known at deploy time', () => {
    const table = tableOf();
    replicate({ source: table, recoveryPeriod: Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber) });
    expect(properties().Replicas.map((one) => one.PointInTimeRecoverySpecification)).toEqual([
      { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: { Ref: 'Days' } },
      { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: { Ref: 'Days' } },
    ]);
  });

  test.each(['before', 'after'])('not for such a period %s a plan, whose known one goes first', (when) => {
    const table = tableOf();
    const protect = () => new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(table);
    if (when === 'after') {
      protect();
    }
    replicate({ source: table, recoveryPeriod: Duration.days(new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber) });
    if (when === 'before') {
      protect();
    }
    expect(replica(ENV.region)).toMatchObject({ PointInTimeRecoverySpecification: { RecoveryPeriodInDays: expect.any(Number) } });
    expect(replica(OSAKA)).toMatchObject({ PointInTimeRecoverySpecification: { RecoveryPeriodInDays: { Ref: 'Days' } } });
  });

  test('for a list of replicas that is only known at deploy time', () => {
    replicate({ source: l1Of({ replicas: new CfnParameter(stack, 'Replicas').value as never }) });
    expect(findings()).toContain('error ReplicasUnknown');
  });

  test('not for a list that is lazy, nor for a replica in it that is a token', () => {
    const region = new CfnParameter(stack, 'Third').valueAsString;
    replicate({
      source: l1Of({ replicas: Lazy.any({ produce: () => [{ region: ENV.region }, Lazy.any({ produce: () => ({ region }) })] }) }),
    });
    expect(properties().Replicas.map(({ Region }) => Region)).toEqual([ENV.region, { Ref: 'Third' }, OSAKA]);
    expect(findings()).toEqual([]);
  });

  test('not for what a replication wanted that was taken away: the table is as it was', () => {
    const table = tableOf({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(stack, 'Key')) });
    replicate({ source: table, consistency: TableConsistency.strongWithWitness(SEOUL) });
    stack.node.tryRemoveChild('Replication');
    expect(properties().Replicas.map(({ Region }) => Region)).toEqual([ENV.region]);
    expect(Object.keys(properties())).not.toEqual(expect.arrayContaining([expect.stringMatching(/Witness|Consistency|StreamSpec/)]));
  });

  test('not for another consistency than that of a replication that was taken away, nor for another Region', () => {
    const table = tableOf();
    replicate({ source: table, consistency: TableConsistency.strongWithWitness(SEOUL) });
    stack.node.tryRemoveChild('Replication');
    replicate({ source: table, consistency: TableConsistency.eventual(), recoveryRegion: 'us-east-1' }, 'Again');
    expect(properties().Replicas.map(({ Region }) => Region)).toEqual([ENV.region, 'us-east-1']);
    expect(properties()).toMatchObject({ StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } });
    expect([findings(), warnings()]).toEqual([[], []]);
  });

  test('not for a replication that was taken away before', () => {
    const table = tableOf();
    replicate({ source: table });
    stack.node.tryRemoveChild('Replication');
    expect(() => replicate({ source: table }, 'Again')).not.toThrow();
  });
});

test('the templates are the same on every synth', () => {
  const synth = () => {
    app = new App();
    stack = new Stack(app, 'Orders', { env: ENV });
    replicate({ source: tableOf({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(stack, 'Key')) }) });
    return JSON.stringify(app.synth().stacks.map(({ template }) => template));
  };
  expect(synth()).toBe(synth());
});

test('auditors find nothing to object to', () => {
  replicate({
    source: tableOf({ encryption: dynamodb.TableEncryptionV2.customerManagedKey(new kms.Key(stack, 'Key', { enableKeyRotation: true })) }),
  });
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});
