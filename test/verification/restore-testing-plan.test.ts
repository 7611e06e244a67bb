import { Match, Template } from 'aws-cdk-lib/assertions';
import { BackupVault } from 'aws-cdk-lib/aws-backup';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnCacheCluster } from 'aws-cdk-lib/aws-elasticache';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, CfnParameter, Duration, Size, Stack, Stage, TimeZone } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import {
  RecoveryPointSelection,
  RecoveryPointType,
  RecoveryVault,
  RestoredType,
  RestoreMetadata,
  RestoreTestingPlan,
  type RestoreTestingPlanProps,
  type RestoreTestingSelectionOptions,
  TagCondition,
  TestedResources,
} from '../../lib';

const PLAN = 'AWS::Backup::RestoreTestingPlan';
const SELECTION = 'AWS::Backup::RestoreTestingSelection';
const ENV = { account: '111122223333', region: 'ap-northeast-1' };

const tableIn = (stack: Stack, id = 'Table') => new TableV2(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
const buckets = (stack: Stack, count: number) => Array.from({ length: count }, (_, n) => new Bucket(stack, `Bucket${n}`));

function planIn(stack: Stack, props?: RestoreTestingPlanProps): Stack {
  new RestoreTestingPlan(stack, 'Plan', props).addSelection('Tables', { resources: TestedResources.ofType(RestoredType.DYNAMODB) });
  return stack;
}

function selectionIn(stack: Stack, options: RestoreTestingSelectionOptions): Stack {
  new RestoreTestingPlan(stack, 'Plan').addSelection('Selection', options);
  return stack;
}

describe('a plan with all defaults', () => {
  let template: Template;
  beforeAll(() => {
    template = Template.fromStack(planIn(new Stack(undefined, `Payments-${'x'.repeat(60)}`)));
  });

  test('restores the newest recovery point of any vault, daily, under a name that AWS Backup takes', () => {
    template.hasResourceProperties(PLAN, {
      RestoreTestingPlanName: Match.stringLikeRegexp('^[A-Za-z0-9_]{1,50}$'),
      ScheduleExpression: 'cron(0 5 * * ? *)',
      ScheduleExpressionTimezone: Match.absent(),
      StartWindowHours: 24,
      RecoveryPointSelection: {
        Algorithm: 'LATEST_WITHIN_WINDOW',
        IncludeVaults: ['*'],
        ExcludeVaults: Match.absent(),
        RecoveryPointTypes: ['SNAPSHOT', 'CONTINUOUS'],
        SelectionWindowDays: 30,
      },
    });
  });

  test('keep the logical ids of plan and selection: a change replaces them and loses the history', () => {
    expect(Object.keys(template.findResources(PLAN))).toEqual(['PlanDAF4E53A']);
    expect(Object.keys(template.findResources(SELECTION))).toEqual(['PlanTables4B047F8C']);
  });

  test('gives the selection a name, the role of the stack, and nothing that the user did not ask for', () => {
    template.hasResourceProperties(SELECTION, {
      RestoreTestingPlanName: { Ref: 'PlanDAF4E53A' },
      RestoreTestingSelectionName: Match.stringLikeRegexp('^[A-Za-z0-9_]{1,50}$'),
      ProtectedResourceType: 'DynamoDB',
      ProtectedResourceArns: ['*'],
      ProtectedResourceConditions: Match.absent(),
      RestoreMetadataOverrides: Match.absent(),
      ValidationWindowHours: Match.absent(),
      IamRoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RecoveryRestoreRole'), 'Arn'] },
    });
  });
});

test('takes everything that is given', () => {
  const stack = new Stack(new App(), 'Stack', { env: ENV });
  const [one, other] = ['One', 'Other'].map((id) => new BackupVault(stack, id));
  planIn(stack, {
    restoreTestingPlanName: 'Weekly_1',
    vaults: [one],
    excludedVaults: [other],
    recoveryPoints: RecoveryPointSelection.randomWithin(Duration.days(365), [RecoveryPointType.SNAPSHOT]),
    schedule: { weekDay: 'SUN', hour: '3', minute: '30' },
    timeZone: TimeZone.ASIA_TOKYO,
    startWindow: Duration.hours(168),
  });
  Template.fromStack(stack).hasResourceProperties(PLAN, {
    RestoreTestingPlanName: 'Weekly_1',
    ScheduleExpression: 'cron(30 3 ? * SUN *)',
    ScheduleExpressionTimezone: 'Asia/Tokyo',
    StartWindowHours: 168,
    RecoveryPointSelection: {
      Algorithm: 'RANDOM_WITHIN_WINDOW',
      IncludeVaults: [stack.resolve(one.backupVaultArn)],
      ExcludeVaults: [stack.resolve(other.backupVaultArn)],
      RecoveryPointTypes: ['SNAPSHOT'],
      SelectionWindowDays: 365,
    },
  });
});

test.each<[string, RestoreTestingPlanProps, RegExp]>([
  ['an empty vault list', { vaults: [] }, /list at least one vault \(NoVaults at 'Default\/Plan'\)/],
  ['an empty list of excluded vaults', { excludedVaults: [] }, /NoVaults/],
  [
    'a start window of an hour and a half',
    { startWindow: Duration.minutes(90) },
    /'startWindow' must be whole hours, got 1 hour 30 minutes/,
  ],
  ['a start window of no time', { startWindow: Duration.hours(0) }, /'startWindow' is 0 hours, but AWS Backup takes 1 to 168/],
  ['a start window beyond a week', { startWindow: Duration.hours(169) }, /RestoreTestWindowOutOfRange/],
  ['a name with a hyphen', { restoreTestingPlanName: 'weekly-test' }, /InvalidName/],
  ['a name of 51 characters', { restoreTestingPlanName: 'x'.repeat(51) }, /InvalidName/],
  ['a schedule that never runs', { schedule: { day: '31', month: '2' } }, /InvalidSchedule/],
])('fails for %s', (_case, props, message) => {
  expect(() => planIn(new Stack(), props)).toThrow(message);
});

test('takes 30 vaults, and fails for 31', () => {
  const vaults = (stack: Stack, count: number) => Array.from({ length: count }, (_, n) => new BackupVault(stack, `Vault${n}`));
  const stack = new Stack();
  expect(() => new RestoreTestingPlan(stack, 'Plan', { vaults: vaults(stack, 30) })).not.toThrow();
  const other = new Stack();
  expect(() => new RestoreTestingPlan(other, 'Plan', { vaults: vaults(other, 31) })).toThrow(/TooManyForRestoreTest/);
});

test('takes names and start windows at their limits', () => {
  expect(() => planIn(new Stack(), { restoreTestingPlanName: 'x'.repeat(50), startWindow: Duration.hours(1) })).not.toThrow();
});

test('fails for two plans of one name in one Region, and not in two', () => {
  const app = new App();
  const props = { restoreTestingPlanName: 'Weekly' };
  planIn(new Stack(app, 'One', { env: ENV }), props);
  expect(() => planIn(new Stack(app, 'Osaka', { env: { ...ENV, region: 'ap-northeast-3' } }), props)).not.toThrow();
  expect(() => planIn(new Stack(app, 'Two', { env: ENV }), props)).toThrow(/NameTaken/);
});

test('takes one name for two stages that stand for one deployment', () => {
  const app = new App();
  const props = { restoreTestingPlanName: 'Weekly' };
  planIn(new Stack(new Stage(app, 'Blue'), 'Stack', { env: ENV, stackName: 'Orders' }), props);
  expect(() => planIn(new Stack(new Stage(app, 'Green'), 'Stack', { env: ENV, stackName: 'Orders' }), props)).not.toThrow();
});

test('fails for a selection of recovery points without types', () => {
  expect(() => RecoveryPointSelection.latestWithin(Duration.days(1), [])).toThrow(/NoRecoveryPointTypes/);
});

test('fails at synth, not before, when nothing is selected, or all of it was taken out of the app', () => {
  const app = new App();
  const plan = new RestoreTestingPlan(new Stack(app, 'Stack'), 'Plan');
  expect(() => app.synth()).toThrow(/restores nothing: call addSelection\(\)/);
  plan.addSelection('Tables', { resources: TestedResources.ofType(RestoredType.DYNAMODB) });
  plan.node.tryRemoveChild('Tables');
  expect(() => app.synth({ force: true })).toThrow(/RestoresNothing/);
});

test('leaves windows that are known only at deploy time to AWS Backup', () => {
  const stack = new Stack();
  const hours = new CfnParameter(stack, 'Hours', { type: 'Number' }).valueAsNumber;
  new RestoreTestingPlan(stack, 'Plan', {
    startWindow: Duration.hours(hours),
    recoveryPoints: RecoveryPointSelection.latestWithin(Duration.days(hours)),
  }).addSelection('Tables', { resources: TestedResources.ofType(RestoredType.S3), validationWindow: Duration.hours(hours) });
  const template = Template.fromStack(stack);
  template.hasResourceProperties(PLAN, {
    StartWindowHours: { Ref: 'Hours' },
    RecoveryPointSelection: { SelectionWindowDays: { Ref: 'Hours' } },
  });
  template.hasResourceProperties(SELECTION, { ValidationWindowHours: { Ref: 'Hours' } });
});

test('property: a window of 1 to 365 days renders verbatim, any other is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 366 }), (days) => {
      const props = { recoveryPoints: RecoveryPointSelection.randomWithin(Duration.days(days)) };
      if (days < 1 || days > 365) {
        expect(() => planIn(new Stack(), props)).toThrow(/RestoreTestWindowOutOfRange/);
      } else {
        Template.fromStack(planIn(new Stack(), props)).hasResourceProperties(PLAN, {
          RecoveryPointSelection: { SelectionWindowDays: days },
        });
      }
    }),
    { numRuns: 12, examples: [[0], [1], [365], [366]] },
  );
});

