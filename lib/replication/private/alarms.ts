import {
  Alarm,
  type CfnAlarm,
  type ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  type TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { descriptionOf } from '../../core/private/descriptions';
import { known } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkAlarmActions } from '../../model/limits/alarms';
import { unwrapped } from '../../services/settings';

/** An alarm of a copy. What missing data means is never left to the default. */
export interface CopyAlarm {
  readonly metric: IMetric;
  readonly threshold: number;
  readonly comparisonOperator: ComparisonOperator;
  readonly treatMissingData: TreatMissingData;
  /** @default 1 */
  readonly evaluationPeriods?: number;
  /** What is wrong, since when at the earliest, and where to look. */
  readonly description: string;
  readonly actions?: readonly IAlarmAction[];
}

/** Makes an alarm in the stack of `scope`, which has to be in the Region that publishes the metric. */
export function addAlarm(scope: Construct, id: string, alarm: CopyAlarm): Alarm {
  const { metric, threshold, comparisonOperator, treatMissingData, evaluationPeriods = 1, description, actions = [] } = alarm;
  const made = new Alarm(scope, id, {
    metric,
    threshold,
    comparisonOperator,
    treatMissingData,
    evaluationPeriods,
    alarmDescription: descriptionOf('alarm', description),
  });
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
