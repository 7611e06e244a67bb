import type { Duration } from 'aws-cdk-lib/core';
import type { VaultKeyKind } from './vault-key-kind';
import type { VaultLockMode } from './vault-lock-mode';

/** What recovery points a vault may hold, as far as it is known at synth; rules and copy actions are checked against it. */
export interface VaultTraits {
  /**
   * The name of the vault.
   * @default - only known at deploy time
   */
  readonly vaultName?: string;
  /**
   * The Region of the vault.
   * @default - only known at deploy time
   */
  readonly region?: string;
  /**
   * The account of the vault.
   * @default - only known at deploy time
   */
  readonly account?: string;
  /** Who can lift the lock of the vault. */
  readonly lock: VaultLockMode;
  /**
   * The shortest retention that the vault accepts.
   * @default - no lower bound, or unknown
   */
  readonly minRetention?: Duration;
  /**
   * The longest retention that the vault accepts.
   * @default - no upper bound, or unknown
   */
  readonly maxRetention?: Duration;
  /** Whose key encrypts the recovery points. */
  readonly key: VaultKeyKind;
  /**
   * Equal for equal keys: the ARN of the key, or the path of its construct.
   * @default - unknown, or not a customer managed key
   */
  readonly keyId?: string;
  /** Whether the vault is logically air-gapped. */
  readonly airGapped: boolean;
}
