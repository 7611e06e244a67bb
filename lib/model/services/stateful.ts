import type { ZoneFact } from '../facts';
import { abilitiesOf } from './abilities';
import type { ResourceType } from './types';

/** Resolved properties of a CloudFormation resource; a value known only at deploy time is an object, never a string. */
export type Properties = Readonly<Record<string, unknown>>;

const ALWAYS: Readonly<Record<string, ResourceType>> = {
  'AWS::DSQL::Cluster': 'AuroraDSQL',
  'AWS::DynamoDB::Table': 'DynamoDB',
  'AWS::DynamoDB::GlobalTable': 'DynamoDB',
  'AWS::S3::Bucket': 'S3',
  'AWS::EC2::Volume': 'EBS',
  'AWS::EFS::FileSystem': 'EFS',
  'AWS::DocDB::DBCluster': 'DocumentDB',
  'AWS::DocDBElastic::Cluster': 'DocumentDBElastic',
  'AWS::Neptune::DBCluster': 'Neptune',
  'AWS::NeptuneGraph::Graph': 'NeptuneAnalytics',
  'AWS::Redshift::Cluster': 'Redshift',
  'AWS::RedshiftServerless::Namespace': 'RedshiftServerless',
  'AWS::Timestream::Table': 'Timestream',
  'AWS::Timestream::InfluxDBInstance': 'TimestreamInfluxDB',
  'AWS::EKS::Cluster': 'EKS',
  'AWS::ElastiCache::ServerlessCache': 'ElastiCache',
  'AWS::MemoryDB::Cluster': 'MemoryDB',
  'AWS::OpenSearchService::Domain': 'OpenSearch',
  'AWS::Elasticsearch::Domain': 'OpenSearch',
  'AWS::OpenSearchServerless::Collection': 'OpenSearchServerless',
  'AWS::MSK::Cluster': 'MSK',
  'AWS::MSK::ServerlessCluster': 'MSK',
  'AWS::Cassandra::Table': 'Keyspaces',
  'AWS::Cognito::UserPool': 'Cognito',
  'AWS::CodeCommit::Repository': 'CodeCommit',
  'AWS::DirectoryService::MicrosoftAD': 'DirectoryService',
  'AWS::DirectoryService::SimpleAD': 'DirectoryService',
  'AWS::S3Express::DirectoryBucket': 'S3DirectoryBucket',
  'AWS::S3Tables::TableBucket': 'S3Tables',
  'AWS::S3Vectors::VectorBucket': 'S3Vectors',
  'AWS::Lightsail::Bucket': 'Lightsail',
  'AWS::Lightsail::Database': 'Lightsail',
  'AWS::Lightsail::Disk': 'Lightsail',
  'AWS::HealthLake::FHIRDatastore': 'HealthLake',
};

const DEPENDS: Readonly<Record<string, (properties: Properties) => ResourceType | undefined>> = {
  'AWS::RDS::DBInstance': databaseInstance,
  'AWS::RDS::DBCluster': databaseCluster,
  'AWS::EC2::Instance': instance,
  'AWS::FSx::FileSystem': fileSystem,
  'AWS::FSx::Volume': (properties) => (properties.VolumeType === 'ONTAP' ? 'FSxONTAP' : undefined),
  'AWS::ElastiCache::CacheCluster': cacheCluster,
  'AWS::ElastiCache::ReplicationGroup': ({ GlobalReplicationGroupId }) => (given(GlobalReplicationGroupId) ? undefined : 'ElastiCache'),
};

/**
 * The kind of data that a CloudFormation resource holds, or `undefined` where it holds none of its own.
 *
 * Members and replicas of a database are not listed beside it. An EC2 instance counts for its data volumes only: one
 * that a block device mapping keeps, or that is not the root device; what `AWS::EC2::Volume` declares is listed itself,
 * and a bare root volume is rebuilt from its image.
 */
export function statefulTypeOf(cfnType: string, properties: Properties): ResourceType | undefined {
  return ALWAYS[cfnType] ?? DEPENDS[cfnType]?.(properties);
}

