/** How bad something is, and how soon somebody should look. */
export enum AlarmSeverity {
  /** Data could not be brought back, or nobody would notice: somebody should get up at night. */
  CRITICAL = 'critical',
  /** A promise is not kept at present: somebody should look the same day. */
  HIGH = 'high',
  /** Other things make up for it, or it costs money only: somebody should look some day. */
  LOW = 'low',
}
