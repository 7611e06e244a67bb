import type { CheckResult } from '../../model/verification';

/** What a check saw; what it expected is said for it where it says nothing. */
export type Finding = Pick<CheckResult, 'status' | 'found'> & Partial<Pick<CheckResult, 'expected' | 'details' | 'newestMs' | 'baseline'>>;

type Extras = Omit<Finding, 'status' | 'found'>;

/** Why a check could not look, in words that hold no secret and no value of a row. */
export class Unable extends Error {
  public override readonly name = 'Unable';
}

/** It looked, and all is well. */
export function passed(found: string, extras: Extras = {}): Finding {
  return { status: 'passed', found, ...extras };
}

/** It looked, and something is wrong. */
export function failed(found: string, extras: Extras = {}): Finding {
  return { status: 'failed', found, ...extras };
}

/** It could not look. */
export function unable(found: string, extras: Extras = {}): Finding {
  return { status: 'unable', found, ...extras };
}
