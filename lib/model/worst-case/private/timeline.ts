import { HORIZON_START } from '../../schedule';
import { MINUTE } from '../../time';
import type { RuleModel } from '../rule-model';
import type { Flags, Survival } from './swallowing';

/**
 * Runs of several rules in the order of time. Arrays of numbers instead of one object a run: a plan has tens of thousands,
 * and synth waits for them.
 */
export interface Timeline {
  /** The time of each run: its job starts then at the earliest. */
  readonly fromMs: Float64Array;
  /** Index of its rule in `rules`. */
  readonly ruleIndex: Uint8Array;
  readonly rules: readonly RuleModel[];
}

/** Bits for the index of the rule beside the minute of the horizon in one 32-bit number: a plan has 10 rules at most. */
const RULE_BITS = 6;

/** Merges the runs that `leaveOut` does not flag. */
export function merge(survivals: readonly Survival[], leaveOut: (survival: Survival) => Flags): Timeline {
  const rules = survivals.map(({ runs }) => runs.rule);
  const startMs = HORIZON_START;
  const keys = new Int32Array(survivals.reduce((sum, { runs }) => sum + runs.times.length, 0));
  let length = 0;
  survivals.forEach((survival, index) => {
    const { times } = survival.runs;
    const flags = leaveOut(survival);
    for (let i = 0; i < times.length; i++) {
      if (flags[i] === 0) {
        keys[length++] = (((times[i] - startMs) / MINUTE) << RULE_BITS) | index;
      }
    }
  });
  const sorted = keys.subarray(0, length);
  if (survivals.length > 1) {
    sorted.sort();
  }
  const fromMs = new Float64Array(length);
  const ruleIndex = new Uint8Array(length);
  const mask = (1 << RULE_BITS) - 1;
  for (let i = 0; i < length; i++) {
    fromMs[i] = startMs + (sorted[i] >> RULE_BITS) * MINUTE;
    ruleIndex[i] = sorted[i] & mask;
  }
  return { fromMs, ruleIndex, rules };
}

/** The runs of a timeline that `leaveOut` does not flag. */
export function without(timeline: Timeline, leaveOut: Flags): Timeline {
  const kept = (_: number, i: number) => leaveOut[i] === 0;
  return { fromMs: timeline.fromMs.filter(kept), ruleIndex: timeline.ruleIndex.filter(kept), rules: timeline.rules };
}
