import * as fc from 'fast-check';
import {
  abilitiesOf,
  DEFAULT_SIZE_GIB,
  estimateMs,
  labelOf,
  type Properties,
  RESOURCE_TYPES,
  type ResourceType,
  statefulTypeOf,
  type TimedStep,
  zonesOf,
} from '../../../lib/model/services';
import { MINUTE, SECOND } from '../../../lib/model/time';

describe('abilities', () => {
  test.each(RESOURCE_TYPES)('%s is dated data with a source', (type) => {
    const { source, readOn, confidence, zones } = abilitiesOf(type);
    expect(source).toMatch(/Developer Guide/);
    expect(readOn).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(['model', 'documentation', 'unconfirmed']).toContain(confidence);
    expect(zones.words).not.toBe('');
  });

  test.each(RESOURCE_TYPES.filter((type) => !abilitiesOf(type).awsBackup))(
    '%s has no ability of AWS Backup, which does not protect it',
    (type) => {
      expect(abilitiesOf(type)).toMatchObject({ copyRegion: false, copyAccount: false, cold: false, airGapped: false, backupPolicies: [] });
      expect(abilitiesOf(type).restoreTesting).toBeUndefined();
    },
  );

  const able = (tick: (type: ResourceType) => boolean) => RESOURCE_TYPES.filter(tick).sort();

  test('the copy columns are those of the feature table', () => {
    const both = ['Aurora', 'AuroraDSQL', 'DocumentDB', 'DynamoDB', 'EBS', 'EC2', 'EFS', 'EKS', 'FSxLustre', 'FSxOpenZFS', 'FSxWindows'];
    const expected = [...both, 'Neptune', 'RDS', 'S3', 'StorageGateway', 'Timestream'];
    expect(able((type) => abilitiesOf(type).copyRegion)).toEqual(expected);
    expect(able((type) => abilitiesOf(type).copyAccount)).toEqual(expected);
  });

  test('continuous backup by AWS Backup exists for RDS, Aurora and S3 only', () => {
    expect(able((type) => abilitiesOf(type).continuous?.by === 'AWS Backup')).toEqual(['Aurora', 'RDS', 'S3']);
    expect(abilitiesOf('RDS').continuous).toMatchObject({ lagMs: 5 * MINUTE, basis: 'documented' });
    expect(abilitiesOf('S3').continuous).toMatchObject({ lagMs: 15 * MINUTE, basis: 'documented' });
  });

  test('the log of a table is its own, and its lag is not confirmed', () => {
    expect(abilitiesOf('DynamoDB').continuous).toEqual({ by: 'service', lagMs: 5 * MINUTE, basis: 'estimated' });
  });

  test('fully managed, cold and air-gapped are those of the feature table', () => {
    expect(able((type) => abilitiesOf(type).fullyManaged)).toEqual(['AuroraDSQL', 'DynamoDB', 'EFS', 'EKS', 'S3', 'Timestream']);
    expect(able((type) => abilitiesOf(type).cold)).toEqual(['AuroraDSQL', 'DynamoDB', 'EBS', 'EFS', 'Timestream']);
    const airGapped = [
      'Aurora',
      'AuroraDSQL',
      'DocumentDB',
      'DynamoDB',
      'EBS',
      'EC2',
      'EFS',
      'EKS',
      'FSxLustre',
      'FSxWindows',
      'Neptune',
      'S3',
    ];
    expect(able((type) => abilitiesOf(type).airGapped)).toEqual(airGapped);
  });

  test('S3 needs its own managed policies, all others the general ones', () => {
    expect(abilitiesOf('S3')).toMatchObject({
      backupPolicies: ['AWSBackupServiceRolePolicyForS3Backup'],
      restorePolicies: ['AWSBackupServiceRolePolicyForS3Restore'],
    });
    expect(abilitiesOf('EBS')).toMatchObject({
      backupPolicies: ['service-role/AWSBackupServiceRolePolicyForBackup'],
      restorePolicies: ['service-role/AWSBackupServiceRolePolicyForRestores'],
    });
  });

  test('restore testing knows ten names of types', () => {
    const names = new Set(RESOURCE_TYPES.map((type) => abilitiesOf(type).restoreTesting).filter((name) => name !== undefined));
    expect([...names].sort()).toEqual(['Aurora', 'DocumentDB', 'DynamoDB', 'EBS', 'EC2', 'EFS', 'FSx', 'Neptune', 'RDS', 'S3']);
  });

  test('types that share the form of their ARN always depend on the opt-in of the Region', () => {
    expect(able((type) => abilitiesOf(type).optIn === 'always')).toEqual([
      'Aurora',
      'DocumentDB',
      'FSxLustre',
      'FSxONTAP',
      'FSxOpenZFS',
      'FSxWindows',
      'Neptune',
      'RDSCluster',
    ]);
  });
});

