import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnParameter, Duration, Stack, Stage } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import {
  CopyAction,
  Protection,
  ProtectionPlan,
  type ProtectionProps,
  ProtectionRule,
  RecoveryTier,
  RecoveryVault,
  RecoveryWatch,
  type RecoveryWatchProps,
  Selection,
  TagCondition,
} from '../../lib';
import type { FreshnessConfig } from '../../lib/model/freshness';
import { HOUR, MINUTE } from '../../lib/model/time';
import { ROOT } from '../harness/sources';

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ENV = { account: '111122223333', region: TOKYO };
const OTHER = '444455556666';
const ALARM = 'AWS::CloudWatch::Alarm';

const stackIn = (app = new App(), id = 'Orders', env: typeof ENV | undefined = ENV) => new Stack(app, id, { env });
const tableIn = (stack: Stack, id = 'Table') => new TableV2(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
const configsIn = (template: Template): FreshnessConfig[] =>
  Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
    JSON.parse(Properties.Environment.Variables.FRESHNESS_CONFIG),
  );
const alarmsIn = (template: Template): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(template.findResources(ALARM)).map(([id, { Properties }]) => [
      /([A-Z][A-Za-z]+?)[0-9A-F]{8}$/.exec(id)?.[1] ?? id,
      Properties,
    ]),
  );
const templatesOf = (app: App): Record<string, Template> =>
  Object.fromEntries(app.synth().stacks.map((stack) => [stack.id, Template.fromJSON(stack.template)]));
const warningsOf = (stack: Stack, id: string) =>
  Warnings.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp(`cdk-recovery:${id}`))
    .map(({ entry }) => String(entry.data));

const protectedStack = (watch: RecoveryWatchProps = {}, protection: Partial<ProtectionProps> = {}) =>
  protectedStackIn(new App(), watch, protection);

function protectedStackIn(app: App, watch: RecoveryWatchProps = {}, protection: Partial<ProtectionProps> = {}): { app: App; stack: Stack } {
  const stack = stackIn(app);
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, ...protection }).protect(tableIn(stack));
  new RecoveryWatch(stack, 'Watch', watch);
  return { app, stack };
}

