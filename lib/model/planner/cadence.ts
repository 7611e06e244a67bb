import { EVERY_HOURS } from '../retention';
import { HOUR } from '../time';

/** A rhythm of recovery points as an AWS cron expression. */
export interface Cadence {
  /** Name of the rule that it becomes. */
  readonly name: string;
  readonly expression: string;
  /** Longest time between two runs, leaving daylight saving aside; orders the candidates. */
  readonly nominalMs: number;
}

const WEEK_DAYS: readonly (readonly [name: string, days: string, gapDays: number])[] = [
  ['Weekly', 'SUN', 7],
  ['TwiceWeekly', 'SUN,WED', 4],
  ['ThriceWeekly', 'SUN,TUE,THU', 3],
  ['Daily', '*', 1],
];

/** Every rhythm that the planner may choose, the sparsest first; all of them run at `hour:minute` too. */
export function cadences(hour: number, minute: number): readonly Cadence[] {
  const byDay = WEEK_DAYS.map(([name, days, gapDays]) => ({
    name,
    expression: days === '*' ? `cron(${minute} ${hour} * * ? *)` : `cron(${minute} ${hour} ? * ${days} *)`,
    nominalMs: gapDays * 24 * HOUR,
  }));
  const byHour = [...EVERY_HOURS].reverse().map((hours) => everyHours(hours, hour, minute));
  return [...byDay, ...byHour];
}

/** The rhythm of every so many hours, a divisor of 24, that runs at `hour:minute` too; an hour that does not exist stays as it is, to be refused. */
export function everyHours(hours: number, hour: number, minute: number): Cadence {
  const first = hour >= 0 && hour < 24 ? hour % hours : hour;
  const all = Array.from({ length: 24 / hours }, (_, run) => first + run * hours).join(',');
  return {
    name: hours === 1 ? 'Hourly' : `Every${hours}Hours`,
    expression: `cron(${minute} ${hours === 1 ? '*' : all} * * ? *)`,
    nominalMs: hours * HOUR,
  };
}
