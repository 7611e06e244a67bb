import { Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnSubnet } from 'aws-cdk-lib/aws-ec2';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnDBCluster, CfnDBInstance } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnParameter, Duration, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct, IConstruct } from 'constructs';
import {
  DatabaseCredentials,
  DataCheck,
  EvidenceStore,
  IsolatedNetwork,
  ProtectedResourceType,
  Protection,
  type ProtectionProps,
  RecoveryPointSelection,
  RecoveryTier,
  type ResourceProtectionOptions,
  type RestoreCheck,
  RestoreMetadata,
  RestoreTestingPlan,
  RestoreTests,
  RestoreVerification,
  type RestoreVerificationProps,
  Selection,
} from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';
import type { Assessment } from '../../lib/model/assessment';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const OSAKA = 'ap-northeast-3';
const PLAN = 'AWS::Backup::RestoreTestingPlan';
const SELECTION = 'AWS::Backup::RestoreTestingSelection';
const MACHINE = 'AWS::StepFunctions::StateMachine';

const stackIn = (app: Construct = new App(), id = 'Orders', env: typeof ENV | undefined = ENV) => new Stack(app, id, { env });
const tableIn = (scope: Construct, id = 'Table', tableName?: string) =>
  new TableV2(scope, id, { tableName, partitionKey: { name: 'id', type: AttributeType.STRING } });
const databaseIn = (scope: Construct, id = 'Database', dbInstanceIdentifier?: string) =>
  new CfnDBInstance(scope, id, { engine: 'postgres', dbInstanceClass: 'db.t4g.medium', dbInstanceIdentifier, multiAz: true });
const clusterIn = (scope: Construct, id = 'Cluster') => new CfnDBCluster(scope, id, { engine: 'aurora-mysql', masterUsername: 'root' });
const readerIn = (scope: Construct) => DatabaseCredentials.fromSecret(Secret.fromSecretNameV2(scope, 'Reader', 'orders/reader'));
const protectionIn = (scope: Construct, props: Partial<ProtectionProps> = {}) =>
  new Protection(scope, 'Protection', { tier: RecoveryTier.STANDARD, ...props });

/** A protected table, verified as the options say. */
function verified(options: ResourceProtectionOptions, props: Partial<ProtectionProps> = {}, by?: Partial<RestoreVerificationProps>): Stack {
  const stack = stackIn();
  const protection = protectionIn(stack, props);
  protection.protect(tableIn(stack), options);
  if (by) {
    new RestoreVerification(stack, 'Verification', { protection, ...by });
  }
  return stack;
}

interface Told {
  readonly id: string;
  readonly resourceType: string;
  readonly arn?: string;
  readonly dueMs: number;
  readonly checks: readonly { readonly name: string }[];
  readonly database?: { readonly secretArn: string };
  readonly checkers: Record<string, string>;
}

/** What the state machine of a template is told, with references as `{...}`. */
function toldBy(template: Template): readonly Told[] {
  const [machine] = Object.values(template.findResources(MACHINE));
  const { DefinitionString } = machine.Properties as { DefinitionString: { 'Fn::Join': [string, unknown[]] } };
  const text = DefinitionString['Fn::Join'][1]
    .map((part) => (typeof part === 'string' ? part : `{${Object.values(part as object)[0]}}`))
    .join('');
  return JSON.parse(text).States['Read configuration'].Result.resources;
}

const propertiesOf = (template: Template, type: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties);
const codesOf = (stack: Stack) => warningsOf(stack).map((text) => /\[ack: cdk-recovery:(\w+)\]/.exec(text)?.[1]);
const warningsOf = (stack: Stack) =>
  stack.node
    .findAll()
    .flatMap(({ node: { metadata } }) => metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => `${data}`));

function messageOf(action: () => unknown): string {
  try {
    action();
    return '';
  } catch (error) {
    return `${error}`;
  }
}

function assessed(stack: Stack): Assessment {
  Template.fromStack(stack);
  return RecoveryRecord.of(stack).assess();
}

