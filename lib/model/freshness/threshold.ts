import type { Term } from '../facts';
import { MINUTE, sumMs } from '../time';

/** How a recovery point reaches listings late, and clocks differ. */
const POINTS_MARGIN_MS = 15 * MINUTE;

/** A database that does nothing, fails over or is maintained writes its log late. */
const CONTINUOUS_MARGIN_MS = 25 * MINUTE;

/**
 * The oldest age that a schedule explains: the worst case that the assessor claims, once more for every run that may be
 * missed, and a margin in which estimated parts may take twice as long. A claim already has daylight saving, start windows
 * and swallowed runs in it. `undefined` where nothing, or no end, is claimed.
 */
export function thresholdMs(staleness: readonly Term[], form: 'points' | 'continuous', allowedMisses: number): number | undefined {
  const claimMs = sumMs(staleness);
  if (staleness.length === 0 || !Number.isFinite(claimMs)) {
    return undefined;
  }
  const estimatedMs = sumMs(staleness.filter(({ basis }) => basis === 'estimated'));
  return claimMs * (1 + allowedMisses) + estimatedMs + (form === 'continuous' ? CONTINUOUS_MARGIN_MS : POINTS_MARGIN_MS);
}
