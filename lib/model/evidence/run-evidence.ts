import type { RunInput, RunOutcome, RunRecord } from '../recovery';
import type { ObjectiveOutcome, PageFormat, RecordLink } from './evidence-record';

/** The proof of one run of a recovery as it is stored: `schema/recovery-run-evidence.schema.json` describes it. */
export interface RunEvidence {
  /** Changes when a reader of the former version would misread the record. */
  readonly version: 1;
  /** Tells it from the record of a restore test, which has none. */
  readonly kind: 'recovery-run';
  /** Whose chain it is part of, together with the site. */
  readonly recovery: string;
  /** Region of the site that ran. */
  readonly site: string;
  /** Place in the chain, from 1. */
  readonly sequence: number;
  /** The record before it; left out in the first. */
  readonly previous?: RecordLink;
  /** When the run was concluded. */
  readonly concludedMs: number;
  /** What was asked for, and every step with its times. */
  readonly run: RecordedRun;
  readonly approval: RecordedApproval;
  readonly outcome: RunOutcome;
  /** Why it did not complete. */
  readonly problem?: string;
  readonly achieved: RunAchieved;
  /** SHA-256 of the pages for people that were written with it, by the end of their names. */
  readonly pages: Readonly<Record<PageFormat, string>>;
}

/** A run but for what only its register needs. */
export interface RecordedRun extends Pick<RunRecord, 'epoch' | 'begunMs' | 'peer' | 'peerState' | 'steps'> {
  readonly input: RunInput;
}

/** Whether a person had to say yes, and did. */
export interface RecordedApproval {
  /** Somebody had to be asked. */
  readonly required: boolean;
  /** `beforehand`: by whoever started the run. `on-request`: in answer to the message. Left out where nobody said yes. */
  readonly given?: 'beforehand' | 'on-request';
  /** Who, by their own word. */
  readonly by?: string;
}

/** What a run took and lost beside what was promised; measured by runs that completed only. */
export interface RunAchieved {
  readonly recoveryTime: RunTime;
  readonly recoveryPoint: RunPoint;
}

export interface RunTime {
  readonly outcome: ObjectiveOutcome;
  readonly promisedMs?: number;
  /** From the disruption, or the beginning of the run where nobody told it, until requests were answered here. */
  readonly ms?: number;
}

export interface RunPoint {
  readonly outcome: ObjectiveOutcome;
  readonly promisedMs?: number;
  /** That of the data that lost most. */
  readonly ms?: number;
  /** By name of the data. */
  readonly items: Readonly<Record<string, number>>;
  /** Names of data of which nobody knows. */
  readonly unknown: readonly string[];
}
