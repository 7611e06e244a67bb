import { Duration, Stack } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { StorageClass } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { ReplicaBucket } from '../../lib/replication';
import { BUNKER, definitionOf, imported, keyAt, type Made, OSAKA, only, replicate, statementsOf } from './buckets';

const OWN = { 'Fn::GetAtt': ['DocsA50029D5', 'Arn'] };
const REPORTS = { 'Fn::GetAtt': ['ReplicationReports9C6B8C57', 'Arn'] };
const below = (it: object, path: string) => ({ 'Fn::Join': ['', [it, path]] });

describe('objects that were not replicated', () => {
  let made: Made;
  beforeAll(() => {
    made = replicate({ alarmActions: [{ bind: () => ({ alarmActionArn: 'here' }) } as IAlarmAction] });
  });

  test('are listed by S3 and copied by a job', () => {
    const { StartAt, States } = definitionOf(made.own, 'ReplicationRepair');
    expect(StartAt).toBe('WhichObjects');
    expect(States.WhichObjects.Next).toBe('StartJob');
    expect(States.StartJob).toMatchObject({
      Resource: 'arn:<AWS::Partition>:states:::aws-sdk:s3control:createJob',
      Parameters: {
        AccountId: '111122223333',
        'ClientRequestToken.$': "States.Hash($$.Execution.Id, 'SHA-256')",
        ConfirmationRequired: false,
        Operation: { S3ReplicateObject: {} },
        ManifestGenerator: {
          S3JobManifestGenerator: {
            SourceBucket: '<DocsA50029D5.Arn>',
            ExpectedBucketOwner: '111122223333',
            EnableManifestOutput: false,
            Filter: { EligibleForReplication: true, 'ObjectReplicationStatuses.$': '$.Statuses' },
          },
        },
        Report: {
          Enabled: true,
          Bucket: '<ReplicationReports9C6B8C57.Arn>',
          ExpectedBucketOwner: '111122223333',
          Prefix: 'Orders/Replication/Repair',
          Format: 'Report_CSV_20180820',
          ReportScope: 'FailedTasksOnly',
        },
        Priority: 10,
        RoleArn: '<ReplicationRepairJobRoleE51DB7F1.Arn>',
      },
    });
  });

  test('are copied by a role that may do exactly what S3 documents', () => {
    expect(only(made.own, 'AWS::IAM::Role', 'ReplicationRepairJobRole').Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Action: 'sts:AssumeRole', Principal: { Service: 'batchoperations.s3.amazonaws.com' } }],
    });
    expect(statementsOf(made.own, 'ReplicationRepairJobRoleDefaultPolicy')).toEqual([
      { Effect: 'Allow', Action: 's3:InitiateReplication', Resource: below(OWN, '/*') },
      { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration'], Resource: OWN },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: below(REPORTS, '/Orders/Replication/Repair/*') },
    ]);
  });

  test('are copied by a state machine that passes no other role, and that to no other service', () => {
    const [[name]] = Object.entries(made.own.findResources('AWS::SSM::Parameter'));
    const parameter = {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:ap-northeast-1:111122223333:parameter/', { Ref: name }]],
    };
    expect(statementsOf(made.own, 'ReplicationRepairMachineRoleDefaultPolicy').slice(0, 5)).toEqual([
      { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: parameter },
      { Effect: 'Allow', Action: 's3:CreateJob', Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::GetAtt': ['ReplicationRepairJobRoleE51DB7F1', 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'batchoperations.s3.amazonaws.com' } },
      },
      {
        Effect: 'Allow',
        Action: 's3:DescribeJob',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:ap-northeast-1:111122223333:job/*']] },
      },
      { Effect: 'Allow', Action: 'ssm:PutParameter', Resource: parameter },
    ]);
  });

  test('are copied at once and then every week, once the rules are there', () => {
    expect(only(made.own, 'AWS::Scheduler::Schedule')).toMatchObject({
      Properties: { ScheduleExpression: 'rate(7 days)', State: 'ENABLED', Target: { Arn: { Ref: 'ReplicationRepairMachine2BD2D2F6' } } },
      DependsOn: expect.arrayContaining(['DocsA50029D5', 'ReplicationRoleCCFDD102', 'ReplicationRoleDefaultPolicy5886987C']),
    });
    expect(only(made.own, 'AWS::Scheduler::Schedule').Properties.Target).not.toHaveProperty('StartDate');
  });

  test('ring when they could not be copied', () => {
    expect(only(made.own, 'AWS::CloudWatch::Alarm', 'ReplicationRepair').Properties).toMatchObject({
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: ['here'],
      Metrics: expect.arrayContaining([expect.objectContaining({ Expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)' })]),
    });
  });

  test('are listed in a bucket that is closed and forgets', () => {
    expect(only(made.own, 'AWS::S3::Bucket', 'ReplicationReports').Properties).toMatchObject({
      PublicAccessBlockConfiguration: { RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90 }] },
    });
  });

  test('are copied when the user says, or not at all', () => {
    const cron = replicate({ repairSchedule: ScheduleExpression.cron({ minute: '0', hour: '3' }) });
    expect(only(cron.own, 'AWS::Scheduler::Schedule').Properties.ScheduleExpression).toBe('cron(0 3 * * ? *)');
    const { own } = replicate({ repair: false });
    for (const type of ['AWS::Scheduler::Schedule', 'AWS::StepFunctions::StateMachine', 'AWS::Logs::LogGroup']) {
      expect(own.findResources(type)).toEqual({});
    }
    expect(Object.keys(own.findResources('AWS::S3::Bucket'))).toEqual(['DocsA50029D5']);
  });

  test('are copied at once again when the rules change, for only a new rate starts at once', () => {
    const idOf = ({ own }: Made) => Object.keys(own.findResources('AWS::Scheduler::Schedule'));
    expect(idOf(replicate({ rules: [{ prefix: 'a' }] }))).not.toEqual(idOf(made));
    expect(idOf(replicate({ maxLag: Duration.hours(1) }))).toEqual(idOf(made));
    expect(made.stack).toBeInstanceOf(Stack);
  });
});

describe('objects that were replicated to somewhere else', () => {
  const parameterOf = ({ own }: Made) => Object.entries(own.findResources('AWS::SSM::Parameter'));
  const idOf = (...props: Parameters<typeof replicate>) => parameterOf(replicate(...props))[0][0];
  const there = (bucketName: string) => ReplicaBucket.existing(imported({ bucketName }));
  const key = (id: string) => keyAt(`arn:aws:kms:${OSAKA}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890${id}`);

  test('are copied too until a run has copied all', () => {
    const made = replicate();
    expect(parameterOf(made).map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({ Type: 'StringList', Value: 'NONE,FAILED,COMPLETED' }),
    ]);
    const { States } = definitionOf(made.own, 'ReplicationRepair');
    const Name = `<${parameterOf(made)[0][0]}>`;
    expect(States.WhichObjects).toMatchObject({
      Resource: 'arn:<AWS::Partition>:states:::aws-sdk:ssm:getParameter',
      Parameters: { Name },
      ResultSelector: { 'Statuses.$': "States.StringSplit($.Parameter.Value, ',')" },
    });
    expect(States.NothingToCopy).toMatchObject({ Type: 'Pass', Next: 'AllAreThere' });
    expect(States.AllAreThere).toMatchObject({
      Resource: 'arn:<AWS::Partition>:states:::aws-sdk:ssm:putParameter',
      Parameters: { Name, Value: 'NONE,FAILED', Overwrite: true },
      Next: 'Copied',
    });
  });

  test.each<[string, Parameters<typeof replicate>[0], Parameters<typeof replicate>[0]]>([
    ['the bucket changes', { destination: there('one') }, { destination: there('another') }],
    ['the Region changes', {}, { recoveryRegion: 'us-east-1' }],
    ['the account changes', {}, { recoveryAccount: BUNKER }],
    [
      'the key changes',
      { destination: ReplicaBucket.inRegion(OSAKA, { encryptionKey: key('11') }) },
      { destination: ReplicaBucket.inRegion(OSAKA, { encryptionKey: key('22') }) },
    ],
    [
      'a destination is added',
      { rules: [{ id: 'a', destination: there('one') }] },
      {
        rules: [
          { id: 'a', destination: there('one') },
          { id: 'b', destination: there('another') },
        ],
      },
    ],
    [
      'other objects go to one of several destinations',
      {
        rules: [
          { id: 'a', prefix: 'a', destination: there('one') },
          { id: 'b', destination: there('another') },
        ],
      },
      {
        rules: [
          { id: 'a', prefix: 'c', destination: there('one') },
          { id: 'b', destination: there('another') },
        ],
      },
    ],
  ])('are copied again when %s', (_case, before, after) => {
    expect(idOf(after)).not.toBe(idOf(before));
  });

  test.each<[string, Parameters<typeof replicate>[0]]>([
    ['the schedule', { maxLag: Duration.hours(1) }],
    [
      'the rules for one destination',
      { rules: [{ prefix: 'a/' }, { prefix: 'b/', storageClass: StorageClass.ONE_ZONE_INFREQUENT_ACCESS }] },
    ],
    ['Replication Time Control', { timeControl: true }],
  ])('are not copied again when %s changes', (_case, after) => {
    expect(idOf(after)).toBe(idOf());
  });
});

describe('the answer of S3', () => {
  type Choice = { Next: string } & Record<string, unknown>;
  const { Choices, Default } = definitionOf(replicate().own, 'ReplicationRepair').States.HowIsIt as unknown as {
    Choices: Choice[];
    Default: string;
  };

  /** The state that comes after a job is described so: as a reader of the definition would find it. */
  function after(job: object): string {
    const at = (path: string) =>
      path
        .slice(2)
        .replace(/\[(\d+)\]/g, '.$1')
        .split('.')
        .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], { Described: { Job: job } });
    const holds = ({ And, Or, Variable, ...test }: Record<string, unknown>): boolean => {
      if (And || Or) {
        return And ? (And as Choice[]).every(holds) : (Or as Choice[]).some(holds);
      }
      const value = at(Variable as string);
      const [[name, wanted]] = Object.entries(test).filter(([key]) => key !== 'Next');
      switch (name) {
        case 'StringEquals':
          return value === wanted;
        case 'IsPresent':
          return (value !== undefined) === wanted;
        case 'NumericGreaterThan':
          return (value as number) > (wanted as number);
        case 'StringMatches':
          return new RegExp(`^${(wanted as string).replace(/\*/g, '.*')}$`).test(value as string);
        default:
          throw new Error(`unknown test ${name}`);
      }
    };
    return Choices.find((choice) => holds(choice))?.Next ?? Default;
  }

  const reasons = (FailureReason: string) => ({ Status: 'Failed', FailureReasons: [{ FailureCode: 'x', FailureReason }] });
  test.each<[string, object, string]>([
    ['a job that copied all', { Status: 'Complete', ProgressSummary: { NumberOfTasksFailed: 0 } }, 'AllAreThere'],
    ['a job without a summary', { Status: 'Complete' }, 'AllAreThere'],
    ['a job that could not copy an object', { Status: 'Complete', ProgressSummary: { NumberOfTasksFailed: 1 } }, 'ObjectsFailed'],
    ['a job that failed', reasons('Access denied when generating the manifest'), 'JobFailed'],
    ['a job that may not see its objects', reasons('Access to objects, to keys or to empty prefixes denied'), 'JobFailed'],
    ['a job that failed without a reason', { Status: 'Failed' }, 'JobFailed'],
    ['a job that found nothing', reasons('No objects matched the filter criteria'), 'NothingToCopy'],
    ['a job with nothing in its list', reasons('The generated manifest is empty'), 'NothingToCopy'],
    ['a job that somebody cancelled', { Status: 'Cancelled' }, 'JobFailed'],
    ['a job that waits for somebody', { Status: 'Suspended' }, 'JobFailed'],
    ...['New', 'Preparing', 'Ready', 'Active', 'Pausing', 'Paused', 'Completing', 'Cancelling', 'Failing'].map(
      (Status): [string, object, string] => [`a job that is ${Status}`, { Status }, 'Wait'],
    ),
  ])('%s', (_case, job, state) => {
    expect(after(job)).toBe(state);
  });
});
