import type { IRoleRef } from 'aws-cdk-lib/aws-iam';

/** Options of a vault whose recovery points nobody deletes. */
export interface DeniedDeletionOptions {
  /**
   * Roles that may delete recovery points all the same.
   * @default - none
   */
  readonly exemptRoles?: IRoleRef[];
  /**
   * ARNs of roles that may delete recovery points all the same; `*` and `?` stand for parts of the name.
   * @default - none
   */
  readonly exemptRoleArns?: string[];
  /**
   * Denies changes of the access policy itself too, except to the exempt roles. The role that deploys the stack has to be
   * one of them, or no later deployment can change the policy.
   * @default false
   */
  readonly policyChanges?: boolean;
}

/** Who may delete recovery points of a vault before their retention ends. */
export class VaultDeletion {
  /** Nobody but the exempt roles: a deny in the access policy, which IAM permissions cannot outweigh. */
  public static denied(options: DeniedDeletionOptions = {}): VaultDeletion {
    return new VaultDeletion(true, options.exemptRoles ?? [], options.exemptRoleArns ?? [], options.policyChanges ?? false);
  }

  /** Whoever has the IAM permissions. */
  public static allowed(): VaultDeletion {
    return new VaultDeletion(false, [], [], false);
  }

  private constructor(
    /** Whether deletion is denied. */
    public readonly isDenied: boolean,
    /** Roles that may delete all the same. */
    public readonly exemptRoles: IRoleRef[],
    /** ARNs of roles that may delete all the same. */
    public readonly exemptRoleArns: string[],
    /** Whether changes of the access policy are denied too. */
    public readonly policyChanges: boolean,
  ) {}
}
