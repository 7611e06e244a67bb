import type { Alarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { differ } from '../../model/differ';
import type { AlarmActions } from '../alarm-actions';
import { ConfigurationError } from './errors';
import { type RunbookAlarmProps, runbookAlarm } from './runbook-alarm';

/** How bad it is that an alarm rings. */
export type Severity = 'critical' | 'high' | 'low';

/** Who is told, and of what. */
export interface AlarmRoute {
  readonly actions: AlarmActions;
  /** Whether they are told too that it is over. */
  readonly whenOver: boolean;
}

/** An alarm of a watch. */
export interface WatchAlarm extends RunbookAlarmProps {
  readonly severity: Severity;
}

/** Makes an alarm and tells whom it concerns. */
export function addAlarm(scope: Construct, id: string, alarm: WatchAlarm, route: AlarmRoute): Alarm {
  const { severity, ...props } = alarm;
  const made = runbookAlarm(scope, id, props);
  notify(made, severity, route);
  return made;
}

/** Adds the actions of a severity to an alarm. */
export function notify(alarm: Alarm, severity: Severity, { actions, whenOver }: AlarmRoute): void {
  const chosen = [...(actions.all ?? []), ...(actions[severity] ?? [])];
  for (const action of chosen) {
    requireNear(alarm, action);
  }
  alarm.addAlarmAction(...chosen);
  if (whenOver) {
    alarm.addOkAction(...chosen);
  }
}

/** Whether anybody is told of what is worst. Where only lesser alarms have actions, nobody hears that data could not be brought back. */
export function isHeard({ all = [], critical = [] }: AlarmActions = {}): boolean {
  return all.length + critical.length > 0;
}

/** CloudWatch runs actions of the Region of the alarm only. */
function requireNear(alarm: Alarm, action: IAlarmAction): void {
  const { alarmActionArn } = action.bind(alarm, alarm);
  const { region } = Stack.of(alarm);
  const elsewhere = regionOf(alarmActionArn);
  if (differ(elsewhere, Token.isUnresolved(region) ? undefined : region)) {
    throw new ConfigurationError(
      'AlarmActionElsewhere',
      `an action of the alarms is in ${elsewhere}, but the alarm in ${region}, and CloudWatch acts in its own Region only: give one of that Region by its ARN in 'alarmActionsIn'`,
      alarm,
    );
  }
}

function regionOf(arn: string): string | undefined {
  if (!Token.isUnresolved(arn)) {
    return arn.split(':')[3] || undefined;
  }
  const token = Tokenization.reverse(arn, { failConcat: false });
  const target: IConstruct | undefined = Reference.isReference(token) ? token.target : undefined;
  const region = target && Stack.of(target).region;
  return region === undefined || Token.isUnresolved(region) ? undefined : region;
}
