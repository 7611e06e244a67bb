/** What a drill does. */
export enum DrillMode {
  /** Data are restored from their newest recovery points into isolation and looked at; neither traffic nor replication is touched. */
  REHEARSAL = 'REHEARSAL',
  /** The recovery site takes over for a while and gives back, without loss: users are moved. */
  SWITCHOVER = 'SWITCHOVER',
  /** An experiment of AWS FIS breaks the active site, and the recovery site takes over: users are hit. */
  FAULT_INJECTION = 'FAULT_INJECTION',
}
