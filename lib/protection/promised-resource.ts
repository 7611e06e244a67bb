import type { DatabaseCredentials } from '../core/database-credentials';
import type { RestoreCheck } from '../core/restore-check';
import type { RestoreTesting } from '../core/restore-testing';
import type { ObjectiveFact } from '../model/facts';
import type { Target } from '../services/service';

/** A resource that a Protection protects, with what is said about tests of its restores. */
export interface PromisedResource {
  readonly target: Target;
  readonly objective: ObjectiveFact;
  readonly checks: readonly RestoreCheck[];
  readonly credentials?: DatabaseCredentials;
  /** How its restores are tested; left out where nobody said. */
  readonly restoreTests?: RestoreTesting;
}
