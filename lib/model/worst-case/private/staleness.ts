import { LIMITS } from '../../limits/limits';
import { MINUTE } from '../../time';
import type { JobTimes, RuleModel } from '../rule-model';
import { keptOf } from './runs';
import type { Survival } from './swallowing';
import { merge, type Timeline, without } from './timeline';

/** Retried so often, a job that waits may miss the moment before the end of its window when the resource is free again. */
const RETRY = LIMITS.startRetry.value * MINUTE;

/** The worst case of one place, in parts that add up. */
export interface Worst {
  /** Between which runs the loss is longest while no job is in the way of another. */
  readonly before: RuleModel;
  readonly after: RuleModel;
  readonly gapMs: number;
  /** What jobs that still run when the next should start add to it; `Infinity` where they may always be in the way. */
  readonly clashMs: number;
}

/**
 * A recovery point holds the data of the moment its job started, at its run's time at the earliest; the next is usable
 * at the end of its start window plus the backup (and copy) at the latest. What lies between may be lost.
 *
 * A resource has one job at a time. A job that still runs when the window of another ends makes that one expire, so
 * the next one counts that can surely start. `undefined` where no run is certain to be followed by another.
 */
export function worstOf(outcome: readonly Survival[], container: string, times: JobTimes): Worst | undefined {
  const feeders = outcome.filter(({ runs }) => runs.schedule.endless && feeds(runs.rule, container));
  const certain = merge(feeders, ({ doubtful }) => doubtful);
  const usableMs = certain.rules.map((rule) => rule.startWindowMs + times.backupMs + (copiedBy(rule, container) ? times.copyMs : 0));
  const i = longestStep(certain, usableMs);
  if (i === undefined) {
    return undefined;
  }
  const others = outcome.filter((survival) => !feeders.includes(survival));
  const settled = feeders.every((feeder) => feeder.doubtful === feeder.swallowed);
  const possible = settled ? certain : merge(feeders, ({ swallowed }) => swallowed);
  const withClashesMs = longestWithClashes(possible, withoutBlocked(certain, others, times), usableMs, times);
  const gapMs = certain.fromMs[i] - certain.fromMs[i - 1];
  return {
    before: certain.rules[certain.ruleIndex[i - 1]],
    after: certain.rules[certain.ruleIndex[i]],
    gapMs,
    clashMs: Math.max(0, withClashesMs - gapMs - usableMs[certain.ruleIndex[i]]),
  };
}

/** Whether recovery points of the rule come to the place as copies. */
export function copiedBy(rule: RuleModel, container: string): boolean {
  return rule.container !== container || rule.continuous;
}

/** Whether the rule brings discrete recovery points to the place. */
export function feeds(rule: RuleModel, container: string): boolean {
  return (rule.container === container && !rule.continuous) || rule.copies.some((copy) => copy.container === container);
}

/** Whether a rule may swallow a run of one of the others or keep its job from starting: the rest need not be looked at. */
export function disturbs(rule: RuleModel, others: readonly RuleModel[], times: JobTimes): boolean {
  const busyMs = occupiedMs(rule, times) + RETRY;
  return others.some((other) => keptOf(rule) >= keptOf(other) || busyMs > other.startWindowMs);
}

/** Index of the run whose recovery point comes longest after the data of the one before it; `usableMs` is for each rule. */
function longestStep({ fromMs, ruleIndex }: Timeline, usableMs: readonly number[]): number | undefined {
  let longest: number | undefined;
  let longestMs = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < fromMs.length; i++) {
    const ms = fromMs[i] + usableMs[ruleIndex[i]] - fromMs[i - 1];
    if (ms > longestMs) {
      longestMs = ms;
      longest = i;
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
function withoutBlocked(certain: Timeline, others: readonly Survival[], times: JobTimes): Timeline {
  const windows = certain.rules.map(({ startWindowMs }) => startWindowMs);
  const blocked = new Uint8Array(certain.fromMs.length);
  for (const other of others) {
    const busyMs = occupiedMs(other.runs.rule, times);
    if (busyMs === 0) {
      continue;
    }
    const { fromMs: jobs } = merge([other], ({ swallowed }) => swallowed);
    const freeAfterMs = other.runs.rule.startWindowMs + busyMs + RETRY;
    let first = 0;
    for (let i = 0; i < blocked.length; i++) {
      const untilMs = certain.fromMs[i] + windows[certain.ruleIndex[i]];
      while (first < jobs.length && jobs[first] + freeAfterMs <= untilMs) {
        first++;
      }
      if (first < jobs.length && jobs[first] < untilMs) {
        blocked[i] = 1;
      }
    }
  }
  return blocked.includes(1) ? without(certain, blocked) : certain;
}

/**
 * The longest loss when each job of `possible` may be in the way of the runs of `next`; `usableMs` is for each rule.
 * A job that starts at its run's time lets the first run of `next` start whose window outlasts it; one that starts
 * just too late for that run lets the one after start; and so on to the end of the job's own window.
 */
function longestWithClashes(possible: Timeline, next: Timeline, usableMs: readonly number[], times: JobTimes): number {
  const windows = possible.rules.map(({ startWindowMs }) => startWindowMs);
  const busy = possible.rules.map((rule) => occupiedMs(rule, times) + RETRY);
  const lastMs = possible.fromMs[possible.fromMs.length - 1];
  let longest = 0;
  let first = 0;
  for (let i = 0; i < possible.fromMs.length; i++) {
    let startMs = possible.fromMs[i];
    const untilMs = startMs + windows[possible.ruleIndex[i]];
    const busyMs = busy[possible.ruleIndex[i]];
    while (first < next.fromMs.length && next.fromMs[first] <= startMs) {
      first++;
    }
    let answered = false;
    for (let j = first; j < next.fromMs.length && !answered; j++) {
      const latestMs = next.fromMs[j] + windows[next.ruleIndex[j]] - busyMs;
      if (latestMs >= startMs) {
        const lossMs = next.fromMs[j] + usableMs[next.ruleIndex[j]] - startMs;
        longest = lossMs > longest ? lossMs : longest;
        startMs = latestMs;
      }
      answered = latestMs >= untilMs;
    }
    // Nothing follows within the horizon, though the wait is longer already than any other: it may never end.
    if (!answered && lastMs - startMs > longest) {
      return Number.POSITIVE_INFINITY;
    }
  }
  return longest;
}
