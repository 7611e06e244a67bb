import { CfnPlan } from 'aws-cdk-lib/aws-arcregionswitch';
import { AccountRootPrincipal, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { claimName } from '../../core/private/claimed-names';
import { descriptionOf } from '../../core/private/descriptions';
import { ConfigurationError } from '../../core/private/errors';
import { requireMs } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkName } from '../../model/limits/names';
import { namesOf, servesEverywhere } from '../../model/recovery';
import { APPROVE_STEP, SWITCH_STEPS, type SwitchPlan } from '../../model/recovery/region-switch';
import { DAY, MINUTE } from '../../model/time';
import type { DisasterRecovery } from '../disaster-recovery';
import type { RegionSwitchOptions } from '../region-switch-options';
import { RegionSwitchPurpose } from '../region-switch-purpose';
import { claimStack } from './claim-stack';
import { permitOnPlan, switchStepAt } from './switch-step';

const WORDS: Readonly<Record<RegionSwitchPurpose, SwitchPlan['kind']>> = {
  [RegionSwitchPurpose.FAILOVER]: 'failover',
  [RegionSwitchPurpose.SWITCHOVER]: 'switchover',
};
/** The function answers sooner. */
const ASK_EVERY_MINUTES = 1;
/** Most that a plan takes (CloudFormation schema AWS::ARCRegionSwitch::Plan). */
const LONGEST_RTO_MINUTES = 10_080;

const DESCRIPTIONS: Readonly<Record<(typeof SWITCH_STEPS)[number], string>> = {
  Fence: 'Begins the run, and keeps application and writers out of the Region that is left',
  Promote: 'Promotes or restores every item of data',
  Scale: 'Scales every item of compute out',
  Verify: 'Looks at the application by its probes',
  Switch: 'Leads requests here, and puts the run on record',
};

/** The plans of ARC Region switch that run a recovery, in a stack of their own: their control plane is in one Region of the world. */
export class RegionSwitch {
  private readonly stack: Stack;
  private readonly roles: readonly Role[];
  public readonly plans: SwitchPlan[] = [];

  constructor(private readonly recovery: DisasterRecovery) {
    const { recoveryName, sites } = recovery;
    const { strategy, account } = recovery.primary._plan;
    if (servesEverywhere(strategy)) {
      throw new ConfigurationError(
        'RegionSwitchNeedsStandby',
        "'strategy' is multi-site, where health checks move users and no Region is activated: leave regionSwitch() out, or take another strategy",
        recovery,
      );
    }
    this.stack = new Stack(recovery, 'RegionSwitch', {
      stackName: `${recoveryName}-region-switch`,
      description: `Plans of ARC Region switch that run the recovery of ${recoveryName}`,
      env: { region: recovery.recovery.region, account },
      crossRegionReferences: false,
    });
    claimStack(this.stack, recoveryName);
    this.roles = sites.map((site) => switchStepAt(site._stack, recoveryName, this.plans, site._orchestration));
  }

