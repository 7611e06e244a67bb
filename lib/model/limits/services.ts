import { HOUR, MINUTE, SECOND } from '../time';
import { documented, model, type Range, unconfirmed } from './limit';

/** Numbers of single services that their protection and their own copies depend on. */
export const SERVICE_LIMITS = {
  databaseQuiet: documented(
    HOUR,
    'ms before a maintenance window without snapshots',
    'AWS Backup Developer Guide: plan options and configuration',
  ),
  fileSystemQuiet: documented(
    4 * HOUR,
    'ms before a maintenance window without backups (another page of the guide says 3 h)',
    'AWS Backup Developer Guide: plan options and configuration',
  ),
  fileSystemMaintenance: unconfirmed(30 * MINUTE, 'ms that a weekly maintenance window of FSx lasts', 'FSx User Guide'),
  tableReplicaLag: unconfirmed(
    MINUTE,
    'ms that a replica of a global table is behind, usually about 1 s',
    'DynamoDB Developer Guide: global tables',
  ),
  strongTableReplicaLag: documented(0, 'ms that a replica with strong consistency is behind', 'DynamoDB Developer Guide: global tables'),
  globalClusterLag: documented(SECOND, 'ms that a secondary cluster is behind, typically', 'Aurora User Guide: global databases'),
  objectReplicaLag: unconfirmed(15 * MINUTE, 'ms in which S3 copies most objects', 'S3 User Guide: replication'),
  timedObjectReplicaLag: documented(
    15 * MINUTE,
    'ms in which S3 copies 99.9 % of objects with Replication Time Control',
    'S3 User Guide: replication',
  ),
  fileReplicaLag: unconfirmed(15 * MINUTE, 'ms that EFS aims to be behind for most file systems', 'EFS User Guide: replication'),
  backupReplicaTransfer: unconfirmed(10 * MINUTE, 'ms that a log takes to the other Region', 'our assumption'),
  replicaTakeover: unconfirmed(30 * MINUTE, 'ms until an application uses a replica, by hand', 'our assumption'),

  replicationRules: model(1_000, 'replication rules of a bucket', 'API model s3 2006-03-01'),
  replicationRuleId: model(255, 'characters of the id of a replication rule', 'API model s3 2006-03-01'),
  replicationMinutes: model(15, 'minutes of Replication Time Control and of its event threshold', 'API model s3 2006-03-01'),
  replicatedBackupRetention: model<Range>(
    { min: 1, max: 35 },
    'days that replicated automated backups are kept',
    'API model rds 2014-10-31',
  ),
  regionSwitchName: model(
    /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$/,
    "1 to 32 letters, digits or '-', with '-' neither first nor last",
    'CloudFormation schema AWS::ARCRegionSwitch::Plan',
  ),
  regionSwitchRegions: model(2, 'Regions of a Region switch plan', 'CloudFormation schema AWS::ARCRegionSwitch::Plan'),
  backupPolicySize: documented(10_000, 'characters of a backup policy', 'AWS Organizations User Guide: quotas'),
} as const;
