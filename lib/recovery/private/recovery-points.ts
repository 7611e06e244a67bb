import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Stack, Token } from 'aws-cdk-lib/core';
import { restoreRoleOf } from '../../core/private/backup-roles';
import { ConfigurationError } from '../../core/private/errors';
import { instanceName, namesOf, type RestoredConfig } from '../../model/recovery';
import type { ResourceType } from '../../model/services';
import { RestoredType } from '../../verification/restored-type';
import type { RecoverablePointsOptions } from '../recoverable-data-options';
import { type BoundData, type DataPlace, derivedNames, lookAtNetwork } from './bound-data';

const TYPES: Readonly<Record<RestoredType, ResourceType>> = {
  [RestoredType.AURORA]: 'Aurora',
  [RestoredType.DOCUMENTDB]: 'DocumentDB',
  [RestoredType.DYNAMODB]: 'DynamoDB',
  [RestoredType.EBS]: 'EBS',
  [RestoredType.EC2]: 'EC2',
  [RestoredType.EFS]: 'EFS',
  [RestoredType.FSX]: 'FSxLustre',
  [RestoredType.NEPTUNE]: 'Neptune',
  [RestoredType.RDS]: 'RDS',
  [RestoredType.S3]: 'S3',
};

/** Types that are restored as a cluster without an instance, and the engine of one where there is only one. */
const CLUSTERS: Readonly<Partial<Record<RestoredType, string | undefined>>> = {
  [RestoredType.AURORA]: undefined,
  [RestoredType.DOCUMENTDB]: 'docdb',
  [RestoredType.NEPTUNE]: 'neptune',
};

