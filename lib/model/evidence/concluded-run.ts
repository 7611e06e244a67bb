import type { Measured, RunOutcome, RunRecord } from '../recovery';

/** A run of which all is known that will ever be: what evidence is made of. */
export interface ConcludedRun {
  readonly recovery: string;
  /** Region of the site that ran. */
  readonly site: string;
  readonly run: RunRecord;
  readonly outcome: RunOutcome;
  readonly problem?: string;
  readonly measured: Measured;
  /** Somebody had to be asked before the run took over. */
  readonly approvalRequired: boolean;
  readonly concludedMs: number;
}
