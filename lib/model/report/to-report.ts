import type { Assessment, Claim, CopyCount, DisruptionVerdict, ResourceAssessment } from '../assessment';
import type { Term } from '../facts';
import type { RecoveryReportJson, ReportClaim, ReportCopies, ReportResource, ReportSummary, ReportVerdict, SpanMs } from './report-json';

/** The assessment as it becomes JSON, which leaves out what is undefined: the same bytes on any machine and at any time. */
export function toReport(assessment: Assessment, app: string): RecoveryReportJson {
  const known: Known = { claims: new Map(), verdicts: new Map(), copies: new Map() };
  return {
    version: 1,
    app,
    summary: summaryOf(assessment),
    resources: assessment.resources.map((resource) => resourceOf(resource, known)),
    coverage: assessment.coverage,
    findings: assessment.findings,
  };
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

/** What resources share stays shared. */
interface Known {
  readonly claims: Map<readonly Term[], ReportClaim>;
  readonly verdicts: Map<readonly DisruptionVerdict[], readonly ReportVerdict[]>;
  readonly copies: Map<CopyCount, ReportCopies>;
}

function resourceOf(resource: ResourceAssessment, { claims, verdicts, copies }: Known): ReportResource {
  const { disruptions } = resource;
  const shared = verdicts.get(disruptions) ?? disruptions.map((verdict) => verdictOf(verdict, claims));
  verdicts.set(disruptions, shared);
  const counted = copies.get(resource.copies) ?? copiesOf(resource.copies, claims);
  copies.set(resource.copies, counted);
  return { ...resource, disruptions: shared, copies: counted };
}

/** The terms of a lag are told where the copy brings the data back. */
function copiesOf({ places, ...count }: CopyCount, claims: Known['claims']): ReportCopies {
  return {
    ...count,
    places: places.map(({ lag, survives, lost, ...place }) => {
      const claim = lag && claimOf(lag, claims);
      return { ...place, lag: claim && { ms: claim.ms, estimated: claim.estimated }, survives, lost };
    }),
  };
}

function verdictOf({ rpo, rto, ...rest }: DisruptionVerdict, claims: Map<readonly Term[], ReportClaim>): ReportVerdict {
  return { ...rest, rpo: rpo && claimOf(rpo, claims), rto: rto && claimOf(rto, claims) };
}

function claimOf({ ms, terms }: Claim, claims: Map<readonly Term[], ReportClaim>): ReportClaim {
  let claim = claims.get(terms);
  if (!claim) {
    claim = {
      ms: span(ms),
      estimated: terms.some((term) => term.basis === 'estimated' && term.ms > 0),
      terms: terms.map((term) => ({ ...term, ms: span(term.ms) })),
    };
    claims.set(terms, claim);
  }
  return claim;
}

function span(ms: number): SpanMs {
  return Number.isFinite(ms) ? ms : 'unbounded';
}
