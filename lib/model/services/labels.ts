import type { ResourceType } from './types';

const LABELS: Readonly<Record<ResourceType, string>> = {
  RDS: 'RDS',
  RDSCluster: 'RDS Multi-AZ cluster',
  Aurora: 'Aurora',
  AuroraDSQL: 'Aurora DSQL',
  DynamoDB: 'DynamoDB table',
  S3: 'S3 bucket',
  EBS: 'EBS volume',
  EC2: 'EC2 instance',
  EFS: 'EFS file system',
  FSxLustre: 'FSx for Lustre',
  FSxWindows: 'FSx for Windows File Server',
  FSxONTAP: 'FSx for ONTAP volume',
  FSxOpenZFS: 'FSx for OpenZFS',
  DocumentDB: 'DocumentDB cluster',
  Neptune: 'Neptune cluster',
  Redshift: 'Redshift cluster',
  RedshiftServerless: 'Redshift Serverless',
  Timestream: 'Timestream table',
  EKS: 'EKS cluster',
  StorageGateway: 'Storage Gateway volume',
  ElastiCache: 'ElastiCache',
  MemoryDB: 'MemoryDB cluster',
  OpenSearch: 'OpenSearch domain',
  OpenSearchServerless: 'OpenSearch Serverless collection',
  MSK: 'MSK cluster',
  Keyspaces: 'Keyspaces table',
  Cognito: 'Cognito user pool',
  CodeCommit: 'CodeCommit repository',
  DirectoryService: 'Directory Service directory',
  DocumentDBElastic: 'DocumentDB elastic cluster',
  NeptuneAnalytics: 'Neptune Analytics graph',
  TimestreamInfluxDB: 'Timestream for InfluxDB',
  S3DirectoryBucket: 'S3 directory bucket',
  S3Tables: 'S3 table bucket',
  S3Vectors: 'S3 vector bucket',
  Lightsail: 'Lightsail',
  HealthLake: 'HealthLake data store',
  SelfManaged: 'self-managed',
};

const ENGINES: readonly (readonly [RegExp, string])[] = [
  [/postgres/, 'PostgreSQL'],
  [/mysql/, 'MySQL'],
  [/mariadb/, 'MariaDB'],
  [/oracle/, 'Oracle'],
  [/sqlserver/, 'SQL Server'],
  [/db2/, 'Db2'],
  [/valkey/, 'Valkey'],
  [/redis/, 'Redis'],
];

/** The type in words, with the engine where it is known: `RDS PostgreSQL`, `S3 bucket`. */
export function labelOf(type: ResourceType, engine?: string): string {
  const name = engine === undefined ? undefined : ENGINES.find(([pattern]) => pattern.test(engine.toLowerCase()))?.[1];
  return name === undefined ? LABELS[type] : `${LABELS[type]} ${name}`;
}
