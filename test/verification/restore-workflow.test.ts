import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, type CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { configIn } from '../../lib/handlers/verify/watch';
import { DAY, HOUR } from '../../lib/model/time';
import type { VerificationConfig, VerifiedResource } from '../../lib/model/verification';
import { RestoreWorkflow, type RestoreWorkflowProps } from '../../lib/verification/private/restore-workflow';
import { workflowDefinition } from '../../lib/verification/private/workflow-definition';

/** The validator comes without types. */
const validate: (definition: object, options: object) => { readonly isValid: boolean; errorsText(): string } = require('asl-validator');

const PLAN = 'arn:aws:backup:ap-northeast-1:111122223333:restore-testing-plan:weekly-1';
const CHECKER = 'arn:aws:lambda:ap-northeast-1:111122223333:function:checker';
const resource = (resourceType: string, more: Partial<VerifiedResource> = {}): VerifiedResource => ({
  id: `Shop/${resourceType}`,
  resourceType,
  dueMs: 8 * DAY,
  checks: [],
  checkers: {},
  ...more,
});
const configOf = (...resources: VerifiedResource[]): VerificationConfig => ({
  verification: 'Shop/Tests',
  evidence: { bucket: 'evidence', prefix: 'tests/' },
  resources,
});

interface Made {
  readonly app: App;
  readonly stack: Stack;
  readonly template: Template;
  readonly workflow: RestoreWorkflow;
}

function make(config: VerificationConfig, props: (stack: Stack) => Partial<RestoreWorkflowProps> = () => ({})): Made {
  const app = new App();
  const stack = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const key = new Key(stack, 'Key', { enableKeyRotation: true });
  const bucket = Bucket.fromBucketName(stack, 'Evidence', 'evidence');
  const workflow = new RestoreWorkflow(stack, 'Tests', {
    config,
    planArns: [PLAN],
    checkerArns: [CHECKER],
    evidence: { bucket, key },
    route: { actions: {}, whenOver: false },
    ...props(stack),
  });
  return { app, stack, workflow, template: Template.fromStack(stack) };
}

/** The statements of a role, by their name. */
function statementsOf(template: Template, role: RegExp): Record<string, Record<string, unknown>> {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => role.test(id));
  expect(policies).toHaveLength(1);
  const statements: { Sid?: string }[] = policies[0][1].Properties.PolicyDocument.Statement;
  return Object.fromEntries(statements.map((statement) => [statement.Sid ?? 'Service', statement as Record<string, unknown>]));
}

/** What stands for a name that is known at deploy time. */
const REFERENCE = 'arn:aws:lambda:ap-northeast-1:111122223333:function:reference';

/** The definition of the machine, with a name for every reference. */
function definitionOf(template: Template): string {
  const [{ Properties }] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
  const parts: unknown[] = Properties.DefinitionString['Fn::Join'][1];
  return parts
    .map((part) => (typeof part === 'string' ? part : (part as { Ref?: string }).Ref === 'AWS::Partition' ? 'aws' : REFERENCE))
    .join('');
}

