import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role } from 'aws-cdk-lib/aws-iam';
import { App, Duration, type Stack } from 'aws-cdk-lib/core';
import {
  Approval,
  type DisasterRecoveryProps,
  RecoveryObjective,
  RecoveryStrategy,
  type RegionSwitchOptions,
  RegionSwitchPurpose,
} from '../../lib';
import { ACCOUNT, OSAKA, recoveryIn, recoveryStackOf, TOKYO, type TwoSites, twoSites } from './sites';

const PLAN = 'AWS::ARCRegionSwitch::Plan';

function switched(options: RegionSwitchOptions = {}, props: Partial<DisasterRecoveryProps> = {}): Template {
  const { recovery } = twoSites(props);
  recovery.regionSwitch(options);
  return Template.fromStack(recovery.node.findChild('RegionSwitch') as Stack);
}

/** The steps of the only workflow. */
function stepsOf(template: Template): readonly { readonly Name: string; readonly ExecutionBlockType: string }[] {
  const [plan] = Object.values(template.findResources(PLAN));
  return plan.Properties.Workflows[0].Steps;
}

describe('a plan for failovers', () => {
  let sites: TwoSites;
  let template: Template;

  beforeAll(() => {
    sites = twoSites({ objective: RecoveryObjective.of({ rpo: Duration.minutes(15), rto: Duration.hours(4) }) });
    sites.recovery.regionSwitch();
    template = Template.fromStack(sites.recovery.node.findChild('RegionSwitch') as Stack);
  });

  test('is in a stack of the recovery Region, between both Regions, with the time that is promised', () => {
    expect(sites.recovery.node.findChild('RegionSwitch')).toMatchObject({ region: OSAKA, stackName: 'Orders-region-switch' });
    template.hasResourceProperties(PLAN, {
      Name: 'Orders-failover',
      Regions: [TOKYO, OSAKA],
      PrimaryRegion: TOKYO,
      RecoveryApproach: 'activePassive',
      RecoveryTimeObjectiveMinutes: 240,
      Triggers: Match.absent(),
    });
  });

  test('keeps its logical id: a change replaces the plan and its history', () => {
    expect(Object.keys(template.findResources(PLAN))).toEqual(['Failover']);
  });

  test('asks a person, and then has the machine take the steps that it takes', () => {
    expect(stepsOf(template).map(({ Name }) => Name)).toEqual(['Approve', 'Fence', 'Promote', 'Scale', 'Verify', 'Switch']);
    const arn = (region: string) => ({
      Arn: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([`:lambda:${region}:${ACCOUNT}:function:Orders-recovery-switch`])] }),
    });
    template.hasResourceProperties(PLAN, {
      Workflows: [
        {
          WorkflowTargetAction: 'activate',
          WorkflowTargetRegion: Match.absent(),
          Steps: Match.arrayWith([
            Match.objectLike({
              Name: 'Fence',
              ExecutionBlockType: 'CustomActionLambda',
              ExecutionBlockConfiguration: {
                CustomActionLambdaConfig: {
                  Lambdas: [arn(TOKYO), arn(OSAKA)],
                  RegionToRun: 'activatingRegion',
                  RetryIntervalMinutes: 1,
                  TimeoutMinutes: 60,
                  Ungraceful: Match.absent(),
                },
              },
            }),
          ]),
        },
      ],
    });
  });

  test('has functions of these names at both sites, which may read the register, start the machine and look at the plan', () => {
    for (const site of sites.recovery.sites) {
      const stack = Template.fromStack(recoveryStackOf(site));
      stack.hasResourceProperties('AWS::Lambda::Function', {
        FunctionName: 'Orders-recovery-switch',
        Environment: {
          Variables: {
            RECOVERY_PLANS: '[{"name":"Orders-failover","kind":"failover","asks":true}]',
            RECOVERY_REGISTER: 'Orders-recovery-register',
          },
        },
      });
      const [own] = Object.entries(stack.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('RegionSwitchRole'));
      const statements: { Action: string | string[]; Resource: unknown }[] = own[1].Properties.PolicyDocument.Statement;
      expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
        'arc-region-switch:GetPlanExecution',
        'arc-region-switch:ListPlansInRegion',
        'dynamodb:GetItem',
        'kms:Decrypt',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'sqs:SendMessage',
        'states:DescribeExecution',
        'states:DescribeStateMachine',
        'states:StartExecution',
      ]);
      expect(statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action)).toEqual([
        'arc-region-switch:ListPlansInRegion',
      ]);
    }
  });

  test('refers to no stack, so that it deploys whatever is gone', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
    expect((sites.recovery.node.findChild('RegionSwitch') as Stack).dependencies).toEqual([]);
  });

  test('may call its functions and nothing else', () => {
    const [own] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('FailoverRole'));
    const statements: { Action: string | string[]; Resource: unknown }[] = own[1].Properties.PolicyDocument.Statement;
    expect(statements.flatMap(({ Action }) => Action)).toEqual([
      'lambda:GetFunction',
      'lambda:InvokeFunction',
      'iam:SimulatePrincipalPolicy',
      'arc-region-switch:GetPlan',
      'arc-region-switch:GetPlanExecution',
      'arc-region-switch:ListPlanExecutions',
    ]);
    expect(statements.filter(({ Resource }) => Resource === '*')).toEqual([]);
  });
});

