import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { TableExportFormat } from '../../table-export-format';
import { type ExportSteps, expression, read, start } from './steps';
import type { ExportStore } from './store';

const EXPORT = '$states.result.ExportDescription';

/** Errors that pass: too many calls or exports at a time, and those of the service itself. */
const PASSING = [
  'DynamoDb.LimitExceededException',
  'DynamoDb.ThrottlingException',
  'DynamoDb.ExportConflictException',
  'DynamoDb.DynamoDbException',
  'DynamoDb.SdkClientException',
];

/** Exports a table as it is at that moment. */
export function tableSteps(scope: Construct, tableArn: string, format: TableExportFormat, store: ExportStore): ExportSteps {
  const { bucketName } = store.bucket.bucketRef;
  const begin = start(scope, 'Start export', PASSING, {
    service: 'dynamodb',
    action: 'exportTableToPointInTime',
    parameters: {
      TableArn: tableArn,
      // the same for every repetition of the call, so that only one export starts
      ClientToken: expression('$states.context.Execution.Name'),
      ExportFormat: format,
      S3Bucket: bucketName,
      S3BucketOwner: foreignOwner(scope, store),
      S3Prefix: store.prefix,
      ...(store.key && { S3SseAlgorithm: 'KMS', S3SseKmsKeyId: store.key.keyArn }),
    },
    iamAction: 'dynamodb:ExportTableToPointInTime',
    iamResources: [tableArn],
    additionalIamStatements: writing(scope, store),
    assign: { exportArn: expression(`${EXPORT}.ExportArn`) },
  });
  const ask = read(scope, 'Ask after export', {
    service: 'dynamodb',
    action: 'describeExport',
    parameters: { ExportArn: expression('$exportArn') },
    iamAction: 'dynamodb:DescribeExport',
    iamResources: [`${tableArn}/export/*`],
    assign: {
      status: expression(`${EXPORT}.ExportStatus`),
      reason: expression(`${EXPORT}.FailureCode & ' ' & ${EXPORT}.FailureMessage`),
    },
    outputs: expression(EXPORT),
  });
  return {
    first: begin,
    begin,
    ask,
    done: "$status = 'COMPLETED'",
    failed: "$status = 'FAILED'",
    cause: "'DynamoDB could not export the table: ' & $reason",
  };
}

/** DynamoDB writes with the permissions of whoever asks for the export. */
function writing(scope: Construct, { bucket, key, prefix }: ExportStore): PolicyStatement[] {
  const { urlSuffix } = Stack.of(scope);
  return [
    new PolicyStatement({
      actions: ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'],
      resources: [`${bucket.bucketRef.bucketArn}/${prefix}/*`],
    }),
    ...(key
      ? [
          new PolicyStatement({
            actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
            resources: [key.keyArn],
            conditions: { StringEquals: { 'kms:ViaService': `s3.${bucket.env.region}.${urlSuffix}` } },
          }),
        ]
      : []),
  ];
}

/** DynamoDB has to be told whose the bucket is, where it is not of the account of the table. */
function foreignOwner(scope: Construct, { bucket }: ExportStore): string | undefined {
  const { account } = bucket.env;
  return Token.isUnresolved(account) || account === Stack.of(scope).account ? undefined : account;
}
