import { HORIZON_START } from '../schedule';
import { DAY } from '../time';
import { keptOf, type RuleRuns, runsOf, scheduleOf } from './private/runs';
import { overlapped } from './private/swallowing';
import type { RuleModel } from './rule-model';

const MONTH = 35 * DAY;
const MONTH_START = HORIZON_START + MONTH;

const known = new Map<string, boolean>();

/**
 * Whether every run of a rule overlaps one of a rule that is kept as long or longer, so that the rule may never back up.
 * Chains and ties are read the worst way, as `claimsOf` reads them.
 * @throws ScheduleError for an expression or time zone that AWS Backup would refuse
 */
export function alwaysSwallowed(rules: readonly RuleModel[], name: string): boolean {
  const key = JSON.stringify([
    name,
    rules.map(({ expression, timeZone, startWindowMs, keptMs, name }) => [expression, timeZone, startWindowMs, keptMs, name]),
  ]);
  let answer = known.get(key);
  if (answer === undefined) {
    const reachMs = Math.max(...rules.map(({ startWindowMs }) => startWindowMs));
    answer = (reachMs > MONTH || swallowed(runsOfMonth(rules, name, reachMs), name)) && swallowed(runsOf(rules), name);
    known.set(key, answer);
  }
  return answer;
}

function swallowed(all: readonly RuleRuns[], name: string): boolean {
  const own = all.find(({ rule }) => rule.name === name);
  const rivals = all.filter((other) => other !== own && own !== undefined && other.kept >= own.kept);
  // a window may reach into the horizon from before it
  const sinceMs = HORIZON_START + Math.max(0, ...rivals.map(({ rule }) => rule.startWindowMs));
  return own !== undefined && overlapped(own, rivals).every((flag, run) => flag === 1 || own.times[run] < sinceMs);
}

/** One run of its own is enough, and most rules have it within a month; those of others count whose windows may reach into it. */
function runsOfMonth(rules: readonly RuleModel[], name: string, reachMs: number): readonly RuleRuns[] {
  return rules.map((rule): RuleRuns => {
    const schedule = scheduleOf(rule);
    const aroundMs = rule.name === name ? 0 : reachMs;
    return { rule, schedule, kept: keptOf(rule), times: schedule.runs(MONTH_START - aroundMs, MONTH_START + MONTH + aroundMs) };
  });
}