test('names the vault of another Region of the app by its ARN, so that nothing refers across Regions', () => {
  const app = new App();
  const vault = new RecoveryVault(new Stack(app, 'Osaka', { env: { ...ENV, region: 'ap-northeast-3' } }), 'Vault', { vaultName: 'copies' });
  const stack = planIn(new Stack(app, 'Tokyo', { env: ENV }), { vaults: [vault] });
  const [plan] = Object.values(Template.fromStack(stack).findResources(PLAN));
  expect(JSON.stringify(plan.Properties.RecoveryPointSelection.IncludeVaults)).toContain(
    ':backup:ap-northeast-3:111122223333:backup-vault:copies',
  );
});

test('an import keeps its name and takes its environment from the ARN', () => {
  const restoreTestingPlanArn = 'arn:aws:backup:eu-west-1:111122223333:restore-testing-plan:Nightly-0b7f';
  const plan = RestoreTestingPlan.fromRestoreTestingPlanAttributes(new Stack(), 'Plan', {
    restoreTestingPlanName: 'Nightly',
    restoreTestingPlanArn,
  });
  expect([plan.restoreTestingPlanRef.restoreTestingPlanName, plan.restoreTestingPlanArn, plan.env.region]).toEqual([
    'Nightly',
    restoreTestingPlanArn,
    'eu-west-1',
  ]);
});