describe('checks given to protect() are enough', () => {
  const app = new App();
  const stack = stackIn(app);
  const protection = protectionIn(stack, { tier: RecoveryTier.IMPORTANT });
  protection.protect(databaseIn(stack), {
    credentials: readerIn(stack),
    checks: [
      DataCheck.rowCount('users', { atLeast: 10_000 }),
      DataCheck.foreignKeys(),
      DataCheck.newest('orders', 'created_at', { within: Duration.hours(4) }),
    ],
  });
  protection.protect(new Bucket(stack, 'Bucket', { versioned: true }), { checks: [DataCheck.objects({ atLeast: 1 })] });
  protection.protect(tableIn(stack));
  const template = Template.fromStack(stack);

  test('to have what they look at restored every week, from the vault of the Protection', () => {
    template.resourceCountIs(PLAN, 1);
    template.hasResourceProperties(PLAN, {
      ScheduleExpression: 'cron(0 3 ? * SUN *)',
      StartWindowHours: 8,
      RecoveryPointSelection: {
        Algorithm: 'LATEST_WITHIN_WINDOW',
        IncludeVaults: [stack.resolve(protection.vault.backupVaultRef.backupVaultArn)],
        SelectionWindowDays: 30,
      },
    });
    expect(
      propertiesOf(template, SELECTION).map(({ ProtectedResourceType, ValidationWindowHours }) => [
        ProtectedResourceType,
        ValidationWindowHours,
      ]),
    ).toEqual([
      ['RDS', 4],
      ['S3', 4],
    ]);
  });

  test('to have the database restored into a network without a way out', () => {
    template.hasResourceProperties(SELECTION, {
      ProtectedResourceType: 'RDS',
      RestoreMetadataOverrides: {
        dbSubnetGroupName: { Ref: Match.stringLikeRegexp('NetworkSubnetGroup') },
        vpcSecurityGroupIds: { 'Fn::Join': ['', ['["', { 'Fn::GetAtt': [Match.stringLikeRegexp('NetworkRestored'), 'GroupId'] }, '"]']] },
      },
    });
    template.hasResourceProperties(SELECTION, { ProtectedResourceType: 'S3', RestoreMetadataOverrides: Match.absent() });
    for (const type of ['InternetGateway', 'NatGateway', 'Route', 'VPCPeeringConnection']) {
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
  });

  test('to tell the workflow who looks, how, and when a test is due', () => {
    const [database, bucket, ...others] = toldBy(template);
    expect(others).toEqual([]);
    expect(database).toMatchObject({
      id: 'Orders/Database',
      resourceType: 'RDS',
      arn: '{Database,DBInstanceArn}',
      rpoMs: 4 * 3_600_000,
      rtoMs: 4 * 3_600_000,
      dueMs: (7 * 24 + 8 + 4) * 3_600_000,
      database: { secretArn: expect.stringMatching(/secret:orders\/reader$/) },
      checkers: { sql: expect.stringMatching(/CheckersPostgresFunction/) },
    });
    expect(database?.checks.map(({ name }) => name)).toEqual(['rows of users', 'foreign keys', 'newest created_at of orders']);
    expect(bucket).toMatchObject({ resourceType: 'S3', checkers: { resource: expect.stringMatching(/CheckersOthersFunction/) } });
    expect(bucket).not.toHaveProperty('database');
  });

  test('to let the function that reads databases run in the network, with the secret and nothing else', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('Reads restored databases'),
      MemorySize: 512,
      Timeout: 900,
      VpcConfig: {
        SubnetIds: [Match.anyValue(), Match.anyValue()],
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('NetworkCheckers'), 'GroupId'] }],
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('CheckersPostgres'),
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'] })]),
      },
    });
  });

  test('to say in the report that restores are tested, how often, and with how many checks', () => {
    const { resources } = RecoveryRecord.of(stack).assess();
    const tests = Object.fromEntries(
      resources.map(({ id, disruptions }) => [id, disruptions.find(({ disruption }) => disruption === 'OPERATOR_ERROR')?.test]),
    );
    expect(tests).toEqual({
      'Orders/Database': { everyMs: 7 * 24 * 3_600_000, checks: 3 },
      'Orders/Bucket': { everyMs: 7 * 24 * 3_600_000, checks: 1 },
      'Orders/Table': undefined,
    });
    expect(resources.find(({ id }) => id === 'Orders/Database')?.copies.unverified).toBe(0);
  });

  test('to keep evidence that needs no protection itself', () => {
    expect(RecoveryRecord.of(stack).assess().coverage.unprotected).toEqual([]);
  });

  test('keep the logical ids of what holds data or a history', () => {
    const ids = (type: string) => Object.keys(template.findResources(type));
    expect(ids(PLAN)).toEqual(['ProtectionRestoreVerificationTestsWeekly5778D999']);
    expect(ids('AWS::S3::Bucket').filter((id) => id.includes('Evidence'))).toEqual([
      'ProtectionRestoreVerificationTestsEvidenceBucket0DED358C',
    ]);
    expect(ids('AWS::KMS::Key').filter((id) => id.includes('Evidence'))).toHaveLength(1);
  });

  test('leave nothing to object to in what is made for the tests', () => {
    const found = new AwsSolutionsChecks(app).validateScope(app).violations.map((violation) => JSON.stringify(violation));
    expect(found.filter((finding) => /RestoreVerification|RecoveryRestoreRole/.test(finding))).toEqual([]);
  });

  test('but tell nobody of alarms, which is said', () => {
    expect(codesOf(stack)).toContain('alarmWithoutActions');
  });
});

