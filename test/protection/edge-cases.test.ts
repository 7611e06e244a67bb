import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { IBackupVaultRef } from 'aws-cdk-lib/aws-backup';
import { AttributeType, type CfnTable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { CfnVolume, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { Bucket, BucketNotificationDestinationType, CfnBucket, EventType, type IBucketNotificationDestination } from 'aws-cdk-lib/aws-s3';
import { App, CfnParameter, type CfnResource, Duration, NestedStack, Stack, Stage, Tags, TimeZone } from 'aws-cdk-lib/core';
import { CopyRule } from '../../lib/core/copy-rule';
import { RecoveryRecord } from '../../lib/core/private/record';
import { RecoveryObjective } from '../../lib/core/recovery-objective';
import { RecoveryTier } from '../../lib/core/recovery-tier';
import { RetentionPolicy } from '../../lib/core/retention-policy';
import { RetentionRung } from '../../lib/core/retention-rung';
import { Disruption } from '../../lib/model/disruption';
import { CopyAction } from '../../lib/protection/copy-action';
import { Protection } from '../../lib/protection/protection';
import type { ProtectionProps } from '../../lib/protection/protection-options';
import { ProtectionPlan } from '../../lib/protection/protection-plan';
import { ProtectionRule } from '../../lib/protection/protection-rule';
import { Selection } from '../../lib/protection/selection';
import { TagCondition } from '../../lib/protection/tag-condition';
import { ComplianceAcknowledgement } from '../../lib/vault/compliance-acknowledgement';
import { RecoveryVault } from '../../lib/vault/recovery-vault';
import { VaultKeyKind } from '../../lib/vault/vault-key-kind';
import { VaultLock } from '../../lib/vault/vault-lock';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const tier = RecoveryTier.STANDARD;

function stackOf(): Stack {
  return new Stack(new App(), 'Orders', { env: ENV });
}

function tableIn(stack: Stack, id = 'Table'): Table {
  return new Table(stack, id, { partitionKey: { name: 'id', type: AttributeType.STRING } });
}

function assessed(stack: Stack) {
  const { resources, coverage, findings } = RecoveryRecord.of(stack).assess();
  return {
    judged: resources.map(({ id }) => id),
    unprotected: coverage.unprotected.map(({ id }) => id),
    codes: findings.map(({ code }) => code),
  };
}

function selected(stack: Stack): unknown[] {
  const selections = Template.fromStack(stack).findResources('AWS::Backup::BackupSelection');
  return Object.values(selections).flatMap(({ Properties }) => Properties.BackupSelection.Resources);
}

describe('what is taken out of the app', () => {
  test('is neither selected nor reported as protected any more', () => {
    const stack = stackOf();
    const protection = new Protection(stack, 'Protection', { tier });
    protection.protect(tableIn(stack, 'Gone'));
    protection.protect(tableIn(stack, 'Kept'));
    stack.node.tryRemoveChild('Gone');
    expect(selected(stack)).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^Kept/), 'Arn'] }]);
    expect(assessed(stack).judged).toEqual(['Orders/Kept']);
  });

  test('may be replaced by another resource of the same id', () => {
    const stack = stackOf();
    const protection = new Protection(stack, 'Protection', { tier });
    protection.protect(tableIn(stack));
    stack.node.tryRemoveChild('Table');
    protection.protect(tableIn(stack));
    expect(selected(stack)).toHaveLength(1);
    expect(assessed(stack).judged).toEqual(['Orders/Table']);
  });

  test('takes its promise and its copies with it, whether it is a Protection, a plan or a selection', () => {
    const stack = stackOf();
    new Protection(stack, 'Protection', { tier }).protect(tableIn(stack, 'One'));
    const plan = new ProtectionPlan(stack, 'Plan', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(30) })] });
    plan.select('Two', Selection.resources(tableIn(stack, 'Two')));
    const other = new ProtectionPlan(stack, 'Other', { rules: [ProtectionRule.daily('Daily', { keep: Duration.days(30) })] });
    other.select('Three', Selection.resources(tableIn(stack, 'Three')));
    stack.node.tryRemoveChild('Protection');
    stack.node.tryRemoveChild('Plan');
    other.node.tryRemoveChild('Three');
    expect(assessed(stack)).toMatchObject({ judged: [], unprotected: ['Orders/One', 'Orders/Three', 'Orders/Two'] });
  });

  test('fails when it leaves an empty list behind, which would select everything', () => {
    const stack = stackOf();
    new Protection(stack, 'Protection', { tier }).protect(tableIn(stack));
    stack.node.tryRemoveChild('Table');
    expect(() => Template.fromStack(stack)).toThrow(/EmptySelection at 'Orders\/Protection/);
  });
});

