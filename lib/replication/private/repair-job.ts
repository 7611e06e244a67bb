import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Choice, Condition, Fail, type IChainable, JsonPath, Pass, Succeed, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct, IDependable } from 'constructs';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import { passRole } from './pass-role';
import { repairMachine } from './repair-machine';
import { type RepairStatuses, type ReplicatedStatus, repairStatuses } from './repair-statuses';
import { reportBucketOf } from './report-bucket';

/** A replicated bucket. */
export interface Repaired {
  readonly bucketArn: string;
  /** What descriptions call it. */
  readonly words: string;
  /** Its rules: when they change, there are other objects to copy. */
  readonly rules: readonly CfnBucket.ReplicationRuleProperty[];
  /** Which objects that were replicated are copied again when the rules lead elsewhere. */
  readonly replicated: readonly ReplicatedStatus[];
  /** What has to be there before a job can start. */
  readonly after: readonly IDependable[];
  /** A step that makes sure that the bucket has rules, where they are no property of it. */
  readonly first?: CallAwsService;
}

/** A repair that is set up. */
export interface Repair {
  /** Holds the reports of jobs. */
  readonly reports: Bucket;
  readonly failureAlarm: Alarm;
}

/** Copies again and again what the rules of a bucket should have copied, but did not. */
export function repairBucket(
  scope: Construct,
  { bucketArn, words, rules, replicated, after, first }: Repaired,
  options: { readonly schedule: ScheduleExpression; readonly actions?: readonly IAlarmAction[] },
): Repair {
  const reports = reportBucketOf(scope);
  const steps = repairSteps(scope, {
    bucketArn,
    reportArn: reports.bucketArn,
    reportPrefix: scope.node.scopes
      .slice(1)
      .map(({ node }) => node.id)
      .join('/'),
    statuses: repairStatuses(scope, rules, replicated),
  });
  const failureAlarm = repairMachine(scope, {
    ...options,
    steps: first ? first.next(steps) : steps,
    after,
    subject: rules,
    words: `Copy objects of ${words} that were not replicated`,
  });
  return { reports, failureAlarm };
}

interface RepairJob {
  readonly bucketArn: string;
  /** Where it lists what it could not copy. */
  readonly reportArn: string;
  readonly reportPrefix: string;
  readonly statuses: RepairStatuses;
}

const BATCH_OPERATIONS = 'batchoperations.s3.amazonaws.com';

const PATH = '$.Described.Job';
const REASON = `${PATH}.FailureReasons[0].FailureReason`;

/** Where S3 says in a sentence that there is nothing to copy; which sentence that is, it does not document. */
const NOTHING = ['objects', 'keys', 'eligible', 'matching']
  .flatMap((what) => [`no ${what}`, `No ${what}`])
  .concat('anifest is empty')
  .map((words) => `*${words}*`);

/**
 * Starts a job and follows it to its end: S3 lists the objects itself by their replication status (S3 User Guide: replicating
 * existing objects with Batch Replication). Fails where a single object could not be copied.
 */
