import type { Disruption } from './disruption';
import type { ResourceType } from './services';

/**
 * What constructs record about an application: plain data, so that the assessor needs to know no construct.
 * A value that is only known at deploy time is left out (`undefined`): the assessor then says "unknown", never "kept".
 */
export type Fact = ResourceFact | ObjectiveFact | CopyFact | RestoreTestFact | FailoverFact | ExclusionFact | ConcernFact;

/** How far a number can be trusted: the assessor fails a promise only on what is not estimated. */
export type Basis =
  /** Set in the template, so AWS holds to it. */
  | 'configured'
  /** Stated by the service's documentation. */
  | 'documented'
  /** Stated by the user about their own data. */
  | 'declared'
  /** Measured by a restore test or a drill. */
  | 'measured'
  /** Our own assumption. */
  | 'estimated';

/** One part of a worst case, so that every claim can be explained part by part. */
export interface Term {
  /** Lower-case words for the explanation, such as `longest gap between runs (cron(0 * * * ? *))`. */
  readonly name: string;
  readonly ms: number;
  readonly basis: Basis;
}

/** Name of the term of what somebody has to do by hand where no site takes over. */
export const TAKEOVER = 'point the application at the replica';

/** Where data lies; a part that is only known at deploy time is left out. */
export interface Place {
  readonly region?: string;
  readonly account?: string;
  /** Name of the backup vault, bucket or other container. */
  readonly container?: string;
}

/** The key that data is encrypted with: who loses it loses the data. */
export interface KeyFact {
  readonly kind: 'customer' | 'service-managed' | 'aws-owned' | 'none' | 'unknown';
  /** Anything that is equal for equal keys: an ARN or the path of the construct; a bare id or alias is one of the place of the data. */
  readonly id?: string;
  /**
   * Where the key lies, where its ARN does not tell.
   * @default - the Region of the data: services take no key of another
   */
  readonly region?: string;
  /**
   * Whose key it is, where its ARN does not tell.
   * @default - the account of the data
   */
  readonly account?: string;
}

/** A thing that holds data. */
export interface ResourceFact {
  readonly kind: 'resource';
  /** Construct path, or the ARN of what is imported: what every other fact calls `resource`. */
  readonly id: string;
  /** What the report calls it, such as `Orders/Database`. */
  readonly name: string;
  readonly type: ResourceType;
  /** The type in words, such as `RDS PostgreSQL`. */
  readonly label: string;
  readonly place: Place;
  readonly key: KeyFact;
  /** What becomes of it when one Availability Zone is lost. */
  readonly zones: ZoneFact;
}

export interface ZoneFact {
  /** `spread`: data in several zones all the time; `standby`: fails over; `single`: is lost with its zone. */
  readonly kind: 'spread' | 'standby' | 'single' | 'unknown';
  /** Words for the report, such as `Multi-AZ standby`. */
  readonly words: string;
  /** Longest interruption in ms. */
  readonly failoverMs?: number;
  /**
   * How far the interruption can be trusted.
   * @default 'documented'
   */
  readonly basis?: Basis;
}

/** What was promised for one resource. */
export interface ObjectiveFact {
  readonly kind: 'objective';
  readonly resource: string;
  /** Construct path of whoever promised it: where an error is shown. */
  readonly by: string;
  /** Name of the tier, such as `important`. */
  readonly tier?: string;
  readonly rpoMs: number;
  readonly rtoMs: number;
  /** Disruptions that have to be survived, with the objective that holds for each. */
  readonly survives: readonly SurvivalFact[];
  /** The 3-2-1-1-0 level asked for; only counted where left out. */
  readonly copyRule?: CopyRuleFact;
}

export interface SurvivalFact {
  readonly disruption: Disruption;
  readonly rpoMs: number;
  readonly rtoMs: number;
}

/** A demand on the number of copies; every part that is left out is not demanded. */
export interface CopyRuleFact {
  readonly copies?: number;
  readonly media?: number;
  readonly offSite?: number;
  readonly otherAccount?: number;
  readonly immutable?: number;
  readonly airGapped?: number;
  /** No copy without a restore test. */
  readonly verified?: boolean;
}

