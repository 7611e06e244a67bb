import { type Duration, SizeRoundingBehavior } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../../core/private/errors';
import { requireMs } from '../../../core/private/known';
import { insist } from '../../../core/private/problems';
import { checkExportRhythm, exportTimeout } from '../../../model/limits/exports';
import { estimateMs, type ResourceType } from '../../../model/services';
import { HOUR } from '../../../model/time';
import type { ExportOptions } from '../../export-options';
import type { Rhythm } from './rhythm';

/** How long EventBridge Scheduler tries to start an export. */
export const START_MS = HOUR;

/** What may come on top before a missing export is told: an execution takes its time, and alarms look at whole hours. */
const SLACK_MS = HOUR;

/** All spans of one export, in ms. */
export interface ExportTimes {
  readonly exportMs: number;
  /** Whether somebody stated how long an export takes. */
  readonly declared: boolean;
  readonly timeoutMs: number;
  /** Without a success for so long, an export is missing. */
  readonly missedMs: number;
  readonly restoreMs?: number;
  readonly responseMs?: number;
  readonly sizeGib?: number;
}

/** Settles the spans of an export and checks them against its schedule. */
export function timesOf(
  scope: IConstruct,
  type: ResourceType,
  { expects = {}, timeout }: Pick<ExportOptions, 'expects' | 'timeout'>,
  { longestGapMs, shortestGapMs }: Rhythm,
  made: 'export' | 'backup' = 'export',
): ExportTimes {
  const ms = (prop: string, value: Duration | undefined) => (value === undefined ? undefined : requireMs(scope, prop, value));
  const { dataSize, exportTime, restoreTime, responseTime } = expects;
  if (dataSize?.isUnresolved()) {
    const message = "'expects.dataSize' is only known at deploy time, and no time can be estimated from it: give a plain Size";
    throw new ConfigurationError('SizeUnknown', message, scope);
  }
  const sizeGib = dataSize?.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
  const declaredMs = ms(`expects.${made}Time`, exportTime);
  const exportMs = declaredMs ?? estimateMs(type, made, sizeGib);
  const timeoutMs = ms('timeout', timeout);
  const missedMs = longestGapMs + START_MS + exportMs + SLACK_MS;
  const declared = declaredMs !== undefined;
  insist(scope, ...checkExportRhythm({ longestGapMs, shortestGapMs, missedMs, exportMs, declared, timeoutMs, made }));
  return {
    exportMs,
    declared,
    timeoutMs: exportTimeout({ shortestGapMs, timeoutMs }),
    missedMs,
    restoreMs: ms('expects.restoreTime', restoreTime),
    responseMs: ms('expects.responseTime', responseTime),
    sizeGib,
  };
}
