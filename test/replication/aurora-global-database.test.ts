import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as docdb from 'aws-cdk-lib/aws-docdb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, type CfnResource, Duration, Lazy, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { RecoveryRecord } from '../../lib/core/private/record';
import { RecoveryTier } from '../../lib/core/recovery-tier';
import type { Assessment } from '../../lib/model/assessment';
import { MINUTE, SECOND } from '../../lib/model/time';
import { Protection } from '../../lib/protection/protection';
import { AuroraGlobalDatabase, type AuroraGlobalDatabaseProps } from '../../lib/replication/aurora-global-database';
import { AuroraSecondaryCluster } from '../../lib/replication/aurora-secondary-cluster';
import type { AuroraSecondaryClusterProps } from '../../lib/replication/aurora-secondary-cluster-props';
import type { IAuroraGlobalDatabase } from '../../lib/replication/iaurora-global-database';

const ACCOUNT = '111122223333';
const TOKYO = { region: 'ap-northeast-1', account: ACCOUNT };
const OSAKA = { region: 'ap-northeast-3', account: ACCOUNT };
const CLUSTER = 'AWS::RDS::DBCluster';
const engine = rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_6 });

let app: App;
let tokyo: Stack;
let osaka: Stack;

beforeEach(again);

function again(): void {
  app = new App();
  tokyo = new Stack(app, 'Tokyo', { env: TOKYO });
  osaka = new Stack(app, 'Osaka', { env: OSAKA });
}

function vpcIn(stack: Stack): ec2.IVpc {
  const existing = stack.node.tryFindChild('Vpc') as ec2.IVpc | undefined;
  return (
    existing ??
    ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a', 'b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    })
  );
}

function l2(props: Partial<rds.DatabaseClusterProps> = {}): rds.DatabaseCluster {
  return new rds.DatabaseCluster(tokyo, 'Cluster', {
    vpc: vpcIn(tokyo),
    engine,
    writer: rds.ClusterInstance.serverlessV2('writer'),
    storageEncrypted: true,
    ...props,
  });
}

function l1(props: rds.CfnDBClusterProps = {}): rds.CfnDBCluster {
  const usual = { engine: 'aurora-postgresql', engineVersion: '16.6', masterUsername: 'postgres', storageEncrypted: true };
  return new rds.CfnDBCluster(tokyo, 'Cluster', { ...usual, ...props });
}

function globally(primary: IConstruct, props: Partial<AuroraGlobalDatabaseProps> = {}): AuroraGlobalDatabase {
  return new AuroraGlobalDatabase(tokyo, 'Global', { primary: primary as rds.IDBClusterRef, ...props });
}

function join(globalDatabase: IAuroraGlobalDatabase, props: Partial<AuroraSecondaryClusterProps> = {}, stack = osaka, id = 'Secondary') {
  return new AuroraSecondaryCluster(stack, id, { globalDatabase, vpc: vpcIn(stack), ...props });
}

function resourceOf(stack = osaka, type = CLUSTER): { DeletionPolicy: string; Properties: Record<string, unknown> } {
  return Object.values(Template.fromStack(stack).findResources(type))[0] as never;
}

function assess(): Assessment {
  return RecoveryRecord.of(tokyo).assess();
}

function codes(): string[] {
  return assess()
    .findings.filter(({ code }) => code !== 'Unprotected')
    .map(({ severity, code }) => `${severity} ${code}`);
}

