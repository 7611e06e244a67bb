import type { Duration, Size } from 'aws-cdk-lib/core';

/** What is known about the data that is exported; times that are given count as declared, all others are estimated from the size. */
export interface ExportExpectations {
  /**
   * How much data there is, including the growth of the next year.
   * @default Size.gibibytes(100)
   */
  readonly dataSize?: Size;
  /**
   * How long an export takes at most, from its start until the last file is there.
   * @default - estimated from the service and the size
   */
  readonly exportTime?: Duration;
  /**
   * How long it takes at most to bring the data back from the files.
   * @default - for a table estimated as an import into a new one; for a database not known, because nothing of AWS restores it
   */
  readonly restoreTime?: Duration;
  /**
   * How long it takes from the disruption until somebody, or something, starts to bring the data back.
   * @default Duration.minutes(30), an estimate
   */
  readonly responseTime?: Duration;
}
