import { CronSchedule } from '../schedule';
import { claimsOf } from './claims-of';
import type { JobTimes, RuleModel } from './rule-model';

/**
 * The rule that runs least often of those which, alone in a plan, keep every place within `rpoMs`; `undefined` where
 * none does. Of rules that run equally often the first is taken. A rule that brings discrete recovery points nowhere is
 * no answer.
 * @throws ScheduleError for an expression or time zone that AWS Backup would refuse
 */
export function longestWithin(rpoMs: number, candidates: readonly RuleModel[], times: JobTimes): RuleModel | undefined {
  let sparsest: { rule: RuleModel; gapMs: number } | undefined;
  for (const rule of candidates) {
    const { gapMs } = CronSchedule.parse(rule.expression, rule.timeZone).longestGap();
    const claims = claimsOf([rule], times);
    const keeps = claims.length > 0 && claims.every(({ staleness }) => staleness.reduce((sum, { ms }) => sum + ms, 0) <= rpoMs);
    if (keeps && (!sparsest || gapMs > sparsest.gapMs)) {
      sparsest = { rule, gapMs };
    }
  }
  return sparsest?.rule;
}