describe('a global database', () => {
  test('has the cluster of its stack as its primary, by its ARN, and nothing that follows from that', () => {
    const { writerEndpointAddress, globalClusterIdentifier } = globally(l2());
    expect(resourceOf(tokyo, 'AWS::RDS::GlobalCluster')).toEqual({
      Type: 'AWS::RDS::GlobalCluster',
      Properties: {
        GlobalClusterIdentifier: 'tokyo-global-95c72ba7-ap-northeast-1',
        SourceDBClusterIdentifier: { 'Fn::GetAtt': [expect.stringMatching(/^Cluster/), 'DBClusterArn'] },
        DeletionProtection: true,
      },
    });
    expect(resourceOf(tokyo).Properties).not.toHaveProperty('GlobalClusterIdentifier');
    expect([globalClusterIdentifier, tokyo.resolve(writerEndpointAddress)]).toEqual([
      'tokyo-global-95c72ba7-ap-northeast-1',
      { 'Fn::GetAtt': ['Global7C59AC82', 'GlobalEndpoint.Address'] },
    ]);
  });

  test('takes a name and lets itself be deleted where the user says so', () => {
    globally(l1(), { globalClusterIdentifier: 'Orders-Global', deletionProtection: false });
    expect(resourceOf(tokyo, 'AWS::RDS::GlobalCluster').Properties).toMatchObject({
      GlobalClusterIdentifier: 'orders-global',
      DeletionProtection: false,
    });
  });

  test('has another name in another Region, also where the stacks have the same one', () => {
    const nameIn = (region: string) => {
      const stack = new Stack(new Stage(app, region, { env: { region, account: ACCOUNT } }), 'Orders', { stackName: 'orders' });
      const primary = new rds.CfnDBCluster(stack, 'Cluster', { engine: 'aurora-mysql', masterUsername: 'admin' });
      return new AuroraGlobalDatabase(stack, 'Global', { primary }).globalClusterIdentifier;
    };
    const long = new Construct(tokyo, 'a'.repeat(100));
    const names = [nameIn('us-east-1'), nameIn('us-west-2')];
    expect(new Set(names).size).toBe(2);
    expect(new AuroraGlobalDatabase(long, 'Global', { primary: l1() }).globalClusterIdentifier).toHaveLength(63);
  });

  test('may have an imported primary', () => {
    const imported = rds.DatabaseCluster.fromDatabaseClusterAttributes(tokyo, 'Old', { clusterIdentifier: 'legacy', engine });
    const database = globally(imported);
    join(database);
    expect(resourceOf(tokyo, 'AWS::RDS::GlobalCluster').Properties.SourceDBClusterIdentifier).toEqual({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:ap-northeast-1:111122223333:cluster:legacy']],
    });
    expect(resourceOf().Properties).toMatchObject({ Engine: 'aurora-postgresql', EngineVersion: '16.6', StorageEncrypted: true });
    expect(assess().resources).toMatchObject([{ id: 'Tokyo/Old', copies: { offSite: 1 } }]);
  });

  test('may stand in another stack of the place of its primary', () => {
    const beside = new Stack(app, 'Beside', { env: TOKYO });
    new AuroraGlobalDatabase(beside, 'Global', { primary: l2() });
    Template.fromStack(beside).resourceCountIs('AWS::RDS::GlobalCluster', 1);
  });
});