test('a plan in a nested stack takes the vault of the stack around it as a parameter, so that the vault exists first', () => {
  const stack = stackOf();
  const nested = new NestedStack(stack, 'Nested');
  const protection = new Protection(nested, 'Protection', { tier });
  protection.protect(tableIn(nested));
  const rules = Object.values(Template.fromStack(nested).findResources('AWS::Backup::BackupPlan'))[0]?.Properties.BackupPlan.BackupPlanRule;
  const parameter = rules[0].TargetBackupVault.Ref;
  Template.fromStack(stack).hasResourceProperties('AWS::CloudFormation::Stack', {
    Parameters: { [parameter]: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SharedRecoveryVault'), 'BackupVaultName'] } },
  });
});

describe('names that exist once', () => {
  const inTokyoAndVirginia = (stackName?: string) => {
    const app = new App();
    return ['ap-northeast-1', 'us-east-1'].map((region) => new Stack(app, `Orders-${region}`, { env: { ...ENV, region }, stackName }));
  };
  const recover = (stack: Stack) => new Protection(stack, 'Protection', { tier, recoveryRegion: 'ap-northeast-3' });

  test('fails when two stacks of one name would have one mirror', () => {
    const [tokyo, virginia] = inTokyoAndVirginia('orders') as [Stack, Stack];
    recover(tokyo);
    expect(() => recover(virginia)).toThrow(
      "the vault name 'orders-recovery' is that of 'Orders-ap-northeast-1-recovery-ap-northeast-3/orders-recovery' already, in ap-northeast-3 of account 111122223333",
    );
  });

  test('fails when two stages of different accounts would have one mirror in a third', () => {
    const app = new App();
    const [dev, prod] = ['111111111111', '222222222222'].map(
      (account) => new Stack(new Stage(app, `In${account}`, { env: { ...ENV, account } }), 'Orders', { stackName: 'orders' }),
    ) as [Stack, Stack];
    const options = { tier, recoveryRegion: 'ap-northeast-3', recoveryAccount: '333333333333' };
    new Protection(dev, 'Protection', options);
    expect(() => new Protection(prod, 'Protection', options)).toThrow(
      /stacks of one name, give one stack another 'stackName', or .* hand it over as 'recoveryVault'.*NameTaken/,
    );
  });

  test('do not collide for stacks of different names', () => {
    expect(() => inTokyoAndVirginia().forEach(recover)).not.toThrow();
  });

  test('may be the same where two stages stand for one deployment', () => {
    const app = new App();
    const stacks = ['One', 'Other'].map((id) => new Stack(new Stage(app, id, { env: ENV }), 'Orders', { stackName: 'orders' }));
    expect(() => stacks.forEach(recover)).not.toThrow();
  });

  test('fails when two vaults of an account and Region have one name', () => {
    const stack = stackOf();
    new RecoveryVault(stack, 'One', { vaultName: 'Orders-recovery' });
    expect(() => RecoveryVault.shared(stack)).toThrow(/'Orders-recovery' is that of 'Orders\/One' already.*NameTaken/);
  });

  test('are shortened where the name of the recovery stack would be too long', () => {
    const [one, other] = ['a', 'b'].map((end) => {
      const stack = new Stack(new App(), 'Orders', { env: ENV, stackName: `${'x'.repeat(127)}${end}` });
      return Stack.of(recover(stack).recoveryVault!).stackName;
    }) as [string, string];
    expect(one).toMatch(/^x+-[0-9a-f]{8}-recovery-ap-northeast-3-from-ap-northeast-1$/);
    expect(one).toHaveLength(128);
    expect(one).not.toBe(other);
  });

  test('fails when something else has the id of the recovery stack', () => {
    const app = new App();
    new Stack(app, 'Orders-recovery-ap-northeast-3', { env: { ...ENV, region: 'us-east-1' } });
    expect(() => recover(new Stack(app, 'Orders', { env: ENV }))).toThrow(/is no stack of ap-northeast-3.*NameTaken/);
  });
});

describe('a recovery Region or account', () => {
  test.each([
    ['', undefined, 'InvalidEnvironment'],
    ['Osaka!', undefined, 'InvalidEnvironment'],
    ['ap-northeast-3', '', 'InvalidEnvironment'],
    ['ap-northeast-3', '1234', 'InvalidEnvironment'],
    [undefined, '1234', 'InvalidEnvironment'],
  ])('fails as %p and %p', (recoveryRegion, recoveryAccount, code) => {
    expect(() => new Protection(stackOf(), 'Protection', { tier, recoveryRegion, recoveryAccount })).toThrow(code);
  });

  test('fails as an account that is only known at deploy time', () => {
    const stack = stackOf();
    const recoveryAccount = new CfnParameter(stack, 'Account').valueAsString;
    expect(() => new Protection(stack, 'Protection', { tier, recoveryRegion: 'ap-northeast-3', recoveryAccount })).toThrow(
      /AccountUnknown/,
    );
  });
});

describe('values that mean nothing', () => {
  const plain = RecoveryObjective.of({ rpo: Duration.hours(24), rto: Duration.hours(24) });
  const token = (stack: Stack) => new CfnParameter(stack, 'Token', { type: 'Number' }).valueAsNumber;
  const keep = Duration.days(30);

  test.each<[string, string, string, (stack: Stack) => Partial<ProtectionProps>]>([
    ['an hour after the last', 'InvalidSchedule', "'hour'", () => ({ hour: 24 })],
    ['an hour before the first', 'InvalidSchedule', "'hour'", () => ({ hour: -1 })],
    ['a fraction of an hour', 'InvalidSchedule', "'hour'", () => ({ hour: 2.5 })],
    ['an hour that is a token', 'InvalidSchedule', "'hour'", (stack) => ({ hour: token(stack) })],
    ['a time zone that nobody knows', 'InvalidSchedule', "'timeZone'", () => ({ timeZone: TimeZone.of('Mars/Olympus') })],
    [
      'a time zone that is a token',
      'InvalidSchedule',
      "'timeZone'",
      (stack) => ({ timeZone: TimeZone.of(new CfnParameter(stack, 'Zone').valueAsString) }),
    ],
    ['a rhythm faster than hourly', 'InvalidSchedule', "'recoveryPointsEvery'", () => ({ recoveryPointsEvery: Duration.minutes(59) })],
    [
      'a rung at no hour',
      'InvalidSchedule',
      "rung 'Daily'",
      () => ({ retention: RetentionPolicy.of(RetentionRung.daily(keep, { hour: 99 })) }),
    ],
    [
      'a rung of several hours at no hour',
      'InvalidSchedule',
      "rung 'Every6Hours'",
      () => ({ retention: RetentionPolicy.of(RetentionRung.everyHours(6, keep, { hour: 24 })) }),
    ],
    [
      'an RPO that is no number',
      'DurationUnknown',
      "'rpo'",
      () => ({ objective: RecoveryObjective.of({ rpo: Duration.hours(Number.NaN), rto: keep }) }),
    ],
    [
      'an RTO without end',
      'DurationUnknown',
      "'rto'",
      () => ({ objective: RecoveryObjective.of({ rpo: keep, rto: Duration.days(Number.POSITIVE_INFINITY) }) }),
    ],
    [
      'a tier whose RPO is a token',
      'DurationUnknown',
      "'rpo'",
      (stack) => ({
        tier: RecoveryTier.custom('own', { objective: RecoveryObjective.of({ rpo: Duration.minutes(token(stack)), rto: keep }) }),
      }),
    ],
    ['a negative count of copies', 'InvalidCopyRule', "'copies'", () => ({ copyRule: CopyRule.atLeast({ copies: -1 }) })],
    ['half a copy', 'InvalidCopyRule', "'offSite'", () => ({ copyRule: CopyRule.atLeast({ offSite: 0.5 }) })],
    ['a count that is no number', 'InvalidCopyRule', "'immutable'", () => ({ copyRule: CopyRule.atLeast({ immutable: Number.NaN }) })],
  ])('fails for %s', (_what, code, prop, props) => {
    const stack = stackOf();
    const own = props(stack);
    const make = () => new Protection(stack, 'Protection', { ...(own.tier ? {} : { objective: plain }), ...own });
    expect(make).toThrow(new RegExp(`^${prop}.*\\(${code} at 'Orders/Protection'\\)$`));
  });

  test.each<[string, RegExp, (stack: Stack) => IBackupVaultRef]>([
    [
      'a vault of another Region',
      /'vault' of rule '.*' is 'orders' of ap-northeast-3.*give it as 'recoveryVault'.*VaultElsewhere/,
      (stack) => RecoveryVault.fromVaultArn(stack, 'Far', 'arn:aws:backup:ap-northeast-3:111122223333:backup-vault:orders'),
    ],
    [
      'a vault whose lock is shorter than a rung of the retention',
      /'retention' of the derived rule '.*' is \d+ days, but vault.*accepts at most 40 days.*RetentionOutsideLock/,
      (stack) =>
        new RecoveryVault(stack, 'Locked', {
          lock: VaultLock.governance({ minRetention: Duration.days(7), maxRetention: Duration.days(40) }),
        }),
    ],
  ])('fails in the words of the Protection for %s', (_what, message, vault) => {
    const stack = stackOf();
    const protection = new Protection(stack, 'Protection', { tier, vault: vault(stack) });
    expect(() => protection.protect(tableIn(stack))).toThrow(message);
  });

  test.each([
    '',
    'orders',
    'arn:aws:s3:::orders',
    'arn:aws:backup:ap-northeast-3:111122223333:backup-plan:orders',
    'arn:aws:backup:ap-northeast-3:111122223333:backup-vault:*',
  ])('fails for a copy to %p, which is the ARN of no vault', (arn) => {
    const rule = ProtectionRule.daily('Daily', { keep, copies: [CopyAction.toVaultArn(arn)] });
    expect(() => new ProtectionPlan(stackOf(), 'Plan', { rules: [rule] })).toThrow(/^'copies' is.*InvalidVaultArn/);
  });

  test('is not what numbers of a rule are that are only known at deploy time', () => {
    const stack = stackOf();
    const rule = ProtectionRule.daily('Daily', { keep, hour: token(stack) });
    new ProtectionPlan(stack, 'Plan', { rules: [rule] }).select('Table', Selection.resources(tableIn(stack)));
    Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupPlan', {
      BackupPlan: { BackupPlanRule: [{ ScheduleExpression: { 'Fn::Join': ['', ['cron(0 ', { Ref: 'Token' }, ' * * ? *)']] } }] },
    });
    expect(assessed(stack).codes).toContain('RuleUnknown');
  });
});

