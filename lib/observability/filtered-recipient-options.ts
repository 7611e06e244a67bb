import type { RecipientOptions } from './recipient-options';

/** Of what somebody is told, message by message. */
export interface FilteredRecipientOptions extends RecipientOptions {
  /**
   * Whether only failures are told, and neither that an alarm is over nor a digest of nothing but success. A filter of the subscription
   * drops these; it can only read messages in JSON, such as those of this library and of CloudWatch, and drops all others.
   * @default false
   */
  readonly failuresOnly?: boolean;
}