describe('what nobody said anything about', () => {
  test('is warned of once, with what to write, and costs nothing', () => {
    const stack = verified({});
    const template = Template.fromStack(stack);
    template.resourceCountIs(PLAN, 0);
    expect(codesOf(stack).filter((code) => code === 'restoresNotTested')).toHaveLength(1);
    expect(warningsOf(stack).join()).toMatch(/nobody tests whether 'Orders\/Table' can be restored within 24 h: give 'checks'/);
  });

  test.each<[(stack: Stack) => IConstruct, string, () => DataCheck]>([
    [databaseIn, 'foreignKeys', () => DataCheck.foreignKeys()],
    [clusterIn, 'foreignKeys', () => DataCheck.foreignKeys()],
    [tableIn, 'items', () => DataCheck.items()],
    [(stack) => new Bucket(stack, 'Bucket', { versioned: true }), 'objects', () => DataCheck.objects()],
  ])('is told a check that fits it', (make, name, check) => {
    const [silent, heeded] = [stackIn(), stackIn()];
    protectionIn(silent).protect(make(silent));
    Template.fromStack(silent);
    expect(warningsOf(silent).join()).toContain(`such as DataCheck.${name}(), or`);
    protectionIn(heeded).protect(make(heeded), { credentials: readerIn(heeded), checks: [check()] });
    Template.fromStack(heeded);
    expect(codesOf(heeded)).not.toContain('restoresNotTested');
  });

  test.each<[string, ResourceProtectionOptions, Partial<ProtectionProps>]>([
    ['a low tier', {}, { tier: RecoveryTier.LOW }],
    ['a reason for the whole Protection', {}, { restoreTests: RestoreTests.none('rebuilt every night') }],
    ['a reason for the resource', { restoreTests: RestoreTests.none('rebuilt every night') }, {}],
  ])('is not warned of with %s', (_case, options, props) => {
    const stack = verified(options, props);
    Template.fromStack(stack).resourceCountIs(PLAN, 0);
    expect(codesOf(stack)).not.toContain('restoresNotTested');
  });

  test('fails for a reason that is empty', () => {
    expect(() => RestoreTests.none(' ')).toThrow(/ExclusionWithoutReason/);
  });
});

describe('restores without checks', () => {
  test.each<[string, ResourceProtectionOptions, Partial<ProtectionProps>, Partial<RestoreVerificationProps> | undefined, string]>([
    ['of a Protection', {}, { restoreTests: RestoreTests.monthly() }, undefined, 'cron(0 3 1 * ? *)'],
    ['of a resource', { restoreTests: RestoreTests.weekly() }, {}, undefined, 'cron(0 3 ? * SUN *)'],
    ['by hand', {}, {}, {}, 'cron(0 3 ? * SUN *)'],
    ['by hand, in its rhythm', {}, {}, { tests: RestoreTests.scheduled('Daily', { hour: '1', minute: '0' }) }, 'cron(0 1 * * ? *)'],
    ['by hand, where the Protection says another', {}, { restoreTests: RestoreTests.monthly() }, {}, 'cron(0 3 1 * ? *)'],
  ])('%s', (_case, options, props, by, schedule) => {
    const stack = verified(options, props, by);
    const template = Template.fromStack(stack);
    expect(propertiesOf(template, PLAN).map(({ ScheduleExpression }) => ScheduleExpression)).toEqual([schedule]);
    expect(toldBy(template)).toMatchObject([{ id: 'Orders/Table', checks: [], checkers: {} }]);
    expect(codesOf(stack)).not.toContain('restoresNotTested');
    // what DynamoDB keeps by itself is nothing that AWS Backup could restore for a test
    expect(assessed(stack).resources[0]?.copies.unverified).toBe(1);
  });

  test('leave out what somebody has a reason for, also by hand', () => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    protection.protect(tableIn(stack, 'Scratch'), { restoreTests: RestoreTests.none('rebuilt every night') });
    protection.protect(tableIn(stack, 'Kept'));
    new RestoreVerification(stack, 'Verification', { protection });
    expect(toldBy(Template.fromStack(stack)).map(({ id }) => id)).toEqual(['Orders/Kept']);
  });
});

describe('rhythms', () => {
  test('the monthly checklist has a plan of its own beside the weekly one, with random recovery points', () => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    protection.protect(databaseIn(stack), {
      credentials: readerIn(stack),
      checks: [DataCheck.foreignKeys(), ...DataCheck.monthlyChecklist({ mainTables: { users: 10 } })],
    });
    const template = Template.fromStack(stack);
    expect(propertiesOf(template, PLAN).map((plan) => [plan.ScheduleExpression, plan.RecoveryPointSelection.Algorithm])).toEqual([
      ['cron(0 3 ? * SUN *)', 'LATEST_WITHIN_WINDOW'],
      ['cron(0 3 1 * ? *)', 'RANDOM_WITHIN_WINDOW'],
    ]);
    expect(toldBy(template)[0]?.checks).toHaveLength(5);
    expect(toldBy(template)[0]?.dueMs).toBe((7 * 24 + 8 + 4) * 3_600_000);
  });

  test('the monthly checklist alone is a monthly test', () => {
    const stack = stackIn();
    const checks = DataCheck.monthlyChecklist({ mainTables: { users: 10 } });
    protectionIn(stack).protect(databaseIn(stack), { credentials: readerIn(stack), checks });
    expect(propertiesOf(Template.fromStack(stack), PLAN).map(({ ScheduleExpression }) => ScheduleExpression)).toEqual([
      'cron(0 3 1 * ? *)',
    ]);
  });

  test('resources of equal rhythms share a plan, others have their own, also under one name', () => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    const at = (hour: string) => RestoreTests.weekly({ schedule: { weekDay: 'MON', hour, minute: '0' } });
    for (const [id, hour] of Object.entries({ One: '1', Two: '1', Three: '2' })) {
      protection.protect(tableIn(stack, id), { restoreTests: at(hour) });
    }
    const template = Template.fromStack(stack);
    expect(propertiesOf(template, PLAN).map(({ ScheduleExpression }) => ScheduleExpression)).toEqual([
      'cron(0 1 ? * MON *)',
      'cron(0 2 ? * MON *)',
    ]);
    expect(propertiesOf(template, SELECTION).map(({ ProtectedResourceArns }) => ProtectedResourceArns.length)).toEqual([2, 1]);
  });

  test('may be called like a part of the verification', () => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    for (const name of ['Checkers', 'Workflow', 'Network', 'Evidence']) {
      protection.protect(tableIn(stack, name), {
        checks: [DataCheck.items()],
        restoreTests: RestoreTests.scheduled(name, { hour: '1', minute: '0' }),
      });
    }
    Template.fromStack(stack).resourceCountIs(PLAN, 4);
  });

  test('fails for a name that is no construct id', () => {
    expect(() => RestoreTests.scheduled('every day', { hour: '1' })).toThrow(/InvalidName/);
  });
});