describe('safety is not claimed', () => {
  const verdictOf = (stack: Stack, disruption: Disruption) =>
    RecoveryRecord.of(stack)
      .assess()
      .resources[0]?.disruptions.find((verdict) => verdict.disruption === disruption);

  test('by backups beside the data, when the Region of both is lost, whatever its name', () => {
    const stack = new Stack(new App(), 'Orders');
    new Protection(stack, 'Protection', { tier, survives: [Disruption.REGION_LOSS], copyRule: CopyRule.THREE_TWO_ONE }).protect(
      tableIn(stack),
    );
    expect(verdictOf(stack, Disruption.REGION_LOSS)).toMatchObject({ outcome: 'broken', mechanism: undefined });
    expect(assessed(stack).codes).toEqual(expect.arrayContaining(['NothingSurvives', 'NoCopyOffSite']));
  });

  test('by anything but the copies elsewhere, when the Region of the data is not known', () => {
    const stack = new Stack(new App(), 'Orders');
    new Protection(stack, 'Protection', { tier, recoveryRegion: 'ap-northeast-3' }).protect(tableIn(stack));
    expect(verdictOf(stack, Disruption.REGION_LOSS)).toMatchObject({ outcome: 'unknown', copy: 'Orders-recovery in ap-northeast-3' });
  });

  test('by copies to another account that an AWS managed key keeps from being made', () => {
    const copiesOf = (kmsKeyId?: string) => {
      const stack = stackOf();
      const volume = new CfnVolume(stack, 'Volume', { availabilityZone: 'ap-northeast-1a', size: 10, encrypted: true, kmsKeyId });
      new Protection(stack, 'Protection', { tier, recoveryRegion: 'ap-northeast-3', recoveryAccount: '999988887777' }).protect(volume);
      return { outcome: verdictOf(stack, Disruption.REGION_LOSS)?.outcome, codes: assessed(stack).codes };
    };
    expect(copiesOf()).toEqual({
      outcome: 'broken',
      codes: expect.arrayContaining(['NothingSurvives', 'ImpossibleCopy', 'SourceNeedsCustomerKey']),
    });
    expect(copiesOf('arn:aws:kms:ap-northeast-1:111122223333:key/own').outcome).toBe('expected');
  });

  test.each([
    ['the key of AWS Backup', undefined, 'broken'],
    ['a customer managed key', 'arn:aws:kms:ap-northeast-3:111122223333:key/own', 'expected'],
  ])('by copies to a vault of another Region under %s, unless it takes them', (_key, encryptionKeyArn, outcome) => {
    const stack = stackOf();
    const recoveryVault = RecoveryVault.fromVaultAttributes(stack, 'Vault', {
      backupVaultArn: 'arn:aws:backup:ap-northeast-3:111122223333:backup-vault:orders',
      encryptionKeyArn,
      key: encryptionKeyArn === undefined ? VaultKeyKind.SERVICE_MANAGED : undefined,
    });
    const volume = new CfnVolume(stack, 'Volume', { availabilityZone: 'ap-northeast-1a', size: 10 });
    new Protection(stack, 'Protection', { tier, recoveryVault }).protect(volume);
    expect(verdictOf(stack, Disruption.REGION_LOSS)?.outcome).toBe(outcome);
  });
});

