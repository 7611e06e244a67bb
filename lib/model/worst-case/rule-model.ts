import type { Basis, Term } from '../facts';

/** One rule of a backup plan, as far as recovery depends on it. */
export interface RuleModel {
  readonly name: string;
  /** `cron(...)` as AWS Backup takes it. */
  readonly expression: string;
  /**
   * IANA name.
   * @default 'UTC'
   */
  readonly timeZone?: string;
  /** How long a job may wait before it starts. */
  readonly startWindowMs: number;
  /** How long a job may take before it is cancelled. */
  readonly completionWindowMs: number;
  readonly keptMs: number | 'forever';
  /** The rule keeps a continuous recovery point of this resource instead of snapshots; its copies are snapshots. */
  readonly continuous: boolean;
  /** The vault of the recovery points; equal for equal vaults. */
  readonly container: string;
  readonly copies: readonly CopyModel[];
}

/** One copy action of a rule. */
export interface CopyModel {
  readonly container: string;
  readonly keptMs: number | 'forever';
}

/** How long jobs for a resource take, at most. */
export interface JobTimes {
  readonly backupMs: number;
  /** One copy; the copies of one recovery point run side by side. */
  readonly copyMs: number;
  readonly basis: Basis;
}

/** What the rules of a plan promise for one place. */
export interface PlaceClaim {
  readonly container: string;
  /** Recovery points come here by copy actions only. */
  readonly copied: boolean;
  /** Worst case between the newest usable recovery point and now: the sum of its terms; `Infinity` where no end can be promised. */
  readonly staleness: readonly Term[];
  /** Longest time a recovery point is kept here. */
  readonly keptMs: number | 'forever';
  /** Shortest time a recovery point is kept here. */
  readonly shortestKeptMs: number | 'forever';
  /** Names of the rules that bring recovery points here, in the order of the plan. */
  readonly rules: readonly string[];
  /** Sentences about what weakens the claim. */
  readonly cautions: readonly string[];
}
