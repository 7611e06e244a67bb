import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { App, Duration, Stack, Stage, TimeZone } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  CopyAction,
  DataCheck,
  Digest,
  Protection,
  ProtectionPlan,
  ProtectionRule,
  RecoveryNotifications,
  type RecoveryNotificationsProps,
  RecoveryTier,
  RecoveryVault,
  RecoveryWatch,
  RestoreTests,
  RestoreVerification,
  Selection,
  WeekDay,
  type WeeklyDigestOptions,
} from '../../lib';
import type { DigestConfig } from '../../lib/model/digest';
import { DAY, HOUR } from '../../lib/model/time';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ENV = { account: '111122223333', region: TOKYO };

// biome-ignore lint/suspicious/noExplicitAny: templates are read, not judged
type Properties = Record<string, any>;
const propertiesOf = (template: Template, type: string): Properties[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const tableIn = (stack: Stack) => new TableV2(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });

function protectedStack(props: RecoveryNotificationsProps, app = new App()): Stack {
  const stack = new Stack(app, 'Orders', { env: ENV });
  const notifications = new RecoveryNotifications(stack, 'Notifications', props);
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA }).protect(tableIn(stack));
  new RecoveryWatch(stack, 'Watch', {
    every: Duration.minutes(30),
    alarmActions: notifications.alarmActions,
    alarmActionsIn: notifications.alarmActionsIn([OSAKA]),
  });
  return stack;
}

/** What the schedule hands over, with references by their logical id. */
function configIn(template: Template): DigestConfig {
  const [{ Target }] = propertiesOf(template, 'AWS::Scheduler::Schedule');
  const parts: unknown[] = typeof Target.Input === 'string' ? [Target.Input] : Target.Input['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : Object.values(part as object).flat()[0])).join(''));
}

const schedulesOf = (options?: WeeklyDigestOptions) =>
  propertiesOf(Template.fromStack(protectedStack({ digest: Digest.weekly(options) })), 'AWS::Scheduler::Schedule').map(
    ({ ScheduleExpression, ScheduleExpressionTimezone }) => [ScheduleExpression, ScheduleExpressionTimezone],
  );

describe('a weekly digest', () => {
  const app = new App();
  const stack = protectedStack({ digest: Digest.weekly() }, app);
  const assembly = app.synth();
  const template = Template.fromStack(stack);

  test('looks back on every plan, vault and watch of the stage, those that are made later too', () => {
    expect(configIn(template)).toEqual({
      topics: { high: expect.stringContaining('NotificationsTopicsHigh'), low: expect.stringContaining('NotificationsTopicsLow') },
      runbook: 'docs/runbook.md',
      watches: [{ name: expect.stringMatching(/^Orders-Watch-/), everyMs: 1_800_000 }],
      plans: [{ label: expect.stringMatching(/^Orders\/Protection\//) }],
      vaults: [
        { name: expect.stringContaining('Orders'), counts: ['backup', 'copy', 'restore'] },
        ...(configIn(template).vaults.length > 1 ? [{ name: expect.stringContaining('Orders'), region: OSAKA, counts: ['restore'] }] : []),
      ],
    });
    expect(configIn(template).vaults.map(({ region }) => region)).toEqual([undefined, OSAKA]);
  });

  test('may read metrics in the Regions of the plans, publish to its two topics, and nothing else', () => {
    const [{ PolicyDocument }] = propertiesOf(template, 'AWS::IAM::Policy').filter(({ PolicyName }) =>
      PolicyName.includes('DigestFunction'),
    );
    const statements: Properties[] = PolicyDocument.Statement;
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      'cloudwatch:GetMetricData',
      'cloudwatch:ListMetrics',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sns:Publish',
      'sqs:SendMessage',
    ]);
    expect(statements.find(({ Sid }) => Sid === 'ReadMetrics')).toMatchObject({
      Condition: { StringEquals: { 'aws:RequestedRegion': [TOKYO, OSAKA] } },
    });
    expect(statements.find(({ Sid }) => Sid === 'Publish')?.Resource).toHaveLength(2);
  });

  test('loses no run: what does not start and what fails is in a queue, whose alarm tells the topic of high severity', () => {
    const [{ Target }] = propertiesOf(template, 'AWS::Scheduler::Schedule');
    expect(Target).toMatchObject({
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^NotificationsDigestFunctionDeadLetters/), 'Arn'] } },
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    });
    const [alarm] = Object.entries(template.findResources('AWS::CloudWatch::Alarm')).filter(([id]) => id.startsWith('NotificationsDigest'));
    expect(alarm[1].Properties.AlarmActions).toEqual([{ Ref: expect.stringMatching(/^NotificationsTopicsHigh/) }]);
  });

  test('is started by the scheduler of this account alone', () => {
    const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) =>
      id.startsWith('NotificationsDigestScheduleRole'),
    );
    expect(roles.map(([, { Properties }]) => Properties.AssumeRolePolicyDocument.Statement)).toEqual([
      [expect.objectContaining({ Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } })],
    ]);
  });

  test('is sent from one Region, whatever Regions have topics', () => {
    const recovery = Template.fromJSON(assembly.getStackArtifact(`Orders-recovery-${OSAKA}`).template);
    recovery.resourceCountIs('AWS::SNS::Topic', 3);
    recovery.resourceCountIs('AWS::Scheduler::Schedule', 0);
  });

  test('keeps the rules of cdk-nag', () => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

test('is not sent unless somebody asks for it', () => {
  Template.fromStack(protectedStack({})).resourceCountIs('AWS::Scheduler::Schedule', 0);
});

test('comes on Monday at nine in UTC, or when it is said', () => {
  expect(schedulesOf()).toEqual([['cron(0 9 ? * MON *)', 'Etc/UTC']]);
  expect(schedulesOf({ day: WeekDay.FRIDAY, hour: 0, timeZone: TimeZone.ASIA_TOKYO })).toEqual([['cron(0 0 ? * FRI *)', 'Asia/Tokyo']]);
  expect(schedulesOf({ hour: 23 })).toEqual([['cron(0 23 ? * MON *)', 'Etc/UTC']]);
});

test.each([-1, 24, 9.5, Number.NaN])('fails for the hour %d', (hour) => {
  expect(() => protectedStack({ digest: Digest.weekly({ hour }) })).toThrow(/'hour' of a digest is .* 0 to 23.*InvalidDigestHour/);
});

test('names what is in other accounts, which it cannot read', () => {
  const stack = new Stack(new App(), 'Orders', { env: ENV });
  const safe = RecoveryVault.fromVaultArn(stack, 'Safe', `arn:aws:backup:${OSAKA}:444455556666:backup-vault:Safe`);
  const rule = ProtectionRule.daily('daily', { keep: Duration.days(40), copies: [CopyAction.to(safe, { keep: Duration.days(40) })] });
  new ProtectionPlan(stack, 'Plan', { rules: [rule] }).select('All', Selection.resources(tableIn(stack)));
  new RecoveryNotifications(stack, 'Notifications', { digest: Digest.weekly() });
  const { plans, vaults, watches } = configIn(Template.fromStack(stack));
  expect(plans).toEqual([{ label: 'Orders/Plan', elsewhere: [`${OSAKA}/Safe (444455556666)`] }]);
  expect(vaults.map(({ region }) => region)).toEqual([undefined]);
  expect(watches).toEqual([]);
});

test('has nothing to do with the plans and watches of other stages', () => {
  const app = new App();
  protectedStack({}, app);
  const stack = new Stack(new Stage(app, 'Other'), 'Lonely', { env: ENV });
  new RecoveryNotifications(stack, 'Notifications', { digest: Digest.weekly() });
  expect(configIn(Template.fromStack(stack))).toMatchObject({ plans: [], vaults: [], watches: [] });
});

test('finds its vaults where the Region is only known at deploy time', () => {
  const stack = new Stack(new App(), 'Orders');
  new RecoveryNotifications(stack, 'Notifications', { digest: Digest.weekly() });
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA }).protect(tableIn(stack));
  new RecoveryWatch(stack, 'Watch');
  const { vaults, watches } = configIn(Template.fromStack(stack));
  expect([vaults.map(({ region }) => region), watches[0].region]).toEqual([[undefined, OSAKA], undefined]);
});

