import { App, CfnParameter, Duration, Stack, Tags, TimeZone } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { WeekDay } from '../../lib/core/week-day';
import { CopyAction, type CopyActionOptions } from '../../lib/protection/copy-action';
import { MalwareScanMode, ScannedResourceType } from '../../lib/protection/malware-scan';
import { ProtectionPlan, type ProtectionPlanProps } from '../../lib/protection/protection-plan';
import { BackupIndex, ProtectionRule, type ProtectionRuleOptions } from '../../lib/protection/protection-rule';
import { Selection } from '../../lib/protection/selection';
import { TagCondition } from '../../lib/protection/tag-condition';
import { AirGappedVault } from '../../lib/vault/air-gapped-vault';
import { ComplianceAcknowledgement } from '../../lib/vault/compliance-acknowledgement';
import { RecoveryVault } from '../../lib/vault/recovery-vault';
import { VaultLock } from '../../lib/vault/vault-lock';

const PLAN = 'AWS::Backup::BackupPlan';
const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const KEEP = { keep: Duration.days(30) };
const FAR_VAULT = 'arn:aws:backup:ap-northeast-3:444455556666:backup-vault:orders';

function stackIn(id = 'Orders'): Stack {
  return new Stack(new App(), id, { env: ENV });
}

function planIn(stack: Stack, props: ProtectionPlanProps = {}): ProtectionPlan {
  const plan = new ProtectionPlan(stack, 'Plan', props);
  plan.select('Files', Selection.resources(new Bucket(stack, 'Bucket', { versioned: true })));
  return plan;
}

function ruleOf(options: ProtectionRuleOptions, stack = stackIn()): Record<string, unknown> {
  planIn(stack, { rules: [ProtectionRule.hourly('Hourly', options)] });
  return renderedRules(stack)[0];
}

function renderedRules(stack: Stack): Record<string, unknown>[] {
  const [plan] = Object.values(Template.fromStack(stack).findResources(PLAN));
  return plan.Properties.BackupPlan.BackupPlanRule;
}