test.each<[string, RegionSwitchOptions, Partial<DisasterRecoveryProps>]>([
  ['for a switchover', { purpose: RegionSwitchPurpose.SWITCHOVER }, {}],
  ['where the recovery asks nobody', {}, { approval: Approval.none() }],
])('nobody is asked %s', (_, options, props) => {
  const template = switched(options, props);
  expect(stepsOf(template).map(({ Name }) => Name)).toEqual(['Fence', 'Promote', 'Scale', 'Verify', 'Switch']);
});

test('approval is that of the role that is given, for as long as the recovery waits', () => {
  const { recovery } = twoSites({ approval: Approval.byPerson({ timeout: Duration.minutes(20) }) });
  const approvalRole = Role.fromRoleArn(recovery.primary._stack, 'OnCall', `arn:aws:iam::${ACCOUNT}:role/on-call`);
  recovery.regionSwitch({ approvalRole });
  const template = Template.fromStack(recovery.node.findChild('RegionSwitch') as Stack);
  expect(stepsOf(template)[0]).toMatchObject({
    ExecutionBlockConfiguration: { ExecutionApprovalConfig: { ApprovalRole: `arn:aws:iam::${ACCOUNT}:role/on-call`, TimeoutMinutes: 20 } },
  });
  template.resourceCountIs('AWS::IAM::Role', 1);
});

test('both purposes have a plan each, and one function that knows both', () => {
  const { recovery } = twoSites();
  recovery.regionSwitch();
  recovery.regionSwitch({ purpose: RegionSwitchPurpose.SWITCHOVER });
  const template = Template.fromStack(recovery.node.findChild('RegionSwitch') as Stack);
  expect(Object.keys(template.findResources(PLAN))).toEqual(['Failover', 'Switchover']);
  Template.fromStack(recoveryStackOf(recovery.recovery)).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { RECOVERY_PLANS: Match.stringLikeRegexp('"kind":"switchover"') } },
  });
});

test('an objective that is longer than a plan takes is left out of it', () => {
  const objective = RecoveryObjective.of({ rpo: Duration.days(1), rto: Duration.days(8) });
  switched({}, { objective }).hasResourceProperties(PLAN, { RecoveryTimeObjectiveMinutes: Match.absent() });
});

test.each<[string, RegionSwitchOptions, Partial<DisasterRecoveryProps>, RegExp]>([
  ['several sites that all serve', {}, { strategy: RecoveryStrategy.multiSite() }, /RegionSwitchNeedsStandby/],
  ['a name of 33 characters', { planName: 'x'.repeat(33) }, {}, /'planName' is 'x{33}'.*InvalidName/],
  ['half a minute for a step', { stepTimeout: Duration.seconds(30) }, {}, /InvalidStepTimeout/],
  ['a minute and a half for a step', { stepTimeout: Duration.seconds(90) }, {}, /InvalidStepTimeout/],
  ['more than a day for a step', { stepTimeout: Duration.minutes(1_441) }, {}, /InvalidStepTimeout/],
])('fails for %s', (_, options, props, message) => {
  expect(() => switched(options, props)).toThrow(message);
});

test.each([1, 1_440])('takes %d minutes for a step', (minutes) => {
  expect(() => switched({ stepTimeout: Duration.minutes(minutes), planName: 'x'.repeat(32) })).not.toThrow();
});

test('fails for two plans of one name', () => {
  const recovery = recoveryIn(new App());
  recovery.regionSwitch();
  expect(() => recovery.regionSwitch({ purpose: RegionSwitchPurpose.SWITCHOVER, planName: 'Orders-failover' })).toThrow(/NameTaken/);
});
