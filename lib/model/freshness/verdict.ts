import { DAY, MINUTE, words } from '../time';
import type { COUNTS } from './names';

/** What can be said about one promised thing in one place. */
export type Verdict = keyof typeof COUNTS;

/** How far clocks may differ. */
export const CLOCK_TOLERANCE_MS = 5 * MINUTE;

/**
 * How far an alarm can look back. Where nobody knows since when something is promised, the alarm on what is awaited is the
 * memory: a first recovery point that is awaited for longer has to be called missing at once.
 */
export const ALARM_MEMORY_MS = 7 * DAY;

/** What was seen of one promised thing in one place. */
export interface Observation {
  readonly nowMs: number;
  /** Left out: nothing says how old it may be. */
  readonly thresholdMs?: number;
  /** The RPO that relies on it; left out where none does. */
  readonly rpoMs?: number;
  /** The moment that the newest usable recovery point shows; left out where there is none. */
  readonly newestMs?: number;
  /** There is a recovery point from the future. */
  readonly ahead?: boolean;
  /** Since when it is promised; left out where nobody knows. */
  readonly promisedSinceMs?: number;
  /** What became of its first backup, where jobs tell. */
  readonly firstBackup?: FirstBackup;
}

/** The newest job of a resource that has no recovery point. */
export interface FirstBackup {
  readonly state: 'running' | 'failed';
  readonly words: string;
}

/** A verdict with its reason. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly ageMs?: number;
  /** In words, for whoever reads the log; left out for what is fresh. */
  readonly reason?: string;
  /** What is awaited is being made: its completion window ends the wait, not the alarm. */
  readonly running?: true;
}

/** Judges one promised thing in one place. Nothing is fresh that was not seen to be. */
export function judge(seen: Observation): Judgement {
  const { nowMs, newestMs, thresholdMs, rpoMs, ahead } = seen;
  if (ahead || (newestMs !== undefined && newestMs > nowMs + CLOCK_TOLERANCE_MS)) {
    return { verdict: 'unknown', reason: 'has a recovery point from the future: some clock is wrong, and every age with it' };
  }
  if (newestMs === undefined) {
    return withoutPoint(seen);
  }
  const ageMs = Math.max(0, nowMs - newestMs);
  if (thresholdMs !== undefined && ageMs > thresholdMs) {
    return { verdict: 'stale', ageMs, reason: `is ${words(ageMs)} old, and the schedule explains ${words(thresholdMs)}` };
  }
  if (rpoMs !== undefined && ageMs > rpoMs) {
    return { verdict: 'late', ageMs, reason: `is ${words(ageMs)} old, and the promised RPO is ${words(rpoMs)}` };
  }
  return thresholdMs === undefined
    ? { verdict: 'unjudged', ageMs, reason: 'no schedule that is known says how old it may be' }
    : { verdict: 'fresh', ageMs };
}

/** How long a first recovery point may take. */
export function graceMs(thresholdMs: number | undefined): number {
  return thresholdMs ?? ALARM_MEMORY_MS;
}

function withoutPoint({ nowMs, thresholdMs, promisedSinceMs, firstBackup }: Observation): Judgement {
  if (firstBackup?.state === 'running') {
    return { verdict: 'awaited', reason: firstBackup.words, running: true };
  }
  if (firstBackup?.state === 'failed') {
    return { verdict: 'missing', reason: `has no recovery point: ${firstBackup.words}` };
  }
  const grace = graceMs(thresholdMs);
  if (promisedSinceMs === undefined) {
    return grace <= ALARM_MEMORY_MS
      ? { verdict: 'awaited', reason: 'has no recovery point, and nothing says since when it is promised' }
      : { verdict: 'missing', reason: 'has no recovery point, and nothing says since when it is promised' };
  }
  const waitedMs = Math.max(0, nowMs - promisedSinceMs);
  return waitedMs <= grace
    ? { verdict: 'awaited', reason: `has no recovery point yet, promised for ${words(waitedMs)}` }
    : { verdict: 'missing', reason: `has no recovery point, promised for ${words(waitedMs)}` };
}
