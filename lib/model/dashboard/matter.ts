import type { VerifiedPlace } from '../verification';

/** What a dashboard shows. Parts may be tokens of the stack that the dashboard is in. */
export interface DashboardMatter {
  readonly region: string;
  /** Names of the watches of the stage. */
  readonly watches: readonly string[];
  /** Markdown that says what is promised. */
  readonly promises: readonly string[];
  readonly plans: readonly ShownPlan[];
  readonly vaults: readonly ShownVault[];
  readonly lags: readonly LagLine[];
  readonly verified: readonly VerifiedPlace[];
  /** ARNs of alarms in the Region of the dashboard. */
  readonly alarms: readonly string[];
}

/** A plan with what its recovery points are measured by. */
export interface ShownPlan {
  /** What metrics call it. */
  readonly label: string;
  /** The strictest promise of its protection. */
  readonly rpoMs?: number;
  /** The oldest age that its schedules explain, in any place. */
  readonly explainedMs?: number;
}

/** A vault that gets recovery points. */
export interface ShownVault {
  readonly name: string;
  readonly region: string;
}

/** How far a live copy is behind. */
export interface LagLine {
  readonly metricName: string;
  readonly label: string;
  /** Where the metric is published. */
  readonly region: string;
  /** A query of Metrics Insights, where a dimension is not known. */
  readonly expression?: string;
  readonly namespace?: string;
  readonly dimensions?: readonly (readonly [name: string, value: string])[];
}
