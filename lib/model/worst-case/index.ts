export { alwaysSwallowed } from './always-swallowed';
export { claimsOf } from './claims-of';
export { type Overlap, overlapsOf } from './overlaps-of';
export type { CopyModel, JobTimes, PlaceClaim, RuleModel } from './rule-model';