describe('promises of a test that cannot be kept', () => {
  const synth = (stack: Stack) => () => (stack.node.root as App).synth();
  const weekly = (window: Duration, validationWindow?: Duration) =>
    RestoreTests.weekly({ recoveryPoints: RecoveryPointSelection.latestWithin(window), validationWindow });

  test('fails where no recovery point may be in the window, by the schedule of the plan, until it is as long as the message says', () => {
    const rare = (days: number) => synth(verified({ restoreTests: weekly(Duration.days(days)) }, { tier: RecoveryTier.LOW }));
    expect(rare(1)).toThrow(
      /the window of the restore test is 24 h, but the newest recovery point of 'Orders\/Table'.*NoRecoveryPointInWindow/,
    );
    const [, days] = /make the window (\d+) days or more/.exec(messageOf(rare(1))) ?? [];
    expect(rare(Number(days) - 1)).toThrow(/NoRecoveryPointInWindow/);
    expect(rare(Number(days))).not.toThrow();
  });

  test('fails where what was restored is deleted before the checks may be done', () => {
    const stack = stackIn();
    protectionIn(stack).protect(clusterIn(stack), { restoreTests: weekly(Duration.days(30), Duration.hours(1)) });
    expect(synth(stack)).toThrow(/ValidationWindowTooShort/);
  });

  test('takes an hour for what can be used at once, and two for a cluster that has to get an instance', () => {
    expect(synth(verified({ restoreTests: weekly(Duration.days(30), Duration.hours(1)) }))).not.toThrow();
    const stack = stackIn();
    protectionIn(stack).protect(clusterIn(stack), { restoreTests: weekly(Duration.days(30), Duration.hours(2)) });
    expect(synth(stack)).not.toThrow();
  });

  test('leaves windows that only deployment tells alone', () => {
    const app = new App();
    const stack = stackIn(app);
    const days = new CfnParameter(stack, 'Days', { type: 'Number' }).valueAsNumber;
    protectionIn(stack).protect(tableIn(stack), { restoreTests: weekly(Duration.days(days)) });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('refusals', () => {
  test.each<[string, (stack: Stack, protection: Protection) => void, RegExp]>([
    ['a check that does not fit', (stack, to) => to.protect(tableIn(stack), { checks: [DataCheck.objects()] }), /CheckDoesNotFit/],
    [
      'two checks of one name',
      (stack, to) => to.protect(tableIn(stack), { checks: [DataCheck.items(), DataCheck.items({ atLeast: 1 })] }),
      /DuplicateCheck/,
    ],
    [
      'checks of tables without credentials',
      (stack, to) => to.protect(databaseIn(stack), { checks: [DataCheck.foreignKeys()] }),
      /NoCredentials/,
    ],
    [
      'checks that never run',
      (stack, to) => to.protect(tableIn(stack), { checks: [DataCheck.items()], restoreTests: RestoreTests.none('no money') }),
      /'checks' of 'Orders\/Table' never run.*no money.*ChecksWithoutTests/,
    ],
    [
      'what is no check of ours',
      (stack, to) => to.protect(tableIn(stack), { checks: [DataCheck.items(), { checkName: 'x', _arrange: () => undefined }] }),
      /InvalidCheck/,
    ],
    [
      'an entry of the checks that is nothing',
      (stack, to) => to.protect(tableIn(stack), { checks: [undefined as unknown as DataCheck] }),
      /'checks' of 'Orders\/Table' has an entry that is none.*InvalidCheck/,
    ],
    [
      'evidence of another Region',
      (stack, protection) =>
        new RestoreVerification(stack, 'V', {
          protection,
          evidence: new EvidenceStore(stackIn(stack.node.root as App, 'Osaka', { ...ENV, region: OSAKA }), 'Evidence'),
        }),
      /'evidence' is in ap-northeast-3, but restore tests run in ap-northeast-1.*VerificationElsewhere/,
    ],
    [
      'a network of another account',
      (stack, protection) =>
        new RestoreVerification(stack, 'V', {
          protection,
          network: new IsolatedNetwork(stackIn(stack.node.root as App, 'Else', { ...ENV, account: '444455556666' }), 'Network'),
        }),
      /'network' is in account 444455556666, but.*VerificationElsewhere/,
    ],
    [
      'a verification in another account than the recovery points',
      (stack, protection) =>
        new RestoreVerification(stackIn(stack.node.root as App, 'Else', { ...ENV, account: '444455556666' }), 'V', { protection }),
      /keeps its recovery points in account 111122223333.*VerificationElsewhere/,
    ],
    [
      'metadata that are given twice',
      (stack, protection) =>
        new RestoreVerification(stack, 'V', {
          protection,
          metadata: ['gp2', 'gp3'].map((volumeType) => RestoreMetadata.volume({ volumeType })),
        }),
      /'metadata' is given twice for EBS.*MetadataTwice/,
    ],
    [
      'an instance of no class of databases',
      (stack, protection) => new RestoreVerification(stack, 'V', { protection, clusterInstanceClass: 't4g.medium' }),
      /'clusterInstanceClass' is 't4g.medium'.*InvalidInstanceClass/,
    ],
    [
      'copies where there are none',
      (stack, protection) => new RestoreVerification(stack, 'V', { protection, copies: RestoreTests.monthly() }),
      /NoCopiesToTest/,
    ],
    [
      'a verification away from the recovery points',
      (stack, protection) =>
        new RestoreVerification(stackIn(stack.node.root as App, 'Osaka', { ...ENV, region: OSAKA }), 'V', { protection }),
      /keeps its recovery points in ap-northeast-1.*VerificationElsewhere/,
    ],
    [
      'two verifications of one Protection',
      (stack, protection) => {
        new RestoreVerification(stack, 'V1', { protection });
        new RestoreVerification(stack, 'V2', { protection });
      },
      /'Orders\/V1' verifies 'Orders\/Protection' already/,
    ],
  ])('fails for %s', (_case, build, message) => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    expect(() => {
      build(stack, protection);
      Template.fromStack(stack);
    }).toThrow(message);
  });

  test('warns of selections, of which nobody knows what they find', () => {
    const stack = stackIn();
    protectionIn(stack).protectSelection('Tagged', Selection.byType(ProtectedResourceType.S3), { restoreTests: RestoreTests.weekly() });
    new Bucket(stack, 'Bucket', { versioned: true });
    Template.fromStack(stack).resourceCountIs(PLAN, 0);
    expect(codesOf(stack)).toContain('selectionNotTested');
    // nobody has made the verification, so nobody can leave it out
    expect(codesOf(stack)).not.toContain('verifiesNothing');
  });

  test.each<[string, (listed: Bucket) => Selection, RestoreTests, number]>([
    ['that list what they have', (listed) => Selection.resources(listed), RestoreTests.weekly(), 2],
    ['of which somebody has said why not', () => Selection.byType(ProtectedResourceType.S3), RestoreTests.none('rebuilt every night'), 1],
  ])('does not warn of selections %s', (_case, selectionOf, restoreTests, restored) => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    const [listed, other] = ['Listed', 'Other'].map((id) => new Bucket(stack, id, { versioned: true })) as [Bucket, Bucket];
    protection.protectSelection('Selected', selectionOf(listed), { restoreTests });
    protection.protect(other, { checks: [DataCheck.objects()] });
    const template = Template.fromStack(stack);
    expect(codesOf(stack)).not.toContain('selectionNotTested');
    const arns = Object.values(template.findResources(SELECTION)).flatMap(({ Properties }) => Properties.ProtectedResourceArns);
    expect(arns).toHaveLength(restored);
  });

  test('a selection that finds things lends them no checks of others: each of those stands for itself alone', () => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    protection.protectSelection('Tagged', Selection.byType(ProtectedResourceType.S3));
    protection.protect(new Bucket(stack, 'Checked', { versioned: true }), { checks: [DataCheck.objects()] });
    const template = Template.fromStack(stack);
    expect(codesOf(stack)).toContain('selectionNotTested');
    template.allResourcesProperties(SELECTION, { ProtectedResourceArns: [Match.anyValue()] });
  });

  test('warns of a verification of nothing', () => {
    const stack = stackIn();
    new RestoreVerification(stack, 'V', { protection: protectionIn(stack) });
    Template.fromStack(stack).resourceCountIs(PLAN, 0);
    expect(codesOf(stack)).toContain('verifiesNothing');
  });
});

describe('by hand', () => {
  test('takes network, evidence, metadata and actions of the user, and replaces the one that checks bring along', () => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    protection.protect(databaseIn(stack), { credentials: readerIn(stack), checks: [DataCheck.foreignKeys()] });
    new RestoreVerification(stack, 'Verification', {
      protection,
      metadata: [RestoreMetadata.databaseInstance({ instanceClass: 'db.t4g.large' })],
      alarmActions: { all: [new SnsAction(new Topic(stack, 'Topic'))] },
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs(MACHINE, 1);
    template.hasResourceProperties(SELECTION, {
      RestoreMetadataOverrides: {
        dbInstanceClass: 'db.t4g.large',
        dbSubnetGroupName: Match.anyValue(),
        vpcSecurityGroupIds: Match.anyValue(),
      },
    });
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: Match.stringLikeRegexp('^Topic') }] });
    expect(codesOf(stack)).not.toContain('alarmWithoutActions');
  });

  test('calls the function of a user, and passes its ARN on', () => {
    const stack = verified({
      checks: [
        DataCheck.custom(
          'mine',
          LambdaFunction.fromFunctionArn(stackIn(), 'F', 'arn:aws:lambda:ap-northeast-1:111122223333:function:mine'),
        ),
      ],
    });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'lambda:InvokeFunction',
            Resource: Match.arrayWith(['arn:aws:lambda:ap-northeast-1:111122223333:function:mine']),
          }),
        ]),
      },
    });
  });

  test('gives a verification that was taken out of the app back to the checks', () => {
    const stack = verified({ checks: [DataCheck.items()] }, {}, {});
    stack.node.tryRemoveChild('Verification');
    const template = Template.fromStack(stack);
    template.resourceCountIs(MACHINE, 1);
    expect(Object.keys(template.findResources(PLAN))).toEqual([expect.stringMatching(/^ProtectionRestoreVerification/)]);
  });
});

