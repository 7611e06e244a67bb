import type { Disruption } from './disruption';
import type { CopyFact, Place, StatefulResource, Term } from './facts';

/** The assessor's answer: what is promised, what is kept, what is missing. Serialisable as JSON. */
export interface Assessment {
  readonly resources: readonly ResourceAssessment[];
  readonly coverage: Coverage;
  readonly findings: readonly Finding[];
}

export interface ResourceAssessment {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly place: Place;
  readonly tier?: string;
  /** Left out where nobody promised anything. */
  readonly rpoMs?: number;
  /** Left out where nobody promised anything. */
  readonly rtoMs?: number;
  readonly disruptions: readonly DisruptionVerdict[];
  readonly copies: CopyCount;
}

/**
 * - `kept`: the objective holds by numbers that are configured, documented, declared or measured.
 * - `expected`: it holds, but some number is our estimate.
 * - `doubtful`: it fails only because of an estimate: a warning.
 * - `broken`: it fails: an error.
 * - `unknown`: something is known only at deploy time.
 * - `not-promised`: nobody asked for it; what would happen is told all the same.
 */
export type Outcome = 'kept' | 'expected' | 'doubtful' | 'broken' | 'unknown' | 'not-promised';

export interface DisruptionVerdict {
  readonly disruption: Disruption;
  readonly outcome: Outcome;
  /** What brings the data back, in words; left out where nothing does. */
  readonly mechanism?: string;
  /** Id of the copy that brings it back; left out where the resource itself survives. */
  readonly copy?: string;
  readonly rpo?: Claim;
  readonly rto?: Claim;
  /** The objective that holds for this disruption, where promised. */
  readonly objective?: Demand;
  /** Longest time any state of the copy is kept. */
  readonly keptMs?: number | 'forever';
  /** Shortest time a state of the copy is kept: the freshest ones often go first. */
  readonly shortestKeptMs?: number | 'forever';
  readonly test?: { readonly everyMs: number; readonly checks: number };
  /** The strategy of the site that takes over, and how often that is rehearsed; left out where no site does. */
  readonly failover?: { readonly strategy: string; readonly drill?: { readonly everyMs: number; readonly words: string } };
  /** Sentences that qualify the verdict, such as why a nearer copy does not count. */
  readonly notes: readonly string[];
}

/** What is promised for one disruption. */
export interface Demand {
  readonly rpoMs: number;
  readonly rtoMs: number;
}

/** A worst case with its parts. */
export interface Claim {
  readonly ms: number;
  readonly terms: readonly Term[];
}

/** The 3-2-1-1-0 count of one resource; the resource itself is the first copy. */
export interface CopyCount {
  readonly copies: number;
  readonly media: number;
  /** Copies in another Region, under a key that stays when the Region of the resource is lost. */
  readonly offSite: number;
  /** Copies in another account, under a key that is not of the account of the resource. */
  readonly otherAccount: number;
  /** The strongest lock that holds a whole state of its copy at every time. */
  readonly immutable: 'no' | 'governance' | 'compliance';
  /** Copies in a logically air-gapped vault. */
  readonly airGapped: number;
  /** Copies without a restore test. */
  readonly unverified: number;
  readonly places: readonly CopyPlace[];
}

/** Where a copy is, and what it is good for. */
export interface CopyPlace {
  readonly copy: string;
  readonly mechanism: string;
  readonly form: CopyFact['form'];
  readonly medium: CopyFact['medium'];
  readonly place: Place;
  readonly keptMs?: number | 'forever';
  readonly shortestKeptMs?: number | 'forever';
  readonly immutable: 'no' | 'governance' | 'compliance';
  /** How long each state is locked; left out where that is as long as it is kept. */
  readonly lockedMs?: number | 'unknown';
  readonly airGapped?: true;
  /**
   * The copy can be read when the key of the resource is lost, and any key of the Region or account that it is away from; left
   * out where that is not known.
   */
  readonly keyIndependent?: boolean;
  /** How far behind the data it is at worst; left out where not known. */
  readonly lag?: Claim;
  readonly survives: readonly Disruption[];
  readonly lost: readonly CopyLoss[];
}

/** A disruption that a copy is no help against. */
export interface CopyLoss {
  readonly disruption: Disruption;
  /** `false` where only deployment tells. */
  readonly certain: boolean;
  /** To follow the name of the copy: `follows every change, so the error too`. */
  readonly why: string;
}

export interface Coverage {
  readonly protected: readonly StatefulResource[];
  readonly excluded: readonly (StatefulResource & { readonly reason: string })[];
  readonly unprotected: readonly StatefulResource[];
}

/** An error or a warning with everything a reader needs to act. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** Stable PascalCase code with an entry in docs/errors.md. */
  readonly code: string;
  /** Construct path where it is shown. */
  readonly at: string;
  readonly resource?: string;
  /** Lower case: the property, the value, the limit, the remedy. */
  readonly message: string;
}
