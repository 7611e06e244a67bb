import {
  DescribeRestoreJobCommand,
  type DescribeRestoreJobOutput,
  ListRecoveryPointsByResourceCommand,
  ListRestoreJobsCommand,
  PutRestoreValidationResultCommand,
} from '@aws-sdk/client-backup';
import { unless } from '../aws/unless-error';
import type { AwsClients } from './aws-clients';
import type { RestoreJob, StepPorts, WatchPorts } from './ports';

const MAX_RESULTS = 1000;

/** What AWS Backup refuses a verdict with: the job has one already, its window is closed, or it never had one. */
const REFUSED: ReadonlySet<string> = new Set(['InvalidRequestException', 'ResourceNotFoundException', 'InvalidParameterValueException']);

/** A restore job, and what is said about it, bound to the API of AWS Backup. */
export function restoreJobPorts(clients: AwsClients): Pick<StepPorts, 'restoreJob' | 'report'> {
  return {
    restoreJob: async (RestoreJobId) => {
      const job = await unless(['ResourceNotFoundException'], clients.backup.send(new DescribeRestoreJobCommand({ RestoreJobId })));
      return job && toJob(job);
    },
    report: async (RestoreJobId, ValidationStatus, ValidationStatusMessage) => {
      try {
        await clients.backup.send(new PutRestoreValidationResultCommand({ RestoreJobId, ValidationStatus, ValidationStatusMessage }));
        return true;
      } catch (error) {
        if (error instanceof Error && REFUSED.has(error.name)) {
          return false;
        }
        throw error;
      }
    },
  };
}

/** Restore jobs and recovery points as lists. */
export function restoreListPorts(clients: AwsClients): Pick<WatchPorts, 'restoreJobs' | 'oldestPointMs'> {
  return {
    async *restoreJobs(planArn, createdAfterMs) {
      let NextToken: string | undefined;
      do {
        const page = await clients.backup.send(
          new ListRestoreJobsCommand({
            ByRestoreTestingPlanArn: planArn,
            ByCreatedAfter: new Date(createdAfterMs),
            MaxResults: MAX_RESULTS,
            NextToken,
          }),
        );
        yield (page.RestoreJobs ?? []).map(toJob);
        NextToken = page.NextToken;
      } while (NextToken);
    },
    oldestPointMs: async (ResourceArn) => {
      let oldestMs: number | undefined;
      let NextToken: string | undefined;
      do {
        const page = await clients.backup.send(
          new ListRecoveryPointsByResourceCommand({ ResourceArn, MaxResults: MAX_RESULTS, NextToken }),
        );
        for (const { CreationDate } of page.RecoveryPoints ?? []) {
          const ms = CreationDate?.getTime();
          oldestMs = ms === undefined ? oldestMs : Math.min(oldestMs ?? ms, ms);
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return oldestMs;
    },
  };
}

function toJob(job: DescribeRestoreJobOutput): RestoreJob {
  const createdMs = moment(job.CreationDate, 'creation date', job);
  return {
    id: job.RestoreJobId ?? '',
    status: job.Status ?? '',
    message: job.StatusMessage,
    planArn: job.CreatedBy?.RestoreTestingPlanArn,
    resourceType: job.ResourceType ?? '',
    sourceArn: job.SourceResourceArn ?? '',
    recoveryPointArn: job.RecoveryPointArn ?? '',
    vaultArn: job.BackupVaultArn ?? '',
    recoveryPointMs: moment(job.RecoveryPointCreationDate, 'date of its recovery point', job),
    createdMs,
    completedMs: job.CompletionDate?.getTime(),
    createdArn: job.CreatedResourceArn,
    validation: job.ValidationStatus,
    deletion: job.DeletionStatus,
  };
}

function moment(date: Date | undefined, what: string, { RestoreJobId }: DescribeRestoreJobOutput): number {
  if (date === undefined) {
    throw new Error(`AWS Backup tells no ${what} of restore job ${RestoreJobId}`);
  }
  return date.getTime();
}
