import { Match, Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Duration } from 'aws-cdk-lib/core';
import { DrillMode } from '../../lib';
import { OSAKA, recoveryStackOf, twoSites } from './sites';

const ALARM = { MetricName: 'RecoveryDrillAge' };
const DAY_SECONDS = 86_400;

test('the site that waits has an alarm on drills that are missing, by the shortest time between two of them', () => {
  const { recovery } = twoSites();
  recovery.drill({ schedule: ScheduleExpression.rate(Duration.days(30)) });
  recovery.drill({ mode: DrillMode.SWITCHOVER, schedule: ScheduleExpression.rate(Duration.days(180)), hold: Duration.days(1) });
  Template.fromStack(recoveryStackOf(recovery.recovery)).hasResourceProperties('AWS::CloudWatch::Alarm', {
    ...ALARM,
    Dimensions: [
      { Name: 'Recovery', Value: 'Orders' },
      { Name: 'Site', Value: OSAKA },
    ],
    Threshold: (30 + 1 + 2) * DAY_SECONDS,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'ignore',
    AlarmDescription: Match.stringLikeRegexp('runbook.md#missing-drills$'),
  });
  Template.fromStack(recoveryStackOf(recovery.primary)).resourcePropertiesCountIs('AWS::CloudWatch::Alarm', ALARM, 0);
});

test('without a drill there is none to be missing', () => {
  const { recovery } = twoSites();
  Template.fromStack(recoveryStackOf(recovery.recovery)).resourcePropertiesCountIs('AWS::CloudWatch::Alarm', ALARM, 0);
});
