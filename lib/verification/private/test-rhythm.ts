import type { CronOptions } from 'aws-cdk-lib/aws-events';
import type { Duration, TimeZone } from 'aws-cdk-lib/core';
import type { RecoveryPointSelection } from '../recovery-point-selection';

/** When and from what restores are tested, with nothing left to defaults. */
export interface TestRhythm {
  /** Construct id of the restore testing plan. */
  readonly name: string;
  readonly schedule: CronOptions;
  readonly timeZone?: TimeZone;
  readonly recoveryPoints: RecoveryPointSelection;
  readonly startWindow: Duration;
  readonly validationWindow: Duration;
}
