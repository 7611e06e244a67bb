import type { Term } from '../facts';
import { HOUR, MINUTE } from '../time';
import type { StrategyKind, StrategyPlan } from './strategy';

/** How a site takes over, as far as it costs time. */
export interface FailoverOutline {
  readonly strategy: StrategyPlan;
  /** From the loss until somebody starts the failover; estimated where nobody says. */
  readonly detectionMs?: number;
  /** The same where the site that waits watches the other one; what is said goes before it. */
  readonly watchedMs?: number;
  /** How long a person has to say yes; 0 where nobody is asked. */
  readonly approvalMs: number;
  /** Whether something has to be scaled out. */
  readonly scales: boolean;
  /** Whether the application is looked at before traffic comes. */
  readonly verifies: boolean;
  /** From switching until every client has the new answer. */
  readonly settleMs: number;
}

/** What a failover takes besides bringing the data back. */
export interface FailoverTimes {
  readonly before: readonly Term[];
  readonly after: readonly Term[];
}

/** Our assumptions, on the slow side; a drill measures them. */
const ESTIMATES = { detection: 10 * MINUTE, fence: 2 * MINUTE, fromNone: 10 * MINUTE, scale: 5 * MINUTE, verify: 2 * MINUTE } as const;

/** Expected times of a failover, step by step, in the order of the steps. */
export function failoverTimes(outline: FailoverOutline): FailoverTimes {
  const { strategy, approvalMs, scales, verifies, settleMs } = outline;
  const estimated = (name: string, ms: number): Term => ({ name, ms, basis: 'estimated' });
  return {
    before: [
      detection(outline),
      ...(approvalMs > 0 ? [{ name: 'approval', ms: approvalMs, basis: 'configured' } as const] : []),
      estimated('fence the lost site', ESTIMATES.fence),
    ],
    after: [
      ...(scales ? [estimated('scale out', strategy.standbyCapacity === 0 ? ESTIMATES.fromNone : ESTIMATES.scale)] : []),
      ...(verifies ? [estimated('verify the application', ESTIMATES.verify)] : []),
      ...(settleMs > 0 ? [{ name: 'health checks and time to live of records', ms: settleMs, basis: 'configured' } as const] : []),
    ],
  };
}

function detection({ detectionMs, watchedMs }: FailoverOutline): Term {
  const name = 'until the failover is started';
  if (detectionMs !== undefined) {
    return { name, ms: detectionMs, basis: 'declared' };
  }
  return watchedMs === undefined ? { name, ms: ESTIMATES.detection, basis: 'estimated' } : { name, ms: watchedMs, basis: 'configured' };
}

/** An objective in ms. */
export interface ObjectiveMs {
  readonly rpoMs: number;
  readonly rtoMs: number;
}

/** From the cheapest to the dearest. */
export const STRATEGIES: readonly StrategyKind[] = ['backup-and-restore', 'pilot-light', 'warm-standby', 'hot-standby', 'multi-site'];

/**
 * What a strategy cannot go below, whatever the application: hours, tens of minutes, minutes, near real time (AWS Whitepaper: Disaster Recovery of
 * Workloads on AWS, read on 2026-11-23). Recovery points are made hourly at most and may start an hour late.
 */
const FLOORS: Readonly<Record<StrategyKind, ObjectiveMs>> = {
  'backup-and-restore': { rpoMs: 2 * HOUR, rtoMs: HOUR },
  'pilot-light': { rpoMs: 0, rtoMs: 10 * MINUTE },
  'warm-standby': { rpoMs: 0, rtoMs: 2 * MINUTE },
  'hot-standby': { rpoMs: 0, rtoMs: MINUTE },
  'multi-site': { rpoMs: 0, rtoMs: 0 },
};

/** The shortest objective that a strategy is chosen for: what it needs with a person who is woken up, and room to spare. */
const COMFORTABLE: Readonly<Record<StrategyKind, ObjectiveMs>> = {
  'backup-and-restore': { rpoMs: 4 * HOUR, rtoMs: 8 * HOUR },
  'pilot-light': { rpoMs: 0, rtoMs: HOUR },
  'warm-standby': { rpoMs: 0, rtoMs: 45 * MINUTE },
  'hot-standby': { rpoMs: 0, rtoMs: 30 * MINUTE },
  'multi-site': { rpoMs: 0, rtoMs: 0 },
};

/** Whether a strategy is out of the question for an objective. */
export function isBelowFloor(kind: StrategyKind, objective: ObjectiveMs): boolean {
  return !reaches(FLOORS[kind], objective);
}

/** The shortest objective that a strategy can be asked to keep. */
export function floorOf(kind: StrategyKind): ObjectiveMs {
  return FLOORS[kind];
}

/** The cheapest strategy that keeps an objective without strain. */
export function cheapestStrategy(objective: ObjectiveMs): StrategyKind {
  return STRATEGIES.find((kind) => reaches(COMFORTABLE[kind], objective)) ?? 'multi-site';
}

/** The cheapest strategy that is dearer than this one and keeps the objective; nothing where none does. */
export function nextStrategy(kind: StrategyKind, objective: ObjectiveMs): StrategyKind | undefined {
  return STRATEGIES.slice(STRATEGIES.indexOf(kind) + 1).find((dearer) => reaches(COMFORTABLE[dearer], objective));
}

function reaches(needed: ObjectiveMs, { rpoMs, rtoMs }: ObjectiveMs): boolean {
  return needed.rpoMs <= rpoMs && needed.rtoMs <= rtoMs;
}
