import type { ResourceType } from '../../model/services';
import { ProtectedResourceType } from '../protected-resource-type';

interface TypeForm {
  /** What follows `arn:<partition>:`. */
  readonly patterns: readonly string[];
  readonly types: readonly ResourceType[];
}

/** Forms of ARNs as the AWS Backup Developer Guide (assigning resources) and the service authorization reference have them. */
const FORMS: Readonly<Record<ProtectedResourceType, TypeForm>> = {
  [ProtectedResourceType.DYNAMODB]: { patterns: ['dynamodb:*:*:table/*'], types: ['DynamoDB'] },
  [ProtectedResourceType.EBS]: { patterns: ['ec2:*:*:volume/*'], types: ['EBS'] },
  [ProtectedResourceType.EC2]: { patterns: ['ec2:*:*:instance/*'], types: ['EC2'] },
  [ProtectedResourceType.EFS]: { patterns: ['elasticfilesystem:*:*:file-system/*'], types: ['EFS'] },
  [ProtectedResourceType.EKS]: { patterns: ['eks:*:*:cluster/*'], types: ['EKS'] },
  [ProtectedResourceType.FSX]: { patterns: ['fsx:*:*:file-system/*'], types: ['FSxLustre', 'FSxWindows', 'FSxOpenZFS'] },
  [ProtectedResourceType.FSX_ONTAP]: { patterns: ['fsx:*:*:volume/*'], types: ['FSxONTAP'] },
  [ProtectedResourceType.RDS_INSTANCE]: { patterns: ['rds:*:*:db:*'], types: ['RDS'] },
  [ProtectedResourceType.DATABASE_CLUSTER]: {
    patterns: ['rds:*:*:cluster:*'],
    types: ['Aurora', 'RDSCluster', 'DocumentDB', 'Neptune'],
  },
  [ProtectedResourceType.AURORA_DSQL]: { patterns: ['dsql:*:*:cluster/*'], types: ['AuroraDSQL'] },
  [ProtectedResourceType.REDSHIFT]: { patterns: ['redshift:*:*:cluster:*'], types: ['Redshift'] },
  [ProtectedResourceType.S3]: { patterns: ['s3:::*'], types: ['S3'] },
  [ProtectedResourceType.STORAGE_GATEWAY]: { patterns: ['storagegateway:*:*:gateway/*'], types: ['StorageGateway'] },
  [ProtectedResourceType.TIMESTREAM]: { patterns: ['timestream:*:*:database/*'], types: ['Timestream'] },
};

/** ARN patterns that select every resource of these types. */
export function arnPatternsOf(partition: string, types: readonly ProtectedResourceType[]): readonly string[] {
  return [...new Set(types)].flatMap((type) => FORMS[type].patterns.map((pattern) => `arn:${partition}:${pattern}`));
}

/** The types of resources that such patterns select. */
export function resourceTypesOf(types: readonly ProtectedResourceType[]): ReadonlySet<ResourceType> {
  return new Set(types.flatMap((type) => FORMS[type].types));
}

/** A wildcard that AWS Backup understands: a whole part of an ARN, or its end. */
export function wildcardsFit(arn: string): boolean {
  const parts = arn.split(/[:/]/);
  return parts.every(
    (part, index) => !part.includes('*') || part === '*' || (index === parts.length - 1 && part.indexOf('*') === part.length - 1),
  );
}
