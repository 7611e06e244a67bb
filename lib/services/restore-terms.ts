import type { Term } from '../model/facts';
import { estimateMs, type ResourceType } from '../model/services';
import { MINUTE } from '../model/time';

/** Until somebody starts the restore, where nobody says. */
const RESPONSE_MS = 30 * MINUTE;

/** What somebody expects of a restore; the rest is estimated. */
export interface ExpectedRestore {
  readonly sizeGib?: number;
  readonly restoreMs?: number;
  readonly responseMs?: number;
}

/** From the disruption until the data is usable again. */
export function restoreTerms(type: ResourceType, { sizeGib, restoreMs, responseMs }: ExpectedRestore = {}): readonly Term[] {
  return [
    { name: 'response', ms: responseMs ?? RESPONSE_MS, basis: responseMs === undefined ? 'estimated' : 'declared' },
    {
      name: 'restore job',
      ms: restoreMs ?? estimateMs(type, 'restore', sizeGib),
      basis: restoreMs === undefined ? 'estimated' : 'declared',
    },
  ];
}
