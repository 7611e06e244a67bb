import type { Claim, DisruptionVerdict } from '../assessment';
import type { Term } from '../facts';
import { words } from '../time';

/** The parts of a claim in words: `longest gap 1 h + start window 1 h + copy 30 min est.` */
export function explainTerms(terms: readonly Term[]): string {
  return terms.map(explainTerm).join(' + ');
}

/** A claim with its parts in words: `2 h 30 = longest gap 1 h + start window 1 h + copy 30 min est.` */
export function explainClaim(claim: Claim): string {
  return `${words(claim.ms)} = ${explainTerms(claim.terms)}`;
}

/** Where the two numbers of a verdict come from, a sentence each; nothing where there is nothing to explain. */
export function explainVerdict({ rpo, rto }: DisruptionVerdict): readonly string[] {
  return [...(rpo ? [`RPO ${explainClaim(rpo)}`] : []), ...(rto ? [`RTO ${explainClaim(rto)}`] : [])];
}

function explainTerm({ name, ms, basis }: Term): string {
  if (ms === 0) {
    return name;
  }
  return `${name} ${words(ms)}${basis === 'estimated' ? ' est.' : ''}`;
}
