import { CronSchedule, type Gap, HORIZON_START, HORIZON_YEARS } from '../../schedule';
import { DAY } from '../../time';
import type { RuleModel } from '../rule-model';

/** As many runs are looked at where fewer years suffice: daily rules over ten years. */
const ENOUGH_RUNS = 4_000;
const YEAR = 366 * DAY;
const WEEK = 7 * DAY;

/** Weeks and runs that are looked at where one week is like another. */
const FEW_WEEKS = 4;
const FEW_RUNS = 60;

/** The runs of one rule over the horizon that all rules of the plan share. */
export interface RuleRuns {
  readonly rule: RuleModel;
  readonly schedule: CronSchedule;
  readonly times: readonly number[];
  readonly kept: number;
}

/**
 * The runs of every rule over the same weeks where all weeks are alike, and otherwise over the same years from 2026 on: fewer years the more runs there are, and 40 at most, but
 * enough to see each rule run and the longest gap of the feeder that runs most often. Daily rules get ten years, an hourly
 * rule one: coincidences of two other rules that come later are not seen.
 */
export function runsOf(rules: readonly RuleModel[], feeders: readonly RuleModel[] = []): readonly RuleRuns[] {
  const schedules = rules.map(scheduleOf);
  if (schedules.every(({ repeatsWeekly }) => repeatsWeekly)) {
    const perWeek = Math.min(...schedules.map((schedule) => schedule.runs(HORIZON_START, HORIZON_START + WEEK).length));
    const untilMs = HORIZON_START + Math.max(FEW_WEEKS, Math.ceil(FEW_RUNS / perWeek)) * WEEK;
    return rules.map((rule, i) => ({
      rule,
      schedule: schedules[i],
      times: schedules[i].runs(HORIZON_START, untilMs),
      kept: keptOf(rule),
    }));
  }
  const firstYear = schedules.map((schedule) => schedule.runs(HORIZON_START, HORIZON_START + YEAR));
  const perYear = firstYear.reduce((sum, runs) => sum + runs.length, 1);
  const firsts = schedules.map((schedule) => schedule.nextRun(HORIZON_START - 1) ?? HORIZON_START);
  const gaps = feeders.map((rule) => scheduleOf(rule).longestGap()).filter(({ gapMs }) => Number.isFinite(gapMs));
  const densest = gaps.reduce<Gap | undefined>((min, gap) => (min && min.gapMs <= gap.gapMs ? min : gap), undefined);
  const neededMs = Math.max(...firsts, densest?.toMs ?? HORIZON_START) + DAY - HORIZON_START;
  const years = Math.min(HORIZON_YEARS, Math.max(Math.ceil(neededMs / YEAR), Math.floor(ENOUGH_RUNS / perYear)));
  return rules.map((rule, i) => ({
    rule,
    schedule: schedules[i],
    times: years === 1 ? firstYear[i] : schedules[i].runs(HORIZON_START, HORIZON_START + years * YEAR),
    kept: keptOf(rule),
  }));
}

export function scheduleOf({ expression, timeZone }: RuleModel): CronSchedule {
  return CronSchedule.parse(expression, timeZone);
}

/** Retention as a number, so that it compares. */
export function keptOf({ keptMs }: { readonly keptMs: number | 'forever' }): number {
  return keptMs === 'forever' ? Number.POSITIVE_INFINITY : keptMs;
}