describe('estimates', () => {
  test('an estimate is a base and a pace', () => {
    expect(estimateMs('RDS', 'restore', 0)).toBe(20 * MINUTE);
    expect(estimateMs('RDS', 'restore', 10)).toBe(20 * MINUTE + 60 * SECOND);
    expect(estimateMs('RDS', 'restore')).toBe(estimateMs('RDS', 'restore', DEFAULT_SIZE_GIB));
    expect(estimateMs('RDS', 'copy', 1)).toBe(10 * MINUTE + 6 * SECOND);
  });

  test('property: more data never takes less time, for any type and step', () => {
    const size = fc.double({ min: 0, max: 1e6, noNaN: true });
    const step = fc.constantFrom<TimedStep>('backup', 'copy', 'restore');
    fc.assert(
      fc.property(fc.constantFrom(...RESOURCE_TYPES), step, size, size, (type, what, a, b) => {
        expect(estimateMs(type, what, Math.max(a, b))).toBeGreaterThanOrEqual(estimateMs(type, what, Math.min(a, b)));
        expect(estimateMs(type, what, a)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('labels', () => {
  test.each<[ResourceType, string | undefined, string]>([
    ['RDS', 'postgres', 'RDS PostgreSQL'],
    ['RDS', 'mysql', 'RDS MySQL'],
    ['RDS', 'mariadb', 'RDS MariaDB'],
    ['RDS', 'oracle-se2', 'RDS Oracle'],
    ['RDS', 'sqlserver-ee', 'RDS SQL Server'],
    ['RDS', 'db2-ae', 'RDS Db2'],
    ['RDS', 'custom', 'RDS'],
    ['RDS', undefined, 'RDS'],
    ['Aurora', 'aurora-postgresql', 'Aurora PostgreSQL'],
    ['Aurora', 'aurora-mysql', 'Aurora MySQL'],
    ['ElastiCache', 'Redis', 'ElastiCache Redis'],
    ['ElastiCache', 'valkey', 'ElastiCache Valkey'],
    ['S3', undefined, 'S3 bucket'],
  ])('%s with engine %s is called %s', (type, engine, label) => {
    expect(labelOf(type, engine)).toBe(label);
  });

  test('no two types have one label', () => {
    expect(new Set(RESOURCE_TYPES.map((type) => labelOf(type))).size).toBe(RESOURCE_TYPES.length);
  });
});

const TOKEN = { Ref: 'Parameter' };

describe('stateful CloudFormation types', () => {
  test.each<[string, string, Properties, ResourceType | undefined]>([
    ['a database', 'AWS::RDS::DBInstance', { Engine: 'postgres' }, 'RDS'],
    ['a database of a construct', 'AWS::RDS::DBInstance', { engine: 'postgres', dbClusterIdentifier: undefined }, 'RDS'],
    ['a member of a cluster', 'AWS::RDS::DBInstance', { DBClusterIdentifier: TOKEN }, undefined],
    ['a member of a cluster, as constructs spell it', 'AWS::RDS::DBInstance', { dbClusterIdentifier: 'c' }, undefined],
    ['a member of a cluster known by its engine', 'AWS::RDS::DBInstance', { Engine: 'aurora-mysql' }, undefined],
    ['a read replica', 'AWS::RDS::DBInstance', { SourceDBInstanceIdentifier: 'arn' }, undefined],
    ['a read replica, as constructs spell it', 'AWS::RDS::DBInstance', { sourceDbInstanceIdentifier: 'arn' }, undefined],
    ['a read replica of a cluster', 'AWS::RDS::DBInstance', { SourceDBClusterIdentifier: 'arn' }, undefined],
    ['an Aurora cluster', 'AWS::RDS::DBCluster', { Engine: 'aurora-postgresql' }, 'Aurora'],
    ['a cluster of an engine known only at deploy time', 'AWS::RDS::DBCluster', { Engine: TOKEN }, 'Aurora'],
    ['a Multi-AZ cluster of PostgreSQL', 'AWS::RDS::DBCluster', { Engine: 'postgres' }, 'RDSCluster'],
    ['a Multi-AZ cluster of MySQL', 'AWS::RDS::DBCluster', { Engine: 'mysql' }, 'RDSCluster'],
    ['a DocumentDB cluster by the type of RDS', 'AWS::RDS::DBCluster', { Engine: 'docdb' }, 'DocumentDB'],
    ['a Neptune cluster by the type of RDS', 'AWS::RDS::DBCluster', { Engine: 'neptune' }, 'Neptune'],
    ['a replica cluster', 'AWS::RDS::DBCluster', { ReplicationSourceIdentifier: 'arn' }, undefined],
    ['a secondary of a global database', 'AWS::RDS::DBCluster', { GlobalClusterIdentifier: 'g' }, undefined],
    ['the primary of a global database', 'AWS::RDS::DBCluster', { GlobalClusterIdentifier: 'g', MasterUsername: 'u' }, 'Aurora'],
    ['the primary made from a snapshot', 'AWS::RDS::DBCluster', { GlobalClusterIdentifier: 'g', SnapshotIdentifier: 's' }, 'Aurora'],
    ['a cluster detached from its global database', 'AWS::RDS::DBCluster', { GlobalClusterIdentifier: '' }, 'Aurora'],
    ['a global database, which is its clusters', 'AWS::RDS::GlobalCluster', {}, undefined],
    ['a table', 'AWS::DynamoDB::Table', {}, 'DynamoDB'],
    ['a global table', 'AWS::DynamoDB::GlobalTable', {}, 'DynamoDB'],
    ['a bucket', 'AWS::S3::Bucket', {}, 'S3'],
    ['a volume', 'AWS::EC2::Volume', {}, 'EBS'],
    [
      'an instance with its root volume only',
      'AWS::EC2::Instance',
      { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: {} }] },
      undefined,
    ],
    ['an instance without mappings', 'AWS::EC2::Instance', {}, undefined],
    ['an instance with mappings known only at deploy time', 'AWS::EC2::Instance', { BlockDeviceMappings: TOKEN }, undefined],
    ['an instance with a data volume', 'AWS::EC2::Instance', { BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: {} }] }, 'EC2'],
    [
      'an instance with a data volume, as constructs spell it',
      'AWS::EC2::Instance',
      { blockDeviceMappings: [{ deviceName: '/dev/sdf', ebs: {} }] },
      'EC2',
    ],
    [
      'an instance with an instance store',
      'AWS::EC2::Instance',
      { BlockDeviceMappings: [{ DeviceName: '/dev/sdb', VirtualName: 'ephemeral0' }] },
      undefined,
    ],
    [
      'an instance that leaves its root volume behind',
      'AWS::EC2::Instance',
      { BlockDeviceMappings: [{ DeviceName: '/dev/sda1', Ebs: { DeleteOnTermination: false } }] },
      'EC2',
    ],
    ['a file system', 'AWS::EFS::FileSystem', {}, 'EFS'],
    [
      'scratch space',
      'AWS::FSx::FileSystem',
      { FileSystemType: 'LUSTRE', LustreConfiguration: { DeploymentType: 'SCRATCH_2' } },
      undefined,
    ],
    ['scratch space by default', 'AWS::FSx::FileSystem', { FileSystemType: 'LUSTRE' }, undefined],
    [
      'a lasting Lustre',
      'AWS::FSx::FileSystem',
      { FileSystemType: 'LUSTRE', LustreConfiguration: { DeploymentType: 'PERSISTENT_2' } },
      'FSxLustre',
    ],
    [
      'a Lustre of a kind known only at deploy time',
      'AWS::FSx::FileSystem',
      { FileSystemType: 'LUSTRE', LustreConfiguration: { DeploymentType: TOKEN } },
      'FSxLustre',
    ],
    ['a Windows file server', 'AWS::FSx::FileSystem', { fileSystemType: 'WINDOWS' }, 'FSxWindows'],
    ['OpenZFS', 'AWS::FSx::FileSystem', { FileSystemType: 'OPENZFS' }, 'FSxOpenZFS'],
    ['ONTAP, which is protected by volume', 'AWS::FSx::FileSystem', { FileSystemType: 'ONTAP' }, undefined],
    ['a volume of ONTAP', 'AWS::FSx::Volume', { VolumeType: 'ONTAP' }, 'FSxONTAP'],
    ['a volume of OpenZFS', 'AWS::FSx::Volume', { VolumeType: 'OPENZFS' }, undefined],
    ['a cache node', 'AWS::ElastiCache::CacheCluster', { Engine: 'redis' }, 'ElastiCache'],
    ['a cache that never keeps anything', 'AWS::ElastiCache::CacheCluster', { Engine: 'memcached' }, undefined],
    ['a replication group', 'AWS::ElastiCache::ReplicationGroup', {}, 'ElastiCache'],
    ['a secondary replication group', 'AWS::ElastiCache::ReplicationGroup', { GlobalReplicationGroupId: 'g' }, undefined],
    ['a search domain', 'AWS::OpenSearchService::Domain', {}, 'OpenSearch'],
    ['a user pool', 'AWS::Cognito::UserPool', {}, 'Cognito'],
    ['a log of events', 'AWS::MSK::Cluster', {}, 'MSK'],
    ['a log group', 'AWS::Logs::LogGroup', {}, undefined],
    ['a queue', 'AWS::SQS::Queue', {}, undefined],
    ['a stream', 'AWS::Kinesis::Stream', {}, undefined],
    ['a function', 'AWS::Lambda::Function', {}, undefined],
    ['a secret', 'AWS::SecretsManager::Secret', {}, undefined],
    ['an image repository', 'AWS::ECR::Repository', {}, undefined],
    ['a vault, which holds copies', 'AWS::Backup::BackupVault', {}, undefined],
  ])('%s', (_what, cfnType, properties, type) => {
    expect(statefulTypeOf(cfnType, properties)).toBe(type);
  });
});

describe('zones', () => {
  test.each<[string, ResourceType, Properties, string, number | undefined]>([
    ['a database with a standby', 'RDS', { MultiAZ: true }, 'standby', 2 * MINUTE],
    ['a database with a standby, as constructs spell it', 'RDS', { multiAz: true }, 'standby', 2 * MINUTE],
    ['a database without one', 'RDS', { MultiAZ: false }, 'single', undefined],
    ['a database that says nothing', 'RDS', {}, 'single', undefined],
    ['a database that only deployment knows', 'RDS', { MultiAZ: TOKEN }, 'unknown', undefined],
    ['a Multi-AZ cluster', 'RDSCluster', {}, 'standby', 35 * SECOND],
    ['a file system', 'EFS', {}, 'spread', 0],
    ['a One Zone file system', 'EFS', { AvailabilityZoneName: 'ap-northeast-1a' }, 'single', undefined],
    ['a file server in two zones', 'FSxWindows', { WindowsConfiguration: { DeploymentType: 'MULTI_AZ_1' } }, 'standby', MINUTE],
    ['a file server in one zone', 'FSxWindows', { windowsConfiguration: { deploymentType: 'SINGLE_AZ_2' } }, 'single', undefined],
    ['a file server that says nothing', 'FSxWindows', {}, 'unknown', undefined],
    ['OpenZFS in two zones', 'FSxOpenZFS', { openZfsConfiguration: { deploymentType: 'MULTI_AZ_1' } }, 'standby', MINUTE],
    ['a bucket', 'S3', {}, 'spread', 0],
    ['a volume', 'EBS', {}, 'single', undefined],
  ])('%s', (_what, type, properties, kind, failoverMs) => {
    expect(zonesOf(type, properties)).toMatchObject({ kind });
    expect(zonesOf(type, properties).failoverMs).toBe(failoverMs);
  });
});
