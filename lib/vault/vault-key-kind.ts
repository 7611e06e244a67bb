/** Whose key encrypts the recovery points of a vault. */
export enum VaultKeyKind {
  /** A customer managed key: copies of every service to other Regions and accounts are possible. */
  CUSTOMER = 'CUSTOMER',
  /** The key that AWS Backup manages in the account (`aws/backup`): cannot be shared, and unfit for some copies. */
  SERVICE_MANAGED = 'SERVICE_MANAGED',
  /** A key that AWS owns, as a logically air-gapped vault has by default. */
  AWS_OWNED = 'AWS_OWNED',
  /** The vault is imported, or the key is only known at deploy time. */
  UNKNOWN = 'UNKNOWN',
}
