import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template, Annotations as Warnings } from 'aws-cdk-lib/assertions';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnInstance, Volume, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnCacheCluster } from 'aws-cdk-lib/aws-elasticache';
import { DatabaseInstance, DatabaseInstanceEngine, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Annotations, App, CfnParameter, CfnResource, Duration, Size, Stack, Stage, Tags, TimeZone } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import {
  AirGappedVault,
  ComplianceAcknowledgement,
  CopyRule,
  DataClass,
  Disruption,
  Protection,
  type ProtectionProps,
  RecoveryCoverage,
  RecoveryObjective,
  RecoveryTier,
  RecoveryVault,
  RetentionPolicy,
  RetentionRung,
  Selection,
  TagCondition,
} from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';
import type { ResourceAssessment } from '../../lib/model/assessment';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const PLAN = 'AWS::Backup::BackupPlan';
const SELECTION = 'AWS::Backup::BackupSelection';

function stackIn(app = new App(), id = 'Orders', env: typeof ENV | undefined = ENV): Stack {
  return new Stack(app, id, { env });
}

const tableIn = (stack: Construct, id = 'Table') => new TableV2(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
const volumeIn = (stack: Stack, id = 'Volume') =>
  new Volume(stack, id, { availabilityZone: 'ap-northeast-1a', size: Size.gibibytes(10), encrypted: true });

interface Rule {
  readonly RuleName: string;
  readonly ScheduleExpression: string;
  readonly Lifecycle?: { readonly DeleteAfterDays?: number; readonly MoveToColdStorageAfterDays?: number };
  readonly CopyActions?: readonly {
    readonly DestinationBackupVaultArn: unknown;
    readonly Lifecycle?: { readonly DeleteAfterDays?: number };
  }[];
}

function rulesOf(template: Template): Record<string, readonly Rule[]> {
  const plans = Object.values(template.findResources(PLAN)) as {
    Properties: { BackupPlan: { BackupPlanName: string; BackupPlanRule: Rule[] } };
  }[];
  return Object.fromEntries(
    plans.map(({ Properties: { BackupPlan } }) => [BackupPlan.BackupPlanName.replace(/-[0-9A-F]{8}$/, ''), BackupPlan.BackupPlanRule]),
  );
}

function assessmentOf(stack: Stack, id: string): ResourceAssessment {
  return RecoveryRecord.of(stack)
    .assess()
    .resources.find((resource) => resource.id === id) as ResourceAssessment;
}

/** The rules for a table under such a Protection: no other type has so few peculiarities. */
function tableRules(props: ProtectionProps): readonly Rule[] {
  const stack = stackIn();
  new Protection(stack, 'Protection', props).protect(tableIn(stack));
  const [rules] = Object.values(rulesOf(Template.fromStack(stack)));
  return rules;
}

describe('an important application with a recovery Region', () => {
  let app: App;
  let stack: Stack;
  let template: Template;
  let recovery: Template;
  let outdir: string;

  beforeAll(() => {
    app = new App();
    stack = stackIn(app);
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT, recoveryRegion: 'ap-northeast-3' });
    protection.protect(new Bucket(stack, 'Bucket'));
    protection.protect(tableIn(stack));
    protection.protect(volumeIn(stack));
    outdir = app.synth().directory;
    template = Template.fromStack(stack);
    recovery = Template.fromJSON(JSON.parse(readFileSync(join(outdir, 'Orders-recovery-ap-northeast-3.template.json'), 'utf8')));
  });

  test('has one plan for what has continuous backup and one for the rest', () => {
    const rules = rulesOf(template);
    expect(Object.fromEntries(Object.entries(rules).map(([plan, all]) => [plan, all.map(({ RuleName }) => RuleName)]))).toEqual({
      'Orders-Protection-Continuous': ['Continuous', 'Daily', 'Weekly', 'Monthly'],
      'Orders-Protection-Hourly': ['Hourly', 'Daily', 'Weekly', 'Monthly'],
    });
  });

  test('makes recovery points hourly, starts them within the hour and lets them run for as long as AWS does', () => {
    template.hasResourceProperties(PLAN, {
      BackupPlan: {
        BackupPlanRule: Match.arrayWith([
          Match.objectLike({
            RuleName: 'Hourly',
            ScheduleExpression: 'cron(0 * * * ? *)',
            ScheduleExpressionTimezone: Match.absent(),
            StartWindowMinutes: 60,
            CompletionWindowMinutes: 10080,
          }),
        ]),
      },
    });
  });

  test('keeps what the ladder says, and what is between the rungs for a week', () => {
    expect(rulesOf(template)['Orders-Protection-Hourly'].map(({ Lifecycle }) => Lifecycle)).toEqual([
      { DeleteAfterDays: 7 },
      { DeleteAfterDays: 30 },
      { DeleteAfterDays: 90 },
      { DeleteAfterDays: 2557, MoveToColdStorageAfterDays: 30 },
    ]);
  });

  test('turns on point-in-time recovery, and keeps it a day less than the shortest rung so that the rung wins', () => {
    const [continuous, ...rungs] = rulesOf(template)['Orders-Protection-Continuous'];
    expect(continuous).toMatchObject({ EnableContinuousBackup: true, Lifecycle: { DeleteAfterDays: 29 } });
    expect(rungs.map(({ Lifecycle }) => Lifecycle?.MoveToColdStorageAfterDays)).toEqual([undefined, undefined, undefined]);
  });

  test('copies every recovery point to a vault that is named by its ARN, not by a reference', () => {
    const copies = Object.values(rulesOf(template)).flatMap((rules) => rules.map(({ CopyActions }) => CopyActions));
    for (const actions of copies) {
      expect(JSON.stringify(actions)).toContain(':backup:ap-northeast-3:111122223333:backup-vault:Orders-recovery');
    }
  });

  test('has a recovery stack that deploys alone: nothing in it comes from elsewhere', () => {
    recovery.resourceCountIs('AWS::Backup::BackupVault', 1);
    const everything = JSON.stringify([template.toJSON(), recovery.toJSON()]);
    expect(everything).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput|Custom::CrossRegion|"Export"/);
  });

  test('deploys the recovery stack first', () => {
    const artifact = app.synth().getStackByName('Orders');
    expect(artifact.dependencies.map(({ id }) => id)).toContain('Orders-recovery-ap-northeast-3');
  });

  test('lists the resources in one selection for each plan', () => {
    template.resourceCountIs(SELECTION, 2);
    template.hasResourceProperties(SELECTION, { BackupSelection: { SelectionName: 'Resources', Resources: Match.anyValue() } });
  });

  test('keeps the logical ids of its vaults: another id would leave every recovery point behind', () => {
    expect(Object.keys(template.findResources('AWS::Backup::BackupVault'))).toEqual(['SharedRecoveryVault41418832']);
    expect(Object.keys(recovery.findResources('AWS::Backup::BackupVault'))).toEqual(['Ordersrecovery747248E3']);
  });

  test('writes the report beside the templates, as JSON and as Markdown', () => {
    const report = JSON.parse(readFileSync(join(outdir, 'recovery-report.json'), 'utf8'));
    expect(report.resources.map(({ id }: { id: string }) => id)).toEqual(['Orders/Bucket', 'Orders/Table', 'Orders/Volume']);
    expect(readFileSync(join(outdir, 'recovery-report.md'), 'utf8')).toContain('Orders/Table');
  });

  test.each<[string, Disruption, string]>([
    ['Orders/Bucket', Disruption.OPERATOR_ERROR, 'point-in-time recovery'],
    ['Orders/Table', Disruption.OPERATOR_ERROR, 'point-in-time recovery'],
    ['Orders/Volume', Disruption.ZONE_LOSS, 'recovery points'],
    ['Orders/Volume', Disruption.REGION_LOSS, 'copies in ap-northeast-3'],
  ])('%s comes back after %s by %s', (id, disruption, mechanism) => {
    const verdict = assessmentOf(stack, id).disruptions.find((one) => one.disruption === disruption);
    expect(verdict?.mechanism).toContain(mechanism);
  });
});

