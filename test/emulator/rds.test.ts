import {
  CreateDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  DescribeSourceRegionsCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { ACCOUNT, describeWithEmulator, eventually, testNeeding } from './harness';
import { endpointOf, psql, whyNoPostgres } from './postgres';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(120_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';

const key: Template = {
  Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [] } } },
  Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/copies', TargetKeyId: { Ref: 'Key' } } },
};
const instance = (properties: Template = {}): Template => ({
  Database: {
    Type: 'AWS::RDS::DBInstance',
    DeletionPolicy: 'Delete',
    Properties: {
      DBInstanceIdentifier: 'orders',
      DBInstanceClass: 'db.t3.micro',
      Engine: 'postgres',
      MasterUsername: 'app',
      MasterUserPassword: 'secret123',
      DBName: 'shop',
      AllocatedStorage: '20',
      BackupRetentionPeriod: 7,
      ...properties,
    },
  },
});
const cluster = (properties: Template): Template => ({
  Type: 'AWS::RDS::DBCluster',
  DeletionPolicy: 'Delete',
  Properties: { Engine: 'aurora-postgresql', EngineVersion: '16.4', ...properties },
});
const member = (clusterName: unknown, properties: Template = {}): Template => ({
  Type: 'AWS::RDS::DBInstance',
  DeletionPolicy: 'Delete',
  Properties: { Engine: 'aurora-postgresql', DBInstanceClass: 'db.r6g.large', DBClusterIdentifier: clusterName, ...properties },
});

/** The one resource of a template under another name, with some properties changed. */
const renamed = (template: Template, name: string, properties: Template): Template => {
  const [resource] = Object.values(template) as { Properties: Template }[];
  return { [name]: { ...resource, Properties: { ...resource.Properties, ...properties } } };
};

