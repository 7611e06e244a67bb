import type { Duration, Size } from 'aws-cdk-lib/core';

/** What is known about data that people run themselves; times that are given count as declared, all others are estimated from the size. */
export interface SelfManagedExpectations {
  /**
   * How much data there is, including the growth of the next year.
   * @default Size.gibibytes(100)
   */
  readonly dataSize?: Size;
  /**
   * How long a backup takes at most, from its start until it is published.
   * @default - estimated from the size
   */
  readonly backupTime?: Duration;
  /**
   * How long a restore takes at most, from its start until the data is usable again.
   * @default - estimated from the size
   */
  readonly restoreTime?: Duration;
  /**
   * How long it takes from the disruption until somebody, or something, starts to bring the data back.
   * @default Duration.minutes(30), an estimate
   */
  readonly responseTime?: Duration;
}
