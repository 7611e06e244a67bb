import type { Ending } from './ports';

/**
 * How much was written at the other site after what has arrived. What has arrived from after the moment that a person has named shows
 * that it was written on there, so that the loss is counted until the fence.
 */
export function lossSince(arrivedMs: number, { endMs, saidMs = endMs }: Ending): number {
  return Math.max(0, (arrivedMs <= saidMs ? Math.min(saidMs, endMs) : endMs) - arrivedMs);
}
