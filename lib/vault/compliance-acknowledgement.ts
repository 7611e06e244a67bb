/** What whoever locks a vault for compliance has understood: there is no way back. */
export enum ComplianceAcknowledgement {
  /**
   * Once the lock date has passed, nobody can lift or weaken the lock or delete a recovery point before its retention ends:
   * no administrator, not the root user and not AWS. Every recovery point is paid for until then.
   */
  NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY = 'NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY',
}
