import type { CfnScalableTarget } from 'aws-cdk-lib/aws-applicationautoscaling';
import type { IBaseService } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnResource } from 'aws-cdk-lib/core';
import type { RecoverableCountOptions } from '../recoverable-compute-options';
import { type BoundCompute, type ComputePlace, itemOf, mostOf } from './bound-compute';

/** A service of ECS, by the names of its cluster and itself. */
export function bindService(place: ComputePlace, service: IBaseService, { count, max }: RecoverableCountOptions): BoundCompute {
  const item = itemOf(place, service, 'count', count);
  const { serviceName, serviceArn, cluster } = service;
  const scaling = () => scalingOf(service);
  return {
    config: () => {
      const target = scaling();
      return {
        kind: 'ecs',
        ...item,
        cluster: cluster.clusterName,
        service: serviceName,
        ...(target && { scaling: { resourceId: target.resourceId as string, max: mostOf(place, max, target.maxCapacity, count) } }),
      };
    },
    statements: (stack) => [
      new PolicyStatement({ actions: ['ecs:DescribeServices', 'ecs:UpdateService'], resources: [serviceArn] }),
      // a fenced service is one of which no task is left, not even one that stops
      new PolicyStatement({
        actions: ['ecs:DescribeTasks', 'ecs:ListTasks'],
        resources: ['*'],
        conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
      }),
      ...(scaling() === undefined
        ? []
        : [
            new PolicyStatement({
              actions: ['application-autoscaling:RegisterScalableTarget'],
              resources: [stack.formatArn({ service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' })],
              conditions: {
                StringEquals: {
                  'application-autoscaling:service-namespace': 'ecs',
                  'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
                },
              },
            }),
          ]),
    ],
  };
}

/** `autoScaleTaskCount()` leaves its target below the service. */
function scalingOf(service: IBaseService): CfnScalableTarget | undefined {
  return service.node
    .findAll()
    .find(
      (node): node is CfnScalableTarget =>
        CfnResource.isCfnResource(node) && node.cfnResourceType === 'AWS::ApplicationAutoScaling::ScalableTarget',
    );
}
