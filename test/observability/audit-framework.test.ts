import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { CfnFramework } from 'aws-cdk-lib/aws-backup';
import { CfnConfigurationRecorder } from 'aws-cdk-lib/aws-config';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  AirGappedVault,
  AuditControl,
  AuditedResourceType,
  AuditFramework,
  type AuditFrameworkProps,
  AuditScope,
  ComplianceAcknowledgement,
  Protection,
  type ProtectionProps,
  RecoveryTier,
  RecoveryVault,
  VaultLock,
} from '../../lib';

const TYPE = 'AWS::Backup::Framework';
const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ENV = { account: '111122223333', region: TOKYO };
const ROLE = 'arn:aws:iam::111122223333:role/deleter';
const CONFIG = 'cdk-recovery:configRecorderUnknown';

interface RenderedControl {
  readonly ControlName: string;
  readonly ControlInputParameters?: readonly { readonly ParameterName: string; readonly ParameterValue: string }[];
  readonly ControlScope?: unknown;
}

const stackIn = (app = new App(), id = 'Orders', env = ENV) => new Stack(app, id, { env });
const tableIn = (stack: Stack, id = 'Table') => new TableV2(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
const controlsIn = (stack: Stack): RenderedControl[] =>
  Object.values(Template.fromStack(stack).findResources(TYPE)).flatMap(({ Properties }) => Properties.FrameworkControls);
const parametersOf = ({ ControlInputParameters = [] }: RenderedControl): Record<string, string> =>
  Object.fromEntries(ControlInputParameters.map(({ ParameterName, ParameterValue }) => [ParameterName, ParameterValue]));
const rendered = (control: AuditControl): RenderedControl => {
  const stack = stackIn();
  new AuditFramework(stack, 'Audit', { controls: [control] });
  return controlsIn(stack)[0];
};
const protectedStack = (protection: Partial<ProtectionProps> = {}, audit: AuditFrameworkProps = {}): Stack => {
  const stack = stackIn();
  new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, ...protection }).protect(tableIn(stack));
  new AuditFramework(stack, 'Audit', audit);
  return stack;
};
const derived = (stack: Stack): Record<string, Record<string, string>> =>
  Object.fromEntries(controlsIn(stack).map((control) => [control.ControlName, parametersOf(control)]));

describe('each control', () => {
  test.each<[string, AuditControl, string, Record<string, string>]>([
    ['plan coverage', AuditControl.inBackupPlan(), 'BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN', {}],
    [
      'frequency in days',
      AuditControl.planRuns(Duration.hours(24), Duration.days(35)),
      'BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK',
      { requiredFrequencyUnit: 'days', requiredFrequencyValue: '1', requiredRetentionDays: '35' },
    ],
    [
      'frequency in hours',
      AuditControl.planRuns(Duration.minutes(360), Duration.days(1)),
      'BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK',
      { requiredFrequencyUnit: 'hours', requiredFrequencyValue: '6', requiredRetentionDays: '1' },
    ],
    ['deletion by nobody', AuditControl.manualDeletionDenied(), 'BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED', {}],
    [
      'deletion by some roles',
      AuditControl.manualDeletionDenied([ROLE, `${ROLE}2`]),
      'BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED',
      { principalArnList: `${ROLE},${ROLE}2` },
    ],
    ['encryption', AuditControl.encrypted(), 'BACKUP_RECOVERY_POINT_ENCRYPTED', {}],
    ['retention', AuditControl.keptFor(Duration.days(7)), 'BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK', { requiredRetentionDays: '7' }],
    ['copies to any Region', AuditControl.copiedToRegions(), 'BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION', {}],
    [
      'copies to some Regions',
      AuditControl.copiedToRegions([OSAKA, 'us-east-1']),
      'BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION',
      { crossRegionList: `${OSAKA},us-east-1` },
    ],
    [
      'copies to an account',
      AuditControl.copiedToAccounts(['444455556666']),
      'BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT',
      { crossAccountList: '444455556666' },
    ],
    [
      'locks',
      AuditControl.inLockedVault({ minRetention: Duration.days(7), maxRetention: Duration.days(365) }),
      'BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK',
      { minRetentionDays: '7', maxRetentionDays: '365' },
    ],
    [
      'ages',
      AuditControl.recoveryPointWithin(Duration.hours(25)),
      'BACKUP_LAST_RECOVERY_POINT_CREATED',
      { recoveryPointAgeUnit: 'hours', recoveryPointAgeValue: '25' },
    ],
    ['restore times', AuditControl.restoredWithin(Duration.hours(4)), 'RESTORE_TIME_FOR_RESOURCES_MEET_TARGET', { maxRestoreTime: '240' }],
    [
      'air gaps',
      AuditControl.inAirGappedVault(Duration.days(8)),
      'RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT',
      { recoveryPointAgeUnit: 'days', recoveryPointAgeValue: '8' },
    ],
  ])('asks for %s with parameters in text', (_case, control, name, parameters) => {
    const found = rendered(control);
    expect([found.ControlName, parametersOf(found), found.ControlScope]).toEqual([name, parameters, undefined]);
  });

  test('takes values that only deployment tells, in the unit that they are given in', () => {
    const stack = stackIn();
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const text = new CfnParameter(stack, 'Text').valueAsString;
    new AuditFramework(stack, 'Audit', {
      controls: [
        AuditControl.recoveryPointWithin(Duration.hours(number)),
        AuditControl.keptFor(Duration.days(number)),
        AuditControl.copiedToRegions([text]),
        AuditControl.encrypted(AuditScope.tag(text, text)),
      ],
    });
    const [age, kept, copied, encrypted] = controlsIn(stack);
    expect(parametersOf(age)).toEqual({ recoveryPointAgeUnit: 'hours', recoveryPointAgeValue: { Ref: 'Number' } });
    expect(parametersOf(kept)).toEqual({ requiredRetentionDays: { Ref: 'Number' } });
    expect(parametersOf(copied)).toEqual({ crossRegionList: { Ref: 'Text' } });
    expect(encrypted.ControlScope).toEqual({ Tags: [{ Key: { Ref: 'Text' }, Value: { Ref: 'Text' } }] });
  });
});