describe('what is derived', () => {
  test.each<[string, ProtectionProps, string[]]>([
    ['critical', { tier: RecoveryTier.CRITICAL, survives: [] }, ['Hourly', 'Daily', 'Weekly', 'Monthly']],
    ['standard', { tier: RecoveryTier.STANDARD }, ['Every12Hours', 'Daily', 'Weekly', 'Monthly']],
    ['low', { tier: RecoveryTier.LOW }, ['TwiceWeekly', 'Weekly', 'Monthly']],
    [
      'an objective by hand',
      { objective: RecoveryObjective.of({ rpo: Duration.hours(30), rto: Duration.hours(9) }) },
      ['Daily', 'Weekly', 'Monthly'],
    ],
    [
      'a rhythm by hand',
      { tier: RecoveryTier.STANDARD, recoveryPointsEvery: Duration.hours(6) },
      ['Every6Hours', 'Daily', 'Weekly', 'Monthly'],
    ],
    ['a data class', { tier: RecoveryTier.IMPORTANT, dataClass: DataClass.databaseCritical() }, ['Hourly', 'Daily', 'Weekly']],
    ['a retention by hand', { tier: RecoveryTier.STANDARD, retention: RetentionPolicy.of() }, ['Every12Hours']],
  ])('%s makes its rules', (_, props, names) => {
    expect(tableRules(props).map(({ RuleName }) => RuleName)).toEqual(names);
  });

  test('time zone, hour and windows by hand are taken over', () => {
    const rules = tableRules({
      tier: RecoveryTier.STANDARD,
      timeZone: TimeZone.ASIA_TOKYO,
      hour: 5,
      startWindow: Duration.hours(2),
      completionWindow: Duration.hours(12),
      retention: RetentionPolicy.of(),
    });
    expect(rules).toMatchObject([
      {
        ScheduleExpression: 'cron(0 5,17 * * ? *)',
        ScheduleExpressionTimezone: 'Asia/Tokyo',
        StartWindowMinutes: 120,
        CompletionWindowMinutes: 720,
      },
    ]);
  });

  test('cold storage comes after 30 days for what is kept a year, sooner or never by hand', () => {
    const keep = Duration.days(400);
    const cold = (options: object) =>
      tableRules({ tier: RecoveryTier.LOW, retention: RetentionPolicy.of(RetentionRung.weekly(keep, options)) }).at(-1)?.Lifecycle;
    expect(cold({})).toEqual({ DeleteAfterDays: 400, MoveToColdStorageAfterDays: 30 });
    expect(cold({ coldStorageAfter: Duration.days(10) })).toEqual({ DeleteAfterDays: 400, MoveToColdStorageAfterDays: 10 });
    expect(cold({ keepWarm: true })).toEqual({ DeleteAfterDays: 400 });
    expect(cold({ archiveSnapshots: true })).toEqual({
      DeleteAfterDays: 400,
      MoveToColdStorageAfterDays: 30,
      OptInToArchiveForSupportedResources: true,
    });
  });

  test('copies are kept as long as the vault that gets them allows', () => {
    const stack = stackIn();
    const recoveryVault = RecoveryVault.fromVaultAttributes(stack, 'Theirs', {
      backupVaultArn: 'arn:aws:backup:ap-northeast-3:111122223333:backup-vault:theirs',
      minRetention: Duration.days(14),
      maxRetention: Duration.days(365),
    } as never);
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, recoveryVault }).protect(tableIn(stack));
    const [rules] = Object.values(rulesOf(Template.fromStack(stack)));
    expect(rules.map(({ CopyActions }) => CopyActions?.[0].Lifecycle?.DeleteAfterDays)).toEqual([14, 30, 90, 365]);
  });

  test('types that an air-gapped vault cannot hold are not copied there', () => {
    const stack = stackIn();
    const airGappedVault = new AirGappedVault(stack, 'AirGapped', {
      minRetention: Duration.days(7),
      maxRetention: Duration.days(3000),
      acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
    });
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, airGappedVault });
    protection.protect(volumeIn(stack));
    const [rules] = Object.values(rulesOf(Template.fromStack(stack)));
    expect(rules.every(({ CopyActions }) => CopyActions?.length === 1)).toBe(true);
    expect(assessmentOf(stack, 'Orders/Volume').copies.immutable).toBe('compliance');
  });
});

