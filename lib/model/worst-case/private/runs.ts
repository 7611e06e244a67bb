import { CronSchedule, HORIZON_START, HORIZON_YEARS } from '../../schedule';
import { DAY } from '../../time';
import type { RuleModel } from '../rule-model';

/** As many runs are looked at where fewer years suffice: daily rules over ten years. */
const ENOUGH_RUNS = 4_000;
const YEAR = 366 * DAY;

/** The runs of one rule over the horizon that all rules of the plan share. */
export interface RuleRuns {
  readonly rule: RuleModel;
  readonly schedule: CronSchedule;
  readonly times: readonly number[];
  readonly kept: number;
}

/**
 * The runs of every rule over the same years from 2026 on: fewer years the more runs there are, but enough to see the longest
 * gap of each rule, and 40 at most. Daily rules get ten years, an hourly rule one or two: coincidences of two other
 * rules that come later are not seen.
 */
export function runsOf(rules: readonly RuleModel[]): readonly RuleRuns[] {
  const schedules = rules.map((rule) => CronSchedule.parse(rule.expression, rule.timeZone));
  const firstYear = schedules.map((schedule) => schedule.runs(HORIZON_START, HORIZON_START + YEAR));
  const perYear = firstYear.reduce((sum, runs) => sum + runs.length, 1);
  const ends = schedules.map((schedule) => schedule.longestGap().toMs).filter(Number.isFinite);
  const needed = Math.ceil((Math.max(HORIZON_START + 1, ...ends) - HORIZON_START) / YEAR);
  const years = Math.min(HORIZON_YEARS, Math.max(needed, Math.floor(ENOUGH_RUNS / perYear)));
  return rules.map((rule, i) => ({
    rule,
    schedule: schedules[i],
    times: schedules[i].runs(HORIZON_START, HORIZON_START + years * YEAR),
    kept: keptOf(rule),
  }));
}

/** Retention as a number, so that it compares. */
export function keptOf({ keptMs }: { readonly keptMs: number | 'forever' }): number {
  return keptMs === 'forever' ? Number.POSITIVE_INFINITY : keptMs;
}
