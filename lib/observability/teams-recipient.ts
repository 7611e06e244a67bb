import type { RecipientOptions } from './recipient-options';

/** A channel of Microsoft Teams, by Amazon Q Developer in chat applications (once AWS Chatbot). */
export interface TeamsRecipient extends RecipientOptions {
  /** Id of the tenant of Microsoft Entra, which an administrator has authorised in the console once. */
  readonly tenantId: string;
  /** Id of the team. */
  readonly teamId: string;
  /** Id of the channel as it stands in its link, decoded or not. */
  readonly channelId: string;
}
