import type { FilteredRecipientOptions } from './filtered-recipient-options';

/** A webhook of whatever system. */
export interface WebhookRecipient extends FilteredRecipientOptions {
  /**
   * Name of a secret in AWS Secrets Manager, in every Region that has a topic: JSON with `url`, which has to start with
   * https://, and with `token` where the webhook wants one in the header `authorization` as a bearer. It is not in any template.
   */
  readonly secretName: string;
}
