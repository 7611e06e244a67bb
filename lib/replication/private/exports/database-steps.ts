import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Names, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { known } from '../../../core/private/known';
import { acknowledgeWildcards } from '../../../core/private/wildcards';
import { differ } from '../../../model/differ';
import { EXPORT_LIMITS } from '../../../model/limits/exports';
import { findSnapshot, SEARCH, snapshotArns } from './snapshot-steps';
import { type ExportSteps, expression, read, start } from './steps';
import type { ExportStore } from './store';

const TASK = '$states.result.ExportTasks[0]';

/** Errors that pass: another export of the same source still runs, too many calls or exports at a time, and those of the service. */
const PASSING = ['Rds.InvalidExportSourceStateException', 'Rds.ThrottlingException', 'Rds.RdsException', 'Rds.SdkClientException'];

/** Digits of the moment at which an execution started, to the millisecond. */
const STAMP = 17;

/** What is exported of a database. */
export interface DatabaseSource {
  readonly arn: string;
  readonly cluster: boolean;
  /** The oldest snapshot that is still worth an export; left out where the live cluster is exported. */
  readonly maxSnapshotAgeMs?: number;
  readonly exportOnly?: readonly string[];
  /** Whether an export that RDS itself warns of counts as complete. */
  readonly acceptWarnings: boolean;
}

/** A bucket with a key. */
export type KeyedStore = ExportStore & { readonly key: IKey };

/** RDS exports nothing without a key, and only to a bucket of its own Region. */
export function keyed(scope: Construct, store: ExportStore): KeyedStore {
  const { key, bucket, name } = store;
  if (key === undefined) {
    throw new ConfigurationError(
      'ExportWithoutKey',
      `'bucket' is '${name}', of which no customer managed key is known, but RDS exports under such a key only: give its key as 'encryptionKey'`,
      scope,
    );
  }
  const { region } = Stack.of(scope);
  if (differ(known(bucket.env.region), known(region))) {
    throw new ConfigurationError(
      'ExportBucketElsewhere',
      `'bucket' is '${name}' in ${bucket.env.region}, but RDS exports to a bucket of the Region of the database, ${region}, only: take one of ${region}, and replicate it`,
      scope,
    );
  }
  return { ...store, key };
}

/** Exports a database with a task of RDS, which writes the files with a role of its own. */
export function databaseSteps(scope: Construct, source: DatabaseSource, store: KeyedStore): ExportSteps {
  const { arn, cluster, maxSnapshotAgeMs, acceptWarnings } = source;
  const begin = startTask(scope, source, store);
  const ask = read(scope, 'Ask after export', {
    service: 'rds',
    action: 'describeExportTasks',
    parameters: { ExportTaskIdentifier: expression('$task') },
    iamAction: 'rds:DescribeExportTasks',
    iamResources: ['*'],
    assign: {
      status: expression(`$uppercase(${TASK}.Status)`),
      reason: expression(`${TASK}.FailureCause & ''`),
      warning: expression(`${TASK}.WarningMessage & ''`),
    },
    outputs: expression(TASK),
  });
  const task = expression(`'${taskPrefix(scope)}-' & $substring($replace($states.context.Execution.StartTime, /[^0-9]/, ''), 0, ${STAMP})`);
  return {
    remembered: { task, ...(maxSnapshotAgeMs === undefined ? {} : SEARCH) },
    first: maxSnapshotAgeMs === undefined ? begin : findSnapshot(scope, arn, cluster, maxSnapshotAgeMs, begin),
    begin,
    // the identifier is that of this execution alone, so an earlier attempt has started it
    alreadyBegun: ['Rds.ExportTaskAlreadyExistsException'],
    ask,
    done: acceptWarnings ? "$status = 'COMPLETE'" : "$status = 'COMPLETE' and $warning = ''",
    failed: "$status in ['COMPLETE', 'FAILED', 'CANCELED']",
    cause: "'the task ' & $task & ' of RDS ended as ' & $status & ': ' & $reason & $warning",
  };
}

const WORD = 'export';

/** Identifiers of tasks are used up for good, so each execution has its own; they begin with a letter. */
function taskPrefix(scope: Construct): string {
  const maxLength = EXPORT_LIMITS.taskIdentifier.value - WORD.length - STAMP - 2;
  return `${WORD}-${Names.uniqueResourceName(scope.node.scope as Construct, { maxLength, separator: '-' })}`;
}

function startTask(scope: Construct, { arn, cluster, maxSnapshotAgeMs, exportOnly }: DatabaseSource, store: KeyedStore): CallAwsService {
  const { bucket, key, prefix } = store;
  const live = maxSnapshotAgeMs === undefined;
  const { roleArn } = writer(scope, store);
  return start(scope, 'Start export', PASSING, {
    service: 'rds',
    action: 'startExportTask',
    parameters: {
      ExportTaskIdentifier: expression('$task'),
      SourceArn: live ? arn : expression('$snapshot.arn'),
      S3BucketName: bucket.bucketRef.bucketName,
      S3Prefix: prefix,
      IamRoleArn: roleArn,
      KmsKeyId: key.keyArn,
      ...(exportOnly && { ExportOnly: exportOnly }),
    },
    iamAction: 'rds:StartExportTask',
    iamResources: [live ? arn : snapshotArns(scope, cluster)],
    additionalIamStatements: [
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'export.rds.amazonaws.com' } },
      }),
      new PolicyStatement({ actions: ['kms:CreateGrant', 'kms:DescribeKey'], resources: [key.keyArn] }),
    ],
  });
}

const OBJECTS = ['s3:DeleteObject*', 's3:GetObject*', 's3:PutObject*'];
const CRYPT = ['kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/** The role that RDS writes the files with; RDS asks for these permissions by name, wildcards included. */
function writer(scope: Construct, { bucket, key, prefix }: KeyedStore): Role {
  const { bucketArn } = bucket.bucketRef;
  const objects = `${bucketArn}/${prefix}/*`;
  const role = new Role(scope, 'Writer', {
    description: 'RDS writes exports with it',
    assumedBy: new ServicePrincipal('export.rds.amazonaws.com'),
  });
  for (const [actions, resource] of [
    [['s3:GetBucketLocation', 's3:ListBucket'], bucketArn],
    [OBJECTS, objects],
    [['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', ...CRYPT], key.keyArn],
  ] as const) {
    role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [resource] }));
  }
  acknowledgeWildcards(role, {
    actions: [...OBJECTS, ...CRYPT],
    resources: [objects],
    reason: 'RDS documents these actions for the role of an export, and tells nobody the names of the files it writes below the prefix',
  });
  return role;
}
