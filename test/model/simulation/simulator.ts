import type { RuleModel } from '../../../lib/model/worst-case';
import { EventQueue } from './event-queue';

/** One run of a rule that AWS Backup makes a job of. */
export interface Job {
  readonly rule: RuleModel;
  readonly dueMs: number;
  readonly endMs: number;
}

/** Everything that chance, or an adversary, decides. */
export interface Draws {
  /** When the job first tries to start, within its window. */
  firstTryMs(job: Job): number;
  /** The resource is free at `nowMs`: the job starts now, or waits on until the time that is returned. */
  waitUntilMs(job: Job, nowMs: number): number;
  /** How long a job that found the resource busy waits before it tries again: 10 minutes at most. */
  retryMs(job: Job): number;
  backupMs(job: Job): number;
  copyMs(job: Job): number;
}

/** What the documentation leaves open about overlapping start windows. */
export interface Reading {
  /** A run that is swallowed swallows others all the same. */
  readonly swallowedSwallow: boolean;
  /** Of rules with equal retention the one listed first here wins. */
  readonly tieOrder: readonly RuleModel[];
}

/** A recovery point that became usable in a place. */
export interface Arrival {
  readonly container: string;
  readonly job: Job;
  readonly dataMs: number;
  readonly atMs: number;
  readonly expiresMs: number;
}

type Event =
  | { readonly kind: 'try'; readonly atMs: number; readonly job: Job }
  | { readonly kind: 'backed-up'; readonly atMs: number; readonly job: Job; readonly dataMs: number }
  | { readonly kind: 'copied'; readonly atMs: number; readonly job: Job; readonly dataMs: number; readonly container: string };

/** Which of the runs AWS Backup makes jobs of: where start windows of two rules overlap, only the longer retention. */
export function jobsOf(runs: readonly Job[], reading: Reading): readonly Job[] {
  const rank = (rule: RuleModel) => [keptMs(rule.keptMs), -reading.tieOrder.indexOf(rule)];
  const beats = (a: Job, b: Job) => {
    const [aKept, aTie] = rank(a.rule);
    const [bKept, bTie] = rank(b.rule);
    return aKept > bKept || (aKept === bKept && aTie > bTie);
  };
  const strongestFirst = [...runs].sort((a, b) => (beats(a, b) ? -1 : beats(b, a) ? 1 : a.dueMs - b.dueMs));
  const swallowing: Job[] = [];
  const jobs: Job[] = [];
  for (const run of strongestFirst) {
    const swallowed = swallowing.some((other) => other.rule !== run.rule && other.dueMs < run.endMs && run.dueMs < other.endMs);
    if (!swallowed) {
      jobs.push(run);
    }
    if (!swallowed || reading.swallowedSwallow) {
      swallowing.push(run);
    }
  }
  return jobs.sort((a, b) => a.dueMs - b.dueMs);
}

/** Plays the jobs of one resource, one at a time, and tells when recovery points become usable and where. */
export function simulate(jobs: readonly Job[], draws: Draws): readonly Arrival[] {
  const queue = new EventQueue<Event>();
  const arrivals: Arrival[] = [];
  let busyUntilMs = Number.NEGATIVE_INFINITY;
  let copying = 0;
  for (const job of jobs.filter(({ rule }) => !rule.continuous || rule.copies.length > 0)) {
    queue.add({ kind: 'try', atMs: draws.firstTryMs(job), job });
  }
  for (let event = queue.next(); event; event = queue.next()) {
    const { atMs, job } = event;
    if (event.kind === 'try') {
      if (atMs > job.endMs) {
        continue;
      }
      if (busyUntilMs > atMs || copying > 0) {
        queue.add({ kind: 'try', atMs: atMs + draws.retryMs(job), job });
        continue;
      }
      const waitMs = draws.waitUntilMs(job, atMs);
      if (waitMs > atMs) {
        queue.add({ kind: 'try', atMs: waitMs, job });
        continue;
      }
      busyUntilMs = atMs + draws.backupMs(job);
      queue.add({ kind: 'backed-up', atMs: busyUntilMs, job, dataMs: atMs });
    } else if (event.kind === 'backed-up') {
      if (!job.rule.continuous) {
        arrivals.push(arrival(event, job.rule.container, job.rule.keptMs));
      }
      for (const copy of job.rule.copies) {
        copying++;
        queue.add({ kind: 'copied', atMs: atMs + draws.copyMs(job), job, dataMs: event.dataMs, container: copy.container });
      }
    } else {
      copying--;
      const copy = job.rule.copies.find(({ container }) => container === event.container)!;
      arrivals.push(arrival(event, event.container, copy.keptMs));
    }
  }
  return arrivals;
}

/** What would be lost of a place's data at the moment: the time since the newest recovery point that is there. */
export function lossAt(arrivals: readonly Arrival[], container: string, atMs: number): number | undefined {
  let newest = Number.NEGATIVE_INFINITY;
  for (const point of arrivals) {
    if (point.container === container && point.atMs <= atMs && atMs < point.expiresMs && point.dataMs > newest) {
      newest = point.dataMs;
    }
  }
  return Number.isFinite(newest) ? atMs - newest : undefined;
}

function arrival(event: { atMs: number; job: Job; dataMs: number }, container: string, kept: number | 'forever'): Arrival {
  return { container, job: event.job, dataMs: event.dataMs, atMs: event.atMs, expiresMs: event.dataMs + keptMs(kept) };
}

function keptMs(kept: number | 'forever'): number {
  return kept === 'forever' ? Number.POSITIVE_INFINITY : kept;
}
