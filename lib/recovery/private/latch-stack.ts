import { ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ownChild } from '../../core/private/own-child';
import { runbookAlarm } from '../../core/private/runbook-alarm';
import { namesOf, RECOVERY_METRICS } from '../../model/recovery';
import { claimStack } from './claim-stack';
import type { SitePlan } from './site-plan';

/**
 * The stack of one Region with the alarm whose metric turns records. It needs nothing at all, since records of other Regions wait for it. Route 53
 * looks at the data of the metric and takes from the alarm only how to judge it.
 */
export function latchStackOf(recovery: Construct, plan: SitePlan, region: string): Stack {
  return ownChild(recovery, `latch-${region}`, () => {
    const stack = new Stack(recovery, `latch-${region}`, {
      stackName: `${plan.recovery}-latch-${region}`,
      description: `Says where requests of ${plan.recovery} are led: health checks look at it`,
      env: { region, account: plan.account },
      crossRegionReferences: false,
    });
    claimStack(stack, plan.recovery);
    const { divertedAlarm, reclaimedAlarm } = namesOf(plan.recovery);
    const metric = (metricName: string) =>
      new Metric({
        namespace: RECOVERY_METRICS.namespace,
        metricName,
        dimensionsMap: { Recovery: plan.recovery, Site: region },
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      });
    if (region === plan.home) {
      runbookAlarm(stack, 'Reclaimed', {
        alarmName: reclaimedAlarm,
        wrong: `Nothing is wrong: this only says that ${region} has not taken the requests of ${plan.recovery} back by itself`,
        section: 'latches-of-a-recovery',
        metric: metric(RECOVERY_METRICS.reclaimed),
        threshold: 1,
        comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
        // one value that was not published in time does not send requests away from a home that has taken them back
        evaluationPeriods: 3,
        treatMissingData: TreatMissingData.BREACHING,
      });
    } else {
      runbookAlarm(stack, 'Diverted', {
        alarmName: divertedAlarm,
        wrong: `Requests of ${plan.recovery} are led to ${region}, away from ${plan.home}`,
        section: 'latches-of-a-recovery',
        metric: metric(RECOVERY_METRICS.diverted),
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.IGNORE,
      });
    }
    return stack;
  });
}
