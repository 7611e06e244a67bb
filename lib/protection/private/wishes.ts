import type { Duration, TimeZone } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { requireMs } from '../../core/private/known';
import { checkSchedule, requirePlain } from '../../core/private/schedules';
import { RetentionPolicy } from '../../core/retention-policy';
import type { RetentionRung } from '../../core/retention-rung';
import type { CopyRuleFact } from '../../model/facts';
import { LIMITS } from '../../model/limits';
import { COLD_AFTER_MS, COLD_FROM_MS, DEFAULT_HOUR, type RungModel } from '../../model/retention';
import { IMPORTANT } from '../../model/tiers';
import { DAY, MINUTE, words } from '../../model/time';
import type { ProtectionProps } from '../protection-options';
import { type Promised, promiseOf } from './promise';

/** What somebody wants for a resource, settled and in plain numbers. */
export interface Wishes extends Promised {
  readonly copyRule?: CopyRuleFact;
  readonly continuous: boolean;
  readonly everyMs?: number;
  readonly rungs: readonly RungModel[];
  readonly recentMs: number;
  readonly hour: number;
  /** Left out for UTC, which AWS Backup assumes. */
  readonly timeZone?: TimeZone;
  readonly startWindowMs: number;
  readonly completionWindowMs: number;
}

/** The name of TimeZone.ETC_UTC; asking that constant itself loads the list of all zones. */
const UTC = 'Etc/UTC';

/** Settles what was said and what was left to defaults; `offSite` says whether another Region gets copies. */
export function wishesOf(scope: IConstruct, props: ProtectionProps, offSite: boolean): Wishes {
  const { tier, dataClass } = props;
  const promise = promiseOf(scope, props, offSite);
  const hour = requirePlain(scope, 'hour', props.hour ?? DEFAULT_HOUR);
  const timeZone = requirePlain(scope, 'timeZone', props.timeZone?.timezoneName);
  checkSchedule(scope, "'hour'", `cron(0 ${hour} * * ? *)`, undefined);
  checkSchedule(scope, "'timeZone'", `cron(0 ${DEFAULT_HOUR} * * ? *)`, timeZone);
  const retention = props.retention ?? dataClass?.retention ?? tier?.retention ?? RetentionPolicy.standard();
  const every = props.recoveryPointsEvery ?? (dataClass ? undefined : tier?.recoveryPointsEvery);
  return {
    ...promise,
    copyRule: props.copyRule?._fact(scope),
    continuous: props.continuous ?? tier?.continuous ?? promise.rpoMs <= IMPORTANT.rpoMs,
    everyMs: every && rhythm(scope, every),
    rungs: retention.rungs.map((rung) => rungModel(scope, rung)),
    recentMs: span(scope, 'recent', retention.recent),
    hour,
    timeZone: timeZone === UTC ? undefined : props.timeZone,
    startWindowMs: props.startWindow ? requireMs(scope, 'startWindow', props.startWindow) : LIMITS.startWindow.value.min * MINUTE,
    completionWindowMs: props.completionWindow
      ? requireMs(scope, 'completionWindow', props.completionWindow)
      : LIMITS.completionWindowDefault.value * MINUTE,
  };
}

function rungModel(scope: IConstruct, { name, expression, keep, options }: RetentionRung): RungModel {
  const keptMs = span(scope, 'keep', keep);
  checkSchedule(scope, `rung '${name}'`, requirePlain(scope, `schedule of rung ${name}`, expression), undefined);
  const { coldStorageAfter, keepWarm, archiveSnapshots } = options;
  if (coldStorageAfter && keepWarm) {
    throw new ConfigurationError('ColdAndWarm', `'coldStorageAfter' and 'keepWarm' of rung '${name}' are both set: leave one out`, scope);
  }
  const usualMs = keepWarm || keptMs < COLD_FROM_MS ? undefined : COLD_AFTER_MS;
  const coldAfterMs = coldStorageAfter ? span(scope, 'coldStorageAfter', coldStorageAfter) : usualMs;
  return { name, expression, keptMs, coldAfterMs, archive: archiveSnapshots };
}

function rhythm(scope: IConstruct, every: Duration): number {
  const ms = span(scope, 'recoveryPointsEvery', every);
  const { value, unit } = LIMITS.scheduleFloor;
  if (ms < value * MINUTE) {
    const message = `'recoveryPointsEvery' is ${words(ms)}, but AWS Backup takes at least ${value} ${unit}: give an hour or more, or use continuous backup`;
    throw new ConfigurationError('InvalidSchedule', message, scope);
  }
  return ms;
}

function span(scope: IConstruct, prop: string, value: Duration): number {
  const ms = requireMs(scope, prop, value);
  if (prop === 'keep' && ms % DAY !== 0) {
    throw new ConfigurationError('DurationNotWhole', `'keep' must be whole days, got ${value.toHumanString()}: round it`, scope);
  }
  return ms;
}
