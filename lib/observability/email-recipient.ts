import type { FilteredRecipientOptions } from './filtered-recipient-options';

/** Somebody who gets mails. */
export interface EmailRecipient extends FilteredRecipientOptions {
  /** The address; whoever reads it has to confirm the subscription. */
  readonly address: string;
}