describe('a plan with nothing but a rule', () => {
  let template: Template;
  beforeAll(() => {
    const stack = stackIn(`Orders-${'x'.repeat(60)}`);
    planIn(stack, { rules: [ProtectionRule.daily('Daily', KEEP)] });
    template = Template.fromStack(stack);
  });

  test('has a name that AWS Backup accepts and an explicit start window', () => {
    template.hasResourceProperties(PLAN, {
      BackupPlan: {
        BackupPlanName: Match.stringLikeRegexp('^[a-zA-Z0-9_.-]{1,50}$'),
        BackupPlanRule: [
          {
            RuleName: 'Daily',
            ScheduleExpression: 'cron(0 5 * * ? *)',
            StartWindowMinutes: 60,
            Lifecycle: { DeleteAfterDays: 30 },
            ScheduleExpressionTimezone: Match.absent(),
            CompletionWindowMinutes: Match.absent(),
            EnableContinuousBackup: Match.absent(),
            CopyActions: Match.absent(),
            IndexActions: Match.absent(),
            ScanActions: Match.absent(),
            TargetLogicallyAirGappedBackupVaultArn: Match.absent(),
          },
        ],
        AdvancedBackupSettings: Match.absent(),
        ScanSettings: Match.absent(),
      },
      BackupPlanTags: Match.absent(),
    });
  });

  test('uses the vault that the stack shares', () => {
    template.resourceCountIs('AWS::Backup::BackupVault', 1);
    template.hasResource('AWS::Backup::BackupVault', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('makes one role and no scanner role', () => {
    template.resourceCountIs('AWS::IAM::Role', 1);
  });

  test('keeps its logical ids: a change replaces the selection', () => {
    expect(Object.keys(template.findResources(PLAN))).toEqual(['PlanDAF4E53A']);
    expect(Object.keys(template.findResources('AWS::Backup::BackupSelection'))).toEqual(['PlanFilesA090E332']);
  });
});

describe('a plan with everything', () => {
  let template: Template;
  beforeAll(() => {
    const stack = stackIn();
    const vault = new RecoveryVault(stack, 'Vault');
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('backup.amazonaws.com') });
    const scannerRole = new Role(stack, 'Scanner', { assumedBy: new ServicePrincipal('malware-protection.guardduty.amazonaws.com') });
    const plan = planIn(stack, {
      planName: 'orders.plan_1',
      vault,
      role,
      windowsVss: true,
      s3: { backupAcls: false },
      malwareScan: { scannerRole, resourceTypes: [ScannedResourceType.S3] },
      tags: { team: 'payments' },
    });
    plan.addRule(
      new ProtectionRule('Nightly', {
        schedule: Schedule.cron({ hour: '18', minute: '30', weekDay: 'MON-FRI' }),
        timeZone: TimeZone.ASIA_TOKYO,
        startWindow: Duration.hours(2),
        completionWindow: Duration.hours(12),
        keep: Duration.days(120),
        coldStorageAfter: Duration.days(30),
        archiveSnapshots: true,
        copies: [
          CopyAction.to(vault.mirrorIn('ap-northeast-3'), {
            keep: Duration.days(400),
            coldStorageAfter: Duration.days(10),
            archiveSnapshots: true,
          }),
          CopyAction.toVaultArn(FAR_VAULT),
        ],
        recoveryPointTags: { origin: 'plan' },
        index: BackupIndex.S3,
        malwareScan: MalwareScanMode.FULL,
      }),
    );
    plan.addRule(ProtectionRule.hourly('Hourly', { minute: 10, keep: Duration.days(35), continuous: true }));
    Tags.of(stack).add('stage', 'prod');
    template = Template.fromStack(stack);
  });

  test('says each of it in the template', () => {
    template.hasResourceProperties(PLAN, {
      BackupPlan: {
        BackupPlanName: 'orders.plan_1',
        BackupPlanRule: [
          {
            RuleName: 'Nightly',
            TargetBackupVault: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Vault'), 'BackupVaultName'] },
            ScheduleExpression: 'cron(30 18 ? * MON-FRI *)',
            ScheduleExpressionTimezone: 'Asia/Tokyo',
            StartWindowMinutes: 120,
            CompletionWindowMinutes: 720,
            Lifecycle: { DeleteAfterDays: 120, MoveToColdStorageAfterDays: 30, OptInToArchiveForSupportedResources: true },
            CopyActions: [
              {
                DestinationBackupVaultArn: {
                  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, Match.stringLikeRegexp('^:backup:ap-northeast-3:111122223333:')]],
                },
                Lifecycle: { DeleteAfterDays: 400, MoveToColdStorageAfterDays: 10, OptInToArchiveForSupportedResources: true },
              },
              {
                DestinationBackupVaultArn: FAR_VAULT,
                Lifecycle: { DeleteAfterDays: 120, MoveToColdStorageAfterDays: 30, OptInToArchiveForSupportedResources: true },
              },
            ],
            RecoveryPointTags: { origin: 'plan' },
            IndexActions: [{ ResourceTypes: ['S3'] }],
            ScanActions: [{ MalwareScanner: 'GUARDDUTY', ScanMode: 'FULL_SCAN' }],
          },
          { RuleName: 'Hourly', ScheduleExpression: 'cron(10 * * * ? *)', EnableContinuousBackup: true },
        ],
        AdvancedBackupSettings: [
          { ResourceType: 'EC2', BackupOptions: { WindowsVSS: 'enabled' } },
          { ResourceType: 'S3', BackupOptions: { BackupACLs: 'disabled', BackupObjectTags: 'enabled' } },
        ],
        ScanSettings: [
          {
            MalwareScanner: 'GUARDDUTY',
            ResourceTypes: ['S3'],
            ScannerRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Scanner'), 'Arn'] },
          },
        ],
      },
      BackupPlanTags: { team: 'payments', stage: 'prod' },
    });
  });

  test('uses the role that it is given, and makes none', () => {
    template.hasResourceProperties('AWS::Backup::BackupSelection', {
      BackupSelection: { IamRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Role'), 'Arn'] } },
    });
    template.resourceCountIs('AWS::IAM::Role', 2);
  });

  test('refers to no other Region by export or custom resource', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/ExportReader|GetStackOutput|ImportValue/);
  });
});

