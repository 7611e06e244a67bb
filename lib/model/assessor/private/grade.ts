import type { Claim, Outcome } from '../../assessment';
import type { Term } from '../../facts';
import { sumMs } from '../../time';

/** How a promise fares, the best first; the order decides between copies. */
const GRADES = ['kept', 'expected', 'unknown', 'doubtful', 'broken'] as const;

export type Grade = Exclude<Outcome, 'not-promised'>;

/** The sum of the terms; nothing where no term is known. */
export function claimOf(terms: readonly Term[]): Claim | undefined {
  return terms.length === 0 ? undefined : { ms: sumMs(terms), terms };
}

/** How a claim fares against its objective. */
export function gradeOf(claim: Claim | undefined, objectiveMs: number): Grade {
  if (claim === undefined) {
    return 'unknown';
  }
  const estimated = claim.terms.filter(({ basis }) => basis === 'estimated');
  if (claim.ms <= objectiveMs) {
    return sumMs(estimated) > 0 ? 'expected' : 'kept';
  }
  return claim.ms - sumMs(estimated) > objectiveMs ? 'broken' : 'doubtful';
}

export function rankOf(grade: Grade): number {
  return GRADES.indexOf(grade);
}

export function worst(...grades: readonly Grade[]): Grade {
  return GRADES[Math.max(...grades.map(rankOf))];
}
