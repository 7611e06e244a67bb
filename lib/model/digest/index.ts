export {
  type DigestConfig,
  type DigestedPlan,
  type DigestedTests,
  type DigestedVault,
  type DigestedWatch,
  JOB_METRICS,
  type JobKind,
} from './config';
export type { DigestFigures, JobFigures, PlaceFigures, TestedFigures, TestFigures, WatchFigures } from './figures';
export { type Digest, type DigestVerdict, digestOf } from './judge';
export { digestMessage } from './message';