describe('schedules', () => {
  test.each([
    ['hourly', ProtectionRule.hourly('Rule', KEEP), 'cron(0 * * * ? *)'],
    ['daily', ProtectionRule.daily('Rule', { ...KEEP, hour: 17, minute: 15 }), 'cron(15 17 * * ? *)'],
    ['weekly', ProtectionRule.weekly('Rule', KEEP), 'cron(0 5 ? * SUN *)'],
    ['weekly on another day', ProtectionRule.weekly('Rule', { ...KEEP, weekDay: WeekDay.WEDNESDAY, hour: 1 }), 'cron(0 1 ? * WED *)'],
    ['monthly', ProtectionRule.monthly('Rule', { keep: Duration.days(99) }), 'cron(0 5 1 * ? *)'],
    ['monthly on another day', ProtectionRule.monthly('Rule', { keep: Duration.days(99), day: 15 }), 'cron(0 5 15 * ? *)'],
    [
      'by text',
      new ProtectionRule('Rule', { keep: Duration.days(99), schedule: Schedule.expression('cron(0 3 L * ? *)') }),
      'cron(0 3 L * ? *)',
    ],
  ])('a rule runs %s', (_how, rule, expression) => {
    const stack = stackIn();
    planIn(stack, { rules: [rule] });
    expect(renderedRules(stack)[0]).toMatchObject({ ScheduleExpression: expression });
  });

  test.each([
    ['minute 60', ProtectionRule.hourly('Rule', { ...KEEP, minute: 60 })],
    ['hour 24', ProtectionRule.daily('Rule', { ...KEEP, hour: 24 })],
    ['a day of the week that is none', ProtectionRule.weekly('Rule', { ...KEEP, weekDay: 'SOON' as WeekDay })],
    ['day 32 of the month', ProtectionRule.monthly('Rule', { ...KEEP, day: 32 })],
  ])('fails for %s', (_what, rule) => {
    expect(() => planIn(stackIn(), { rules: [rule] })).toThrow(/'schedule' of rule 'Rule'.*InvalidSchedule/);
  });

  test.each<[string, Schedule, TimeZone | undefined, RegExp]>([
    ['a rate', Schedule.rate(Duration.hours(1)), undefined, /InvalidSchedule at 'Orders\/Plan'/],
    ['more than one run an hour', Schedule.cron({ hour: '5' }), undefined, /'schedule' of rule 'Often': minutes .*InvalidSchedule/],
    ['five fields', Schedule.expression('cron(0 5 * * ?)'), undefined, /InvalidSchedule/],
    ['an unknown time zone', Schedule.cron({ minute: '0' }), TimeZone.of('Asia/Edo'), /'Asia\/Edo'.*InvalidSchedule/],
  ])('fails for %s', (_what, schedule, timeZone, message) => {
    expect(() => planIn(stackIn(), { rules: [new ProtectionRule('Often', { ...KEEP, schedule, timeZone })] })).toThrow(message);
  });
});

