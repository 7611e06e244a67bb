import type { ResourceType } from '../services';

/** A form of ARN that AWS Backup knows, and the types that share it. */
export interface ArnKind {
  /** Service and resource type as the Resource Groups Tagging API filters by. */
  readonly filter: string;
  readonly types: readonly ResourceType[];
}

/** What comes after the partition, as far as it tells the kind; account and Region are left out of it. */
const KINDS: readonly (readonly [RegExp, ArnKind])[] = [
  [/^dynamodb:table\/[^/]+$/, { filter: 'dynamodb:table', types: ['DynamoDB'] }],
  [/^ec2:volume\//, { filter: 'ec2:volume', types: ['EBS'] }],
  [/^ec2:instance\//, { filter: 'ec2:instance', types: ['EC2'] }],
  [/^elasticfilesystem:file-system\//, { filter: 'elasticfilesystem:file-system', types: ['EFS'] }],
  [/^eks:cluster\//, { filter: 'eks:cluster', types: ['EKS'] }],
  [/^fsx:file-system\//, { filter: 'fsx:file-system', types: ['FSxLustre', 'FSxWindows', 'FSxOpenZFS'] }],
  [/^fsx:volume\//, { filter: 'fsx:volume', types: ['FSxONTAP'] }],
  [/^rds:db:/, { filter: 'rds:db', types: ['RDS'] }],
  [/^rds:cluster:/, { filter: 'rds:cluster', types: ['Aurora', 'RDSCluster', 'DocumentDB', 'Neptune'] }],
  [/^dsql:cluster\//, { filter: 'dsql:cluster', types: ['AuroraDSQL'] }],
  [/^redshift:(cluster|namespace):/, { filter: 'redshift:cluster', types: ['Redshift'] }],
  [/^redshift-serverless:namespace\//, { filter: 'redshift-serverless:namespace', types: ['RedshiftServerless'] }],
  [/^s3:[^/]+$/, { filter: 's3', types: ['S3'] }],
  [/^storagegateway:gateway\//, { filter: 'storagegateway:gateway', types: ['StorageGateway'] }],
  [/^timestream:database\//, { filter: 'timestream:database', types: ['Timestream'] }],
];

/** The kind of an ARN; nothing for what AWS Backup does not protect, or is not known here to protect. */
export function kindOf(arn: string): ArnKind | undefined {
  const [, , service, , , ...rest] = arn.split(':');
  const form = `${service}:${rest.join(':')}`;
  return KINDS.find(([pattern]) => pattern.test(form))?.[1];
}

/** What the tagging API has to look for, to find resources of these types. */
export function filtersFor(types: ReadonlySet<ResourceType>): readonly string[] {
  return KINDS.filter(([, kind]) => kind.types.some((type) => types.has(type))).map(([, { filter }]) => filter);
}
