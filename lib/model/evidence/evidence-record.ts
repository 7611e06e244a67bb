import type { CheckResult, RestoreTest, ResultKind } from '../verification';

/** The proof of one restore test as it is stored: `schema/restore-evidence.schema.json` describes it. */
export interface EvidenceRecord {
  /** Changes when a reader of the former version would misread the record. */
  readonly version: 1;
  /** Whose chain it is part of. */
  readonly verification: string;
  /** Place in the chain, from 1. */
  readonly sequence: number;
  /** The record before it; left out in the first. */
  readonly previous?: RecordLink;
  /** When the verdict was given. */
  readonly concludedMs: number;
  /** Path of the construct that is verified. */
  readonly resource: string;
  readonly test: RestoreTest;
  /** What was asked. */
  readonly checks: readonly AskedCheck[];
  /** What was answered. */
  readonly results: readonly RecordedResult[];
  /** When what was restored could be used, and when the last check had answered. */
  readonly usableMs?: number;
  readonly checkedMs?: number;
  /** Why the verification itself ended before its time. */
  readonly problem?: string;
  readonly verdict: Verdict;
  readonly achieved: Achieved;
  readonly cleanUp: CleanUp;
  /** The last successful test of the resource, which checks compared with; left out where there was none. */
  readonly comparedWith?: ComparedRecord;
  /** What the next test of the resource compares with, by name of the check; empty unless the test was successful. */
  readonly baselines: Readonly<Record<string, unknown>>;
  /** SHA-256 of the pages for people that were written with it, by the end of their names. */
  readonly pages: Readonly<Record<PageFormat, string>>;
}

/** A record and what its bytes add up to. */
export interface RecordLink {
  readonly key: string;
  readonly sha256: string;
  /** When its verdict was given, which tells once it has expired whether it was due to; left out where nobody could read it. */
  readonly concludedMs?: number;
}

/** A record of the same chain by its place. */
export interface ComparedRecord {
  readonly sequence: number;
  readonly sha256: string;
}

export type PageFormat = 'html' | 'md';

export interface AskedCheck {
  readonly name: string;
  readonly kind: ResultKind;
}

export type RecordedResult = Omit<CheckResult, 'baseline'>;

/** Whether the backup restores and its data is right. */
export interface Verdict {
  readonly status: 'SUCCESSFUL' | 'FAILED';
  /** Everything that is wrong, the worst first; empty when successful. */
  readonly reasons: readonly Reason[];
}

export interface Reason {
  readonly kind: ReasonKind;
  /** Name of the check that it is about. */
  readonly check?: string;
  readonly words: string;
}

export type ReasonKind =
  /** The restore job failed. */
  | 'restore-failed'
  /** The verification ended before its time. */
  | 'interrupted'
  /** What was restored could never be used. */
  | 'never-usable'
  /** Nobody asked for anything. */
  | 'nothing-checked'
  | 'check-failed'
  /** The check could not look. */
  | 'check-unable'
  | 'no-result'
  /** An answer that nobody asked for, or a second one. */
  | 'unexpected-result';

/** What the restore achieved beside what was promised. It is told and alarmed by itself and no part of the verdict. */
export interface Achieved {
  readonly recoveryPoint: AchievedPoint;
  readonly recoveryTime: AchievedTime;
}

/** `unknown`: promised, but not measured. */
export type ObjectiveOutcome = 'kept' | 'missed' | 'unknown' | 'not-promised';

export interface AchievedPoint {
  readonly outcome: ObjectiveOutcome;
  readonly promisedMs?: number;
  /** How much would have been lost; left out where nothing measured it. */
  readonly ms?: number;
  /** `check`: the age of the newest data that a check found. `recovery-point`: the age of the recovery point itself. */
  readonly measuredBy?: 'check' | 'recovery-point';
  /** Name of the check with the oldest such data. */
  readonly check?: string;
  /** Until when the age is counted: `test`, the start of the restore, or `recovery-point`, for a point that was not the newest. */
  readonly countedTo?: 'test' | 'recovery-point';
  /** Age of the recovery point at the start of the restore. */
  readonly pointAgeMs: number;
}

export interface AchievedTime {
  readonly outcome: ObjectiveOutcome;
  readonly promisedMs?: number;
  /** From the start of the restore until what was restored could be used; left out where it never could. */
  readonly ms?: number;
  /** One after the other; the checks come after the time that counts. */
  readonly parts: readonly { readonly name: 'restore' | 'until usable' | 'checks'; readonly ms: number }[];
}

/** Whether what the verification made for the test is gone; what AWS Backup restored, it removes itself. */
export interface CleanUp {
  readonly status: 'clean' | 'left' | 'unknown';
  /** ARNs or names of what is still there. */
  readonly left: readonly string[];
  /** Why. */
  readonly problem?: string;
}

/** The newest record of a chain, kept beside it. */
export interface ChainHead extends RecordLink {
  readonly version: 1;
  readonly sequence: number;
}
