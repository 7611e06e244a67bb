import { LIMITS } from '../../limits';
import { MINUTE } from '../../time';
import type { JobTimes, RuleModel } from '../rule-model';
import { keptOf } from './runs';
import type { Survival } from './swallowing';
import { filtered, merge, type Timeline } from './timeline';

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
  const delayMs = (rule: RuleModel) => times.backupMs + (copiedBy(rule, container) ? times.copyMs : 0);
  const certain = merge(feeders, ({ certain }) => certain, delayMs);
  const i = longestStep(certain);
  if (i === undefined) {
    return undefined;
  }
  const settled = feeders.every((feeder) => feeder.certain === feeder.possible);
  const possible = settled ? certain : merge(feeders, ({ possible }) => possible, delayMs);
  const others = outcome.filter((survival) => !feeders.includes(survival));
  const withClashesMs = longestWithClashes(possible, withoutBlocked(certain, others, times), times);
  return {
    before: certain.rules[certain.ruleIndex[i - 1]],
    after: certain.rules[certain.ruleIndex[i]],
    gapMs: certain.fromMs[i] - certain.fromMs[i - 1],
    clashMs: Math.max(0, withClashesMs - (certain.usableMs[i] - certain.fromMs[i - 1])),
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

/** Index of the run that is usable longest after the data of the run before it. */
function longestStep({ length, fromMs, usableMs }: Timeline): number | undefined {
  let longest: number | undefined;
  let longestMs = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < length; i++) {
    const ms = usableMs[i] - fromMs[i - 1];
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
  const busyMs = (rule: RuleModel) => occupiedMs(rule, times) + RETRY;
  const free = new Array<boolean>(certain.length).fill(true);
  for (const other of others.filter(({ runs }) => occupiedMs(runs.rule, times) > 0)) {
    const jobs = merge([other], ({ possible }) => possible, busyMs);
    let first = 0;
    for (let i = 0; i < free.length; i++) {
      while (first < jobs.length && jobs.usableMs[first] <= certain.untilMs[i]) {
        first++;
      }
      if (first < jobs.length && jobs.fromMs[first] < certain.untilMs[i]) {
        free[i] = false;
      }
    }
  }
  return free.includes(false) ? filtered(certain, free) : certain;
}

/** The longest loss when each job of `possible` may be in the way of the runs of `next`. */
function longestWithClashes(possible: Timeline, next: Timeline, times: JobTimes): number {
  let longest = next.length === 0 ? Number.POSITIVE_INFINITY : 0;
  const busy = possible.rules.map((rule) => occupiedMs(rule, times) + RETRY);
  let first = 0;
  for (let i = 0; i < possible.length; i++) {
    while (first < next.length && next.fromMs[first] <= possible.fromMs[i]) {
      first++;
    }
    const busyMs = busy[possible.ruleIndex[i]];
    let startMs = possible.fromMs[i];
    for (let j = first; j < next.length; j++) {
      // A job that starts later than this keeps run j from starting.
      const latestMs = next.untilMs[j] - busyMs;
      if (latestMs >= startMs) {
        longest = Math.max(longest, next.usableMs[j] - startMs);
        startMs = latestMs;
      }
      if (latestMs >= possible.untilMs[i]) {
        break;
      }
    }
  }
  return longest;
}
