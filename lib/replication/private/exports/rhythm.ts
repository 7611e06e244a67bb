import { type Duration, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { requireMs } from '../../../core/private/known';
import { everyHours } from '../../../model/planner';
import { DEFAULT_HOUR, EVERY_HOURS } from '../../../model/retention';
import { CronSchedule, HORIZON_START, ScheduleError } from '../../../model/schedule';
import { DAY, HOUR, words } from '../../../model/time';
import type { ExportOptions } from '../../export-options';

/** When exports start. */
export interface Rhythm {
  readonly expression: string;
  readonly longestGapMs: number;
  readonly shortestGapMs: number;
}

/** A year shows every gap between two runs of a schedule but those around leap days, and the shortest of them too. */
const YEAR = 366 * DAY;

/** Reads when exports start; refuses what EventBridge Scheduler would refuse, and what cannot be judged. */
export function rhythmOf(scope: IConstruct, { every, schedule, timeZone }: ExportOptions): Rhythm {
  if (every && schedule) {
    throw new ConfigurationError('ExportScheduledTwice', "'every' and 'schedule' are both given: leave one out", scope);
  }
  const expression = schedule?.expressionString ?? expressionOf(scope, every);
  for (const [prop, value] of [
    ['schedule', expression],
    ['timeZone', timeZone?.timezoneName],
  ]) {
    if (Token.isUnresolved(value)) {
      refuse(scope, `'${prop}' is only known at deploy time, but the age of exports is judged by it: give a plain value`);
    }
  }
  const parsed = parse(scope, expression, timeZone?.timezoneName);
  const { gapMs } = parsed.longestGap();
  if (!Number.isFinite(gapMs)) {
    refuse(scope, `'schedule' ${expression} ends some day, and no export would follow: leave out the years`);
  }
  return { expression, longestGapMs: gapMs, shortestGapMs: shortestGap(parsed) };
}

function expressionOf(scope: IConstruct, every: Duration | undefined): string {
  const ms = every === undefined ? DAY : requireMs(scope, 'every', every);
  if (ms === DAY) {
    return `cron(0 ${DEFAULT_HOUR} * * ? *)`;
  }
  if (ms === 7 * DAY) {
    return `cron(0 ${DEFAULT_HOUR} ? * SUN *)`;
  }
  if (!EVERY_HOURS.includes(ms / HOUR)) {
    refuse(
      scope,
      `'every' is ${words(ms)}, but exports run every ${EVERY_HOURS.join(', ')} hours, every day or every 7 days: give one of these, or a 'schedule'`,
    );
  }
  return everyHours(ms / HOUR, DEFAULT_HOUR, 0).expression;
}

function parse(scope: IConstruct, expression: string, timeZone: string | undefined): CronSchedule {
  const [minutes] = /^cron\((\S+)/.exec(expression)?.slice(1) ?? [];
  if (minutes !== undefined && /[*,/-]/.test(minutes)) {
    refuse(scope, `'schedule' ${expression} runs more often than once an hour, which no export keeps up with: name a single minute`);
  }
  try {
    return CronSchedule.parse(expression, timeZone);
  } catch (error) {
    if (error instanceof ScheduleError) {
      refuse(scope, `'schedule': ${error.message}`);
    }
    throw error;
  }
}

function shortestGap(schedule: CronSchedule): number {
  const runs = schedule.runs(HORIZON_START, HORIZON_START + YEAR);
  return runs.slice(1).reduce((shortest, run, index) => Math.min(shortest, run - runs[index]), Number.POSITIVE_INFINITY);
}

function refuse(scope: IConstruct, message: string): never {
  throw new ConfigurationError('InvalidSchedule', message, scope);
}
