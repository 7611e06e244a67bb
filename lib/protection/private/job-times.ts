import { type Duration, type Size, SizeRoundingBehavior } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';
import { requireMs } from '../../core/private/known';
import { abilitiesOf, estimateMs, RESOURCE_TYPES, type ResourceType } from '../../model/services';
import type { JobTimes } from '../../model/worst-case';
import type { ExpectedRestore } from '../../services/restore-terms';
import type { Expectations } from '../expectations';

/** What somebody expects of a resource, in milliseconds; checked once, where it is said. */
export interface ExpectedTimes extends ExpectedRestore {
  readonly backupMs?: number;
  readonly copyMs?: number;
}

/** Reads the expectations; a time that is only known at deploy time is refused. */
export function expectedTimes(scope: IConstruct, expects: Expectations = {}): ExpectedTimes {
  const ms = (prop: string, value: Duration | undefined) => (value === undefined ? undefined : requireMs(scope, `expects.${prop}`, value));
  return {
    sizeGib: expects.dataSize && sizeGib(scope, expects.dataSize),
    backupMs: ms('backupTime', expects.backupTime),
    copyMs: ms('copyTime', expects.copyTime),
    restoreMs: ms('restoreTime', expects.restoreTime),
    responseMs: ms('responseTime', expects.responseTime),
  };
}

function sizeGib(scope: IConstruct, size: Size): number {
  if (size.isUnresolved()) {
    const message = "'expects.dataSize' is only known at deploy time, and no time can be estimated from it: give a plain Size";
    throw new ConfigurationError('SizeUnknown', message, scope);
  }
  return size.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
}

/** The later of two statements wins, part by part. */
export function refine(general: ExpectedTimes, special: ExpectedTimes): ExpectedTimes {
  const given = Object.entries(special).filter(([, value]) => value !== undefined);
  return { ...general, ...Object.fromEntries(given) };
}

/** How long jobs for a resource take: declared where somebody said so, else our estimate. */
export function jobTimes(type: ResourceType, { sizeGib, backupMs, copyMs }: ExpectedTimes): JobTimes {
  return {
    backupMs: backupMs ?? estimateMs(type, 'backup', sizeGib),
    copyMs: copyMs ?? estimateMs(type, 'copy', sizeGib),
    basis: backupMs !== undefined && copyMs !== undefined ? 'declared' : 'estimated',
  };
}

/** Times for a selection whose types are not known: those of the slowest. */
export function slowestJobTimes(expected: ExpectedTimes): JobTimes {
  const all = RESOURCE_TYPES.filter((type) => abilitiesOf(type).awsBackup).map((type) => jobTimes(type, expected));
  const [{ basis }] = all;
  return { backupMs: Math.max(...all.map(({ backupMs }) => backupMs)), copyMs: Math.max(...all.map(({ copyMs }) => copyMs)), basis };
}
