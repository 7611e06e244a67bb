import type { BackupSelection, TaggedResource, TagValue } from '../../model/freshness';
import type { ResourceType } from '../../model/services';

/** A vault of the account of the function. */
export interface VaultAddress {
  readonly region: string;
  readonly name: string;
}

/** A recovery point, as far as freshness depends on it. */
export interface RecoveryPoint {
  readonly arn: string;
  readonly resourceArn: string;
  readonly status: string;
  readonly createdMs: number;
  /** When the job began that made it, or that made what it is a copy of. */
  readonly initiatedMs?: number;
}

/** A restore can begin from these; all others are on their way in or out, or have holes. */
const USABLE: ReadonlySet<string> = new Set(['COMPLETED', 'AVAILABLE']);

/** Whether a restore can begin from it. */
export function isUsable({ status }: RecoveryPoint): boolean {
  return USABLE.has(status);
}

/** Whether it grows with every change instead of showing one moment; only its ARN tells. */
export function isContinuous({ arn }: RecoveryPoint): boolean {
  return arn.includes(':recovery-point:continuous:');
}

/** Which recovery points of a vault are asked for; every part that is left out is not asked. */
export interface PointFilter {
  /** `ResourceType` of AWS Backup, such as `S3`. */
  readonly resourceType?: string;
  readonly resourceArn?: string;
  readonly createdAfterMs?: number;
  readonly createdBeforeMs?: number;
}

/** A database instance or cluster, of RDS and of what shares its API. */
export interface Database {
  readonly arn: string;
  readonly type: ResourceType;
  /** It is part of a cluster, which is backed up as a whole. */
  readonly member: boolean;
  readonly createdMs?: number;
  readonly latestRestorableMs?: number;
}

/** Point-in-time recovery of a table. */
export interface TableRecovery {
  readonly isOn: boolean;
  readonly latestRestorableMs?: number;
}

/** Automated backups that a Region has of a database instance of another. */
export interface ReplicatedBackup {
  /** ARN of the instance. */
  readonly of: string;
  readonly latestRestorableMs?: number;
}

/** A backup job, as far as freshness depends on it. */
export interface BackupJob {
  readonly resourceArn: string;
  readonly state: string;
  readonly createdMs: number;
  readonly message?: string;
}

/**
 * What the function needs from AWS: index.ts binds it to the SDK, tests to what they like. Lists come page by page, so that
 * none is ever held whole. Whoever cannot answer throws: nothing is guessed from half an answer.
 */
export interface Ports {
  /** The Region of the function. */
  readonly region: string;
  /** The clock: a long list may be read for minutes, and have in it what was made meanwhile. */
  now(): number;
  /** Ids of the backup plans of a name. */
  planIds(region: string, name: string): AsyncIterable<readonly string[]>;
  selections(region: string, planId: string): AsyncIterable<readonly BackupSelection[]>;
  /** Resources that have, or had, a tag. */
  taggedResources(region: string, filters: readonly string[], tags: readonly TagValue[]): AsyncIterable<readonly TaggedResource[]>;
  recoveryPoints(vault: VaultAddress, filter: PointFilter): AsyncIterable<readonly RecoveryPoint[]>;
  databases(region: string): AsyncIterable<readonly Database[]>;
  /** The table of this name in a Region; nothing where there is none. */
  tableRecovery(region: string, name: string): Promise<TableRecovery | undefined>;
  /** Automated backups of database instances that a Region has, also of other Regions. */
  replicatedBackups(region: string): AsyncIterable<readonly ReplicatedBackup[]>;
  /** Jobs that were created after a moment and are in a state. */
  backupJobs(region: string, state: string, createdAfterMs: number): AsyncIterable<readonly BackupJob[]>;
  /** When a vault was made. */
  vaultCreatedMs(vault: VaultAddress): Promise<number | undefined>;
  /** Writes one line to the log. */
  write(line: string): void;
}
