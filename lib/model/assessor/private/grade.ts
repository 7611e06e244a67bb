import type { Claim, Outcome } from '../../assessment';
import type { Term } from '../../facts';

/** How a promise fares, the best first; the order decides between copies. */
const GRADES = ['kept', 'expected', 'unknown', 'doubtful', 'broken'] as const;

export type Grade = Exclude<Outcome, 'not-promised'>;

/** The sum of the terms; nothing where no term is known. */
export function claimOf(terms: readonly Term[]): Claim | undefined {
  return terms.length === 0 ? undefined : { ms: sum(terms), terms };
}

/** How a claim fares against its objective. */
export function gradeOf(claim: Claim | undefined, objectiveMs: number): Grade {
  if (claim === undefined) {
    return 'unknown';
  }
  const estimated = claim.terms.filter(({ basis }) => basis === 'estimated');
  if (claim.ms <= objectiveMs) {
    return sum(estimated) > 0 ? 'expected' : 'kept';
  }
  return claim.ms - sum(estimated) > objectiveMs ? 'broken' : 'doubtful';
}

export function rankOf(grade: Grade): number {
  return GRADES.indexOf(grade);
}

export function worst(...grades: readonly Grade[]): Grade {
  return GRADES[Math.max(...grades.map(rankOf))];
}

function sum(terms: readonly Term[]): number {
  return terms.reduce((total, { ms }) => total + ms, 0);
}