describe('limits', () => {
  const within = AuditControl.recoveryPointWithin;
  const gapped = AuditControl.inAirGappedVault;
  const runs = (every: Duration) => AuditControl.planRuns(every, Duration.days(35));
  const roles = (count: number) => AuditControl.manualDeletionDenied(Array.from({ length: count }, () => ROLE));
  const accounts = (count: number) => AuditControl.copiedToAccounts(Array.from({ length: count }, () => '444455556666'));
  const ids = (count: number) =>
    AuditControl.inBackupPlan(AuditScope.resources('EC2', ...Array.from({ length: count }, (_, n) => `i-${n}`)));

  test.each<[string, AuditControl]>([
    ['a plan that runs every hour', runs(Duration.hours(1))],
    ['a plan that runs every 23 hours', runs(Duration.hours(23))],
    ['a plan that runs every 31 days', runs(Duration.days(31))],
    ['a retention of 36500 days', AuditControl.keptFor(Duration.days(36_500))],
    ['an age of 1 hour', within(Duration.hours(1))],
    ['an age of 743 hours', within(Duration.hours(743))],
    ['an age of 744 hours', within(Duration.hours(744))],
    ['an air gap of 25 hours', gapped(Duration.hours(25))],
    ['an air gap of 2183 hours', gapped(Duration.hours(2_183))],
    ['an air gap of 91 days', gapped(Duration.days(91))],
    ['a restore of one minute', AuditControl.restoredWithin(Duration.minutes(1))],
    ['5 roles', roles(5)],
    ['5 accounts', accounts(5)],
    ['100 resources', ids(100)],
    ['a lock of 1 to 36500 days', AuditControl.inLockedVault({ minRetention: Duration.days(1), maxRetention: Duration.days(36_500) })],
    ['a lock of one length', AuditControl.inLockedVault({ minRetention: Duration.days(9), maxRetention: Duration.days(9) })],
  ])('takes %s', (_case, control) => {
    expect(() => new AuditFramework(stackIn(), 'Audit', { controls: [control] })).not.toThrow();
  });

  test.each<[string, AuditControl, RegExp]>([
    ['a plan that runs every 25 hours', runs(Duration.hours(25)), /'every' is 25 hours, but .* takes 1 to 24 whole hours/],
    ['a plan that runs every 32 days', runs(Duration.days(32)), /'every' is 32 days, but .* takes 1 to 31 whole days/],
    ['a plan that runs every half hour', runs(Duration.minutes(30)), /'every' must be whole hours/],
    ['no retention', AuditControl.keptFor(Duration.days(0)), /'retention' is 0 days/],
    ['a retention of 36501 days', AuditControl.keptFor(Duration.days(36_501)), /'retention' is 36501 days/],
    ['a retention of a day and a half', AuditControl.keptFor(Duration.hours(36)), /DurationNotWhole/],
    ['an age of 745 hours', within(Duration.hours(745)), /'age' is 745 hours/],
    ['an age of 32 days', within(Duration.days(32)), /'age' is 32 days/],
    ['no age', within(Duration.hours(0)), /'age' is 0 days/],
    ['an air gap of 23 hours', gapped(Duration.hours(23)), /'age' is 23 hours, but .* takes 24 to 2184/],
    ['an air gap of 2185 hours', gapped(Duration.hours(2_185)), /'age' is 2185 hours/],
    ['an air gap of 92 days', gapped(Duration.days(92)), /'age' is 92 days/],
    ['a restore in no time', AuditControl.restoredWithin(Duration.minutes(0)), /'time' is 0 minutes/],
    ['a restore of 90 seconds', AuditControl.restoredWithin(Duration.seconds(90)), /DurationNotWhole/],
    ['6 roles', roles(6), /'exemptRoleArns' is 6 roles, but .* takes 0 to 5/],
    ['what is no role', AuditControl.manualDeletionDenied(['deleter']), /'exemptRoleArns' has 'deleter'.*InvalidAuditValue/],
    ['6 accounts', accounts(6), /'accounts' is 6 accounts/],
    ['what is no account', AuditControl.copiedToAccounts(['12345']), /'accounts' has '12345'/],
    ['what is no Region', AuditControl.copiedToRegions(['Osaka']), /'regions' has 'Osaka'/],
    ['no resource', ids(0), /'scope' is 0 ids of resources/],
    ['101 resources', ids(101), /'scope' is 101 ids of resources/],
    ['no types', AuditControl.inBackupPlan(AuditScope.types()), /lists none.*AuditScopeEmpty/],
    ['a tag without a key', AuditControl.encrypted(AuditScope.tag('')), /InvalidTag/],
    ['a lock of 36501 days', AuditControl.inLockedVault({ maxRetention: Duration.days(36_501) }), /'maxRetention' is 36501 days/],
    [
      'a lock that nothing fits',
      AuditControl.inLockedVault({ minRetention: Duration.days(9), maxRetention: Duration.days(8) }),
      /LockRangeInverted/,
    ],
    ['recovery points by type', AuditControl.encrypted(AuditScope.types(AuditedResourceType.RDS)), /knows only a scope by tag: choose/],
    [
      'plans by type',
      AuditControl.planRuns(Duration.days(1), Duration.days(1), AuditScope.types(AuditedResourceType.RDS)),
      /knows only a scope by tag, by resources/,
    ],
    ['air gaps by tag', AuditControl.inAirGappedVault(Duration.days(7), AuditScope.tag('a', 'b')), /AuditScopeUnsupported/],
  ])('fails for %s', (_case, control, message) => {
    expect(() => new AuditFramework(stackIn(), 'Audit', { controls: [control] })).toThrow(message);
  });

  test('fails for a time that only deployment tells in minutes, where hours or days are needed', () => {
    const stack = stackIn();
    const age = Duration.minutes(new CfnParameter(stack, 'Minutes', { type: 'Number' }).valueAsNumber);
    expect(() => new AuditFramework(stack, 'Audit', { controls: [within(age)] })).toThrow(/DurationUnknown/);
  });

  test.each<[string, AuditFrameworkProps, RegExp]>([
    ['a name with a hyphen', { frameworkName: 'our-audit' }, /'frameworkName' is 'our-audit'.*InvalidName/],
    ['a name that starts with a digit', { frameworkName: '1audit' }, /InvalidName/],
    ['a name of 257 letters', { frameworkName: 'a'.repeat(257) }, /InvalidName/],
    ['a description of 1025 characters', { description: 'a'.repeat(1_025) }, /'description' is 1025 characters/],
  ])('fails for %s', (_case, props, message) => {
    expect(() => new AuditFramework(stackIn(), 'Audit', props)).toThrow(message);
  });

  test.each<[string, readonly number[], RegExp | undefined]>([
    ['15 frameworks', Array.from({ length: 14 }, () => 1), undefined],
    ['16 frameworks', Array.from({ length: 15 }, () => 1), /'frameworks' has 16 entries.*TooManyFrameworks at 'One\/Audit'/],
    ['50 controls', [40, 9], undefined],
    ['51 controls', [40, 10], /'auditControls' has 51 entries.*TooManyAuditControls/],
  ])('counts %s of an account and Region in the whole app', (_case, others, message) => {
    const app = new App();
    const stacks = [stackIn(app, 'One'), stackIn(app, 'Two')];
    new AuditFramework(stacks[0], 'Audit', { controls: [AuditControl.encrypted()] });
    for (const [n, length] of others.entries()) {
      const frameworkControls = Array.from({ length }, () => ({ controlName: 'BACKUP_RECOVERY_POINT_ENCRYPTED' }));
      new CfnFramework(stacks[n % 2], `Framework${n}`, { frameworkControls });
    }
    const synth = expect(() => app.synth());
    message ? synth.toThrow(message) : synth.not.toThrow();
  });

  test('does not count what is in another Region', () => {
    const app = new App();
    const osaka = stackIn(app, 'Osaka', { ...ENV, region: OSAKA });
    for (let n = 0; n < 15; n++) {
      new CfnFramework(osaka, `Framework${n}`, { frameworkControls: [{ controlName: 'BACKUP_RECOVERY_POINT_ENCRYPTED' }] });
    }
    new AuditFramework(stackIn(app), 'Audit', { controls: [AuditControl.encrypted()] });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('derived from what is on record', () => {
  test('asks for a plan, for an age, a retention, encryption and a restore time, of the types that are promised something', () => {
    const stack = protectedStack();
    expect(derived(stack)).toEqual({
      BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN: {},
      BACKUP_LAST_RECOVERY_POINT_CREATED: { recoveryPointAgeUnit: 'hours', recoveryPointAgeValue: expect.any(String) },
      BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK: { requiredRetentionDays: expect.any(String) },
      BACKUP_RECOVERY_POINT_ENCRYPTED: {},
      RESTORE_TIME_FOR_RESOURCES_MEET_TARGET: { maxRestoreTime: '240' },
    });
    expect(controlsIn(stack).map(({ ControlScope }) => ControlScope)).toEqual([
      { ComplianceResourceTypes: ['DynamoDB'] },
      { ComplianceResourceTypes: ['DynamoDB'] },
      undefined,
      undefined,
      { ComplianceResourceTypes: ['DynamoDB'] },
    ]);
  });

  test('asks for copies in the recovery Region and account by their name', () => {
    const controls = derived(protectedStack({ recoveryRegion: OSAKA, recoveryAccount: '444455556666' }));
    expect(controls).toMatchObject({
      BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION: { crossRegionList: OSAKA },
      BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT: { crossAccountList: '444455556666' },
    });
  });

  test('asks for a locked vault where the vault is locked', () => {
    const stack = stackIn();
    const vault = new RecoveryVault(stack, 'Vault', { lock: VaultLock.governance({ minRetention: Duration.days(1) }) });
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, vault }).protect(tableIn(stack));
    new AuditFramework(stack, 'Audit');
    expect(derived(stack)).toHaveProperty('BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK', {});
  });

  test('asks for an air-gapped vault where one gets copies, and never for less than the seven days that AWS advises', () => {
    const stack = stackIn();
    const airGappedVault = new AirGappedVault(stack, 'AirGapped', {
      minRetention: Duration.days(1 + 6),
      maxRetention: Duration.days(36_500),
      acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
    });
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, airGappedVault }).protect(tableIn(stack));
    new AuditFramework(stack, 'Audit');
    expect(derived(stack)).toHaveProperty('RESOURCES_IN_LOGICALLY_AIR_GAPPED_VAULT', {
      recoveryPointAgeUnit: 'days',
      recoveryPointAgeValue: '7',
    });
  });

  test('counts the loosest promise, and only types of which every resource is so', () => {
    const stack = stackIn();
    new Protection(stack, 'Important', { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA }).protect(tableIn(stack));
    const low = new Protection(stack, 'Low', { tier: RecoveryTier.LOW });
    low.protect(tableIn(stack, 'Other'));
    low.protect(new Bucket(stack, 'Bucket', { versioned: true, eventBridgeEnabled: true }));
    new AuditFramework(stack, 'Audit');
    const controls = derived(stack);
    expect(controls).not.toHaveProperty('BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION');
    expect(Number(controls.RESTORE_TIME_FOR_RESOURCES_MEET_TARGET.maxRestoreTime)).toBeGreaterThan(240);
    expect(controlsIn(stack)[0].ControlScope).toEqual({ ComplianceResourceTypes: ['DynamoDB', 'S3'] });
  });

  test('takes a tag as the scope of what knows one', () => {
    const stack = protectedStack({}, { derivedScope: AuditScope.tag('recovery', 'important') });
    expect(controlsIn(stack).map(({ ControlScope }) => ControlScope)).toEqual(
      Array.from({ length: 5 }, () => ({ Tags: [{ Key: 'recovery', Value: 'important' }] })),
    );
  });

  test('derives nothing beside given controls unless asked, and nothing twice', () => {
    const controls = [AuditControl.restoredWithin(Duration.minutes(7))];
    expect(Object.keys(derived(protectedStack({}, { controls })))).toEqual(['RESTORE_TIME_FOR_RESOURCES_MEET_TARGET']);
    const both = derived(protectedStack({}, { controls, derived: true }));
    expect([Object.keys(both).length, both.RESTORE_TIME_FOR_RESOURCES_MEET_TARGET]).toEqual([5, { maxRestoreTime: '7' }]);
  });

  test('sees what is protected after it', () => {
    const stack = stackIn();
    new AuditFramework(stack, 'Audit');
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(tableIn(stack));
    expect(Object.keys(derived(stack))).toHaveLength(5);
  });

  test('fails where nothing is promised', () => {
    const app = new App();
    new AuditFramework(stackIn(app), 'Audit');
    expect(() => app.synth()).toThrow(/give one, or leave the framework out \(NoAuditControls at 'Orders\/Audit'\)/);
  });
});

