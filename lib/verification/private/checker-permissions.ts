import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { type CheckKind, RESTORED_PREFIX } from '../../model/verification';

/** Why the role of the function that looks at restored resources has wildcards. */
export const CHECKER_WILDCARDS =
  'What AWS Backup restores for a test has a name that nobody knows before, and snapshots, status and commands know no names at all.';

/** All that the function does that looks at restored resources by the API of their service: it reads. */
export function checkerStatements(stack: Stack, kinds: ReadonlySet<CheckKind>): PolicyStatement[] {
  const keys = (service: string) =>
    new PolicyStatement({
      sid: `ReadWithKeysOf${service.toUpperCase()}`,
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      resources: [stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${stack.region}.${stack.urlSuffix}` } },
    });
  const bucket = `arn:${stack.partition}:s3:::${RESTORED_PREFIX}*`;
  const table = stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: `${RESTORED_PREFIX}*` });
  const instances = stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' });
  const document = stack.formatArn({ service: 'ssm', account: '', resource: 'document', resourceName: 'AWS-RunShellScript' });
  const snapshots = stack.formatArn({ service: 'ec2', account: '', resource: 'snapshot', resourceName: '*' });
  const fileSystems = stack.formatArn({
    service: 'elasticfilesystem',
    resource: 'file-system',
    resourceName: '*',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  const statements: Partial<Record<CheckKind, readonly PolicyStatement[]>> = {
    objects: [
      new PolicyStatement({
        sid: 'ListObjects',
        actions: ['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketVersioning'],
        resources: [bucket],
      }),
      new PolicyStatement({
        sid: 'ReadObjects',
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:GetObjectAttributes', 's3:GetObjectTagging', 's3:GetObjectVersionTagging'],
        resources: [`${bucket}/*`],
      }),
      keys('s3'),
    ],
    items: [
      new PolicyStatement({
        sid: 'ReadItems',
        actions: ['dynamodb:DescribeTable', 'dynamodb:Scan', 'dynamodb:GetItem'],
        resources: [table],
      }),
      keys('dynamodb'),
    ],
    volume: [
      new PolicyStatement({ sid: 'ReadBlocks', actions: ['ebs:ListSnapshotBlocks', 'ebs:GetSnapshotBlock'], resources: [snapshots] }),
      new PolicyStatement({ sid: 'FindSnapshots', actions: ['ec2:DescribeSnapshots', 'ec2:DescribeVolumes'], resources: ['*'] }),
      keys('ec2'),
    ],
    instance: [
      new PolicyStatement({
        sid: 'LookAtInstances',
        actions: ['ec2:DescribeInstanceStatus', 'ec2:DescribeInstances', 'ssm:DescribeInstanceInformation', 'ssm:GetCommandInvocation'],
        resources: ['*'],
      }),
      new PolicyStatement({ sid: 'UseDocument', actions: ['ssm:SendCommand'], resources: [document] }),
      new PolicyStatement({
        sid: 'RunCommands',
        actions: ['ssm:SendCommand'],
        resources: [instances],
        conditions: { Null: { 'ssm:resourceTag/awsbackup-restore-test': 'false' } },
      }),
    ],
    files: [
      new PolicyStatement({
        sid: 'LookAtFileSystems',
        actions: ['elasticfilesystem:DescribeFileSystems'],
        resources: [fileSystems],
      }),
    ],
  };
  return [...kinds].flatMap((kind) => statements[kind] ?? []);
}
