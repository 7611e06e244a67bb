import type { RecipientOptions } from './recipient-options';

/** A channel of Slack, by Amazon Q Developer in chat applications (once AWS Chatbot). */
export interface SlackRecipient extends RecipientOptions {
  /** Id of the workspace, which an administrator has authorised in the console once, such as `T0123456789`. */
  readonly workspaceId: string;
  /** Id of the channel, such as `C0123456789`. */
  readonly channelId: string;
}
