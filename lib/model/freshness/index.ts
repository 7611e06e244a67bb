export { type ArnKind, filtersFor, kindOf } from './arn-kinds';
export type { ConfiguredCopy, ConfiguredPlan, ConfiguredPromise, ConfiguredService, ConfiguredVault, FreshnessConfig } from './config';
export { AGE, CONFIG_VARIABLE, COUNTS, HEARTBEAT, MAX_CONFIG_BYTES, NAMESPACE, PLACE, PROTECTION, RPO_USED, WATCH } from './names';
export type { PlanWatch, PromisedCopy, ServicePromise, TypePromise, UnseenCopies } from './plan-watch';
export {
  type BackupSelection,
  listedArns,
  type SelectionCondition,
  searches,
  searchesOf,
  selected,
  type TaggedResource,
  type TagValue,
} from './selection';
export { type OnRecord, withServices } from './service-promises';
export { configsOf, type Site, type SitePlan, sitesOf, sizeOf, type Unwatched } from './sites';
export { DETAILS_AT_MOST, type Judged, Tally } from './tally';
export { thresholdMs } from './threshold';
export {
  ALARM_MEMORY_MS,
  CLOCK_TOLERANCE_MS,
  type FirstBackup,
  graceMs,
  type Judgement,
  judge,
  type Observation,
  type Verdict,
} from './verdict';