describe('plans are shared', () => {
  test('resources with equal needs have one plan and one selection, however many there are', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    for (let index = 0; index < 20; index++) {
      protection.protect(tableIn(stack, `Table${index}`));
    }
    const template = Template.fromStack(stack);
    template.resourceCountIs(PLAN, 1);
    template.resourceCountIs(SELECTION, 1);
  });

  test('a resource with needs of its own has a plan of its own', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    protection.protect(tableIn(stack, 'Usual'));
    protection.protect(tableIn(stack, 'Special'), { retention: RetentionPolicy.ladder({ daily: Duration.days(10) }) });
    expect(Object.keys(rulesOf(Template.fromStack(stack)))).toEqual([
      'Orders-Protection-Every12Hours',
      'Orders-Protection-Every12HoursForSpecial',
    ]);
  });

  test('resources with the same special needs share that plan', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    const retention = RetentionPolicy.ladder({ daily: Duration.days(10) });
    protection.protect(tableIn(stack, 'Usual'));
    protection.protect(tableIn(stack, 'Special'), { retention });
    protection.protect(tableIn(stack, 'AlsoSpecial'), { retention });
    Template.fromStack(stack).resourceCountIs(PLAN, 2);
  });

  test('resources of one name in several places may each have a plan of their own', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    for (const days of [10, 11, 12, 13]) {
      const retention = RetentionPolicy.ladder({ daily: Duration.days(days) });
      protection.protect(tableIn(new Construct(stack, `Part${days}`), 'Data'), { retention });
    }
    expect(Object.keys(rulesOf(Template.fromStack(stack)))).toEqual(
      ['', 'ForData', 'ForData2', 'ForData3'].map((suffix) => `Orders-Protection-Every12Hours${suffix}`),
    );
  });

  test('a selection of listed resources promises for them alone', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    const listed = tableIn(stack, 'Listed');
    tableIn(stack, 'Other');
    protection.protectSelection('Some', Selection.resources(listed));
    protection.protectSelection('Foreign', Selection.arns('arn:aws:dynamodb:ap-northeast-1:111122223333:table/foreign'));
    const { resources, findings } = RecoveryRecord.of(stack).assess();
    expect(resources.map(({ id, tier }) => [id, tier])).toEqual([['Orders/Listed', 'standard']]);
    expect(findings.map(({ code }) => code)).not.toContain('UnknownResource');
    expect(() => protection.protect(listed)).toThrow(/ProtectedTwice/);
  });

  test('the plan of a selection may have the name of a rhythm', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    protection.protectSelection('Every12Hours', Selection.allOf(TagCondition.equalTo('env', 'prod')));
    protection.protect(tableIn(stack, 'Data'));
    expect(Object.keys(rulesOf(Template.fromStack(stack)))).toContain('Orders-Protection-Every12HoursForData');
  });

  test('1,000 resources stay within the limits of AWS Backup and need one selection more than a single one', () => {
    const count = (resources: number) => {
      const stack = stackIn();
      const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
      for (let index = 0; index < resources; index++) {
        protection.protect(Table.fromTableName(stack, `Table${index}`, `table-${index}`));
      }
      const template = Template.fromStack(stack);
      const selections = Object.values(template.findResources(SELECTION));
      for (const { Properties } of selections) {
        expect(Properties.BackupSelection.Resources.length).toBeLessThanOrEqual(500);
      }
      return [Object.keys(template.toJSON().Resources).length, selections.length];
    };
    const [[few], [many, selections]] = [count(1), count(1000)];
    expect([many - few, selections]).toEqual([1, 2]);
  });

  test('all Protections of a stack share its vault, and so do their mirrors', () => {
    const stack = stackIn();
    const protections = ['One', 'Two'].map((id) => new Protection(stack, id, { tier: RecoveryTier.LOW, recoveryRegion: 'ap-northeast-3' }));
    expect(protections[0].vault).toBe(protections[1].vault);
    expect(protections[0].recoveryVault).toBe(protections[1].recoveryVault);
  });

  test('a vault that exists already gets a mirror without a second vault beside it', () => {
    const stack = stackIn();
    const vault = RecoveryVault.fromVaultName(stack, 'Theirs', 'theirs');
    const [first, second] = ['One', 'Two'].map(
      (id) => new Protection(stack, id, { tier: RecoveryTier.LOW, vault, recoveryRegion: 'ap-northeast-3' }).recoveryVault,
    );
    expect(first).toBe(second);
    Template.fromStack(stack).resourceCountIs('AWS::Backup::BackupVault', 0);
    Template.fromStack(Stack.of(first as RecoveryVault)).resourceCountIs('AWS::Backup::BackupVault', 1);
  });

  test('a renamed Protection keeps the vault', () => {
    const vaults = ['Old', 'New'].map((id) => {
      const stack = stackIn();
      new Protection(stack, id, { tier: RecoveryTier.LOW }).protect(tableIn(stack));
      return Template.fromStack(stack).findResources('AWS::Backup::BackupVault');
    });
    expect(vaults[0]).toEqual(vaults[1]);
  });
});

