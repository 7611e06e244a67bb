import type { CheckSpec } from './check-spec';
import { MADE_FOR_TAG, RESTORED_PREFIX, RESTORED_TAG } from './names';

/** Something that a check has to be allowed to do. */
export interface CheckPermission {
  readonly actions: readonly string[];
  /** ARNs, in which `{partition}`, `{region}` and `{account}` stand for those of the function, `{source}` for the ARN of what was backed up, and `{reader}` for that of the function that mounts file systems. */
  readonly resources: readonly string[];
  /** Under which condition: operator, key and value, in which `{region}` and `{suffix}` (of addresses) stand for those of the function. */
  readonly condition?: { readonly operator: 'StringEquals' | 'Null'; readonly key: string; readonly value: string };
  /** The check works without it, but then cannot tell whether a difference was made on purpose. */
  readonly optional?: true;
}

const BUCKETS = `arn:{partition}:s3:::${RESTORED_PREFIX}*`;
const TABLES = `arn:{partition}:dynamodb:{region}:{account}:table/${RESTORED_PREFIX}*`;
const SNAPSHOTS = 'arn:{partition}:ec2:{region}::snapshot/*';
const INSTANCES = 'arn:{partition}:ec2:{region}:{account}:instance/*';
const FILE_SYSTEMS = 'arn:{partition}:elasticfilesystem:{region}:{account}:file-system/*';
const ACCESS_POINTS = 'arn:{partition}:elasticfilesystem:{region}:{account}:access-point/*';
const DOCUMENTS = ['AWS-RunShellScript', 'AWS-RunPowerShellScript'].map((name) => `arn:{partition}:ssm:{region}::document/${name}`);

/**
 * Everything that looking at restored resources takes, by kind of check: reading, and running the command of an instance. `*` only where
 * the action knows no resources (Service Authorization Reference: EC2, Systems Manager), and snapshots of any id, for nobody knows them
 * before.
 */
const PERMISSIONS: Readonly<Partial<Record<CheckSpec['kind'], readonly CheckPermission[]>>> = {
  objects: [
    { actions: ['s3:ListBucket', 's3:ListBucketVersions'], resources: [BUCKETS] },
    { actions: ['s3:GetObject', 's3:GetObjectTagging'], resources: [`${BUCKETS}/*`] },
    { actions: ['s3:ListBucketVersions'], resources: ['{source}'], optional: true },
    { actions: ['s3:GetObjectTagging'], resources: ['{source}/*'], optional: true },
    keysVia('s3'),
  ],
  items: [
    { actions: ['dynamodb:DescribeTable', 'dynamodb:Scan', 'dynamodb:GetItem'], resources: [TABLES] },
    { actions: ['dynamodb:DescribeTable', 'dynamodb:GetItem'], resources: ['{source}'], optional: true },
    keysVia('dynamodb'),
  ],
  volume: [
    { actions: ['ec2:DescribeVolumes'], resources: ['*'] },
    { actions: ['ebs:ListSnapshotBlocks', 'ebs:GetSnapshotBlock'], resources: [SNAPSHOTS] },
    keysVia('ec2'),
  ],
  instance: [
    {
      actions: ['ec2:DescribeInstanceStatus', 'ssm:DescribeInstanceInformation', 'ssm:GetCommandInvocation', 'ssm:CancelCommand'],
      resources: ['*'],
    },
    { actions: ['ssm:SendCommand'], resources: DOCUMENTS },
    {
      actions: ['ssm:SendCommand'],
      resources: [INSTANCES],
      condition: { operator: 'Null', key: `ssm:resourceTag/${RESTORED_TAG}`, value: 'false' },
    },
  ],
  files: [
    {
      actions: [
        'elasticfilesystem:CreateAccessPoint',
        'elasticfilesystem:CreateMountTarget',
        'elasticfilesystem:DeleteMountTarget',
        'elasticfilesystem:DescribeAccessPoints',
        'elasticfilesystem:DescribeFileSystems',
        'elasticfilesystem:DescribeMountTargets',
      ],
      resources: [FILE_SYSTEMS],
      condition: tagged(RESTORED_TAG),
    },
    // also of those that are gone, which have no tags
    { actions: ['elasticfilesystem:DescribeAccessPoints'], resources: [ACCESS_POINTS] },
    {
      actions: ['elasticfilesystem:TagResource', 'elasticfilesystem:DeleteAccessPoint'],
      resources: [ACCESS_POINTS],
      condition: tagged(MADE_FOR_TAG),
    },
    // what making and removing mount targets takes besides (EFS API Reference: CreateMountTarget, DeleteMountTarget)
    {
      actions: ['ec2:DescribeSubnets', 'ec2:DescribeNetworkInterfaces', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface'],
      resources: ['*'],
    },
    // what moving a function into other subnets takes besides (AWS Lambda Developer Guide: giving functions access to a VPC)
    { actions: ['ec2:DescribeSecurityGroups', 'ec2:DescribeVpcs'], resources: ['*'] },
    {
      actions: ['lambda:GetFunctionConfiguration', 'lambda:UpdateFunctionConfiguration', 'lambda:InvokeFunction'],
      resources: ['{reader}'],
    },
  ],
};

/** What the function that looks at restored resources has to be allowed to do for a kind of check. */
export function permissionsOf(kind: CheckSpec['kind']): readonly CheckPermission[] {
  return PERMISSIONS[kind] ?? [];
}

/** What the function has to be allowed to do that mounts file systems, besides being in a network: it may not write. */
export function readerPermissions(): readonly CheckPermission[] {
  const actions = ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientRootAccess'];
  return [{ actions, resources: [FILE_SYSTEMS], condition: tagged(RESTORED_TAG) }];
}

function tagged(tag: string): NonNullable<CheckPermission['condition']> {
  return { operator: 'Null', key: `aws:ResourceTag/${tag}`, value: 'false' };
}

/** What is encrypted with a key of the user is read with it, and only by way of the service that holds it. */
function keysVia(service: string): CheckPermission {
  return {
    actions: ['kms:Decrypt'],
    resources: ['arn:{partition}:kms:{region}:{account}:key/*'],
    condition: { operator: 'StringEquals', key: 'kms:ViaService', value: `${service}.{region}.{suffix}` },
  };
}
