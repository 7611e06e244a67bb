import { MINUTE, SECOND, words } from '../../time';
import type { ObjectiveOutcome, RecordLink } from '../evidence-record';

/** What a page for people says, whatever it is written in. */
export interface Page {
  readonly title: string;
  /** In one word or two. */
  readonly verdict: string;
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

/** A row that holds what was achieved against what was promised. */
export function objectiveRow(name: string, { outcome, promisedMs, ms }: Objective, how: string): TableRow {
  const tone = outcome === 'kept' ? 'good' : outcome === 'not-promised' ? 'none' : 'bad';
  const span = (some: number | undefined): string => (some === undefined ? '-' : spanWords(some));
  return { tone, cells: [name, span(promisedMs), span(ms), OUTCOMES[outcome], how], details: [] };
}

interface Objective {
  readonly outcome: ObjectiveOutcome;
  readonly promisedMs?: number;
  readonly ms?: number;
}

export function objectivesTable(rows: readonly TableRow[]): TableBlock {
  return { form: 'table', heading: 'Promised and achieved', head: ['', 'Promised', 'Achieved', 'Outcome', 'How it was measured'], rows };
}

/** Where a record stands in its chain. */
export function chainFacts(chain: string, sequence: number, previous: RecordLink | undefined): FactsBlock {
  return {
    form: 'facts',
    heading: 'Evidence',
    facts: [
      ['Record', `${sequence} of ${chain}`],
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
