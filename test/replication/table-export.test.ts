import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, type BillingMode, CfnTable, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, CfnBucket, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnParameter, Duration, Fn, Size, Stack, TimeZone } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import jsonata from 'jsonata';
import { ComplianceAcknowledgement, Protection, RecoveryTier } from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';
import type { Assessment, ResourceAssessment } from '../../lib/model/assessment';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { ObjectLock, TableExport, TableExportFormat, type TableExportProps, TableReplication } from '../../lib/replication';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const ACK = ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY;

type Options = Omit<TableExportProps, 'source'>;

const stackIn = (env: typeof ENV | undefined = ENV, app = new App()) => new Stack(app, 'Orders', { env });
const tableIn = (scope: Construct, id = 'Table') => new TableV2(scope, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });

function exported(options: Options = {}, stack = stackIn()): { stack: Stack; made: TableExport } {
  return { stack, made: new TableExport(stack, 'Export', { source: tableIn(stack), ...options }) };
}

function assessmentOf(stack: Stack): Assessment {
  return RecoveryRecord.of(stack).assess();
}

function resourceOf(stack: Stack, id = 'Orders/Table'): ResourceAssessment {
  return assessmentOf(stack).resources.find((resource) => resource.id === id) as ResourceAssessment;
}

/** The age that an export may have when an operator error strikes, with its parts. */
function ageOf(stack: Stack) {
  const copy = resourceOf(stack).copies.places.find(({ medium }) => medium === 'export');
  return copy?.lag;
}

