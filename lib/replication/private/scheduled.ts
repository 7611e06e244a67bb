import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, type Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** EventBridge Scheduler, as far as it acts for schedules of this account. */
export function schedulerOf(scope: Construct): ServicePrincipal {
  const stack = Stack.of(scope);
  const group = stack.formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: 'default',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  return new ServicePrincipal('scheduler.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
  });
}

/** Executions that came to no good end, whatever that was. */
export function failuresOf(machine: StateMachine, period: Duration, label: string): MathExpression {
  const options = { period, statistic: Stats.SUM };
  return new MathExpression({
    expression: 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)',
    label,
    period,
    usingMetrics: {
      failed: machine.metricFailed(options),
      timedOut: machine.metricTimedOut(options),
      aborted: machine.metricAborted(options),
    },
  });
}
