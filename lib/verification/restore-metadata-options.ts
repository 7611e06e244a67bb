import type { ISecurityGroupRef, ISubnetRef } from 'aws-cdk-lib/aws-ec2';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { IDBSubnetGroupRef } from 'aws-cdk-lib/aws-rds';
import type { Size } from 'aws-cdk-lib/core';

/** What is common to restored databases. */
export interface RestoredDatabaseBaseOptions {
  /**
   * Subnets of the database.
   * @default - those of the default VPC; without one the test fails
   */
  readonly subnetGroup?: IDBSubnetGroupRef;
  /**
   * Security groups of the database.
   * @default - the default group of the VPC
   */
  readonly securityGroups?: ISecurityGroupRef[];
  /**
   * Port of the database.
   * @default - that of the original
   */
  readonly port?: number;
  /**
   * Whether AWS IAM can log in.
   * @default - as the original
   */
  readonly iamAuthentication?: boolean;
  /**
   * Logs that are sent to Amazon CloudWatch, such as `postgresql`.
   * @default - none
   */
  readonly logExports?: string[];
  /**
   * Parameter group, by name.
   * @default - that of the engine
   */
  readonly parameterGroup?: string;
}

/** What differs in a restored RDS DB instance. */
export interface RestoredDatabaseOptions extends RestoredDatabaseBaseOptions {
  /**
   * Class of the instance, such as `db.t4g.medium`.
   * @default - that of the original
   */
  readonly instanceClass?: string;
  /**
   * Whether it has a standby in another zone.
   * @default false
   */
  readonly multiAz?: boolean;
  /**
   * Storage in GiB.
   * @default - that of the original
   */
  readonly allocatedStorage?: number;
  /**
   * Type of storage, such as `gp3`.
   * @default - that of the original
   */
  readonly storageType?: string;
  /**
   * Provisioned operations per second.
   * @default - those of the original
   */
  readonly iops?: number;
  /**
   * Option group, by name.
   * @default - that of the engine
   */
  readonly optionGroup?: string;
}

/** What differs in a restored cluster. */
export interface RestoredClusterOptions extends RestoredDatabaseBaseOptions {
  /**
   * Version of the engine.
   * @default - that of the original
   */
  readonly engineVersion?: string;
  /**
   * Key of the cluster.
   * @default - that of the original
   */
  readonly encryptionKey?: IKeyRef;
}

/** What differs in a restored DynamoDB table. */
export interface RestoredTableOptions {
  /**
   * Key of the table.
   * @default - the key that DynamoDB owns
   */
  readonly encryptionKey?: IKeyRef;
}

/** What differs in a restored EBS volume. */
export interface RestoredVolumeOptions {
  /**
   * Zone of the volume.
   * @default - any
   */
  readonly availabilityZone?: string;
  /**
   * Type of the volume, such as `gp3`.
   * @default - that of the original
   */
  readonly volumeType?: string;
  /**
   * Size of the volume.
   * @default - that of the original
   */
  readonly volumeSize?: Size;
  /**
   * Operations per second.
   * @default - those of the original
   */
  readonly iops?: number;
  /**
   * Throughput in MiB per second.
   * @default - that of the original
   */
  readonly throughput?: number;
  /**
   * Key of the volume.
   * @default - that of the original
   */
  readonly encryptionKey?: IKeyRef;
}

/** What differs in a restored EC2 instance. */
export interface RestoredInstanceOptions {
  /**
   * Subnet of the instance.
   * @default - one of the default VPC; without one the test fails
   */
  readonly subnet?: ISubnetRef;
  /**
   * Security groups of the instance.
   * @default - the default group of the VPC
   */
  readonly securityGroups?: ISecurityGroupRef[];
  /**
   * Whether it has the instance profile of the original; the restore role then has to be let pass its role.
   * @default - as AWS Backup infers it
   */
  readonly keepInstanceProfile?: boolean;
  /**
   * Type of the instance, such as `t4g.medium`.
   * @default - that of the original
   */
  readonly instanceType?: string;
  /**
   * Whether its metadata are only given to those who ask with a token.
   * @default true
   */
  readonly requireImdsV2?: boolean;
}

/** What differs in a restored EFS file system. */
export interface RestoredFileSystemOptions {
  /**
   * Key of the file system.
   * @default - the key that AWS manages for EFS
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * Performance mode: `generalPurpose` or `maxIO`.
   * @default - generalPurpose
   */
  readonly performanceMode?: string;
}

/** What differs in a restored S3 bucket. */
export interface RestoredBucketOptions {
  /**
   * Key of the objects.
   * @default - S3 encrypts them with a key of its own
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * Whether access control lists are restored.
   * @default - as AWS Backup infers it
   */
  readonly restoreAcls?: boolean;
}

/** Where an FSx file system is restored to. */
export interface RestoredFileServerOptions {
  /** Subnets of the file system. */
  readonly subnets: ISubnetRef[];
  /**
   * Security groups of the file system.
   * @default - the default group of the VPC
   */
  readonly securityGroups?: ISecurityGroupRef[];
  /**
   * Key of the file system.
   * @default - that of the original
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * Directory that a file system for Windows joins.
   * @default - none, as for Lustre
   */
  readonly activeDirectoryId?: string;
}
