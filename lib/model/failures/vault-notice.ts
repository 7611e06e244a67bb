import type { Notice } from './notice';

/** What vaults are asked to tell: no event of EventBridge tells it. */
export const VAULT_EVENTS: readonly string[] = ['CONTINUOUS_BACKUP_INTERRUPTED', 'S3_BACKUP_OBJECT_FAILED', 'S3_RESTORE_OBJECT_FAILED'];

/** A message of AWS Backup as a topic hands it over. */
export interface VaultMessage {
  readonly MessageId?: string;
  readonly Subject?: string | null;
  readonly Message?: string;
  readonly MessageAttributes?: Readonly<Record<string, { readonly Value?: string } | undefined>>;
}

/** What a message of a vault says; whatever it is, it is told. */
export function vaultNoticeOf({ MessageId: id, Subject: subject, Message: message, MessageAttributes: attributes }: VaultMessage): Notice {
  const state = attributes?.EventType?.Value ?? attributes?.State?.Value ?? 'UNKNOWN';
  return {
    severity: 'high',
    section: 'objects-left-out-and-interrupted-backups',
    type: 'Backup Vault Notification',
    state,
    eventId: id,
    says: [subject, message].filter((part) => part).join(': ') || `A vault told ${state}`,
  };
}
