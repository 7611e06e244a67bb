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
}

/** What a plan promises for one type of resource. */
export interface TypePromise {
  readonly type: ResourceType;
  readonly copies: readonly PromisedCopy[];
}

/** A place that gets recovery points, and how old they are there at worst. */
export interface PromisedCopy {
  /** Left out parts are those of the plan. */
  readonly place: Place;
  readonly form: 'points' | 'continuous';
  /** Empty where nothing is claimed. */
  readonly staleness: readonly Term[];
}