describe('a watch with everything left to its defaults', () => {
  let stack: Stack;
  let template: Template;
  beforeAll(() => {
    ({ stack } = protectedStack());
    template = Template.fromStack(stack);
  });

  test('looks every quarter of an hour', () => {
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(15 minutes)' });
  });

  test('knows plan, places and thresholds, in plain text', () => {
    expect(configsIn(template)).toEqual([
      {
        watch: 'Orders-Watch-70AE5C5A',
        plans: [
          {
            name: expect.stringMatching(/^Orders-Protection-Hourly-/),
            label: 'Orders/Protection/Hourly',
            promises: [{ types: ['DynamoDB'], copies: [{ vault: 0, thresholdMs: expect.any(Number) }] }],
            services: [{ type: 'DynamoDB', count: 1, thresholdMs: 35 * MINUTE, rpoMs: 4 * HOUR }],
          },
        ],
        vaults: [{ name: 'Orders-recovery' }],
      },
    ]);
  });

  test('expects of an hourly plan what the report claims at worst, its estimates twice and a quarter of an hour', () => {
    const [{ plans }] = configsIn(template);
    const estimatedMs = 5 * MINUTE + 100 * 2_000;
    expect(plans[0].promises[0].copies[0].thresholdMs).toBe(2 * HOUR + 2 * estimatedMs + 15 * MINUTE);
  });

  test('has an alarm on what it finds, on what it cannot see, on its silence and on what never reached it', () => {
    const alarms = alarmsIn(template);
    expect(Object.keys(alarms).sort()).toEqual([
      'WatchFreshnessCannotLook',
      'WatchFreshnessFunctionDeadLettersAlarm',
      'WatchFreshnessMissing',
      'WatchFreshnessOverdue',
      'WatchFreshnessSilent',
      'WatchFreshnessStale',
    ]);
    expect(Object.entries(alarms).map(([id, { TreatMissingData }]) => [id.replace('WatchFreshness', ''), TreatMissingData])).toEqual(
      expect.arrayContaining([
        ['Missing', 'ignore'],
        ['Overdue', 'ignore'],
        ['Stale', 'ignore'],
        ['CannotLook', 'notBreaching'],
        ['Silent', 'breaching'],
        ['FunctionDeadLettersAlarm', 'notBreaching'],
      ]),
    );
  });

  test('remembers what is awaited for as long as the first may take, in whole hours', () => {
    template.hasResourceProperties(ALARM, { MetricName: 'Awaited', Statistic: 'Minimum', Period: 3600, EvaluationPeriods: 3 });
  });

  test('may read, and write its own log', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(policy.flatMap(({ Action }: { Action: string | string[] }) => Action).sort()).toEqual([
      'backup:DescribeBackupVault',
      'backup:GetBackupSelection',
      'backup:ListBackupJobs',
      'backup:ListBackupPlans',
      'backup:ListBackupSelections',
      'backup:ListRecoveryPointsByBackupVault',
      'dynamodb:DescribeContinuousBackups',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:SendMessage',
      'tag:GetResources',
    ]);
    expect(policy.filter(({ Resource }: { Resource: unknown }) => Resource === '*')).toEqual([
      expect.objectContaining({
        Sid: 'FindPlansJobsAndTags',
        Condition: { StringEquals: { 'aws:RequestedRegion': [TOKYO] } },
      }),
    ]);
    expect(
      Object.values(template.findResources('AWS::IAM::Role')).flatMap(({ Properties }) => Properties.ManagedPolicyArns ?? []),
    ).not.toContainEqual(expect.stringMatching(/Lambda/));
  });

  test('runs what was tested, on a processor and a runtime that do not change by themselves', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 600,
      Handler: 'index.handler',
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
  });

  test('keeps events that never reached the function in an encrypted queue, for an hour', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 3600 });
    template.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ DeadLetterConfig: Match.anyValue() })] });
  });

  test('keeps its logical ids: those of the alarms are what people refer to', () => {
    expect(Object.keys(template.findResources(ALARM)).sort()).toEqual([
      'WatchFreshnessCannotLookCC6F99DF',
      'WatchFreshnessFunctionDeadLettersAlarm64CF7C0C',
      'WatchFreshnessMissing177A4BEF',
      'WatchFreshnessOverdue37741821',
      'WatchFreshnessSilent2961038A',
      'WatchFreshnessStale644CB6EF',
    ]);
  });

  test('says that nobody is told', () => {
    expect(warningsOf(stack, 'alarmWithoutActions')).toEqual([expect.stringMatching(/^the alarms in 'ap-northeast-1' tell nobody/)]);
  });
});

describe('every alarm', () => {
  const runbook = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
  const sections = new Map(
    runbook
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.split('\n')[0].toLowerCase().replace(/ /g, '-'), text]),
  );
  const descriptions = Object.entries(alarmsIn(Template.fromStack(protectedStack().stack))).map(([id, properties]) => [
    id,
    String(properties.AlarmDescription),
  ]);

  test.each(descriptions)('%s tells what is wrong and has a section in the runbook', (_id, description) => {
    const [, wrong, section] = /^(.+); runbook: docs\/runbook\.md#([a-z-]+)$/.exec(description) ?? [];
    expect(wrong).toMatch(/^[A-Z].{20,}\(Orders-Watch-70AE5C5A\)/);
    expect([...sections.keys()]).toContain(section);
    for (const part of ['**Severity:', '**Look.**', '**Repair.**', '**Do not act**']) {
      expect(sections.get(section)).toContain(part);
    }
  });
});