describe('settings that are taken out of the template', () => {
  test('are not counted, whatever the construct says', () => {
    const stack = stackOf();
    const table = new Table(stack, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    new Protection(stack, 'Protection', { tier }).protect(table);
    (table.node.defaultChild as CfnTable).addPropertyDeletionOverride('PointInTimeRecoverySpecification');
    const [judged] = RecoveryRecord.of(stack).assess().resources;
    expect(judged?.copies.places.map(({ copy }) => copy)).not.toContain('point-in-time-recovery');
  });

  test('fails for a bucket that loses its versions by it', () => {
    const stack = stackOf();
    const bucket = new CfnBucket(stack, 'Bucket', { versioningConfiguration: { status: 'Enabled' } });
    new Protection(stack, 'Protection', { tier }).protect(bucket);
    bucket.addPropertyDeletionOverride('VersioningConfiguration.Status');
    expect(assessed(stack).codes).toContain('BucketNotVersioned');
  });
});

describe('what would select or back up nothing, or too much', () => {
  test.each([
    ['', 'InvalidArn'],
    ['orders', 'InvalidArn'],
    ['arn:*', 'InvalidArn'],
    ['arn:aws:s3:::', 'InvalidArn'],
    ['arn:aws:*:*:*:*', 'UnfilteredSelection'],
    ['arn:aws:dynamodb:us-east-1:111122223333:table/orders', 'ResourceElsewhere'],
    ['arn:aws:dynamodb:ap-northeast-1:999988887777:table/orders', 'ResourceElsewhere'],
  ])('fails for the ARN %p', (arn, code) => {
    const plan = new ProtectionPlan(stackOf(), 'Plan');
    expect(() => plan.select('Listed', Selection.arns(arn))).toThrow(code);
  });

  test.each(['arn:aws:dynamodb:*:*:table/*', 'arn:aws:s3:::orders-*', 'arn:aws:dynamodb:ap-northeast-1:111122223333:table/orders'])(
    'takes the ARN %p',
    (arn) => {
      const plan = new ProtectionPlan(stackOf(), 'Plan');
      expect(() => plan.select('Listed', Selection.arns(arn))).not.toThrow();
    },
  );

  test('fails for conditions that no resource meets', () => {
    const plan = new ProtectionPlan(stackOf(), 'Plan');
    const conditions = [TagCondition.equalTo('env', 'prod'), TagCondition.equalTo('env', 'test')];
    expect(() => plan.select('All', Selection.allOf(...conditions))).toThrow(/^'allOf' wants tag 'env'.*EmptySelection/);
    expect(() => plan.select('Any', Selection.anyOf(...conditions))).not.toThrow();
  });

  test.each(['cron(0 0 30 2 ? *)', 'cron(0 0 1 1 ? 2020)'])('fails for a schedule that never runs: %s', (expression) => {
    const rule = new ProtectionRule('Never', { keepForever: true, schedule: Schedule.expression(expression) });
    expect(() => new ProtectionPlan(stackOf(), 'Plan', { rules: [rule] })).toThrow(/never runs any more.*InvalidSchedule/);
  });
});

test('copies that the lock of their vault keeps too short for cold storage stay warm', () => {
  const stack = stackOf();
  const vault = new RecoveryVault(stack, 'Vault');
  vault.mirrorIn('ap-northeast-3', { lock: VaultLock.governance({ minRetention: Duration.days(7), maxRetention: Duration.days(100) }) });
  new Protection(stack, 'Protection', { tier, vault, recoveryRegion: 'ap-northeast-3' }).protect(tableIn(stack));
  const [plan] = Object.values(Template.fromStack(stack).findResources('AWS::Backup::BackupPlan'));
  const monthly = plan?.Properties.BackupPlan.BackupPlanRule.find(({ RuleName }: { RuleName: string }) => RuleName === 'Monthly');
  expect(monthly.Lifecycle.MoveToColdStorageAfterDays).toBe(30);
  expect(monthly.CopyActions[0].Lifecycle).toEqual({ DeleteAfterDays: 100 });
});

test('recovery points between the rungs are kept until the next one is sure to be there', () => {
  const stack = stackOf();
  new Protection(stack, 'Protection', { tier, survives: [], retention: RetentionPolicy.of() }).protect(tableIn(stack));
  Template.fromStack(stack).hasResourceProperties('AWS::Backup::BackupPlan', {
    BackupPlan: { BackupPlanRule: [Match.objectLike({ RuleName: 'Weekly', Lifecycle: { DeleteAfterDays: 8 } })] },
  });
});

describe('warns', () => {
  const warningsOf = (stack: Stack) =>
    Annotations.fromStack(stack)
      .findWarning('*', Match.anyValue())
      .map(({ id, entry }) => `${id} ${entry.data}`);

  test('of a Protection that protects nothing', () => {
    const stack = stackOf();
    new Protection(stack, 'Protection', { tier });
    expect(warningsOf(stack)).toEqual([expect.stringMatching(/^\/Orders\/Protection protects nothing/)]);
  });

  test('of properties of plans and vaults that are overridden behind its back, but not of tags', () => {
    const stack = stackOf();
    const vault = new RecoveryVault(stack, 'Vault', { lock: VaultLock.governance({ minRetention: Duration.days(1) }) });
    const plan = new ProtectionPlan(stack, 'Plan', { vault, rules: [ProtectionRule.daily('Daily', { keep: Duration.days(30) })] });
    plan.select('Table', Selection.resources(tableIn(stack)));
    (vault.node.defaultChild as CfnResource).addPropertyDeletionOverride('LockConfiguration');
    (vault.node.defaultChild as CfnResource).addPropertyOverride('BackupVaultTags.team', 'orders');
    (plan.node.defaultChild as CfnResource).addPropertyOverride('BackupPlan.BackupPlanRule.0.ScheduleExpression', 'cron(0 0 1 1 ? *)');
    expect(warningsOf(stack)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^\/Orders\/Vault 'LockConfiguration' of the template is overridden/),
        expect.stringMatching(/^\/Orders\/Plan 'BackupPlan' of the template is overridden/),
      ]),
    );
  });
});

