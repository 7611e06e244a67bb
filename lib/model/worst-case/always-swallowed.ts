import { runsOf } from './private/runs';
import { overlapped } from './private/swallowing';
import type { RuleModel } from './rule-model';

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
    const all = runsOf(rules);
    const own = all.find(({ rule }) => rule.name === name);
    const rivals = all.filter((other) => other !== own && own !== undefined && other.kept >= own.kept);
    answer = own !== undefined && !overlapped(own, rivals).includes(0);
    known.set(key, answer);
  }
  return answer;
}
