/** A kind of recovery point that a restore test may take. */
export enum RecoveryPointType {
  /** Recovery points of one moment. */
  SNAPSHOT = 'SNAPSHOT',
  /** Continuous recovery points: a point in time is restored. */
  CONTINUOUS = 'CONTINUOUS',
}
