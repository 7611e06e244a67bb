import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { App, CfnParameter, Duration, NestedStack, Stack, Stage } from 'aws-cdk-lib/core';
import { RecoveryRecord } from '../../lib/core/private/record';
import { RecoveryTier } from '../../lib/core/recovery-tier';
import { Protection } from '../../lib/protection/protection';
import { ProtectionPlan } from '../../lib/protection/protection-plan';
import { ProtectionRule } from '../../lib/protection/protection-rule';
import { Selection } from '../../lib/protection/selection';
import { RecoveryVault } from '../../lib/vault/recovery-vault';

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

  test('fails when two stacks of one name would have one recovery stack', () => {
    const [tokyo, virginia] = inTokyoAndVirginia('orders') as [Stack, Stack];
    recover(tokyo);
    expect(() => recover(virginia)).toThrow(
      "the stack name 'orders-recovery-ap-northeast-3' is that of 'Orders-ap-northeast-1-recovery-ap-northeast-3' already, in ap-northeast-3 of account 111122223333",
    );
  });

  test('fails when two stages of different accounts would have one recovery stack in a third', () => {
    const app = new App();
    const [dev, prod] = ['111111111111', '222222222222'].map(
      (account) => new Stack(new Stage(app, `In${account}`, { env: { ...ENV, account } }), 'Orders', { stackName: 'orders' }),
    ) as [Stack, Stack];
    const options = { tier, recoveryRegion: 'ap-northeast-3', recoveryAccount: '333333333333' };
    new Protection(dev, 'Protection', options);
    expect(() => new Protection(prod, 'Protection', options)).toThrow(/NameTaken/);
  });

  test('do not collide for stacks of different names', () => {
    expect(() => inTokyoAndVirginia().forEach(recover)).not.toThrow();
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
    expect(one).toMatch(/^x+-[0-9a-f]{8}-recovery-ap-northeast-3$/);
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