test('looks back on restore tests wherever they are, though nobody had made them when it was made', () => {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env: ENV });
  const notifications = new RecoveryNotifications(stack, 'Notifications', { digest: Digest.weekly() });
  const protection = new Protection(stack, 'Protection', {
    tier: RecoveryTier.IMPORTANT,
    recoveryRegion: OSAKA,
    alarmActions: notifications.alarmActions,
    alarmActionsIn: notifications.alarmActionsIn([OSAKA]),
  });
  protection.protect(tableIn(stack), { checks: [DataCheck.items()] });
  new RestoreVerification(stack, 'Verification', { protection, copies: RestoreTests.monthly() });
  app.synth();
  const template = Template.fromStack(stack);
  const { tests = [] } = configIn(template);
  expect(tests).toEqual([
    {
      label: 'Orders/Protection',
      verification: expect.stringMatching(/^Orders-Verification-/),
      resources: [{ id: 'Orders/Table', rtoMs: 4 * HOUR, dueMs: 7 * DAY + 12 * HOUR }],
    },
    {
      label: 'Orders/Protection',
      verification: expect.stringMatching(/^Orders-Verification-.*-copies$/),
      region: OSAKA,
      resources: [{ id: 'Orders/Table', rtoMs: 4 * HOUR, dueMs: 31 * DAY + 12 * HOUR }],
    },
  ]);
  expect(JSON.stringify(propertiesOf(template, 'AWS::IAM::Policy'))).toContain(`"aws:RequestedRegion":["${TOKYO}","${OSAKA}"]`);
});