function definitionOf(template: Template, comment: RegExp): Record<string, Record<string, unknown>> {
  const texts = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).map(({ Properties }) => {
    const definition = Properties.DefinitionString['Fn::Join']?.[1] ?? [Properties.DefinitionString];
    return definition.map((part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part).replace(/"/g, "'"))).join('');
  });
  return texts.map((text) => JSON.parse(text)).find(({ Comment }) => comment.test(Comment));
}

describe('an export that says nothing but its table', () => {
  let stack: Stack;
  let template: Template;

  beforeAll(() => {
    ({ stack } = exported());
    template = Template.fromStack(stack);
  });

  test('pins the logical ids of what holds data', () => {
    const kept = Object.entries(template.toJSON().Resources as Record<string, { DeletionPolicy?: string; Type: string }>)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
      .map(([id, { Type }]) => `${id} ${Type}`);
    expect(kept).toEqual([
      'TableCD117FA1 AWS::DynamoDB::GlobalTable',
      'ExportKeyCEC9964D AWS::KMS::Key',
      'ExportBucketFD42BCED AWS::S3::Bucket',
    ]);
  });

  test('keeps exports 35 days in a bucket that is versioned, encrypted, private and retained', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: Match.anyValue() } },
          ],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: [Match.objectLike({ ExpirationInDays: 35, NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Status: 'Enabled' })],
        },
        ObjectLockEnabled: Match.absent(),
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]),
      },
    });
    template.hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
    });
  });

  test('runs daily at 02:00, and gives up starting after an hour, which the queue then tells', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
        DeadLetterConfig: { Arn: Match.anyValue() },
      },
    });
    template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
  });

  test('asks for the whole table, under the key, once for each execution however often the call is repeated', () => {
    const states = definitionOf(template, /Exports/).States as Record<string, Record<string, unknown>>;
    expect(states['Start export'].Arguments).toEqual({
      TableArn: "{'Fn::GetAtt':['TableCD117FA1','Arn']}",
      ClientToken: '{% $states.context.Execution.Name %}',
      ExportFormat: 'DYNAMODB_JSON',
      S3Bucket: "{'Ref':'ExportBucketFD42BCED'}",
      S3Prefix: expect.stringMatching(/^Orders-Export-[0-9A-F]{8}$/),
      S3SseAlgorithm: 'KMS',
      S3SseKmsKeyId: "{'Fn::GetAtt':['ExportKeyCEC9964D','Arn']}",
    });
  });

  test('waits for no call and no export without an end, and tries again with jitter', () => {
    const machine = definitionOf(template, /Exports/) as { TimeoutSeconds?: unknown; States?: unknown };
    const tasks = Object.values(
      machine.States as Record<string, { Type: string; TimeoutSeconds?: number; Retry?: { JitterStrategy: string }[] }>,
    ).filter(({ Type }) => Type === 'Task');
    expect(machine.TimeoutSeconds).toBe(24 * 3600 - 300);
    expect(tasks).toHaveLength(3);
    for (const task of tasks) {
      expect(task).toMatchObject({ TimeoutSeconds: 60, Retry: [{ JitterStrategy: 'FULL' }] });
    }
  });

  test.each<[string, readonly (readonly [arn: string, start: string])[], string]>([
    ['nobody else is', [], 'Start export'],
    ['another one has started before', [['arn:z', '2027-01-31T01:59:59.999Z']], 'Earlier export runs'],
    ['another one has started after', [['arn:a', '2027-01-31T02:00:00.124Z']], 'Start export'],
    ['the other one of the same moment goes first', [['arn:a', '2027-01-31T02:00:00.123Z']], 'Earlier export runs'],
    ['the other one of the same moment comes later', [['arn:z', '2027-01-31T02:00:00.123Z']], 'Start export'],
  ])('while %s running, goes on with: %s', async (_case, others, next) => {
    const states = definitionOf(template, /Exports/).States as Record<
      string,
      { Assign: { earlier: string }; Choices: { Condition: string; Next: string }[]; Default: string }
    >;
    const own = { Id: 'arn:own', StartTime: '2027-01-31T02:00:00.123Z' };
    const Executions = [[own.Id, own.StartTime], ...others].map(([ExecutionArn, StartDate]) => ({ ExecutionArn, StartDate }));
    const evaluate = (text: string, variables: object) => jsonata(text.slice(2, -2)).evaluate(null, variables as Record<string, unknown>);
    const earlier = await evaluate(states['Find earlier export'].Assign.earlier, {
      states: { context: { Execution: own }, result: { Executions } },
    });
    const { Choices, Default } = states['Is it alone?'];
    expect((await evaluate(Choices[0].Condition, { earlier })) ? Choices[0].Next : Default).toBe(next);
  });

  test('may export this table below its own prefix, and nothing else', () => {
    const [[, policy]] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => /MachineRoleDefaultPolicy/.test(id));
    const statements = policy.Properties.PolicyDocument.Statement as {
      Action: string | string[];
      Resource: unknown;
      Condition?: unknown;
    }[];
    const bucket = { 'Fn::GetAtt': ['ExportBucketFD42BCED', 'Arn'] };
    expect(statements).toEqual([
      { Effect: 'Allow', Action: 'dynamodb:ExportTableToPointInTime', Resource: { 'Fn::GetAtt': ['TableCD117FA1', 'Arn'] } },
      {
        Effect: 'Allow',
        Action: ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'],
        Resource: { 'Fn::Join': ['', [bucket, expect.stringMatching(/^\/Orders-Export-[0-9A-F]{8}\/\*$/)]] },
      },
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: { 'Fn::GetAtt': ['ExportKeyCEC9964D', 'Arn'] },
        Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.ap-northeast-1.', { Ref: 'AWS::URLSuffix' }]] } } },
      },
      {
        Effect: 'Allow',
        Action: 'dynamodb:DescribeExport',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['TableCD117FA1', 'Arn'] }, '/export/*']] },
      },
    ]);
  });

  test('is started by the Scheduler of this account only', () => {
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: 'scheduler.amazonaws.com' },
            Condition: { StringEquals: Match.objectLike({ 'aws:SourceAccount': '111122223333' }) },
          }),
        ],
      },
    });
  });

  test('turns point-in-time recovery on, which exports are read from', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 } })],
    });
  });

  test('alarms at each execution that fails, is stopped or takes too long', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      TreatMissingData: 'notBreaching',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Metrics: [
        Match.objectLike({ Expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)' }),
        ...['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((MetricName) =>
          Match.objectLike({
            MetricStat: Match.objectLike({ Stat: 'Sum', Metric: Match.objectLike({ Namespace: 'AWS/States', MetricName }) }),
          }),
        ),
      ],
    });
  });

  test('alarms without a success for a day, an hour to start, the export and an hour to spare, also where nothing is heard at all', () => {
    // 24 h + 1 h + 30 min + 1 h, in whole hours
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ExecutionsSucceeded',
      Period: 3600,
      EvaluationPeriods: 27,
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('tells a copy on a third medium, as old as the schedule lets it get', () => {
    const { copies } = resourceOf(stack);
    expect(copies).toMatchObject({ media: 2, copies: 3, offSite: 0, immutable: 'no' });
    expect(copies.places).toContainEqual(
      expect.objectContaining({
        mechanism: 'exports in bucket Orders/Export/Bucket',
        medium: 'export',
        form: 'points',
        keptMs: 35 * DAY,
        shortestKeptMs: 35 * DAY,
        immutable: 'no',
        keyIndependent: true,
        place: { region: 'ap-northeast-1', account: '111122223333', container: 'Orders/Export/Bucket' },
      }),
    );
    expect(ageOf(stack)).toEqual({
      ms: 24 * HOUR + HOUR + 30 * MINUTE,
      terms: [
        { name: 'longest gap between runs (cron(0 2 * * ? *))', ms: 24 * HOUR, basis: 'configured' },
        { name: 'start', ms: HOUR, basis: 'configured' },
        { name: 'export until complete', ms: 30 * MINUTE, basis: 'estimated' },
      ],
    });
  });

  test('leaves neither the table nor its own bucket unprotected', () => {
    const { unprotected, excluded } = assessmentOf(stack).coverage;
    expect(unprotected).toEqual([]);
    expect(excluded).toEqual([expect.objectContaining({ id: 'Orders/Export/Bucket', reason: 'holds the exports of Orders/Table' })]);
  });
});

