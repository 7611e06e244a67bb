import type { RuleModel } from '../rule-model';
import type { Survival } from './swallowing';

/**
 * Runs of several rules in the order of time. Arrays side by side instead of one object a run: a plan has tens of
 * thousands, and synth waits for them.
 */
export interface Timeline {
  readonly length: number;
  /** The time of each run: its job starts then at the earliest. */
  readonly fromMs: Float64Array;
  /** The end of its start window. */
  readonly untilMs: Float64Array;
  /** `untilMs` and what `delayMs` adds for its rule. */
  readonly usableMs: Float64Array;
  /** Index of its rule in `rules`. */
  readonly ruleIndex: Uint8Array;
  readonly rules: readonly RuleModel[];
}

/** Room for the index of the rule beside the time in one sortable number: a plan has 10 rules at most. */
const RULES = 64;

/** Merges the runs that `counts` marks; `delayMs` is added to the end of their start windows. */
export function merge(
  survivals: readonly Survival[],
  counts: (survival: Survival) => readonly boolean[],
  delayMs: (rule: RuleModel) => number,
): Timeline {
  const rules = survivals.map(({ runs }) => runs.rule);
  const keys = new Float64Array(survivals.reduce((sum, { runs }) => sum + runs.times.length, 0));
  let length = 0;
  survivals.forEach((survival, index) => {
    const { times } = survival.runs;
    const flags = counts(survival);
    for (let i = 0; i < times.length; i++) {
      if (flags[i]) {
        keys[length++] = times[i] * RULES + index;
      }
    }
  });
  const sorted = keys.subarray(0, length).sort();
  const windows = rules.map((rule) => rule.startWindowMs);
  const delays = rules.map(delayMs);
  const timeline = {
    length,
    fromMs: new Float64Array(length),
    untilMs: new Float64Array(length),
    usableMs: new Float64Array(length),
    ruleIndex: new Uint8Array(length),
    rules,
  };
  for (let i = 0; i < length; i++) {
    const fromMs = Math.floor(sorted[i] / RULES);
    const index = sorted[i] - fromMs * RULES;
    timeline.fromMs[i] = fromMs;
    timeline.untilMs[i] = fromMs + windows[index];
    timeline.usableMs[i] = fromMs + windows[index] + delays[index];
    timeline.ruleIndex[i] = index;
  }
  return timeline;
}

/** The runs of a timeline that `keep` marks. */
export function filtered(timeline: Timeline, keep: readonly boolean[]): Timeline {
  const kept = (_: number, i: number) => keep[i];
  const { fromMs, untilMs, usableMs, ruleIndex, rules } = timeline;
  const times = fromMs.filter(kept);
  return {
    length: times.length,
    fromMs: times,
    untilMs: untilMs.filter(kept),
    usableMs: usableMs.filter(kept),
    ruleIndex: ruleIndex.filter(kept),
    rules,
  };
}