/** What the template says about Availability Zones; the default of the type where it says nothing. */
export function zonesOf(type: ResourceType, properties: Properties): ZoneFact {
  switch (type) {
    case 'RDS':
      return multiAz(properties.MultiAZ);
    case 'EFS':
      return given(properties.AvailabilityZoneName) ? { kind: 'single', words: 'One Zone file system' } : abilitiesOf(type).zones;
    case 'FSxWindows':
    case 'FSxOpenZFS':
      return deployment(properties);
    default:
      return abilitiesOf(type).zones;
  }
}

function databaseInstance(properties: Properties): ResourceType | undefined {
  const { DBClusterIdentifier, SourceDBInstanceIdentifier, SourceDBClusterIdentifier, Engine } = properties;
  const replica = given(SourceDBInstanceIdentifier) || given(SourceDBClusterIdentifier);
  const member = given(DBClusterIdentifier) || (typeof Engine === 'string' && Engine.startsWith('aurora'));
  return replica || member ? undefined : 'RDS';
}

function databaseCluster(properties: Properties): ResourceType | undefined {
  const { Engine, ReplicationSourceIdentifier, GlobalClusterIdentifier, MasterUsername, SnapshotIdentifier } = properties;
  const secondary = given(GlobalClusterIdentifier) && !given(MasterUsername) && !given(SnapshotIdentifier);
  if (given(ReplicationSourceIdentifier) || secondary) {
    return undefined;
  }
  switch (Engine) {
    case 'mysql':
    case 'postgres':
      return 'RDSCluster';
    case 'docdb':
      return 'DocumentDB';
    case 'neptune':
      return 'Neptune';
    default:
      return 'Aurora';
  }
}

const ROOT_DEVICES: readonly unknown[] = ['/dev/xvda', '/dev/sda1'];

function instance({ BlockDeviceMappings }: Properties): ResourceType | undefined {
  const mappings = Array.isArray(BlockDeviceMappings) ? (BlockDeviceMappings as readonly Properties[]) : [];
  const holdsData = mappings.some(({ DeviceName, Ebs }) => {
    const volume = Ebs as Properties | undefined;
    return volume !== undefined && (volume.DeleteOnTermination === false || !ROOT_DEVICES.includes(DeviceName));
  });
  return holdsData ? 'EC2' : undefined;
}

function fileSystem({ FileSystemType, LustreConfiguration }: Properties): ResourceType | undefined {
  switch (FileSystemType) {
    case 'LUSTRE': {
      // Scratch is for data that lives elsewhere; a Lustre file system without a deployment type is SCRATCH_1.
      const kind = (LustreConfiguration as Properties | undefined)?.DeploymentType ?? 'SCRATCH_1';
      return typeof kind === 'string' && kind.startsWith('SCRATCH') ? undefined : 'FSxLustre';
    }
    case 'WINDOWS':
      return 'FSxWindows';
    case 'OPENZFS':
      return 'FSxOpenZFS';
    default:
      // AWS Backup protects an ONTAP file system volume by volume.
      return undefined;
  }
}

function cacheCluster({ Engine }: Properties): ResourceType | undefined {
  return Engine === 'memcached' ? undefined : 'ElastiCache';
}

function multiAz(value: unknown): ZoneFact {
  if (value === true || value === 'true') {
    return { kind: 'standby', words: 'Multi-AZ standby', failoverMs: 120_000 };
  }
  return given(value) && value !== false && value !== 'false'
    ? { kind: 'unknown', words: 'Multi-AZ known only at deploy time' }
    : { kind: 'single', words: 'one zone' };
}

function deployment({ WindowsConfiguration, OpenZFSConfiguration }: Properties): ZoneFact {
  const kind = ((WindowsConfiguration ?? OpenZFSConfiguration) as Properties | undefined)?.DeploymentType;
  if (typeof kind !== 'string') {
    return { kind: 'unknown', words: 'zones not known' };
  }
  return kind.startsWith('MULTI_AZ') ? { kind: 'standby', words: 'Multi-AZ standby' } : { kind: 'single', words: 'one zone' };
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
