import { type Alarm, ComparisonOperator, MathExpression, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type AlarmRoute, addAlarm, type WatchAlarm } from '../../core/private/alarm-route';
import { TEST_COUNTS, VERIFICATION, VERIFICATION_HEARTBEAT, VERIFICATION_NAMESPACE, type WorkflowConfig } from '../../model/verification';

/** Whose alarms they are. */
export interface WorkflowAlarmsOptions {
  readonly config: WorkflowConfig;
  /** How often the watch looks. */
  readonly every: Duration;
  readonly route: AlarmRoute;
}

const FINDINGS: readonly (Pick<WatchAlarm, 'severity' | 'wrong' | 'section'> & {
  readonly id: string;
  readonly count: keyof typeof TEST_COUNTS;
})[] = [
  {
    id: 'Failed',
    count: 'failed',
    severity: 'critical',
    wrong: 'The last restore test of something failed: its backup does not restore, or its data is not right',
    section: 'failed-restore-tests',
  },
  {
    id: 'Missing',
    count: 'missing',
    severity: 'high',
    wrong: 'No restore test of something has come to its end for longer than it may take',
    section: 'missing-restore-tests',
  },
  {
    id: 'Slow',
    count: 'slow',
    severity: 'high',
    wrong: 'The last restore test of something took longer than its recovery time objective',
    section: 'restore-tests-over-the-recovery-time',
  },
  {
    id: 'Old',
    count: 'old',
    severity: 'high',
    wrong: 'The last restore test of something found data older than its recovery point objective',
    section: 'restore-tests-over-the-recovery-point',
  },
  {
    id: 'Remains',
    count: 'remains',
    severity: 'low',
    wrong: 'A restore test has left something behind, which costs money and holds data',
    section: 'remains-of-restore-tests',
  },
];

/** The alarms on what tests find, and on their silence. */
export function workflowAlarms(scope: Construct, { config, every, route }: WorkflowAlarmsOptions): Alarm[] {
  const { verification } = config;
  const metric = (metricName: string, statistic: string) =>
    new Metric({
      namespace: VERIFICATION_NAMESPACE,
      metricName,
      dimensionsMap: { [VERIFICATION]: verification },
      statistic,
      period: every,
    });
  const add = (id: string, alarm: WatchAlarm) => addAlarm(scope, id, { ...alarm, wrong: `${alarm.wrong} (${verification})` }, route);
  const findings = FINDINGS.map(({ id, count, ...alarm }) =>
    add(`${id}Alarm`, {
      ...alarm,
      metric: metric(TEST_COUNTS[count], Stats.MAXIMUM),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // what is found stays as it is until the watch says otherwise; its silence has an alarm of its own
      treatMissingData: TreatMissingData.IGNORE,
    }),
  );
  // without FILL, CloudWatch would first go through the older data points that it still finds
  const heard = new MathExpression({
    expression: 'FILL(heartbeat, 0)',
    usingMetrics: { heartbeat: metric(VERIFICATION_HEARTBEAT, Stats.SAMPLE_COUNT) },
    label: 'looks that came to their end',
    period: every,
  });
  const silent = add('SilentAlarm', {
    severity: 'critical',
    wrong: 'Nothing has been heard of restore tests in three intervals, so nobody would notice if they failed',
    section: 'silent-restore-tests',
    metric: heard,
    threshold: 1,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 3,
    treatMissingData: TreatMissingData.BREACHING,
  });
  return [...findings, silent];
}
