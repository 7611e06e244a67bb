import type { RuleRuns } from './runs';

/** Marks the runs of `loser` whose start window, half-open, overlaps that of a run of `winner` that counts. */
export function markOverlapped(marks: boolean[], loser: RuleRuns, winner: RuleRuns, counts?: readonly boolean[]): void {
  const { startWindowMs: loserWindow } = loser.rule;
  const { startWindowMs: winnerWindow } = winner.rule;
  for (let w = 0; w < winner.times.length; w++) {
    if (counts && !counts[w]) {
      continue;
    }
    const time = winner.times[w];
    for (let l = firstAfter(loser.times, time - loserWindow); l < loser.times.length && loser.times[l] < time + winnerWindow; l++) {
      marks[l] = true;
    }
  }
}

/** Index of the first of the ascending times that is later. */
function firstAfter(times: readonly number[], ms: number): number {
  let low = 0;
  let high = times.length;
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

/** Which runs of `loser` any of the winners overlaps. */
export function overlapped(
  loser: RuleRuns,
  winners: readonly RuleRuns[],
  counts?: ReadonlyMap<RuleRuns, readonly boolean[]>,
): readonly boolean[] {
  const marks = new Array<boolean>(loser.times.length).fill(false);
  for (const winner of winners) {
    markOverlapped(marks, loser, winner, counts?.get(winner));
  }
  return marks;
}

/** What becomes of the runs of one rule beside the other rules of its plan. */
export interface Survival {
  readonly runs: RuleRuns;
  /** The run backs up whatever AWS makes of chains and ties. */
  readonly certain: readonly boolean[];
  /** The run may back up: it is not swallowed by one that is certain. The same array as `certain` where nothing is in doubt. */
  readonly possible: readonly boolean[];
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
    const clash = group.some((a) => group.some((b) => a !== b && overlapped(a, [b]).includes(true)));
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
  const certain = new Map(
    all.map((runs) => [
      runs,
      negated(
        overlapped(
          runs,
          all.filter((other) => beats(other, runs)),
        ),
      ),
    ]),
  );
  return all.map((runs) => {
    const sure = certain.get(runs)!;
    const winners = all.filter((other) => other.kept > runs.kept || (beats(other, runs) && favourites.includes(other)));
    const possible = negated(overlapped(runs, winners, certain));
    return { runs, certain: sure, possible: possible.some((flag, i) => flag !== sure[i]) ? possible : sure };
  });
}

function negated(flags: readonly boolean[]): readonly boolean[] {
  return flags.map((flag) => !flag);
}