describe('promises that cannot be kept', () => {
  test('fails with the terms of the worst case and the remedy', () => {
    const app = new App();
    const stack = stackIn(app);
    new Protection(stack, 'Protection', {
      objective: RecoveryObjective.of({ rpo: Duration.hours(1), rto: Duration.hours(4) }),
      expects: { backupTime: Duration.minutes(10), copyTime: Duration.minutes(10) },
    }).protect(volumeIn(stack));
    expect(() => app.synth()).toThrow(
      /'Orders\/Volume' promises 'rpo' 1 h .* may be 2 h 10 old \(longest gap.* 1 h \+ start window.* 1 h \+ backup until complete 10 min\).*RecoveryPointTooOld at 'Orders\/Protection'/s,
    );
  });

  test('only warns where the number that breaks it is an estimate', () => {
    const app = new App();
    const stack = stackIn(app);
    new Protection(stack, 'Protection', { objective: RecoveryObjective.of({ rpo: Duration.days(2), rto: Duration.minutes(40) }) }).protect(
      volumeIn(stack),
    );
    app.synth();
    Warnings.fromStack(stack).hasWarning('*', Match.stringLikeRegexp("promises 'rto' 40 min"));
  });

  test('a warning can be acknowledged', () => {
    const app = new App();
    const stack = stackIn(app);
    tableIn(stack, 'Forgotten');
    RecoveryCoverage.of(app);
    Annotations.of(stack).acknowledgeWarning('cdk-recovery:unprotected', 'known');
    app.synth();
    Warnings.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('Forgotten'));
  });

  test('a relaxed objective for one disruption is enough', () => {
    const app = new App();
    const stack = stackIn(app);
    const objective = RecoveryObjective.of({ rpo: Duration.hours(1), rto: Duration.hours(4) });
    new Protection(stack, 'Protection', {
      tier: RecoveryTier.CRITICAL,
      recoveryRegion: 'ap-northeast-3',
      objective: objective.during(Disruption.REGION_LOSS, { rpo: Duration.hours(4), rto: Duration.hours(8) }),
    }).protect(new Bucket(stack, 'Bucket'));
    expect(() => app.synth()).not.toThrow();
  });

  test('fails below the number of copies that is demanded', () => {
    const app = new App();
    const stack = stackIn(app);
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, copyRule: CopyRule.THREE_TWO_ONE }).protect(tableIn(stack));
    expect(() => app.synth()).toThrow(/asks for 1 copy in another Region, but has 0.*set 'recoveryRegion'.*NoCopyOffSite/);
  });
});

