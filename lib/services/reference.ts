import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { ResourceType } from '../model/services';
import type { Target } from './service';

/** The identifiers of a reference interface such as `IBucketRef`. */
type Identifiers = Readonly<Record<string, string | undefined>>;

interface Referable {
  /** Property that holds the reference. */
  readonly ref: string;
  readonly type: ResourceType;
  /** The ARN, unless the identifiers belong to a service of the same words. */
  arn(identifiers: Identifiers, construct: IConstruct): string | undefined;
}

/** What constructs of aws-cdk-lib call their references; several services share a name, so identifiers and ARN decide. */
const REFERABLE: readonly Referable[] = [
  { ref: 'bucketRef', type: 'S3', arn: ({ bucketArn }) => ofService(bucketArn, 's3') },
  { ref: 'tableRef', type: 'DynamoDB', arn: ({ tableArn }) => ofService(tableArn, 'dynamodb') },
  { ref: 'globalTableRef', type: 'DynamoDB', arn: ({ globalTableArn }) => ofService(globalTableArn, 'dynamodb') },
  { ref: 'dbInstanceRef', type: 'RDS', arn: ({ dbInstanceArn }) => ofService(dbInstanceArn, 'rds') },
  { ref: 'dbClusterRef', type: 'Aurora', arn: ({ dbClusterArn }) => ofService(dbClusterArn, 'rds') },
  { ref: 'dbClusterRef', type: 'DocumentDB', arn: ({ dbClusterId }, at) => dbClusterId && arnIn(at, 'rds', 'cluster', dbClusterId, ':') },
  {
    ref: 'dbClusterRef',
    type: 'Neptune',
    arn: ({ dbClusterArn, dbClusterIdentifier }, at) =>
      dbClusterArn === undefined && dbClusterIdentifier ? arnIn(at, 'rds', 'cluster', dbClusterIdentifier, ':') : undefined,
  },
  { ref: 'fileSystemRef', type: 'EFS', arn: ({ fileSystemArn }) => ofService(fileSystemArn, 'elasticfilesystem') },
  {
    ref: 'fileSystemRef',
    type: 'FSxLustre',
    arn: ({ fileSystemArn, fileSystemId }, at) =>
      fileSystemArn === undefined && fileSystemId ? arnIn(at, 'fsx', 'file-system', fileSystemId) : undefined,
  },
  {
    ref: 'volumeRef',
    type: 'EBS',
    arn: ({ volumeId }, at) => (volumeId && !volumeId.startsWith('fsvol-') ? arnIn(at, 'ec2', 'volume', volumeId) : undefined),
  },
  { ref: 'instanceRef', type: 'EC2', arn: ({ instanceId }, at) => instanceId && arnIn(at, 'ec2', 'instance', instanceId) },
];

/** Type and ARN of a construct that says what it refers to; nothing where it does not, or refers to something else. */
export function referenceOf(construct: IConstruct): Pick<Target, 'type' | 'arn'> | undefined {
  const properties = construct as unknown as Record<string, Identifiers | string | undefined>;
  for (const { ref, type, arn } of REFERABLE) {
    const identifiers = ref in construct ? properties[ref] : undefined;
    const found = typeof identifiers === 'object' ? arn(identifiers, construct) : undefined;
    if (found !== undefined) {
      return { type, arn: found };
    }
  }
  return lustreImport(construct);
}

/** The imported file system of FSx for Lustre is the one construct that carries no reference. */
function lustreImport(construct: IConstruct): Pick<Target, 'type' | 'arn'> | undefined {
  const { dnsName, fileSystemId } = construct as unknown as Identifiers;
  return typeof dnsName === 'string' && typeof fileSystemId === 'string'
    ? { type: 'FSxLustre', arn: arnIn(construct, 'fsx', 'file-system', fileSystemId) }
    : undefined;
}

/** The ARN where its third part is the service, or is hidden in a token. */
function ofService(arn: string | undefined, service: string): string | undefined {
  const named = arn?.split(':')[2];
  return named === undefined || named === service ? arn : undefined;
}

/** The ARN of a resource in the environment of its construct. */
export function arnIn(construct: IConstruct, service: string, resource: string, name: string, separator = '/'): string {
  const { region, account } = (construct as unknown as { env?: { region: string; account: string } }).env ?? Stack.of(construct);
  return `arn:${Stack.of(construct).partition}:${service}:${region}:${account}:${resource}${separator}${name}`;
}
