import { ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AlarmActions } from '../../core/alarm-actions';
import { addAlarm, type Severity } from '../../core/private/alarm-route';
import type { WatchedVault } from '../../model/failures';

interface Kind {
  readonly id: string;
  readonly metricName: string;
  readonly severity: Severity;
  readonly wrong: (vault: string) => string;
  readonly section: string;
  readonly concerns: (vault: WatchedVault) => boolean;
}

const backups = { section: 'failed-backup-jobs', severity: 'high', concerns: (vault: WatchedVault) => vault.backups } as const;

const KINDS: readonly Kind[] = [
  { ...backups, id: 'BackupFailed', metricName: 'NumberOfBackupJobsFailed', wrong: (vault) => `A backup into the vault ${vault} failed` },
  {
    ...backups,
    id: 'BackupAborted',
    metricName: 'NumberOfBackupJobsAborted',
    wrong: (vault) => `A backup into the vault ${vault} was aborted`,
  },
  {
    ...backups,
    id: 'BackupExpired',
    metricName: 'NumberOfBackupJobsExpired',
    wrong: (vault) => `A backup into the vault ${vault} did not start in its window`,
  },
  {
    id: 'CopyFailed',
    metricName: 'NumberOfCopyJobsFailed',
    severity: 'high',
    wrong: (vault) => `A copy into the vault ${vault} failed`,
    section: 'failed-copy-jobs',
    concerns: ({ copies }) => copies,
  },
  {
    id: 'RestoreFailed',
    metricName: 'NumberOfRestoreJobsFailed',
    severity: 'critical',
    wrong: (vault) => `A restore from the vault ${vault} failed`,
    section: 'failed-restore-jobs',
    concerns: ({ restores }) => restores,
  },
];

/** AWS Backup publishes its metrics as often. */
const PERIOD = Duration.minutes(5);

/**
 * Alarms on what AWS Backup counts for vaults. It counts nothing unless there is something to count, so that missing data is
 * good news; and a job that failed has not succeeded five minutes later, so that nobody is told that it is over.
 */
export class JobAlarms extends Construct {
  constructor(scope: Construct, id: string, vaults: readonly WatchedVault[], actions: AlarmActions) {
    super(scope, id);
    for (const vault of vaults) {
      for (const { id: kind, metricName, severity, wrong, section } of KINDS.filter(({ concerns }) => concerns(vault))) {
        addAlarm(
          this,
          `${vault.name}${kind}`,
          {
            severity,
            section,
            wrong: wrong(vault.name),
            metric: new Metric({
              namespace: 'AWS/Backup',
              metricName,
              dimensionsMap: { BackupVaultName: vault.name },
              statistic: Stats.SUM,
              period: PERIOD,
            }),
            threshold: 0,
            comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluationPeriods: 1,
            treatMissingData: TreatMissingData.NOT_BREACHING,
          },
          { actions, whenOver: false },
        );
      }
    }
  }
}
