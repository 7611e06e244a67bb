export { type CopyKeys, type CopyRoute, checkCopyKeys, copyObstacle, keyObstacle } from './copies';
export { type Counted, checkCount } from './counts';
export { checkColdStorage, checkContinuous, checkContinuousRules, checkLifecycle, checkRetention, type LifecycleDays } from './lifecycle';
export type { Limit, Range } from './limit';
export { LIMITS } from './limits';
export { checkAirGapped, checkAirGappedType, checkLock, checkRetentionInVault, type LockDays, type RetentionRange } from './locks';
export { checkName, checkTag, type NamedThing } from './names';
export type { Days, Problem } from './problem';
export {
  type BucketReadiness,
  checkBucket,
  checkPolicyActions,
} from './selections';
export { checkCompletionWindow, checkStartWindow, checkWindows } from './windows';