describe('copies in another Region', () => {
  let app: App;
  let templates: Record<string, Template>;
  let home: FreshnessConfig;
  let far: FreshnessConfig;
  beforeAll(() => {
    ({ app } = protectedStack({}, { recoveryRegion: OSAKA }));
    templates = templatesOf(app);
    [home] = configsIn(templates.Orders);
    [far] = configsIn(templates[`Orders-recovery-${OSAKA}`]);
  });

  test('are looked at from the Region of the plan', () => {
    expect(home.vaults).toEqual([{ name: 'Orders-recovery' }, { name: 'Orders-recovery', region: OSAKA }]);
    expect(home.plans[0].promises[0].copies.map(({ vault }) => vault)).toEqual([0, 1]);
  });

  test('are looked at where they lie, with the same alarms', () => {
    expect(far.vaults).toEqual([{ name: 'Orders-recovery' }]);
    expect(far.plans).toEqual([
      {
        name: home.plans[0].name,
        label: home.plans[0].label,
        region: TOKYO,
        promises: [{ types: ['DynamoDB'], copies: [{ ...home.plans[0].promises[0].copies[1], vault: 0 }] }],
      },
    ]);
    expect(Object.keys(alarmsIn(templates[`Orders-recovery-${OSAKA}`]))).toHaveLength(6);
  });

  test('need nothing from the Region of the plan to be deployed', () => {
    const text = JSON.stringify(templates[`Orders-recovery-${OSAKA}`].toJSON());
    expect(text).not.toMatch(/ImportValue|GetStackOutput|ExportsReader/);
    expect(JSON.stringify(templates.Orders.toJSON())).not.toMatch(/ImportValue|GetStackOutput|ExportsWriter/);
  });

  test('may be read across Regions, and nothing else there', () => {
    templates[`Orders-recovery-${OSAKA}`].hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Sid: 'ReadVaults',
            Resource: { 'Fn::Join': ['', Match.arrayWith([`:backup:${OSAKA}:111122223333:backup-vault:Orders-recovery`])] },
          }),
          Match.objectLike({
            Sid: 'ReadSelections',
            Resource: { 'Fn::Join': ['', Match.arrayWith([`:backup:${TOKYO}:111122223333:backup-plan:*`])] },
          }),
        ]),
      },
    });
  });
});

test('the vault of another account is looked at there, for whether anything arrives', () => {
  const { app } = protectedStack({}, { recoveryRegion: OSAKA, recoveryAccount: OTHER });
  const templates = templatesOf(app);
  expect(configsIn(templates.Orders)[0].vaults).toEqual([{ name: 'Orders-recovery' }]);
  const there = templates[`Orders-recovery-${OTHER}-${OSAKA}`];
  expect(configsIn(there)).toEqual([
    { watch: 'Orders-Watch-70AE5C5A', plans: [], vaults: [{ name: 'Orders-recovery', pulseMs: expect.any(Number) }] },
  ]);
  there.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.not(Match.arrayWith([Match.objectLike({ Sid: 'FindPlansJobsAndTags' })])) },
  });
});

test('a plan in another account is looked after there', () => {
  const app = new App();
  const other = stackIn(app, 'Carts', { ...ENV, account: OTHER });
  new Protection(other, 'Protection', { tier: RecoveryTier.LOW }).protect(tableIn(other));
  protectedStackIn(app);
  expect(configsIn(templatesOf(app)[`Orders-recovery-${OTHER}-${TOKYO}`])[0]).toMatchObject({
    plans: [{ label: expect.stringMatching(/^Carts/) }],
  });
});

test('a stack whose Region is only known at deploy time is watched, and its recovery Region for arrivals', () => {
  const app = new App();
  const stack = new Stack(app, 'Orders');
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA }).protect(tableIn(stack));
  new RecoveryWatch(stack, 'Watch');
  const templates = templatesOf(app);
  expect(configsIn(templates.Orders)[0].vaults).toEqual([{ name: 'Orders-recovery' }, { name: 'Orders-recovery', region: OSAKA }]);
  expect(configsIn(templates[`Orders-recovery-${OSAKA}`])[0]).toMatchObject({ plans: [], vaults: [{ name: 'Orders-recovery' }] });
});

