import type { Place, Term } from '../facts';
import type { ResourceType } from '../services';

/** What a plan promises, told by whoever made it. */
export interface PlanWatch {
  /** Path of the construct. */
  readonly by: string;
  /** Name of the plan in AWS Backup. */
  readonly planName: string;
  /** Where the plan and its resources are; what is only known at deploy time is left out. */
  readonly place: Place;
  /** One for each type that its selections may have. */
  readonly promises: readonly TypePromise[];
  /**
   * What services keep by themselves of resources of the plan.
   * @default - nothing
   */
  readonly services?: readonly ServicePromise[];
  /**
   * Copies of which neither the watch nor an alarm tells how old they are.
   * @default - none
   */
  readonly unseen?: readonly UnseenCopies[];
}

/** Point-in-time recovery of a service, or its automated backups in another Region, for resources of one type. */
export interface ServicePromise {
  readonly type: ResourceType;
  /** Left out: beside the resources. */
  readonly region?: string;
  readonly staleness: readonly Term[];
  /** Resources of the app that have it. */
  readonly count: number;
  /** Left out where nobody relies on it. */
  readonly rpoMs?: number;
}

/** Copies that nobody measures. */
export interface UnseenCopies {
  /** In words, with the Region first where it is known. */
  readonly place: string;
  readonly count: number;
}

/** What a plan promises for one type of resource. */
export interface TypePromise {
  readonly type: ResourceType;
  readonly copies: readonly PromisedCopy[];
}

/** A place that gets recovery points, and how old they are there at worst. */
export interface PromisedCopy {
  /** The strictest RPO that relies on it; left out where none does. */
  readonly rpoMs?: number;
  /** Left out parts are those of the plan. */
  readonly place: Place;
  readonly form: 'points' | 'continuous';
  /** Empty where nothing is claimed. */
  readonly staleness: readonly Term[];
}