describe('when exports run', () => {
  test.each<[string, Options, string, number]>([
    ['every hour', { every: Duration.hours(1) }, 'cron(0 * * * ? *)', 1],
    ['every 6 hours', { every: Duration.hours(6) }, 'cron(0 2,8,14,20 * * ? *)', 6],
    ['every day', { every: Duration.days(1) }, 'cron(0 2 * * ? *)', 24],
    ['every 24 hours', { every: Duration.hours(24) }, 'cron(0 2 * * ? *)', 24],
    ['every week', { every: Duration.days(7) }, 'cron(0 2 ? * SUN *)', 7 * 24],
    ['monthly by a schedule', { schedule: Schedule.cron({ minute: '30', hour: '4', day: '1' }) }, 'cron(30 4 1 * ? *)', 31 * 24],
    [
      'where clocks change',
      { schedule: Schedule.expression('cron(0 3 * * ? *)'), timeZone: TimeZone.EUROPE_BERLIN },
      'cron(0 3 * * ? *)',
      25,
    ],
  ])('%s', (_case, options, ScheduleExpression, gapHours) => {
    const { stack } = exported(options);
    Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression,
      ScheduleExpressionTimezone: options.timeZone?.timezoneName ?? 'Etc/UTC',
    });
    expect(ageOf(stack)?.terms[0].ms).toBe(gapHours * HOUR);
  });

  test.each<[string, Options, RegExp]>([
    ['an interval that no clock repeats', { every: Duration.hours(5) }, /'every' is 5 h, but exports run every 1, 2, 3, 4, 6, 8, 12 hours/],
    ['every two days', { every: Duration.days(2) }, /'every' is 2 days/],
    ['an interval below an hour', { every: Duration.minutes(30) }, /'every' is 30 min/],
    ['a rate', { schedule: Schedule.rate(Duration.hours(6)) }, /'schedule': expression 'rate\(6 hours\)'/],
    ['two runs an hour', { schedule: Schedule.expression('cron(0,30 * * * ? *)') }, /more often than once an hour/],
    ['a run every ten minutes', { schedule: Schedule.expression('cron(0/10 * * * ? *)') }, /more often than once an hour/],
    ['no cron at all', { schedule: Schedule.expression('daily') }, /InvalidSchedule/],
    ['an hour that does not exist', { schedule: Schedule.expression('cron(0 24 * * ? *)') }, /hours '24'/],
    ['a schedule that ends', { schedule: Schedule.expression('cron(0 2 * * ? 2027)') }, /ends some day/],
    ['a token as a schedule', { schedule: Schedule.expression(Fn.ref('When')) }, /'schedule' is only known at deploy time/],
    ['a time zone that does not exist', { timeZone: TimeZone.of('Europe/Nowhere') }, /time zone 'Europe\/Nowhere'/],
  ])('fails for %s', (_case, options, message) => {
    expect(() => exported(options)).toThrow(message);
    expect(() => exported(options)).toThrow(/InvalidSchedule/);
  });

  test('fails for a token as an interval', () => {
    const stack = stackIn();
    const hours = new CfnParameter(stack, 'Hours', { type: 'Number' });
    expect(() => exported({ every: Duration.hours(hours.valueAsNumber) }, stack)).toThrow(/DurationUnknown/);
  });

  test('fails for an interval beside a schedule', () => {
    expect(() => exported({ every: Duration.days(1), schedule: Schedule.expression('cron(0 2 * * ? *)') })).toThrow(/ExportScheduledTwice/);
  });
});

describe('the time that an export may take', () => {
  test.each<[string, Options, number]>([
    ['ends 5 minutes before the next one starts', { every: Duration.hours(1), expects: { exportTime: Duration.minutes(50) } }, 55 * 60],
    ['is a week at most', { schedule: Schedule.expression('cron(0 2 1 * ? *)') }, 7 * 86_400],
    ['is what the user says', { timeout: Duration.hours(3) }, 3 * 3600],
    ['may be as long as it can be', { timeout: Duration.minutes(24 * 60 - 5) }, 24 * 3600 - 300],
    [
      'is shorter where clocks change',
      { schedule: Schedule.expression('cron(0 3 * * ? *)'), timeZone: TimeZone.EUROPE_BERLIN },
      23 * 3600 - 300,
    ],
  ])('%s', (_case, options, seconds) => {
    const { stack } = exported(options);
    expect(definitionOf(Template.fromStack(stack), /Exports/).TimeoutSeconds).toBe(seconds);
  });

  test.each<[string, Options, RegExp]>([
    [
      'that meets the next export',
      { timeout: Duration.minutes(24 * 60 - 4) },
      /'timeout' is 23 h 56, but an export has to end 5 min before .* at most 23 h 55.*ExportTimeoutTooLong/,
    ],
    ['over a week', { every: Duration.days(7), timeout: Duration.days(8) }, /ExportTimeoutTooLong/],
    [
      'that a declared export outlasts',
      { timeout: Duration.hours(1), expects: { exportTime: Duration.minutes(61) } },
      /takes 1 h 01, but counts as failed after 1 h: lengthen.*ExportOutlastsTimeout/,
    ],
  ])('fails %s', (_case, options, message) => {
    expect(() => exported(options)).toThrow(message);
  });

  test('warns where our estimate says that an export outlasts it', () => {
    const { stack } = exported({ expects: { dataSize: Size.tebibytes(20) } });
    Warnings.fromStack(stack).hasWarning(
      '/Orders/Export',
      Match.stringLikeRegexp('takes 34 h 28 by our estimate, but counts as failed after 23 h 55'),
    );
  });

  test('counts as declared in the worst case where it is declared', () => {
    const { stack } = exported({ expects: { exportTime: Duration.minutes(12) } });
    expect(ageOf(stack)?.terms[2]).toEqual({ name: 'export until complete', ms: 12 * MINUTE, basis: 'declared' });
  });

  test('fails for a size that is only known at deploy time', () => {
    const stack = stackIn();
    const size = new CfnParameter(stack, 'Size', { type: 'Number' });
    expect(() => exported({ expects: { dataSize: Size.gibibytes(size.valueAsNumber) } }, stack)).toThrow(/SizeUnknown/);
  });
});

