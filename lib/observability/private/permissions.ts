import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { type FreshnessConfig, kindOf } from '../../model/freshness';
import type { ResourceType } from '../../model/services';

/** Why the role of a freshness function has wildcards. */
export const WILDCARD_REASON =
  'Plans, jobs and tags can only be listed as a whole; selections and databases are read whatever their id. All of it is reading, in the Regions of the plans.';

/** All that a freshness function does: it reads, in the Regions of its plans and vaults, and writes nowhere. */
export function freshnessStatements(stack: Stack, { plans, vaults }: FreshnessConfig): readonly PolicyStatement[] {
  const regions = [...new Set(plans.map(({ region }) => region ?? stack.region))];
  const types = new Set(plans.flatMap(({ promises }) => promises.flatMap((promise) => promise.types)));
  const arn = (service: string, region: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, region, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const perRegion = (service: string, resource: string) => regions.map((region) => arn(service, region, resource, '*'));
  const keptIn = (type: ResourceType, onlyElsewhere = false) => [
    ...new Set(
      plans.flatMap(({ region: home = stack.region, services = [] }) =>
        services.flatMap((one) => (one.type === type && (one.region !== undefined || !onlyElsewhere) ? [one.region ?? home] : [])),
      ),
    ),
  ];
  const statements = [
    {
      sid: 'ReadVaults',
      actions: ['backup:DescribeBackupVault', 'backup:ListRecoveryPointsByBackupVault'],
      resources: vaults.map(({ name, region }) => arn('backup', region ?? stack.region, 'backup-vault', name)),
    },
    {
      sid: 'ReadSelections',
      actions: ['backup:ListBackupSelections', 'backup:GetBackupSelection'],
      resources: perRegion('backup', 'backup-plan'),
    },
    ...(hasDatabases(types)
      ? [
          { sid: 'ReadInstances', actions: ['rds:DescribeDBInstances'], resources: perRegion('rds', 'db') },
          { sid: 'ReadClusters', actions: ['rds:DescribeDBClusters'], resources: perRegion('rds', 'cluster') },
        ]
      : []),
    {
      sid: 'ReadReplicatedBackups',
      actions: ['rds:DescribeDBInstanceAutomatedBackups'],
      resources: keptIn('RDS', true).flatMap((region) => ['auto-backup', 'db'].map((kind) => arn('rds', region, kind, '*'))),
    },
    {
      sid: 'ReadTableRecovery',
      actions: ['dynamodb:DescribeContinuousBackups'],
      resources: keptIn('DynamoDB').map((region) => stack.formatArn({ service: 'dynamodb', region, resource: 'table', resourceName: '*' })),
    },
  ];
  const lists = new PolicyStatement({
    sid: 'FindPlansJobsAndTags',
    actions: ['backup:ListBackupPlans', 'backup:ListBackupJobs', 'tag:GetResources'],
    resources: ['*'],
    conditions: { StringEquals: { 'aws:RequestedRegion': regions } },
  });
  return [
    ...statements.filter(({ resources }) => resources.length > 0).map((statement) => new PolicyStatement(statement)),
    ...(plans.length > 0 ? [lists] : []),
  ];
}

function hasDatabases(types: ReadonlySet<ResourceType>): boolean {
  const kinds = ['db', 'cluster'].map((form) => kindOf(`arn:aws:rds:::${form}:x`));
  return kinds.some((kind) => kind?.types.some((type) => types.has(type)));
}
