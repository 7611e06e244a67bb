import {
  type AchievedPoint,
  type AchievedTime,
  type AnyRecord,
  chainNameOf,
  type EvidenceRecord,
  isRun,
  moment,
  type RunPoint,
  type RunTime,
  spanWords,
  visible,
} from '../../../lib/model/evidence';
import { grid, type Row } from '../../../lib/model/report/private/grid';
import { isGood, runCells, runNotes } from './format-runs';
import type { JudgedChain } from './read-chains';

export const EVIDENCE_FORMATS = ['text', 'json'] as const;

const HEADS = ['#', 'verdict given (UTC)', 'verdict', 'loss / RPO', 'time / RTO'];
const WIDTHS = [6, 21, 12, 20, 20];
const NOTE_WIDTHS = [6];
const SIGNS = { kept: '', missed: '!', unknown: '?', 'not-promised': '' } as const;

/** Every test, every run, and everything that is wrong with the chains. */
export function formatChains(
  chains: readonly JudgedChain[],
  format: (typeof EVIDENCE_FORMATS)[number],
  width: number,
  last: number,
): string {
  return format === 'json'
    ? JSON.stringify(chains.map(plain), undefined, 2)
    : chains.map((chain) => block(chain, Math.max(80, width), last)).join('\n\n');
}

/** What is wrong in one line for each chain that is not in order. */
export function faultsOf(chains: readonly JudgedChain[]): string[] {
  return chains
    .map((chain) => ({ chain, faults: chain.findings.filter(({ severity }) => severity === 'fault').length }))
    .filter(({ faults }) => faults > 0)
    .map(({ chain, faults }) => `the chain of ${nameOf(chain)} is not as it was written: ${faults} ${faults === 1 ? 'fault' : 'faults'}`);
}

function plain({ folder, records, findings }: JudgedChain) {
  return {
    folder,
    intact: findings.every(({ severity }) => severity !== 'fault'),
    findings,
    records: records.map(({ name, sha256, reading: { value, problem } }) => ({
      name,
      sha256,
      ...(value ? { record: value } : { problem }),
    })),
  };
}

function block(chain: JudgedChain, width: number, last: number): string {
  const { records, findings } = chain;
  const shown = records.slice(-last);
  const left = records.length - shown.length;
  const good = records.filter(({ reading }) => reading.value && isGood(reading.value)).length;
  const [what, well] = records.some(({ reading }) => reading.value && isRun(reading.value)) ? ['run', 'completed'] : ['test', 'successful'];
  const intact = findings.every(({ severity }) => severity !== 'fault');
  const state = intact ? 'the chain is as it was written' : 'THE CHAIN IS NOT AS IT WAS WRITTEN';
  return [
    visible(`${nameOf(chain)}: ${records.length} ${records.length === 1 ? what : `${what}s`}, ${good} ${well}; ${state}`),
    ...(left === 0 ? [] : [`(${left} before these are left out)`]),
    rows([[...HEADS, what === 'run' ? 'run' : 'resource']], WIDTHS, width),
    ...shown.map(({ name, reading }) =>
      reading.value ? line(reading.value, width) : rows([['?', `${name} ${reading.problem}`]], NOTE_WIDTHS, width),
    ),
    ...(findings.length === 0
      ? []
      : [
          rows(
            findings.map(({ severity, kind, name, message }) => [severity, kind, `${name} ${message}`]),
            [7, 15],
            width,
          ),
        ]),
  ].join('\n');
}

/** A line with the numbers, and below it what was wrong. */
function line(record: AnyRecord, width: number): string {
  const [verdict, what] = isRun(record) ? runCells(record) : [record.verdict.status, record.resource];
  const { recoveryPoint, recoveryTime } = record.achieved;
  const moments = moment(record.concludedMs).replace(' UTC', '');
  const numbers = [String(record.sequence), moments, verdict, objective(recoveryPoint), objective(recoveryTime), what];
  const notes = isRun(record) ? runNotes(record) : testNotes(record);
  return [rows([numbers], WIDTHS, width), ...notes.map((note) => rows([['', note]], NOTE_WIDTHS, width))].join('\n');
}

function testNotes({ verdict, cleanUp }: EvidenceRecord): readonly string[] {
  const left = [cleanUp.problem, ...cleanUp.left].filter(Boolean).join(', ');
  return [...verdict.reasons.map(({ words }) => words), ...(cleanUp.status === 'clean' ? [] : [`clean-up: ${cleanUp.status}; ${left}`])];
}

/** Whatever is in the cells, each row stays one, and nothing moves the cursor. */
function rows(cells: readonly (readonly string[])[], widths: readonly number[], width: number): string {
  return grid(
    cells.map((row) => row.map((cell) => visible(cell.replace(/\s+/g, ' '))) as unknown as Row),
    widths,
    width,
  );
}

function objective({ outcome, ms, promisedMs }: AchievedPoint | AchievedTime | RunPoint | RunTime): string {
  const span = (some: number | undefined): string => (some === undefined ? '-' : spanWords(some));
  return `${span(ms)} / ${span(promisedMs)} ${SIGNS[outcome] ?? '?'}`.trim();
}

function nameOf({ folder, records }: JudgedChain): string {
  const record = records.find(({ reading }) => reading.value)?.reading.value;
  return record === undefined ? folder || 'this folder' : `'${chainNameOf(record)}'`;
}