describe('limits of a rule', () => {
  test.each<[string, ProtectionRuleOptions, object]>([
    ['a day of retention', { keep: Duration.days(1) }, { Lifecycle: { DeleteAfterDays: 1 } }],
    ['a hundred years', { keep: Duration.days(36_500) }, { Lifecycle: { DeleteAfterDays: 36_500 } }],
    ['hours that make whole days', { keep: Duration.hours(48) }, { Lifecycle: { DeleteAfterDays: 2 } }],
    [
      '90 days in cold storage',
      { keep: Duration.days(91), coldStorageAfter: Duration.days(1) },
      { Lifecycle: { MoveToColdStorageAfterDays: 1 } },
    ],
    ['cold storage forever', { keepForever: true, coldStorageAfter: Duration.days(30) }, { Lifecycle: { MoveToColdStorageAfterDays: 30 } }],
    ['35 days of continuous backup', { keep: Duration.days(35), continuous: true }, { EnableContinuousBackup: true }],
    ['the shortest start window', { ...KEEP, startWindow: Duration.minutes(60) }, { StartWindowMinutes: 60 }],
    ['a hundred years of windows', { ...KEEP, completionWindow: Duration.minutes(52_560_000) }, { CompletionWindowMinutes: 52_560_000 }],
    [
      'the longest tag',
      { ...KEEP, recoveryPointTags: { ['k'.repeat(128)]: 'v'.repeat(256) } },
      { RecoveryPointTags: { ['k'.repeat(128)]: 'v'.repeat(256) } },
    ],
    ['ten tags', { ...KEEP, recoveryPointTags: tags(10) }, { RecoveryPointTags: tags(10) }],
  ])('a rule may have %s', (_what, options, rendered) => {
    expect(ruleOf(options)).toMatchObject(rendered);
  });

  test('a rule may keep forever, and then says nothing of a lifecycle', () => {
    expect(ruleOf({ keepForever: true })).not.toHaveProperty('Lifecycle');
  });

  test.each<[string, ProtectionRuleOptions, RegExp]>([
    ['no retention at all', {}, /'keep' of rule 'Hourly' is not set.*keepForever.*\(RetentionMissing at 'Orders\/Plan'\)/],
    ['two retentions', { ...KEEP, keepForever: true }, /RetentionTwice/],
    ['no days', { keep: Duration.days(0) }, /'keep' is 0 days.*RetentionOutOfRange/],
    ['more than a hundred years', { keep: Duration.days(36_501) }, /36501 days.*RetentionOutOfRange/],
    ['a day and a half', { keep: Duration.hours(36) }, /'keep' must be whole days.*DurationNotWhole/],
    ['89 days in cold storage', { keep: Duration.days(119), coldStorageAfter: Duration.days(30) }, /keep it 120 days.*ColdStorageTooShort/],
    ['an archive that nothing moves to', { ...KEEP, archiveSnapshots: true }, /ArchiveWithoutColdStorage/],
    ['36 days of continuous backup', { keep: Duration.days(36), continuous: true }, /1 to 35 whole days.*ContinuousRetentionOutOfRange/],
    ['endless continuous backup', { keepForever: true, continuous: true }, /ContinuousRetentionOutOfRange/],
    [
      'continuous backup in cold storage',
      { keep: Duration.days(200), coldStorageAfter: Duration.days(8), continuous: true },
      /ContinuousInColdStorage/,
    ],
    ['a start window of 59 minutes', { ...KEEP, startWindow: Duration.minutes(59) }, /'startWindow' is 59 minutes.*StartWindowOutOfRange/],
    ['an endless window', { ...KEEP, completionWindow: Duration.minutes(52_560_001) }, /CompletionWindowOutOfRange/],
    ['eleven tags', { ...KEEP, recoveryPointTags: tags(11) }, /TooManyRecoveryPointTags/],
    ['a tag of AWS', { ...KEEP, recoveryPointTags: { 'AWS:origin': 'plan' } }, /'AWS:origin', but AWS keeps 'aws:'.*InvalidTag/],
    ['a tag without a key', { ...KEEP, recoveryPointTags: { ' ': 'plan' } }, /InvalidTag/],
    ['a key of 129 characters', { ...KEEP, recoveryPointTags: { ['k'.repeat(129)]: 'plan' } }, /give 1 to 128.*InvalidTag/],
    ['a value of 257 characters', { ...KEEP, recoveryPointTags: { origin: 'v'.repeat(257) } }, /at most 256.*InvalidTag/],
    ['six copies', { ...KEEP, copies: farCopies(6) }, /TooManyCopyActions/],
    ['one destination twice', { ...KEEP, copies: [...farCopies(1), ...farCopies(1)] }, /DuplicateCopy/],
  ])('fails for %s', (_what, options, message) => {
    expect(() => ruleOf(options)).toThrow(message);
  });

  test('five copies are not too many', () => {
    expect(ruleOf({ ...KEEP, copies: farCopies(5) }).CopyActions).toHaveLength(5);
  });

  test.each(['a'.repeat(51), 'two words', '', 'a:b'])("fails for the rule name '%s'", (name) => {
    expect(() => planIn(stackIn(), { rules: [ProtectionRule.daily(name, KEEP)] })).toThrow(/'name' is .*InvalidName/);
  });

  test('warns when a job that starts late has no time to end', () => {
    const stack = stackIn();
    planIn(stack, { rules: [ProtectionRule.daily('Daily', { ...KEEP, completionWindow: Duration.minutes(119) })] });
    Annotations.fromStack(stack).hasWarning('/Orders/Plan', Match.stringLikeRegexp('completionWindow.*119 minutes'));
  });
});

