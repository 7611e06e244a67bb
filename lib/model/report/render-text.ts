import type { Finding, Outcome } from '../assessment';
import { words } from '../time';
import { copyTraits, survivesWords } from './private/copy-words';
import { grid, joined, type Row } from './private/grid';
import { type Alike, groupsOf, namesOf } from './private/groups';
import { claimWords, copiesWords, DISRUPTION_WORDS, exceptionWords, mechanismWords, summaryWords, testWords } from './private/phrases';
import type { RecoveryReportJson, ReportCopy, ReportResource, ReportVerdict } from './report-json';

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
  /**
   * Where each copy is, how far behind, under which key, and what it survives.
   * @default false
   */
  readonly copies?: boolean;
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

const HEAD_WIDTHS = [31, 13, 13];
const COVERAGE_WIDTH = 15;
const SEVERITY_WIDTH = 9;

/** The report for a terminal. */
export function renderText(report: RecoveryReportJson, options: TextOptions = {}): string {
  const width = Math.max(80, options.width ?? 100);
  const { coverage } = report;
  const { copies = false } = options;
  const name = report.app === '' ? 'Recovery report' : `Recovery report of ${report.app}`;
  const blocks = [
    grid([[name], [summaryWords(report)]], [], width),
    ...groupsOf(report.resources, copies).map((alike) => resourceBlock(alike, width, copies)),
    report.resources.length > 0 ? grid([[LEGEND]], [], width) : '',
    grid(
      [
        ...coverage.unprotected.map(({ name, label }): Row => ['not protected', `${name} (${label})`]),
        ...coverage.excluded.map(({ name, label, reason }): Row => ['excluded', `${name} (${label}), '${reason}'`]),
      ],
      [COVERAGE_WIDTH],
      width,
    ),
    options.findings === false ? '' : grid(report.findings.map(findingRow), [SEVERITY_WIDTH], width),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function resourceBlock(alike: Alike, width: number, placed: boolean): string {
  const [resource] = alike;
  const { label, rpoMs, rtoMs, tier } = resource;
  const room = width - HEAD_WIDTHS.reduce((sum, each) => sum + each, 0);
  const promise = (prefix: string, ms: number | undefined) => (ms === undefined ? `${prefix} -` : `${prefix} ${words(ms)}`);
  const promised: Row = ['   promised', promise('RPO', rpoMs), promise('RTO', rtoMs), joined(copiesWords(resource), room)];
  const rows = resource.disruptions.map((verdict) => verdictRow(resource, verdict, room));
  const copies = placed ? resource.copies.places.map(copyRow) : [];
  const head = `${namesOf(alike)} (${label})${tier === undefined ? '' : `, ${tier}`}`;
  return `${grid([[head]], [], width)}\n${grid([promised, ...rows, ...copies], HEAD_WIDTHS, width)}`;
}

function copyRow(copy: ReportCopy): Row {
  return ['   copy', claimWords(copy.lag), '', `${copy.mechanism}; ${survivesWords(copy)}\n${copyTraits(copy).join('; ')}`];
}

function verdictRow(resource: ReportResource, verdict: ReportVerdict, room: number): Row {
  const how = [mechanismWords(verdict), testWords(verdict), exceptionWords(resource, verdict)].filter((part) => part !== undefined);
  return [
    ` ${MARKS[verdict.outcome]} ${DISRUPTION_WORDS[verdict.disruption]}`,
    claimWords(verdict.rpo),
    claimWords(verdict.rto),
    joined(how, room),
  ];
}

function findingRow({ severity, message, code, at }: Finding): Row {
  return [severity, `${message} (${code} at '${at}')`];
}