describe('a selection', () => {
  test('lists resources by ARN, each once', () => {
    const stack = new Stack();
    const table = tableIn(stack);
    selectionIn(stack, { resources: TestedResources.list(table, table), validationWindow: Duration.hours(1) });
    Template.fromStack(stack).hasResourceProperties(SELECTION, {
      ProtectedResourceType: 'DynamoDB',
      ProtectedResourceArns: [stack.resolve(table.tableArn)],
      ValidationWindowHours: 1,
    });
  });

  test('selects by tags of the newest recovery point', () => {
    const stack = selectionIn(new Stack(), {
      resources: TestedResources.tagged(RestoredType.EBS, TagCondition.equalTo('env', 'prod'), TagCondition.notEqualTo('test', 'no')),
    });
    Template.fromStack(stack).hasResourceProperties(SELECTION, {
      ProtectedResourceArns: ['*'],
      ProtectedResourceConditions: {
        StringEquals: [{ Key: 'aws:ResourceTag/env', Value: 'prod' }],
        StringNotEquals: [{ Key: 'aws:ResourceTag/test', Value: 'no' }],
      },
    });
  });

  test.each<[string, (stack: Stack) => RestoreTestingSelectionOptions, RegExp]>([
    ['no resource', () => ({ resources: TestedResources.list() }), /RestoresNothing/],
    ['no condition', () => ({ resources: TestedResources.tagged(RestoredType.S3) }), /RestoresNothing/],
    ['a pattern', () => ({ resources: TestedResources.tagged(RestoredType.S3, TagCondition.like('env', 'p*')) }), /PatternNotTestable/],
    [
      '31 conditions',
      () => ({
        resources: TestedResources.tagged(RestoredType.S3, ...Array.from({ length: 31 }, (_, n) => TagCondition.equalTo(`k${n}`, 'v'))),
      }),
      /'conditions' has 31 entries, but AWS Backup takes at most 30/,
    ],
    ['31 resources', (stack) => ({ resources: TestedResources.list(...buckets(stack, 31)) }), /'resources' has 31 entries/],
    ['two types', (stack) => ({ resources: TestedResources.list(tableIn(stack), new Bucket(stack, 'B')) }), /SeveralTypes/],
    [
      'what is never restored for a test',
      (stack) => ({
        resources: TestedResources.list(new CfnCacheCluster(stack, 'C', { cacheNodeType: 'x', engine: 'redis', numCacheNodes: 1 })),
      }),
      /TypeNotTestable|NotProtectable/,
    ],
    [
      'no hour for checks',
      () => ({ resources: TestedResources.ofType(RestoredType.S3), validationWindow: Duration.hours(0) }),
      /'validationWindow' is 0/,
    ],
    ['169 hours', () => ({ resources: TestedResources.ofType(RestoredType.S3), validationWindow: Duration.hours(169) }), /OutOfRange/],
    [
      'a name with a hyphen',
      () => ({ resources: TestedResources.ofType(RestoredType.S3), restoreTestingSelectionName: 'a-b' }),
      /InvalidName/,
    ],
    [
      'metadata of another type',
      () => ({ resources: TestedResources.ofType(RestoredType.S3), metadata: RestoreMetadata.databaseInstance({ multiAz: true }) }),
      /'metadata' is for RDS, but S3 is restored/,
    ],
  ])('fails for %s', (_case, options, message) => {
    const stack = new Stack();
    expect(() => selectionIn(stack, options(stack))).toThrow(message);
  });

  test('takes 30 resources, 30 conditions and 168 hours', () => {
    const stack = new Stack();
    const plan = new RestoreTestingPlan(stack, 'Plan');
    plan.addSelection('Listed', { resources: TestedResources.list(...buckets(stack, 30)), validationWindow: Duration.hours(168) });
    const conditions = Array.from({ length: 30 }, (_, n) => TagCondition.equalTo(`k${n}`, 'v'));
    expect(() => plan.addSelection('Tagged', { resources: TestedResources.tagged(RestoredType.S3, ...conditions) })).not.toThrow();
  });

  test('the 31st of a plan fails', () => {
    const plan = new RestoreTestingPlan(new Stack(), 'Plan');
    const add = (n: number) => plan.addSelection(`S${n}`, { resources: TestedResources.ofType(RestoredType.S3) });
    expect(() => Array.from({ length: 30 }, (_, n) => add(n))).not.toThrow();
    expect(() => add(30)).toThrow(/'selections' has 31 entries/);
  });

  test('has the role that it is given, and then the stack has none of ours', () => {
    const stack = new Stack();
    const restoreRole = new Role(stack, 'Mine', { assumedBy: new ServicePrincipal('backup.amazonaws.com') });
    selectionIn(stack, { resources: TestedResources.ofType(RestoredType.S3), restoreRole });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(SELECTION, { IamRoleArn: stack.resolve(restoreRole.roleArn) });
    template.resourceCountIs('AWS::IAM::Role', 1);
  });
});

