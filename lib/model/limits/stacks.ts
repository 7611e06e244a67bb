import { documented } from './limit';
import { error, type Problem, warning } from './problem';

/** How much of what replicated buckets take there is room for. */
export const STACK_LIMITS = {
  resources: documented(500, 'resources of a stack', 'AWS CloudFormation User Guide: quotas'),
  insightsAlarms: documented(
    200,
    'alarms on Metrics Insights queries in an account and Region, by default',
    'Amazon CloudWatch User Guide: limits',
  ),
} as const;

/** Checks a stack with replicated buckets or their replicas; `most` is what the app allows a stack, 0 where that is anything. */
export function checkStackRoom(stack: string, resources: number, most: number): Problem | undefined {
  return most === 0 || resources <= most
    ? undefined
    : error(
        'TooManyReplicationResources',
        `'${stack}' has ${resources} resources with what replicates buckets, but a stack takes at most ${most}: divide the buckets among several stacks, each of which has a recovery stack of its own, or join rules, each of which has an alarm in either Region`,
      );
}

/** Warns where alarms that ask by a query are more than CloudWatch makes unless somebody asks for more. */
export function checkInsightsAlarms(place: string, count: number): Problem | undefined {
  const { value } = STACK_LIMITS.insightsAlarms;
  return count <= value
    ? undefined
    : warning(
        'TooManyInsightsAlarms',
        `'bucketName' of sources is left out, so that more than ${value} alarms in ${place} ask for the lag by queries, and CloudWatch makes no more unless you ask AWS for it: name the sources, or have the quota raised`,
      );
}
