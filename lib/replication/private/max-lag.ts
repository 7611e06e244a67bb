import type { Duration } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { requireMs } from '../../core/private/known';
import { insist } from '../../core/private/problems';
import { checkMaxLag } from '../../model/limits/databases';

/** The lag above which an alarm goes off, in ms: what the user says, or what is usual. */
export function maxLagOf(scope: IConstruct, { maxLag }: { readonly maxLag?: Duration }, usualMs: number): number {
  const ms = maxLag ? requireMs(scope, 'maxLag', maxLag) : usualMs;
  insist(scope, checkMaxLag(ms));
  return ms;
}
