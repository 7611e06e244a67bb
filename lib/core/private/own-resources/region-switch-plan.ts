import type { CfnResource } from 'aws-cdk-lib/core';
import { checkRegionSwitch, type Problem, type RegionSwitchStep } from '../../../model/limits';
import { isPlain, listIn, partIn, templateOf, textIn } from './properties';

/** Plans of ARC Region switch. */
export function judgeRegionSwitchPlan(cfn: CfnResource): readonly Problem[] {
  const { Name, Regions, Workflows } = templateOf(cfn);
  return checkRegionSwitch({
    name: textIn(Name),
    regions: Array.isArray(Regions) && isPlain(Regions) ? Regions.length : undefined,
    steps: listIn(Workflows).flatMap((workflow) => stepsIn(partIn(workflow)?.Steps)),
  });
}

/** Steps, with those that run in parallel inside them. */
function stepsIn(value: unknown): readonly RegionSwitchStep[] {
  return listIn(value)
    .map(partIn)
    .filter((step) => step !== undefined)
    .flatMap(({ Name, ExecutionBlockType, ExecutionBlockConfiguration = {} }) => {
      const configuration = partIn(ExecutionBlockConfiguration);
      return [
        { name: textIn(Name), block: textIn(ExecutionBlockType), configurations: configuration && Object.keys(configuration) },
        ...stepsIn(partIn(configuration?.ParallelConfig)?.Steps),
      ];
    });
}
