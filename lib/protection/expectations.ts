import type { Duration, Size } from 'aws-cdk-lib/core';

/**
 * What is known about the data of a resource, so that the report can state times instead of estimates.
 *
 * Times that are given count as declared; all others are estimated from the size.
 */
export interface Expectations {
  /**
   * How much data there is, including the growth of the next year.
   * @default Size.gibibytes(100)
   */
  readonly dataSize?: Size;
  /**
   * How long a backup job takes at most.
   * @default - estimated from the type and the size
   */
  readonly backupTime?: Duration;
  /**
   * How long a copy job takes at most.
   * @default - estimated from the type and the size
   */
  readonly copyTime?: Duration;
  /**
   * How long a restore job takes at most.
   * @default - estimated from the type and the size
   */
  readonly restoreTime?: Duration;
  /**
   * How long it takes from the disruption until somebody, or something, starts the restore.
   * @default Duration.minutes(30), an estimate
   */
  readonly responseTime?: Duration;
}
