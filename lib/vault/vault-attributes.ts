import type { Duration } from 'aws-cdk-lib/core';
import type { VaultKeyKind } from './vault-key-kind';
import type { VaultLockMode } from './vault-lock-mode';

/** What is known of a vault that this app does not define. */
export interface VaultAttributes {
  /** The ARN of the vault. */
  readonly backupVaultArn: string;
  /**
   * Whose key encrypts it.
   * @default VaultKeyKind.CUSTOMER where `encryptionKeyArn` is given, VaultKeyKind.UNKNOWN otherwise
   */
  readonly key?: VaultKeyKind;
  /**
   * The ARN of the customer managed key that encrypts it.
   * @default - unknown
   */
  readonly encryptionKeyArn?: string;
  /**
   * Who can lift its lock.
   * @default VaultLockMode.COMPLIANCE where the vault is air-gapped, VaultLockMode.UNKNOWN otherwise
   */
  readonly lock?: VaultLockMode;
  /**
   * The shortest retention that it accepts.
   * @default - unknown
   */
  readonly minRetention?: Duration;
  /**
   * The longest retention that it accepts.
   * @default - unknown
   */
  readonly maxRetention?: Duration;
  /**
   * Whether it is logically air-gapped.
   * @default false
   */
  readonly airGapped?: boolean;
}