describe('a secondary cluster', () => {
  test('joins by name, without a user, under a key and in subnets of its own, with the version of the primary', () => {
    join(globally(l2({ port: 5433, iamAuthentication: true, cloudwatchLogsExports: ['postgresql'] })));
    expect(resourceOf()).toEqual({
      Type: CLUSTER,
      DeletionPolicy: 'Snapshot',
      UpdateReplacePolicy: 'Snapshot',
      Properties: {
        GlobalClusterIdentifier: 'tokyo-global-95c72ba7-ap-northeast-1',
        Engine: 'aurora-postgresql',
        EngineVersion: '16.6',
        StorageEncrypted: true,
        KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^SecondaryKey/), 'Arn'] },
        SourceRegion: 'ap-northeast-1',
        DBSubnetGroupName: { Ref: expect.stringMatching(/^SecondarySubnets/) },
        VpcSecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringMatching(/^SecondarySecurityGroup/), 'GroupId'] }],
        BackupRetentionPeriod: 7,
        CopyTagsToSnapshot: true,
        DeletionProtection: true,
        EnableIAMDatabaseAuthentication: true,
        EnableCloudwatchLogsExports: ['postgresql'],
        Port: 5433,
        ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 2 },
      },
    });
    Template.fromStack(osaka).resourceCountIs('AWS::RDS::DBInstance', 0);
    Template.fromStack(osaka).hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
  });

  test('keeps its logical id: a change replaces it', () => {
    join(globally(l2()));
    expect(Object.keys(Template.fromStack(osaka).findResources(CLUSTER))).toEqual(['Secondary5FB2D24C']);
  });

  test('refers to nothing of the other Region, and is deployed after it where both are deployed together', () => {
    join(globally(l2()));
    const texts = app.synth().stacks.map(({ template }) => JSON.stringify(template));
    expect(texts.filter((text) => /ImportValue|GetStackOutput|ExportsReader|ExportsWriter/.test(text))).toEqual([]);
    expect([osaka.dependencies, tokyo.dependencies]).toEqual([[tokyo], []]);
  });

  test('has instances where they are asked for, with a capacity of its own', () => {
    join(globally(l1()), {
      readers: [
        rds.ClusterInstance.serverlessV2('first', { scaleWithWriter: true }),
        rds.ClusterInstance.provisioned('second', { instanceType: new ec2.InstanceType('r7g.large') }),
      ],
      serverlessV2MaxCapacity: 16,
    });
    const instances = Object.values(Template.fromStack(osaka).findResources('AWS::RDS::DBInstance'));
    expect(instances.map(({ Properties }) => Properties)).toMatchObject([
      {
        DBInstanceClass: 'db.serverless',
        DBClusterIdentifier: { Ref: 'Secondary5FB2D24C' },
        Engine: 'aurora-postgresql',
        PromotionTier: 1,
      },
      { DBInstanceClass: 'db.r7g.large', DBClusterIdentifier: { Ref: 'Secondary5FB2D24C' } },
    ]);
    expect(resourceOf().Properties.ServerlessV2ScalingConfiguration).toEqual({ MinCapacity: 0.5, MaxCapacity: 16 });
  });

  test('has a small capacity where one of its instances is serverless and nobody says more', () => {
    const provisioned = rds.ClusterInstance.provisioned('second', { instanceType: new ec2.InstanceType('r7g.large') });
    join(globally(l1()), { readers: [rds.ClusterInstance.serverlessV2('first'), provisioned] });
    expect(resourceOf().Properties.ServerlessV2ScalingConfiguration).toEqual({ MinCapacity: 0.5, MaxCapacity: 2 });
  });

  test('has no capacity where nothing is serverless', () => {
    join(globally(l1()), { readers: [rds.ClusterInstance.provisioned('reader', { instanceType: new ec2.InstanceType('r7g.large') })] });
    expect(resourceOf().Properties).not.toHaveProperty('ServerlessV2ScalingConfiguration');
  });

  test('has the capacity of the primary, so that an instance made in haste is as large', () => {
    join(globally(l2({ serverlessV2MinCapacity: 8, serverlessV2MaxCapacity: 64 })));
    expect(resourceOf().Properties.ServerlessV2ScalingConfiguration).toEqual({ MinCapacity: 8, MaxCapacity: 64 });
  });

  test('takes what the user gives', () => {
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(osaka, 'Group', 'sg-1');
    join(globally(l1()), {
      clusterIdentifier: 'orders-osaka',
      storageEncryptionKey: kms.Key.fromKeyArn(osaka, 'Key', 'arn:aws:kms:ap-northeast-3:111122223333:key/1'),
      securityGroups: [securityGroup],
      subnetGroup: rds.SubnetGroup.fromSubnetGroupName(osaka, 'Group2', 'mine'),
      parameters: { log_statement: 'ddl' },
      backupRetention: Duration.days(35),
      preferredBackupWindow: '18:00-18:30',
      preferredMaintenanceWindow: 'sun:19:00-sun:20:00',
      globalWriteForwarding: true,
      iamAuthentication: false,
      cloudwatchLogsExports: [],
      port: 6000,
      deletionProtection: false,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    expect(resourceOf()).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        DBClusterIdentifier: 'orders-osaka',
        KmsKeyId: 'arn:aws:kms:ap-northeast-3:111122223333:key/1',
        VpcSecurityGroupIds: ['sg-1'],
        DBSubnetGroupName: 'mine',
        DBClusterParameterGroupName: { Ref: expect.stringMatching(/^SecondaryParameters/) },
        BackupRetentionPeriod: 35,
        PreferredBackupWindow: '18:00-18:30',
        PreferredMaintenanceWindow: 'sun:19:00-sun:20:00',
        EnableGlobalWriteForwarding: true,
        EnableIAMDatabaseAuthentication: false,
        Port: 6000,
        DeletionProtection: false,
      },
    });
    Template.fromStack(osaka).hasResourceProperties('AWS::RDS::DBClusterParameterGroup', {
      Family: 'aurora-postgresql16',
      Parameters: { log_statement: 'ddl' },
    });
    Template.fromStack(osaka).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('takes a parameter group', () => {
    const parameterGroup = rds.ParameterGroup.fromParameterGroupName(osaka, 'Group', 'mine');
    join(globally(l1({ dbClusterParameterGroupName: 'theirs' })), { parameterGroup });
    expect([resourceOf().Properties.DBClusterParameterGroupName, codes()]).toEqual(['mine', []]);
  });

  test('of a plain primary is plain, and needs neither key nor Region', () => {
    join(globally(l1({ storageEncrypted: false })));
    expect(Object.keys(resourceOf().Properties)).not.toEqual(expect.arrayContaining(['KmsKeyId']));
    expect(resourceOf().Properties).not.toHaveProperty('StorageEncrypted');
    expect(resourceOf().Properties).not.toHaveProperty('SourceRegion');
    Template.fromStack(osaka).resourceCountIs('AWS::KMS::Key', 0);
  });

  test('can go with its stack where the user says so', () => {
    join(globally(l1()), { removalPolicy: RemovalPolicy.DESTROY });
    expect(resourceOf()).toMatchObject({ DeletionPolicy: 'Delete', Properties: { DeletionProtection: false } });
  });

  test('can be connected to, like any cluster', () => {
    const { connections, cluster } = join(globally(l1()));
    connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.0.0.0/8'));
    Template.fromStack(osaka).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      CidrIp: '10.0.0.0/8',
      FromPort: { 'Fn::GetAtt': ['Secondary5FB2D24C', 'Endpoint.Port'] },
    });
    expect([cluster.clusterEndpoint.hostname, cluster.clusterReadEndpoint.hostname].map((name) => osaka.resolve(name))).toEqual([
      { 'Fn::GetAtt': ['Secondary5FB2D24C', 'Endpoint.Address'] },
      { 'Fn::GetAtt': ['Secondary5FB2D24C', 'ReadEndpoint.Address'] },
    ]);
  });

  test('runs the version that the text of an L1 names', () => {
    join(globally(l1({ engine: 'aurora-mysql', engineVersion: '8.0.mysql_aurora.3.08.0' })), { parameters: { a: '1' } });
    expect(resourceOf().Properties).toMatchObject({ Engine: 'aurora-mysql', EngineVersion: '8.0.mysql_aurora.3.08.0' });
    Template.fromStack(osaka).hasResourceProperties('AWS::RDS::DBClusterParameterGroup', { Family: 'aurora-mysql8.0' });
  });

  test('joins a global database of elsewhere, of which nothing is told here', () => {
    const database = AuroraGlobalDatabase.fromAuroraGlobalDatabaseAttributes(osaka, 'Global', {
      globalClusterIdentifier: 'orders-global',
      primaryRegion: 'ap-northeast-1',
      engine,
    });
    const { lagAlarm } = join(database);
    expect(resourceOf().Properties).toMatchObject({
      GlobalClusterIdentifier: 'orders-global',
      StorageEncrypted: true,
      SourceRegion: 'ap-northeast-1',
      EngineVersion: '16.6',
    });
    expect([lagAlarm === undefined, osaka.dependencies, assess().resources]).toEqual([false, [], []]);
  });

  test('may be placed at deploy time', () => {
    osaka = new Stack(app, 'Anywhere');
    join(globally(l1()));
    expect(resourceOf().Properties.SourceRegion).toBe('ap-northeast-1');
    const loss = assess().resources[0].disruptions.find(({ disruption }) => disruption === 'REGION_LOSS');
    expect(loss?.mechanism).toBe('secondary cluster in another Region, without an instance');
  });
});

