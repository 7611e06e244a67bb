import type { Assessment, Claim, DisruptionVerdict, ResourceAssessment } from '../assessment';
import type { RecoveryReportJson, ReportClaim, ReportResource, ReportSummary, ReportVerdict, SpanMs } from './report-json';

/** The assessment as plain JSON: the same assessment gives the same bytes, on any machine and at any time. */
export function toReport(assessment: Assessment, app: string): RecoveryReportJson {
  const report: RecoveryReportJson = {
    version: 1,
    app,
    summary: summaryOf(assessment),
    resources: assessment.resources.map(resource),
    coverage: assessment.coverage,
    findings: assessment.findings,
  };
  // What is left out stays left out: an absent key, not an undefined one.
  return JSON.parse(JSON.stringify(report));
}

function summaryOf({ resources, coverage, findings }: Assessment): ReportSummary {
  const promises = { kept: 0, expected: 0, doubtful: 0, broken: 0, unknown: 0 };
  for (const { outcome } of resources.flatMap(({ disruptions }) => disruptions)) {
    if (outcome !== 'not-promised') {
      promises[outcome]++;
    }
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return {
    promises,
    protected: coverage.protected.length,
    excluded: coverage.excluded.length,
    unprotected: coverage.unprotected.length,
    errors,
    warnings: findings.length - errors,
  };
}

function resource({ disruptions, ...rest }: ResourceAssessment): ReportResource {
  return { ...rest, disruptions: disruptions.map(verdict) };
}

function verdict({ rpo, rto, ...rest }: DisruptionVerdict): ReportVerdict {
  return { ...rest, rpo: rpo && claim(rpo), rto: rto && claim(rto) };
}

function claim({ ms, terms }: Claim): ReportClaim {
  return {
    ms: span(ms),
    estimated: terms.some((term) => term.basis === 'estimated' && term.ms > 0),
    terms: terms.map((term) => ({ ...term, ms: span(term.ms) })),
  };
}

function span(ms: number): SpanMs {
  return Number.isFinite(ms) ? ms : 'unbounded';
}
