export {
  type BackupAlarm,
  checkBackupAlarm,
  checkReplicationAlarm,
  REPLICATION_METRICS,
  type ReplicationAlarm,
} from './alarms';
export { AUDIT_LIMITS, checkAuditRange } from './audit';
export { type BackupReplication, checkBackupReplication } from './backup-replication';
export { type CopyKeys, type CopyRoute, checkCopyKeys, copyObstacle, keyObstacle } from './copies';
export { type Counted, checkCount } from './counts';
export { BACKUP_EVENTS, checkEventPattern, type EventPattern } from './events';
export { checkColdStorage, checkContinuous, checkContinuousRules, checkLifecycle, checkRetention, type LifecycleDays } from './lifecycle';
export type { Limit, Range } from './limit';
export { LIMITS } from './limits';
export { checkAirGapped, checkAirGappedType, checkLock, checkRetentionInVault, type LockDays, type RetentionRange } from './locks';
export { checkName, checkTag, type NamedThing } from './names';
export { checkObjectReplication, type ObjectReplicationRule } from './object-replication';
export { checkBackupPolicySize } from './organization-policy';
export { checkPolicySize, POLICY_LIMITS } from './policies';
export type { Days, Problem } from './problem';
export { checkRegionSwitch, REGION_SWITCH_BLOCKS, type RegionSwitchPlan, type RegionSwitchStep } from './region-switch';
export {
  checkConditionsOfTest,
  checkEligiblePoints,
  checkTestCount,
  checkTestWindow,
  checkValidationWindow,
  type EligiblePoints,
  RESTORE_TESTING_LIMITS,
} from './restore-testing';
export {
  type BucketReadiness,
  checkBucket,
  checkPolicyActions,
} from './selections';
export { checkCompletionWindow, checkStartWindow, checkWindows } from './windows';
