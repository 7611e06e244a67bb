/** A type of resource as a selection can name it: by the form of its ARN. */
export enum ProtectedResourceType {
  /** DynamoDB tables. */
  DYNAMODB = 'DYNAMODB',
  /** EBS volumes. */
  EBS = 'EBS',
  /** EC2 instances with their volumes. */
  EC2 = 'EC2',
  /** EFS file systems. */
  EFS = 'EFS',
  /** EKS clusters. */
  EKS = 'EKS',
  /** FSx file systems for Lustre, Windows File Server and OpenZFS. */
  FSX = 'FSX',
  /** Volumes of FSx for NetApp ONTAP. */
  FSX_ONTAP = 'FSX_ONTAP',
  /** RDS DB instances; members of a cluster are not selected by it. */
  RDS_INSTANCE = 'RDS_INSTANCE',
  /** Clusters of Aurora, RDS Multi-AZ, DocumentDB and Neptune: they share one form of ARN and cannot be told apart. */
  DATABASE_CLUSTER = 'DATABASE_CLUSTER',
  /** Aurora DSQL clusters. */
  AURORA_DSQL = 'AURORA_DSQL',
  /** Redshift clusters. */
  REDSHIFT = 'REDSHIFT',
  /** S3 buckets. */
  S3 = 'S3',
  /** Storage Gateway volumes. */
  STORAGE_GATEWAY = 'STORAGE_GATEWAY',
  /** Timestream tables. */
  TIMESTREAM = 'TIMESTREAM',
}
