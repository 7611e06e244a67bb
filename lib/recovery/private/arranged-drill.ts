import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Stack, Token } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../../core/private/errors';
import { requireMs } from '../../core/private/known';
import { CronSchedule } from '../../model/schedule';
import { DAY, HOUR, MINUTE } from '../../model/time';
import type { DisasterRecovery } from '../disaster-recovery';
import { DrillMode } from '../drill-mode';
import type { DrillOptions } from '../drill-options';

/** A drill that a site begins by itself. */
export interface ArrangedDrill {
  readonly mode: DrillMode;
  readonly schedule: ScheduleExpression;
  /** The longest time between two of them. */
  readonly everyMs: number;
}

/** A drill, with what the machines of both sites have to know. */
export interface Arrangement {
  readonly drill: ArrangedDrill;
  readonly holdMs: number;
  /** Id of the template of AWS FIS at home. */
  readonly experiment?: string;
}

/** In the middle of a month, which no year begins or ends with. */
const QUARTERLY = 'cron(0 2 15 1,4,7,10 ? *)';
const HOLD_MS = 30 * MINUTE;
const LONGEST_HOLD_MS = 7 * DAY;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: HOUR, day: DAY };

/** Reads the options of a drill, and refuses those that cannot be. */
export function arrangeDrill(recovery: DisasterRecovery, options: DrillOptions): Arrangement {
  const { mode = DrillMode.REHEARSAL, schedule = ScheduleExpression.expression(QUARTERLY), hold, experiment } = options;
  const holdMs = hold === undefined ? HOLD_MS : requireMs(recovery, 'hold', hold);
  if (holdMs < 0 || holdMs > LONGEST_HOLD_MS) {
    throw new ConfigurationError(
      'InvalidDrill',
      `'hold' is ${hold?.toHumanString()}, but traffic stays for at most 7 days in a drill: shorten it`,
      recovery,
    );
  }
  if ((mode === DrillMode.FAULT_INJECTION) !== (experiment !== undefined)) {
    throw new ConfigurationError(
      'InvalidDrill',
      experiment === undefined
        ? "'mode' is FAULT_INJECTION, but nothing is injected: give 'experiment', a template of AWS FIS at the primary site"
        : `'experiment' is given, but 'mode' is ${mode}, which injects no fault: leave it out, or take DrillMode.FAULT_INJECTION`,
      recovery,
    );
  }
  if (experiment && Stack.of(experiment).region !== recovery.primary.region) {
    throw new ConfigurationError(
      'SiteElsewhere',
      `'experiment' is '${experiment.node.path}' in ${Stack.of(experiment).region}, but the fault strikes the primary site in ${recovery.primary.region}: make it in a stack there`,
      recovery,
    );
  }
  return { drill: { mode, schedule, everyMs: gapOf(recovery, schedule) }, holdMs, experiment: experiment?.attrId };
}

/** The longest time between two drills: nobody can say `quarterly` of a schedule that only deployment knows. */
function gapOf(recovery: DisasterRecovery, { expressionString, timeZone }: ScheduleExpression): number {
  const unusable = (why: string) => {
    throw new ConfigurationError(
      'InvalidDrill',
      `'schedule' of the drill is '${expressionString}', ${why}: give a cron expression or a rate`,
      recovery,
    );
  };
  if (Token.isUnresolved(expressionString)) {
    return unusable('which is only known at deploy time');
  }
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expressionString);
  if (rate) {
    return Number(rate[1]) * UNITS[rate[2]];
  }
  try {
    const { gapMs } = CronSchedule.parse(expressionString, timeZone?.timezoneName).longestGap();
    return Number.isFinite(gapMs) ? gapMs : unusable('which ends some day');
  } catch (error) {
    if (error instanceof ConfigurationError) {
      throw error;
    }
    return unusable((error as Error).message);
  }
}
