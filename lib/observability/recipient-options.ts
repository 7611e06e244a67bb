import type { AlarmSeverity } from './alarm-severity';

/** Of what somebody is told. */
export interface RecipientOptions {
  /**
   * How bad something has to be.
   * @default - all severities
   */
  readonly severities?: AlarmSeverity[];
}
