import type { IKeyRef } from 'aws-cdk-lib/aws-kms';
import type { RemovalPolicy } from 'aws-cdk-lib/core';
import type { CopySource } from './copy-source';
import type { VaultDeletion } from './vault-deletion';
import type { VaultLock } from './vault-lock';
import type { VaultNotifications } from './vault-notifications';

/** Options of a vault's mirror in another Region or account. */
export interface VaultMirrorOptions {
  /**
   * The account of the mirror. It has to be in the same organization (AWS Backup Developer Guide); the mirror lets the
   * account of the vault copy into it.
   * @default - the account of the vault
   */
  readonly account?: string;
  /**
   * The customer managed key of the mirror, from its own Region: imported by ARN, or defined in a stack there.
   * @default - an own key with rotation
   */
  readonly encryptionKey?: IKeyRef;
  /**
   * The lock of the mirror.
   * @default - no lock, whatever lock the vault has
   */
  readonly lock?: VaultLock;
  /**
   * Who may delete recovery points of the mirror.
   * @default VaultDeletion.denied()
   */
  readonly deletion?: VaultDeletion;
  /**
   * Who may copy recovery points into the mirror, besides the account of the vault.
   * @default - nobody else
   */
  readonly allowCopyFrom?: CopySource[];
  /**
   * Where the mirror tells what happens to its recovery points; the topic has to be in the Region of the mirror.
   * @default - nowhere
   */
  readonly notifications?: VaultNotifications;
  /**
   * What becomes of the mirror when it leaves its stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: retained, unless the very deployment that makes the mirror fails
   */
  readonly removalPolicy?: RemovalPolicy;
}