test('rules that have to survive a compromised account run often enough where the vault itself survives it', () => {
  const stack = stackOf();
  const lock = VaultLock.compliance({
    minRetention: Duration.days(1),
    maxRetention: Duration.days(3660),
    changeableFor: Duration.days(3),
    acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
  });
  const vault = new RecoveryVault(stack, 'Vault', { lock });
  new Protection(stack, 'Protection', { tier, vault, survives: [Disruption.ACCOUNT_COMPROMISE] }).protect(tableIn(stack));
  expect(() => Template.fromStack(stack)).not.toThrow();
});

test('copies in another account do not survive with a key of the account of the data', () => {
  const verdictWith = (keyAccount: string) => {
    const stack = stackOf();
    const recoveryVault = RecoveryVault.fromVaultAttributes(stack, 'Vault', {
      backupVaultArn: 'arn:aws:backup:ap-northeast-1:999988887777:backup-vault:orders',
      encryptionKeyArn: `arn:aws:kms:ap-northeast-1:${keyAccount}:key/own`,
    });
    new Protection(stack, 'Protection', { tier, recoveryVault, survives: [Disruption.ACCOUNT_COMPROMISE] }).protect(tableIn(stack));
    return assessed(stack).codes.includes('NothingSurvives');
  };
  expect([verdictWith('111122223333'), verdictWith('999988887777')]).toEqual([true, false]);
});

