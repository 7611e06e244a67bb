import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { MADE_FOR_TAG, RESTORED_PREFIX, RESTORED_TAG, type WorkflowConfig } from '../../model/verification';

/** Where evidence goes. */
export interface EvidenceTarget {
  readonly bucketArn: string;
  readonly keyArn: string;
}

/** Why roles of the workflow have wildcards. */
export const WILDCARD_REASON =
  'What AWS Backup restores for a test has a name that nobody knows before, AWS Backup and EC2 know no resource for these calls, and evidence has one object for each test.';

/** Types of AWS Backup whose clusters come without instances. */
const BARE_CLUSTERS = ['Aurora', 'DocumentDB', 'Neptune'];
/** Types of AWS Backup that the API of RDS knows. */
const DATABASES = [...BARE_CLUSTERS, 'RDS'];

/** File systems that are restored for a test have ids like any other. */
const FILE_SYSTEMS: readonly [type: string, service: string, actions: string[]][] = [
  [
    'EFS',
    'elasticfilesystem',
    ['elasticfilesystem:DescribeFileSystems', 'elasticfilesystem:DescribeAccessPoints', 'elasticfilesystem:DescribeMountTargets'],
  ],
  ['FSx', 'fsx', ['fsx:DescribeFileSystems', 'fsx:DescribeVolumes']],
];

/** What the steps of a test may do: look at what was restored, give a cluster an instance and take it back, write evidence, tell AWS Backup. */
export function stepStatements(stack: Stack, { resources, evidence }: WorkflowConfig, target: EvidenceTarget): PolicyStatement[] {
  const types = new Set(resources.map(({ resourceType }) => resourceType));
  const restored = (service: string, resource: string, arnFormat = ArnFormat.COLON_RESOURCE_NAME) =>
    stack.formatArn({ service, resource, resourceName: `${RESTORED_PREFIX}*`, arnFormat });
  const statements = [
    new PolicyStatement({
      sid: 'ReadAndTell',
      actions: ['backup:DescribeRestoreJob', 'backup:PutRestoreValidationResult'],
      resources: ['*'],
    }),
    ...evidenceStatements(target, evidence.prefix, true),
  ];
  if (DATABASES.some((type) => types.has(type))) {
    statements.push(
      new PolicyStatement({
        sid: 'LookAtDatabases',
        actions: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters'],
        resources: [restored('rds', 'db'), restored('rds', 'cluster')],
      }),
    );
  }
  if (BARE_CLUSTERS.some((type) => types.has(type))) {
    statements.push(...instanceStatements(stack, [restored('rds', 'db'), restored('rds', 'cluster')]));
  }
  if (types.has('DynamoDB')) {
    const tables = restored('dynamodb', 'table', ArnFormat.SLASH_RESOURCE_NAME);
    statements.push(new PolicyStatement({ sid: 'LookAtTables', actions: ['dynamodb:DescribeTable'], resources: [tables] }));
  }
  if (types.has('S3')) {
    // HeadBucket needs the permission to list
    const buckets = `arn:${stack.partition}:s3:::${RESTORED_PREFIX}*`;
    statements.push(new PolicyStatement({ sid: 'LookAtBuckets', actions: ['s3:ListBucket'], resources: [buckets] }));
  }
  if (types.has('EBS')) {
    statements.push(new PolicyStatement({ sid: 'LookAtVolumes', actions: ['ec2:DescribeVolumes'], resources: ['*'] }));
  }
  if (types.has('EC2')) {
    statements.push(
      new PolicyStatement({ sid: 'LookAtMachines', actions: ['ec2:DescribeInstanceStatus', 'ec2:DescribeInstances'], resources: ['*'] }),
    );
  }
  for (const [type, service, actions] of FILE_SYSTEMS) {
    if (types.has(type)) {
      const resources = ['file-system', ...(type === 'FSx' ? ['volume'] : [])].map((one) =>
        stack.formatArn({ service, resource: one, resourceName: '*' }),
      );
      statements.push(new PolicyStatement({ sid: `LookAt${type}`, actions, resources }));
    }
  }
  if (types.has('EFS')) {
    statements.push(...mountStatements(stack));
  }
  return statements;
}

