import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import type { JobTimes, RuleModel } from '../../../lib/model/worst-case';
import type { Chance } from './chance';

export interface Plan {
  readonly rules: readonly RuleModel[];
  readonly times: JobTimes;
}

const ZONES = ['UTC', 'UTC', 'Asia/Tokyo', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe'];
const VAULTS = ['main', 'main', 'main', 'second'];
const FAR = ['far', 'farther', 'second'];

/** A plan as users write them, sensible or not: one to four rules, hourly to monthly, with copies, ties and wide windows. */
export function randomPlan(chance: Chance): Plan {
  const zone = chance.pick(ZONES);
  const hour = chance.upTo(23);
  const rules = Array.from({ length: 1 + chance.upTo(3) }, (_, i) => randomRule(chance, `rule-${i}`, zone, hour));
  const backupMs = chance.pick([5 * MINUTE, 20 * MINUTE, 45 * MINUTE, 90 * MINUTE, 5 * HOUR]);
  const copyMs = chance.pick([10 * MINUTE, 30 * MINUTE, 2 * HOUR]);
  return { rules, times: { backupMs, copyMs, basis: 'estimated' } };
}

function randomRule(chance: Chance, name: string, timeZone: string, planHour: number): RuleModel {
  const hour = chance.maybe(0.6) ? planHour : chance.upTo(23);
  const minute = chance.pick([0, 0, 15, 30]);
  const { expression, keptDays } = chance.pick([
    { expression: `cron(${minute} * * * ? *)`, keptDays: 7 },
    { expression: `cron(${minute} 0/2 * * ? *)`, keptDays: 7 },
    { expression: `cron(${minute} ${hour % 4}/4 * * ? *)`, keptDays: 14 },
    { expression: `cron(${minute} ${hour % 12}/12 * * ? *)`, keptDays: 21 },
    { expression: `cron(${minute} ${hour} * * ? *)`, keptDays: 30 },
    { expression: `cron(${minute} ${hour} ? * MON-FRI *)`, keptDays: 35 },
    { expression: `cron(${minute} ${hour} ? * SUN *)`, keptDays: 90 },
    { expression: `cron(${minute} ${hour} ? * TUE,FRI *)`, keptDays: 60 },
    { expression: `cron(${minute} ${hour} 1 * ? *)`, keptDays: 365 },
    { expression: `cron(${minute} ${hour} L * ? *)`, keptDays: 365 },
  ]);
  const kept = chance.maybe(0.1) ? ('forever' as const) : chance.maybe(0.15) ? 40 * DAY : keptDays * DAY;
  const copies = FAR.filter(() => chance.maybe(0.25)).map((container) => ({ container, keptMs: 120 * DAY }));
  return {
    name,
    expression,
    timeZone,
    startWindowMs: chance.pick([1, 1, 1, 2, 8]) * HOUR,
    completionWindowMs: 7 * DAY,
    keptMs: kept,
    continuous: chance.maybe(0.1),
    container: chance.pick(VAULTS),
    copies,
  };
}
