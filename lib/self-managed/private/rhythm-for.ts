import { Duration, type Size, SizeRoundingBehavior } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { requireMs } from '../../core/private/known';
import { EVERY_HOURS } from '../../model/retention';
import { DEFAULT_SIZE_GIB, estimateMs } from '../../model/services';
import { DAY, HOUR } from '../../model/time';
import { type Rhythm, rhythmOf } from '../../replication/private/exports/rhythm';
import { type ExportTimes, START_MS, timesOf } from '../../replication/private/exports/times';
import type { SelfManagedOptions } from '../self-managed-options';

/** When backups are made, and how long each step takes. */
export interface Timing {
  readonly rhythm: Rhythm;
  readonly times: ExportTimes;
  readonly sizeGib: number;
}

/** Settles when backups are made: as somebody says, or as rarely as the objective allows. */
export function timingOf(scope: IConstruct, options: SelfManagedOptions, rpoMs: number): Timing {
  const { expects = {}, timeout, timeZone } = options;
  const { dataSize, backupTime, restoreTime, responseTime } = expects;
  const exportTime = backupTime;
  const usual =
    backupTime === undefined ? estimateMs('SelfManaged', 'backup', gibOf(dataSize)) : requireMs(scope, 'expects.backupTime', backupTime);
  const every = options.every ?? (options.schedule ? undefined : Duration.millis(longestWithin(rpoMs - START_MS - usual)));
  const rhythm = rhythmOf(scope, { every, schedule: options.schedule, timeZone });
  const times = timesOf(scope, 'SelfManaged', { expects: { dataSize, exportTime, restoreTime, responseTime }, timeout }, rhythm, 'backup');
  return { rhythm, times, sizeGib: times.sizeGib ?? DEFAULT_SIZE_GIB };
}

/** The longest rhythm within a span; the shortest one where none is. */
function longestWithin(ms: number): number {
  const spans = [7 * DAY, DAY, ...[...EVERY_HOURS].sort((a, b) => b - a).map((hours) => hours * HOUR)];
  return spans.find((span) => span <= ms) ?? spans[spans.length - 1];
}

function gibOf(size: Size | undefined): number {
  return size === undefined || size.isUnresolved() ? DEFAULT_SIZE_GIB : size.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
}
