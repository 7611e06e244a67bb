export { type CopyKeys, type CopyRoute, checkCopy, checkCopyKeys, copyObstacle } from './copies';
export { type Counted, checkCount } from './counts';
export { type BackupEvent, eventDetail } from './events';
export { checkColdStorage, checkContinuous, checkContinuousRules, checkLifecycle, checkRetention, type LifecycleDays } from './lifecycle';
export { LIMITS, type Limit, type Range } from './limits';
export { checkAirGapped, checkAirGappedType, checkLock, checkRetentionInVault, type LockDays, type RetentionRange } from './locks';
export { checkName, type NamedThing } from './names';
export type { Days, Problem } from './problem';
export {
  type BucketReadiness,
  checkBucket,
  checkFiltered,
  checkPolicyActions,
  checkPolicySize,
  checkSelection,
  type SelectionEntries,
} from './selections';
export { checkCompletionWindow, checkStartWindow, checkWindows } from './windows';