describe('its alarm', () => {
  test.each<[string, string, string]>([
    ['aurora-postgresql', '13.9', 'AuroraGlobalDBRPOLag'],
    ['aurora-mysql', '8.0.mysql_aurora.3.04.0', 'AuroraGlobalDBRPOLag'],
    ['aurora-mysql', '8.0.mysql_aurora.3.03.1', 'AuroraGlobalDBReplicationLag'],
    ['aurora-mysql', '5.7.mysql_aurora.2.12.0', 'AuroraGlobalDBRPOLag'],
    ['aurora-mysql', '5.7.mysql_aurora.2.11.2', 'AuroraGlobalDBReplicationLag'],
  ])('of %s %s watches %s', (name, engineVersion, metricName) => {
    join(globally(l1({ engine: name, engineVersion })));
    Template.fromStack(osaka).hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: metricName });
  });

  test('is in its own Region, where alone Aurora publishes the lag, and sounds when there is none', () => {
    const topic = new sns.Topic(osaka, 'Topic');
    const { lagAlarm } = join(globally(l1()), { recoveryAlarmActions: [new SnsAction(topic)] });
    expect(lagAlarm?.node.path).toBe('Osaka/Secondary/LagAlarm');
    Template.fromStack(tokyo).resourceCountIs('AWS::CloudWatch::Alarm', 0);
    Template.fromStack(osaka).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/RDS',
      Dimensions: [{ Name: 'DBClusterIdentifier', Value: { Ref: 'Secondary5FB2D24C' } }],
      Statistic: 'Maximum',
      Period: 60,
      EvaluationPeriods: 5,
      Threshold: 10_000,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'breaching',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }],
    });
  });

  test('sounds at the lag that the user allows', () => {
    join(globally(l1()), { maxLag: Duration.seconds(2) });
    Template.fromStack(osaka).hasResourceProperties('AWS::CloudWatch::Alarm', { Threshold: 2_000 });
  });
});