test('a plan whose Region is only known at deploy time is taken for one beside the watch', () => {
  const app = new App();
  const agnostic = new Stack(app, 'Carts');
  new Protection(agnostic, 'Protection', { tier: RecoveryTier.LOW }).protect(tableIn(agnostic));
  const { stack } = protectedStackIn(app);
  expect(configsIn(Template.fromStack(stack)).map(({ plans }) => plans.map(({ label, region }) => [label.split('/')[0], region]))).toEqual([
    [
      ['Carts', undefined],
      ['Orders', undefined],
    ],
  ]);
});

describe('what is watched', () => {
  test('is every plan of the stage, also one that is made later and in another stack', () => {
    const app = new App();
    const stack = stackIn(app);
    new RecoveryWatch(stack, 'Watch');
    for (const name of ['Carts', 'Bills']) {
      const other = stackIn(app, name);
      new Protection(other, 'Protection', { tier: RecoveryTier.LOW }).protect(tableIn(other));
    }
    const [config] = configsIn(templatesOf(app).Orders);
    expect(config.plans.map(({ label }) => label.split('/')[0])).toEqual(['Carts', 'Bills']);
    expect(config.vaults.map(({ name }) => name)).toEqual(['Carts-recovery', 'Bills-recovery']);
  });

  test('is only what it was told, so that others hear of the rest', () => {
    const app = new App();
    const stack = stackIn(app);
    const other = stackIn(app, 'Orders2');
    const [one, two] = ['One', 'Two'].map((id) => {
      const protection = new Protection(stack, id, { tier: RecoveryTier.LOW });
      protection.protect(tableIn(stack, `Table${id}`));
      return protection;
    });
    new Protection(other, 'Three', { tier: RecoveryTier.LOW }).protect(tableIn(other));
    const labelsOf = (only: IConstruct[]) => {
      const watching = stackIn(app, `Watch${only.map(({ node }) => node.id).join('')}`);
      new RecoveryWatch(watching, 'Watch', { only });
      return () =>
        configsIn(Template.fromStack(watching)).flatMap(({ plans }) => plans.map(({ label }) => label.split('/').slice(0, 2).join('/')));
    };
    const labels = [labelsOf([one]), labelsOf([two, other]), labelsOf([stack]), labelsOf([two.node.children[0]]), labelsOf([])];
    expect(labels.map((of) => of())).toEqual([
      ['Orders/One'],
      ['Orders/Two', 'Orders2/Three'],
      ['Orders/One', 'Orders/Two'],
      ['Orders/Two'],
      [],
    ]);
  });

  test('is what a plan in another Region protects, there', () => {
    const app = new App();
    const stack = stackIn(app);
    const other = stackIn(app, 'Carts', { ...ENV, region: OSAKA });
    new Protection(other, 'Protection', { tier: RecoveryTier.LOW }).protect(tableIn(other));
    new RecoveryWatch(stack, 'Watch');
    const templates = templatesOf(app);
    expect(configsIn(templates.Orders)).toEqual([]);
    expect(configsIn(templates[`Orders-recovery-${OSAKA}`])[0]).toMatchObject({ plans: [{ label: expect.stringContaining('Carts/') }] });
  });

  test('is nothing of another stage, nor of a plan that was taken out or selects nothing', () => {
    const app = new App();
    const stack = stackIn(app);
    const inner = new Stack(new Stage(app, 'Prod', { env: ENV }), 'Inner');
    new Protection(inner, 'Protection', { tier: RecoveryTier.LOW }).protect(tableIn(inner));
    new Protection(stack, 'Gone', { tier: RecoveryTier.LOW }).protect(tableIn(stack));
    stack.node.tryRemoveChild('Gone');
    new ProtectionPlan(stack, 'Empty', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(7) })] });
    new RecoveryWatch(stack, 'Watch');
    expect(configsIn(Template.fromStack(stack))).toEqual([]);
    expect(warningsOf(stack, 'nothingToWatch')).toHaveLength(1);
  });

  test('is each type by its own promise: what cannot be copied is not expected elsewhere', () => {
    const stack = stackIn();
    const copies = [CopyAction.toVaultArn(`arn:aws:backup:${OSAKA}:111122223333:backup-vault:far`)];
    const plan = new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(7), copies })] });
    plan.select('Tagged', Selection.anyOf(TagCondition.equalTo('backup', 'yes')));
    new RecoveryWatch(stack, 'Watch');
    const [{ plans, vaults }] = configsIn(Template.fromStack(stack));
    expect(vaults.map(({ name, region }) => [name, region])).toEqual([
      ['Orders-recovery', undefined],
      ['far', OSAKA],
    ]);
    const placesOf = (type: string) =>
      plans[0].promises.find(({ types }) => (types as string[]).includes(type))?.copies.map(({ vault }) => vault);
    expect([placesOf('DynamoDB'), placesOf('RDSCluster'), placesOf('S3'), placesOf('ElastiCache')]).toEqual([
      [0, 1],
      [0],
      [0, 1],
      undefined,
    ]);
  });

  test('is what ARNs tell, and all that patterns may have', () => {
    const typesFor = (...arns: string[]) => {
      const stack = stackIn();
      const plan = new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(7) })] });
      plan.select('Arns', Selection.arns(...arns));
      new RecoveryWatch(stack, 'Watch');
      return configsIn(Template.fromStack(stack))[0].plans[0].promises.flatMap(({ types }) => types);
    };
    expect(typesFor(`arn:aws:dynamodb:${TOKYO}:111122223333:table/a`, 'arn:aws:s3:::b')).toEqual(['DynamoDB', 'S3']);
    expect(typesFor('arn:aws:dynamodb:*:*:table/*').length).toBeGreaterThan(15);
    expect(typesFor(`arn:aws:newservice:${TOKYO}:111122223333:thing/a`).length).toBeGreaterThan(15);
  });

  test('is the latest restorable time of databases, which it may then describe', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT });
    protection.protect(new CfnDBInstance(stack, 'Database', { engine: 'postgres', storageEncrypted: true }));
    protection.protect(new Bucket(stack, 'Bucket'));
    new RecoveryWatch(stack, 'Watch');
    const template = Template.fromStack(stack);
    const continuous = configsIn(template)[0].plans.flatMap(({ promises }) =>
      promises.flatMap(({ types, copies }) => copies.filter((copy) => copy.continuous).map((copy) => [types, copy.thresholdMs])),
    );
    expect(continuous).toEqual([
      [['RDS'], 30 * MINUTE],
      [['S3'], 40 * MINUTE],
    ]);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'rds:DescribeDBInstances' })]) },
    });
  });

  test('is as old as the slowest of a type may be', () => {
    const thresholdWith = (...backups: number[]) => {
      const stack = stackIn();
      const plan = new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(7) })] });
      backups.forEach((hours, i) => {
        const times = { backupTime: Duration.hours(hours), copyTime: Duration.hours(1) };
        plan.select(`Selection${i}`, Selection.resources(tableIn(stack, `Table${i}`)), { expects: times });
      });
      new RecoveryWatch(stack, 'Watch');
      return configsIn(Template.fromStack(stack))[0].plans[0].promises[0].copies[0].thresholdMs;
    };
    expect([thresholdWith(1, 5), thresholdWith(5, 1), thresholdWith(1)]).toEqual([30, 30, 26].map((hours) => hours * HOUR + 15 * MINUTE));
  });

  test('is told of where nothing can be expected, or nobody can look', () => {
    const stack = stackIn();
    const arn = new CfnParameter(stack, 'Arn').valueAsString;
    const plan = new ProtectionPlan(stack, 'Plan', {
      rules: [
        new ProtectionRule('Unknown', {
          schedule: Schedule.expression(new CfnParameter(stack, 'Cron').valueAsString),
          keep: Duration.days(7),
          copies: [CopyAction.toVaultArn(arn)],
        }),
      ],
    });
    plan.select('Tables', Selection.resources(tableIn(stack)));
    new RecoveryWatch(stack, 'Watch');
    const [config] = configsIn(Template.fromStack(stack));
    expect(config.plans[0].promises).toEqual([{ types: ['DynamoDB'], copies: [{ vault: 0 }] }]);
    expect(warningsOf(stack, 'freshnessNotJudged')).toEqual([expect.stringContaining("'Orders/Plan'")]);
    expect(warningsOf(stack, 'placeNotWatched')).toHaveLength(1);
  });
});

