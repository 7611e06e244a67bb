import {
  type BackupJobState,
  type BackupSelection as BackupSelectionDocument,
  type Condition,
  type ConditionParameter,
  DescribeBackupVaultCommand,
  GetBackupSelectionCommand,
  ListBackupJobsCommand,
  ListBackupPlansCommand,
  ListBackupSelectionsCommand,
  ListRecoveryPointsByBackupVaultCommand,
} from '@aws-sdk/client-backup';
import type { BackupSelection, SelectionCondition } from '../../model/freshness';
import type { AwsClients } from './aws-clients';
import { pagesOf } from './pages';
import type { Ports } from './ports';

const MAX_RESULTS = 1000;
const TAG_PREFIX = /^aws:ResourceTag\//;

/** What AWS Backup is asked, bound to its API. */
export function backupPorts({
  backup,
  signal,
}: AwsClients): Pick<Ports, 'planIds' | 'selections' | 'recoveryPoints' | 'backupJobs' | 'vaultCreatedMs'> {
  const options = { abortSignal: signal };
  return {
    planIds: (region, name) =>
      pagesOf(async (NextToken) => {
        const page = await backup(region).send(new ListBackupPlansCommand({ NextToken, MaxResults: MAX_RESULTS }), options);
        const plans = page.BackupPlansList ?? [];
        return {
          items: plans.filter(({ BackupPlanName }) => BackupPlanName === name).map(({ BackupPlanId }) => BackupPlanId!),
          next: page.NextToken,
        };
      }),
    selections: (region, BackupPlanId) =>
      pagesOf(async (NextToken) => {
        const client = backup(region);
        const page = await client.send(new ListBackupSelectionsCommand({ BackupPlanId, NextToken, MaxResults: MAX_RESULTS }), options);
        const items: BackupSelection[] = [];
        for (const { SelectionId } of page.BackupSelectionsList ?? []) {
          const answer = await client.send(new GetBackupSelectionCommand({ BackupPlanId, SelectionId }), options);
          items.push(toSelection(answer.BackupSelection!, answer.CreationDate));
        }
        return { items, next: page.NextToken };
      }),
    recoveryPoints: (vault, filter) =>
      pagesOf(async (NextToken) => {
        const request = new ListRecoveryPointsByBackupVaultCommand({
          BackupVaultName: vault.name,
          ByResourceArn: filter.resourceArn,
          ByResourceType: filter.resourceType,
          ByCreatedAfter: dateOf(filter.createdAfterMs),
          ByCreatedBefore: dateOf(filter.createdBeforeMs),
          NextToken,
          MaxResults: MAX_RESULTS,
        });
        const page = await backup(vault.region).send(request, options);
        const items = (page.RecoveryPoints ?? []).map((point) => ({
          arn: point.RecoveryPointArn ?? '',
          resourceArn: point.ResourceArn ?? '',
          status: point.Status ?? '',
          createdMs: point.CreationDate!.getTime(),
          initiatedMs: point.InitiationDate?.getTime(),
        }));
        return { items, next: page.NextToken };
      }),
    backupJobs: (region, state, createdAfterMs) =>
      pagesOf(async (NextToken) => {
        const request = new ListBackupJobsCommand({
          ByState: state as BackupJobState,
          ByCreatedAfter: dateOf(createdAfterMs),
          NextToken,
          MaxResults: MAX_RESULTS,
        });
        const page = await backup(region).send(request, options);
        const items = (page.BackupJobs ?? []).map((job) => ({
          resourceArn: job.ResourceArn ?? '',
          state,
          createdMs: job.CreationDate!.getTime(),
          message: job.StatusMessage,
        }));
        return { items, next: page.NextToken };
      }),
    vaultCreatedMs: async (vault) =>
      (await backup(vault.region).send(new DescribeBackupVaultCommand({ BackupVaultName: vault.name }), options)).CreationDate?.getTime(),
  };
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

function toSelection(document: BackupSelectionDocument, created: Date | undefined): BackupSelection {
  return {
    name: document.SelectionName ?? '',
    createdMs: created?.getTime(),
    resources: document.Resources ?? [],
    notResources: document.NotResources ?? [],
    listOfTags: (document.ListOfTags ?? []).map(tagOf),
    conditions: OPERATORS.flatMap((operator) =>
      (document.Conditions?.[operator] ?? []).map((condition) => ({ operator, ...tagOf(condition) })),
    ),
  };
}

const OPERATORS: readonly SelectionCondition['operator'][] = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'];

function tagOf({ ConditionKey = '', ConditionValue = '' }: Condition | ConditionParameter) {
  return { key: ConditionKey.replace(TAG_PREFIX, ''), value: ConditionValue };
}