describe('detaching', () => {
  test('empties the name of the global database and changes nothing that would replace the cluster', () => {
    join(globally(l2()), { globalWriteForwarding: true });
    const before = resourceOf().Properties;
    again();
    join(globally(l2()), { globalWriteForwarding: true, detached: true });
    const { EnableGlobalWriteForwarding: _, ...rest } = before;
    expect(resourceOf().Properties).toEqual({ ...rest, GlobalClusterIdentifier: '' });
    expect(Object.keys(Template.fromStack(osaka).findResources(CLUSTER))).toEqual(['Secondary5FB2D24C']);
  });

  test('leaves no copy of the primary, no alarm and no order of deployment, and a cluster that coverage asks for', () => {
    const { lagAlarm } = join(globally(l2()), { detached: true });
    expect([lagAlarm, osaka.dependencies]).toEqual([undefined, []]);
    const { resources, coverage } = assess();
    expect(resources.map(({ copies }) => copies.offSite)).toEqual([0]);
    expect(coverage.unprotected.map(({ id }) => id)).toEqual(['Osaka/Secondary']);
  });
});

describe('the report', () => {
  test('has a live copy in the other Region, seconds behind, that takes over within the hour', () => {
    join(globally(l2()), { readers: [rds.ClusterInstance.serverlessV2('reader')] });
    const [cluster, ...others] = assess().resources;
    expect([cluster.id, cluster.copies.offSite, others]).toEqual(['Tokyo/Cluster', 1, []]);
    expect(cluster.disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')).toMatchObject({
      mechanism: 'secondary cluster in ap-northeast-3',
      rpo: { ms: 10 * SECOND, terms: [{ name: 'replication lag', basis: 'estimated' }] },
      rto: { ms: 35 * MINUTE },
    });
  });

  test('adds the time to make an instance where there is none', () => {
    join(globally(l2()));
    const loss = assess().resources[0].disruptions.find(({ disruption }) => disruption === 'REGION_LOSS');
    expect(loss).toMatchObject({
      mechanism: 'secondary cluster in ap-northeast-3, without an instance',
      rto: { ms: 50 * MINUTE, terms: [{ name: 'make an instance', basis: 'estimated' }, {}, {}] },
    });
  });

  test('sees an instance that was added by hand', () => {
    const secondary = join(globally(l2()));
    new rds.CfnDBInstance(secondary, 'Late', { dbClusterIdentifier: secondary.cluster.clusterIdentifier, dbInstanceClass: 'db.r7g.large' });
    const loss = assess().resources[0].disruptions.find(({ disruption }) => disruption === 'REGION_LOSS');
    expect(loss?.mechanism).toBe('secondary cluster in ap-northeast-3');
  });

  test('asks nobody to protect the secondary cluster', () => {
    join(globally(l2()));
    expect(assess().coverage.unprotected).toEqual([]);
  });

  test('survives the loss of the key of the primary, for it has its own', () => {
    join(globally(l2({ storageEncryptionKey: new kms.Key(tokyo, 'Key') })));
    const loss = assess().resources[0].disruptions.find(({ disruption }) => disruption === 'REGION_LOSS');
    expect([loss?.mechanism, loss?.notes]).toEqual(['secondary cluster in ap-northeast-3, without an instance', []]);
  });

  test('is no help against errors, which it follows', () => {
    join(globally(l2()));
    const error = assess().resources[0].disruptions.find(({ disruption }) => disruption === 'OPERATOR_ERROR');
    expect(error?.mechanism).toBe('point-in-time recovery of the service');
  });

  test('counts the copy once beside a plan', () => {
    const cluster = l2();
    new Protection(tokyo, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' }).protect(cluster);
    join(globally(cluster));
    app.synth();
    const { places } = assess().resources[0].copies;
    expect(places.filter(({ mechanism }) => mechanism.startsWith('secondary cluster')).length).toBe(1);
  });

  test('is that of the stage of the primary', () => {
    tokyo = new Stack(new Stage(app, 'One'), 'Tokyo', { env: TOKYO });
    osaka = new Stack(new Stage(app, 'Other'), 'Osaka', { env: OSAKA });
    join(globally(l2()));
    expect(assess().resources.map(({ id, copies }) => [id, copies.offSite])).toEqual([['One/Tokyo/Cluster', 1]]);
  });
});

