import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFileSystemRef } from 'aws-cdk-lib/aws-efs';
import type { IRoleRef } from 'aws-cdk-lib/aws-iam';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { Duration } from 'aws-cdk-lib/core';

/** Properties of a FileSystemReplication; a recovery Region or a destination is needed. */
export interface FileSystemReplicationProps {
  /** The file system that is replicated: a `FileSystem` or `CfnFileSystem` of this app, in the same Region and account. */
  readonly source: IFileSystemRef;
  /**
   * The Region that gets the replica, as plain text; EFS makes a file system there.
   * @default - that of the destination
   */
  readonly recoveryRegion?: string;
  /**
   * A file system that exists already, imported by its ARN: `FileSystem.fromFileSystemAttributes()`. Its replication overwrite protection
   * has to be off, and what it holds is replaced. The only way into another account (EFS User Guide: replicating across accounts).
   * @default - EFS makes a new file system
   */
  readonly destination?: IFileSystemRef;
  /**
   * The zone of a new destination that is to lie in one zone only, such as `ap-northeast-3a`.
   * @default - the destination lies in several zones
   */
  readonly availabilityZone?: string;
  /**
   * The customer managed key of a new destination, in its Region. EFS never changes it afterwards.
   * @default - a key of the recovery Region that has nothing in common with that of the source
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * The role that EFS uses to write to another account; it trusts `elasticfilesystem.amazonaws.com`.
   * @default - for a destination in another account, a role that may do what the EFS User Guide lists, otherwise none
   */
  readonly role?: IRoleRef;
  /**
   * The lag above which the alarm goes off, in whole seconds from 1 on.
   * @default Duration.minutes(30), twice the lag that EFS aims at for most file systems
   */
  readonly maxLag?: Duration;
  /**
   * What the alarms do; all of them are in the Region of the source.
   * @default - the alarms are made, but notify nobody
   */
  readonly alarmActions?: IAlarmAction[];
}