describe('any number of resources of several types', () => {
  const sizes = (stack: Stack) =>
    Object.values(Template.fromStack(stack).findResources(SELECTION)).map(({ Properties }) => [
      Properties.ProtectedResourceType,
      Properties.ProtectedResourceArns.length,
    ]);

  test('are split by type and by 30', () => {
    const stack = new Stack();
    new RestoreTestingPlan(stack, 'Plan').select('All', [tableIn(stack), ...buckets(stack, 61)]);
    expect(sizes(stack)).toEqual([
      ['DynamoDB', 1],
      ['S3', 30],
      ['S3', 30],
      ['S3', 1],
    ]);
  });

  test('never move to another selection when more come', () => {
    const ids = (count: number) => {
      const stack = new Stack();
      new RestoreTestingPlan(stack, 'Plan').select('All', buckets(stack, count));
      return Object.keys(Template.fromStack(stack).findResources(SELECTION));
    };
    expect(ids(61).slice(0, 2)).toEqual(ids(60));
  });

  test('get the metadata of their type', () => {
    const stack = new Stack();
    const key = new Key(stack, 'Key');
    new RestoreTestingPlan(stack, 'Plan').select('All', [tableIn(stack), new Bucket(stack, 'Bucket')], {
      metadata: [RestoreMetadata.table({ encryptionKey: key })],
    });
    const overrides = Object.values(Template.fromStack(stack).findResources(SELECTION)).map(
      ({ Properties }) => Properties.RestoreMetadataOverrides,
    );
    expect(overrides).toEqual([{ encryptionType: 'KMS', kmsMasterKeyArn: stack.resolve(key.keyArn) }, undefined]);
  });

  test('fail where there are none', () => {
    expect(() => new RestoreTestingPlan(new Stack(), 'Plan').select('All', [])).toThrow(/RestoresNothing/);
  });
});

