import { DATABASE_EVENTS } from './database-events';
import type { Notice } from './notice';
import type { Severity } from './severity';

/** An event of EventBridge; nothing of it is sure. */
export interface ReceivedEvent {
  readonly id?: unknown;
  readonly 'detail-type'?: unknown;
  readonly account?: unknown;
  readonly region?: unknown;
  readonly resources?: unknown;
  readonly detail?: unknown;
}

interface Kind {
  readonly severity: (state: string) => Severity;
  readonly section: string;
  readonly words: (fields: Fields) => string;
}

type Fields = (name: string) => string | undefined;

const KINDS: ReadonlyMap<string, Kind> = new Map([
  [
    'Backup Job State Change',
    {
      severity: () => 'high',
      section: 'failed-backup-jobs',
      words: (field) => `The backup of ${field('resourceArn') ?? 'something'} into the vault ${vaultIn(field) ?? 'of a plan'}`,
    },
  ],
  [
    'Copy Job State Change',
    {
      severity: () => 'high',
      section: 'failed-copy-jobs',
      words: (field) =>
        `The copy of ${field('resourceArn') ?? 'something'} from ${field('sourceBackupVaultArn') ?? 'its vault'} to ${field('destinationBackupVaultArn') ?? 'another'}`,
    },
  ],
  [
    'Restore Job State Change',
    {
      severity: (state) => (state === 'ABORTED' ? 'low' : 'critical'),
      section: 'failed-restore-jobs',
      words: (field) =>
        `The restore${field('restoreTestingPlanArn') ? ' test' : ''} of ${field('sourceResourceArn') ?? field('recoveryPointArn') ?? 'something'} from the vault ${vaultIn(field) ?? 'of a plan'}`,
    },
  ],
  [
    'Recovery Point State Change',
    {
      severity: (state) => (state === 'EXPIRED' ? 'low' : 'high'),
      section: 'recovery-points-that-expired-or-stopped',
      words: (field) => `A recovery point of ${field('resourceArn') ?? 'something'} in the vault ${vaultIn(field) ?? 'of a plan'}`,
    },
  ],
]);

/** What states mean that do not speak for themselves, by detail type and state. */
const MEANING: Readonly<Record<string, string>> = {
  'Backup Job State Change COMPLETED': 'is completed with issues',
  'Backup Job State Change EXPIRED': 'has expired, because it did not start in its window',
  'Backup Job State Change PARTIAL': 'is only partial',
  'Copy Job State Change PARTIAL': 'is only partial',
  'Recovery Point State Change EXPIRED': 'should have been deleted, but could not be',
  'Recovery Point State Change STOPPED': 'was stopped: it is not kept up to date any more',
};

/** What an event says in a sentence, and how bad that is. What is not known is told too, never dropped. */
export function noticeOf(event: ReceivedEvent): Notice {
  const type = text(event['detail-type']) ?? 'Unknown event';
  const detail = typeof event.detail === 'object' && event.detail !== null ? (event.detail as Readonly<Record<string, unknown>>) : {};
  const field: Fields = (name) => text(detail[name]);
  const where = { region: text(event.region), account: text(event.account), eventId: text(event.id), type };
  const id = field('EventID');
  if (id !== undefined) {
    const resource = field('SourceArn') ?? field('SourceIdentifier');
    return {
      ...where,
      severity: DATABASE_EVENTS.value[id] ?? 'high',
      section: 'events-of-databases',
      state: id,
      resource,
      says: `${resource ?? 'A database'}: ${field('Message') ?? 'no message'} (${id})`,
    };
  }
  const state = field('state') ?? field('status') ?? 'UNKNOWN';
  const kind = KINDS.get(type);
  const message = field('statusMessage');
  const what = kind?.words(field) ?? type;
  return {
    ...where,
    severity: kind?.severity(state) ?? 'high',
    section: kind?.section ?? 'failed-backup-jobs',
    state,
    resource: field('resourceArn') ?? field('sourceResourceArn') ?? field('recoveryPointArn'),
    vault: vaultIn(field) ?? field('destinationBackupVaultArn'),
    says: `${what} ${MEANING[`${type} ${state}`] ?? `is ${state}`}${message ? `: ${message}` : ''}`,
  };
}

function vaultIn(field: Fields): string | undefined {
  return field('backupVaultName') ?? field('backupVaultArn')?.split(':').pop();
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
