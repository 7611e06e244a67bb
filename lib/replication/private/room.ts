import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { insist } from '../../core/private/problems';
import { checkInsightsAlarms, checkStackRoom, STACK_LIMITS } from '../../model/limits/stacks';

const watched = new WeakSet<Stack>();

/** Refuses, once the tree is complete, a stack with more resources than CloudFormation takes, before the CDK does so without a remedy. */
export function requireRoom(stack: Stack): void {
  if (watched.has(stack)) {
    return;
  }
  watched.add(stack);
  stack.node.addValidation({
    validate: () => {
      const resources = stack.node.findAll().filter((node) => CfnResource.isCfnResource(node) && Stack.of(node) === stack).length;
      const most = Number(stack.node.tryGetContext('@aws-cdk/core:stackResourceLimit') ?? STACK_LIMITS.resources.value);
      insist(stack, checkStackRoom(stack.node.path, resources, most));
      return [];
    },
  });
}

const counted = new WeakMap<IConstruct, Map<string, number>>();

/** Counts one more alarm that asks by a query, of those that the app has in one account and Region, and warns of the first too many. */
export function countInsightsAlarm(scope: Construct, { account, region }: Pick<Stack, 'account' | 'region'>): void {
  const places = counted.get(scope.node.root) ?? new Map<string, number>();
  counted.set(scope.node.root, places);
  const place = `${account}/${region}`;
  const count = (places.get(place) ?? 0) + 1;
  places.set(place, count);
  if (count === STACK_LIMITS.insightsAlarms.value + 1) {
    insist(scope, checkInsightsAlarms(region, count));
  }
}