describe('copies in the recovery Region', () => {
  const props = { tier: RecoveryTier.IMPORTANT, recoveryRegion: OSAKA };

  function withCopies(protect: (stack: Stack, protection: Protection) => void): { app: App; stack: Stack; osaka: Stack } {
    const app = new App();
    const stack = stackIn(app);
    const protection = protectionIn(stack, props);
    protect(stack, protection);
    new RestoreVerification(stack, 'Verification', { protection, copies: RestoreTests.monthly() });
    app.synth();
    return { app, stack, osaka: app.node.children.find((child) => Stack.isStack(child) && child.region === OSAKA) as Stack };
  }

  test('are restored there, by ARN where that is plain text, and stand alone', () => {
    const { osaka } = withCopies((stack, protection) => {
      protection.protect(databaseIn(stack, 'Database', 'Orders'), { credentials: readerIn(stack), checks: [DataCheck.foreignKeys()] });
    });
    const template = Template.fromStack(osaka);
    template.hasResourceProperties(PLAN, { ScheduleExpression: 'cron(0 3 1 * ? *)' });
    expect(JSON.stringify(propertiesOf(template, SELECTION)[0]?.ProtectedResourceArns)).toContain(
      ':rds:ap-northeast-1:111122223333:db:orders',
    );
    expect(toldBy(template)).toMatchObject([
      { id: 'Orders/Database', arn: expect.stringContaining(':db:orders'), checks: [{ name: 'foreign keys' }] },
    ]);
    expect(JSON.stringify(template.toJSON())).not.toMatch(/Fn::ImportValue|ExportsOutput/);
  });

  test('count as verified, and the loss of the Region as tested', () => {
    const { stack } = withCopies((home, protection) => protection.protect(tableIn(home), { checks: [DataCheck.items()] }));
    const [table] = RecoveryRecord.of(stack).assess().resources;
    expect(table?.disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')?.test).toMatchObject({ checks: 1 });
    expect(table?.copies.unverified).toBe(1);
  });

  test('are known by their type where only deployment tells their names', () => {
    const { osaka } = withCopies((stack, protection) => protection.protect(tableIn(stack), { checks: [DataCheck.items()] }));
    const template = Template.fromStack(osaka);
    template.hasResourceProperties(SELECTION, { ProtectedResourceType: 'DynamoDB', ProtectedResourceArns: ['*'] });
    expect(toldBy(template)[0]).not.toHaveProperty('arn');
  });

  test('fails where nobody could tell them apart', () => {
    expect(() =>
      withCopies((stack, protection) => {
        protection.protect(tableIn(stack, 'One'), { checks: [DataCheck.items({ atLeast: 1 })] });
        protection.protect(tableIn(stack, 'Two'), { checks: [DataCheck.items({ atLeast: 2 })] });
      }),
    ).toThrow(/copies of 'Orders\/One' and 'Orders\/Two' are held to different checks.*CopiesNotToldApart/);
  });

  test('of equal checks, or with names, need not be told apart', () => {
    expect(() =>
      withCopies((stack, protection) => {
        protection.protect(tableIn(stack, 'One', 'one'), { checks: [DataCheck.items({ atLeast: 1 })] });
        protection.protect(tableIn(stack, 'Two'), { checks: [DataCheck.items({ atLeast: 2 })] });
      }),
    ).not.toThrow();
  });

  test('a secret of another Region is taken to have a replica of its name', () => {
    const stack = stackIn();
    const secret = Secret.fromSecretCompleteArn(stack, 'Else', 'arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/reader-abcdef');
    protectionIn(stack).protect(databaseIn(stack), {
      credentials: DatabaseCredentials.fromSecret(secret),
      checks: [DataCheck.foreignKeys()],
    });
    const template = Template.fromStack(stack);
    expect(toldBy(template)[0]?.database?.secretArn).toMatch(/:secret:orders\/reader/);
    expect(JSON.stringify(template.toJSON())).not.toContain('us-east-1');
  });

  test('fails where the secret is not known there', () => {
    expect(() =>
      withCopies((stack, protection) =>
        protection.protect(databaseIn(stack), {
          credentials: DatabaseCredentials.fromSecret(new Secret(stack, 'Unnamed')),
          checks: [DataCheck.foreignKeys()],
        }),
      ),
    ).toThrow(/give 'secretNameInRecoveryRegion'/);
  });

  test('in another account are tested there', () => {
    const app = new App();
    const stack = stackIn(app);
    const protection = protectionIn(stack, { recoveryRegion: OSAKA, recoveryAccount: '444455556666' });
    protection.protect(tableIn(stack, 'Table', 'orders'), { checks: [DataCheck.items()] });
    new RestoreVerification(stack, 'Verification', { protection, copies: RestoreTests.monthly() });
    app.synth();
    const there = app.node.children.find((child) => Stack.isStack(child) && child.account === '444455556666') as Stack;
    expect(there.region).toBe(OSAKA);
    expect(toldBy(Template.fromStack(there))[0]?.arn).toMatch(/:dynamodb:ap-northeast-1:111122223333:table\/orders$/);
  });

  test('in another vault of the Region are tested beside the others', () => {
    const stack = stackIn();
    const recoveryVault = new BackupVault(stack, 'Second', { backupVaultName: 'second' });
    const protection = protectionIn(stack, { recoveryVault });
    protection.protect(tableIn(stack), { checks: [DataCheck.items()] });
    new RestoreVerification(stack, 'Verification', { protection, copies: RestoreTests.monthly() });
    Template.fromStack(stack).resourceCountIs(PLAN, 2);
  });

  test('fails where only deployment tells the Region of the copies', () => {
    const stack = stackIn();
    const arn = new CfnParameter(stack, 'Arn').valueAsString;
    const protection = protectionIn(stack, { recoveryVault: BackupVault.fromBackupVaultArn(stack, 'Copies', arn) });
    protection.protect(tableIn(stack), { checks: [DataCheck.items()] });
    new RestoreVerification(stack, 'Verification', { protection, copies: RestoreTests.monthly() });
    expect(() => Template.fromStack(stack)).toThrow(/only known at deploy time.*NoCopiesToTest/);
  });

  test('leave out functions of the user that are elsewhere, and say so', () => {
    const { stack: home, osaka } = withCopies((stack, protection) => {
      const mine = LambdaFunction.fromFunctionArn(stack, 'F', 'arn:aws:lambda:ap-northeast-1:111122223333:function:mine');
      protection.protect(tableIn(stack), { checks: [DataCheck.items(), DataCheck.custom('mine', mine)] });
    });
    expect(toldBy(Template.fromStack(osaka))[0]?.checks).toMatchObject([{ name: 'items' }]);
    expect(codesOf(osaka)).toContain('checkNotElsewhere');
    const [table] = RecoveryRecord.of(home).assess().resources;
    expect(table?.disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')?.test).toMatchObject({ checks: 1 });
  });
});

describe('edges', () => {
  test('a thousand tables take two plans, for one has room for 900, and tell the workflow their type where names are too many', () => {
    const stack = stackIn();
    const protection = protectionIn(stack, { restoreTests: RestoreTests.monthly() });
    for (let n = 0; n < 1000; n++) {
      protection.protect(
        Table.fromTableArn(stack, `T${n}`, `arn:aws:dynamodb:ap-northeast-1:111122223333:table/a-table-with-a-long-name-${n}`),
      );
    }
    const template = Template.fromStack(stack, { skipCyclicalDependenciesCheck: true });
    template.resourceCountIs(PLAN, 2);
    template.resourceCountIs(SELECTION, 34);
    expect(toldBy(template)).toMatchObject([{ resourceType: 'DynamoDB', checks: [] }]);
  }, 60_000);

  test.each<[string, () => RestoreCheck[], string | undefined]>([
    ['checks', () => Array.from({ length: 600 }, (_, n) => DataCheck.rowCount(`orders_of_${n}`, { atLeast: 1 })), undefined],
    ['names of three bytes a letter', () => Array.from({ length: 200 }, (_, n) => DataCheck.sample([`${n}${'表'.repeat(60)}`])), undefined],
    ['certificates', () => [DataCheck.foreignKeys()], `-----BEGIN CERTIFICATE-----${'A'.repeat(30_000)}-----END CERTIFICATE-----`],
  ])('fails where %s of one resource leave no room for their results', (_case, checks, certificateAuthorities) => {
    const stack = stackIn();
    const secret = Secret.fromSecretNameV2(stack, 'Reader', 'orders/reader');
    const credentials = DatabaseCredentials.fromSecret(secret, { certificateAuthorities });
    protectionIn(stack).protect(databaseIn(stack), { credentials, checks: checks() });
    expect(() => Template.fromStack(stack)).toThrow(
      /checks of 'Orders\/Database' and how they log in need \d{5} bytes.*VerificationTooLarge/,
    );
  });

  test.each<[string, (stack: Stack) => IConstruct, object, string]>([
    ['an instance', databaseIn, { dbInstanceClass: 'db.t4g.small' }, 'dbClusterParameterGroupName'],
    [
      'a Multi-AZ cluster',
      (stack) => new CfnDBCluster(stack, 'Cluster', { engine: 'postgres', dbClusterInstanceClass: 'db.m5d.large' }),
      { dbClusterParameterGroupName: 'of-clusters' },
      'dbInstanceClass',
    ],
  ])('metadata of instances and of clusters of RDS may stand side by side, each for its own: %s', (_case, make, expected, other) => {
    for (const swapped of [false, true]) {
      const stack = stackIn();
      const metadata = [
        RestoreMetadata.databaseCluster({ parameterGroup: 'of-clusters' }),
        RestoreMetadata.databaseInstance({ instanceClass: 'db.t4g.small' }),
      ];
      const database = make(stack);
      const protection = protectionIn(stack);
      protection.protect(database);
      new RestoreVerification(stack, 'Verification', { protection, metadata: swapped ? metadata.reverse() : metadata });
      new RestoreTestingPlan(stack, 'Plan').select('All', [database], { metadata });
      const selections = propertiesOf(Template.fromStack(stack), SELECTION);
      expect(selections).toHaveLength(2);
      for (const { RestoreMetadataOverrides } of selections) {
        expect(RestoreMetadataOverrides).toMatchObject(expected);
        expect(RestoreMetadataOverrides).not.toHaveProperty(other);
      }
    }
  });

  test('takes 200 checks of one resource', () => {
    const stack = stackIn();
    const checks = Array.from({ length: 200 }, (_, n) => DataCheck.rowCount(`table_${n}`, { atLeast: 1 }));
    protectionIn(stack).protect(databaseIn(stack), { credentials: readerIn(stack), checks });
    expect(toldBy(Template.fromStack(stack))[0].checks).toHaveLength(200);
  });

  test('fails where checks are too many for a workflow', () => {
    const stack = stackIn();
    const many = Array.from({ length: 2500 }, (_, n) => DataCheck.items({ name: `${n}-${'x'.repeat(60)}` }));
    protectionIn(stack).protect(tableIn(stack), { checks: many });
    expect(() => Template.fromStack(stack)).toThrow(/VerificationTooLarge/);
  });

  test('a stack without an environment is verified, too', () => {
    const app = new App();
    const stack = stackIn(app, 'Anywhere', undefined);
    protectionIn(stack).protect(databaseIn(stack), { credentials: readerIn(stack), checks: [DataCheck.foreignKeys()] });
    expect(() => app.synth()).not.toThrow();
    expect(Template.fromStack(stack).findResources(CfnSubnet.CFN_RESOURCE_TYPE_NAME)).not.toEqual({});
  });

  test('a verification in another stack of the Region takes resources and vault from there', () => {
    const app = new App();
    const data = stackIn(app, 'Data');
    const protection = protectionIn(data);
    protection.protect(tableIn(data), { checks: [DataCheck.items()] });
    const tests = stackIn(app, 'Tests');
    new RestoreVerification(tests, 'Verification', { protection });
    app.synth();
    expect(toldBy(Template.fromStack(tests))).toMatchObject([{ id: 'Data/Table' }]);
    Template.fromStack(data).resourceCountIs(PLAN, 0);
  });

  test('two Protections in one stack, and stages of one app, have a verification each', () => {
    const app = new App();
    for (const id of ['Test', 'Prod']) {
      const stack = stackIn(new Stage(app, id));
      for (const tier of [RecoveryTier.IMPORTANT, RecoveryTier.STANDARD]) {
        new Protection(stack, tier.name, { tier }).protect(tableIn(stack, `${tier.name}Table`), { checks: [DataCheck.items()] });
      }
      const template = Template.fromStack(stack);
      template.resourceCountIs(MACHINE, 2);
      template.resourceCountIs(PLAN, 2);
    }
  });

  test('a nested stack is verified in itself, and its copies in the stack that those around it have', () => {
    const stack = stackIn();
    const nested = new NestedStack(stack, 'Nested');
    const protection = protectionIn(nested, { recoveryRegion: OSAKA });
    protection.protect(tableIn(nested, 'Table', 'orders'), { checks: [DataCheck.items()] });
    new RestoreVerification(nested, 'Verification', { protection, copies: RestoreTests.monthly() });
    Template.fromStack(nested).resourceCountIs(PLAN, 1);
    const assembly = (stack.node.root as App).synth();
    const afar = assembly.stacks.filter(({ environment }) => environment.region === OSAKA);
    expect(afar.map(({ stackName }) => stackName)).toEqual(['Orders-recovery-ap-northeast-3-from-ap-northeast-1']);
    expect(Object.values(afar[0].template.Resources).filter((one) => (one as { Type: string }).Type === PLAN)).toHaveLength(1);
  });

  test('what was taken out of the app is not tested', () => {
    const stack = stackIn();
    const protection = protectionIn(stack);
    protection.protect(tableIn(stack, 'Gone'), { checks: [DataCheck.items()] });
    protection.protect(tableIn(stack, 'Kept'), { checks: [DataCheck.items()] });
    stack.node.tryRemoveChild('Gone');
    expect(toldBy(Template.fromStack(stack)).map(({ id }) => id)).toEqual(['Orders/Kept']);
  });

  test('the second synth is the same to the byte', () => {
    const build = () => JSON.stringify(Template.fromStack(verified({ checks: [DataCheck.items({ atLeast: 1 })] })).toJSON());
    expect(build()).toBe(build());
  });
});
