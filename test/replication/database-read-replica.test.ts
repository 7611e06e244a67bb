import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, type CfnResource, Duration, Lazy, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { RecoveryRecord } from '../../lib/core/private/record';
import { RecoveryTier } from '../../lib/core/recovery-tier';
import type { Assessment } from '../../lib/model/assessment';
import { MINUTE, SECOND } from '../../lib/model/time';
import { Protection } from '../../lib/protection/protection';
import { DatabaseReadReplica } from '../../lib/replication/database-read-replica';
import type { DatabaseReadReplicaProps } from '../../lib/replication/database-read-replica-props';

const ACCOUNT = '111122223333';
const TOKYO = { region: 'ap-northeast-1', account: ACCOUNT };
const OSAKA = { region: 'ap-northeast-3', account: ACCOUNT };
const TYPE = 'AWS::RDS::DBInstance';
const postgres = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_17 });

let app: App;
let tokyo: Stack;
let osaka: Stack;

beforeEach(() => {
  app = new App();
  tokyo = new Stack(app, 'Tokyo', { env: TOKYO });
  osaka = new Stack(app, 'Osaka', { env: OSAKA });
});

function vpcIn(stack: Stack): ec2.IVpc {
  return ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['a', 'b'],
    privateSubnetIds: ['subnet-1', 'subnet-2'],
  });
}

function l2(props: Partial<rds.DatabaseInstanceProps> = {}): rds.DatabaseInstance {
  return new rds.DatabaseInstance(tokyo, 'Database', {
    vpc: vpcIn(tokyo),
    engine: postgres,
    instanceIdentifier: 'orders',
    storageEncrypted: true,
    ...props,
  });
}

function l1(props: rds.CfnDBInstanceProps = {}): rds.CfnDBInstance {
  const usual = { engine: 'postgres', engineVersion: '17.2', dbInstanceClass: 'db.m7g.large', storageEncrypted: true };
  return new rds.CfnDBInstance(tokyo, 'Database', { ...usual, dbInstanceIdentifier: 'orders', ...props });
}

function follow(source: IConstruct, props: Partial<DatabaseReadReplicaProps> = {}, stack = osaka): DatabaseReadReplica {
  return new DatabaseReadReplica(stack, 'Replica', { source: source as rds.IDBInstanceRef, vpc: vpcIn(stack), ...props });
}

function replicaOf(stack = osaka): { DeletionPolicy: string; Properties: Record<string, unknown> } {
  return Object.values(Template.fromStack(stack).findResources(TYPE))[0] as never;
}

function properties(stack = osaka): Record<string, unknown> {
  return replicaOf(stack).Properties;
}

function assess(): Assessment {
  return RecoveryRecord.of(tokyo).assess();
}

function codes(): string[] {
  return assess().findings.map(({ severity, code }) => `${severity} ${code}`);
}

