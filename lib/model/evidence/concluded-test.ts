import type { RestoreTest } from '../verification';
import type { AskedCheck, CleanUp, ComparedRecord } from './evidence-record';

/** A test of which all is known that will ever be: what evidence is made of. */
export interface ConcludedTest {
  /** Path of the construct that is verified. */
  readonly resource: string;
  readonly rpoMs?: number;
  readonly rtoMs?: number;
  /** Whether the plan restores the newest recovery point or any; left out where nobody knows. */
  readonly recoveryPoints?: 'latest' | 'random';
  readonly test: RestoreTest;
  readonly checks: readonly AskedCheck[];
  /** `CheckResult`s, if those who looked kept to the contract. */
  readonly results: readonly unknown[];
  /** When what was restored could be used, and when the last check had answered. */
  readonly usableMs?: number;
  readonly checkedMs?: number;
  /** Why the verification itself ended before its time: a step that failed, a time-out, a cancellation. */
  readonly problem?: string;
  readonly cleanUp: CleanUp;
  /** Whose baselines the checks were given. */
  readonly comparedWith?: ComparedRecord;
  readonly concludedMs: number;
}
