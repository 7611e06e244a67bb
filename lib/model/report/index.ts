export { renderExplanation } from './render-explanation';
export { renderMarkdown } from './render-markdown';
export { renderPicture } from './render-picture';
export { renderText, type TextOptions } from './render-text';
export type {
  RecoveryReportJson,
  ReportClaim,
  ReportCopies,
  ReportCopy,
  ReportResource,
  ReportSummary,
  ReportTerm,
  ReportVerdict,
  SpanMs,
} from './report-json';
export { toReport } from './to-report';
