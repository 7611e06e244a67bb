import type { IFileSystemRef } from 'aws-cdk-lib/aws-efs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucketRef } from 'aws-cdk-lib/aws-s3';
import { Arn, ArnFormat } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { RecoverableBucketOptions } from '../recoverable-data-options';
import { type BoundData, type DataPlace, targetAt } from './bound-data';

interface Referred {
  readonly tableRef?: { readonly tableName: string };
  readonly globalTableRef?: { readonly tableName: string };
}

/** A table that takes writes at every site. */
export function bindTable(place: DataPlace, table: IConstruct): BoundData {
  const target = targetAt(place, table, ['DynamoDB']);
  const { tableRef, globalTableRef } = table as Referred;
  const name = (tableRef ?? globalTableRef)?.tableName ?? target.cfn?.ref ?? lastOf(target.arn);
  return {
    kind: 'dynamodb-global',
    type: 'DynamoDB',
    target,
    config: () => ({ kind: 'dynamodb-global', name: place.name, order: place.order, table: name }),
    statements: () => [new PolicyStatement({ actions: ['dynamodb:DescribeTable'], resources: [target.arn] })],
  };
}

/** A bucket whose objects arrive from the other site. */
export function bindBucket(place: DataPlace, bucket: IBucketRef, { twoWay = false }: RecoverableBucketOptions): BoundData {
  const target = targetAt(place, bucket, ['S3']);
  const name = bucket.bucketRef.bucketName;
  return {
    kind: 'bucket',
    type: 'S3',
    target,
    comesBack: twoWay,
    config: () => ({ kind: 'bucket', name: place.name, order: place.order, bucket: name, twoWay }),
    statements: () => [
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [target.arn],
      }),
    ],
  };
}

/** A file system that follows that of the other site, or is followed by it. */
export function bindFileSystem(place: DataPlace, fileSystem: IFileSystemRef): BoundData {
  const target = targetAt(place, fileSystem, ['EFS']);
  const id = fileSystem.fileSystemRef.fileSystemId;
  return {
    kind: 'efs',
    type: 'EFS',
    target,
    config: () => ({ kind: 'efs', name: place.name, order: place.order, fileSystem: id }),
    statements: ({ stack, others }) => [
      new PolicyStatement({
        actions: [
          'elasticfilesystem:DescribeFileSystems',
          'elasticfilesystem:DescribeReplicationConfigurations',
          'elasticfilesystem:CreateReplicationConfiguration',
          'elasticfilesystem:DeleteReplicationConfiguration',
          'elasticfilesystem:UpdateFileSystemProtection',
        ],
        resources: [
          target.arn,
          // ending and reversing replication names the file system of the other site too, whose id only that one knows
          ...others.map(({ region }) =>
            stack.formatArn({ service: 'elasticfilesystem', region, resource: 'file-system', resourceName: '*' }),
          ),
        ],
      }),
      // what would be overwritten has to be in a recovery point
      new PolicyStatement({ actions: ['backup:ListRecoveryPointsByResource'], resources: ['*'] }),
    ],
  };
}

function lastOf(arn: string): string {
  return Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).resourceName as string;
}
