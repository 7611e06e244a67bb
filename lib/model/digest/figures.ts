import type { JobKind } from './config';

/** What a digest has seen of a week. */
export interface DigestFigures {
  readonly fromMs: number;
  readonly toMs: number;
  readonly places: readonly PlaceFigures[];
  readonly watches: readonly WatchFigures[];
  readonly jobs: readonly JobFigures[];
  readonly tests: readonly TestFigures[];
  /** What could not be looked at, in words. */
  readonly blind: readonly string[];
}

/** One place of one plan: each figure is the worst of the week. */
export interface PlaceFigures {
  readonly protection: string;
  readonly place: string;
  /** When it was measured last. */
  readonly lastMs: number;
  readonly ageMs?: number;
  /** Share of the strictest promised RPO, in percent. */
  readonly rpoUsed?: number;
  readonly stale: number;
  readonly missing: number;
  readonly unknown: number;
}

/** One function of a watch. */
export interface WatchFigures {
  readonly watch: string;
  /** Looks that came to their end, and those that should have, since the first of the week. */
  readonly looks: number;
  readonly expected: number;
  /** At the end of the week. */
  readonly unjudged: number;
}

/** Jobs of one kind of one vault. */
export interface JobFigures {
  /** Region and name of the vault. */
  readonly vault: string;
  readonly kind: JobKind;
  readonly good: number;
  readonly bad: number;
}

/** Restore tests of one Protection in one Region. */
export interface TestFigures {
  readonly label: string;
  readonly region: string;
  /** When somebody looked at all of them last. */
  readonly lastMs?: number;
  /** Each is the most of the week. */
  readonly failed: number;
  readonly missing: number;
  readonly slow: number;
  readonly old: number;
  readonly remains: number;
  readonly resources: readonly TestedFigures[];
}

/** Restore tests of one resource. */
export interface TestedFigures {
  readonly id: string;
  readonly rtoMs?: number;
  /** Tests of the week that came to their end, and how many of them were successful. */
  readonly tests: number;
  readonly successful: number;
  /** The longest restore of the week. */
  readonly slowestMs?: number;
  /** To the hour, when a test was successful last, and how far back that was looked for. */
  readonly verifiedMs?: number;
  readonly lookedBackMs: number;
}
