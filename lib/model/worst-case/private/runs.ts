import { CronSchedule, HORIZON_START, HORIZON_YEARS } from '../../schedule';
import { DAY } from '../../time';
import type { RuleModel } from '../rule-model';

/** More runs than this are not looked at: five hourly rules over a year. */
const MOST_RUNS = 50_000;
const YEAR = 366 * DAY;

/** The runs of one rule over the horizon that all rules of the plan share. */
export interface RuleRuns {
  readonly rule: RuleModel;
  readonly schedule: CronSchedule;
  readonly times: readonly number[];
  /** Retention as a number, so that it compares. */
  readonly kept: number;
}

/**
 * The runs of every rule over the same years from 2026 on: as many as keep the number of runs in bounds, but enough for
 * the rarest rule, and 40 at most. A plan of daily and rarer rules gets all 40 years, one with an hourly rule about 5:
 * coincidences of rules that come later are not seen.
 */
export function runsOf(rules: readonly RuleModel[]): readonly RuleRuns[] {
  const schedules = rules.map((rule) => CronSchedule.parse(rule.expression, rule.timeZone));
  const firstYear = schedules.map((schedule) => schedule.runs(HORIZON_START, HORIZON_START + YEAR));
  const perYear = firstYear.reduce((sum, runs) => sum + runs.length, 1);
  const rarestMs = Math.max(0, ...schedules.filter(({ endless }) => endless).map((schedule) => schedule.longestGap().gapMs));
  const years = Math.min(HORIZON_YEARS, Math.max(Math.ceil((2 * rarestMs) / YEAR), Math.floor(MOST_RUNS / perYear)));
  return rules.map((rule, i) => ({
    rule,
    schedule: schedules[i],
    times: schedules[i].runs(HORIZON_START, HORIZON_START + years * YEAR),
    kept: rule.keptMs === 'forever' ? Number.POSITIVE_INFINITY : rule.keptMs,
  }));
}
