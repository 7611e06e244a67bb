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
    answer = swallowed(runsOfMonth(rules, name), name) && swallowed(runsOf(rules), name);
    known.set(key, answer);
  }
  return answer;
}

function swallowed(all: readonly RuleRuns[], name: string): boolean {
  const own = all.find(({ rule }) => rule.name === name);
  const rivals = all.filter((other) => other !== own && own !== undefined && other.kept >= own.kept);
  return own !== undefined && !overlapped(own, rivals).includes(0);
}

/** One run of its own is enough, and most rules have it within a month; those of others count whose windows may reach into it. */
function runsOfMonth(rules: readonly RuleModel[], name: string): readonly RuleRuns[] {
  const longestMs = Math.max(...rules.map(({ startWindowMs }) => startWindowMs));
  return rules.map((rule): RuleRuns => {
    const schedule = scheduleOf(rule);
    const reachMs = rule.name === name ? 0 : longestMs;
    return { rule, schedule, kept: keptOf(rule), times: schedule.runs(MONTH_START - reachMs, MONTH_START + MONTH + reachMs) };
  });
}
