import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { CfnExperimentTemplate } from 'aws-cdk-lib/aws-fis';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { App, Aws, CfnParameter, Duration, Stack, Token } from 'aws-cdk-lib/core';
import {
  Approval,
  type DisasterRecoveryProps,
  DrillMode,
  type DrillOptions,
  Probe,
  RecoverableCompute,
  RecoverableData,
  RecoveryObjective,
  RecoveryStrategy,
  RecoveryTier,
} from '../../lib';
import { checkRecoverySize, RECOVERY_LIMITS } from '../../lib/model/limits/recovery';
import { OSAKA, recoveryIn, TOKYO, twoSites } from './sites';

const promise = (rpo: Duration, rto: Duration) => RecoveryObjective.of({ rpo, rto });

test.each<[string, Partial<DisasterRecoveryProps>, RegExp]>([
  ['two sites in one Region', { recoveryRegion: TOKYO }, /two sites are in ap-northeast-1.*\(RecoveryRegionIsOwn/],
  ['a Region that only deployment knows', { recoveryRegion: Aws.REGION }, /\(RegionUnknown/],
  ['what is no Region', { primaryRegion: 'Tokyo' }, /is 'Tokyo'.*\(InvalidEnvironment/],
  ['what is no account', { account: '1234' }, /'account' is '1234'.*\(InvalidEnvironment/],
  ['an account that only deployment knows', { account: Aws.ACCOUNT_ID }, /\(AccountUnknown/],
  [
    'an active Region without a site',
    { activeRegion: 'us-east-1' },
    /the sites are ap-northeast-1 and ap-northeast-3.*\(UnknownActiveRegion/,
  ],
  [
    'alarm actions for a Region without a site',
    { alarmActionsIn: { 'us-east-1': {} } },
    /'alarmActionsIn' has actions for 'us-east-1'.*\(UnknownSite/,
  ],
  ['a third site where one waits', { furtherRegions: ['us-east-1'] }, /RecoveryStrategy.multiSite\(\) \(TooManySites/],
  ['a name with a blank', { recoveryName: 'my orders' }, /'my orders'.*\(InvalidRecoveryName/],
  ['a name of 41 letters', { recoveryName: 'x'.repeat(41) }, /\(InvalidRecoveryName/],
  [
    'an approval within a day and a minute',
    { approval: Approval.byPerson({ timeout: Duration.minutes(1441) }) },
    /1 minute to 1 day.*\(InvalidApproval/,
  ],
  ['an approval within half a minute', { approval: Approval.byPerson({ timeout: Duration.seconds(30) }) }, /\(InvalidApproval/],
  [
    'an objective that only deployment knows',
    { objective: promise(Duration.minutes(Token.asNumber({})), Duration.hours(1)) },
    /\(DurationUnknown/,
  ],
])('fails with %s', (_case, props, message) => {
  expect(() => recoveryIn(new App(), props)).toThrow(message);
});

test('takes names and approvals at their limits', () => {
  const at = (timeout: Duration) => recoveryIn(new App(), { recoveryName: 'x'.repeat(40), approval: Approval.byPerson({ timeout }) });
  expect(() => [at(Duration.minutes(1)), at(Duration.days(1))]).not.toThrow();
});

describe('a strategy', () => {
  test.each<[string, RecoveryStrategy, RecoveryObjective, RegExp]>([
    [
      'backup and restore for a quarter of an hour',
      RecoveryStrategy.backupAndRestore(),
      promise(Duration.hours(4), Duration.minutes(15)),
      /'strategy' is backup and restore, which needs 'rpo' 2 h and 'rto' 1 h at least.*take multi-site, the cheapest that keeps it, or relax it \(StrategyTooSlow/,
    ],
    [
      'backup and restore for an hour of data',
      RecoveryStrategy.backupAndRestore(),
      promise(Duration.hours(1), Duration.hours(8)),
      /take pilot light, the cheapest that keeps it/,
    ],
    [
      'a pilot light for five minutes',
      RecoveryStrategy.pilotLight(),
      promise(Duration.minutes(1), Duration.minutes(5)),
      /\(StrategyTooSlow/,
    ],
    ['a warm standby for a minute', RecoveryStrategy.warmStandby(), promise(Duration.minutes(1), Duration.minutes(1)), /\(StrategyTooSlow/],
  ])('fails as %s', (_case, strategy, objective, message) => {
    expect(() => recoveryIn(new App(), { strategy, objective })).toThrow(message);
  });

  test('may be asked for what it just keeps', () => {
    expect(() =>
      recoveryIn(new App(), { strategy: RecoveryStrategy.backupAndRestore(), objective: promise(Duration.hours(2), Duration.hours(1)) }),
    ).not.toThrow();
    expect(() =>
      recoveryIn(new App(), { strategy: RecoveryStrategy.pilotLight(), objective: promise(Duration.minutes(1), Duration.minutes(10)) }),
    ).not.toThrow();
  });

  test.each<[RecoveryObjective, string]>([
    [RecoveryTier.LOW.objective, 'backup-and-restore'],
    [RecoveryTier.STANDARD.objective, 'backup-and-restore'],
    [RecoveryTier.IMPORTANT.objective, 'pilot-light'],
    [promise(Duration.minutes(5), Duration.minutes(50)), 'warm-standby'],
    [promise(Duration.minutes(5), Duration.minutes(30)), 'hot-standby'],
    [promise(Duration.minutes(1), Duration.minutes(5)), 'multi-site'],
  ])('follows from an objective: the cheapest that keeps it', (objective, kind) => {
    expect(RecoveryStrategy.forObjective(objective)._plan.kind).toBe(kind);
  });

  test.each([0, 1, 1.5, -0.25, Number.NaN])('fails as a warm standby of %d', (capacity) => {
    expect(() => RecoveryStrategy.warmStandby({ capacity })).toThrow(/\(InvalidCapacity\)/);
  });
});

describe('items', () => {
  test.each<[string, string, RegExp]>([
    ['an empty name', '', /\(InvalidItemName/],
    ['a name of 31 letters', 'x'.repeat(31), /\(InvalidItemName/],
    ['a name with a dot', 'a.b', /\(InvalidItemName/],
    ['the name of another item', 'api', /has an item 'api' already.*\(DuplicateItem/],
  ])('fail with %s', (_case, name, message) => {
    const { recovery, tokyo } = twoSites();
    const data = RecoverableData.databaseInstance(tokyo.database!);
    expect(() => recovery.primary.addData(name, data)).toThrow(message);
  });

  test.each([-1, 100, 0.5])('fail with an order of %d', (order) => {
    const { recovery, tokyo } = twoSites();
    expect(() => recovery.primary.addCompute('more', RecoverableCompute.ecsService(tokyo.service, { count: 1 }), { order })).toThrow(
      /\(InvalidOrder/,
    );
  });

  test.each([0, 2.5, -1])('fail with a count of %d', (count) => {
    const { recovery, tokyo } = twoSites();
    expect(() => recovery.primary.addCompute('more', RecoverableCompute.ecsService(tokyo.service, { count }))).toThrow(
      /'count' of 'more'.*\(InvalidCount/,
    );
  });

  test('fail at a site of another Region, and in a stack without one', () => {
    const { app, recovery, tokyo } = twoSites();
    expect(() => recovery.recovery.addData('more', RecoverableData.databaseInstance(tokyo.database!))).toThrow(
      /in ap-northeast-1, but the site is in ap-northeast-3.*env: site.env.*\(SiteElsewhere/,
    );
    expect(() => recovery.recovery.addCompute('more', RecoverableCompute.ecsService(tokyo.service, { count: 1 }))).toThrow(
      /\(SiteElsewhere/,
    );
    const agnostic = new dynamodb.TableV2(new Stack(app, 'Agnostic'), 'Table', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    });
    expect(() => recovery.primary.addData('table', RecoverableData.table(agnostic))).toThrow(/only known at deploy time.*\(SiteElsewhere/);
  });

  test('fail as data of another type than the factory says', () => {
    const { recovery, tokyo } = twoSites();
    expect(() => recovery.primary.addData('more', RecoverableData.globalTable(tokyo.database!))).toThrow(
      /take the factory of RecoverableData for it \(DataOfOtherType/,
    );
  });

  test('fail where one site lacks what the other has', () => {
    const { app, recovery, osaka } = twoSites();
    recovery.recovery.addCompute('batch', RecoverableCompute.ecsService(osaka.service, { count: 1 }));
    expect(() => app.synth()).toThrow(
      /compute 'batch' is at the site of ap-northeast-3, but not at that of ap-northeast-1.*addCompute\(\).*\(SitesDiffer/,
    );
  });

  test('fail where records of sites differ', () => {
    const { app, tokyo, osaka } = twoSites();
    tokyo.route();
    osaka.route({ recordName: 'www' });
    expect(() => app.synth()).toThrow(/record 'A api.example.com' is at the site of ap-northeast-1.*routeTraffic\(\).*\(SitesDiffer/);
  });

  test('fail where there are none', () => {
    const app = new App();
    recoveryIn(app);
    expect(() => app.synth()).toThrow(/no site has data or compute.*\(NothingToRecover/);
  });

  test('fail where they name what only another Region knows', () => {
    const { app, recovery, tokyo, osaka } = twoSites();
    const secret = new CfnParameter(tokyo, 'Path', {});
    recovery.recovery.addProbe(Probe.http(`https://example.com/${secret.valueAsString}`));
    expect(osaka.region).toBe(OSAKA);
    expect(() => app.synth()).toThrow(/needs a value of 'Tokyo\/Path'.*\(TokenAcrossStacks/);
  });
});

describe('probes', () => {
  test.each<[string, () => Probe, RegExp]>([
    ['no address', () => Probe.http('example.com'), /'url' is 'example.com'.*\(InvalidProbe\)/],
    ['a status of 99', () => Probe.http('https://example.com', { status: 99 }), /'status' is 99.*\(InvalidProbe\)/],
    ['a status of 600', () => Probe.http('https://example.com', { status: 600 }), /\(InvalidProbe\)/],
  ])('fail with %s', (_case, probe, message) => {
    expect(probe).toThrow(message);
  });

  test('fail as a function of another Region, and twice under one name', () => {
    const { recovery, tokyo } = twoSites();
    const handler = new LambdaFunction(tokyo, 'Probe', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('x'),
    });
    const probe = Probe.function(handler);
    expect(() => recovery.recovery.addProbe(probe)).toThrow(/is a function of ap-northeast-1.*\(ProbeElsewhere/);
    recovery.primary.addProbe(probe);
    expect(() => recovery.primary.addProbe(probe)).toThrow(/two probes of ap-northeast-1 are called 'Tokyo\/Probe'.*\(DuplicateProbe/);
  });
});

describe('drills', () => {
  const template = (stack: Stack) =>
    new CfnExperimentTemplate(stack, 'Fault', { description: 'x', roleArn: 'x', stopConditions: [], targets: {}, tags: {} });

  test.each<[string, DrillOptions, RegExp]>([
    ['a hold of eight days', { hold: Duration.days(8) }, /at most 7 days/],
    ['no fault to inject', { mode: DrillMode.FAULT_INJECTION }, /give 'experiment'/],
    ['a schedule that ends', { schedule: ScheduleExpression.expression('cron(0 2 1 1 ? 2030)') }, /which ends some day/],
    ['what is no schedule', { schedule: ScheduleExpression.expression('at(2030-01-01T00:00:00)') }, /give a cron expression or a rate/],
    ['a schedule that only deployment knows', { schedule: ScheduleExpression.expression(Aws.STACK_NAME) }, /only known at deploy time/],
  ])('fail with %s', (_case, options, message) => {
    expect(() => recoveryIn(new App()).drill(options)).toThrow(message);
    expect(() => recoveryIn(new App()).drill(options)).toThrow(/\(InvalidDrill at 'Orders'\)/);
  });

  test('inject a fault at home and nowhere else', () => {
    const { recovery, tokyo, osaka } = twoSites();
    expect(() => recovery.drill({ experiment: template(tokyo) })).toThrow(/which injects no fault.*\(InvalidDrill/);
    expect(() => recovery.drill({ mode: DrillMode.FAULT_INJECTION, experiment: template(osaka) })).toThrow(/\(SiteElsewhere/);
  });
});

describe('data that nobody brings back', () => {
  const bucketAt = (stack: Stack, twoWay?: boolean) =>
    RecoverableData.bucket(Bucket.fromBucketAttributes(stack, 'Files', { bucketName: `files-${stack.region}`, region: stack.region }), {
      twoWay,
    });
  const withBucket = (twoWay?: boolean) => {
    const sites = twoSites();
    sites.recovery.primary.addData('files', bucketAt(sites.tokyo, twoWay));
    sites.recovery.recovery.addData('files', bucketAt(sites.osaka));
    return sites;
  };
  const told = ({ app }: ReturnType<typeof twoSites>) =>
    app.synth().stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data)));

  test('are warned of', () => {
    expect(told(withBucket())).toContainEqual(
      expect.stringMatching(/'files' is a bucket whose objects nothing copies back to ap-northeast-1.*bucketNotReplicatedBack/),
    );
    expect(told(withBucket(true)).join()).not.toContain('bucketNotReplicatedBack');
  });

  test.each<[string, () => ReturnType<typeof twoSites>, RegExp]>([
    [
      'a bucket that is replicated in one direction',
      withBucket,
      /'mode' of a drill is SWITCHOVER.*'files' is a bucket.*say 'twoWay' at both.*\(DrillLosesData/,
    ],
    [
      'recovery points',
      () => twoSites({ strategy: RecoveryStrategy.backupAndRestore() }),
      /'orders' is only restored from recovery points there.*: take DrillMode.REHEARSAL \(DrillLosesData/,
    ],
  ])('fail in a drill that moves users: %s', (_case, make, message) => {
    const sites = make();
    sites.recovery.drill({ mode: DrillMode.SWITCHOVER });
    expect(() => sites.app.synth()).toThrow(message);
  });
});

describe('a warning', () => {
  /** Codes of warnings that a user sees: the CDK shows those of stacks only. */
  function warned(change: (sites: ReturnType<typeof twoSites>) => void = () => undefined): readonly string[] {
    const sites = twoSites();
    change(sites);
    const messages = sites.app
      .synth()
      .stacks.filter(({ stackName }) => stackName.startsWith('Orders-recovery'))
      .flatMap(({ messages: told }) => told);
    return messages.flatMap(({ entry }) => /cdk-recovery:(\w+)/.exec(String(entry.data))?.[1] ?? []);
  }

  test('says that nobody rehearses, that no record leads here, and that nobody would hear who is to approve', () => {
    expect(warned()).toEqual(expect.arrayContaining(['approvalUnheard', 'notDrilled', 'trafficNotRouted']));
  });

  test('is not given where all is done but a backup', () => {
    const codes = warned(({ recovery, tokyo, osaka }) => {
      recovery.drill();
      tokyo.route();
      osaka.route();
      for (const { topic } of recovery.sites) {
        topic.addSubscription(new EmailSubscription('oncall@example.com'));
      }
    });
    expect(codes).toEqual(['dataWithoutBackup']);
  });
});

test('fails for more than a state of the machine has room for', () => {
  const most = RECOVERY_LIMITS.configSize.value;
  expect(checkRecoverySize('Orders', most)).toBeUndefined();
  expect(checkRecoverySize('Orders', most + 1)).toMatchObject({ code: 'RecoveryTooLarge', severity: 'error' });
});