describe('a missing export', () => {
  const absenceOf = (options: Options) => {
    const { stack, made } = exported(options);
    const template = Template.fromStack(stack);
    const [alarm] = Object.values(template.findResources('AWS::CloudWatch::Alarm', { Properties: { TreatMissingData: 'breaching' } }));
    return { template, stack, made, alarm: alarm.Properties, machine: alarm.Properties.Dimensions[0].Value.Ref as string };
  };

  test.each<[string, Options, number]>([
    ['of every hour', { every: Duration.hours(1), expects: { exportTime: Duration.minutes(30) } }, 4],
    [
      'of a schedule within the week that an alarm looks back',
      { schedule: Schedule.expression('cron(0 2 ? * SUN,TUE *)'), expects: { exportTime: Duration.hours(1) } },
      5 * 24 + 3,
    ],
  ])('%s is told by the metric of the machine itself', (_case, options, hours) => {
    const { alarm, machine } = absenceOf(options);
    expect(alarm.EvaluationPeriods).toBe(hours);
    expect(alarm.EvaluationPeriods * alarm.Period).toBeLessThanOrEqual(7 * 86_400);
    expect(machine).toMatch(/^ExportMachine/);
  });

  test('of a week or longer is told by a machine that reads when the last one succeeded', () => {
    const { template, alarm, machine } = absenceOf({ every: Duration.days(7), expects: { exportTime: Duration.hours(1) } });
    expect(machine).toMatch(/^ExportWatcherMachine/);
    expect(alarm).toMatchObject({ EvaluationPeriods: 26, Period: 3600, MetricName: 'ExecutionsSucceeded', TreatMissingData: 'breaching' });
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(12 hours)' });
    const { States: states } = definitionOf(template, /^Sees/) as { States?: Record<string, { Choices?: { Condition: string }[] }> };
    const limitMs = 7 * DAY + HOUR + HOUR + HOUR;
    expect(states?.['Is it late?'].Choices?.[0].Condition).toContain(`> ${limitMs} `);
  });

  test('cannot hide behind the 90 days that Step Functions remembers', () => {
    const rare = (schedule: string) => exported({ schedule: Schedule.expression(schedule) });
    expect(() => rare('cron(0 2 1 1,3,5,7,9,11 ? *)')).not.toThrow();
    expect(() => rare('cron(0 2 1 1,4,7,10 ? *)')).toThrow(/up to 92 days pass between two exports.*90 days only.*ExportTooRare/);
  });

  test('is told to whoever is named, as a failed one is', () => {
    const stack = stackIn();
    const topic = new Topic(stack, 'Topic');
    exported({ alarmActions: [new SnsAction(topic)] }, stack);
    const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ Properties }) => Properties.AlarmActions)).toEqual([[{ Ref: 'TopicBFC7AF6E' }], [{ Ref: 'TopicBFC7AF6E' }]]);
  });

  test('is told with what to do', () => {
    const { alarm } = absenceOf({});
    expect(JSON.stringify(alarm.AlarmDescription)).toMatch(
      /No export of Orders\/Table has succeeded for 27 h: look for executions.*start one by hand/,
    );
  });
});

