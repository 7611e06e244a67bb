import type { ZoneFact } from '../facts';

/**
 * A kind of thing that keeps data and that somebody may have to bring back.
 *
 * Left out on purpose: what only carries data on its way (SQS, SNS, Kinesis, Amazon MQ), what is built from source
 * (container images, functions, glue tables), what the template holds (parameters) and what records the past of the
 * application but not its data (log groups, trails).
 */
export type ResourceType =
  | 'RDS'
  | 'RDSCluster'
  | 'Aurora'
  | 'AuroraDSQL'
  | 'DynamoDB'
  | 'S3'
  | 'EBS'
  | 'EC2'
  | 'EFS'
  | 'FSxLustre'
  | 'FSxWindows'
  | 'FSxONTAP'
  | 'FSxOpenZFS'
  | 'DocumentDB'
  | 'Neptune'
  | 'Redshift'
  | 'RedshiftServerless'
  | 'Timestream'
  | 'EKS'
  | 'StorageGateway'
  | 'ElastiCache'
  | 'MemoryDB'
  | 'OpenSearch'
  | 'OpenSearchServerless'
  | 'MSK'
  | 'Keyspaces'
  | 'Cognito'
  | 'CodeCommit'
  | 'DirectoryService'
  | 'DocumentDBElastic'
  | 'NeptuneAnalytics'
  | 'TimestreamInfluxDB'
  | 'S3DirectoryBucket'
  | 'S3Tables'
  | 'S3Vectors'
  | 'Lightsail'
  | 'HealthLake'
  // what people run themselves, on machines that AWS Backup sees only disks of
  | 'SelfManaged';

/** What a service, or AWS Backup for it, can do: dated data with its source. */
export interface Abilities {
  /** AWS Backup can make recovery points of it. */
  readonly awsBackup: boolean;
  /** A copy action may send its recovery points to another Region; without this tick no copy at all is made. */
  readonly copyRegion: boolean;
  /** A copy action may send its recovery points to another account. */
  readonly copyAccount: boolean;
  /** Recovery points after the first one hold only what changed. */
  readonly incremental: boolean;
  /** Any second can be restored; left out where only discrete recovery points exist. */
  readonly continuous?: ContinuousAbility;
  /** Recovery points are encrypted with the vault's key whatever the source uses, and have an ARN of AWS Backup. */
  readonly fullyManaged: boolean;
  /** Recovery points can move to cold storage. */
  readonly cold: boolean;
  /** Single files, objects or items can be restored. */
  readonly itemRestore: boolean;
  /** `ProtectedResourceType` of a restore testing selection; left out where restore testing cannot restore it. */
  readonly restoreTesting?: string;
  /** Recovery points can live in a logically air-gapped vault. */
  readonly airGapped: boolean;
  /** `arn`: listing the ARN suffices; `always`: shares its ARN form with another type, so the Region's opt-in decides. */
  readonly optIn: 'arn' | 'always';
  /** AWS managed policies that the backup role needs, by name below `arn:aws:iam::aws:policy/`. */
  readonly backupPolicies: readonly string[];
  /** AWS managed policies that the restore role needs, by name below `arn:aws:iam::aws:policy/`. */
  readonly restorePolicies: readonly string[];
  /** What becomes of it when a zone is lost, where the template says nothing else. */
  readonly zones: ZoneFact;
  readonly source: string;
  /** Date (ISO 8601) on which the source was read. */
  readonly readOn: string;
  readonly confidence: 'model' | 'documentation' | 'unconfirmed';
}

/** Restores to any second of the retention. */
export interface ContinuousAbility {
  /** Who keeps the log of changes: a rule of AWS Backup can turn it on, or the service's own property does. */
  readonly by: 'AWS Backup' | 'service';
  /** Longest usual distance between now and the newest second that can be restored. */
  readonly lagMs: number;
  /** Whether the service documents the lag or we assume it. */
  readonly basis: 'documented' | 'estimated';
}
