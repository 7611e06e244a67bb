import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import type { InstanceType, ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { DatabaseCredentials } from '../core/database-credentials';
import type { DataCheck } from '../verification/data-check';
import type { RestoredType } from '../verification/restored-type';

/** What is not known of a database instance, or differs. */
export interface RecoverableInstanceOptions {
  /**
   * The network of the instance, for the security group that fences it.
   * @default - that of the construct; has to be given for an L1 or an import
   */
  readonly vpc?: IVpc;
  /**
   * The security groups of the instance, which it gets back after it was fenced.
   * @default - those of the construct; have to be given for an import
   */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * The subnet group of a replica that takes its place when the site is made a standby again.
   * @default - that of the instance, as far as its template says it
   */
  readonly subnetGroupName?: string;
  /**
   * The parameter group of such a replica.
   * @default - that of the instance, as far as its template says it
   */
  readonly parameterGroupName?: string;
  /**
   * The key of such a replica, in the Region of the site.
   * @default - that of the instance, as far as its template says it
   */
  readonly encryptionKey?: IKeyRef;
}

/** What is not known of a cluster of a global database. */
export interface RecoverableClusterOptions {
  /**
   * The class of the instance that a cluster without any is given before it takes over.
   * @default - none, which a cluster without an instance refuses
   */
  readonly instanceType?: InstanceType;
  /**
   * The engine of the cluster, such as `aurora-postgresql`; only asked where `instanceType` is given for an import.
   * @default - that of the cluster
   */
  readonly engine?: string;
}

/** How the objects of a bucket get to the other site. */
export interface RecoverableBucketOptions {
  /**
   * Whether objects that are written at the recovery site are replicated back, as `twoWay` of a BucketReplication does.
   * @default false
   */
  readonly twoWay?: boolean;
}

/** What is restored from recovery points. */
export interface RecoverablePointsOptions {
  /** The vault in the Region of the site that has the copies, such as `protection.recoveryVault`. */
  readonly vault: IBackupVaultRef;
  /** The type of what was backed up. */
  readonly type: RestoredType;
  /**
   * The ARN of what was backed up at home, which follows from its name: plain text. Throws `SourceNameUnknown` where it is left out for anything but a
   * file system of EFS, which AWS calls as it likes.
   * @default - of EFS, what the agent of home tells each minute; before it has, the only file system that the vault has recovery points of
   */
  readonly sourceArn?: string;
  /**
   * The name of what is made, by which the application and a later deployment find it.
   * @default - the name of the item
   */
  readonly identifier?: string;
  /**
   * The class of the instance that a restored cluster is given: AWS Backup restores clusters without any. Has to be given for Aurora,
   * DocumentDB and Neptune.
   * @default - none
   */
  readonly instanceType?: InstanceType;
  /**
   * The engine of that instance, such as `aurora-postgresql`. Has to be given for Aurora.
   * @default - that of the type
   */
  readonly engine?: string;
  /**
   * Restore metadata of AWS Backup that differ from those of the recovery point, such as the network of this Region.
   * @default - those of the recovery point
   */
  readonly metadata?: { [key: string]: string };
  /**
   * The role that AWS Backup restores with; it trusts `backup.amazonaws.com`.
   * @default - a role of the stack that may restore the type
   */
  readonly role?: IRoleRef;
}

/** When and how data are recovered, and what they are held to before traffic comes. */
export interface SiteDataOptions {
  /**
   * Data of a lower number are recovered first, those of one number together: 0 to 99.
   * @default 0
   */
  readonly order?: number;
  /**
   * What the data are held to, once they have taken over and before traffic comes; a rehearsal asks the same of what it restores. Tables, buckets
   * and DynamoDB tables are looked at, and functions of your own called; nothing is compared with an earlier look. All checks of an item together
   * have a quarter of an hour.
   * @default - nothing: data that can be used are taken for right
   */
  readonly checks?: DataCheck[];
  /**
   * How checks log in to a database: a role that may only read, by a secret of the Region of the site or a replica of it there.
   * @default - the secret of the construct, as its owner
   */
  readonly credentials?: DatabaseCredentials;
  /**
   * The network of the database, in which its tables are read.
   * @default - that of the construct; has to be given for an L1, an import and recovery points
   */
  readonly vpc?: IVpc;
  /**
   * The subnets of the functions that read tables: they need a way to AWS Secrets Manager, by an endpoint or a NAT gateway.
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * The security groups of the database, which let those functions in; those that `metadata` of recovery points names.
   * @default - those of the construct; have to be given for an L1 and for recovery points
   */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * The engine of the database, such as `postgres`, where neither the construct nor the same item of another site says it.
   * @default - that of the construct
   */
  readonly engine?: string;
}