describeWithEmulator('RDS in several Regions', (emulator) => {
  const control = () => emulator().control;
  const rds = (region = TOKYO) => new RDSClient(emulator().client(region));
  let tokyo: StackClient;
  let osaka: StackClient;
  beforeEach(async () => {
    await control().reset();
    await control().settings({ realPostgres: false });
    tokyo = new StackClient(emulator());
    osaka = new StackClient(emulator(), OSAKA);
  });

  describe('a global database', () => {
    const primary: Template = {
      ...key,
      Primary: cluster({
        DBClusterIdentifier: 'first',
        MasterUsername: 'app',
        MasterUserPassword: 'secret123',
        StorageEncrypted: true,
        KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
      }),
      Writer: member({ Ref: 'Primary' }),
      Global: {
        Type: 'AWS::RDS::GlobalCluster',
        Properties: { GlobalClusterIdentifier: 'world', SourceDBClusterIdentifier: { Ref: 'Primary' } },
      },
    };
    const secondary = (properties: Template = {}): Template => ({
      ...key,
      Secondary: cluster({
        DBClusterIdentifier: 'second',
        GlobalClusterIdentifier: 'world',
        SourceRegion: TOKYO,
        StorageEncrypted: true,
        KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] },
        ...properties,
      }),
    });
    const arn = (region: string, name: string) => `arn:aws:rds:${region}:${ACCOUNT}:cluster:${name}`;
    const members = async () => {
      const { GlobalClusters } = await rds(OSAKA).send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: 'world' }));
      return GlobalClusters![0].GlobalClusterMembers!.map((one) => `${one.DBClusterArn} ${one.IsWriter}`);
    };

    test('has a writer and a headless secondary, and is taken down in any order that AWS allows', async () => {
      const made = await tokyo.create('Primary', primary, {
        Outputs: { Endpoint: { Value: { 'Fn::GetAtt': ['Global', 'GlobalEndpoint.Address'] } } },
      });
      expect(made).toMatchObject({ status: 'CREATE_COMPLETE', outputs: { Endpoint: expect.stringMatching(/^world\.global-/) } });
      expect(await osaka.create('Secondary', secondary())).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      expect(await members()).toEqual([`${arn(TOKYO, 'first')} true`, `${arn(OSAKA, 'second')} false`]);
      const { DBClusters } = await rds(OSAKA).send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'second' }));
      expect(DBClusters![0]).toMatchObject({ DBClusterMembers: [], EngineVersion: '16.4' });

      const tooEarly = await tokyo.delete('Primary');
      expect(tooEarly.status).toBe('DELETE_FAILED');
      expect(tooEarly.failures.join()).toMatch(/primary cluster cannot be removed|not empty/);
      expect(await osaka.delete('Secondary')).toMatchObject({ status: 'DELETE_COMPLETE' });
      expect(await tokyo.delete('Primary')).toMatchObject({ status: 'DELETE_COMPLETE' });
    });

    test('lets go of a secondary whose template no longer names it', async () => {
      await tokyo.create('Primary', primary);
      await osaka.create('Secondary', secondary());
      expect(await osaka.update('Secondary', secondary({ GlobalClusterIdentifier: '' }))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(await members()).toEqual([`${arn(TOKYO, 'first')} true`]);
    });

    test('switches over in the primary Region and fails over in the other, where there is an instance', async () => {
      await tokyo.create('Primary', primary);
      await osaka.create('Secondary', secondary());
      const options = { GlobalClusterIdentifier: 'world', TargetDbClusterIdentifier: arn(OSAKA, 'second') };
      await expect(rds().send(new SwitchoverGlobalClusterCommand(options))).rejects.toThrow(/has no DB instance/);
      await osaka.update('Secondary', { ...secondary(), Reader: member('second') });
      await expect(rds(OSAKA).send(new SwitchoverGlobalClusterCommand(options))).rejects.toThrow(/Region of the primary/);
      await expect(rds().send(new FailoverGlobalClusterCommand({ ...options, AllowDataLoss: true }))).rejects.toThrow(
        /Region of the target/,
      );
      await control().freezeClock();
      const { GlobalCluster } = await rds(OSAKA).send(new FailoverGlobalClusterCommand({ ...options, AllowDataLoss: true }));
      expect(GlobalCluster).toMatchObject({ Status: 'failing-over', FailoverState: { IsDataLossAllowed: true } });
      await control().advanceClock(1000);
      expect(await members()).toEqual([`${arn(OSAKA, 'second')} true`, `${arn(TOKYO, 'first')} false`]);
    });

    test.each<[string, Template, RegExp]>([
      ['master credentials', secondary({ MasterUsername: 'app' }), /Cannot specify MasterUsername for a secondary/],
      ['a managed password', secondary({ ManageMasterUserPassword: true }), /Cannot specify ManageMasterUserPassword/],
      ['another engine', secondary({ Engine: 'aurora-mysql', EngineVersion: '8.0' }), /Engine aurora-mysql differs/],
      ['another version', secondary({ EngineVersion: '15.1' }), /EngineVersion 15.1 differs/],
      ['no encryption', secondary({ StorageEncrypted: false, KmsKeyId: { Ref: 'AWS::NoValue' } }), /must be that of the global cluster/],
      ['no key', secondary({ KmsKeyId: { Ref: 'AWS::NoValue' } }), /KmsKeyId must be specified/],
      ['a key that is not there', secondary({ KmsKeyId: 'alias/nothing' }), /alias\/nothing does not exist/],
      ['a subnet group that is not there', secondary({ DBSubnetGroupName: 'nowhere' }), /Subnet group nowhere not found/],
      ['an unknown global cluster', secondary({ GlobalClusterIdentifier: 'moon' }), /Global cluster moon not found/],
    ])('fails on a secondary with %s', async (_, template, message) => {
      await tokyo.create('Primary', primary);
      const outcome = await osaka.create('Secondary', template);
      expect(outcome.failures.join()).toMatch(message);
      expect(outcome.status).toBe('ROLLBACK_COMPLETE');
    });

    test.each<[string, Template, RegExp]>([
      ['engine and source', { SourceDBClusterIdentifier: 'first', Engine: 'aurora-postgresql' }, /is valid under each of/],
      ['a source that is not there', { SourceDBClusterIdentifier: 'first' }, /cluster:first not found/],
      ['an unknown property', { Regions: [OSAKA] }, /extraneous key \[Regions\]/],
    ])('fails on a global cluster with %s', async (_, properties, message) => {
      const outcome = await tokyo.create('Bad', { Global: { Type: 'AWS::RDS::GlobalCluster', Properties: properties } });
      expect(outcome.failures.join()).toMatch(message);
    });

    test('fails on an update that is not emulated', async () => {
      const standalone = (more: Template) => ({
        Global: { Type: 'AWS::RDS::GlobalCluster', Properties: { Engine: 'aurora-postgresql', EngineVersion: '16.4', ...more } },
      });
      await tokyo.create('Global', standalone({}));
      const outcome = await tokyo.update('Global', standalone({ EngineVersion: '16.6' }));
      expect(outcome.failures.join()).toMatch(/update of EngineVersion of AWS::RDS::GlobalCluster is not emulated/);
      expect(await tokyo.update('Global', standalone({ DeletionProtection: true }))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect((await tokyo.delete('Global')).failures.join()).toMatch(/Cannot delete protected Global Cluster/);
    });
  });

  describe('replicated automated backups', () => {
    const encrypted = { StorageEncrypted: true, KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } };
    const to = (region: string, more: Template = {}) => ({ AutomaticBackupReplicationRegion: region, ...more });
    const copies = async () =>
      (await rds(OSAKA).send(new DescribeDBInstanceAutomatedBackupsCommand({}))).DBInstanceAutomatedBackups!.map((backup) => [
        backup.DBInstanceIdentifier,
        backup.Status,
        backup.BackupRetentionPeriod,
      ]);
    const keyInOsaka = async () => {
      const { outputs } = await osaka.create('Key', key, { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } } });
      return outputs.Arn;
    };

    test('are turned on, changed and off by the template of the source, and shown on both sides', async () => {
      const ReplicaKey = await keyInOsaka();
      const wanted = (more: Template) => ({ ...key, ...instance({ ...encrypted, ...more }) });
      const withKey = { AutomaticBackupReplicationKmsKeyId: ReplicaKey };
      expect(await tokyo.create('Source', wanted(to(OSAKA, withKey)))).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      expect(await copies()).toEqual([['orders', 'replicating', 7]]);
      const { DBInstances } = await rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }));
      expect(DBInstances![0].DBInstanceAutomatedBackupsReplications).toMatchObject([
        { DBInstanceAutomatedBackupsArn: expect.stringMatching(`^arn:aws:rds:${OSAKA}:${ACCOUNT}:auto-backup:ab-`) },
      ]);
      const longer = wanted(to(OSAKA, { ...withKey, AutomaticBackupReplicationRetentionPeriod: 14 }));
      expect(await tokyo.update('Source', longer)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(await copies()).toEqual([
        ['orders', 'retained', 7],
        ['orders', 'replicating', 14],
      ]);
      expect(await tokyo.update('Source', wanted({}))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await control().advanceClock(8 * 86_400_000);
      expect(await copies()).toEqual([['orders', 'retained', 14]]);
    });

    test('go with the source, unless it is told to leave them', async () => {
      await tokyo.create('Source', instance(to(OSAKA)));
      await tokyo.delete('Source');
      expect(await copies()).toEqual([]);
      await tokyo.create('Source', instance(to(OSAKA, { DeleteAutomatedBackups: false })));
      await tokyo.delete('Source');
      expect(await copies()).toEqual([['orders', 'retained', 7]]);
    });

    test('come from where the list of source Regions says', async () => {
      const { SourceRegions } = await rds(OSAKA).send(new DescribeSourceRegionsCommand({}));
      const possible = SourceRegions!.filter((region) => region.SupportsDBInstanceAutomatedBackupsReplication);
      expect(possible.map((region) => region.RegionName)).toEqual([TOKYO]);
    });

    test.each<[string, string, Template, RegExp]>([
      ['from Osaka to Seoul', OSAKA, instance(to('ap-northeast-2')), /in ap-northeast-3 cannot be replicated to ap-northeast-2/],
      ['from a Region that is not listed', 'af-south-1', instance(to('us-east-1')), /in af-south-1 cannot be replicated to us-east-1/],
      ['without a retention', TOKYO, instance(to(OSAKA, { BackupRetentionPeriod: 0 })), /BackupRetentionPeriod is 0/],
      ['without a key', TOKYO, { ...key, ...instance(to(OSAKA, encrypted)) }, /KmsKeyId, a key in ap-northeast-3, must be specified/],
      [
        'with a key of the source Region',
        TOKYO,
        {
          ...key,
          ...instance(to(OSAKA, { ...encrypted, AutomaticBackupReplicationKmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } })),
        },
        /is not in ap-northeast-3/,
      ],
      [
        'with a key that is not there',
        TOKYO,
        {
          ...key,
          ...instance(to(OSAKA, { ...encrypted, AutomaticBackupReplicationKmsKeyId: `arn:aws:kms:${OSAKA}:${ACCOUNT}:alias/copies` })),
        },
        /alias\/copies does not exist/,
      ],
      [
        'for 36 days',
        TOKYO,
        instance(to(OSAKA, { AutomaticBackupReplicationRetentionPeriod: 36 })),
        /must be 1 to 35 days, got 36|greater than the maximum/,
      ],
      [
        'of Aurora',
        TOKYO,
        {
          Primary: cluster({ DBClusterIdentifier: 'first', MasterUsername: 'app', MasterUserPassword: 'secret123' }),
          Writer: member({ Ref: 'Primary' }, to(OSAKA)),
        },
        /engine aurora-postgresql cannot be replicated/,
      ],
    ])('fail %s, and leave nothing behind', async (_, region, template, message) => {
      const stacks = new StackClient(emulator(), region);
      const outcome = await stacks.create('Source', template);
      expect(outcome.failures.join()).toMatch(message);
      expect(outcome.status).toBe('ROLLBACK_COMPLETE');
      expect((await rds(region).send(new DescribeDBInstancesCommand({}))).DBInstances).toEqual([]);
    });

    test('are restored by a template of the other Region', async () => {
      await tokyo.create('Source', instance(to(OSAKA)));
      const { DBInstanceAutomatedBackups } = await rds(OSAKA).send(new DescribeDBInstanceAutomatedBackupsCommand({}));
      const { DBInstanceAutomatedBackupsArn } = DBInstanceAutomatedBackups![0];
      const restored = {
        Restored: {
          Type: 'AWS::RDS::DBInstance',
          Properties: {
            DBInstanceIdentifier: 'again',
            DBInstanceClass: 'db.t3.small',
            SourceDBInstanceAutomatedBackupsArn: DBInstanceAutomatedBackupsArn,
            UseLatestRestorableTime: true,
          },
        },
      };
      expect(await osaka.create('Restored', restored)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      const { DBInstances } = await rds(OSAKA).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'again' }));
      expect(DBInstances![0]).toMatchObject({ DBName: 'shop', DBInstanceClass: 'db.t3.small', MasterUsername: 'app' });
      await expect(
        rds(OSAKA).send(
          new RestoreDBInstanceToPointInTimeCommand({
            SourceDBInstanceAutomatedBackupsArn: DBInstanceAutomatedBackupsArn,
            TargetDBInstanceIdentifier: 'future',
            RestoreTime: new Date('2100-01-01T00:00:00Z'),
          }),
        ),
      ).rejects.toThrow(/is not between/);
    });
  });

  describe('a read replica in another Region', () => {
    const replica = (properties: Template = {}): Template => ({
      Replica: {
        Type: 'AWS::RDS::DBInstance',
        DeletionPolicy: 'Delete',
        Properties: {
          DBInstanceIdentifier: 'orders-replica',
          DBInstanceClass: 'db.t3.micro',
          SourceDBInstanceIdentifier: `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`,
          ...properties,
        },
      },
    });
    const describe1 = async () =>
      (await rds(OSAKA).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders-replica' }))).DBInstances![0];

    test('has its own key, groups and address', async () => {
      await tokyo.create('Source', { ...key, ...instance({ StorageEncrypted: true, KmsKeyId: { Ref: 'Key' } }) });
      const parameters = {
        Type: 'AWS::RDS::DBParameterGroup',
        Properties: {
          Family: 'postgres16',
          Description: 'of the replica',
          DBParameterGroupName: 'mine',
          Parameters: { log_statement: 'ddl' },
        },
      };
      const template = {
        ...key,
        Parameters: parameters,
        ...replica({ KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] }, DBParameterGroupName: { Ref: 'Parameters' } }),
      };
      expect(await osaka.create('Replica', template)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      expect(await describe1()).toMatchObject({
        DBInstanceArn: `arn:aws:rds:${OSAKA}:${ACCOUNT}:db:orders-replica`,
        KmsKeyId: expect.stringContaining(`arn:aws:kms:${OSAKA}:`),
        ReadReplicaSourceDBInstanceIdentifier: `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`,
        BackupRetentionPeriod: 0,
        AvailabilityZone: `${OSAKA}a`,
      });
    });

    test('has subnets of its own Region, is backed up once it is there, and forgets its source when it is promoted', async () => {
      const network = {
        Network: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
        ...Object.fromEntries(
          ['a', 'c'].map((zone, index) => [
            `Subnet${zone}`,
            {
              Type: 'AWS::EC2::Subnet',
              Properties: { VpcId: { Ref: 'Network' }, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: `${OSAKA}${zone}` },
            },
          ]),
        ),
        Subnets: {
          Type: 'AWS::RDS::DBSubnetGroup',
          Properties: { DBSubnetGroupDescription: 'of the replica', SubnetIds: [{ Ref: 'Subneta' }, { Ref: 'Subnetc' }] },
        },
      };
      const own = { DBSubnetGroupName: { Ref: 'Subnets' }, BackupRetentionPeriod: 9, SourceRegion: TOKYO };
      const sourced = async () => (await rds().send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'orders' }))).DBInstances![0];
      await tokyo.create('Source', instance());
      expect(await osaka.create('Replica', { ...network, ...replica(own) })).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      expect(await describe1()).toMatchObject({ BackupRetentionPeriod: 9, DBSubnetGroup: { DBSubnetGroupDescription: 'of the replica' } });
      expect((await sourced()).ReadReplicaDBInstanceIdentifiers).toHaveLength(1);
      const alone = replica({ ...own, SourceDBInstanceIdentifier: { Ref: 'AWS::NoValue' } });
      expect(await osaka.update('Replica', { ...network, ...alone })).toMatchObject({ failures: [], status: 'UPDATE_COMPLETE' });
      expect((await describe1()).ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
      expect((await sourced()).ReadReplicaDBInstanceIdentifiers ?? []).toEqual([]);
    });

    test.each<[string, Template, Template, RegExp]>([
      ['no source', {}, replica(), /DBInstance .*orders not found/],
      ['a source without backups', instance({ BackupRetentionPeriod: 0 }), replica(), /Automated backups are not enabled/],
      [
        'an encrypted source and no key',
        { ...key, ...instance({ StorageEncrypted: true, KmsKeyId: { Ref: 'Key' } }) },
        replica(),
        /KmsKeyId, a key of the replica's Region, must be specified/,
      ],
      ['a key for a source in the clear', instance(), replica({ KmsKeyId: 'alias/copies' }), /encrypted Read Replica from an unencrypted/],
      ['a subnet group that is not there', instance(), replica({ DBSubnetGroupName: 'nowhere' }), /Subnet group nowhere not found/],
      ['a parameter group that is not there', instance(), replica({ DBParameterGroupName: 'nowhere' }), /not found: nowhere/],
    ])('fails on %s', async (_, source, template, message) => {
      await tokyo.create('Source', { Topic: { Type: 'AWS::SNS::Topic' }, ...source });
      expect((await osaka.create('Replica', template)).failures.join()).toMatch(message);
    });

    test('fails to follow another source', async () => {
      await tokyo.create('Source', { ...instance(), ...renamed(instance(), 'Other', { DBInstanceIdentifier: 'other' }) });
      await osaka.create('Replica', replica());
      const moved = replica({ SourceDBInstanceIdentifier: `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:other` });
      const outcome = await osaka.update('Replica', moved);
      expect(outcome.failures.join()).toMatch(/update of SourceDBInstanceIdentifier of AWS::RDS::DBInstance is not emulated/);
      expect(outcome.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    });

    testNeeding('PostgreSQL', whyNoPostgres(), 'streams, and is promoted where the template no longer names the source', async () => {
      await control().settings({ realPostgres: true });
      await tokyo.create('Source', instance({ AutomaticBackupReplicationRegion: OSAKA }));
      await osaka.create('Replica', replica());
      const sql = async (id: string, region: string, query: string) => psql(await endpointOf(rds(region), id), query);
      await sql('orders', TOKYO, 'create table line as select generate_series(1, 1000) id');
      const count = 'select count(*) from line';
      await eventually('the replica', async () => (await sql('orders-replica', OSAKA, count).catch(() => '')) === '1000');
      await expect(sql('orders-replica', OSAKA, 'delete from line')).rejects.toThrow(/read-only/);
      const alone = replica({ SourceDBInstanceIdentifier: { Ref: 'AWS::NoValue' }, BackupRetentionPeriod: 7 });
      expect(await osaka.update('Replica', alone)).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await sql('orders-replica', OSAKA, 'delete from line where id > 400');
      expect([await sql('orders', TOKYO, count), await sql('orders-replica', OSAKA, count)]).toEqual(['1000', '400']);

      const { DBInstanceAutomatedBackups } = await rds(OSAKA).send(new DescribeDBInstanceAutomatedBackupsCommand({}));
      const backup = DBInstanceAutomatedBackups!.find((one) => one.Status === 'replicating')!;
      await rds(OSAKA).send(
        new RestoreDBInstanceToPointInTimeCommand({
          SourceDBInstanceAutomatedBackupsArn: backup.DBInstanceAutomatedBackupsArn,
          TargetDBInstanceIdentifier: 'from-backup',
          UseLatestRestorableTime: true,
        }),
      );
      expect(await sql('from-backup', OSAKA, count)).toBe('1000');
    });
  });

  test('an instance keeps its resource id to itself', async () => {
    for (const DBInstanceIdentifier of ['one', 'two']) {
      await rds().send(
        new CreateDBInstanceCommand({ DBInstanceIdentifier, DBInstanceClass: 'db.t3.micro', Engine: 'mysql', MasterUsername: 'app' }),
      );
    }
    const { DBInstances } = await rds().send(new DescribeDBInstancesCommand({}));
    expect(new Set(DBInstances!.map((found) => found.DbiResourceId)).size).toBe(2);
  });
});
