import type { RuleRuns } from './runs';

/** One flag a run of a rule: 1 is yes. */
export type Flags = Uint8Array;

/** Which runs of `loser` have a start window, half-open, that overlaps one of any of the winners; of those only what `counts` says. */
export function overlapped(
  loser: RuleRuns,
  winners: readonly RuleRuns[],
  counts: (winner: RuleRuns, run: number) => boolean = () => true,
): Flags {
  const flags = new Uint8Array(loser.times.length);
  const { startWindowMs: loserWindow } = loser.rule;
  for (const winner of winners) {
    const { startWindowMs: winnerWindow } = winner.rule;
    let first = 0;
    for (let w = 0; w < winner.times.length; w++) {
      const time = winner.times[w];
      first = firstAfter(loser.times, time - loserWindow, first);
      if (loser.times[first] < time + winnerWindow && counts(winner, w)) {
        for (let l = first; loser.times[l] < time + winnerWindow; l++) {
          flags[l] = 1;
        }
      }
    }
  }
  return flags;
}

/** Index of the first of the ascending times that is later, from an index on where it is often found at once. */
function firstAfter(times: readonly number[], ms: number, from: number): number {
  let low = from;
  let high = from;
  for (let step = 1; high < times.length && times[high] <= ms; step *= 2) {
    low = high + 1;
    high += step;
  }
  high = high < times.length ? high : times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] > ms) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/** What becomes of the runs of one rule beside the other rules of its plan. */
export interface Survival {
  readonly runs: RuleRuns;
  /** The run may be swallowed: the others back up whatever AWS makes of chains and ties. */
  readonly doubtful: Flags;
  /** The run is swallowed by one that is not doubtful: the others may back up. The same object as `doubtful` where no reading matters. */
  readonly swallowed: Flags;
}

/**
 * AWS Backup takes one backup where start windows of two rules overlap, for the rule with the longer retention. It is
 * silent about two cases, and each is read both ways:
 * - a chain (a long rule swallows a middle one whose window also overlaps a short one): the short run is not certain;
 * - a tie (equal retention): one of the tied rules wins throughout, but nobody knows which. So there is one outcome for
 *   each rule that may win, and a claim is the worst of them.
 */
export function outcomesOf(all: readonly RuleRuns[]): readonly (readonly Survival[])[] {
  const tied = [...new Set(all.map(({ kept }) => kept))].map((kept) => {
    const group = all.filter((runs) => runs.kept === kept);
    const clash = group.some((a) => group.some((b) => a !== b && overlapped(a, [b]).includes(1)));
    return clash ? group : [undefined];
  });
  const favourites = tied.reduce<readonly (readonly (RuleRuns | undefined)[])[]>(
    (partial, group) => partial.flatMap((chosen) => group.map((favourite) => [...chosen, favourite])),
    [[]],
  );
  return favourites.map((chosen) => outcome(all, chosen));
}

function outcome(all: readonly RuleRuns[], favourites: readonly (RuleRuns | undefined)[]): readonly Survival[] {
  const beats = (a: RuleRuns, b: RuleRuns) => a.kept > b.kept || (a.kept === b.kept && a !== b && !favourites.includes(b));
  const rivals = new Map(all.map((runs) => [runs, all.filter((other) => beats(other, runs))]));
  const doubtful = new Map(all.map((runs) => [runs, overlapped(runs, rivals.get(runs)!)]));
  const unsettled = all.filter((runs) => doubtful.get(runs)!.includes(1));
  return all.map((runs) => {
    const doubts = doubtful.get(runs)!;
    const winners = rivals.get(runs)!.filter((other) => other.kept > runs.kept || favourites.includes(other));
    const settled = winners.length === rivals.get(runs)!.length && !winners.some((winner) => unsettled.includes(winner));
    return {
      runs,
      doubtful: doubts,
      swallowed: settled ? doubts : overlapped(runs, winners, (winner, run) => doubtful.get(winner)![run] === 0),
    };
  });
}
