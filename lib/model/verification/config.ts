import type { CheckSpec } from './check-spec';
import type { DatabaseAccess } from './restore-test';

/** What the workflow of one Region is told; a state of its definition holds it, where references become names at deploy time. */
export interface VerificationConfig {
  /** Tells its metrics and evidence from those of others in the account and Region. */
  readonly verification: string;
  readonly evidence: { readonly bucket: string; readonly prefix: string };
  readonly resources: readonly VerifiedResource[];
}

/** A resource whose restores are looked at. */
export interface VerifiedResource {
  /** Path of its construct. */
  readonly id: string;
  readonly resourceType: string;
  /** Left out where only the type is known: then it stands for every resource of the type that none names. */
  readonly arn?: string;
  readonly rpoMs?: number;
  readonly rtoMs?: number;
  /** Longest time between the ends of two tests: the gap of the schedule, the start window and the validation window. */
  readonly dueMs: number;
  readonly checks: readonly CheckSpec[];
  readonly database?: DatabaseAccess;
  /** Functions that run the checks, by what they look at. */
  readonly checkers: Readonly<Partial<Record<CheckerKind, string>>>;
}

/** `sql` and `inside` run in the network of what was restored, `resource` outside of it. */
export type CheckerKind = 'sql' | 'inside' | 'resource';

/** Which checker runs a check; a `function` is called itself. */
export function checkerOf(check: CheckSpec): CheckerKind | 'function' {
  switch (check.kind) {
    case 'function':
      return 'function';
    case 'http':
      return check.inside ? 'inside' : 'resource';
    case 'objects':
    case 'items':
    case 'volume':
    case 'instance':
    case 'files':
      return 'resource';
    default:
      return 'sql';
  }
}