describe('restore metadata', () => {
  const stack = new Stack();
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
  const group = new SecurityGroup(stack, 'Group', { vpc });
  const subnetGroup = new CfnDBSubnetGroup(stack, 'Subnets', {
    dbSubnetGroupDescription: 'x',
    subnetIds: vpc.isolatedSubnets.map((s) => s.subnetId),
  });
  const key = new Key(stack, 'Key');
  const groupId = { 'Fn::GetAtt': ['Group77D35B2E', 'GroupId'] };
  const joined = (...parts: unknown[]) => ({ 'Fn::Join': ['', parts] });

  test.each<[string, RestoreMetadata, object | undefined]>([
    [
      'of an instance has lists as JSON text',
      RestoreMetadata.databaseInstance({
        subnetGroup,
        securityGroups: [group],
        multiAz: false,
        logExports: ['postgresql', 'upgrade'],
        port: 5433,
      }),
      {
        dbSubnetGroupName: { Ref: 'Subnets' },
        vpcSecurityGroupIds: joined('["', expect.objectContaining({}), '"]'),
        enableCloudwatchLogsExports: '["postgresql","upgrade"]',
        multiAz: 'false',
        port: '5433',
      },
    ],
    [
      'of a cluster',
      RestoreMetadata.databaseCluster({ subnetGroup, encryptionKey: key, engineVersion: '16.4', iamAuthentication: true }),
      {
        dbSubnetGroupName: { Ref: 'Subnets' },
        kmsKeyId: stack.resolve(key.keyArn),
        engineVersion: '16.4',
        enableIamDatabaseAuthentication: 'true',
      },
    ],
    ['of a table without a key is left out', RestoreMetadata.table({}), undefined],
    [
      'of a volume',
      RestoreMetadata.volume({ volumeType: 'gp3', volumeSize: Size.gibibytes(10), iops: 3000, throughput: 125, availabilityZone: 'x' }),
      { volumetype: 'gp3', volumesize: '10', iops: '3000', throughput: '125', availabilityZone: 'x' },
    ],
    ['of an instance without its profile', RestoreMetadata.instance({ keepInstanceProfile: false }), { iamInstanceProfileName: 'null' }],
    [
      'of an instance with its profile',
      RestoreMetadata.instance({ keepInstanceProfile: true, instanceType: 't4g.micro', requireImdsV2: true }),
      { iamInstanceProfileName: 'UseBackedUpValue', instanceType: 't4g.micro', requireImdsV2: 'true' },
    ],
    ['of a file system', RestoreMetadata.fileSystem({ performanceMode: 'generalPurpose' }), { performanceMode: 'generalPurpose' }],
    [
      'of a bucket',
      RestoreMetadata.bucket({ encryptionKey: key, restoreAcls: false }),
      { encryptionType: 'SSE-KMS', kmsKey: stack.resolve(key.keyArn), restoreACLs: 'false' },
    ],
    [
      'of a file server',
      RestoreMetadata.fileServer({ subnets: [vpc.publicSubnets[0]], activeDirectoryId: 'd-1' }),
      { subnetIds: joined('["', expect.objectContaining({}), '"]'), activeDirectoryId: 'd-1' },
    ],
  ])('%s', (_case, metadata, expected) => {
    expect(stack.resolve(metadata._render(stack))).toEqual(expected);
  });

  test('names the security group of a database', () => {
    expect(JSON.stringify(stack.resolve(RestoreMetadata.databaseInstance({ securityGroups: [group] })._render(stack)))).toContain(
      groupId['Fn::GetAtt'][1],
    );
  });

  test('fails for a file server without subnets', () => {
    expect(() => RestoreMetadata.fileServer({ subnets: [] })).toThrow(/NoSubnets/);
  });
});