test('what a table does by itself is told once, however many plans protect it', () => {
  const stack = stackOf();
  const table = tableIn(stack);
  new Protection(stack, 'One', { tier }).protect(table);
  new Protection(stack, 'Two', { tier, vault: new RecoveryVault(stack, 'Vault') }).protect(table);
  const [judged] = RecoveryRecord.of(stack).assess().resources;
  expect(judged?.copies.places.filter(({ copy }) => copy === 'point-in-time-recovery')).toHaveLength(1);
});

describe('what cannot be seen is not taken for granted', () => {
  const zoneOf = (readers: number) => {
    const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
    const cluster = new DatabaseCluster(stack, 'Cluster', {
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_4 }),
      vpc: new Vpc(stack, 'Network', { restrictDefaultSecurityGroup: false }),
      writer: ClusterInstance.serverlessV2('writer'),
      readers: Array.from({ length: readers }, (_, index) => ClusterInstance.serverlessV2(`reader${index}`)),
    });
    new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD }).protect(cluster);
    const [{ disruptions }] = RecoveryRecord.of(stack).assess().resources;
    const verdict = disruptions.find(({ disruption }) => disruption === Disruption.ZONE_LOSS);
    return [verdict?.outcome, verdict?.mechanism, verdict?.rto?.ms];
  };

  test('a cluster with one instance is expected to come back, and slower than one with a reader', () => {
    expect(zoneOf(0)).toEqual(['expected', expect.stringContaining('a new instance instead of the only one'), 600_000]);
    expect(zoneOf(1)).toEqual(['expected', 'storage in several zones, 2 instances', 120_000]);
  });

  test.each<[string, (bucket: Bucket) => void, string[]]>([
    ['no notification: AWS Backup turns events on itself', () => undefined, []],
    ['notifications with EventBridge', (bucket) => bucket.enableEventBridgeNotification(), []],
    [
      'notifications without',
      (bucket) => bucket.addEventNotification(EventType.OBJECT_CREATED, new QueueTarget()),
      ['BucketWithoutEvents'],
    ],
  ])('a bucket that is selected by its tag and has %s', (_, notify, codes) => {
    const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
    const bucket = new Bucket(stack, 'Bucket', { versioned: true });
    notify(bucket);
    Tags.of(bucket).add('backup', 'yes');
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT });
    protection.protectSelection('Tagged', Selection.allOf(TagCondition.equalTo('backup', 'yes')));
    (stack.node.root as App).synth();
    const found = RecoveryRecord.of(stack)
      .assess()
      .findings.map(({ code }) => code);
    expect(found.filter((code) => code === 'BucketWithoutEvents')).toEqual(codes);
  });

  test('an imported bucket is only expected to be ready for continuous backup', () => {
    const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
    new Protection(stack, 'Protection', { tier: RecoveryTier.IMPORTANT }).protect(Bucket.fromBucketName(stack, 'Theirs', 'theirs'));
    const [{ disruptions }] = RecoveryRecord.of(stack).assess().resources;
    expect(disruptions[0].rpo?.terms.map(({ basis }) => basis)).toEqual(['estimated']);
  });

  test('a selection by tag that meets nothing of the app is told, with the tag', () => {
    const stack = new Stack(new App(), 'Orders', { env: { account: '111122223333', region: 'ap-northeast-1' } });
    Tags.of(new Bucket(stack, 'Bucket', { versioned: true })).add('env', 'prod');
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.LOW });
    protection.protectSelection('Mistyped', Selection.allOf(TagCondition.equalTo('Env', 'prod')));
    protection.protectSelection('Right', Selection.allOf(TagCondition.equalTo('env', 'prod')));
    (stack.node.root as App).synth();
    const found = RecoveryRecord.of(stack)
      .assess()
      .findings.filter(({ code }) => code === 'SelectionFindsNothing');
    expect(found.map(({ at, message }) => [at, message])).toEqual([
      ['Orders/Protection/Mistyped/Selected', expect.stringContaining("tag 'Env' meet no resource of this app")],
    ]);
  });

  test('fails for what is no construct at all', () => {
    const stack = new Stack(new App(), 'Orders');
    const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.LOW });
    expect(() => protection.protect(undefined as never)).toThrow(/'undefined' is no construct that can be protected.*NotProtectable/);
  });
});

class QueueTarget implements IBucketNotificationDestination {
  public bind() {
    return { arn: 'arn:aws:sqs:ap-northeast-1:111122223333:queue', type: BucketNotificationDestinationType.QUEUE };
  }
}