describe('what somebody says', () => {
  test('about the interval, the misses, the log and the end of alarms holds', () => {
    const stack = stackIn();
    new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT }).protect(tableIn(stack));
    const actions = { all: [new SnsAction(new Topic(stack, 'Topic'))] };
    new RecoveryWatch(stack, 'Watch', {
      every: Duration.minutes(5),
      allowedMisses: 1,
      logRetention: RetentionDays.ONE_YEAR,
      alarmActions: actions,
      tellWhenOver: false,
    });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
    template.hasResourceProperties('AWS::Lambda::Function', { Timeout: 300 });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    template.allResourcesProperties(ALARM, { OKActions: Match.absent(), AlarmActions: [Match.anyValue()] });
    template.hasResourceProperties(ALARM, { MetricName: 'Stale', Period: 300 });
    expect(configsIn(template)[0].plans[0].promises[0].copies[0].thresholdMs).toBeGreaterThan(4 * HOUR);
    expect(warningsOf(stack, 'alarmWithoutActions')).toEqual([]);
  });

  test('about who is told goes by how bad it is, in each Region', () => {
    const { app } = protectedStack(
      {
        alarmActions: {
          all: [action(TOKYO, 'all')],
          critical: [action(TOKYO, 'pager')],
          high: [action(TOKYO, 'mail')],
          low: [action(TOKYO, 'board')],
        },
        alarmActionsIn: { [OSAKA]: { critical: [action(OSAKA, 'pager')] } },
      },
      { recoveryRegion: OSAKA },
    );
    const templates = templatesOf(app);
    const told = (template: Template) =>
      Object.fromEntries(
        Object.entries(alarmsIn(template)).map(([id, { AlarmActions, OKActions }]) => {
          expect(OKActions).toEqual(AlarmActions);
          return [id.replace(/^.*Freshness(Function)?/, ''), ((AlarmActions ?? []) as string[]).map((arn) => arn.split(':').pop())];
        }),
      );
    expect(told(templates.Orders)).toEqual({
      Missing: ['all', 'pager'],
      Overdue: ['all', 'pager'],
      Silent: ['all', 'pager'],
      Stale: ['all', 'mail'],
      CannotLook: ['all', 'mail'],
      DeadLettersAlarm: ['all', 'board'],
    });
    expect(told(templates[`Orders-recovery-${OSAKA}`])).toEqual({
      Missing: ['pager'],
      Overdue: ['pager'],
      Silent: ['pager'],
      Stale: [],
      CannotLook: [],
      DeadLettersAlarm: [],
    });
  });

  test.each<[string, RecoveryWatchProps, RegExp]>([
    [
      'an interval of 4 minutes',
      { every: Duration.minutes(4) },
      /'every' is 4 minutes, but .* \(WatchIntervalOutOfRange at 'Orders\/Watch'\)/,
    ],
    ['an interval of 61 minutes', { every: Duration.minutes(61) }, /WatchIntervalOutOfRange/],
    ['an interval of a minute and a half', { every: Duration.seconds(330) }, /DurationNotWhole/],
    ['half a miss', { allowedMisses: 0.5 }, /'allowedMisses' is 0.5, but .*InvalidAllowedMisses/],
    ['-1 misses', { allowedMisses: -1 }, /InvalidAllowedMisses/],
    ['11 misses', { allowedMisses: 11 }, /InvalidAllowedMisses/],
  ])('fails for %s', (_case, props, message) => {
    expect(() => new RecoveryWatch(stackIn(), 'Watch', props)).toThrow(message);
  });

  test('fails for an interval that is only known at deploy time', () => {
    const stack = stackIn();
    const every = Duration.minutes(new CfnParameter(stack, 'Every', { type: 'Number' }).valueAsNumber);
    expect(() => new RecoveryWatch(stack, 'Watch', { every })).toThrow(/only known at deploy time.*WatchIntervalOutOfRange/);
  });

  test.each([5, 60])('an interval of %d minutes is fine', (minutes) => {
    expect(() => new RecoveryWatch(stackIn(), 'Watch', { every: Duration.minutes(minutes), allowedMisses: 10 })).not.toThrow();
  });

  test('fails for an action of another Region, given by its ARN', () => {
    const { app } = protectedStack({ alarmActions: { all: [action(OSAKA, 'pager')] } });
    expect(() => app.synth()).toThrow(/is in ap-northeast-3, but the alarm in ap-northeast-1.*AlarmActionElsewhere/);
  });

  test('fails for a topic of the app that is in another Region', () => {
    const app = new App();
    const stack = stackIn(app);
    const topic = new Topic(stackIn(app, 'Far', { ...ENV, region: OSAKA }), 'Topic');
    new Protection(stack, 'Protection', { tier: RecoveryTier.LOW }).protect(tableIn(stack));
    new RecoveryWatch(stack, 'Watch', { alarmActions: { low: [new SnsAction(topic)] } });
    expect(() => app.synth()).toThrow(/AlarmActionElsewhere/);
  });
});

