import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';
import type { CopyFact } from '../model/facts';
import { DAY } from '../model/time';
import { settingOf } from './settings';

/** How a bucket locks objects that say nothing themselves. */
export type LockFact = Pick<CopyFact, 'immutable' | 'lockedMs'>;

/** The default retention of a bucket; nothing where it has none, or where only deployment tells which. */
export function defaultLockOf(cfn: CfnBucket): LockFact | undefined {
  const [mode, days, years] = ['mode', 'days', 'years'].map((name): unknown =>
    Stack.of(cfn).resolve(settingOf(cfn, `objectLockConfiguration.rule.defaultRetention.${name}`)),
  );
  if (mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE') {
    return undefined;
  }
  const length = years === undefined ? days : typeof years === 'number' ? years * YEAR_DAYS : years;
  return {
    immutable: mode === 'COMPLIANCE' ? 'compliance' : 'governance',
    lockedMs: typeof length === 'number' ? length * DAY : 'unknown',
  };
}

/** Of a year, the shortest. */
const YEAR_DAYS = 365;