describe('a workflow for every type', () => {
  const types = ['RDS', 'Aurora', 'DynamoDB', 'S3', 'EBS', 'EC2', 'EFS', 'FSx'];
  let made: Made;
  beforeAll(() => {
    made = make(configOf(...types.map((type) => resource(type))));
  });

  test('has a definition that Step Functions takes', () => {
    const { isValid, errorsText } = validate(JSON.parse(definitionOf(made.template)), {
      checkPaths: true,
      checkArn: true,
    });
    expect({ isValid, errors: errorsText() }).toEqual({ isValid: true, errors: '' });
  });

  test('holds the configuration where the watch finds it', () => {
    expect(configIn(definitionOf(made.template))).toMatchObject({
      verification: 'Shop/Tests',
      planArns: [PLAN],
      patienceMs: 2 * HOUR,
      instanceClass: 'db.t4g.medium',
      resources: types.map((resourceType) => ({ resourceType })),
    });
  });

  test('keeps the rules of cdk-nag, with its wildcards explained', () => {
    expect(new AwsSolutionsChecks(made.app).validateScope(made.stack).violations).toEqual([]);
  });

  test('the function of the steps may not start anything, and that of the watch changes nothing but executions', () => {
    expect(Object.keys(statementsOf(made.template, /Steps/)).sort()).toEqual([
      'DeleteAccessPoints',
      'DeleteInstances',
      'DeleteInterfacesOfMountTargets',
      'DeleteMountTargets',
      'FindEvidence',
      'KeepEvidence',
      'LookAtBuckets',
      'LookAtDatabases',
      'LookAtEFS',
      'LookAtFSx',
      'LookAtMachines',
      'LookAtTables',
      'LookAtVolumes',
      'MakeInstances',
      'ReadAndTell',
      'Service',
      'TagInstances',
      'UseKey',
      'UseKeysOfClusters',
      'WriteLog',
    ]);
    const watch = statementsOf(made.template, /Watch/);
    expect(Object.keys(watch).sort()).toEqual(['FindEvidence', 'KeepEvidence', 'SeeTests', 'Service', 'StartTests', 'UseKey', 'WriteLog']);
    expect(watch.KeepEvidence).toMatchObject({ Action: 's3:GetObject' });
    expect(watch.UseKey).toMatchObject({ Action: 'kms:Decrypt' });
  });

  test('only mount targets of what was restored for a test can be deleted, and access points that bear its tag', () => {
    const { DeleteMountTargets, DeleteAccessPoints } = statementsOf(made.template, /Steps/);
    expect(DeleteMountTargets).toMatchObject({
      Action: 'elasticfilesystem:DeleteMountTarget',
      Condition: { Null: { 'aws:ResourceTag/awsbackup-restore-test': 'false' } },
    });
    expect(DeleteAccessPoints).toMatchObject({
      Action: 'elasticfilesystem:DeleteAccessPoint',
      Condition: { Null: { 'aws:ResourceTag/cdk-recovery:restore-job': 'false' } },
    });
    expect(Object.keys(statementsOf(make(configOf(resource('FSx'))).template, /Steps/)).join()).not.toMatch(/Mount|AccessPoint/);
  });

  test('only instances of restored clusters that bear its tag can be deleted', () => {
    expect(statementsOf(made.template, /Steps/).DeleteInstances).toMatchObject({
      Action: 'rds:DeleteDBInstance',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':rds:ap-northeast-1:111122223333:db:awsbackup-restore-test-*']] },
      Condition: { Null: { 'aws:ResourceTag/cdk-recovery:restore-job': 'false' } },
    });
  });

  test('the machine may call the functions of the workflow and the checkers, and nothing else', () => {
    const { Call, Service } = statementsOf(made.template, /MachineRole/);
    expect(Call).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Resource: [{ 'Fn::GetAtt': [expect.stringMatching(/^TestsStepsFunction/), 'Arn'] }, CHECKER],
    });
    expect((Service.Action as string[]).every((action) => action.startsWith('logs:'))).toBe(true);
  });

  test('hears of restores of its plans by their status, and of executions of its machine', () => {
    made.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.backup'],
        'detail-type': ['Restore Job State Change'],
        detail: { status: ['COMPLETED', 'FAILED', 'ABORTED'], restoreTestingPlanArn: [PLAN] },
      },
    });
    made.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.states'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [Match.anyValue()] },
      },
    });
    made.template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
  });

  test('an event that cannot be delivered for a day is kept', () => {
    for (const { Properties } of Object.values(made.template.findResources('AWS::Events::Rule'))) {
      expect(Properties.Targets).toEqual([
        expect.objectContaining({
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^TestsWatchDeadLetters/), 'Arn'] } },
          RetryPolicy: { MaximumEventAgeInSeconds: Properties.ScheduleExpression ? 3600 : 86400, MaximumRetryAttempts: 185 },
        }),
      ]);
    }
  });

  test('logs errors only, and lasts no longer than looking, checking and cleaning can', () => {
    made.template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: Match.absent() },
    });
    expect(JSON.parse(definitionOf(made.template)).TimeoutSeconds).toBe(4.5 * 3600);
  });

  test('has an alarm on each finding that keeps its state, and one on silence', () => {
    const alarms = Object.values(made.template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
    const [silent] = alarms.filter(({ Metrics }) => Metrics !== undefined);
    expect(silent).toMatchObject({
      TreatMissingData: 'breaching',
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
    });
    expect(silent.Metrics[0].Expression).toBe('FILL(heartbeat, 0)');
    const findings = alarms.filter(({ Namespace }) => Namespace === 'CdkRecovery');
    expect(findings.map(({ MetricName }) => MetricName).sort()).toEqual([
      'FailedTests',
      'MissingTests',
      'TestsOverRecoveryPoint',
      'TestsOverRecoveryTime',
      'TestsWithRemains',
    ]);
    for (const finding of findings) {
      expect(finding).toMatchObject({
        TreatMissingData: 'ignore',
        Statistic: 'Maximum',
        Period: 3600,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        Dimensions: [{ Name: 'Verification', Value: 'Shop/Tests' }],
      });
    }
  });

  test('keeps the names that its parts know each other by', () => {
    const machines = made.template.findResources('AWS::StepFunctions::StateMachine');
    const [[id, { Properties }]] = Object.entries(machines);
    expect([id, Properties.StateMachineName]).toEqual(['TestsMachine430D8DE8', expect.stringMatching(/^Shop-?Tests/)]);
  });
});

