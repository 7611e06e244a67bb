import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { IClusterEngine, IClusterInstance, IParameterGroup, ISubnetGroup } from 'aws-cdk-lib/aws-rds';
import type { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { IAuroraGlobalDatabase } from './iaurora-global-database';

/** Properties of an AuroraSecondaryCluster. */
export interface AuroraSecondaryClusterProps {
  /** The global database to join; its primary has to be in another Region of the same account. */
  readonly globalDatabase: IAuroraGlobalDatabase;
  /** The network of the cluster, in its own Region. */
  readonly vpc: IVpc;
  /**
   * Where in the network its instances are.
   * @default - the private subnets of the network
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Its subnet group.
   * @default - one of its own, of `vpcSubnets`
   */
  readonly subnetGroup?: ISubnetGroup;
  /**
   * Its security groups.
   * @default - one of its own, which lets nobody in
   */
  readonly securityGroups?: ISecurityGroup[];
  /**
   * Its instances, 16 at most; the first one writes after a failover. Without any it is headless: only storage is paid for, but an
   * instance has to be made before it can take over.
   * @default - none
   */
  readonly readers?: IClusterInstance[];
  /**
   * Lowest capacity of its Serverless v2 instances, in Aurora capacity units.
   * @default - as at the primary; 0.5 where that has no such instances
   */
  readonly serverlessV2MinCapacity?: number;
  /**
   * Highest capacity of its Serverless v2 instances, in Aurora capacity units.
   * @default - as at the primary; 2 where that has no such instances
   */
  readonly serverlessV2MaxCapacity?: number;
  /**
   * The engine with its full version, which has to be that of the primary: otherwise no managed failover.
   * @default - the engine of the primary; has to be given where its template does not say it as plain text
   */
  readonly engine?: IClusterEngine;
  /**
   * Its name; all clusters of a global database have different ones.
   * @default - CloudFormation makes one
   */
  readonly clusterIdentifier?: string;
  /**
   * Parameters of a parameter group of its own: that of the primary stays in its Region.
   * @default - the parameter group that `parameterGroup` names, otherwise the default one of the engine
   */
  readonly parameters?: { [name: string]: string };
  /**
   * Its parameter group.
   * @default - one of its own where there are `parameters`, otherwise the default one of the engine
   */
  readonly parameterGroup?: IParameterGroup;
  /**
   * Whether storage is encrypted; RDS keeps it as it is at the primary.
   * @default - as the primary says; true where it does not say it
   */
  readonly storageEncrypted?: boolean;
  /**
   * The key that encrypts the storage, in the Region of the cluster.
   * @default - a key of its own; none where the primary is not encrypted
   */
  readonly storageEncryptionKey?: IKeyRef;
  /**
   * How long it keeps automated backups of its own, 1 to 35 whole days.
   * @default Duration.days(7)
   */
  readonly backupRetention?: Duration;
  /**
   * When its automated backups are made, as `hh:mm-hh:mm` in UTC with at least 30 minutes between.
   * @default - Aurora chooses
   */
  readonly preferredBackupWindow?: string;
  /**
   * When it is maintained, as `ddd:hh:mm-ddd:hh:mm` in UTC.
   * @default - Aurora chooses
   */
  readonly preferredMaintenanceWindow?: string;
  /**
   * Whether its instances take writes and send them to the primary.
   * @default false
   */
  readonly globalWriteForwarding?: boolean;
  /**
   * Whether users of IAM can log in.
   * @default - as at the primary
   */
  readonly iamAuthentication?: boolean;
  /**
   * Logs that go to CloudWatch Logs.
   * @default - as at the primary
   */
  readonly cloudwatchLogsExports?: string[];
  /**
   * The port it listens on.
   * @default - the port of the primary
   */
  readonly port?: number;
  /**
   * Whether it cannot be deleted.
   * @default - true, unless the removal policy is DESTROY
   */
  readonly deletionProtection?: boolean;
  /**
   * What becomes of it when it leaves the template.
   * @default RemovalPolicy.SNAPSHOT
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * The lag above which the alarm goes off, in whole seconds from 1 on: also what the report claims as the worst case.
   * @default Duration.seconds(10)
   */
  readonly maxLag?: Duration;
  /**
   * What the alarms do; all of them are in the Region of the cluster, and the actions have to be there.
   * @default - the alarms are made, but notify nobody
   */
  readonly recoveryAlarmActions?: IAlarmAction[];
  /**
   * Takes the cluster out of the global database and makes it one of its own, in place: for a failover by hand. This cannot be
   * undone.
   * @default false
   */
  readonly detached?: boolean;
}
