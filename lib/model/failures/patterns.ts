import { DATABASE_EVENT_TYPES, DATABASE_EVENTS } from './database-events';

/** What a rule of EventBridge waits for. */
export interface FailurePattern {
  /** Unique among those of a Region, in pascal case. */
  readonly id: string;
  readonly description: string;
  readonly source: string;
  readonly detailTypes: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Where events are waited for. */
export interface ListenedFor {
  /** Names of vaults in the Region that jobs write to, copy from or restore from. */
  readonly vaults: readonly string[];
  /** Whether databases are among what is protected there. */
  readonly databases: boolean;
}

/** A pattern may have 2,048 characters: so many names of 50 fit, with what stands around each. */
const VAULTS_PER_PATTERN = 15;

/**
 * Patterns of everything that fails in a Region, limited to vaults as far as the events carry them. Restore jobs and recovery
 * points tell their state in `status`, the others in `state`. A job that is completed and has a message has issues.
 */
export function failurePatterns({ vaults, databases }: ListenedFor): readonly FailurePattern[] {
  const groups = Array.from({ length: Math.ceil(vaults.length / VAULTS_PER_PATTERN) }, (_, i) =>
    vaults.slice(i * VAULTS_PER_PATTERN, (i + 1) * VAULTS_PER_PATTERN),
  );
  return [
    ...groups.flatMap((names, i) => vaultPatterns(names, i === 0 ? '' : String(i + 1))),
    ...(databases
      ? [
          {
            id: 'Databases',
            description: 'Databases that fail, run out of storage, fail over or lose their backups',
            source: 'aws.rds',
            detailTypes: DATABASE_EVENT_TYPES,
            detail: { EventID: Object.keys(DATABASE_EVENTS.value) },
          },
        ]
      : []),
  ];
}

function vaultPatterns(vaults: readonly string[], suffix: string): readonly FailurePattern[] {
  const arns = vaults.map((name) => ({ suffix: `:backup-vault:${name}` }));
  const backup = { source: 'aws.backup' };
  return [
    {
      ...backup,
      id: `Backups${suffix}`,
      description: 'Backup jobs that failed, were aborted, expired or are partial',
      detailTypes: ['Backup Job State Change'],
      detail: { state: ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'], backupVaultName: vaults },
    },
    {
      ...backup,
      id: `Issues${suffix}`,
      description: 'Backup jobs that were completed with issues',
      detailTypes: ['Backup Job State Change'],
      detail: { state: ['COMPLETED'], statusMessage: [{ 'anything-but': [''] }], backupVaultName: vaults },
    },
    {
      ...backup,
      id: `Copies${suffix}`,
      description: 'Copy jobs that failed or are partial',
      detailTypes: ['Copy Job State Change'],
      detail: { state: ['FAILED', 'PARTIAL'], sourceBackupVaultArn: arns },
    },
    {
      ...backup,
      id: `Restores${suffix}`,
      description: 'Restore jobs and restore tests that failed or were aborted',
      detailTypes: ['Restore Job State Change'],
      detail: { status: ['FAILED', 'ABORTED'], backupVaultArn: arns },
    },
    {
      ...backup,
      id: `Points${suffix}`,
      description: 'Recovery points that could not be deleted, and continuous backup that was stopped',
      detailTypes: ['Recovery Point State Change'],
      detail: { status: ['EXPIRED', 'STOPPED'], backupVaultName: vaults },
    },
  ];
}
