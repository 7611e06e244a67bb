import { type Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type AlarmRoute, addAlarm } from '../../core/private/alarm-route';
import type { BundledFunction } from '../../core/private/bundled-function';
import { descriptionOf } from '../../core/private/descriptions';
import { ALARM_FRESH_MS, type AlarmRequest, RECOVERY_METRICS } from '../../model/recovery';
import { MINUTE } from '../../model/time';
import type { SitePlan } from './site-plan';

/** What tells a site that the other one is lost. */
export interface DetectionParts {
  /** ARNs of alarms of this Region. */
  readonly alarmArns: readonly string[];
  /** Looks in a row that fail before the alarm of the watch rings; left out where the site does not look. */
  readonly failures?: number;
}

interface SiteDetectionOptions extends DetectionParts {
  readonly plan: SitePlan;
  readonly agent: BundledFunction;
  readonly route: AlarmRoute;
}

/** So long nobody can tell how the other site is until somebody is told. */
const BLIND_MINUTES = 15;

/** Has alarms start the failover of a site: by way of its agent, which knows whether there is anything to start. */
export function siteDetection(scope: Construct, options: SiteDetectionOptions): void {
  const { alarmArns, failures } = options;
  if (alarmArns.length > 0) {
    tellAgent(scope, 'Alarms', options, alarmArns, 0);
  }
  if (failures !== undefined) {
    const unhealthy = watchAlarms(scope, options, failures);
    tellAgent(scope, 'Watch', options, [unhealthy.alarmArn], failures * MINUTE);
  }
}

function watchAlarms(scope: Construct, { plan: { recovery, region }, route }: SiteDetectionOptions, failures: number): Alarm {
  const metric = (metricName: string) =>
    new Metric({
      namespace: RECOVERY_METRICS.namespace,
      metricName,
      dimensionsMap: { Recovery: recovery, Site: region },
      statistic: Stats.MINIMUM,
      period: Duration.minutes(1),
    });
  const usual = { threshold: 1, comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD };
  addAlarm(
    scope,
    'UnseenAlarm',
    {
      ...usual,
      severity: 'high',
      wrong: `The site that waits gets an answer neither from the active site nor elsewhere: nobody would notice a loss (${recovery} at ${region})`,
      section: 'active-sites-that-nobody-sees',
      metric: metric(RECOVERY_METRICS.blind),
      evaluationPeriods: BLIND_MINUTES,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    route,
  );
  return addAlarm(
    scope,
    'UnhealthyAlarm',
    {
      ...usual,
      severity: 'critical',
      wrong: `The active site has not answered ${failures} times in a row, and a failover was asked for (${recovery} at ${region})`,
      section: 'active-sites-that-do-not-answer',
      metric: metric(RECOVERY_METRICS.unhealthy),
      evaluationPeriods: failures,
      // where the site cannot tell, or is active itself, it says nothing
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    route,
  );
}

function tellAgent(
  scope: Construct,
  id: string,
  { plan, agent }: SiteDetectionOptions,
  resources: readonly string[],
  leadMs: number,
): void {
  const request: AlarmRequest = { op: 'alarm', alarm: EventField.fromPath('$.detail.alarmName'), at: EventField.time, leadMs };
  new Rule(scope, `${id}Rang`, {
    description: descriptionOf('schedule', `Alarms that start the failover of ${plan.recovery} to ${plan.region}`),
    eventPattern: {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      resources: [...resources],
      detail: { state: { value: ['ALARM'] } },
    },
    targets: [
      new LambdaTarget(agent.function, {
        event: RuleTargetInput.fromObject(request),
        maxEventAge: Duration.millis(ALARM_FRESH_MS),
        deadLetterQueue: agent.deadLetters,
      }),
    ],
  });
}