describe('tokens are left to deploy time', () => {
  test('in retention, windows, schedule and names', () => {
    const stack = stackIn();
    const days = new CfnParameter(stack, 'Days', { type: 'Number' });
    const text = new CfnParameter(stack, 'Text');
    const duration = Duration.days(days.valueAsNumber);
    planIn(stack, {
      planName: text.valueAsString,
      rules: [
        new ProtectionRule('Nightly', {
          schedule: Schedule.expression(text.valueAsString),
          keep: duration,
          coldStorageAfter: duration,
          startWindow: Duration.minutes(days.valueAsNumber),
          completionWindow: Duration.minutes(days.valueAsNumber),
          copies: [CopyAction.toVaultArn(text.valueAsString, { keep: duration })],
        }),
      ],
    });
    expect(renderedRules(stack)[0]).toMatchObject({
      ScheduleExpression: { Ref: 'Text' },
      StartWindowMinutes: { Ref: 'Days' },
      CompletionWindowMinutes: { Ref: 'Days' },
      Lifecycle: { DeleteAfterDays: { Ref: 'Days' }, MoveToColdStorageAfterDays: { Ref: 'Days' } },
      CopyActions: [{ DestinationBackupVaultArn: { Ref: 'Text' }, Lifecycle: { DeleteAfterDays: { Ref: 'Days' } } }],
    });
    Annotations.fromStack(stack).hasWarning('/Orders/Plan', Match.stringLikeRegexp("rule 'Nightly' is only known at deploy time"));
  });

  test('in a stack without an environment', () => {
    const stack = new Stack(new App(), 'Agnostic');
    planIn(stack, { rules: [ProtectionRule.daily('Daily', { ...KEEP, copies: farCopies(1) })] });
    expect(renderedRules(stack)[0]).toMatchObject({ CopyActions: [{ DestinationBackupVaultArn: FAR_VAULT }] });
  });
});

describe('copies', () => {
  const copyOf = (options: CopyActionOptions, rule: ProtectionRuleOptions = { keep: Duration.days(150) }) =>
    (ruleOf({ ...rule, copies: [CopyAction.toVaultArn(FAR_VAULT, options)] }).CopyActions as { Lifecycle?: object }[])[0].Lifecycle;

  test.each<[string, CopyActionOptions, ProtectionRuleOptions | undefined, object | undefined]>([
    ['is written out where it is the rule’s', {}, undefined, { DeleteAfterDays: 150 }],
    ['may be its own', { keep: Duration.days(7) }, undefined, { DeleteAfterDays: 7 }],
    [
      'keeps the rule’s end where it only moves to cold storage',
      { coldStorageAfter: Duration.days(60) },
      undefined,
      { DeleteAfterDays: 150, MoveToColdStorageAfterDays: 60 },
    ],
    [
      'stays warm where it has an end of its own',
      { keep: Duration.days(200) },
      { keep: Duration.days(120), coldStorageAfter: Duration.days(1) },
      { DeleteAfterDays: 200 },
    ],
    [
      'has the rule’s days where it is only archived',
      { archiveSnapshots: true },
      { keep: Duration.days(400), coldStorageAfter: Duration.days(30) },
      { DeleteAfterDays: 400, MoveToColdStorageAfterDays: 30, OptInToArchiveForSupportedResources: true },
    ],
    ['is forever where the rule is', { keepForever: true }, { keepForever: true }, undefined],
    ['is forever in cold storage', { keepForever: true, coldStorageAfter: Duration.days(9) }, undefined, { MoveToColdStorageAfterDays: 9 }],
  ])('the lifecycle of a copy %s', (_what, options, rule, lifecycle) => {
    expect(copyOf(options, rule)).toEqual(lifecycle);
  });

  test.each<[string, CopyActionOptions, RegExp]>([
    ['no days', { keep: Duration.days(0) }, /RetentionOutOfRange/],
    ['89 days in cold storage', { keep: Duration.days(99), coldStorageAfter: Duration.days(10) }, /ColdStorageTooShort/],
    ['cold storage too late for the rule’s end', { coldStorageAfter: Duration.days(61) }, /ColdStorageTooShort/],
    ['forever beside a rule that ends', { keepForever: true }, /Duration\.days\(36500\).*CopyForever/],
    ['an archive that nothing moves to', { archiveSnapshots: true }, /ArchiveWithoutColdStorage/],
    ['two retentions', { keep: Duration.days(7), keepForever: true, coldStorageAfter: Duration.days(1) }, /RetentionTwice/],
  ])('fails for a copy with %s', (_what, options, message) => {
    expect(() => copyOf(options)).toThrow(message);
  });

  test('fails for a copy to the vault of the originals, however it is named', () => {
    for (const copy of [(vault: RecoveryVault) => CopyAction.to(vault), (vault: RecoveryVault) => CopyAction.toVaultArn(arnOf(vault))]) {
      const stack = stackIn();
      const vault = new RecoveryVault(stack, 'Vault', { vaultName: 'orders' });
      const rules = [ProtectionRule.daily('Daily', { ...KEEP, copies: [copy(vault)] })];
      expect(() => planIn(stack, { vault, rules })).toThrow(/'copies' of rule 'Daily' has vault 'orders'.*CopyToSameVault/);
    }
  });

  test('may go to another vault of the same Region', () => {
    const stack = stackIn();
    const second = new RecoveryVault(stack, 'Second');
    expect(ruleOf({ ...KEEP, copies: [CopyAction.to(second)] }, stack)).toMatchObject({
      CopyActions: [{ DestinationBackupVaultArn: { 'Fn::GetAtt': [expect.stringMatching(/^Second/), 'BackupVaultArn'] } }],
    });
  });
});

