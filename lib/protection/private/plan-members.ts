import type { IConstruct } from 'constructs';
import type { Target } from '../../services/service';
import type { ExpectedTimes } from './job-times';
import type { SelectionSpec } from './selection-spec';

/** A resource that a selection lists by itself. */
export interface ListedResource {
  readonly target: Target;
  readonly expected: ExpectedTimes;
}

/** What a plan knows of one of its selections when facts are asked for. */
export interface PlanMember {
  /** The selection itself. */
  readonly owner: IConstruct;
  readonly spec: SelectionSpec;
  readonly expected: ExpectedTimes;
  /** Grows while resources are added. */
  readonly listed: readonly ListedResource[];
  /** Ids of the resources that are left out. */
  readonly exceptionIds: ReadonlySet<string>;
}

/** A resource that a plan protects, however it was selected. */
export interface ProtectedResource {
  readonly target: Target;
  readonly expected: ExpectedTimes;
  /** Tag keys whose absence alone makes a condition of its selection hold. */
  readonly absent: readonly string[];
  /** It was handed over as a construct, so the plan may set what it needs on it. */
  readonly listed: boolean;
}
