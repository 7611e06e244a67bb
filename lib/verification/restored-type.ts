/** A type of resource that AWS Backup can restore for a test. */
export enum RestoredType {
  /** Aurora clusters. */
  AURORA = 'Aurora',
  /** DocumentDB clusters. */
  DOCUMENTDB = 'DocumentDB',
  /** DynamoDB tables. */
  DYNAMODB = 'DynamoDB',
  /** EBS volumes. */
  EBS = 'EBS',
  /** EC2 instances. */
  EC2 = 'EC2',
  /** EFS file systems. */
  EFS = 'EFS',
  /** FSx file systems and volumes. */
  FSX = 'FSx',
  /** Neptune clusters. */
  NEPTUNE = 'Neptune',
  /** RDS DB instances and Multi-AZ DB clusters. */
  RDS = 'RDS',
  /** S3 buckets. */
  S3 = 'S3',
}
