import type { ResourceType } from '../services';
import type { UnseenCopies } from './plan-watch';

/** What one freshness function looks after. It grows with plans and vaults, never with resources. */
export interface FreshnessConfig {
  /** Tells the metrics of this function from those of others in the account and Region. */
  readonly watch: string;
  readonly plans: readonly ConfiguredPlan[];
  readonly vaults: readonly ConfiguredVault[];
}

/** A backup plan whose selections say what is promised. */
export interface ConfiguredPlan {
  /** Its name in AWS Backup: an id is known to the stack of the plan only. */
  readonly name: string;
  /** What metrics and logs call it: the path of the construct. */
  readonly label: string;
  /** Left out: the Region of the function. */
  readonly region?: string;
  readonly promises: readonly ConfiguredPromise[];
  /** What services keep by themselves; left out: nothing. */
  readonly services?: readonly ConfiguredService[];
  /** What nobody can look at; left out: nothing. */
  readonly unseen?: readonly UnseenCopies[];
}

/** Point-in-time recovery of a service, or its automated backups in another Region. */
export interface ConfiguredService {
  readonly type: ResourceType;
  /** Where it is kept; left out: in the Region of the plan. */
  readonly region?: string;
  /** So many resources of the plan have it, when there are more of the type. */
  readonly count: number;
  readonly thresholdMs?: number;
  readonly rpoMs?: number;
}

/** What a plan promises for some types of resources. */
export interface ConfiguredPromise {
  readonly types: readonly ResourceType[];
  readonly copies: readonly ConfiguredCopy[];
}

/** A place where a resource has to have a young enough state. */
export interface ConfiguredCopy {
  /** Index in `vaults`. */
  readonly vault: number;
  /** The RPO that relies on it; left out where none does. */
  readonly rpoMs?: number;
  /** Point-in-time recovery instead of recovery points. */
  readonly continuous?: true;
  /** Oldest age that the schedule explains; left out where nothing can be said. */
  readonly thresholdMs?: number;
}

/** A vault in the account of the function. */
export interface ConfiguredVault {
  readonly name: string;
  /** Left out: the Region of the function. */
  readonly region?: string;
  /**
   * Something has to come into the vault at least so often, whatever it is: all that can be said where the plans are in
   * another account.
   */
  readonly pulseMs?: number;
}