describe('a framework', () => {
  test('has a name by convention, without hyphens, and keeps its logical id', () => {
    const stack = stackIn(new App(), 'our-orders');
    new AuditFramework(stack, 'Audit', { controls: [AuditControl.encrypted()] });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(TYPE, { FrameworkName: Match.stringLikeRegexp('^[A-Za-z][A-Za-z0-9_]*$') });
    expect(Object.keys(template.findResources(TYPE))).toEqual(['Audit3D8ADE0A']);
  });

  test('is the same when synthesised twice, and deploys anywhere', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders');
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(tableIn(stack));
    new AuditFramework(stack, 'Audit');
    const first = app.synth().getStackByName('Orders').template;
    expect(app.synth({ force: true }).getStackByName('Orders').template).toEqual(first);
    expect(JSON.stringify(first.Resources)).toContain('BACKUP_LAST_RECOVERY_POINT_CREATED');
  });

  test('warns that AWS Config has to record, unless the app makes it', () => {
    const stack = protectedStack();
    Template.fromStack(stack);
    Warnings.fromStack(stack).hasWarning('/Orders/Audit', Match.stringLikeRegexp(CONFIG));
    const recorded = protectedStack();
    new CfnConfigurationRecorder(recorded, 'Recorder', { roleArn: ROLE });
    Template.fromStack(recorded);
    Warnings.fromStack(recorded).hasNoWarning('*', Match.stringLikeRegexp(CONFIG));
  });

  test('warns of a control that it has twice', () => {
    const stack = stackIn();
    new AuditFramework(stack, 'Audit', { controls: [AuditControl.encrypted(), AuditControl.encrypted(AuditScope.tag('a'))] });
    Warnings.fromStack(stack).hasWarning('/Orders/Audit', Match.stringLikeRegexp('cdk-recovery:auditControlTwice'));
  });

  test('of another app is known by its ARN and place', () => {
    const arn = `arn:aws:backup:${OSAKA}:111122223333:framework:Audit-0b7f`;
    const framework = AuditFramework.fromFrameworkArn(stackIn(), 'Theirs', arn);
    expect([framework.frameworkArn, framework.frameworkRef.frameworkArn, framework.env.region]).toEqual([arn, arn, OSAKA]);
  });

  test('keeps the rules of cdk-nag', () => {
    const app = protectedStack().node.root as App;
    app.synth();
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});
