import type { CfnExperimentTemplate } from 'aws-cdk-lib/aws-fis';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Duration } from 'aws-cdk-lib/core';
import type { DrillMode } from './drill-mode';

/** When and how the recovery is drilled. */
export interface DrillOptions {
  /**
   * What the drill does.
   * @default DrillMode.REHEARSAL
   */
  readonly mode?: DrillMode;
  /**
   * When it begins: a cron expression or a rate.
   * @default - quarterly: at 02:00 UTC on the 15th of January, April, July and October
   */
  readonly schedule?: ScheduleExpression;
  /**
   * How long the recovery site keeps the traffic before the way back begins, up to 7 days; for DrillMode.SWITCHOVER and DrillMode.FAULT_INJECTION.
   * @default Duration.minutes(30)
   */
  readonly hold?: Duration;
  /**
   * The template of AWS FIS that is started in the Region of the home site as the fault; for DrillMode.FAULT_INJECTION.
   * @default - none, which that mode refuses
   */
  readonly experiment?: CfnExperimentTemplate;
}
