import type { Outcome } from '../../assessment';
import type { Disruption } from '../../disruption';
import { DAY, words } from '../../time';
import type { RecoveryReportJson, ReportClaim, ReportResource, ReportVerdict, SpanMs } from '../report-json';

/** The disruption as the report lists it. */
export const DISRUPTION_WORDS: Readonly<Record<`${Disruption}`, string>> = {
  OPERATOR_ERROR: 'operator error, corruption',
  ZONE_LOSS: 'Availability Zone lost',
  REGION_LOSS: 'Region lost',
  ACCOUNT_COMPROMISE: 'account compromised',
};

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  kept: 'kept',
  expected: 'kept by estimate',
  doubtful: 'doubtful',
  broken: 'broken',
  unknown: 'unknown until deployment',
  'not-promised': 'not promised',
};

export function spanWords(ms: SpanMs): string {
  return ms === 'unbounded' ? 'unbounded' : words(ms);
}

/** The number that is claimed: `2 h 30 est.` */
export function claimWords(claim: Pick<ReportClaim, 'ms' | 'estimated'> | undefined): string {
  return claim === undefined ? '-' : `${spanWords(claim.ms)}${claim.estimated ? ' est.' : ''}`;
}

/** What brings the data back: `copies in ap-northeast-3, kept 7 days to 7 years`. */
export function mechanismWords(verdict: ReportVerdict): string {
  const { mechanism, outcome } = verdict;
  if (mechanism === undefined) {
    return outcome === 'not-promised' ? 'nothing brings it back (not promised)' : 'nothing brings it back';
  }
  const kept = keptWords(verdict);
  return [...(verdict.failover ? [verdict.failover.strategy] : []), mechanism, ...(kept === undefined ? [] : [`kept ${kept}`])].join(', ');
}

const YEAR_DAYS = 365.25;

/** How long recovery points are kept: `30 days`, or `7 days to 7 years` where some go earlier than others. */
export function keptWords({ keptMs, shortestKeptMs = keptMs }: Pick<ReportVerdict, 'keptMs' | 'shortestKeptMs'>): string | undefined {
  if (keptMs === undefined || shortestKeptMs === undefined) {
    return undefined;
  }
  return shortestKeptMs === keptMs ? retentionWords(keptMs) : `${retentionWords(shortestKeptMs)} to ${retentionWords(keptMs)}`;
}

/** Whole years where they are meant. */
function retentionWords(ms: number | 'forever'): string {
  if (ms === 'forever') {
    return 'forever';
  }
  const years = Math.round(ms / DAY / YEAR_DAYS);
  return years >= 2 && Math.abs(ms / DAY - years * YEAR_DAYS) < 10 ? `${years} years` : words(ms);
}

/** `tested weekly, 3 checks; drilled quarterly`; nothing where the resource itself survives. */
export function testWords({ copy, test, failover }: ReportVerdict): string | undefined {
  const tested = test && `tested ${rhythm(test.everyMs)}, ${count(test.checks, 'check')}`;
  if (failover !== undefined) {
    const drilled = failover.drill ? `${failover.drill.words} ${rhythm(failover.drill.everyMs)}` : 'NOT drilled';
    return tested === undefined ? drilled : `${tested}; ${drilled}`;
  }
  return tested ?? (copy === undefined ? undefined : 'NOT tested');
}

/** The promise for this disruption, where it differs from what the resource promises in general. */
export function exceptionWords({ rpoMs, rtoMs }: ReportResource, { objective }: ReportVerdict): string | undefined {
  return objective === undefined || (objective.rpoMs === rpoMs && objective.rtoMs === rtoMs)
    ? undefined
    : `promised RPO ${words(objective.rpoMs)}, RTO ${words(objective.rtoMs)}`;
}

/** `3-2-1: 3 copies, 2 media, 1 off-site, 1 in another account` and `immutable: governance lock`. */
export function copiesWords({ copies }: Pick<ReportResource, 'copies'>): readonly string[] {
  const immutable = { no: 'no', governance: 'governance lock', compliance: 'compliance lock' }[copies.immutable];
  const account = copies.otherAccount > 0 ? [`${copies.otherAccount} in another account`] : [];
  const parts = [count(copies.copies, 'copy', 'copies'), count(copies.media, 'medium', 'media'), `${copies.offSite} off-site`, ...account];
  return [`3-2-1: ${parts.join(', ')}`, `immutable: ${immutable}`];
}

/** `11 promises: 8 kept, 2 kept by estimate, 1 broken`. */
export function summaryWords({ summary }: RecoveryReportJson): string {
  const outcomes = ['kept', 'expected', 'doubtful', 'broken', 'unknown'] as const;
  const parts = outcomes
    .filter((outcome) => summary.promises[outcome] > 0)
    .map((outcome) => `${summary.promises[outcome]} ${OUTCOME_WORDS[outcome]}`);
  const total = outcomes.reduce((sum, outcome) => sum + summary.promises[outcome], 0);
  return total === 0 ? 'nothing is promised' : `${count(total, 'promise')}: ${parts.join(', ')}`;
}

function rhythm(everyMs: number): string {
  const days = Math.round(everyMs / DAY);
  const names: readonly (readonly [from: number, to: number, name: string])[] = [
    [1, 1, 'daily'],
    [7, 7, 'weekly'],
    [28, 31, 'monthly'],
    [89, 92, 'quarterly'],
    [365, 366, 'yearly'],
  ];
  return names.find(([from, to]) => days >= from && days <= to)?.[2] ?? `every ${words(everyMs)}`;
}

function count(amount: number, one: string, many: string = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