describe('selections', () => {
  test('a tag selection promises for what really carries the tag, and single resources keep their own promise', () => {
    const app = new App();
    const stack = stackIn(app);
    const special = tableIn(stack, 'Special');
    const excepted = tableIn(stack, 'Excepted');
    tableIn(stack, 'Usual');
    tableIn(stack, 'Untagged');
    for (const id of ['Special', 'Excepted', 'Usual']) {
      Tags.of(stack.node.findChild(id)).add('backup', 'yes');
    }
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
    protection.protectSelection('Tagged', Selection.allOf(TagCondition.equalTo('backup', 'yes')).except(excepted));
    protection.protect(special, { tier: RecoveryTier.IMPORTANT });
    app.synth();
    const { resources, coverage } = RecoveryRecord.of(stack).assess();
    expect(resources.map(({ id, tier }) => [id, tier])).toEqual([
      ['Orders/Special', 'important'],
      ['Orders/Usual', 'standard'],
    ]);
    expect(coverage.unprotected.map(({ id }) => id)).toEqual(['Orders/Excepted', 'Orders/Untagged']);
  });

  test('a tag selection under continuous backup is dense enough for types that have none', () => {
    const stack = stackIn();
    const protection = new Protection(stack, 'Protection', {
      objective: RecoveryObjective.of({ rpo: Duration.hours(4), rto: Duration.hours(8) }),
    });
    protection.protectSelection('Tagged', Selection.allOf(TagCondition.equalTo('backup', 'yes')));
    const [rules] = Object.values(rulesOf(Template.fromStack(stack)));
    expect(rules[0]).toMatchObject({ RuleName: 'Continuous', ScheduleExpression: 'cron(0 0,2,4,6,8,10,12,14,16,18,20,22 * * ? *)' });
  });
});

