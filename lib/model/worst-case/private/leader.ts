import type { RuleModel } from '../rule-model';
import { scheduleOf } from './runs';
import { copiedBy, feeds } from './staleness';

/**
 * The rule of a ladder that runs whenever any other does, with the same start window and the same way to the place:
 * whichever of them backs up at a moment, the place gets the recovery point, so the others change nothing there.
 * `undefined` where rules do not lie so.
 */
export function leaderOf(rules: readonly RuleModel[], container: string): RuleModel | undefined {
  const [first] = rules;
  const alike = rules.every(
    (rule) =>
      feeds(rule, container) &&
      rule.startWindowMs === first.startWindowMs &&
      copiedBy(rule, container) === copiedBy(first, container) &&
      rule.copies.length > 0 === first.copies.length > 0,
  );
  return alike ? rules.find((rule) => leads(rule, rules)) : undefined;
}

function leads(rule: RuleModel, rules: readonly RuleModel[]): boolean {
  const schedule = scheduleOf(rule);
  return (
    schedule.repeatsWeekly &&
    schedule.shortestGapOfWeek() >= rule.startWindowMs &&
    rules.every((other) => scheduleOf(other).endless && schedule.includes(scheduleOf(other)))
  );
}
