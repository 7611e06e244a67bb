import { MINUTE } from '../../time';
import type { JobTimes, RuleModel } from '../rule-model';
import type { RuleRuns } from './runs';
import type { Survival } from './swallowing';

/** A job that waits is retried at least every 10 minutes (AWS Backup API, BackupJob state CREATED): it may miss the end of its window by that much. */
const RETRY = 10 * MINUTE;

/** A run that brings a recovery point to a place: its job starts between `fromMs` and `untilMs`. */
export interface Run {
  readonly of: RuleRuns;
  readonly fromMs: number;
  readonly untilMs: number;
  /** When its recovery point is usable in the place at the latest. */
  readonly usableMs: number;
}

/** The worst case of one place, in parts that add up. */
export interface Worst {
  /** Between which runs the loss is longest while no job is in the way of another. */
  readonly before: Run;
  readonly after: Run;
  /** What jobs that still run when the next should start add to it; `Infinity` where they may always be in the way. */
  readonly clashMs: number;
}

/**
 * A recovery point holds the data of the moment its job started, `fromMs` at the earliest; the next is usable at the end of
 * its window plus the backup (and copy) at the latest. What lies between may be lost.
 *
 * A resource has one job at a time. A job that still runs when the window of another ends makes that one expire, so
 * the next one counts that can surely start. `undefined` where no run is certain to be followed by another.
 */
export function worstOf(outcome: readonly Survival[], container: string, times: JobTimes): Worst | undefined {
  const feeders = outcome.filter(({ runs }) => runs.schedule.endless && feeds(runs, container));
  const delayMs = (runs: RuleRuns) => times.backupMs + (copiedBy(runs.rule, container) ? times.copyMs : 0);
  const certain = merged(feeders, ({ certain }) => certain, delayMs);
  const base = longestStep(certain);
  if (!base) {
    return undefined;
  }
  const others = outcome.filter((survival) => !feeders.includes(survival));
  const possible = merged(feeders, ({ possible }) => possible, delayMs);
  const withClashesMs = longestWithClashes(possible, withoutBlocked(certain, others, times), times);
  return { ...base, clashMs: Math.max(0, withClashesMs - (base.after.usableMs - base.before.fromMs)) };
}

/** Whether recovery points of the rule come to the place as copies. */
export function copiedBy(rule: RuleModel, container: string): boolean {
  return rule.container !== container || rule.continuous;
}

/** Whether the rule brings discrete recovery points to the place. */
export function feeds({ rule }: RuleRuns, container: string): boolean {
  return (rule.container === container && !rule.continuous) || rule.copies.some((copy) => copy.container === container);
}

function merged(
  survivals: readonly Survival[],
  flags: (survival: Survival) => readonly boolean[],
  delayMs: (runs: RuleRuns) => number,
): readonly Run[] {
  const runs: Run[] = [];
  for (const survival of survivals) {
    const { times, rule } = survival.runs;
    const counts = flags(survival);
    const delay = delayMs(survival.runs);
    for (let i = 0; i < times.length; i++) {
      if (counts[i]) {
        const untilMs = times[i] + rule.startWindowMs;
        runs.push({ of: survival.runs, fromMs: times[i], untilMs, usableMs: untilMs + delay });
      }
    }
  }
  return survivals.length > 1 ? runs.sort((a, b) => a.fromMs - b.fromMs) : runs;
}

function longestStep(runs: readonly Run[]): { before: Run; after: Run } | undefined {
  let longest: { before: Run; after: Run } | undefined;
  let longestMs = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < runs.length; i++) {
    const ms = runs[i].usableMs - runs[i - 1].fromMs;
    if (ms > longestMs) {
      longestMs = ms;
      longest = { before: runs[i - 1], after: runs[i] };
    }
  }
  return longest;
}

/** How long a job of the rule occupies the resource, its copies included. */
function occupiedMs(rule: RuleModel, times: JobTimes): number {
  if (rule.copies.length > 0) {
    return times.backupMs + times.copyMs;
  }
  return rule.continuous ? 0 : times.backupMs;
}

/** Leaves out runs that a job of a rule that does not feed this place may keep from starting. */
function withoutBlocked(certain: readonly Run[], others: readonly Survival[], times: JobTimes): readonly Run[] {
  return others.reduce((left, other) => {
    const busyMs = occupiedMs(other.runs.rule, times);
    if (busyMs === 0) {
      return left;
    }
    const blockers = merged(
      [other],
      ({ possible }) => possible,
      () => busyMs + RETRY,
    );
    let first = 0;
    return left.filter((run) => {
      while (first < blockers.length && blockers[first].usableMs <= run.untilMs) {
        first++;
      }
      return first === blockers.length || blockers[first].fromMs >= run.untilMs;
    });
  }, certain);
}

/** The longest loss when each job of `possible` may be in the way of the runs of `next`. */
function longestWithClashes(possible: readonly Run[], next: readonly Run[], times: JobTimes): number {
  let longest = next.length === 0 ? Number.POSITIVE_INFINITY : 0;
  let first = 0;
  for (const run of possible) {
    while (first < next.length && next[first].fromMs <= run.fromMs) {
      first++;
    }
    const busyMs = occupiedMs(run.of.rule, times) + RETRY;
    let startMs = run.fromMs;
    for (let j = first; j < next.length; j++) {
      // A job that starts later than this keeps run j from starting.
      const latestMs = next[j].untilMs - busyMs;
      if (latestMs >= startMs) {
        longest = Math.max(longest, next[j].usableMs - startMs);
        startMs = latestMs;
      }
      if (latestMs >= run.untilMs) {
        break;
      }
    }
  }
  return longest;
}
