export { ANNOUNCE_VARIABLE, type AnnounceConfig, WEBHOOK_VARIABLE, type WebhookConfig } from './config';
export { DATABASE_EVENT_TYPES, DATABASE_EVENTS } from './database-events';
export { noticeOf, type ReceivedEvent } from './event-notice';
export { type ChatMessage, chatMessage, type Message, messageOf, type Notice } from './notice';
export { type FailurePattern, failurePatterns, type ListenedFor } from './patterns';
export { SEVERITIES, type Severity } from './severity';
export { VAULT_EVENTS, type VaultMessage, vaultNoticeOf } from './vault-notice';
export { type NamelessVault, type WatchedPlace, type WatchedVault, watchedPlaces } from './watched-places';
export { type WebhookBody, webhookBody } from './webhook-body';
