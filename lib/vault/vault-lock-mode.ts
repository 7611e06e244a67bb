/** Who can shorten or lift the lock of a vault. */
export enum VaultLockMode {
  /** No lock: recovery points can be deleted by whoever the access policy lets. */
  NONE = 'NONE',
  /** Whoever has the IAM permissions can lift the lock. */
  GOVERNANCE = 'GOVERNANCE',
  /** Nobody can lift the lock, AWS and the root user of the account included. */
  COMPLIANCE = 'COMPLIANCE',
  /** The vault is imported, or the lock is only known at deploy time. */
  UNKNOWN = 'UNKNOWN',
}