describe('how long exports are kept', () => {
  test.each<[string, Options, object]>([
    ['for a year', { keep: Duration.days(365) }, { keptMs: 365 * DAY, immutable: 'no' }],
    ['locked as long as they are kept', { lock: ObjectLock.governance() }, { keptMs: 35 * DAY, immutable: 'governance' }],
    [
      'locked for a week',
      { lock: ObjectLock.governance(Duration.days(7)) },
      { keptMs: 35 * DAY, immutable: 'governance', lockedMs: 7 * DAY },
    ],
    [
      'locked for everybody',
      { lock: ObjectLock.compliance({ acknowledgement: ACK }) },
      { keptMs: 35 * DAY, immutable: 'compliance', lockedMs: 35 * DAY },
    ],
  ])('%s', (_case, options, told) => {
    const { stack } = exported(options);
    expect(resourceOf(stack).copies.places).toContainEqual(expect.objectContaining({ medium: 'export', ...told }));
  });

  test.each<[string, ObjectLock, object]>([
    ['governance', ObjectLock.governance(), { Mode: 'GOVERNANCE', Days: 35 }],
    ['governance of its own length', ObjectLock.governance(Duration.days(7)), { Mode: 'GOVERNANCE', Days: 7 }],
    ['compliance', ObjectLock.compliance({ acknowledgement: ACK, retention: Duration.days(30) }), { Mode: 'COMPLIANCE', Days: 30 }],
  ])('sets object lock in %s mode', (_case, lock, DefaultRetention) => {
    Template.fromStack(exported({ lock }).stack).hasResourceProperties('AWS::S3::Bucket', {
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } },
    });
  });

  test('survives an account that is compromised only where nobody lifts the lock', () => {
    const survives = (lock: ObjectLock) =>
      resourceOf(exported({ lock }).stack).copies.places.find(({ medium }) => medium === 'export')?.survives;
    expect(survives(ObjectLock.governance())).not.toContain('ACCOUNT_COMPROMISE');
    expect(survives(ObjectLock.compliance({ acknowledgement: ACK }))).toContain('ACCOUNT_COMPROMISE');
    expect(survives(ObjectLock.compliance({ acknowledgement: ACK, retention: Duration.days(1) }))).not.toContain('ACCOUNT_COMPROMISE');
  });

  test.each<[string, Options, RegExp]>([
    ['a day and a half', { keep: Duration.hours(36) }, /'keep' must be whole days, 1 or more.*DurationNotWhole/],
    ['no day', { keep: Duration.days(0) }, /DurationNotWhole/],
    ['a lock of hours', { lock: ObjectLock.governance(Duration.hours(12)) }, /'retention' must be whole days.*DurationNotWhole/],
    [
      'a lock beyond the expiry',
      { keep: Duration.days(30), lock: ObjectLock.governance(Duration.days(31)) },
      /'lock' holds objects for 31 days, but 'keep' is 30 days.*LockOutlastsKeep/,
    ],
    [
      'a compliance lock that nobody acknowledged',
      { lock: ObjectLock.compliance({ acknowledgement: '' as ComplianceAcknowledgement }) },
      /ComplianceNotAcknowledged/,
    ],
  ])('fails for %s', (_case, options, message) => {
    expect(() => exported(options)).toThrow(message);
  });

  test('fails at synth where exports are gone before the next one is there', () => {
    const { stack } = exported({ every: Duration.days(7), keep: Duration.days(7) });
    expect(assessmentOf(stack).findings).toContainEqual(
      expect.objectContaining({ severity: 'error', code: 'ExpiresBeforeNext', at: 'Orders/Export' }),
    );
  });
});

describe('an existing bucket', () => {
  const key = (stack: Stack) => new Key(stack, 'Key');

  test('is taken with its key, lifecycle and lock as they are', () => {
    const stack = stackIn();
    const bucket = new Bucket(stack, 'Archive', {
      encryption: BucketEncryption.KMS,
      encryptionKey: key(stack),
      objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(10)),
      lifecycleRules: [{ expiration: Duration.days(90) }, { prefix: 'other/', expiration: Duration.days(3) }],
    });
    const { made } = exported({ bucket, prefix: 'tables/orders' }, stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.resourceCountIs('AWS::KMS::Key', 1);
    expect([made.bucket, made.encryptionKey, made.prefix]).toEqual([bucket, bucket.encryptionKey, 'tables/orders']);
    expect((definitionOf(template, /Exports/).States['Start export'] as { Arguments: object }).Arguments).toMatchObject({
      S3Bucket: "{'Ref':'ArchiveDA4CB258'}",
      S3Prefix: 'tables/orders',
      S3SseKmsKeyId: "{'Fn::GetAtt':['Key961B73FD','Arn']}",
    });
    expect(resourceOf(stack).copies.places).toContainEqual(
      expect.objectContaining({
        mechanism: 'exports in bucket Orders/Archive',
        keptMs: 90 * DAY,
        immutable: 'governance',
        lockedMs: 10 * DAY,
      }),
    );
    // it may hold anything, so it is no business of the export whether it is protected
    expect(assessmentOf(stack).coverage.unprotected.map(({ id }) => id)).toEqual(['Orders/Archive']);
  });

  test('may be that of another export', () => {
    const stack = stackIn();
    const { made } = exported({}, stack);
    const second = new TableExport(stack, 'Second', { source: tableIn(stack, 'Other'), bucket: made.bucket });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.resourceCountIs('AWS::SQS::Queue', 1);
    expect(second.encryptionKey).toBe(made.encryptionKey);
    expect(second.prefix).not.toBe(made.prefix);
    expect(resourceOf(stack, 'Orders/Other').copies.places).toContainEqual(expect.objectContaining({ medium: 'export', keptMs: 35 * DAY }));
  });

  test.each<[string, (stack: Stack) => Bucket | CfnBucket, object]>([
    ['without rules keeps exports for ever', (stack) => new Bucket(stack, 'Archive'), { keptMs: 'forever' }],
    [
      'expiring by tags does not tell',
      (stack) => new Bucket(stack, 'Archive', { lifecycleRules: [{ tagFilters: { a: 'b' }, expiration: Duration.days(1) }] }),
      { keptMs: undefined },
    ],
    [
      'with a rule that is off keeps exports for ever',
      (stack) => new Bucket(stack, 'Archive', { lifecycleRules: [{ enabled: false, expiration: Duration.days(1) }] }),
      { keptMs: 'forever' },
    ],
    [
      'in compliance mode',
      (stack) => new Bucket(stack, 'Archive', { objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(10)) }),
      { immutable: 'compliance', lockedMs: 10 * DAY },
    ],
    [
      'as an L1',
      (stack) => new CfnBucket(stack, 'Archive', { lifecycleConfiguration: { rules: [{ status: 'Enabled', expirationInDays: 4 }] } }),
      { keptMs: 4 * DAY, immutable: 'no' },
    ],
  ])('%s', (_case, bucketIn, told) => {
    const stack = stackIn();
    exported({ bucket: bucketIn(stack) }, stack);
    expect(resourceOf(stack).copies.places).toContainEqual(expect.objectContaining({ medium: 'export', ...told }));
  });

  test('without a key gets none in the request, and the bucket encrypts as it does', () => {
    const stack = stackIn();
    exported({ bucket: Bucket.fromBucketName(stack, 'Archive', 'archive') }, stack);
    const template = Template.fromStack(stack);
    expect(Object.keys((definitionOf(template, /Exports/).States['Start export'] as { Arguments: object }).Arguments)).not.toContain(
      'S3SseAlgorithm',
    );
    expect(resourceOf(stack).copies.places).toContainEqual(
      expect.objectContaining({ mechanism: 'exports in bucket archive', place: expect.objectContaining({ container: 'archive' }) }),
    );
  });

  test('of another account is named with its owner', () => {
    const stack = stackIn();
    const bucket = Bucket.fromBucketAttributes(stack, 'Archive', {
      bucketName: 'archive',
      account: '444455556666',
      region: 'ap-northeast-3',
    });
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:ap-northeast-3:444455556666:key/k');
    exported({ bucket, encryptionKey }, stack);
    const template = Template.fromStack(stack);
    expect((definitionOf(template, /Exports/).States['Start export'] as { Arguments: object }).Arguments).toMatchObject({
      S3BucketOwner: '444455556666',
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Condition: { StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.ap-northeast-3.', { Ref: 'AWS::URLSuffix' }]] } } },
          }),
        ]),
      },
    });
    expect(resourceOf(stack).copies).toMatchObject({ offSite: 1, otherAccount: 1 });
  });

  test.each<[string, Options]>([
    ['keep', { keep: Duration.days(7) }],
    ['lock', { lock: ObjectLock.governance() }],
  ])("fails beside '%s', which is a matter of the bucket", (prop, options) => {
    const stack = stackIn();
    expect(() => exported({ bucket: new Bucket(stack, 'Archive'), ...options }, stack)).toThrow(
      new RegExp(`'${prop}' is given beside 'bucket'.*ExportBucketTwice`),
    );
  });

  test.each(['', '/tables', 'tables/', 'a:b', 'a b', 'a"b'])("fails for the prefix '%s'", (prefix) => {
    expect(() => exported({ prefix })).toThrow(/InvalidExportPrefix/);
  });
});

