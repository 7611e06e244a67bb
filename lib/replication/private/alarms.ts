import { Alarm, type ComparisonOperator, type IAlarmAction, type IMetric, type TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { descriptionOf } from '../../core/private/descriptions';

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
  return made;
}