describe('coverage', () => {
  function appWith(configure: (app: App, stack: Stack) => void): App {
    const app = new App();
    const stack = stackIn(app);
    new CfnBucket(stack, 'Bare');
    new CfnCacheCluster(stack, 'Cache', { engine: 'redis', cacheNodeType: 'cache.t4g.micro', numCacheNodes: 1 });
    configure(app, stack);
    return app;
  }

  test('warns of every stateful resource that nobody protects, of all stacks and of services that AWS Backup does not know', () => {
    const app = appWith((self) => {
      RecoveryCoverage.of(self);
      tableIn(stackIn(self, 'Other'));
    });
    app.synth();
    const warnings = Warnings.fromStack(app.node.findChild('Orders') as Stack).findWarning('*', Match.stringLikeRegexp('protect'));
    expect(warnings.map(({ id }) => id).sort()).toEqual(['/Orders/Bare', '/Orders/Cache']);
    expect(Warnings.fromStack(app.node.findChild('Other') as Stack).findWarning('*', Match.stringLikeRegexp('protect'))).toHaveLength(1);
  });

  test('fails when asked to, and says what to do', () => {
    const app = appWith((self) => RecoveryCoverage.of(self).failOnUnprotected());
    expect(() => app.synth()).toThrow(
      /'Orders\/Bare' \(S3 bucket\) holds data that nothing protects: protect it, or exclude it.*Orders\/Cache/s,
    );
  });

  test('says nothing when asked to', () => {
    const app = appWith((self) => RecoveryCoverage.of(self).ignoreUnprotected());
    app.synth();
    expect(Warnings.fromStack(app.node.findChild('Orders') as Stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  test('an exclusion is shown with its reason', () => {
    const app = appWith((self, stack) => {
      RecoveryCoverage.of(self).failOnUnprotected();
      RecoveryCoverage.of(self).exclude(stack.node.findChild('Bare'), 'rebuilt from source');
      RecoveryCoverage.of(self).exclude(stack.node.findChild('Cache'), 'a cache');
    });
    const report = JSON.parse(readFileSync(join(app.synth().directory, 'recovery-report.json'), 'utf8'));
    expect(report.coverage.excluded).toEqual(expect.arrayContaining([expect.objectContaining({ reason: 'rebuilt from source' })]));
  });

  test('fails for an exclusion without a reason', () => {
    const stack = stackIn();
    expect(() => RecoveryCoverage.of(stack).exclude(new CfnBucket(stack, 'Bare'), ' ')).toThrow(
      /'reason' is empty.*ExclusionWithoutReason at 'Orders\/Bare'/,
    );
  });

  test('every stage has a report of its own', () => {
    const app = new App();
    const stage = new Stage(app, 'Prod', { env: ENV });
    const stack = new Stack(stage, 'Orders');
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, recoveryRegion: 'ap-northeast-3' }).protect(tableIn(stack));
    const { directory } = app.synth();
    expect(existsSync(join(directory, 'assembly-Prod', 'recovery-report.json'))).toBe(true);
    expect(stage.node.tryFindChild('Orders-recovery-ap-northeast-3')).toBeDefined();
  });
});

describe('refusals', () => {
  const token = Duration.hours(new CfnParameter(new Stack(), 'Hours', { type: 'Number' }).valueAsNumber);
  test.each<[string, (stack: Stack) => void, RegExp]>([
    [
      'neither tier nor objective',
      (stack) => new Protection(stack, 'P', {}),
      /'tier' and 'objective' are both missing.*NoObjective at 'Orders\/P'/,
    ],
    [
      'an objective that is only known at deploy time',
      (stack) => new Protection(stack, 'P', { objective: RecoveryObjective.of({ rpo: token, rto: Duration.hours(1) }) }),
      /'rpo' is only known at deploy time.*DurationUnknown/,
    ],
    [
      'a resource twice',
      (stack) => {
        const protection = new Protection(stack, 'P', { tier: RecoveryTier.LOW });
        const table = tableIn(stack);
        protection.protect(table);
        protection.protect(table);
      },
      /'Orders\/Table' is protected here already.*ProtectedTwice/,
    ],
    [
      'what AWS Backup does not protect',
      (stack) =>
        new Protection(stack, 'P', { tier: RecoveryTier.LOW }).protect(
          new CfnCacheCluster(stack, 'Cache', { engine: 'redis', cacheNodeType: 'cache.t4g.micro', numCacheNodes: 1 }),
        ),
      /ElastiCache.*NotProtectable/,
    ],
    [
      'what holds no data',
      (stack) =>
        new Protection(stack, 'P', { tier: RecoveryTier.LOW }).protect(new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic' })),
      /NotProtectable/,
    ],
    [
      'two recovery vaults',
      (stack) =>
        new Protection(stack, 'P', {
          tier: RecoveryTier.LOW,
          recoveryRegion: 'ap-northeast-3',
          recoveryVault: RecoveryVault.fromVaultArn(stack, 'V', 'arn:aws:backup:ap-northeast-3:111122223333:backup-vault:theirs'),
        }),
      /RecoveryVaultTwice/,
    ],
    [
      'its own Region as the recovery Region',
      (stack) => new Protection(stack, 'P', { tier: RecoveryTier.LOW, recoveryRegion: 'ap-northeast-1' }),
      /'recoveryRegion' is ap-northeast-1, the Region of the data.*RecoveryRegionIsOwn at 'Orders\/P'/,
    ],
    [
      'a recovery Region that is only known at deploy time',
      (stack) => new Protection(stack, 'P', { tier: RecoveryTier.LOW, recoveryRegion: new CfnParameter(stack, 'R').valueAsString }),
      /only known at deploy time/,
    ],
    [
      'a rung that is cold and warm',
      (stack) =>
        new Protection(stack, 'P', {
          tier: RecoveryTier.LOW,
          retention: RetentionPolicy.of(RetentionRung.daily(Duration.days(100), { keepWarm: true, coldStorageAfter: Duration.days(1) })),
        }),
      /ColdAndWarm/,
    ],
    [
      'a retention of half a day',
      (stack) =>
        new Protection(stack, 'P', { tier: RecoveryTier.LOW, retention: RetentionPolicy.of(RetentionRung.daily(Duration.hours(12))) }),
      /'keep' must be whole days, got 12 hours/,
    ],
    [
      'a rung that leaves cold storage before 90 days',
      (stack) =>
        new Protection(stack, 'P', {
          tier: RecoveryTier.LOW,
          retention: RetentionPolicy.of(RetentionRung.daily(Duration.days(119), { coldStorageAfter: Duration.days(30) })),
        }).protect(tableIn(stack)),
      /90 days/,
    ],
    [
      'a start window below an hour',
      (stack) => new Protection(stack, 'P', { tier: RecoveryTier.LOW, startWindow: Duration.minutes(59) }).protect(tableIn(stack)),
      /startWindow.*59.*60/,
    ],
    [
      'a retention that the lock of the vault refuses',
      (stack) =>
        new Protection(stack, 'P', {
          tier: RecoveryTier.LOW,
          vault: RecoveryVault.fromVaultAttributes(stack, 'V', {
            backupVaultArn: 'arn:aws:backup:ap-northeast-1:111122223333:backup-vault:theirs',
            maxRetention: Duration.days(365),
          } as never),
        }).protect(tableIn(stack)),
      /2557 days.*365/,
    ],
    [
      'a schedule that AWS refuses',
      (stack) => new Protection(stack, 'P', { tier: RecoveryTier.LOW, hour: 24 }).protect(tableIn(stack)),
      /hour/,
    ],
  ])('fails for %s', (_, act, message) => {
    expect(() => act(stackIn())).toThrow(message);
  });
});

test('a tier whose cold storage is not for every type says nothing about it', () => {
  const app = new App();
  const stack = stackIn(app);
  new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(new Bucket(stack, 'Bucket', { versioned: true }));
  app.synth();
  Warnings.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('cold storage'));
});

test('an environment-agnostic stack is protected as well; what depends on its Region is unknown, not kept', () => {
  const app = new App();
  const stack = new Stack(app, 'Agnostic');
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, recoveryRegion: 'ap-northeast-3' });
  protection.protect(tableIn(stack));
  app.synth();
  const region = assessmentOf(stack, 'Agnostic/Table').disruptions.find(({ disruption }) => disruption === Disruption.REGION_LOSS);
  expect(region?.outcome).toBe('unknown');
});

