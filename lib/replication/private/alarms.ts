import type { Alarm, CfnAlarm, IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { known } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { type RunbookAlarmProps, runbookAlarm } from '../../core/private/runbook-alarm';
import { checkAlarmActions } from '../../model/limits/alarms';
import { unwrapped } from '../../services/settings';

/** An alarm of a copy: what is wrong says too since when at the earliest. */
export interface CopyAlarm extends Omit<RunbookAlarmProps, 'evaluationPeriods'> {
  /** @default 1 */
  readonly evaluationPeriods?: number;
  readonly actions?: readonly IAlarmAction[];
}

/** Makes an alarm in the stack of `scope`, which has to be in the Region that publishes the metric. */
export function addAlarm(scope: Construct, id: string, alarm: CopyAlarm): Alarm {
  const { evaluationPeriods = 1, actions = [], ...props } = alarm;
  const made = runbookAlarm(scope, id, { ...props, evaluationPeriods });
  made.addAlarmAction(...actions);
  insist(scope, ...checkAlarmActions(known(Stack.of(scope).region), arnsOf(made)));
  return made;
}

/** Its actions as far as they are plain text; the alarm has the list of them in a lazy value. */
function arnsOf(alarm: Alarm): readonly (string | undefined)[] {
  const cfn = alarm.node.defaultChild as CfnAlarm;
  const arns: unknown = unwrapped(cfn, Tokenization.reverseList(cfn.alarmActions ?? []) ?? cfn.alarmActions);
  return Array.isArray(arns) ? arns.map((arn) => (Token.isUnresolved(arn) ? undefined : String(arn))) : [];
}