  /** Adds the plan for one purpose. */
  public add({ purpose = RegionSwitchPurpose.FAILOVER, planName, approvalRole, stepTimeout }: RegionSwitchOptions): CfnPlan {
    const { recovery, stack } = this;
    const { objective, asksPerson, approvalMs } = recovery.primary._plan;
    const kind = WORDS[purpose];
    const name = planName ?? `${recovery.recoveryName}-${kind}`;
    insist(recovery, checkName('Region switch plan', 'planName', name));
    const remedy = "leave one of them out, or give it another 'planName'";
    claimName(recovery, {
      kind: 'Region switch plan',
      name,
      acrossRegions: true,
      stack,
      for: `${recovery.node.path}/${this.plans.length}`,
      remedy,
    });
    const timeoutMinutes = this.minutesOf(stepTimeout);
    const plan: SwitchPlan = { name, kind, asks: asksPerson && kind === 'failover' };
    this.plans.push(plan);
    for (const role of this.roles) {
      permitOnPlan(role, `LookAtPlan${this.plans.length}`, name, 'arc-region-switch:GetPlanExecution');
    }
    const id = kind === 'failover' ? 'Failover' : 'Switchover';
    const functions = recovery.sites.map(({ region }) => this.functionIn(region));
    const rtoMinutes = objective && Math.max(1, Math.floor(objective.rtoMs / MINUTE));
    return new CfnPlan(stack, this.plans.some((other) => other !== plan && other.kind === kind) ? `${id}${this.plans.length}` : id, {
      name,
      description: `Runs the ${kind} of ${recovery.recoveryName} by its own machine; execute it gracefully, for ARC skips these steps otherwise`,
      regions: recovery.sites.map(({ region }) => region),
      primaryRegion: recovery.primary.region,
      recoveryApproach: 'activePassive',
      ...(rtoMinutes !== undefined && rtoMinutes <= LONGEST_RTO_MINUTES ? { recoveryTimeObjectiveMinutes: rtoMinutes } : {}),
      executionRole: this.executionRole(id, name, functions).roleArn,
      workflows: [
        {
          workflowTargetAction: 'activate',
          workflowDescription: `The machine of the Region that is made active runs a ${kind}`,
          steps: [
            ...(plan.asks ? [approvalStep((approvalRole ?? this.approvalRole(id, name)).roleArn, approvalMs)] : []),
            ...SWITCH_STEPS.map((step) => ({
              name: step,
              description: DESCRIPTIONS[step],
              executionBlockType: 'CustomActionLambda',
              executionBlockConfiguration: {
                customActionLambdaConfig: {
                  lambdas: functions.map((arn) => ({ arn })),
                  regionToRun: 'activatingRegion',
                  retryIntervalMinutes: ASK_EVERY_MINUTES,
                  timeoutMinutes,
                },
              },
            })),
          ],
        },
      ],
    });
  }

  private minutesOf(timeout: Duration = Duration.hours(1)): number {
    const ms = requireMs(this.recovery, 'stepTimeout', timeout);
    if (ms < MINUTE || ms > DAY || ms % MINUTE !== 0) {
      throw new ConfigurationError(
        'InvalidStepTimeout',
        `'stepTimeout' is ${timeout.toHumanString()}, but a step of a plan is asked for during 1 to 1440 whole minutes: give such a Duration`,
        this.recovery,
      );
    }
    return ms / MINUTE;
  }

  /** By its name: nothing of a site is referred to, so that the plan deploys without it. */
  private functionIn(region: string): string {
    const resourceName = namesOf(this.recovery.recoveryName).switchStep;
    return this.stack.formatArn({
      service: 'lambda',
      region,
      resource: 'function',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }

  private executionRole(id: string, name: string, functions: readonly string[]): Role {
    const role = new Role(this.stack, `${id}Role`, {
      assumedBy: new ServicePrincipal('arc-region-switch.amazonaws.com'),
      description: descriptionOf('role', `ARC Region switch takes the steps of plan ${name} with it`),
    });
    role.addToPolicy(
      new PolicyStatement({ sid: 'TakeSteps', actions: ['lambda:GetFunction', 'lambda:InvokeFunction'], resources: [...functions] }),
    );
    role.addToPolicy(new PolicyStatement({ sid: 'EvaluatePlan', actions: ['iam:SimulatePrincipalPolicy'], resources: [role.roleArn] }));
    permitOnPlan(
      role,
      'LookAtPlan',
      name,
      'arc-region-switch:GetPlan',
      'arc-region-switch:GetPlanExecution',
      'arc-region-switch:ListPlanExecutions',
    );
    return role;
  }

  private approvalRole(id: string, name: string): IRole {
    const role = new Role(this.stack, `${id}Approval`, {
      assumedBy: new AccountRootPrincipal(),
      description: descriptionOf('role', `Who may assume it approves executions of plan ${name}`),
    });
    permitOnPlan(role, 'Approve', name, 'arc-region-switch:ApprovePlanExecutionStep');
    return role;
  }
}

function approvalStep(approvalRole: string, approvalMs: number): CfnPlan.StepProperty {
  return {
    name: APPROVE_STEP,
    description:
      'Yes, and nothing writes any more in the Region that is left: approve only what you have seen, for nothing else knows where it cannot be reached',
    executionBlockType: 'ManualApproval',
    executionBlockConfiguration: { executionApprovalConfig: { approvalRole, timeoutMinutes: Math.max(1, Math.ceil(approvalMs / MINUTE)) } },
  };
}
