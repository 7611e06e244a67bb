import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';

/** Who is told of alarms, by how bad they are. */
export interface AlarmActions {
  /**
   * For every alarm.
   * @default - none
   */
  readonly all?: IAlarmAction[];
  /**
   * For alarms that mean that data could not be brought back, or that nobody would notice: somebody should get up at night.
   * @default - none
   */
  readonly critical?: IAlarmAction[];
  /**
   * For alarms that mean that a promise is not kept at present: somebody should look the same day.
   * @default - none
   */
  readonly high?: IAlarmAction[];
  /**
   * For alarms about the watching itself that other alarms make up for: somebody should look some day.
   * @default - none
   */
  readonly low?: IAlarmAction[];
}
