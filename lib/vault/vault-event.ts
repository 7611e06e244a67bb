/**
 * What a vault can notify a topic of.
 *
 * These are the events of the AWS Backup Developer Guide that its API accepts; the plan events of the API never come from a vault.
 */
export enum VaultEvent {
  /** A backup job started. */
  BACKUP_JOB_STARTED = 'BACKUP_JOB_STARTED',
  /** A backup job ended, in whichever state: completed, failed or expired. */
  BACKUP_JOB_COMPLETED = 'BACKUP_JOB_COMPLETED',
  /** A backup job made a recovery point. */
  BACKUP_JOB_SUCCESSFUL = 'BACKUP_JOB_SUCCESSFUL',
  /** A backup job failed. */
  BACKUP_JOB_FAILED = 'BACKUP_JOB_FAILED',
  /** A backup job did not start inside its start window. */
  BACKUP_JOB_EXPIRED = 'BACKUP_JOB_EXPIRED',
  /** Continuous backup stopped: no point in time after this can be restored. */
  CONTINUOUS_BACKUP_INTERRUPTED = 'CONTINUOUS_BACKUP_INTERRUPTED',
  /** A copy job started. */
  COPY_JOB_STARTED = 'COPY_JOB_STARTED',
  /** A copy job made a recovery point in its destination. */
  COPY_JOB_SUCCESSFUL = 'COPY_JOB_SUCCESSFUL',
  /** A copy job failed. */
  COPY_JOB_FAILED = 'COPY_JOB_FAILED',
  /** A restore job started. */
  RESTORE_JOB_STARTED = 'RESTORE_JOB_STARTED',
  /** A restore job ended, in whichever state. */
  RESTORE_JOB_COMPLETED = 'RESTORE_JOB_COMPLETED',
  /** A restore job made its resource. */
  RESTORE_JOB_SUCCESSFUL = 'RESTORE_JOB_SUCCESSFUL',
  /** A restore job failed. */
  RESTORE_JOB_FAILED = 'RESTORE_JOB_FAILED',
  /** The status or the lifecycle of a recovery point changed. */
  RECOVERY_POINT_MODIFIED = 'RECOVERY_POINT_MODIFIED',
  /** The index of a recovery point is ready. */
  RECOVERY_POINT_INDEX_COMPLETED = 'RECOVERY_POINT_INDEX_COMPLETED',
  /** The index of a recovery point was deleted. */
  RECOVERY_POINT_INDEX_DELETED = 'RECOVERY_POINT_INDEX_DELETED',
  /** A recovery point could not be indexed. */
  RECOVERY_POINT_INDEXING_FAILED = 'RECOVERY_POINT_INDEXING_FAILED',
  /** Objects are missing in a recovery point of a bucket, although its job completed. */
  S3_BACKUP_OBJECT_FAILED = 'S3_BACKUP_OBJECT_FAILED',
  /** Objects of a bucket could not be restored, although the job completed. */
  S3_RESTORE_OBJECT_FAILED = 'S3_RESTORE_OBJECT_FAILED',
  /** Objects are missing in a recovery point of a Kubernetes cluster. */
  EKS_BACKUP_OBJECT_FAILED = 'EKS_BACKUP_OBJECT_FAILED',
  /** Objects of a Kubernetes cluster could not be restored. */
  EKS_RESTORE_OBJECT_FAILED = 'EKS_RESTORE_OBJECT_FAILED',
  /** Objects of a Kubernetes cluster were skipped by a restore. */
  EKS_RESTORE_OBJECT_SKIPPED = 'EKS_RESTORE_OBJECT_SKIPPED',
}
