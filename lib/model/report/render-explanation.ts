import { words } from '../time';
import { copyTraits } from './private/copy-words';
import {
  claimWords,
  copiesWords,
  DISRUPTION_WORDS,
  keptWords,
  mechanismWords,
  OUTCOME_WORDS,
  spanWords,
  testWords,
} from './private/phrases';
import type { ReportClaim, ReportCopy, ReportResource, ReportVerdict } from './report-json';

/**
 * What each number of a resource is the sum of and which copies survive what, for a terminal; where a disruption is named, only
 * that one, otherwise where the copies are as well.
 */
export function renderExplanation(resource: ReportResource, disruption?: ReportVerdict['disruption']): string {
  const { name, label, rpoMs, rtoMs, copies } = resource;
  const verdicts = resource.disruptions.filter((verdict) => disruption === undefined || verdict.disruption === disruption);
  return [
    `${name} (${label}): ${promiseWords(rpoMs, rtoMs)}`,
    ...verdicts.map((verdict) => verdictLines(verdict, copies.places)),
    ...(disruption === undefined ? [copyLines(resource)] : []),
  ].join('\n\n');
}

function verdictLines(verdict: ReportVerdict, copies: readonly ReportCopy[]): string {
  const { disruption, outcome, objective, rpo, rto, notes } = verdict;
  const test = testWords(verdict);
  const losses = copies.flatMap(({ mechanism, lost }) =>
    lost.filter((loss) => loss.disruption === disruption).map(({ certain, why }) => ({ certain, text: `${mechanism}: ${why}` })),
  );
  const told = new Set(losses.map(({ text }) => text));
  const having = (wanted: boolean) => losses.filter(({ certain }) => certain === wanted).map(({ text }) => text);
  return [
    `${DISRUPTION_WORDS[disruption]}: ${OUTCOME_WORDS[outcome]}`,
    ...(objective === undefined ? [] : [line('promised', promiseWords(objective.rpoMs, objective.rtoMs))]),
    line('brought back by', mechanismWords(verdict)),
    ...(test === undefined ? [] : [line('proof', test)]),
    ...claimLines('RPO at worst', rpo),
    ...claimLines('RTO expected', rto),
    ...listed(
      'survives',
      copies.filter(({ survives }) => survives.includes(disruption)).map(({ mechanism }) => mechanism),
    ),
    ...listed('not known', having(false)),
    ...listed('does not survive', having(true)),
    ...notes.filter((note) => !told.has(note)).map((note) => line('note', note)),
  ].join('\n');
}

/** Where each copy is, and under which key. */
function copyLines(resource: ReportResource): string {
  const lines = resource.copies.places.flatMap((copy) => {
    const kept = keptWords(copy);
    const lag = copy.lag === undefined ? 'age not known' : `${claimWords(copy.lag)} behind at worst`;
    const words = [...copyTraits(copy), lag, ...(kept === undefined ? [] : [`kept ${kept}`])];
    return [`  ${copy.mechanism}`, `    ${words.join('; ')}`];
  });
  return [copiesWords(resource).join('; '), ...lines].join('\n');
}

/** Each once, under one title. */
function listed(title: string, texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].map((text, index) => line(index === 0 ? title : '', text));
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
