import { MINUTE, SECOND, words } from '../../time';
import type { AchievedPoint, AchievedTime, EvidenceRecord, ObjectiveOutcome, RecordedResult } from '../evidence-record';

/** What a page about a test says, whatever it is written in. */
export interface Page {
  readonly title: string;
  readonly good: boolean;
  readonly lead: string;
  readonly blocks: readonly Block[];
}

export type Block = ListBlock | FactsBlock | TableBlock;

export interface ListBlock {
  readonly form: 'list';
  readonly heading: string;
  readonly items: readonly string[];
}

export interface FactsBlock {
  readonly form: 'facts';
  readonly heading: string;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

export interface TableBlock {
  readonly form: 'table';
  readonly heading: string;
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly tone: 'good' | 'bad' | 'none';
  readonly cells: readonly string[];
  /** Below the row, one by one. */
  readonly details: readonly string[];
}

const OUTCOMES: Readonly<Record<ObjectiveOutcome, string>> = {
  kept: 'kept',
  missed: 'MISSED',
  unknown: 'not measured',
  'not-promised': 'nothing promised',
};

export function pageOf(record: Omit<EvidenceRecord, 'pages'>): Page {
  const { verdict, resource, test, concludedMs } = record;
  const good = verdict.status === 'SUCCESSFUL';
  return {
    title: `Restore test of ${resource}: ${verdict.status}`,
    good,
    lead: `${test.resourceType} restored from a recovery point of ${moment(test.recoveryPointMs)}, verdict given ${moment(concludedMs)}.`,
    blocks: [
      ...(good ? [] : [{ form: 'list' as const, heading: 'What is wrong', items: verdict.reasons.map((reason) => reason.words) }]),
      objectives(record),
      checks(record),
      restore(record),
      cleanUp(record),
      chain(record),
    ],
  };
}

function objectives({ achieved }: Pick<EvidenceRecord, 'achieved'>): TableBlock {
  const { recoveryPoint, recoveryTime } = achieved;
  return {
    form: 'table',
    heading: 'Promised and achieved',
    head: ['', 'Promised', 'Achieved', 'Outcome', 'How it was measured'],
    rows: [
      objective('Recovery point (RPO)', recoveryPoint, pointWords(recoveryPoint)),
      objective('Recovery time (RTO)', recoveryTime, timeWords(recoveryTime)),
    ],
  };
}

function objective(name: string, { outcome, promisedMs, ms }: AchievedPoint | AchievedTime, how: string): TableRow {
  const tone = outcome === 'kept' ? 'good' : outcome === 'not-promised' ? 'none' : 'bad';
  const span = (some: number | undefined): string => (some === undefined ? '-' : spanWords(some));
  return { tone, cells: [name, span(promisedMs), span(ms), OUTCOMES[outcome], how], details: [] };
}

function pointWords({ measuredBy, check, countedTo, pointAgeMs }: AchievedPoint): string {
  const until = countedTo === 'test' ? 'at the start of the test' : 'when the recovery point was made';
  if (measuredBy === 'check') {
    return `age of the newest data that '${check}' found, ${until}`;
  }
  return measuredBy === 'recovery-point'
    ? 'age of the recovery point at the start of the test; no check looked for the newest data'
    : `no check looked for the newest data, and the recovery point (${spanWords(pointAgeMs)} old) need not be the newest`;
}

function timeWords({ parts }: AchievedTime): string {
  const told = parts.map(({ name, ms }) => `${name} ${spanWords(ms)}${name === 'checks' ? ' (not counted)' : ''}`);
  return told.join(', ') || 'the restore never ended';
}

function checks({ results, checks: asked }: Pick<EvidenceRecord, 'results' | 'checks'>): TableBlock {
  const silent = asked.filter(({ name }) => !results.some((result) => result.name === name));
  return {
    form: 'table',
    heading: 'Checks',
    head: ['Result', 'Check', 'Expected', 'Found', 'Took'],
    rows: [
      ...results.map(resultRow),
      ...silent.map(({ name, kind }): TableRow => ({ tone: 'bad', cells: ['no result', `${name} (${kind})`, '-', '-', '-'], details: [] })),
    ],
  };
}

function resultRow({ status, name, kind, expected, found, durationMs, details = [] }: RecordedResult): TableRow {
  const label = name === kind ? name : `${name} (${kind})`;
  return { tone: status === 'passed' ? 'good' : 'bad', cells: [status, label, expected, found, spanWords(durationMs)], details };
}

function restore({ test, achieved }: Pick<EvidenceRecord, 'test' | 'achieved'>): FactsBlock {
  return {
    form: 'facts',
    heading: 'What was restored',
    facts: [
      ['Source', test.sourceArn],
      ['Recovery point', test.recoveryPointArn],
      ['Made', `${moment(test.recoveryPointMs)}, ${spanWords(achieved.recoveryPoint.pointAgeMs)} before the test`],
      ['Vault', test.vaultArn],
      ['Restored as', test.createdArn ?? '-'],
      ['Restore job', `${test.restoreJobId}, started ${moment(test.startedMs)}`],
      ['Account and Region', `${test.account}, ${test.region}`],
      ['Restore testing plan', test.planArn],
    ],
  };
}

function cleanUp({ cleanUp: { status, left, problem } }: Pick<EvidenceRecord, 'cleanUp'>): ListBlock {
  const said = { clean: 'Everything that the test made is gone.', left: 'Still there:', unknown: 'Nobody knows what is still there.' };
  return { form: 'list', heading: 'Clean-up', items: [said[status], ...left, ...(problem === undefined ? [] : [`Because: ${problem}`])] };
}

function chain({ verification, sequence, previous }: Omit<EvidenceRecord, 'pages'>): FactsBlock {
  return {
    form: 'facts',
    heading: 'Evidence',
    facts: [
      ['Record', `${sequence} of ${verification}`],
      ['Record before it', previous === undefined ? 'none, this is the first' : previous.key],
      ['SHA-256 of that', previous?.sha256 ?? '-'],
    ],
  };
}

/** A span as exactly as a person wants to read it: `320 ms`, `12.4 s`, `1 h 50`. */
export function spanWords(ms: number): string {
  if (ms < SECOND) {
    return `${Math.round(ms)} ms`;
  }
  return ms < 2 * MINUTE ? `${(ms / SECOND).toFixed(1)} s` : words(ms);
}

/** A moment in UTC: `2026-11-23 04:05:06 UTC`. */
export function moment(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
