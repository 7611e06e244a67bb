import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { App, Duration, NestedStack, Stack } from 'aws-cdk-lib/core';
import { RecoveryRecord } from '../../lib/core/private/record';
import { RecoveryTier } from '../../lib/core/recovery-tier';
import { Protection } from '../../lib/protection/protection';
import { ProtectionPlan } from '../../lib/protection/protection-plan';
import { ProtectionRule } from '../../lib/protection/protection-rule';
import { Selection } from '../../lib/protection/selection';

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
