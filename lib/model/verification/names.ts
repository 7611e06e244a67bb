import { MINUTE } from '../time';

/** Tag of all that a verification makes beside what AWS Backup restores; its value is the id of the restore job. */
export const MADE_FOR_TAG = 'cdk-recovery:restore-job';

/** Tag of all that AWS Backup restores for a test (AWS Backup Developer Guide: restore testing). */
export const RESTORED_TAG = 'awsbackup-restore-test';

/** How the names of all begin that AWS Backup restores for a test (AWS Backup Developer Guide: restore testing). */
export const RESTORED_PREFIX = 'awsbackup-restore-test-';

/** How the name of an instance ends that a verification adds to a restored cluster, which comes without any. */
export const MADE_SUFFIX = '-verify';

/** Environment variable with the ARN of the state machine, for whoever starts it. */
export const MACHINE_VARIABLE = 'VERIFICATION_MACHINE';

/** State of the machine that holds its `WorkflowConfig`. */
export const CONFIG_STATE = 'Read configuration';

/** How long an execution may last after the patience with what was restored: one round of checks, cleaning up, and retries. */
export const WORK_AFTER_LOOKING_MS = 150 * MINUTE;

/** Namespace of every metric of this library. */
export const VERIFICATION_NAMESPACE = 'CdkRecovery';

/** Names of dimensions. */
export const VERIFICATION = 'Verification';
export const VERIFIED_RESOURCE = 'Resource';

/** How many resources of a verification are in a state that they should not be in. */
export const TEST_COUNTS = {
  /** The last test failed. */
  failed: 'FailedTests',
  /** No test has come to its end for longer than it may take. */
  missing: 'MissingTests',
  /** The last test could use what was restored only after the recovery time objective. */
  slow: 'TestsOverRecoveryTime',
  /** The last test found data older than the recovery point objective. */
  old: 'TestsOverRecoveryPoint',
  /** Tests that left something behind. */
  remains: 'TestsWithRemains',
} as const;

/** Of each test of which there is evidence, by its resource: 1 where it was successful, else 0. */
export const SUCCESSFUL_TEST = 'SuccessfulTest';

/** What a test measured, in seconds. */
export const ACHIEVED = { recoveryTime: 'AchievedRecoveryTime', recoveryPoint: 'AchievedRecoveryPoint' } as const;

/** One for each time that the watch has looked at everything. */
export const VERIFICATION_HEARTBEAT = 'VerificationHeartbeat';
