import { DAY } from './time';

/** How often a rung of a retention ladder makes a recovery point that it keeps, and for how long. */
export interface RungModel {
  /** Name of the rule that the rung becomes. */
  readonly name: string;
  /** AWS cron expression. */
  readonly expression: string;
  readonly keptMs: number | 'forever';
  /** Moves to cold storage after this time; stays warm where left out. */
  readonly coldAfterMs?: number;
  /** Archives EBS snapshots too: AWS Backup allows it for monthly or rarer rules. */
  readonly archive?: boolean;
}

/** What is kept at least a year moves to cold storage after a month: far above the 90 days that cold storage bills at least. */
export const COLD_FROM_MS = 365 * DAY;
export const COLD_AFTER_MS = 30 * DAY;

/** The default ladder: 30 days of mistakes of the month, a quarter for reports, seven years for the law. */
export const LADDER_DAYS = { daily: 30, weekly: 90, monthly: 2557 } as const;

/** How long recovery points between two rungs are kept: time to notice a mistake. */
export const RECENT_MS = 7 * DAY;

/** Days that a database service keeps its automated backups where AWS Backup does not own them, unless told otherwise. */
export const SERVICE_RETENTION_DAYS = 7;

/** When rungs run unless told otherwise: all at the same minute, so that the rung with the longest retention takes the one backup. */
export const DEFAULT_HOUR = 2;

/** Spans in hours that divide a day: AWS Backup starts to count again at midnight. */
export const EVERY_HOURS: readonly number[] = [1, 2, 3, 4, 6, 8, 12];