describe('a key of your own', () => {
  test('encrypts the bucket that is made', () => {
    const stack = stackIn();
    const encryptionKey = new Key(stack, 'Mine');
    const { made } = exported({ encryptionKey }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::KMS::Key', 1);
    expect(made.encryptionKey).toBe(encryptionKey);
  });

  test('may be a mere reference', () => {
    const stack = stackIn();
    const { made } = exported({ encryptionKey: new CfnKey(stack, 'Mine') }, stack);
    const { BucketEncryption } = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket'))[0].Properties;
    expect(JSON.stringify(BucketEncryption)).toContain('{"Fn::GetAtt":["Mine","Arn"]}');
    expect(stack.resolve(made.encryptionKey!.keyArn)).toEqual({ 'Fn::GetAtt': ['Mine', 'Arn'] });
  });

  test('that is the key of the table falls with it', () => {
    const stack = stackIn();
    const encryptionKey = new Key(stack, 'Mine');
    const table = new CfnTable(stack, 'Table', {
      keySchema: [{ attributeName: 'id', keyType: 'HASH' }],
      sseSpecification: { sseEnabled: true, sseType: 'KMS', kmsMasterKeyId: encryptionKey.keyArn },
    });
    new TableExport(stack, 'Export', { source: table, encryptionKey });
    expect(resourceOf(stack).copies.places).toContainEqual(expect.objectContaining({ medium: 'export', keyIndependent: false }));
  });

  test('fails in another Region', () => {
    const stack = stackIn();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:us-east-1:111122223333:key/k');
    expect(() => exported({ encryptionKey }, stack)).toThrow(/'encryptionKey' is in us-east-1.*KeyElsewhere/);
  });
});

describe('the table', () => {
  const billingMode = 'PAY_PER_REQUEST' as BillingMode;
  const partitionKey = { name: 'id', type: AttributeType.STRING };

  test.each<[string, (stack: Stack) => Construct]>([
    ['of the older L2', (stack) => new Table(stack, 'Table', { partitionKey, billingMode })],
    ['as an L1', (stack) => new CfnTable(stack, 'Table', { keySchema: [{ attributeName: 'id', keyType: 'HASH' }] })],
  ])('%s gets point-in-time recovery too', (_case, tableOf) => {
    const stack = stackIn();
    new TableExport(stack, 'Export', { source: tableOf(stack) });
    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::Table', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 35 },
    });
  });

  test('keeps the recovery period that the user chose', () => {
    const stack = stackIn();
    const table = new TableV2(stack, 'Table', {
      partitionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 7 },
    });
    new TableExport(stack, 'Export', { source: table });
    Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 } })],
    });
  });

  describe.each<[string, (stack: Stack, table: TableV2) => void]>([
    ['Protection', (stack, table) => new Protection(stack, 'Other', { tier: RecoveryTier.STANDARD }).protect(table)],
    ['TableReplication', (stack, table) => new TableReplication(stack, 'Other', { source: table, recoveryRegion: 'ap-northeast-3' })],
  ])('keeps what a %s has set', (_case, other) => {
    test.each([
      ['before', true],
      ['after', false],
    ])('%s it', (_when, first) => {
      const stack = stackIn();
      const table = tableIn(stack);
      const parts = [() => other(stack, table), () => new TableExport(stack, 'Export', { source: table })];
      for (const part of first ? parts : parts.reverse()) {
        part();
      }
      Template.fromStack(stack).hasResourceProperties('AWS::DynamoDB::GlobalTable', {
        Replicas: Match.arrayWith([
          Match.objectLike({
            Region: 'ap-northeast-1',
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: Match.objectLike({ PointInTimeRecoveryEnabled: true }),
          }),
        ]),
      });
      expect(resourceOf(stack).copies.places.map(({ medium }) => medium)).toContain('export');
    });
  });

  test('fails at synth where point-in-time recovery is turned off, also afterwards', () => {
    const off = { pointInTimeRecoveryEnabled: false };
    const stack = stackIn();
    new TableExport(stack, 'Export', { source: new TableV2(stack, 'Table', { partitionKey, pointInTimeRecoverySpecification: off }) });
    expect(() => (stack.node.root as App).synth()).toThrow(
      /'pointInTimeRecoveryEnabled' of 'Orders\/Table' is false.*ExportNeedsTableRecovery at 'Orders\/Export'/,
    );
    const later = stackIn();
    const table = new CfnTable(later, 'Table', { keySchema: [{ attributeName: 'id', keyType: 'HASH' }] });
    new TableExport(later, 'Export', { source: table });
    table.pointInTimeRecoverySpecification = off;
    expect(assessmentOf(later).findings).toContainEqual(expect.objectContaining({ code: 'ExportNeedsTableRecovery', severity: 'error' }));
  });

  test('may be imported; then whoever defines it is asked for point-in-time recovery', () => {
    const stack = stackIn();
    const table = Table.fromTableArn(stack, 'Table', 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders');
    new TableExport(stack, 'Export', { source: table });
    const template = Template.fromStack(stack);
    expect((definitionOf(template, /Exports/).States['Start export'] as { Arguments: object }).Arguments).toMatchObject({
      TableArn: 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders',
    });
    expect(assessmentOf(stack).findings).toContainEqual(
      expect.objectContaining({
        code: 'ResourceOutOfReach',
        severity: 'warning',
        message: expect.stringMatching(/turn on point-in-time recovery/),
      }),
    );
  });

  test('may lie in a stack whose Region nobody knows', () => {
    const { stack } = exported({}, new Stack(new App(), 'Orders'));
    Template.fromStack(stack).resourceCountIs('AWS::Scheduler::Schedule', 1);
    const { copies } = resourceOf(stack);
    expect(copies).toMatchObject({ media: 2, offSite: 0 });
    // wherever that is, the bucket is there too
    const lost = copies.places.find(({ medium }) => medium === 'export')?.lost;
    expect(lost).toContainEqual(expect.objectContaining({ disruption: 'REGION_LOSS', certain: true }));
  });

  test('fails in another Region, whose calls a state machine does not make', () => {
    const stack = stackIn();
    const table = Table.fromTableArn(stack, 'Table', 'arn:aws:dynamodb:us-east-1:111122223333:table/orders');
    expect(() => new TableExport(stack, 'Export', { source: table })).toThrow(
      /'source' is 'Orders\/Table' in us-east-1, but its export would run in .*make it in a stack of us-east-1.*SourceElsewhere/,
    );
  });

  test('fails in another account', () => {
    const stack = stackIn();
    const table = Table.fromTableArn(stack, 'Table', 'arn:aws:dynamodb:ap-northeast-1:444455556666:table/orders');
    expect(() => new TableExport(stack, 'Export', { source: table })).toThrow(/SourceElsewhere/);
  });

  test('fails for anything else', () => {
    const stack = stackIn();
    expect(() => new TableExport(stack, 'Export', { source: new Bucket(stack, 'Bucket') })).toThrow(
      /'source' is 'Orders\/Bucket', S3 bucket.*NotExportable/,
    );
  });

  test('is written as Ion where that is wanted', () => {
    const { stack } = exported({ format: TableExportFormat.ION });
    expect((definitionOf(Template.fromStack(stack), /Exports/).States['Start export'] as { Arguments: object }).Arguments).toMatchObject({
      ExportFormat: 'ION',
    });
  });

  test('comes back by an import, in a time that is estimated unless it is declared', () => {
    const restoreOf = (options: Options) => {
      const stack = stackIn();
      const { table, ...rest } = {
        table: Table.fromTableArn(stack, 'Table', 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders'),
        ...options,
      };
      new TableExport(stack, 'Export', { source: table, ...rest });
      return resourceOf(stack, 'Orders/Table').disruptions.find(({ disruption }) => disruption === 'OPERATOR_ERROR')?.rto;
    };
    expect(restoreOf({})).toEqual({
      ms: 30 * MINUTE + 80 * MINUTE,
      terms: [
        { name: 'response', ms: 30 * MINUTE, basis: 'estimated' },
        { name: 'import into a new table', ms: 80 * MINUTE, basis: 'estimated' },
      ],
    });
    expect(restoreOf({ expects: { restoreTime: Duration.hours(3), responseTime: Duration.minutes(5) } })?.terms).toEqual([
      { name: 'response', ms: 5 * MINUTE, basis: 'declared' },
      { name: 'import into a new table', ms: 3 * HOUR, basis: 'declared' },
    ]);
  });
});

