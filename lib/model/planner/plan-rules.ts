import { LIMITS } from '../limits';
import type { RungModel } from '../retention';
import { DAY, sumMs } from '../time';
import { alwaysSwallowed, claimsOf, type JobTimes, type RuleModel } from '../worst-case';
import { type Cadence, cadences } from './cadence';

/** What is wanted, from which rules are derived. */
export interface PlanRequest {
  /** Worst age of the newest recovery point in the vault; left out where continuous backup keeps the promise. */
  readonly rpoMs?: number;
  /** Worst age of the newest recovery point in the vaults that are copied to. */
  readonly copyRpoMs?: number;
  /** Rhythm asked for by hand instead of the sparsest that keeps the objective. */
  readonly everyMs?: number;
  readonly rungs: readonly RungModel[];
  /** How long recovery points between the rungs are kept. */
  readonly recentMs: number;
  readonly continuous: boolean;
  /** Some of the resources have no continuous backup: for them AWS Backup makes recovery points by the same rule. */
  readonly mixed?: boolean;
  readonly times: JobTimes;
  readonly hour: number;
  readonly minute: number;
  readonly timeZone?: string;
  readonly startWindowMs: number;
  readonly completionWindowMs: number;
  /** Name of the vault, and of those that every rule copies to. */
  readonly container: string;
  readonly copies: readonly string[];
}

/** A rule that the planner wants: what AWS Backup is told, with the lifecycle. */
export interface PlannedRule extends RuleModel {
  readonly coldAfterMs?: number;
  readonly archive?: boolean;
}

/**
 * Derives the rules of a plan: a rung for each step of the retention ladder and, where they are too far apart for the
 * objective, the sparsest rhythm between them that keeps it. Where none does, the densest: the assessor then says by how
 * much the promise is missed.
 */
export function planRules(request: PlanRequest): readonly PlannedRule[] {
  const rungs = request.rungs.map((rung) => rungRule(request, rung));
  if (request.continuous) {
    return [continuousRule(request, rungs), ...rungs];
  }
  if (request.everyMs !== undefined) {
    return [...between(request, cadenceFor(request, request.everyMs)), ...rungs];
  }
  if (rungs.length > 0 && keeps(request, rungs)) {
    return rungs;
  }
  const candidates = cadences(request.hour, request.minute);
  for (const cadence of candidates.filter((candidate) => mayKeep(request, candidate))) {
    const rules = [...between(request, cadence), ...rungs];
    if (keeps(request, rules)) {
      return rules;
    }
  }
  return [...between(request, candidates.at(-1) as Cadence), ...rungs];
}

/** A rhythm that is too sparse by itself hardly ever helps rungs that are too sparse: not worth the exact answer. */
function mayKeep({ rpoMs, copyRpoMs, startWindowMs, times }: PlanRequest, { nominalMs }: Cadence): boolean {
  const leastMs = nominalMs + startWindowMs + times.backupMs;
  return leastMs <= (rpoMs ?? Number.POSITIVE_INFINITY) && leastMs + times.copyMs <= (copyRpoMs ?? Number.POSITIVE_INFINITY);
}

function keeps(request: PlanRequest, rules: readonly PlannedRule[]): boolean {
  const judged = request.mixed ? rules.map((rule) => ({ ...rule, continuous: false })) : rules;
  return claimsOf(judged, request.times).every(({ container, copied, staleness }) => {
    const rpoMs = copied || container !== request.container ? request.copyRpoMs : request.rpoMs;
    return rpoMs === undefined || sumMs(staleness) <= rpoMs;
  });
}

/** The rhythm with at most this time between runs; the densest there is for less than an hour. */
function cadenceFor(request: PlanRequest, everyMs: number): Cadence {
  const candidates = cadences(request.hour, request.minute);
  return candidates.find(({ nominalMs }) => nominalMs <= everyMs) ?? (candidates.at(-1) as Cadence);
}

const CONTINUOUS = 'Continuous';

/** Continuous backup of a new resource begins with the first run: after a day at most. */
const FIRST_RUN_MS = DAY;

/** The rule between the rungs; a rung with the same schedule makes it superfluous. */
function between(request: PlanRequest, { name, expression, nominalMs }: Cadence): readonly PlannedRule[] {
  if (request.rungs.some((rung) => rung.expression === expression)) {
    return [];
  }
  const own = request.rungs.some((rung) => rung.name === name) ? `${name}Between` : name;
  // at least until the next one is sure to be usable
  const { startWindowMs, times, recentMs } = request;
  const nextMs = nominalMs + startWindowMs + times.backupMs + times.copyMs;
  const keptMs = Number.isFinite(nextMs) ? Math.max(recentMs, Math.ceil(nextMs / DAY) * DAY) : recentMs;
  return [{ ...common(request), name: own, expression, keptMs, copies: copies(request, keptMs) }];
}

/**
 * The rule with continuous backup. Where start windows overlap only the longer retention backs up: a day less than the
 * shortest rung lets every rung win. But some runs have to be left, or there would be no continuous backup at all: so the
 * rhythm is one that runs beside the rungs, and rungs that leave no room for any are not let win.
 */
function continuousRule(request: PlanRequest, rungs: readonly PlannedRule[]): PlannedRule {
  const { everyMs } = request;
  const all = cadences(request.hour, request.minute);
  const densest = all.at(-1) as Cadence;
  const runs = ({ expression }: Cadence, shortestMs: number) =>
    !alwaysSwallowed([continuousWith(request, expression, shortestMs), ...rungs], CONTINUOUS);
  const retentions = [
    ...rungs.map(({ keptMs }) => (keptMs === 'forever' ? Number.POSITIVE_INFINITY : keptMs)),
    Number.POSITIVE_INFINITY,
  ].sort((one, other) => one - other);
  const shortestMs = retentions.find((ms) => runs(densest, ms)) ?? retentions[0];
  const fits = (cadence: Cadence) =>
    everyMs === undefined
      ? cadence.nominalMs <= FIRST_RUN_MS &&
        mayKeep(request, cadence) &&
        keeps(request, [continuousWith(request, cadence.expression, shortestMs), ...rungs])
      : cadence.nominalMs <= everyMs;
  const { expression } = all.find((cadence) => fits(cadence) && runs(cadence, shortestMs)) ?? densest;
  return continuousWith(request, expression, shortestMs);
}

function continuousWith(request: PlanRequest, expression: string, shortestMs: number): PlannedRule {
  const keptMs = Math.max(DAY, Math.min(shortestMs - DAY, LIMITS.continuousRetention.value.max * DAY));
  return { ...common(request), name: CONTINUOUS, expression, continuous: true, keptMs, copies: copies(request, request.recentMs) };
}

function rungRule(request: PlanRequest, rung: RungModel): PlannedRule {
  return {
    ...common(request),
    name: rung.name,
    expression: rung.expression,
    keptMs: rung.keptMs,
    coldAfterMs: rung.coldAfterMs,
    archive: rung.archive,
    copies: copies(request, rung.keptMs),
  };
}

function common(request: PlanRequest) {
  const { timeZone, startWindowMs, completionWindowMs, container } = request;
  return { timeZone, startWindowMs, completionWindowMs, container, continuous: false };
}

function copies(request: PlanRequest, keptMs: number | 'forever') {
  return request.copies.map((container) => ({ container, keptMs }));
}
