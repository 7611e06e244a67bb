/** What a drill does. */
export enum DrillMode {
  /**
   * Replicas of RDS instances, and recovery points of RDS and DynamoDB, are restored into isolation and looked at; of all other data it is only seen
   * whether they can be used, which the evidence says. Neither traffic nor replication is touched.
   */
  REHEARSAL = 'REHEARSAL',
  /** The recovery site takes over for a while and gives back, without loss: users are moved. */
  SWITCHOVER = 'SWITCHOVER',
  /** An experiment of AWS FIS breaks the active site, and the recovery site takes over: users are hit. */
  FAULT_INJECTION = 'FAULT_INJECTION',
}