const sourceArn = (name = 'orders', account: unknown = ACCOUNT) =>
  typeof account === 'string'
    ? { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:rds:ap-northeast-1:${account}:db:${name}`]] }
    : { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:ap-northeast-1:', account, `:db:${name}`]] };

describe('a replica', () => {
  test('follows an instance of another Region by its name, under a key, in subnets and with backups of its own', () => {
    follow(l2({ instanceType: new ec2.InstanceType('m7g.large'), storageType: rds.StorageType.GP3, allocatedStorage: 400, iops: 12000 }));
    expect(properties()).toEqual({
      SourceDBInstanceIdentifier: sourceArn(),
      SourceRegion: 'ap-northeast-1',
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^ReplicaKey/), 'Arn'] },
      DBInstanceClass: 'db.m7g.large',
      DBSubnetGroupName: { Ref: expect.stringMatching(/^ReplicaSubnetGroup/) },
      VPCSecurityGroups: [{ 'Fn::GetAtt': [expect.stringMatching(/^ReplicaSecurityGroup/), 'GroupId'] }],
      StorageType: 'gp3',
      Iops: 12000,
      BackupRetentionPeriod: 7,
      CopyTagsToSnapshot: true,
      DeleteAutomatedBackups: false,
      DeletionProtection: true,
    });
    expect(replicaOf().DeletionPolicy).toBe('Snapshot');
    Template.fromStack(osaka).hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
  });

  test('refers to nothing of the other Region, so that its stack deploys alone', () => {
    follow(l2());
    const texts = app.synth().stacks.map(({ template }) => JSON.stringify(template));
    expect(texts.filter((text) => /ImportValue|GetStackOutput|ExportsReader|ExportsWriter/.test(text))).toEqual([]);
  });

  test('keeps its logical id: a change replaces the replica', () => {
    follow(l2());
    expect(Object.keys(Template.fromStack(osaka).findResources(TYPE))).toEqual(['ReplicaA82FB90F']);
  });

  test('is deployed after its source where both are deployed together', () => {
    follow(l2());
    expect([osaka.dependencies, tokyo.dependencies]).toEqual([[tokyo], []]);
  });

  test('waits for nothing that waits for it', () => {
    const middle = new Stack(app, 'Middle', { env: OSAKA });
    tokyo.addStackDependency(middle);
    middle.addStackDependency(osaka);
    follow(l2());
    expect(osaka.dependencies).toEqual([]);
    Annotations.fromStack(osaka).hasWarning(
      '/Osaka/Replica',
      Match.stringLikeRegexp("'Osaka' is deployed before 'Tokyo'.*\\[ack: cdk-recovery:copyBeforeSource"),
    );
  });

  test('takes what the user gives', () => {
    const key = kms.Key.fromKeyArn(osaka, 'Given', 'arn:aws:kms:ap-northeast-3:111122223333:key/1');
    follow(l2(), {
      instanceIdentifier: 'orders-osaka',
      instanceType: new ec2.InstanceType('r7g.large'),
      multiAz: true,
      storageEncryptionKey: key,
      storageType: rds.StorageType.IO2,
      backupRetention: Duration.days(14),
      preferredBackupWindow: '18:00-18:30',
      deleteAutomatedBackups: true,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    expect(properties()).toMatchObject({
      DBInstanceIdentifier: 'orders-osaka',
      DBInstanceClass: 'db.r7g.large',
      MultiAZ: true,
      KmsKeyId: 'arn:aws:kms:ap-northeast-3:111122223333:key/1',
      StorageType: 'io2',
      BackupRetentionPeriod: 14,
      DeleteAutomatedBackups: true,
      DeletionProtection: false,
    });
    Template.fromStack(osaka).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('says nothing about encryption but its key, for RDS takes the rest from the source', () => {
    follow(l2());
    expect(properties()).not.toHaveProperty('StorageEncrypted');
  });

  test('takes a key that is deployed with it', () => {
    follow(l2(), { storageEncryptionKey: new kms.Key(osaka, 'Given') });
    expect(properties().KmsKeyId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Given/), 'Arn'] });
  });

  test('has parameters of its own, of the family of its source', () => {
    follow(l2(), { parameters: { log_min_duration_statement: '500' } });
    Template.fromStack(osaka).hasResourceProperties('AWS::RDS::DBParameterGroup', {
      Family: 'postgres17',
      Parameters: { log_min_duration_statement: '500' },
    });
    expect(properties().DBParameterGroupName).toEqual({ Ref: expect.stringMatching(/^ReplicaParameters/) });
  });

  test('can go with its stack where the user says so', () => {
    follow(l2(), { removalPolicy: RemovalPolicy.DESTROY });
    expect([replicaOf().DeletionPolicy, properties().DeletionProtection]).toEqual(['Delete', false]);
  });

  test('can be connected to, like any instance', () => {
    const replica = follow(l2());
    replica.connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/8'));
    Template.fromStack(osaka).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      CidrIp: '10.0.0.0/8',
      FromPort: { 'Fn::GetAtt': ['ReplicaA82FB90F', 'Endpoint.Port'] },
    });
  });

  test.each<[string, rds.CfnDBInstanceProps, number | undefined]>([
    ['PostgreSQL 14', { engine: 'postgres', engineVersion: '14.12' }, 7],
    ['PostgreSQL 13', { engine: 'postgres', engineVersion: '13.20' }, undefined],
    ['PostgreSQL of some version', { engine: 'postgres', engineVersion: undefined }, 7],
    ['MySQL', { engine: 'mysql', engineVersion: '8.0.40' }, 7],
    ['MariaDB', { engine: 'mariadb', engineVersion: '11.4' }, 7],
    ['Oracle', { engine: 'oracle-ee', engineVersion: '19' }, 7],
    ['SQL Server', { engine: 'sqlserver-ee', engineVersion: '16.00' }, undefined],
    ['Db2', { engine: 'db2-se', engineVersion: '11.5' }, undefined],
  ])('is backed up where its engine backs up replicas: %s', (_, props, days) => {
    follow(l1(props));
    expect(properties().BackupRetentionPeriod).toBe(days);
  });
});

describe('the source', () => {
  test('may be an L1, whose class and storage the replica takes over', () => {
    follow(l1({ storageType: 'io1', iops: 3000 }));
    expect(properties()).toMatchObject({ DBInstanceClass: 'db.m7g.large', StorageType: 'io1', Iops: 3000 });
  });

  test('may leave its storage to RDS, and so does the replica', () => {
    follow(l1());
    expect(properties()).not.toHaveProperty('StorageType');
  });

  test('may be imported into a stack of its Region', () => {
    const imported = rds.DatabaseInstance.fromDatabaseInstanceAttributes(tokyo, 'Old', {
      instanceIdentifier: 'Legacy',
      instanceEndpointAddress: 'legacy.example',
      port: 5432,
      securityGroups: [],
      engine: postgres,
    });
    follow(imported, { instanceType: new ec2.InstanceType('m7g.large'), parameters: { a: '1' } });
    expect(properties()).toMatchObject({
      SourceDBInstanceIdentifier: sourceArn('legacy'),
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^ReplicaKey/), 'Arn'] },
      BackupRetentionPeriod: 7,
    });
    expect(properties()).not.toHaveProperty('StorageType');
    expect(assess().resources).toMatchObject([{ id: 'Tokyo/Old', copies: { offSite: 1 } }]);
  });

  test('has its name in lower case, as RDS keeps it', () => {
    follow(l1({ dbInstanceIdentifier: 'OrdersDB' }));
    expect(properties().SourceDBInstanceIdentifier).toEqual(sourceArn('ordersdb'));
  });

  test('may have a name that CloudFormation gave it, if the user knows it', () => {
    follow(l1({ dbInstanceIdentifier: undefined }), { sourceIdentifier: 'tokyo-database-1a2b3c' });
    expect(properties().SourceDBInstanceIdentifier).toEqual(sourceArn('tokyo-database-1a2b3c'));
  });

  test('without encryption has a replica without it', () => {
    follow(l1({ storageEncrypted: false }));
    expect(properties()).not.toHaveProperty('KmsKeyId');
    Template.fromStack(osaka).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('may be in a stack for any account, which is then that of the replica', () => {
    tokyo = new Stack(app, 'Anyone', { env: { region: 'ap-northeast-1' } });
    follow(l1());
    expect(properties().SourceDBInstanceIdentifier).toEqual(sourceArn());
  });

  test('may be followed from a stack that only deployment places', () => {
    osaka = new Stack(app, 'Anywhere');
    follow(l1());
    expect(properties().SourceDBInstanceIdentifier).toEqual(sourceArn());
  });

  test('may be followed where neither account is known: both are the same', () => {
    osaka = new Stack(app, 'OsakaOfAnyone', { env: { region: 'ap-northeast-3' } });
    tokyo = new Stack(app, 'TokyoOfAnyone', { env: { region: 'ap-northeast-1' } });
    follow(l1());
    expect(properties().SourceDBInstanceIdentifier).toEqual(sourceArn('orders', { Ref: 'AWS::AccountId' }));
  });
});

describe('its alarm', () => {
  test('is in its own Region, and sounds when it lags, has stopped or says nothing', () => {
    follow(l2(), { maxLag: Duration.seconds(90) });
    Template.fromStack(tokyo).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    Template.fromStack(osaka).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 90,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
      EvaluationPeriods: 5,
      Metrics: [
        Match.objectLike({ Expression: 'IF(lag < 0, 86400, lag)', ReturnData: true }),
        {
          Id: 'lag',
          ReturnData: false,
          MetricStat: {
            Stat: 'Maximum',
            Period: 60,
            Metric: {
              Namespace: 'AWS/RDS',
              MetricName: 'ReplicaLag',
              Dimensions: [{ Name: 'DBInstanceIdentifier', Value: { Ref: 'ReplicaA82FB90F' } }],
            },
          },
        },
      ],
      AlarmActions: Match.absent(),
    });
  });

  test('sounds after five minutes of lag by default, and does what it is told', () => {
    const topic = new sns.Topic(osaka, 'Topic');
    const { lagAlarm } = follow(l2(), { recoveryAlarmActions: [new SnsAction(topic)] });
    expect(lagAlarm?.node.path).toBe('Osaka/Replica/LagAlarm');
    Template.fromStack(osaka).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Threshold: 300,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
      AlarmDescription:
        'The read replica Osaka/Replica has been more than 300 s behind its source for 5 minutes, or follows it no longer: what it lacks is lost with the Region of the source; runbook: docs/runbook.md#read-replicas-that-lag',
    });
  });
});

describe('promotion', () => {
  test('takes the source out of the template and changes nothing that would replace the instance', () => {
    follow(l2());
    const before = properties();
    app = new App();
    tokyo = new Stack(app, 'Tokyo', { env: TOKYO });
    osaka = new Stack(app, 'Osaka', { env: OSAKA });
    follow(l2(), { promoted: true });
    const { SourceDBInstanceIdentifier: _, ...rest } = before;
    expect([properties(), Object.keys(Template.fromStack(osaka).findResources(TYPE))]).toEqual([rest, ['ReplicaA82FB90F']]);
  });

  test('leaves no copy of the source, no alarm and no order of deployment', () => {
    const { lagAlarm } = follow(l2(), { promoted: true });
    expect([lagAlarm, osaka.dependencies]).toEqual([undefined, []]);
    Template.fromStack(osaka).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    expect(assess().resources).toEqual([]);
  });

  test('makes a database of it that coverage asks for', () => {
    follow(l2(), { promoted: true });
    expect(assess().coverage.unprotected.map(({ id }) => id)).toEqual(['Osaka/Replica/Resource', 'Tokyo/Database']);
  });

  test('turns backups on, whatever the engine does for replicas', () => {
    follow(l1({ engine: 'sqlserver-ee' }), { promoted: true });
    expect(properties().BackupRetentionPeriod).toBe(7);
  });
});

describe('the report', () => {
  test('has a live copy in the other Region, minutes behind and promoted within the hour', () => {
    follow(l2({ multiAz: true }), { maxLag: Duration.seconds(90) });
    const [database, ...others] = assess().resources;
    expect([database.id, others]).toEqual(['Tokyo/Database', []]);
    expect(database.copies).toMatchObject({ copies: 3, offSite: 1 });
    expect(database.disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')).toMatchObject({
      mechanism: 'read replica in ap-northeast-3',
      rpo: { ms: 90 * SECOND, terms: [{ name: 'replication lag', basis: 'estimated' }] },
      rto: { ms: 40 * MINUTE, terms: [{ name: 'promote the replica', basis: 'estimated' }, { basis: 'estimated' }] },
    });
    expect(database.disruptions.find(({ disruption }) => disruption === 'OPERATOR_ERROR')?.mechanism).not.toMatch(/replica/);
  });

  test('asks nobody to protect the replica', () => {
    follow(l2());
    expect(assess().coverage.unprotected.map(({ id }) => id)).not.toContain('Osaka/Replica/Resource');
  });

  test('survives the loss of the key of the source, for it has its own', () => {
    follow(l2({ storageEncryptionKey: new kms.Key(tokyo, 'Key') }));
    const loss = assess().resources[0].disruptions.find(({ disruption }) => disruption === 'REGION_LOSS');
    expect([loss?.mechanism, loss?.notes]).toEqual(['read replica in ap-northeast-3', []]);
  });

  test('counts it beside a plan, once', () => {
    const database = l2();
    new Protection(tokyo, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' }).protect(database);
    follow(database);
    app.synth();
    const { places } = assess().resources[0].copies;
    expect(places.filter(({ mechanism }) => mechanism.startsWith('read replica')).length).toBe(1);
  });

  test('is that of the stage of the source, where the replica is in another one', () => {
    const [one, other] = ['One', 'Other'].map((id) => new Stage(app, id));
    tokyo = new Stack(one, 'Tokyo', { env: TOKYO });
    osaka = new Stack(other, 'Osaka', { env: OSAKA });
    follow(l2());
    expect(assess().resources.map(({ id, copies }) => [id, copies.offSite])).toEqual([['One/Tokyo/Database', 1]]);
    expect(osaka.dependencies).toEqual([]);
  });

  test('forgets a replica that was taken out of the app', () => {
    follow(l2());
    osaka.node.tryRemoveChild('Replica');
    expect(assess().resources).toEqual([]);
  });
});

describe('what it finds at its source', () => {
  test.each<[string, rds.CfnDBInstanceProps, Partial<DatabaseReadReplicaProps>, string[]]>([
    ['no backups', { backupRetentionPeriod: 0 }, {}, ['error ReplicaSourceWithoutBackups']],
    ['backups of a day', { backupRetentionPeriod: 1 }, {}, []],
    ['a password that RDS manages', { manageMasterUserPassword: true }, {}, ['error ManagedPasswordNotReplicated']],
    ['such a password of SQL Server', { engine: 'sqlserver-ee', manageMasterUserPassword: true }, {}, []],
    ['a parameter group', { dbParameterGroupName: 'mine' }, {}, ['warning ParametersNotReplicated']],
    ['a parameter group that the replica has too', { dbParameterGroupName: 'mine' }, { engine: postgres, parameters: { a: '1' } }, []],
    ['the Standard Edition of SQL Server', { engine: 'sqlserver-se' }, {}, ['warning ReplicaEditionDoubtful']],
    ['the Standard Edition of Oracle', { engine: 'oracle-se2' }, {}, ['warning ReplicaEditionDoubtful']],
    ['the Enterprise Edition of Oracle', { engine: 'oracle-ee' }, {}, []],
    ['a backup window that RDS refuses', { preferredBackupWindow: '03:00' }, {}, ['error InvalidBackupWindow']],
  ])('%s', (_, source, props, expected) => {
    follow(l1(source), props);
    expect(codes().filter((code) => code !== 'warning Unprotected')).toEqual(expected);
  });

  test('is told at the replica, with the remedy', () => {
    const source = l1();
    follow(source);
    (source as CfnResource).addPropertyOverride('BackupRetentionPeriod', 0);
    expect(assess().findings.find(({ code }) => code === 'ReplicaSourceWithoutBackups')).toEqual({
      severity: 'error',
      code: 'ReplicaSourceWithoutBackups',
      at: 'Osaka/Replica',
      resource: 'Tokyo/Database',
      message:
        "'backupRetention' of 'Tokyo/Database' is 0 days, but RDS makes read replicas of databases with automated backups only: keep them at least 1 day, or leave it out",
    });
  });
});

test('synthesises to the same bytes a second time', () => {
  const bytes = [1, 2].map(() => {
    app = new App();
    tokyo = new Stack(app, 'Tokyo', { env: TOKYO });
    osaka = new Stack(app, 'Osaka', { env: OSAKA });
    follow(l2());
    return app.synth().stacks.map(({ template }) => JSON.stringify(template));
  });
  expect(bytes[1]).toEqual(bytes[0]);
});

describe('fails for', () => {
  const token = () => Lazy.string({ produce: () => 'orders' });
  test.each<[string, () => IConstruct, Partial<DatabaseReadReplicaProps>, RegExp]>([
    [
      'an Aurora cluster',
      () => new rds.CfnDBCluster(tokyo, 'Cluster', { engine: 'aurora-mysql', masterUsername: 'admin' }),
      {},
      /'source' is 'Tokyo\/Cluster' \(Aurora\).*use AuroraGlobalDatabase \(ReadReplicaUnsupported at 'Osaka\/Replica'\)/,
    ],
    [
      'a Multi-AZ cluster',
      () => new rds.CfnDBCluster(tokyo, 'Cluster', { engine: 'mysql', masterUsername: 'admin' }),
      {},
      /ReadReplicaUnsupported/,
    ],
    [
      'what is no database',
      () => new dynamodb.CfnTable(tokyo, 'Table', { keySchema: [] }),
      {},
      /DynamoDB table.*by other means.*ReadReplicaUnsupported/,
    ],
    ['an instance of a cluster', () => l1({ dbClusterIdentifier: 'orders' }), {}, /MemberOfCluster/],
    [
      'a source in its own Region',
      () => new rds.CfnDBInstance(osaka, 'Near', { engine: 'postgres', dbInstanceIdentifier: 'near' }),
      {},
      /'source' is 'Osaka\/Near' in ap-northeast-3, the Region of the copy itself.*CopyInOwnRegion/,
    ],
    [
      'a source that only deployment places',
      () => new rds.CfnDBInstance(new Stack(app, 'Somewhere'), 'Database', { dbInstanceIdentifier: 'orders' }),
      {},
      /whose Region is only known at deploy time.*set 'env' of its stack \(SourcePlaceUnknown/,
    ],
    [
      'a source of another account',
      () =>
        new rds.CfnDBInstance(new Stack(app, 'Theirs', { env: { ...TOKYO, account: '444455556666' } }), 'Database', {
          dbInstanceIdentifier: 'orders',
        }),
      {},
      /of account 444455556666, but a copy of a database follows one of its own account, 111122223333.*SourceInOtherAccount/,
    ],
    [
      'a source without a name',
      () => l1({ dbInstanceIdentifier: undefined }),
      {},
      /'instanceIdentifier' of 'Tokyo\/Database' is only known once it is deployed.*give the name that it has as 'sourceIdentifier' \(SourceNameUnknown/,
    ],
    ['a name that only deployment knows', () => l1({ dbInstanceIdentifier: token() }), {}, /SourceNameUnknown/],
    [
      'a given name that only deployment knows',
      () => l1({ dbInstanceIdentifier: undefined }),
      { sourceIdentifier: token() },
      /SourceNameUnknown/,
    ],
    [
      'two names',
      () => l1(),
      { sourceIdentifier: 'others' },
      /'sourceIdentifier' is 'others', but 'instanceIdentifier' of 'Tokyo\/Database' is 'orders': leave 'sourceIdentifier' out \(SourceNamedTwice/,
    ],
    [
      'a name that RDS does not take',
      () => l1({ dbInstanceIdentifier: 'orders--db' }),
      {},
      /'instanceIdentifier' is 'orders--db'.*InvalidDatabaseIdentifier/,
    ],
    [
      'a given name that RDS does not take',
      () => l1({ dbInstanceIdentifier: undefined }),
      { sourceIdentifier: '1' },
      /'sourceIdentifier' is '1'.*InvalidDatabaseIdentifier/,
    ],
    [
      'a short backup window',
      () => l1(),
      { preferredBackupWindow: '03:00-03:29' },
      /'preferredBackupWindow' is '03:00-03:29'.*InvalidBackupWindow/,
    ],
    [
      'a backup window in its maintenance window',
      () => l1(),
      { preferredBackupWindow: '03:00-04:00', preferredMaintenanceWindow: 'sun:03:30-sun:04:30' },
      /BackupWindowInMaintenance/,
    ],
    [
      'backups of 36 days',
      () => l1(),
      { backupRetention: Duration.days(36) },
      /'backupRetention' is 36 days.*AutomatedRetentionOutOfRange/,
    ],
    [
      'a key for a copy of what is not encrypted',
      () => l1({ storageEncrypted: false }),
      { storageEncryptionKey: kms.Key.fromKeyArn(new Stack(), 'Key', 'arn:aws:kms:ap-northeast-3:111122223333:key/1') },
      /'storageEncryptionKey' asks for an encrypted copy, but 'Tokyo\/Database' is not encrypted and RDS keeps that.*EncryptionDiffers/,
    ],
    [
      'a plain copy of what is encrypted',
      () => l1(),
      { storageEncrypted: false },
      /'storageEncrypted' asks for a plain copy, but 'Tokyo\/Database' is encrypted and RDS keeps that: leave it out \(EncryptionDiffers/,
    ],
    [
      'a key of another Region',
      () => l1(),
      { storageEncryptionKey: kms.Key.fromKeyArn(new Stack(), 'Key', 'arn:aws:kms:ap-northeast-1:111122223333:key/1') },
      /'storageEncryptionKey' is in ap-northeast-1, but the copy in ap-northeast-3.*KeyElsewhere/,
    ],
    [
      'a key of the stack of its source',
      () => l1(),
      { storageEncryptionKey: new kms.Key(new Stack(undefined, 'Elsewhere', { env: TOKYO }), 'Key') },
      /is in ap-northeast-1, but the copy in ap-northeast-3.*KeyElsewhere/,
    ],
    [
      'a class that nobody knows',
      () => l1({ dbInstanceClass: undefined }),
      {},
      /'instanceType' is left out, but the class of 'Tokyo\/Database' is not known here.*InstanceTypeUnknown/,
    ],
    ['parameters of an engine that nobody knows', () => l1(), { parameters: { a: '1' } }, /give 'engine' too \(EngineUnknown/],
    ['no lag at all', () => l1(), { maxLag: Duration.millis(999) }, /'maxLag' is 999 ms.*MaxLagOutOfRange/],
    ['lag in fractions of a second', () => l1(), { maxLag: Duration.millis(1500) }, /MaxLagOutOfRange/],
    ['lag that only deployment knows', () => l1(), { maxLag: Duration.seconds(Lazy.number({ produce: () => 3 })) }, /DurationUnknown/],
  ])('%s', (_, source, props, message) => {
    expect(() => follow(source(), props)).toThrow(message);
  });

  test('a source of another stage just as well where it is in the same Region', () => {
    tokyo = new Stack(new Stage(app, 'Other'), 'Tokyo', { env: OSAKA });
    expect(() => follow(l1())).toThrow(/CopyInOwnRegion/);
  });
});

test('lags a second at least', () => {
  follow(l1(), { maxLag: Duration.seconds(1) });
  Template.fromStack(osaka).hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 1 });
});
