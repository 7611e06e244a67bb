import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { InstanceType } from 'aws-cdk-lib/aws-ec2';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { DatabaseInstanceNewProps, IDBInstanceRef, IInstanceEngine } from 'aws-cdk-lib/aws-rds';
import type { Duration } from 'aws-cdk-lib/core';

/**
 * Properties of a DatabaseReadReplica: those of every database instance of aws-cdk-lib, and what makes it follow another one.
 *
 * Some defaults differ: `backupRetention` is 7 days where the engine backs up replicas, `deletionProtection` is on unless the
 * removal policy is DESTROY, `deleteAutomatedBackups` is off, and storage is of the type of the source.
 */
export interface DatabaseReadReplicaProps extends DatabaseInstanceNewProps {
  /** The database instance to follow: an L2, an L1 or an import in a stack of another Region of the same account. */
  readonly source: IDBInstanceRef;
  /**
   * The name of the source, where it exists and CloudFormation has named it.
   * @default - the `instanceIdentifier` of the source, which has to be plain text
   */
  readonly sourceIdentifier?: string;
  /**
   * The class of the replica.
   * @default - the class of the source; has to be given where its template does not say it as plain text
   */
  readonly instanceType?: InstanceType;
  /**
   * The engine with its version; only asked for `parameters` of a source that is an L1 or an import.
   * @default - the engine of the source
   */
  readonly engine?: IInstanceEngine;
  /**
   * Parameters of a parameter group of its own: that of the source stays in its Region.
   * @default - the parameter group that `parameterGroup` names, otherwise the default one of the engine
   */
  readonly parameters?: { [name: string]: string };
  /**
   * Whether storage is encrypted; RDS keeps it as it is at the source.
   * @default - as the source says; true where it does not say it
   */
  readonly storageEncrypted?: boolean;
  /**
   * The key that encrypts the storage, in the Region of the replica.
   * @default - a key of its own; none where the source is not encrypted
   */
  readonly storageEncryptionKey?: IKeyRef;
  /**
   * The lag above which the alarm goes off, in whole seconds from 1 on: also what the report claims as the worst case.
   * @default Duration.minutes(5)
   */
  readonly maxLag?: Duration;
  /**
   * What the alarms do; all of them are in the Region of the replica, and the actions have to be there.
   * @default - the alarms are made, but notify nobody
   */
  readonly recoveryAlarmActions?: IAlarmAction[];
  /**
   * Makes the replica a database of its own, in place. This cannot be undone: replication starts again only with a new replica.
   * Leave `source` as it was; nothing of it is asked any more. Leave this out where the instance was promoted by a call already: CloudFormation would
   * promote it once more, and fail.
   * @default false
   */
  readonly promoted?: boolean;
}
