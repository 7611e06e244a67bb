import { many, percent } from '../checks/words';

/** What became of something that the last verified test has recorded. */
export interface Comparison {
  /** How it differs, in words; undefined where it is as it was. */
  readonly difference?: string;
  /** What the source says of it: it is still as it was recorded, it has changed there too, or it could not be asked. */
  readonly source?: 'as-recorded' | 'changed-too' | 'unknown';
}

/** Whether a sample is as it should be, in words. */
export interface SampleVerdict {
  readonly holds: boolean;
  readonly found?: string;
  readonly details: readonly string[];
}

/**
 * Holds what was recorded to what is there now. What has changed in the source too is no damage. What the source still has as it was
 * recorded is damaged for certain; where the source cannot tell, `tolerance` is the share that may differ.
 */
export function judgeComparisons(comparisons: readonly Comparison[], one: string, tolerance = 0): SampleVerdict {
  const differing = comparisons.filter(({ difference }) => difference !== undefined);
  const damaged = differing.filter(({ source }) => source === 'as-recorded');
  const unknown = differing.filter(({ source }) => source === 'unknown');
  const wrong = damaged.length + unknown.length;
  if (comparisons.length === 0) {
    return { holds: true, details: [] };
  }
  const parts = [
    `${many(comparisons.length, one)} compared with the last verified test`,
    ...(wrong > 0 ? [`${wrong.toLocaleString('en-US')} differ${wrong === 1 ? 's' : ''} (${percent(wrong / comparisons.length)})`] : []),
    ...(differing.length > wrong ? [`${(differing.length - wrong).toLocaleString('en-US')} changed in the source too`] : []),
  ];
  return {
    holds: damaged.length === 0 && unknown.length <= tolerance * comparisons.length,
    found: parts.join(', '),
    details: [
      ...damaged.map(({ difference }) => `${difference}, while the source still has it as recorded`),
      ...unknown.map(({ difference }) => `${difference}; the source cannot tell whether it should be so`),
    ],
  };
}
