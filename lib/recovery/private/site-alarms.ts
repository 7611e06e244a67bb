import { type Alarm, ComparisonOperator, MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type AlarmRoute, addAlarm, notify, type WatchAlarm } from '../../core/private/alarm-route';
import type { BundledFunction } from '../../core/private/bundled-function';
import { RECOVERY_METRICS } from '../../model/recovery';
import { drillMissingMs } from '../../model/recovery/drill-age';
import { SECOND, words } from '../../model/time';
import type { ArrangedDrill } from './arranged-drill';
import type { SitePlan } from './site-plan';

interface SiteAlarmsOptions {
  readonly plan: SitePlan;
  readonly machine: StateMachine;
  readonly register: Table;
  readonly agent: BundledFunction;
  readonly drills: readonly ArrangedDrill[];
  readonly holdMs: number;
  readonly route: AlarmRoute;
}

const MINUTES = 5;

/** The alarms of one site: on its guard, its runs and its memory. */
export function siteAlarms(scope: Construct, { plan, machine, register, agent, drills, holdMs, route }: SiteAlarmsOptions): Alarm[] {
  const { recovery, region, objective } = plan;
  const metric = (metricName: string, statistic: string, period = Duration.minutes(1)) =>
    new Metric({
      namespace: RECOVERY_METRICS.namespace,
      metricName,
      dimensionsMap: { Recovery: recovery, Site: region },
      statistic,
      period,
    });
  const add = (id: string, alarm: WatchAlarm) =>
    addAlarm(scope, id, { ...alarm, wrong: `${alarm.wrong} (${recovery} at ${region})` }, route);
  notify(agent.deadLettersAlarm, 'low', route);
  const alarms = [
    agent.deadLettersAlarm,
    add('GuardSilentAlarm', {
      severity: 'critical',
      wrong: `The guard of the site has not looked for ${MINUTES} minutes: it would neither fence itself nor turn traffic`,
      section: 'silent-guards',
      metric: new MathExpression({
        expression: 'FILL(looks, 0)',
        usingMetrics: { looks: metric(RECOVERY_METRICS.guard, Stats.SAMPLE_COUNT) },
        label: 'looks of the guard',
        period: Duration.minutes(1),
      }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: MINUTES,
      treatMissingData: TreatMissingData.BREACHING,
    }),
    add('ConflictAlarm', {
      severity: 'critical',
      wrong: 'Two sites call themselves active, or one that was superseded could not be fenced',
      section: 'sites-in-conflict',
      metric: metric(RECOVERY_METRICS.conflict, Stats.MAXIMUM),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    }),
    add('FailedRunAlarm', {
      severity: 'critical',
      wrong: 'A failover, switchover, rebuild or drill did not come to a good end',
      section: 'failed-recovery-runs',
      metric: failuresOf(machine, metric(RECOVERY_METRICS.failedRuns, Stats.MAXIMUM)),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
    add('RegisterAlarm', {
      severity: 'high',
      wrong: 'The table in which the site remembers its role refuses requests or answers with errors',
      section: 'registers-that-refuse',
      metric: new MathExpression({
        expression: 'FILL(throttledReads, 0) + FILL(throttledWrites, 0)',
        usingMetrics: {
          throttledReads: register.metric('ReadThrottleEvents', { statistic: Stats.SUM, period: Duration.minutes(1) }),
          throttledWrites: register.metric('WriteThrottleEvents', { statistic: Stats.SUM, period: Duration.minutes(1) }),
        },
        label: 'requests that the register refused',
        period: Duration.minutes(1),
      }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: MINUTES,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
  ];
  if (drills.length > 0) {
    const everyMs = drills.map((drill) => drill.everyMs);
    alarms.push(
      add('DrillMissingAlarm', {
        severity: 'high',
        wrong: `Nothing has shown for longer than the ${words(Math.min(...everyMs))} between two drills that the site can take over`,
        section: 'missing-drills',
        metric: metric(RECOVERY_METRICS.drillAge, Stats.MAXIMUM, Duration.minutes(MINUTES)),
        threshold: drillMissingMs(everyMs, holdMs) / SECOND,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        // a guard that is silent has an alarm of its own
        treatMissingData: TreatMissingData.IGNORE,
      }),
    );
  }
  const achieved = (id: string, name: string, seconds: number, words: string, section: string) =>
    add(id, {
      severity: 'high',
      wrong: `The last failover or drill ${words} than its objective of ${seconds} s allows`,
      section,
      metric: metric(name, Stats.MAXIMUM),
      threshold: seconds,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // a run is measured once, and what it has shown holds until the next one
      treatMissingData: TreatMissingData.IGNORE,
    });
  return objective === undefined
    ? alarms
    : [
        ...alarms,
        achieved('SlowAlarm', RECOVERY_METRICS.achievedRto, objective.rtoMs / SECOND, 'took longer', 'recoveries-over-the-recovery-time'),
        achieved('LossAlarm', RECOVERY_METRICS.achievedRpo, objective.rpoMs / SECOND, 'lost more', 'recoveries-over-the-recovery-point'),
      ];
}

/** Runs that came to no good end, whatever that was. */
function failuresOf(machine: StateMachine, runs: Metric): MathExpression {
  const options = { period: Duration.minutes(1), statistic: Stats.SUM };
  return new MathExpression({
    expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0) + FILL(runs, 0)',
    label: 'runs that failed',
    period: Duration.minutes(1),
    usingMetrics: {
      failed: machine.metricFailed(options),
      timedOut: machine.metricTimedOut(options),
      aborted: machine.metricAborted(options),
      // those of which no execution is left to fail
      runs,
    },
  });
}