test('a table takes no permission for databases, buckets or machines', () => {
  const { template } = make(configOf(resource('DynamoDB')));
  expect(Object.keys(statementsOf(template, /Steps/)).sort()).toEqual([
    'FindEvidence',
    'KeepEvidence',
    'LookAtTables',
    'ReadAndTell',
    'Service',
    'UseKey',
    'WriteLog',
  ]);
});

test('an RDS instance is looked at, and none is ever made or deleted', () => {
  const { template } = make(configOf(resource('RDS')));
  expect(JSON.stringify(statementsOf(template, /Steps/))).not.toMatch(/CreateDBInstance|DeleteDBInstance|CreateGrant/);
});

test('tells those of each severity', () => {
  const { stack, workflow } = make(configOf(resource('S3')), (scope) => {
    const action = (name: string) => [new SnsAction(new Topic(scope, name))];
    return { route: { actions: { critical: action('critical'), high: action('high'), low: action('low') }, whenOver: true } };
  });
  const told = workflow.alarms.map((alarm) => {
    const actions: { Ref: string }[] = stack.resolve((alarm.node.defaultChild as CfnAlarm).alarmActions);
    return [alarm.node.id, actions.map(({ Ref }) => Ref.replace(/[0-9A-F]{8}$/, '')).join()];
  });
  expect(told).toEqual([
    ['DeadLettersAlarm', 'low'],
    ['DeadLettersAlarm', 'high'],
    ['FailedAlarm', 'critical'],
    ['MissingAlarm', 'high'],
    ['SlowAlarm', 'high'],
    ['OldAlarm', 'high'],
    ['RemainsAlarm', 'low'],
    ['SilentAlarm', 'critical'],
  ]);
  expect(workflow.alarms.every((alarm) => alarm instanceof Alarm)).toBe(true);
});

test.each([
  ['Aurora', true],
  ['DocumentDB', true],
  ['Neptune', true],
  ['RDS', false],
  ['DynamoDB', false],
])('restored clusters of %s may be given an instance: %p', (type, given) => {
  const policies = JSON.stringify(make(configOf(resource(type))).template.findResources('AWS::IAM::Policy'));
  for (const action of ['rds:CreateDBInstance', 'rds:DeleteDBInstance', 'rds:AddTagsToResource']) {
    expect(policies.includes(action)).toBe(given);
  }
});

test('takes another patience, instance class and retention of logs', () => {
  const { template } = make(configOf(resource('Aurora')), () => ({
    patience: Duration.hours(6),
    instanceClass: 'db.r8g.large',
    logRetention: RetentionDays.ONE_WEEK,
  }));
  expect(configIn(definitionOf(template))).toMatchObject({ patienceMs: 6 * HOUR, instanceClass: 'db.r8g.large' });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
});

test('references in the configuration become names at deploy time', () => {
  const { template } = make(configOf(), (stack) => {
    const table = new Topic(stack, 'Any');
    return { config: configOf(resource('DynamoDB', { arn: table.topicArn })) };
  });
  expect(configIn(definitionOf(template)).resources).toMatchObject([{ arn: REFERENCE }]);
});

test('what a check says is never taken for an expression', () => {
  const query = { name: 'q', kind: 'query', sql: '{% $states.input %}', expected: '$.config' } as const;
  const { States } = workflowDefinition({
    stepsArn: CHECKER,
    partition: 'aws',
    config: { ...configOf(resource('RDS', { checks: [query] })), planArns: [], latestPlanArns: [], patienceMs: 1, instanceClass: 'x' },
  }) as { States: Record<string, { Type: string; QueryLanguage?: string; Result?: unknown }> };
  expect(States['Read configuration']).toMatchObject({ Type: 'Pass', Result: { resources: [{ checks: [query] }] } });
  expect(JSON.stringify(States)).not.toContain('QueryLanguage');
});

test('every state but the end leads on, and no task is without a way out of failure but the last', () => {
  const { States } = workflowDefinition({
    stepsArn: CHECKER,
    partition: 'aws',
    config: { ...configOf(), planArns: [], latestPlanArns: [], patienceMs: 1, instanceClass: 'x' },
  }) as { States: Record<string, { Type: string; Catch?: { Next: string }[]; Retry?: object[] }> };
  const tasks = Object.entries(States).filter(([, { Type }]) => Type === 'Task' || Type === 'Map');
  expect(tasks.map(([name, { Catch }]) => [name, Catch?.[0].Next])).toEqual([
    ['Begin', 'Conclude'],
    ['Look', 'Clean up'],
    ['Check', 'Clean up'],
    ['Clean up', 'Conclude'],
    ['Conclude', 'Tell without evidence'],
    ['Tell without evidence', undefined],
  ]);
});
