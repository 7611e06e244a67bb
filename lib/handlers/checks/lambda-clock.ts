import type { Clock } from './check-run';

/** The part of Lambda's context that the functions need. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** The greatest time of a Lambda function, for callers that give no context. */
const GREATEST_MS = 15 * 60_000;

/** The clock of a function that Lambda runs. */
export function lambdaClock(context: LambdaContext | undefined): Clock {
  return {
    now: () => Date.now(),
    remainingMs: () => context?.getRemainingTimeInMillis?.() ?? GREATEST_MS,
  };
}
