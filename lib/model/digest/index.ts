export { type DigestConfig, type DigestedPlan, type DigestedVault, type DigestedWatch, JOB_METRICS, type JobKind } from './config';
export type { DigestFigures, JobFigures, PlaceFigures, WatchFigures } from './figures';
export { type Digest, type DigestVerdict, digestOf } from './judge';
export { digestMessage } from './message';
