import type { ITopicRef } from 'aws-cdk-lib/aws-sns';
import type { VaultEvent } from './vault-event';

/** Where a vault tells what happens to its recovery points. */
export interface VaultNotifications {
  /**
   * The topic, in the account and Region of the vault. It has to be a standard topic (AWS Backup Developer Guide). AWS Backup
   * is allowed to publish to it; where its policy is out of reach, a warning says what to allow.
   */
  readonly topic: ITopicRef;
  /**
   * What to tell.
   * @default - everything that may break a promise: failed and expired jobs, interrupted continuous backup, missing objects
   * and modified recovery points
   */
  readonly events?: VaultEvent[];
}
