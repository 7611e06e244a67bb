import {
  type AnnounceConfig,
  type Message,
  messageOf,
  type Notice,
  noticeOf,
  type ReceivedEvent,
  type VaultMessage,
  vaultNoticeOf,
} from '../../model/failures';

/** Publishes a message to a topic; throws where it was not taken. */
export type Publish = (topicArn: string, message: Message) => Promise<void>;

/** What the function gets: an event of EventBridge, or messages of vaults. */
export type Announced = ReceivedEvent & { readonly Records?: readonly { readonly Sns: VaultMessage }[] };

/** Tells of an event in the topic of its severity. An event that comes twice is told twice. */
export async function announceEvent(event: Announced, { topics, runbook }: AnnounceConfig, publish: Publish): Promise<void> {
  const notices: readonly Notice[] = event.Records?.map(({ Sns: message }) => vaultNoticeOf(message)) ?? [noticeOf(event)];
  for (const notice of notices) {
    await publish(topics[notice.severity], messageOf(notice, runbook));
  }
}
