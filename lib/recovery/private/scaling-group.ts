import type { CfnAutoScalingGroup, IAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { cfnOf } from '../../core/private/inventory';
import type { RecoverableCountOptions } from '../recoverable-compute-options';
import { type BoundCompute, type ComputePlace, itemOf, mostOf } from './bound-compute';

/** An Auto Scaling group, by its name. */
export function bindGroup(place: ComputePlace, group: IAutoScalingGroup, { count, max }: RecoverableCountOptions): BoundCompute {
  const item = itemOf(place, group, 'count', count);
  const { autoScalingGroupName, autoScalingGroupArn } = group;
  return {
    config: () => ({
      kind: 'asg',
      ...item,
      group: autoScalingGroupName,
      max: mostOf(place, max, (cfnOf(group) as CfnAutoScalingGroup | undefined)?.maxSize, count),
    }),
    statements: () => [
      new PolicyStatement({ actions: ['autoscaling:UpdateAutoScalingGroup'], resources: [autoScalingGroupArn] }),
      new PolicyStatement({ actions: ['autoscaling:DescribeAutoScalingGroups'], resources: ['*'] }),
    ],
  };
}