/** Mount targets of file systems that AWS Backup has restored for a test can be removed, and access points with the tag. */
function mountStatements(stack: Stack): PolicyStatement[] {
  const ofService = (resource: string) => stack.formatArn({ service: 'elasticfilesystem', resource, resourceName: '*' });
  return [
    new PolicyStatement({
      sid: 'DeleteMountTargets',
      actions: ['elasticfilesystem:DeleteMountTarget'],
      resources: [ofService('file-system')],
      conditions: { Null: { [`aws:ResourceTag/${RESTORED_TAG}`]: 'false' } },
    }),
    new PolicyStatement({
      sid: 'DeleteAccessPoints',
      actions: ['elasticfilesystem:DeleteAccessPoint'],
      resources: [ofService('access-point')],
      conditions: { Null: { [`aws:ResourceTag/${MADE_FOR_TAG}`]: 'false' } },
    }),
    // what removing a mount target takes besides (EFS API Reference: DeleteMountTarget)
    new PolicyStatement({ sid: 'DeleteInterfacesOfMountTargets', actions: ['ec2:DeleteNetworkInterface'], resources: ['*'] }),
  ];
}

/** Instances can only be made under the names of restored clusters with the tag, and only those with the tag can be deleted. */
function instanceStatements(stack: Stack, restored: readonly string[]): PolicyStatement[] {
  const groups = ['pg', 'subgrp', 'og'].map((resource) =>
    stack.formatArn({ service: 'rds', resource, resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME }),
  );
  const [instances] = restored;
  return [
    new PolicyStatement({ sid: 'MakeInstances', actions: ['rds:CreateDBInstance'], resources: [...restored, ...groups] }),
    new PolicyStatement({
      sid: 'TagInstances',
      actions: ['rds:AddTagsToResource'],
      resources: [instances],
      conditions: { 'ForAllValues:StringEquals': { 'aws:TagKeys': [MADE_FOR_TAG] }, Null: { 'aws:TagKeys': 'false' } },
    }),
    new PolicyStatement({
      sid: 'DeleteInstances',
      actions: ['rds:DeleteDBInstance'],
      resources: [instances],
      conditions: { Null: { [`aws:ResourceTag/${MADE_FOR_TAG}`]: 'false' } },
    }),
    new PolicyStatement({
      sid: 'UseKeysOfClusters',
      actions: ['kms:CreateGrant', 'kms:DescribeKey'],
      resources: [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
      conditions: { StringEquals: { 'kms:ViaService': `rds.${stack.region}.${stack.urlSuffix}` } },
    }),
  ];
}

/** What the watch may do: see restore jobs, recovery points and evidence, and start what was forgotten. */
export function watchStatements(machineArn: string, { evidence }: WorkflowConfig, target: EvidenceTarget): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'SeeTests', actions: ['backup:ListRestoreJobs', 'backup:ListRecoveryPointsByResource'], resources: ['*'] }),
    new PolicyStatement({ sid: 'StartTests', actions: ['states:StartExecution', 'states:DescribeStateMachine'], resources: [machineArn] }),
    ...evidenceStatements(target, evidence.prefix, false),
  ];
}

function evidenceStatements({ bucketArn, keyArn }: EvidenceTarget, prefix: string, write: boolean): PolicyStatement[] {
  const objects = `${bucketArn}/${prefix}*`;
  return [
    new PolicyStatement({
      sid: 'KeepEvidence',
      actions: ['s3:GetObject', ...(write ? ['s3:PutObject'] : [])],
      resources: [objects],
    }),
    // without it, an object that is not there yet would be forbidden instead of missing
    new PolicyStatement({ sid: 'FindEvidence', actions: ['s3:ListBucket'], resources: [bucketArn] }),
    new PolicyStatement({ sid: 'UseKey', actions: ['kms:Decrypt', ...(write ? ['kms:GenerateDataKey'] : [])], resources: [keyArn] }),
  ];
}
