import type { RuleRuns } from './runs';

/** For each run of `loser`: does its start window, half-open, overlap the one of a run of `winner`? */
export function overlapped(loser: RuleRuns, winner: RuleRuns, counts: (winnerRun: number) => boolean = () => true): boolean[] {
  const { startWindowMs: loserWindow } = loser.rule;
  const { startWindowMs: winnerWindow } = winner.rule;
  let first = 0;
  return loser.times.map((time) => {
    while (first < winner.times.length && winner.times[first] + winnerWindow <= time) {
      first++;
    }
    for (let i = first; i < winner.times.length && winner.times[i] < time + loserWindow; i++) {
      if (counts(i)) {
        return true;
      }
    }
    return false;
  });
}

/** What becomes of the runs of one rule beside the other rules of its plan. */
export interface Survival {
  readonly runs: RuleRuns;
  /** The run backs up whatever AWS makes of chains and ties. */
  readonly certain: readonly boolean[];
  /** The run may back up: it is not swallowed by one that is certain. */
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
    const clash = group.some((a) => group.some((b) => a !== b && overlapped(a, b).includes(true)));
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
    all.map((runs) => {
      const swallowed = all.filter((other) => beats(other, runs)).map((other) => overlapped(runs, other));
      return [runs, runs.times.map((_, i) => !swallowed.some((flags) => flags[i]))];
    }),
  );
  return all.map((runs) => {
    const winners = all.filter((other) => beats(other, runs) && (other.kept > runs.kept || favourites.includes(other)));
    const surely = winners.map((other) => overlapped(runs, other, (i) => certain.get(other)![i]));
    return { runs, certain: certain.get(runs)!, possible: runs.times.map((_, i) => !surely.some((flags) => flags[i])) };
  });
}