describe('what they find at the primary', () => {
  test.each<[string, rds.CfnDBClusterProps, Partial<AuroraSecondaryClusterProps>, string[]]>([
    ['nothing', {}, {}, []],
    ['a password that RDS manages', { manageMasterUserPassword: true }, {}, ['error ManagedPasswordNotReplicated']],
    [
      'backtrack',
      { engine: 'aurora-mysql', engineVersion: '8.0.mysql_aurora.3.08.0', backtrackWindow: 1 },
      {},
      ['error BacktrackNotGlobal'],
    ],
    ['backtrack that is off', { engine: 'aurora-mysql', engineVersion: '8.0.mysql_aurora.3.08.0', backtrackWindow: 0 }, {}, []],
    ['Serverless v1', { engineMode: 'serverless' }, {}, ['error ServerlessNotGlobal']],
    ['provisioned mode', { engineMode: 'provisioned' }, {}, []],
    ['a global database that it joins itself', { globalClusterIdentifier: 'other' }, {}, ['error PrimaryJoinsGlobalDatabase']],
    ['a global database that it has left', { globalClusterIdentifier: '' }, {}, []],
    ['a parameter group', { dbClusterParameterGroupName: 'mine' }, {}, ['warning ParametersNotReplicated']],
    ['a parameter group that the secondary has too', { dbClusterParameterGroupName: 'mine' }, { parameters: { a: '1' } }, []],
    ['the default parameter group', { dbClusterParameterGroupName: 'default.aurora-postgresql16' }, {}, []],
    ['backups that are off', { backupRetentionPeriod: 0 }, {}, ['error AutomatedRetentionOutOfRange']],
  ])('%s', (_, primary, props, expected) => {
    join(globally(l1(primary)), props);
    expect(codes()).toEqual(expected);
  });

  test('an instance of a burstable class, which the L2 takes by default', () => {
    join(globally(l2({ writer: rds.ClusterInstance.provisioned('writer') })));
    expect(assess().findings).toContainEqual({
      severity: 'error',
      code: 'BurstableNotGlobal',
      at: 'Tokyo/Global',
      resource: 'Tokyo/Cluster',
      message:
        "'instanceType' of 'Tokyo/Cluster/writer/Resource' is db.t3.medium, but the instances of a global database are memory-optimized or of Serverless v2: give such a type, as r7g.large",
    });
  });

  test('such an instance at the secondary', () => {
    join(globally(l2()), { readers: [rds.ClusterInstance.provisioned('reader')] });
    expect(
      assess()
        .findings.filter(({ code }) => code === 'BurstableNotGlobal')
        .map(({ at }) => at),
    ).toEqual(['Osaka/Secondary']);
  });

  test('what an override says', () => {
    const cluster = l1();
    globally(cluster);
    (cluster as CfnResource).addPropertyOverride('BacktrackWindow', 3600);
    expect(codes()).toEqual(['error BacktrackNotGlobal']);
  });
});

test('synthesises to the same bytes a second time', () => {
  const bytes = [1, 2].map(() => {
    again();
    join(globally(l2()), { readers: [rds.ClusterInstance.serverlessV2('reader')] });
    return app.synth().stacks.map(({ template }) => JSON.stringify(template));
  });
  expect(bytes[1]).toEqual(bytes[0]);
});

