import { DISRUPTIONS } from '../disruption';
import { words } from '../time';
import { fateWords, keyWords, lockWords, MEDIUM_WORDS } from './private/copy-words';
import {
  claimWords,
  copiesWords,
  DISRUPTION_WORDS,
  exceptionWords,
  keptWords,
  mechanismWords,
  OUTCOME_WORDS,
  spanWords,
  summaryWords,
  testWords,
} from './private/phrases';
import type { RecoveryReportJson, ReportClaim, ReportCopies, ReportCopy, ReportResource, ReportVerdict } from './report-json';

/** The report for people: every number with the parts that it is the sum of. */
export function renderMarkdown(report: RecoveryReportJson): string {
  const { coverage, findings } = report;
  const sections = [
    `# ${report.app === '' ? 'Recovery report' : `Recovery report of ${text(report.app)}`}`,
    `${sentence(summaryWords(report))} An estimate (est.) is an assumption of this report, not a measurement.`,
    ...report.resources.flatMap(resourceSections),
    '## Coverage',
    list([
      `protected: ${coverage.protected.length}`,
      ...coverage.unprotected.map(({ name, label }) => `**not protected**: ${text(name)} (${text(label)})`),
      ...coverage.excluded.map(({ name, label, reason }) => `excluded: ${text(name)} (${text(label)}), because: ${text(reason)}`),
    ]),
    ...(findings.length === 0
      ? []
      : [
          '## Findings',
          list(findings.map(({ severity, code, message, at }) => `**${severity}** \`${code}\` at \`${at}\`: ${text(message)}`)),
        ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function resourceSections(resource: ReportResource): readonly string[] {
  const { name, label, tier, rpoMs, rtoMs, disruptions, copies } = resource;
  const promise =
    rpoMs === undefined || rtoMs === undefined
      ? 'Nothing is promised.'
      : `Promised${tier === undefined ? '' : ` (tier ${text(tier)})`}: RPO ${words(rpoMs)}, RTO ${words(rtoMs)}.`;
  return [
    `## ${text(name)} (${text(label)})`,
    `${promise} ${sentence(copiesWords(resource).join('; '))}`,
    ...(disruptions.some((verdict) => exceptionWords(resource, verdict) !== undefined)
      ? verdictTable(disruptions, resource)
      : shared(judged, disruptions, verdictTable)),
    ...shared(tabled, copies, copyTables),
    ...shared(explained, disruptions, explanations),
  ];
}

/** What becomes of the data in each disruption; `promised` tells where another promise holds than that of the resource. */
function verdictTable(disruptions: readonly ReportVerdict[], promised?: ReportResource): readonly string[] {
  const rows = disruptions.map((verdict) => [
    DISRUPTION_WORDS[verdict.disruption],
    [OUTCOME_WORDS[verdict.outcome], promised && exceptionWords(promised, verdict)].filter(Boolean).join(', '),
    claimWords(verdict.rpo),
    claimWords(verdict.rto),
    mechanismWords(verdict),
    testWords(verdict) ?? '-',
  ]);
  return [table(['When', 'Promise', 'RPO at worst', 'RTO expected', 'What brings it back', 'Restore test'], rows)];
}

/** Where the copies are, and what each is good for. */
function copyTables({ places }: ReportCopies): readonly string[] {
  return places.length === 0
    ? []
    : [
        table(['Copy', 'Region', 'Account', 'Medium', 'Behind', 'Kept', 'Immutable', 'Key independent'], places.map(placeRow)),
        table(['Copy survives', ...DISRUPTIONS.map((disruption) => DISRUPTION_WORDS[disruption])], places.map(fateRow)),
      ];
}

function placeRow(copy: ReportCopy): readonly string[] {
  const { mechanism, medium, place, lag } = copy;
  return [
    mechanism,
    place.region ?? 'unknown',
    place.account ?? 'unknown',
    MEDIUM_WORDS[medium],
    claimWords(lag),
    keptWords(copy) ?? '-',
    lockWords(copy),
    keyWords(copy),
  ];
}

function fateRow(copy: ReportCopy): readonly string[] {
  return [copy.mechanism, ...DISRUPTIONS.map((disruption) => fateWords(copy, disruption))];
}

const judged = new WeakMap<readonly ReportVerdict[], readonly string[]>();
const tabled = new WeakMap<ReportCopies, readonly string[]>();
const explained = new WeakMap<readonly ReportVerdict[], readonly string[]>();

/** Resources that are alike share their copies and their verdicts, and a large app has hundreds of them. */
function shared<K extends object>(known: WeakMap<K, readonly string[]>, key: K, render: (key: K) => readonly string[]): readonly string[] {
  const rendered = known.get(key) ?? render(key);
  known.set(key, rendered);
  return rendered;
}

/** Where the numbers come from, part by part, and why a nearer copy does not count. */
function explanations(disruptions: readonly ReportVerdict[]): readonly string[] {
  const items = disruptions.flatMap(({ disruption, rpo, rto, notes }) => [
    ...(rpo ? [`${DISRUPTION_WORDS[disruption]}: RPO ${parts(rpo)}`] : []),
    ...(rto ? [`${DISRUPTION_WORDS[disruption]}: RTO ${parts(rto)}`] : []),
    ...notes.map((note) => `${DISRUPTION_WORDS[disruption]}: ${note}`),
  ]);
  return items.length === 0 ? [] : ['How the numbers come about:', list(items.map(text))];
}

function parts({ ms, terms }: ReportClaim): string {
  const sum = terms.map((term) => `${term.name}${term.ms === 0 ? '' : ` ${spanWords(term.ms)}`} (${term.basis})`).join(' + ');
  return `${spanWords(ms)} = ${sum}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row.map(text)))].join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

const MARKUP = /[&<\\`*_|[\]]|\s*\n\s*/g;

/** Takes the meaning out of what Markdown and HTML would read as markup. */
function text(value: string): string {
  return value.replace(MARKUP, (found) => ENTITIES[found] ?? (found.includes('\n') ? ' ' : `\\${found}`));
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;' };