/** A copy of a resource besides the resource itself. */
export interface CopyFact {
  readonly kind: 'copy';
  readonly resource: string;
  /** Unique for the resource, such as the vault's name: what a RestoreTestFact refers to. */
  readonly id: string;
  /** Construct path of the mechanism: where an error is shown. */
  readonly by: string;
  /** Words for the report, such as `recovery points in vault orders`. */
  readonly mechanism: string;
  /** `points`: discrete recovery points; `continuous`: any second of the retention; `replica`: follows every change, errors too. */
  readonly form: 'points' | 'continuous' | 'replica';
  readonly place: Place;
  /** The copy is made where the resource is: in its own Region and account, also where neither is known by name. */
  readonly beside?: boolean;
  /** The copy lies in the one zone of the resource and is lost with it; only asked of replicas in the same Region. */
  readonly lostWithZone?: boolean;
  /** `service`: the live storage of the service itself; `backup`: storage of AWS Backup; `export`: files in a bucket. */
  readonly medium: 'service' | 'backup' | 'export';
  /** Worst case between the newest usable state of this copy and now: the sum of its terms; empty where not known. */
  readonly staleness: readonly Term[];
  /** From the disruption until the data is usable again: the sum of its terms; empty where not known. */
  readonly restore: readonly Term[];
  /** Longest time any state of this copy is kept; 'forever' where it never expires; left out for replicas. */
  readonly keptMs?: number | 'forever';
  /** Shortest time a state of this copy is kept: it must outlive the arrival of the next one. */
  readonly shortestKeptMs?: number | 'forever';
  readonly immutable: 'no' | 'governance' | 'compliance';
  /**
   * How long each state is locked, counted from when it was written; `unknown` where only deployment tells.
   * @default - as long as it is kept
   */
  readonly lockedMs?: number | 'unknown';
  /** The copy lies in a logically air-gapped vault. */
  readonly airGapped?: true;
  readonly key: KeyFact;
  /** The service cannot make this copy for this type, and why; the assessor reports it and does not count it. */
  readonly impossible?: string;
}

/** Somebody restores recovery points of this copy regularly and looks at the data. */
export interface RestoreTestFact {
  readonly kind: 'restore-test';
  readonly resource: string;
  /** Id of the CopyFact under test. */
  readonly copy: string;
  readonly everyMs: number;
  /** Checks that look at the restored data; none only shows that it can be restored. */
  readonly checks: number;
  /**
   * Tests in a row that may be missed before somebody acts.
   * @default 1
   */
  readonly allowedMisses?: number;
}

/** Another site takes over when the Region of the resource is lost: what that takes besides bringing the data back. */
export interface FailoverFact {
  readonly kind: 'failover';
  readonly resource: string;
  /** Construct path of what makes the site take over. */
  readonly by: string;
  /** Region that takes over: copies that are there are used by it. */
  readonly region: string;
  /** The strategy in words: `warm standby`. */
  readonly strategy: string;
  /** From the loss until somebody begins to bring the data back. */
  readonly before: readonly Term[];
  /** From then until users are served, in place of what the copy says of `TAKEOVER`. */
  readonly after: readonly Term[];
  /** Left out: nobody ever does it before it has to be done. */
  readonly drill?: { readonly everyMs: number; readonly words: string };
}

/** A stateful resource that is left out on purpose. */
export interface ExclusionFact {
  readonly kind: 'exclusion';
  /** Follows from something else, so it gives way to a protection instead of contradicting it. */
  readonly implied?: true;
  readonly resource: string;
  readonly by: string;
  readonly reason: string;
}

/** Something a mechanism noticed about itself: an error fails the synth, a warning can be acknowledged. */
export interface ConcernFact {
  readonly kind: 'concern';
  readonly severity: 'error' | 'warning';
  /** Stable PascalCase code with an entry in docs/errors.md. */
  readonly code: string;
  /** Construct path. */
  readonly by: string;
  readonly resource?: string;
  readonly message: string;
}

/** A stateful resource found in the application, protected or not. */
export interface StatefulResource {
  readonly id: string;
  readonly name: string;
  readonly type: ResourceType;
  readonly label: string;
}
