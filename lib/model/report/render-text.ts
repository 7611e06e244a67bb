import Table from 'cli-table3';

import type { Finding, Outcome } from '../assessment';
import { words } from '../time';
import { claimWords, copiesWords, DISRUPTION_WORDS, exceptionWords, mechanismWords, summaryWords, testWords } from './private/phrases';
import type { RecoveryReportJson, ReportResource, ReportVerdict } from './report-json';

/** How the text is laid out. */
export interface TextOptions {
  /**
   * Columns of the terminal; less than 80 are treated as 80.
   * @default 100
   */
  readonly width?: number;
  /**
   * Errors and warnings at the end; the CDK command prints warnings itself.
   * @default true
   */
  readonly findings?: boolean;
}

const MARKS: Readonly<Record<Outcome, string>> = {
  kept: '✓',
  expected: '✓',
  doubtful: '!',
  broken: '✗',
  unknown: '?',
  'not-promised': '·',
};
const LEGEND = '✓ kept  ! doubtful  ✗ broken  ? known only at deploy time  · not promised  est. contains an estimate';

const FIRST_WIDTH = 31;
const CLAIM_WIDTH = 13;
const SEVERITY_WIDTH = 9;

/** The report for a terminal. */
export function renderText(report: RecoveryReportJson, options: TextOptions = {}): string {
  const width = Math.max(80, options.width ?? 100);
  const { coverage } = report;
  const name = report.app === '' ? 'Recovery report' : `Recovery report of ${report.app}`;
  const blocks = [
    `${name}: ${summaryWords(report)}`,
    ...report.resources.map((resource) => resourceBlock(resource, width)),
    ...(report.resources.length > 0 ? [LEGEND] : []),
    [
      ...coverage.unprotected.map(({ name, label }) => ['not protected', `${name} (${label})`]),
      ...coverage.excluded.map(({ name, label, reason }) => ['excluded', `${name} (${label}), '${reason}'`]),
    ],
    options.findings === false ? [] : report.findings.map(({ severity, ...finding }) => [severity, findingWords(finding)]),
  ];
  return blocks
    .map((block) => (typeof block === 'string' ? block : listing(block, width)))
    .filter((block) => block !== '')
    .join('\n\n');
}

function resourceBlock(resource: ReportResource, width: number): string {
  const how = width - FIRST_WIDTH - 2 * CLAIM_WIDTH;
  const { name, label, rpoMs, rtoMs, tier } = resource;
  const promise = (prefix: string, ms: number | undefined) => (ms === undefined ? `${prefix} -` : `${prefix} ${words(ms)}`);
  const promised = ['   promised', promise('RPO', rpoMs), promise('RTO', rtoMs), copiesWords(resource)];
  const rows = [promised, ...resource.disruptions.map((verdict) => verdictRow(resource, verdict))];
  const head = `${name} (${label})${tier === undefined ? '' : `, ${tier}`}`;
  return `${head}\n${grid(rows, [FIRST_WIDTH, CLAIM_WIDTH, CLAIM_WIDTH, how])}`;
}

function verdictRow(resource: ReportResource, verdict: ReportVerdict): string[] {
  const how = [mechanismWords(verdict), testWords(verdict), exceptionWords(resource, verdict)].filter((part) => part !== undefined);
  return [
    ` ${MARKS[verdict.outcome]} ${DISRUPTION_WORDS[verdict.disruption]}`,
    claimWords(verdict.rpo),
    claimWords(verdict.rto),
    how.join('; '),
  ];
}

function listing(rows: readonly (readonly string[])[], width: number): string {
  const first = Math.max(SEVERITY_WIDTH, ...rows.map(([head]) => head.length + 2));
  return rows.length === 0 ? '' : grid(rows, [first, width - first]);
}

/** Columns without lines; text that is too long goes on below, also in scripts whose characters are two columns wide. */
function grid(rows: readonly (readonly string[])[], colWidths: readonly number[]): string {
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  };
  const table = new Table({
    chars: { ...none, left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '' },
    style: { 'padding-left': 0, 'padding-right': 1, head: [], border: [] },
    colWidths: [...colWidths],
    wordWrap: true,
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function findingWords({ message, code, at }: Omit<Finding, 'severity'>): string {
  return `${message} (${code} at '${at}')`;
}
