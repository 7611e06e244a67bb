import { model } from './limit';
import { checkName } from './names';
import { error, type Problem } from './problem';
import { SERVICE_LIMITS } from './services';

/** A plan of ARC Region switch; what is only known at deploy time is left out. */
export interface RegionSwitchPlan {
  readonly name?: string;
  /** How many Regions it has. */
  readonly regions?: number;
  /** The steps of all its workflows, those of parallel blocks too. */
  readonly steps: readonly RegionSwitchStep[];
}

/** A step of a workflow. */
export interface RegionSwitchStep {
  readonly name?: string;
  /** `ExecutionBlockType`. */
  readonly block?: string;
  /** Names of the configurations that it has, as templates spell them. */
  readonly configurations?: readonly string[];
}

/** The configuration that each type of execution block takes. */
export const REGION_SWITCH_BLOCKS = model<ReadonlyMap<string, string>>(
  new Map([
    ['CustomActionLambda', 'CustomActionLambdaConfig'],
    ['ManualApproval', 'ExecutionApprovalConfig'],
    ['AuroraGlobalDatabase', 'GlobalAuroraConfig'],
    ['EC2AutoScaling', 'Ec2AsgCapacityIncreaseConfig'],
    ['ARCRoutingControl', 'ArcRoutingControlConfig'],
    ['ARCRegionSwitchPlan', 'RegionSwitchPlanConfig'],
    ['Parallel', 'ParallelConfig'],
    ['ECSServiceScaling', 'EcsCapacityIncreaseConfig'],
    ['EKSResourceScaling', 'EksResourceScalingConfig'],
    ['Route53HealthCheck', 'Route53HealthCheckConfig'],
    ['DocumentDb', 'DocumentDbConfig'],
    ['RdsPromoteReadReplica', 'RdsPromoteReadReplicaConfig'],
    ['RdsCreateCrossRegionReplica', 'RdsCreateCrossRegionReadReplicaConfig'],
    ['LambdaEventSourceMapping', 'LambdaEventSourceMappingConfig'],
  ]),
  'configuration of an execution block by its type',
  'API model arc-region-switch 2022-07-26',
);

/** Checks a plan of ARC Region switch, which the service only judges while CloudFormation deploys. */
export function checkRegionSwitch({ name, regions, steps }: RegionSwitchPlan): readonly Problem[] {
  const count = SERVICE_LIMITS.regionSwitchRegions.value;
  return [
    checkName('Region switch plan', 'name', name),
    regions === undefined || regions === count
      ? undefined
      : error(
          'RegionSwitchRegions',
          `'regions' has ${regions} ${regions === 1 ? 'entry' : 'entries'}, but a Region switch plan is between ${count} Regions: name ${count}`,
        ),
    ...steps.map(checkStep),
  ].filter((problem) => problem !== undefined);
}

/** Types that are newer than the table pass with any one configuration. */
function checkStep({ name, block, configurations }: RegionSwitchStep): Problem | undefined {
  if (configurations === undefined) {
    return undefined;
  }
  const wanted = block === undefined ? undefined : REGION_SWITCH_BLOCKS.value.get(block);
  const [only, ...more] = configurations;
  if (only !== undefined && more.length === 0 && (wanted === undefined || only === wanted)) {
    return undefined;
  }
  const found = only === undefined ? 'is empty' : `has ${configurations.join(' and ')}`;
  return error(
    'RegionSwitchConfiguration',
    `'executionBlockConfiguration' of step '${name ?? '?'}' ${found}, but a block${block === undefined ? '' : ` of type ${block}`} takes ${
      wanted === undefined ? 'exactly one configuration' : `${wanted} and nothing else`
    }: ${only === undefined ? 'add it' : 'leave the others out'}`,
  );
}
