import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { notify } from '../../core/private/alarm-route';
import { BundledFunction } from '../../core/private/bundled-function';
import { acknowledgeWildcards } from '../../core/private/wildcards';
import { RECOVERY_MACHINE_VARIABLE } from '../../model/recovery';
import { SWITCH_VARIABLES, type SwitchPlan } from '../../model/recovery/region-switch';
import type { SiteOrchestration } from './site-orchestration';

/** The function of one site that plans call for each of their steps. It reads what the site remembers, and starts its machine. */
export function switchStepAt(scope: Construct, recovery: string, plans: readonly SwitchPlan[], orchestration: SiteOrchestration): Role {
  const stack = Stack.of(scope);
  const { names, register, key, route } = orchestration;
  const states = (resource: string, resourceName: string): string =>
    stack.formatArn({ service: 'states', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const machineArn = states('stateMachine', names.machine);
  const bundled = new BundledFunction(scope, 'RegionSwitch', {
    handler: 'region-switch',
    description: `Takes the steps of plans of Region switch for ${recovery}`,
    memoryMib: 256,
    timeout: Duration.minutes(2),
    environment: {
      [RECOVERY_MACHINE_VARIABLE]: machineArn,
      [SWITCH_VARIABLES.register]: names.register,
      [SWITCH_VARIABLES.plans]: Lazy.string({ produce: () => JSON.stringify(plans) }),
    },
    statements: [
      new PolicyStatement({ sid: 'ReadRegister', actions: ['dynamodb:GetItem'], resources: [register.tableArn] }),
      new PolicyStatement({ sid: 'UseKey', actions: ['kms:Decrypt'], resources: [key.keyArn] }),
      new PolicyStatement({
        sid: 'RunMachine',
        actions: ['states:DescribeStateMachine', 'states:StartExecution'],
        resources: [machineArn],
      }),
      new PolicyStatement({
        sid: 'LookAtRuns',
        actions: ['states:DescribeExecution'],
        resources: [states('execution', `${names.machine}:arc-*`)],
      }),
      new PolicyStatement({ sid: 'FindPlans', actions: ['arc-region-switch:ListPlansInRegion'], resources: ['*'] }),
    ],
    wildcardReason: 'Plans are listed without a resource, and executions are named after what nobody knows before.',
    // a plan asks again by itself
    deadLettersKept: Duration.days(1),
  });
  (bundled.function.node.defaultChild as CfnFunction).functionName = names.switchStep;
  notify(bundled.deadLettersAlarm, 'low', route);
  return bundled.function.role as Role;
}

/** Lets a role do something with one plan. */
export function permitOnPlan(role: Role, sid: string, name: string, ...actions: readonly string[]): void {
  const resources = [planArn(Stack.of(role), name)];
  role.addToPolicy(new PolicyStatement({ sid, actions: [...actions], resources }));
  acknowledgeWildcards(role, { resources, reason: SUFFIX });
}

const SUFFIX = 'The service ends the ARN of a plan with characters of its own, and no other plan of the account has this name.';

/** ARN of a plan, whose last characters the service chooses. */
function planArn(stack: Stack, name: string): string {
  return `arn:${stack.partition}:arc-region-switch::${stack.account}:plan/${name}:*`;
}