describe('many plans', () => {
  const app = new App();
  const stack = stackIn(app);
  const vault = new RecoveryVault(stack, 'Vault');
  const names = Array.from({ length: 40 }, (_, i) => `Plan${i}`);
  for (const name of names) {
    const plan = new ProtectionPlan(stack, name, { vault, rules: [ProtectionRule.daily('Daily', { keep: Duration.days(7) })] });
    plan.select('Tagged', Selection.allOf(TagCondition.equalTo('plan', name)));
  }
  new RecoveryWatch(stack, 'Watch');
  const configs = configsIn(Template.fromStack(stack));

  test('are spread over functions, each of which has an environment that fits, a name and alarms of its own', () => {
    expect(configs.length).toBeGreaterThan(3);
    expect(configs.flatMap(({ plans }) => plans.map(({ label }) => label.split('/')[1]))).toEqual(names);
    expect(configs.every((config) => JSON.stringify(config).length <= 3_500)).toBe(true);
    expect(new Set(configs.map(({ watch }) => watch)).size).toBe(configs.length);
    Template.fromStack(stack).resourceCountIs(ALARM, 6 * configs.length);
  });
});

test('fails for a plan that alone does not fit', () => {
  const app = new App();
  const stack = stackIn(app);
  const arn = (i: number) => `arn:aws:backup:${OSAKA}:111122223333:backup-vault:${'v'.repeat(46)}-${String(i).padStart(2, '0')}`;
  const rules = Array.from({ length: 10 }, (_, i) => {
    const copies = Array.from({ length: 5 }, (_one, j) => CopyAction.toVaultArn(arn(i * 5 + j)));
    return ProtectionRule.daily(`Rule${i}`, { keep: Duration.days(7 + i), hour: 2 * i, copies });
  });
  new ProtectionPlan(stack, 'Plan', { rules }).select('Tagged', Selection.allOf(TagCondition.equalTo('a', 'b')));
  new RecoveryWatch(stack, 'Watch');
  expect(() => app.synth()).toThrow(/'Orders\/Plan' promises so much that its watch needs \d+ bytes.*WatchTooLarge/);
});

test('keeps the rules of cdk-nag, here and in the recovery Region', () => {
  const { app } = protectedStack({}, { recoveryRegion: OSAKA });
  app.synth();
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});

function action(region: string, name: string): IAlarmAction {
  return { bind: () => ({ alarmActionArn: `arn:aws:sns:${region}:111122223333:${name}` }) };
}
