import { type RecoveryReportJson, renderMarkdown, renderPicture, renderText } from '../../lib/model/report';
import { CommandError } from './command-error';

export const FORMATS = ['text', 'markdown', 'json', 'svg'] as const;
export const FAILURES = ['broken', 'doubtful', 'unprotected'] as const;

/** The reports as text of the given format; JSON is an array, since a cloud assembly has a report for each stage. */
export function formatReports(reports: readonly RecoveryReportJson[], format: (typeof FORMATS)[number], width: number): string {
  switch (format) {
    case 'json':
      return JSON.stringify(reports, undefined, 2);
    case 'markdown':
      return reports.map(renderMarkdown).join('\n').trimEnd();
    case 'svg':
      if (reports.length !== 1) {
        throw new CommandError(
          `--format svg draws one report, but there are ${reports.length}: give the folder of one with --app, such as cdk.out/assembly-Prod`,
        );
      }
      return renderPicture(reports[0]).trimEnd();
    case 'text':
      return reports.map((report) => renderText(report, { width, copies: true })).join('\n\n');
  }
}

/** What of a report is refused, in words; nothing where it passes. */
export function refusalsOf({ app, summary, resources }: RecoveryReportJson, failOn: readonly string[]): string[] {
  const outcomes = resources.flatMap(({ disruptions }) => disruptions.map(({ outcome }) => outcome));
  const having = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
  const broken = having('broken') || summary.errors;
  const refusals: readonly (readonly [count: number, name: string, refused: boolean])[] = [
    [broken, 'broken', failOn.includes('broken') || failOn.includes('doubtful')],
    [having('doubtful'), 'doubtful', failOn.includes('doubtful')],
    [summary.unprotected, 'unprotected', failOn.includes('unprotected')],
  ];
  return refusals.filter(([count, , refused]) => refused && count > 0).map(([count, name]) => `${app || 'the app'}: ${count} ${name}`);
}