describe('a global database fails for', () => {
  test.each<[string, () => IConstruct, Partial<AuroraGlobalDatabaseProps>, RegExp]>([
    [
      'a Multi-AZ cluster',
      () => l1({ engine: 'postgres' }),
      {},
      /'primary' is 'Tokyo\/Cluster' \(RDS Multi-AZ cluster\).*copy its recovery points \(GlobalDatabaseUnsupported at 'Tokyo\/Global'\)/,
    ],
    [
      'a database instance',
      () => new rds.CfnDBInstance(tokyo, 'Database', { engine: 'postgres' }),
      {},
      /use DatabaseReadReplica \(GlobalDatabaseUnsupported/,
    ],
    ['DocumentDB', () => new docdb.CfnDBCluster(tokyo, 'Documents', {}), {}, /DocumentDB cluster.*GlobalDatabaseUnsupported/],
    [
      'a primary in another Region',
      () => new rds.CfnDBCluster(osaka, 'There', { engine: 'aurora-mysql', masterUsername: 'admin' }),
      {},
      /'primary' is 'Osaka\/There' in ap-northeast-3, but its global database would be made in ap-northeast-1.*SourceElsewhere/,
    ],
    [
      'a primary of another account',
      () =>
        new rds.CfnDBCluster(new Stack(app, 'Theirs', { env: { ...TOKYO, account: '444455556666' } }), 'Cluster', {
          engine: 'aurora-mysql',
          masterUsername: 'admin',
        }),
      {},
      /in 444455556666.*SourceElsewhere/,
    ],
    [
      'a name that RDS does not take',
      () => l1(),
      { globalClusterIdentifier: 'orders_global' },
      /'globalClusterIdentifier' is 'orders_global'.*InvalidDatabaseIdentifier/,
    ],
    [
      'a name that only deployment knows',
      () => l1(),
      { globalClusterIdentifier: Lazy.string({ produce: () => 'a' }) },
      /SourceNameUnknown/,
    ],
  ])('%s', (_, primary, props, message) => {
    expect(() => globally(primary(), props)).toThrow(message);
  });

  test('the name of another one', () => {
    globally(l1(), { globalClusterIdentifier: 'orders' });
    const other = new rds.CfnDBCluster(tokyo, 'Other', { engine: 'aurora-mysql', masterUsername: 'admin' });
    expect(() => new AuroraGlobalDatabase(tokyo, 'Second', { primary: other, globalClusterIdentifier: 'Orders' })).toThrow(
      /the global database name 'orders' is that of 'Tokyo\/Global' already.*NameTaken/,
    );
  });

  test('the name of one in another Region, for its ARN has none', () => {
    globally(l1(), { globalClusterIdentifier: 'orders' });
    const other = new rds.CfnDBCluster(osaka, 'Other', { engine: 'aurora-mysql', masterUsername: 'admin' });
    expect(() => new AuroraGlobalDatabase(osaka, 'Second', { primary: other, globalClusterIdentifier: 'orders' })).toThrow(
      /the global database name 'orders' is that of 'Tokyo\/Global' already, in any Region of account 111122223333.*NameTaken/,
    );
  });

  test('a primary that has one already', () => {
    const primary = l1();
    globally(primary);
    expect(() => new AuroraGlobalDatabase(tokyo, 'Second', { primary })).toThrow(
      /the primary 'Tokyo\/Cluster' is replicated by 'Tokyo\/Global' already: a cluster is in one global database only.*ReplicationAlreadySet/,
    );
    tokyo.node.tryRemoveChild('Global');
    expect(() => new AuroraGlobalDatabase(tokyo, 'Third', { primary })).not.toThrow();
  });

  test('an import with a name that RDS does not take', () => {
    const attributes = { globalClusterIdentifier: '1', primaryRegion: 'ap-northeast-1', engine };
    expect(() => AuroraGlobalDatabase.fromAuroraGlobalDatabaseAttributes(osaka, 'Global', attributes)).toThrow(/InvalidDatabaseIdentifier/);
  });

  test('an import with a name that only deployment knows', () => {
    const attributes = { globalClusterIdentifier: Lazy.string({ produce: () => 'a' }), primaryRegion: 'ap-northeast-1', engine };
    expect(() => AuroraGlobalDatabase.fromAuroraGlobalDatabaseAttributes(osaka, 'Global', attributes)).toThrow(
      /'globalClusterIdentifier' is only known at deploy time.*SourceNameUnknown at 'Osaka\/Global'/,
    );
  });
});

describe('a secondary cluster fails for', () => {
  const mysql = rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.VER_3_08_0 });
  const newer = rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.VER_16_8 });
  test.each<[string, rds.CfnDBClusterProps, () => Partial<AuroraSecondaryClusterProps>, RegExp]>([
    [
      'another engine',
      {},
      () => ({ engine: mysql }),
      /'engine' is aurora-mysql 8.0.mysql_aurora.3.08.0, but the primary of 'Tokyo\/Global' runs aurora-postgresql 16.6.*EngineDiffers/,
    ],
    ['another version', {}, () => ({ engine: newer }), /'engine' is aurora-postgresql 16.8.*EngineDiffers/],
    [
      'a version that nobody says',
      { engineVersion: undefined },
      () => ({}),
      /'engine' is left out, but 'Tokyo\/Global' does not say.*EngineUnknown/,
    ],
    [
      'the name of the primary',
      { dbClusterIdentifier: 'orders' },
      () => ({ clusterIdentifier: 'Orders' }),
      /'clusterIdentifier' is 'Orders', the name of the primary.*ClusterNameTwice/,
    ],
    [
      'a name that RDS does not take',
      {},
      () => ({ clusterIdentifier: 'a--b' }),
      /'clusterIdentifier' is 'a--b'.*InvalidDatabaseIdentifier/,
    ],
    ['a plain copy of what is encrypted', {}, () => ({ storageEncrypted: false }), /EncryptionDiffers/],
    [
      'a key for a copy of what is plain',
      { storageEncrypted: false },
      () => ({ storageEncryptionKey: kms.Key.fromKeyArn(osaka, 'Key', 'arn:aws:kms:ap-northeast-3:111122223333:key/1') }),
      /'storageEncryptionKey' asks for an encrypted copy.*EncryptionDiffers/,
    ],
    ['no lag', {}, () => ({ maxLag: Duration.millis(500) }), /MaxLagOutOfRange/],
    ['no backups', {}, () => ({ backupRetention: Duration.days(0) }), /'backupRetention' is 0 days.*AutomatedRetentionOutOfRange/],
    ['backups of 36 days', {}, () => ({ backupRetention: Duration.days(36) }), /AutomatedRetentionOutOfRange/],
    ['a short backup window', {}, () => ({ preferredBackupWindow: '03:00-03:29' }), /InvalidBackupWindow/],
    [
      '17 instances',
      {},
      () => ({ readers: Array.from({ length: 17 }, (_, index) => rds.ClusterInstance.serverlessV2(`reader${index}`)) }),
      /'readers' has 17 entries, but Aurora takes at most 16.*TooManyReaders/,
    ],
  ])('%s', (_, primary, props, message) => {
    expect(() => join(globally(l1(primary)), props())).toThrow(message);
  });

  test('its own Region', () => {
    expect(() => join(globally(l1()), {}, tokyo)).toThrow(
      /'globalDatabase' is 'Tokyo\/Global' in ap-northeast-1, the Region of the copy itself.*CopyInOwnRegion/,
    );
  });

  test('a Region that has one already', () => {
    const database = globally(l1());
    join(database);
    expect(() => join(database, {}, osaka, 'Again')).toThrow(/has a secondary cluster in ap-northeast-3 already.*SecondaryRegionTwice/);
  });

  test('a Region that has one already, but not where that was taken away', () => {
    const database = globally(l1());
    join(database);
    osaka.node.tryRemoveChild('Secondary');
    expect(() => join(database, {}, osaka, 'Again')).not.toThrow();
  });

  test('the eleventh Region, but not the tenth', () => {
    const database = globally(l1());
    const regions = Array.from({ length: 11 }, (_, index) => `eu-test-${index + 1}`);
    const at = (region: string) => join(database, {}, new Stack(app, region, { env: { region, account: ACCOUNT } }));
    regions.slice(0, 10).forEach(at);
    expect(() => at(regions[10])).toThrow(
      /'globalDatabase' has 11 of them, but Aurora takes at most 10 secondary clusters.*TooManySecondaries/,
    );
  });

  test('another account', () => {
    const theirs = new Stack(app, 'Theirs', { env: { ...OSAKA, account: '444455556666' } });
    expect(() => join(globally(l1()), {}, theirs)).toThrow(/SourceInOtherAccount/);
  });

  test('a primary whose Region only deployment knows', () => {
    const anywhere = new Stack(app, 'Anywhere');
    const primary = new rds.CfnDBCluster(anywhere, 'Cluster', {
      engine: 'aurora-postgresql',
      engineVersion: '16.6',
      masterUsername: 'admin',
    });
    expect(() => join(new AuroraGlobalDatabase(anywhere, 'Global', { primary }))).toThrow(/SourcePlaceUnknown/);
  });

  test('a global database about which nothing is known', () => {
    class Mine extends Construct implements IAuroraGlobalDatabase {
      public readonly globalClusterIdentifier = 'mine';
    }
    expect(() => join(new Mine(osaka, 'Mine'))).toThrow(
      /'globalDatabase' is 'Osaka\/Mine', about which nothing is known.*GlobalDatabaseUnknown/,
    );
  });
});

test('takes 16 instances', () => {
  join(globally(l1()), { readers: Array.from({ length: 16 }, (_, index) => rds.ClusterInstance.serverlessV2(`reader${index}`)) });
  Template.fromStack(osaka).resourceCountIs('AWS::RDS::DBInstance', 16);
});
