/** How an event of AWS Backup says what happened: the field of `detail` and the words in it. */
interface EventState {
  readonly field: 'state' | 'status' | 'indexStatus';
  readonly values: readonly string[];
}

/**
 * Source: AWS Backup Developer Guide: monitoring with EventBridge, read 2026-11-23. A restore job is `CREATED` in the
 * field `state`, the only one of its states that `status` does not have, so it is left out here.
 */
const EVENTS = {
  'Backup Job State Change': { field: 'state', values: ['CREATED', 'PENDING', 'RUNNING', 'ABORTED', 'COMPLETED', 'FAILED', 'EXPIRED'] },
  'Copy Job State Change': { field: 'state', values: ['CREATED', 'RUNNING', 'COMPLETED', 'FAILED'] },
  'Restore Job State Change': { field: 'status', values: ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED'] },
  'Recovery Point State Change': {
    field: 'status',
    values: ['COMPLETED', 'PARTIAL', 'DELETING', 'EXPIRED', 'AVAILABLE', 'STOPPED', 'CREATING'],
  },
  'Backup Plan State Change': { field: 'state', values: ['CREATED', 'MODIFIED', 'DELETED'] },
  'Backup Vault State Change': { field: 'state', values: ['CREATED', 'MODIFIED', 'DELETED'] },
  'Region Setting State Change': { field: 'state', values: ['MODIFIED'] },
  'Recovery Point Index State Change': { field: 'indexStatus', values: ['ACTIVE', 'DELETED', 'FAILED'] },
  'Scan Job State Change': {
    field: 'state',
    values: ['CREATED', 'RUNNING', 'COMPLETED', 'COMPLETED_WITH_ISSUES', 'FAILED', 'CANCELED'],
  },
} as const satisfies Readonly<Record<string, EventState>>;

/** `detail-type` of the events that AWS Backup sends. */
export type BackupEvent = keyof typeof EVENTS;

/** The `detail` of an event pattern that matches these states: restore jobs have them in another field than the rest. */
export function eventDetail<E extends BackupEvent>(
  event: E,
  ...values: readonly (typeof EVENTS)[E]['values'][number][]
): Readonly<Record<string, readonly string[]>> {
  return { [EVENTS[event].field]: values };
}
