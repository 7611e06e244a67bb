import type { CopyCount, CopyPlace, Coverage, DisruptionVerdict, Finding, Outcome, ResourceAssessment } from '../assessment';
import type { Disruption } from '../disruption';
import type { Basis } from '../facts';

/** A span in ms; `unbounded` where nothing limits it. */
export type SpanMs = number | 'unbounded';

/** The recovery report as it is stored: `schema/recovery-report.schema.json` describes it. */
export interface RecoveryReportJson {
  /** Changes when a reader of the former version would misread the report. */
  readonly version: 1;
  /** The application or stage that the report is about. */
  readonly app: string;
  readonly summary: ReportSummary;
  readonly resources: readonly ReportResource[];
  readonly coverage: Coverage;
  readonly findings: readonly Finding[];
}

/** How many promises there are, one per resource and disruption that it has to survive, and how they fare. */
export interface ReportSummary {
  readonly promises: Readonly<Record<Exclude<Outcome, 'not-promised'>, number>>;
  readonly protected: number;
  readonly excluded: number;
  readonly unprotected: number;
  readonly errors: number;
  readonly warnings: number;
}

export interface ReportResource extends Omit<ResourceAssessment, 'disruptions' | 'copies'> {
  readonly disruptions: readonly ReportVerdict[];
  readonly copies: ReportCopies;
}

export interface ReportCopies extends Omit<CopyCount, 'places'> {
  readonly places: readonly ReportCopy[];
}

export interface ReportCopy extends Omit<CopyPlace, 'lag' | 'survives' | 'lost'> {
  readonly lag?: Pick<ReportClaim, 'ms' | 'estimated'>;
  readonly survives: readonly `${Disruption}`[];
  readonly lost: readonly { readonly disruption: `${Disruption}`; readonly certain: boolean; readonly why: string }[];
}

export interface ReportVerdict extends Omit<DisruptionVerdict, 'disruption' | 'rpo' | 'rto'> {
  readonly disruption: `${Disruption}`;
  readonly rpo?: ReportClaim;
  readonly rto?: ReportClaim;
}

/** A worst case with its parts; `estimated` where one of the parts is our assumption. */
export interface ReportClaim {
  readonly ms: SpanMs;
  readonly estimated: boolean;
  readonly terms: readonly ReportTerm[];
}

export interface ReportTerm {
  readonly name: string;
  readonly ms: SpanMs;
  readonly basis: Basis;
}
