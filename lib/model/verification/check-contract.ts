import type { CheckSpec, ResultKind } from './check-spec';
import type { RestoredTarget, RestoreTest } from './restore-test';

/** What a function that looks at restored data is given; a function of the user gets the same. */
export interface CheckInput {
  readonly version: 1;
  readonly test: RestoreTest;
  readonly target: RestoredTarget;
  readonly checks: readonly CheckSpec[];
  /** What the last verified test of the resource left behind, by name of the check. */
  readonly baselines: Readonly<Record<string, unknown>>;
}

/** What it answers: one result for each check, in their order. A check without a result counts as failed. */
export interface CheckOutput {
  readonly results: readonly CheckResult[];
}

/** What one check found. */
export interface CheckResult {
  readonly name: string;
  readonly kind: ResultKind;
  /** `unable`: it could not look, which is as bad as `failed`. */
  readonly status: 'passed' | 'failed' | 'unable';
  /** In words: `at least 10,000 rows`. */
  readonly expected: string;
  /** In words: `9,412 rows`, or why it could not look. Never a secret or a value of a row. */
  readonly found: string;
  readonly durationMs: number;
  /** What is wrong, one by one, as far as a person wants to read it: at most 20. */
  readonly details?: readonly string[];
  /** Moment of the newest data that the check saw. */
  readonly newestMs?: number;
  /** What the next test of the resource compares with, as small JSON; kept only when the whole test succeeds. */
  readonly baseline?: unknown;
}

/** The most details of a result. */
export const MAX_DETAILS = 20;