test('a database whose backups AWS Backup does not own keeps a week of its own, unless it says otherwise', () => {
  const stack = stackIn();
  const vpc = new Vpc(stack, 'Network', { restrictDefaultSecurityGroup: false });
  const engine = DatabaseInstanceEngine.postgres({ version: PostgresEngineVersion.VER_17 });
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
  protection.protect(new DatabaseInstance(stack, 'Silent', { engine, vpc }));
  protection.protect(new DatabaseInstance(stack, 'Spoken', { engine, vpc, backupRetention: Duration.days(20) }));
  const databases = Object.entries(Template.fromStack(stack).findResources('AWS::RDS::DBInstance'));
  expect(databases.map(([id, { Properties }]) => [id.slice(0, 6), Properties.BackupRetentionPeriod])).toEqual([
    ['Silent', 7],
    ['Spoken', 20],
  ]);
});

test('a volume is covered by the recovery points of its instance, whichever Protection has which', () => {
  const app = new App();
  const stack = stackIn(app);
  const instance = new CfnInstance(stack, 'Server', { volumes: [{ volumeId: volumeIn(stack, 'Data').volumeId, device: '/dev/sdf' }] });
  new CfnInstance(stack, 'Other', { volumes: [{ volumeId: volumeIn(stack, 'Twice').volumeId, device: '/dev/sdf' }] });
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.LOW });
  protection.protect(instance);
  protection.protect(stack.node.findChild('Other'));
  new Protection(stack, 'Second', { tier: RecoveryTier.LOW }).protect(stack.node.findChild('Twice'));
  app.synth();
  const { coverage } = RecoveryRecord.of(stack).assess();
  expect(coverage.excluded.map(({ id, reason }) => [id, reason])).toEqual([['Orders/Data', expect.stringContaining('Orders/Server')]]);
  expect(coverage.unprotected).toEqual([]);
});

test('an imported resource is protected by its ARN, and what cannot be set on it is said', () => {
  const app = new App();
  const stack = stackIn(app);
  new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(Table.fromTableName(stack, 'Theirs', 'theirs'));
  app.synth();
  Template.fromStack(stack).hasResourceProperties(SELECTION, { BackupSelection: { Resources: [Match.anyValue()] } });
  Warnings.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('not defined in this app'));
});
