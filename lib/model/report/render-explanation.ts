import { words } from '../time';
import { claimWords, DISRUPTION_WORDS, mechanismWords, OUTCOME_WORDS, spanWords, testWords } from './private/phrases';
import type { ReportClaim, ReportResource, ReportVerdict } from './report-json';

/** What each number of a resource is the sum of, for a terminal; only for one disruption where it is named. */
export function renderExplanation(resource: ReportResource, disruption?: ReportVerdict['disruption']): string {
  const { name, label, rpoMs, rtoMs } = resource;
  const verdicts = resource.disruptions.filter((verdict) => disruption === undefined || verdict.disruption === disruption);
  return [`${name} (${label}): ${promiseWords(rpoMs, rtoMs)}`, ...verdicts.map(verdictLines)].join('\n\n');
}

function verdictLines(verdict: ReportVerdict): string {
  const { disruption, outcome, objective, rpo, rto, notes } = verdict;
  const test = testWords(verdict);
  return [
    `${DISRUPTION_WORDS[disruption]}: ${OUTCOME_WORDS[outcome]}`,
    ...(objective === undefined ? [] : [line('promised', promiseWords(objective.rpoMs, objective.rtoMs))]),
    line('brought back by', mechanismWords(verdict)),
    ...(test === undefined ? [] : [line('proof', test)]),
    ...claimLines('RPO at worst', rpo),
    ...claimLines('RTO expected', rto),
    ...notes.map((note) => line('note', note)),
  ].join('\n');
}

function claimLines(title: string, claim: ReportClaim | undefined): readonly string[] {
  if (claim === undefined) {
    return [];
  }
  const spans = claim.terms.map(({ ms }) => spanWords(ms));
  const width = Math.max(...spans.map((span) => span.length));
  return [
    line(title, claimWords(claim)),
    ...claim.terms.map(({ name, basis }, index) => line('', `${spans[index].padStart(width)}  ${name} (${basis})`)),
  ];
}

function promiseWords(rpoMs: number | undefined, rtoMs: number | undefined): string {
  return rpoMs === undefined || rtoMs === undefined ? 'nothing is promised' : `RPO ${words(rpoMs)}, RTO ${words(rtoMs)}`;
}

function line(title: string, text: string): string {
  return `  ${title.padEnd(16)}  ${text}`;
}
