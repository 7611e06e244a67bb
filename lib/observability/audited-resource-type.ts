/** Types of resources that controls of AWS Backup Audit Manager evaluate. */
export enum AuditedResourceType {
  /** Aurora DB clusters. */
  AURORA = 'Aurora',
  /** DynamoDB tables. */
  DYNAMODB = 'DynamoDB',
  /** EBS volumes. */
  EBS = 'EBS',
  /** EC2 instances. */
  EC2 = 'EC2',
  /** EFS file systems. */
  EFS = 'EFS',
  /** FSx file systems. */
  FSX = 'FSx',
  /** RDS DB instances. */
  RDS = 'RDS',
  /** S3 buckets. */
  S3 = 'S3',
  /** Storage Gateway volumes. */
  STORAGE_GATEWAY = 'Storage Gateway',
  /** Virtual machines of AWS Backup gateway. */
  VIRTUAL_MACHINE = 'VirtualMachine',
}
