import { MINUTE } from '../../../lib/model/time';
import type { JobTimes } from '../../../lib/model/worst-case';
import type { Chance } from './chance';
import type { Draws, Job } from './simulator';

/** A waiting job is tried again after 10 minutes at the latest. */
const RETRY = 10 * MINUTE;

/** Everything as it comes. */
export function randomDraws(chance: Chance, times: JobTimes): Draws {
  return {
    firstTryMs: (job) => job.dueMs + chance.upTo(job.endMs - job.dueMs),
    waitUntilMs: (_, nowMs) => nowMs,
    retryMs: () => 1 + chance.upTo(RETRY - 1),
    backupMs: () => chance.upTo(times.backupMs),
    copyMs: () => chance.upTo(times.copyMs),
  };
}

/**
 * The worst for whoever relies on the recovery point of one job, the pivot: it starts at `pivotStartMs`, everything later
 * as late and slowly as allowed, tries when the resource is still busy, and everything earlier is out of the way.
 */
export function adversarialDraws(pivot: Job, pivotStartMs: number, times: JobTimes): Draws {
  const early = (job: Job) => job.dueMs < pivot.dueMs && job.endMs <= pivotStartMs;
  return {
    firstTryMs: (job) => (job === pivot ? pivotStartMs : early(job) ? job.dueMs : Math.max(job.dueMs, job.endMs - RETRY + 1)),
    waitUntilMs: (job, nowMs) => (job === pivot || early(job) ? nowMs : job.endMs),
    retryMs: () => RETRY,
    backupMs: (job) => (early(job) ? 0 : times.backupMs),
    copyMs: (job) => (early(job) ? 0 : times.copyMs),
  };
}