test('synthesises to the same bytes a second time', () => {
  const synth = () => {
    const { stack } = exported({ lock: ObjectLock.governance(), every: Duration.days(7) });
    const { directory } = (stack.node.root as App).synth();
    return readdirSync(directory)
      .filter((file) => /template|report/.test(file))
      .map((file) => readFileSync(join(directory, file), 'utf8'));
  };
  expect(synth()).toEqual(synth());
});

describe('off-site', () => {
  const OSAKA = 'ap-northeast-3';

  function recoveryOf(stack: Stack, id = 'Orders-recovery-ap-northeast-3'): Template {
    return Template.fromStack(stack.node.root.node.findChild(id) as Stack);
  }

  test('each export is in another Region too, kept as long, under a key there', () => {
    const { stack } = exported({ recoveryRegion: OSAKA, keep: Duration.days(90) });
    const { copies } = resourceOf(stack);
    expect(copies).toMatchObject({ offSite: 1, media: 2, copies: 4 });
    const places = copies.places.filter(({ medium }) => medium === 'export');
    expect(places).toHaveLength(2);
    expect(places).toContainEqual(
      expect.objectContaining({
        mechanism: expect.stringMatching(/^exports in bucket orders-export-bucket-.*-111122223333-ap-northeast-3$/),
        place: expect.objectContaining({ region: OSAKA, account: '111122223333' }),
        keptMs: 90 * DAY,
        keyIndependent: true,
        survives: expect.arrayContaining(['REGION_LOSS', 'OPERATOR_ERROR']),
        lag: expect.objectContaining({ ms: 24 * HOUR + HOUR + 30 * MINUTE + 15 * MINUTE }),
      }),
    );
    recoveryOf(stack).hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: { LifecycleConfiguration: { Rules: Match.arrayWith([Match.objectLike({ ExpirationInDays: 90 })]) } },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      ReplicationConfiguration: { Rules: [Match.objectLike({ Status: 'Enabled', DeleteMarkerReplication: { Status: 'Disabled' } })] },
    });
  });

  test('the recovery stack needs nothing from the Region of the table', () => {
    const { stack } = exported({ recoveryRegion: OSAKA });
    const text = JSON.stringify(recoveryOf(stack).toJSON());
    expect(text).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|crossRegion/i);
  });

  test.each<[string, ObjectLock, object]>([
    ['governance', ObjectLock.governance(Duration.days(20)), { Mode: 'GOVERNANCE', Days: 20 }],
    ['compliance', ObjectLock.compliance({ acknowledgement: ACK }), { Mode: 'COMPLIANCE', Days: 35 }],
  ])('it is locked there as here, in %s mode', (mode, lock, DefaultRetention) => {
    const { stack } = exported({ recoveryRegion: OSAKA, lock });
    recoveryOf(stack).hasResourceProperties('AWS::S3::Bucket', { ObjectLockConfiguration: { Rule: { DefaultRetention } } });
    const locks = resourceOf(stack)
      .copies.places.filter(({ medium }) => medium === 'export')
      .map(({ immutable }) => immutable);
    expect(locks).toEqual([mode, mode]);
  });

  test('another account has it too', () => {
    const { stack } = exported({ recoveryRegion: OSAKA, recoveryAccount: '444455556666' });
    expect(resourceOf(stack).copies).toMatchObject({ offSite: 1, otherAccount: 1 });
    recoveryOf(stack, 'Orders-recovery-444455556666-ap-northeast-3').resourceCountIs('AWS::S3::Bucket', 1);
  });

  test('no bucket of it is unprotected data', () => {
    expect(assessmentOf(exported({ recoveryRegion: OSAKA }).stack).coverage.unprotected).toEqual([]);
  });

  test('fails in the Region of the table', () => {
    expect(() => exported({ recoveryRegion: 'ap-northeast-1' })).toThrow(/RecoveryRegionIsOwn/);
  });

  test('fails for a Region that is only known at deploy time', () => {
    expect(() => exported({ recoveryRegion: Fn.ref('Region') })).toThrow(/RegionUnknown/);
  });

  test.each<[string, Options]>([
    ['recoveryRegion', { recoveryRegion: OSAKA }],
    ['recoveryAccount', { recoveryAccount: '444455556666' }],
  ])("fails for '%s' beside an existing bucket", (prop, options) => {
    const stack = stackIn();
    expect(() => exported({ bucket: new Bucket(stack, 'Archive'), ...options }, stack)).toThrow(
      new RegExp(`'${prop}' is given beside 'bucket'.*ExportBucketTwice`),
    );
  });
});
