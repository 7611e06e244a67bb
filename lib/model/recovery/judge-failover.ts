import type { Claim } from '../assessment';
import { claimOf, type Grade, gradeOf } from '../assessor/private/grade';
import { type CopyFact, TAKEOVER } from '../facts';
import type { FailoverTimes, ObjectiveMs } from './expected-times';

/** How one item of data fares when its site is lost. */
export interface FailoverJudgement {
  /** How much would be lost; left out where nobody knows. */
  readonly rpo?: Claim;
  /** How long users would wait; left out where nobody knows. */
  readonly rto?: Claim;
  readonly loses: Grade;
  readonly takes: Grade;
}

/** Holds the quickest of the copies that a site has of some data to what is promised. */
export function judgeFailover(copies: readonly CopyFact[], { before, after }: FailoverTimes, objective: ObjectiveMs): FailoverJudgement {
  const judged = copies.map(({ staleness, restore }): FailoverJudgement => {
    const rpo = claimOf(staleness);
    const rto = restore.length === 0 ? undefined : claimOf([...before, ...restore.filter(({ name }) => name !== TAKEOVER), ...after]);
    return { rpo, rto, loses: gradeOf(rpo, objective.rpoMs), takes: gradeOf(rto, objective.rtoMs) };
  });
  const msOf = (claim: Claim | undefined) => claim?.ms ?? Number.POSITIVE_INFINITY;
  const [best] = judged.sort((one, other) => msOf(one.rto) - msOf(other.rto) || msOf(one.rpo) - msOf(other.rpo) || 0);
  return best ?? { loses: 'unknown', takes: 'unknown' };
}