describe('vaults and their locks', () => {
  const lock = VaultLock.governance({ minRetention: Duration.days(7), maxRetention: Duration.days(100) });

  test.each([7, 100])('a rule may keep %i days in a vault locked for 7 to 100', (days) => {
    const stack = stackIn();
    const vault = new RecoveryVault(stack, 'Vault', { lock });
    expect(ruleOf({ keep: Duration.days(days), vault }, stack)).toMatchObject({ Lifecycle: { DeleteAfterDays: days } });
  });

  test.each([6, 101])('fails for a rule that keeps %i days there', (days) => {
    const stack = stackIn();
    const vault = new RecoveryVault(stack, 'Vault', { lock });
    expect(() => ruleOf({ keep: Duration.days(days), vault }, stack)).toThrow(/RetentionOutsideLock/);
  });

  test.each([6, 101])('fails for a copy that is kept %i days there, by itself or with its rule', (days) => {
    for (const [keep, own] of [
      [30, days],
      [days, undefined],
    ] as const) {
      const stack = stackIn();
      const mirror = RecoveryVault.shared(stack).mirrorIn('ap-northeast-3', { lock });
      const copies = [CopyAction.to(mirror, own === undefined ? {} : { keep: Duration.days(own) })];
      expect(() => ruleOf({ keep: Duration.days(keep), copies }, stack)).toThrow(/RetentionOutsideLock/);
    }
  });

  test('warns for recovery points without an end in a vault that wants one', () => {
    const stack = stackIn();
    ruleOf({ keepForever: true, vault: new RecoveryVault(stack, 'Vault', { lock }) }, stack);
    Annotations.fromStack(stack).hasWarning('/Orders/Plan', Match.stringLikeRegexp("'keep' is forever"));
  });

  test('reads the lock of a vault of aws-cdk-lib', () => {
    const stack = stackIn();
    const vault = new BackupVault(stack, 'Vault', { lockConfiguration: { minRetention: Duration.days(31) } });
    expect(() => ruleOf({ ...KEEP, vault }, stack)).toThrow(/RetentionOutsideLock/);
  });

  test('fails for a vault of another Region', () => {
    const stack = stackIn();
    const vault = RecoveryVault.shared(stack).mirrorIn('ap-northeast-3');
    expect(() => ruleOf({ ...KEEP, vault }, stack)).toThrow(/of ap-northeast-3.*CopyAction\.to\(vault\).*VaultElsewhere/);
  });

  test('fails for a vault of another account', () => {
    const stack = stackIn();
    const vault = RecoveryVault.fromVaultArn(stack, 'Vault', FAR_VAULT.replace('northeast-3', 'northeast-1'));
    expect(() => ruleOf({ ...KEEP, vault }, stack)).toThrow(/of 444455556666.*VaultElsewhere/);
  });

  test('names a vault of another stack in plain text, without an export', () => {
    const app = new App();
    const home = new Stack(app, 'Vaults', { env: ENV });
    const vault = new RecoveryVault(home, 'Vault', { vaultName: 'orders' });
    const stack = new Stack(app, 'Orders', { env: ENV });
    expect(ruleOf({ ...KEEP, vault }, stack)).toMatchObject({ TargetBackupVault: 'orders' });
    expect(stack.dependencies).toContain(home);
  });

  test('an air-gapped vault becomes the home, and its range counts', () => {
    const stack = stackIn();
    const airGappedVault = airGappedIn(stack);
    expect(ruleOf({ ...KEEP, airGappedVault }, stack)).toMatchObject({
      TargetLogicallyAirGappedBackupVaultArn: { 'Fn::GetAtt': [expect.stringMatching(/^AirGapped/), 'BackupVaultArn'] },
    });
    expect(() => ruleOf({ keep: Duration.days(32), airGappedVault }, new Stack(stack, 'Other', { env: ENV }))).toThrow(
      /RetentionOutsideLock/,
    );
  });

  test('fails for an air-gapped vault as the standard one, and for a standard one as the air-gapped', () => {
    const stack = stackIn();
    const airGappedVault = airGappedIn(stack);
    expect(() => new ProtectionPlan(stack, 'One', { vault: airGappedVault, rules: [ProtectionRule.daily('Daily', KEEP)] })).toThrow(
      /give '.*' as 'airGappedVault' \(AirGappedAsVault/,
    );
    const rules = [ProtectionRule.daily('Daily', { ...KEEP, airGappedVault: RecoveryVault.shared(stack) })];
    expect(() => new ProtectionPlan(stack, 'Two', { rules })).toThrow(/NotAirGapped/);
  });

  test('fails for an index in an air-gapped vault', () => {
    const stack = stackIn();
    const airGappedVault = airGappedIn(stack);
    expect(() => ruleOf({ ...KEEP, airGappedVault, index: BackupIndex.EBS }, stack)).toThrow(/IndexInAirGappedVault/);
  });
});

describe('malware scans', () => {
  test('need no more than a rule that asks for them', () => {
    const stack = stackIn();
    ruleOf({ ...KEEP, malwareScan: MalwareScanMode.INCREMENTAL }, stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties(PLAN, {
      BackupPlan: {
        ScanSettings: [
          {
            MalwareScanner: 'GUARDDUTY',
            ResourceTypes: ['EBS', 'EC2', 'S3'],
            ScannerRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RecoveryScannerRole'), 'Arn'] },
          },
        ],
      },
    });
    expect(policiesOf(template, 'RecoveryScannerRole')).toEqual([':iam::aws:policy/AWSBackupGuardDutyRolePolicyForScans']);
    expect(policiesOf(template, 'RecoveryBackupRole')).toContain(':iam::aws:policy/AWSBackupServiceRolePolicyForScans');
  });

  test('give auditors no finding in what the plan makes', () => {
    const stack = stackIn();
    const plan = new ProtectionPlan(stack, 'Plan', {
      rules: [ProtectionRule.daily('Daily', { ...KEEP, malwareScan: MalwareScanMode.FULL })],
    });
    plan.select('Everything', Selection.allOf(TagCondition.equalTo('env', 'prod')));
    const app = stack.node.root as App;
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  test('share one role, however many rules and plans ask for them', () => {
    const stack = stackIn();
    const rules = ['One', 'Two'].map((name) => ProtectionRule.daily(name, { ...KEEP, malwareScan: MalwareScanMode.FULL }));
    planIn(stack, { rules });
    new ProtectionPlan(stack, 'Second', { rules }).select('More', Selection.resources(new Bucket(stack, 'More', { versioned: true })));
    const template = Template.fromStack(stack);
    expect(policiesOf(template, 'RecoveryBackupRole').filter((policy) => policy.endsWith('ForScans'))).toHaveLength(1);
    template.resourceCountIs('AWS::IAM::Role', 2);
  });

  test('fails at synth where no rule scans', () => {
    const stack = stackIn();
    planIn(stack, { malwareScan: {}, rules: [ProtectionRule.daily('Daily', KEEP)] });
    expect(() => Template.fromStack(stack)).toThrow(/'malwareScan' is given.*ScanWithoutRule at 'Orders\/Plan'/);
  });
});

describe('rules of a plan', () => {
  test('ten are not too many', () => {
    const stack = stackIn();
    planIn(stack, { rules: manyRules(10) });
    expect(renderedRules(stack)).toHaveLength(10);
  });

  test('fails for eleven', () => {
    expect(() => planIn(stackIn(), { rules: manyRules(11) })).toThrow(/TooManyRules at 'Orders\/Plan'/);
  });

  test('fails for two of one name', () => {
    const plan = planIn(stackIn(), { rules: [ProtectionRule.daily('Daily', KEEP)] });
    expect(() => plan.addRule(ProtectionRule.weekly('Daily', KEEP))).toThrow(/DuplicateRule/);
  });

  test('fails at synth for none', () => {
    const stack = stackIn();
    planIn(stack);
    expect(() => Template.fromStack(stack)).toThrow(/call addRule\(\) \(NoRules at 'Orders\/Plan'\)/);
  });

  test('may serve several plans', () => {
    const stack = stackIn();
    const daily = ProtectionRule.daily('Daily', KEEP);
    const bucket = new Bucket(stack, 'Bucket', { versioned: true });
    for (const id of ['One', 'Two']) {
      new ProtectionPlan(stack, id, { rules: [daily] }).select('Files', Selection.resources(bucket));
    }
    Template.fromStack(stack).resourceCountIs(PLAN, 2);
  });

  test('warns for a plan that selects nothing', () => {
    const stack = stackIn();
    new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', KEEP)] });
    Annotations.fromStack(stack).hasWarning('/Orders/Plan', Match.stringLikeRegexp('selects nothing'));
  });
});

test.each(['a'.repeat(51), 'my plan', 'my:plan'])("fails for the plan name '%s'", (planName) => {
  expect(() => planIn(stackIn(), { planName })).toThrow(/'planName' is .*InvalidName at 'Orders\/Plan'/);
});

test('a plan can be referred to', () => {
  const stack = stackIn();
  const plan = planIn(stack, { rules: [ProtectionRule.daily('Daily', KEEP)] });
  expect(stack.resolve([plan.backupPlanId, plan.backupPlanArn, plan.backupPlanRef.backupPlanId])).toEqual([
    { 'Fn::GetAtt': ['PlanDAF4E53A', 'BackupPlanId'] },
    { 'Fn::GetAtt': ['PlanDAF4E53A', 'BackupPlanArn'] },
    { Ref: 'PlanDAF4E53A' },
  ]);
});

function airGappedIn(stack: Stack): AirGappedVault {
  return new AirGappedVault(stack, 'AirGapped', {
    minRetention: Duration.days(7),
    maxRetention: Duration.days(31),
    acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
  });
}

function tags(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'value']));
}

function farCopies(count: number): CopyAction[] {
  return Array.from({ length: count }, (_, index) => CopyAction.toVaultArn(index === 0 ? FAR_VAULT : `${FAR_VAULT}${index}`));
}

function manyRules(count: number): ProtectionRule[] {
  return Array.from({ length: count }, (_, index) => ProtectionRule.daily(`Rule${index}`, { ...KEEP, hour: index * 2 }));
}

function arnOf(vault: RecoveryVault): string {
  return `arn:aws:backup:${ENV.region}:${ENV.account}:backup-vault:${vault.traits.vaultName}`;
}

function policiesOf(template: Template, role: string): string[] {
  const found = Object.entries(template.findResources('AWS::IAM::Role')).find(([id]) => id.startsWith(role));
  return (found?.[1].Properties.ManagedPolicyArns ?? []).map((arn: { 'Fn::Join': [string, unknown[]] }) => arn['Fn::Join'][1].at(-1));
}
