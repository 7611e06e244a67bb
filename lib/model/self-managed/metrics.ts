import type { BackupManifest } from './manifest';

const NAMESPACE = 'CdkRecovery';

/** Dimension: what is backed up. */
export const BACKUP_SOURCE = 'BackupSource';

/** Names of metrics of backups that people make themselves. */
export const BACKUP_METRICS = {
  /** 1 for each backup that was published, 0 for each run that failed. */
  success: 'SelfManagedBackupSuccess',
  /** How old the state of the newest backup is, in seconds, when it is published; of archived logs whenever they are looked at. */
  age: 'SelfManagedBackupAge',
  /** How much was stored, in bytes. */
  bytes: 'SelfManagedBackupBytes',
} as const;

const UNITS: Readonly<Record<string, string>> = { [BACKUP_METRICS.age]: 'Seconds', [BACKUP_METRICS.bytes]: 'Bytes' };

/** What CloudWatch takes metrics from in a line of a log (CloudWatch User Guide: embedded metric format), beside what the line tells. */
export function backupMetrics(source: string, nowMs: number, values: Readonly<Record<string, number>>): Record<string, unknown> {
  const metrics = Object.keys(values).map((name) => ({ Name: name, Unit: UNITS[name] ?? 'Count' }));
  return {
    _aws: { Timestamp: nowMs, CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [[BACKUP_SOURCE]], Metrics: metrics }] },
    [BACKUP_SOURCE]: source,
    ...values,
  };
}

/** The metrics of a backup that was published. */
export function publishedMetrics(manifest: BackupManifest, bytes: number, nowMs: number): Record<string, unknown> {
  const age = Math.max(0, Math.round((nowMs - manifest.consistentMs) / 1_000));
  return backupMetrics(manifest.source, nowMs, { [BACKUP_METRICS.success]: 1, [BACKUP_METRICS.age]: age, [BACKUP_METRICS.bytes]: bytes });
}
