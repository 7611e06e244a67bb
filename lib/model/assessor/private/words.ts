import { Disruption } from '../../disruption';
import type { Term } from '../../facts';
import { words } from '../../time';

/** What a disruption does, to follow `when`. */
export const WHEN: Readonly<Record<Disruption, string>> = {
  [Disruption.OPERATOR_ERROR]: 'data is deleted or damaged',
  [Disruption.ZONE_LOSS]: 'an Availability Zone is lost',
  [Disruption.REGION_LOSS]: 'the Region is lost',
  [Disruption.ACCOUNT_COMPROMISE]: 'the account is compromised',
};

/** Where a copy has to be to count, to follow `copy`. */
export const WHERE: Readonly<Record<Disruption, string>> = {
  [Disruption.OPERATOR_ERROR]: 'from before the error',
  [Disruption.ZONE_LOSS]: 'outside the zone',
  [Disruption.REGION_LOSS]: 'in another Region',
  [Disruption.ACCOUNT_COMPROMISE]: 'out of reach of the account',
};

/** `1 copy`, `2 copies`. */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `a`, `a or b`, `a, b or c`; what is left out is not offered. */
export function either(...choices: readonly (string | undefined)[]): string {
  const offered = choices.filter((choice) => choice !== undefined);
  return [offered.slice(0, -1).join(', '), ...offered.slice(-1)].filter((part) => part !== '').join(' or ');
}

/** The parts of a claim: `longest gap 1 h + start window 1 h + copy 30 min est.`; of what takes no time only its name. */
export function sumWords(terms: readonly Term[]): string {
  const part = ({ name, ms, basis }: Term) => `${name}${ms === 0 ? '' : ` ${words(ms)}`}${basis === 'estimated' && ms > 0 ? ' est.' : ''}`;
  return terms.map(part).join(' + ');
}