/** Data of which this site has recovery points and nothing else. */
export function bindPoints(place: DataPlace, options: RecoverablePointsOptions): BoundData {
  const { vault, sourceArn, type, identifier = place.name, metadata = {} } = options;
  const { backupVaultName, backupVaultArn } = vault.backupVaultRef;
  const { region, name, by } = place;
  const there = Token.isUnresolved(backupVaultArn) ? Stack.of(vault).region : backupVaultArn.split(':')[3];
  if (there !== region) {
    throw new ConfigurationError(
      'SiteElsewhere',
      `'vault' of '${name}' is '${vault.node.path}' in ${Token.isUnresolved(there) ? 'a Region that is only known at deploy time' : there}, but the site in ${region} can only restore what is there: give the vault with the copies, such as 'recoveryVault' of the Protection`,
      by,
    );
  }
  const learnsSource = sourceArn === undefined;
  const isUsable = learnsSource ? type === RestoredType.EFS : !Token.isUnresolved(sourceArn) && sourceArn.startsWith('arn:');
  if (!isUsable) {
    const given = learnsSource ? 'not given' : Token.isUnresolved(sourceArn) ? 'only known at deploy time' : `'${sourceArn}'`;
    const remedy =
      type === RestoredType.EFS ? 'leave it out, so that the agent of home tells it' : 'name the source, and give its ARN as plain text';
    throw new ConfigurationError(
      'SourceNameUnknown',
      `'sourceArn' of '${name}' is ${given}, but the site has to find the recovery points while the source is gone: ${remedy}`,
      by,
    );
  }
  const instance = instanceOf(place, options);
  const parameterPath = `${namesOf(place.recovery).parameterRoot}/${name}`;
  const roleFor = (stack: Stack) => options.role?.roleRef.roleArn ?? restoreRoleOf(stack, [TYPES[type]]).roleArn;
  return {
    kind: 'recovery-points',
    type: TYPES[type],
    restoredName: identifier,
    learnsSource,
    config: ({ stack }): RestoredConfig => ({
      kind: 'recovery-points',
      name,
      order: place.order,
      vault: backupVaultName,
      resourceType: type,
      ...(learnsSource ? { learnsSource } : { sourceArn }),
      roleArn: roleFor(stack),
      identifier,
      ...(instance && { instance }),
      metadata,
      parameterPath,
    }),
    statements: ({ stack }) => [
      new PolicyStatement({
        actions: ['backup:GetRecoveryPointRestoreMetadata', 'backup:ListRecoveryPointsByBackupVault', 'backup:StartRestoreJob'],
        resources: [backupVaultArn, ...pointsOf(stack, type)],
      }),
      new PolicyStatement({ actions: ['backup:DescribeRestoreJob'], resources: ['*'] }),
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [roleFor(stack)],
        conditions: { StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' } },
      }),
      new PolicyStatement({
        actions: ['ssm:PutParameter'],
        resources: [stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${parameterPath.slice(1)}/*` })],
      }),
      ...restoredOf(stack, type, identifier),
    ],
  };
}

/** Recovery points, which have ARNs of the service that made them. */
function pointsOf(stack: Stack, type: RestoredType): readonly string[] {
  const own: Readonly<Partial<Record<RestoredType, readonly [service: string, resource: string, account?: string]>>> = {
    [RestoredType.AURORA]: ['rds', 'cluster-snapshot:*'],
    [RestoredType.DOCUMENTDB]: ['rds', 'cluster-snapshot:*'],
    [RestoredType.NEPTUNE]: ['rds', 'cluster-snapshot:*'],
    [RestoredType.RDS]: ['rds', 'snapshot:*'],
    [RestoredType.EBS]: ['ec2', 'snapshot/*', ''],
    [RestoredType.EC2]: ['ec2', 'image/*', ''],
    [RestoredType.FSX]: ['fsx', 'backup/*'],
    [RestoredType.DYNAMODB]: ['dynamodb', 'table/*/backup/*'],
  };
  const kinds = [['backup', 'recovery-point:*', undefined] as const, ...(own[type] ? [own[type]] : [])];
  return kinds.map(([service, resource, account]) =>
    stack.formatArn({ service, resource, account, arnFormat: ArnFormat.NO_RESOURCE_NAME }),
  );
}

/** The instance by which a restored cluster answers. */
function instanceOf({ name, by }: DataPlace, { type, instanceType, engine = CLUSTERS[type] }: RecoverablePointsOptions) {
  if (!(type in CLUSTERS)) {
    return undefined;
  }
  if (instanceType === undefined) {
    throw new ConfigurationError(
      'ClusterWithoutInstance',
      `'${name}' is restored as a cluster of ${type}, which AWS Backup makes without any instance, so that it would take over no request: give 'instanceType'`,
      by,
    );
  }
  if (engine === undefined) {
    throw new ConfigurationError(
      'EngineUnknown',
      `'instanceType' is given for '${name}', but recovery points of ${type} do not say their engine: give 'engine' too`,
      by,
    );
  }
  return { instanceClass: `db.${instanceType}`, engine };
}

/** What was restored is looked at and put aside, and what a rehearsal has made is removed. */
function restoredOf(stack: Stack, type: RestoredType, identifier: string): PolicyStatement[] {
  const { kept, rehearsed } = derivedNames(identifier);
  const rds = (resource: string, resourceName: string) =>
    stack.formatArn({ service: 'rds', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  if (type === RestoredType.RDS) {
    const own = [rds('db', identifier), rds('db', kept)];
    return [
      new PolicyStatement({ actions: ['rds:DescribeDBInstances'], resources: [...own, rds('db', rehearsed)] }),
      new PolicyStatement({ actions: ['rds:ModifyDBInstance'], resources: own }),
      new PolicyStatement({ actions: ['rds:DeleteDBInstance'], resources: [rds('db', rehearsed)] }),
    ];
  }
  if (type in CLUSTERS) {
    const cluster = rds('cluster', identifier);
    const instance = rds('db', instanceName(identifier));
    const groups = ['pg', 'subgrp', 'og'].map((group) => rds(group, '*'));
    return [
      new PolicyStatement({ actions: ['rds:DescribeDBClusters'], resources: [cluster] }),
      new PolicyStatement({ actions: ['rds:DescribeDBInstances'], resources: [instance] }),
      new PolicyStatement({ actions: ['rds:CreateDBInstance'], resources: [cluster, instance, ...groups] }),
      lookAtNetwork(),
    ];
  }
  if (type === RestoredType.DYNAMODB) {
    const table = (resourceName: string) => stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
    return [
      new PolicyStatement({ actions: ['dynamodb:DescribeTable'], resources: [table(identifier), table(rehearsed)] }),
      new PolicyStatement({ actions: ['dynamodb:DeleteTable'], resources: [table(rehearsed)] }),
    ];
  }
  return [];
}