function repairSteps(scope: Construct, { bucketArn, reportArn, reportPrefix, statuses }: RepairJob): IChainable {
  const { account } = Stack.of(scope);
  const role = jobRole(scope, bucketArn, `${reportArn}/${reportPrefix}/*`);
  const start = new CallAwsService(scope, 'StartJob', {
    service: 's3control',
    action: 'createJob',
    iamAction: 's3:CreateJob',
    // the API knows no resource; what a job may do is up to the role that is passed to it
    iamResources: ['*'],
    additionalIamStatements: [passRole(role, BATCH_OPERATIONS)],
    parameters: {
      AccountId: account,
      // the same execution never starts a second job, however often the call is tried
      ClientRequestToken: JsonPath.hash(JsonPath.executionId, 'SHA-256'),
      ConfirmationRequired: false,
      Operation: { S3ReplicateObject: {} },
      ManifestGenerator: {
        S3JobManifestGenerator: {
          SourceBucket: bucketArn,
          ExpectedBucketOwner: account,
          EnableManifestOutput: false,
          Filter: { EligibleForReplication: true, ObjectReplicationStatuses: JsonPath.listAt('$.Statuses') },
        },
      },
      Report: {
        Enabled: true,
        Bucket: reportArn,
        ExpectedBucketOwner: account,
        Prefix: reportPrefix,
        Format: 'Report_CSV_20180820',
        ReportScope: 'FailedTasksOnly',
      },
      Priority: 10,
      RoleArn: role.roleArn,
    },
    resultSelector: { JobId: JsonPath.stringAt('$.JobId') },
  });
  start.addRetry({ errors: ['States.TaskFailed'], interval: Duration.seconds(30), maxAttempts: 5 });
  const wait = new Wait(scope, 'Wait', { time: WaitTime.duration(Duration.minutes(10)) });
  const describe = new CallAwsService(scope, 'DescribeJob', {
    service: 's3control',
    action: 'describeJob',
    iamAction: 's3:DescribeJob',
    iamResources: [
      Stack.of(scope).formatArn({ service: 's3', resource: 'job', resourceName: '*', arnFormat: ArnFormat.SLASH_RESOURCE_NAME }),
    ],
    parameters: { AccountId: account, JobId: JsonPath.stringAt('$.JobId') },
    resultPath: '$.Described',
  });
  describe.addRetry({ errors: ['States.TaskFailed'], interval: Duration.seconds(30), maxAttempts: 5 });
  return statuses.read
    .next(start)
    .next(wait)
    .next(describe)
    .next(verdict(scope, wait, statuses.settle));
}

function verdict(scope: Construct, wait: Wait, settle: CallAwsService): Choice {
  const failed = `${PATH}.ProgressSummary.NumberOfTasksFailed`;
  const is = (status: string) => Condition.stringEquals(`${PATH}.Status`, status);
  settle.next(new Succeed(scope, 'Copied'));
  return new Choice(scope, 'HowIsIt')
    .when(
      Condition.and(is('Complete'), Condition.isPresent(failed), Condition.numberGreaterThan(failed, 0)),
      new Fail(scope, 'ObjectsFailed', {
        error: 'ObjectsNotCopied',
        cause: 'the job ended, but could not copy some objects: its report in the bucket for reports lists them with the reason',
      }),
    )
    .when(is('Complete'), settle)
    .when(
      Condition.and(
        is('Failed'),
        Condition.isPresent(REASON),
        Condition.or(...NOTHING.map((words) => Condition.stringMatches(REASON, words))),
      ),
      new Pass(scope, 'NothingToCopy').next(settle),
    )
    .when(
      Condition.or(is('Failed'), is('Cancelled'), is('Suspended')),
      new Fail(scope, 'JobFailed', {
        error: 'JobFailed',
        cause: 'the job failed or was cancelled: the input of this state has the reason of S3 under Described.Job.FailureReasons',
      }),
    )
    .otherwise(wait);
}

/** What the S3 User Guide lists under "Configuring an IAM role for S3 Batch Replication", without the manifest, which is not kept. */
function jobRole(scope: Construct, bucketArn: string, reports: string): Role {
  const role = new Role(scope, 'JobRole', {
    description: 'S3 Batch Operations starts the replication of objects that were not replicated with it',
    assumedBy: new ServicePrincipal(BATCH_OPERATIONS),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['s3:InitiateReplication'], resources: [`${bucketArn}/*`] }));
  role.addToPolicy(
    new PolicyStatement({ actions: ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'], resources: [bucketArn] }),
  );
  role.addToPolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [reports] }));
  acknowledgeWildcards(role, {
    resources: [`${bucketArn}/*`, reports],
    reason: 'any object of the bucket may have to be copied, and reports have names that S3 chooses',
  });
  return role;
}
