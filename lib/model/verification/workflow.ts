import type { CheckResult } from './check-contract';
import type { CheckSpec } from './check-spec';
import type { VerificationConfig, VerifiedResource } from './config';
import type { RestoredTarget, RestoreTest } from './restore-test';

/** What the state machine holds: what is verified, and how it goes about it. */
export interface WorkflowConfig extends VerificationConfig {
  /** Restores of other plans are none of its business. */
  readonly planArns: readonly string[];
  /** Those of them that restore the newest recovery point, so that its age says what would have been lost. */
  readonly latestPlanArns: readonly string[];
  /** How long it may take from the start of an execution until what was restored can be used. */
  readonly patienceMs: number;
  /** Class of the instance that a restored Aurora cluster is given. */
  readonly instanceClass: string;
}

/** What an execution starts with. It bears the name of the restore job, so that a second event of the same job changes nothing. */
export interface WorkflowInput {
  readonly restoreJobId: string;
  /** Why an earlier execution did not come to its end: then only its remains are cleaned up, and the test has failed. */
  readonly cause?: string;
}

/** Checks that one function runs. */
export interface CheckGroup {
  readonly functionArn: string;
  readonly checks: readonly CheckSpec[];
  readonly baselines: Readonly<Record<string, unknown>>;
}

/** The resource that a test is about. */
export type TestedResource = Omit<VerifiedResource, 'checks' | 'checkers'>;

/** What the first step finds out. */
export interface Begun extends WorkflowInput {
  /** `settle`: an execution that was stopped may still be making what has to be cleaned up. */
  readonly stage: 'restoring' | 'look' | 'settle' | 'clean';
  readonly verification: string;
  readonly evidence: VerificationConfig['evidence'];
  readonly instanceClass: string;
  /** When it is no longer waited for. */
  readonly lookUntilMs: number;
  readonly test?: RestoreTest;
  readonly resource?: TestedResource;
  /** Which recovery point the plan restores. */
  readonly recoveryPoints?: 'latest' | 'random';
  readonly groups: readonly CheckGroup[];
  /** The last successful test of the resource, whose baselines the checks are given. */
  readonly comparedWith?: { readonly sequence: number; readonly sha256: string };
  /** Results of checks that nobody can run. */
  readonly unrun: readonly CheckResult[];
  /** Why there is nothing to look at. */
  readonly failure?: string;
}

/** How far something restored is. */
export type Looked =
  | { readonly status: 'usable'; readonly target: RestoredTarget; readonly usableMs: number }
  | { readonly status: 'waiting'; readonly reason: string }
  | { readonly status: 'unusable'; readonly reason: string };

/** How far cleaning up is. */
export interface Cleaned {
  readonly status: 'clean' | 'waiting' | 'stuck';
  readonly reason?: string;
  /** What stays behind where it is stuck, by name or id. */
  readonly left?: readonly string[];
  /** When it began. */
  readonly sinceMs: number;
}

/** An error as Step Functions tells it. */
export interface StateError {
  readonly Error?: string;
  readonly Cause?: string;
}

/** What a function that was to check has answered, or why it has not; nothing about the answer can be relied on. */
export interface CheckAnswer {
  readonly answer?: unknown;
  readonly error?: StateError;
}

/** All that an execution knows; each step adds its part, and none but the first is certain to be there. */
export interface WorkflowState extends WorkflowInput, Partial<Omit<Begun, keyof WorkflowInput>> {
  readonly config?: WorkflowConfig;
  readonly looked?: Looked;
  readonly answers?: readonly CheckAnswer[];
  readonly cleaned?: Cleaned;
  /** Why looking or checking ended early. */
  readonly error?: StateError;
  readonly cleanError?: StateError;
  /** Why the evidence could not be kept. */
  readonly unrecorded?: StateError;
}

/** What Step Functions tells of an error, in words. */
export function errorInWords({ Error: name, Cause: cause }: StateError): string {
  const message = messageIn(cause);
  return [name, message].filter(Boolean).join(': ') || 'an error without a name';
}

/** The message of an error of a Lambda function, which arrives as JSON. */
function messageIn(cause: string | undefined): string | undefined {
  try {
    const { errorMessage } = JSON.parse(cause ?? '');
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
