import type { ZoneFact } from '../facts';
import { MINUTE } from '../time';
import { abilitiesOf } from './abilities';
import type { ResourceType } from './types';

/**
 * Properties of a CloudFormation resource, in the spelling of templates (`DBClusterIdentifier`) or of constructs
 * (`dbClusterIdentifier`).
 */
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
  'AWS::FSx::Volume': (properties) => (read(properties, 'VolumeType') === 'ONTAP' ? 'FSxONTAP' : undefined),
  'AWS::ElastiCache::CacheCluster': cacheCluster,
  'AWS::ElastiCache::ReplicationGroup': (properties) => (given(read(properties, 'GlobalReplicationGroupId')) ? undefined : 'ElastiCache'),
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
      return multiAz(read(properties, 'MultiAZ'));
    case 'EFS':
      return given(read(properties, 'AvailabilityZoneName')) ? { kind: 'single', words: 'One Zone file system' } : abilitiesOf(type).zones;
    case 'FSxWindows':
      return fileServer(deploymentOf(properties, 'WindowsConfiguration'));
    case 'FSxOpenZFS':
      return fileServer(deploymentOf(properties, 'OpenZFSConfiguration'));
    default:
      return abilitiesOf(type).zones;
  }
}

function databaseInstance(properties: Properties): ResourceType | undefined {
  const engine = read(properties, 'Engine');
  const replica = given(read(properties, 'SourceDBInstanceIdentifier')) || given(read(properties, 'SourceDBClusterIdentifier'));
  const member = given(read(properties, 'DBClusterIdentifier')) || (typeof engine === 'string' && engine.startsWith('aurora'));
  return replica || member ? undefined : 'RDS';
}

function databaseCluster(properties: Properties): ResourceType | undefined {
  const ownData = given(read(properties, 'MasterUsername')) || given(read(properties, 'SnapshotIdentifier'));
  const secondary = given(read(properties, 'GlobalClusterIdentifier')) && !ownData;
  if (given(read(properties, 'ReplicationSourceIdentifier')) || secondary) {
    return undefined;
  }
  switch (read(properties, 'Engine')) {
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

function instance(properties: Properties): ResourceType | undefined {
  const mappings = read(properties, 'BlockDeviceMappings');
  const holdsData = (mapping: Properties) => {
    const volume = read(mapping, 'Ebs');
    return (
      given(volume) && (read(volume as Properties, 'DeleteOnTermination') === false || !ROOT_DEVICES.includes(read(mapping, 'DeviceName')))
    );
  };
  return Array.isArray(mappings) && mappings.some(holdsData) ? 'EC2' : undefined;
}

function fileSystem(properties: Properties): ResourceType | undefined {
  switch (read(properties, 'FileSystemType')) {
    case 'LUSTRE': {
      // Scratch is for data that lives elsewhere; a Lustre file system without a deployment type is SCRATCH_1.
      const kind = deploymentOf(properties, 'LustreConfiguration') ?? 'SCRATCH_1';
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

function cacheCluster(properties: Properties): ResourceType | undefined {
  return read(properties, 'Engine') === 'memcached' ? undefined : 'ElastiCache';
}

function multiAz(value: unknown): ZoneFact {
  if (value === true) {
    return { kind: 'standby', words: 'Multi-AZ standby', failoverMs: 2 * MINUTE };
  }
  return given(value) && value !== false
    ? { kind: 'unknown', words: 'Multi-AZ known only at deploy time' }
    : { kind: 'single', words: 'one zone' };
}

function fileServer(kind: unknown): ZoneFact {
  if (typeof kind !== 'string') {
    return { kind: 'unknown', words: 'zones not known' };
  }
  return kind.startsWith('MULTI_AZ')
    ? { kind: 'standby', words: 'Multi-AZ standby', failoverMs: MINUTE }
    : { kind: 'single', words: 'one zone' };
}

function deploymentOf(properties: Properties, configuration: string): unknown {
  const inner = read(properties, configuration);
  return given(inner) ? read(inner as Properties, 'DeploymentType') : undefined;
}

function read(properties: Properties, name: string): unknown {
  return properties[name] ?? properties[camelCase(name)];
}

/** `DBClusterIdentifier` becomes `dbClusterIdentifier`, as constructs spell it. */
function camelCase(name: string): string {
  const words = name.replace(/([A-Z])([A-Z]+)(?=[A-Z][a-z]|$)/g, (_, first: string, rest: string) => first + rest.toLowerCase());
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
