import { CronSchedule } from '../../../lib/model/schedule';
import { DAY, HOUR } from '../../../lib/model/time';
import type { RuleModel } from '../../../lib/model/worst-case';
import type { Chance } from './chance';
import { adversarialDraws, randomDraws } from './draws';
import type { Plan } from './random-plan';
import { type Arrival, type Job, jobsOf, lossAt, simulate } from './simulator';

const RETRY = HOUR / 6;
/** Longer spells are left out: a monthly copy beside hourly backups would take thousands of jobs. */
const MOST_RUNS = 500;
const YEAR_START = Date.UTC(2026, 0, 10);
const YEAR_MS = 340 * DAY;

/** The longest loss that several spells of simulated time show for one place; `undefined` where none could be played. */
export function worstSeen(plan: Plan, container: string, chance: Chance): number | undefined {
  const feeders = plan.rules.filter((rule) => feeds(rule, container));
  const gaps = feeders.map((rule) => CronSchedule.parse(rule.expression, rule.timeZone).longestGap());
  const densest = gaps.reduce((min, gap) => (gap.gapMs < min.gapMs ? gap : min));
  const halfMs = Math.max(36 * HOUR, 2.2 * densest.gapMs + DAY);
  const other = CronSchedule.parse(...scheduleOf(chance.pick(plan.rules)));
  const centres = [
    densest.fromMs + densest.gapMs / 2,
    other.nextRun(YEAR_START + chance.upTo(YEAR_MS)) as number,
    YEAR_START + chance.upTo(YEAR_MS),
  ];
  const seen = centres.flatMap((centreMs) => worstAround(plan, container, centreMs, halfMs, chance) ?? []);
  return seen.length > 0 ? Math.max(...seen) : undefined;
}

function worstAround(plan: Plan, container: string, centreMs: number, halfMs: number, chance: Chance): number | undefined {
  const jobs = jobsAround(plan, centreMs, halfMs, chance);
  if (jobs === undefined) {
    return undefined;
  }
  const endMs = centreMs + halfMs;
  const played = [randomDraws(chance, plan.times), ...adversaries(plan, container, jobs)].map((draws) =>
    worstIn(simulate(jobs, draws), container, endMs, chance),
  );
  return Math.max(0, ...played);
}

/** The jobs of a spell of simulated time, by one reading of the documentation; `undefined` where they are too many to play. */
export function jobsAround(plan: Plan, centreMs: number, halfMs: number, chance: Chance): readonly Job[] | undefined {
  const startMs = centreMs - halfMs;
  const endMs = centreMs + halfMs;
  const runs = plan.rules.flatMap((rule) =>
    CronSchedule.parse(...scheduleOf(rule))
      .runs(startMs - DAY, endMs + DAY)
      .map((dueMs): Job => ({ rule, dueMs, endMs: dueMs + rule.startWindowMs })),
  );
  if (runs.length > MOST_RUNS) {
    return undefined;
  }
  const reading = { swallowedSwallow: chance.maybe(0.5), tieOrder: chance.shuffled(plan.rules) };
  return jobsOf(runs, reading).filter(({ dueMs }) => dueMs >= startMs && dueMs <= endMs);
}

/** Adversaries that pick the recovery points after which the next is furthest, and start them early or just in the way. */
function adversaries(plan: Plan, container: string, jobs: readonly Job[]) {
  const feeding = jobs.filter(({ rule }) => feeds(rule, container));
  return feeding
    .map((job, i) => ({ job, next: feeding.slice(i + 1, i + 3) }))
    .filter(({ next }) => next.length > 0)
    .sort((a, b) => b.next[0].endMs - b.job.dueMs - (a.next[0].endMs - a.job.dueMs))
    .slice(0, 2)
    .flatMap(({ job, next }) => {
      const busyMs = plan.times.backupMs + (job.rule.copies.length > 0 ? plan.times.copyMs : 0);
      const inTheWay = next.map((other) => other.endMs - busyMs - RETRY + 2).filter((ms) => ms > job.dueMs && ms <= job.endMs);
      return [job.dueMs, ...inTheWay].map((pivotStartMs) => adversarialDraws(job, pivotStartMs, plan.times));
    });
}

/** The longest loss over disruptions at random and just before each recovery point becomes usable. */
function worstIn(arrivals: readonly Arrival[], container: string, endMs: number, chance: Chance): number {
  const here = arrivals.filter((point) => point.container === container && point.atMs <= endMs);
  const moments = here.map(({ atMs }) => atMs - 1);
  const last = Math.max(...moments);
  for (let i = 0; i < 5 && here.length > 0; i++) {
    moments.push(here[0].atMs + chance.upTo(Math.max(0, last - here[0].atMs)));
  }
  return moments.reduce((worst, atMs) => Math.max(worst, lossAt(here, container, atMs) ?? 0), 0);
}

/** Whether the rule brings snapshots to the place. */
export function feeds(rule: RuleModel, container: string): boolean {
  return (rule.container === container && !rule.continuous) || rule.copies.some((copy) => copy.container === container);
}

function scheduleOf(rule: RuleModel): [string, string | undefined] {
  return [rule.expression, rule.timeZone];
}
