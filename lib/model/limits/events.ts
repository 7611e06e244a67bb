import { documented } from './limit';
import { type Problem, warning } from './problem';

/** An event pattern of EventBridge, as far as it is judged; whatever is no plain value passes. */
export interface EventPattern {
  readonly source?: unknown;
  readonly 'detail-type'?: unknown;
  readonly detail?: unknown;
}

const FIELDS = ['state', 'status', 'indexStatus'] as const;

/** States that one type of event tells, by the field of `detail` that tells them; the usual field first. */
type ToldStates = Partial<Readonly<Record<(typeof FIELDS)[number], readonly string[]>>>;

/** What the events of AWS Backup tell, by their detail type. */
export const BACKUP_EVENTS = documented<Readonly<Record<string, ToldStates>>>(
  {
    'Backup Job State Change': {
      state: ['CREATED', 'PENDING', 'RUNNING', 'ABORTING', 'ABORTED', 'COMPLETED', 'FAILED', 'EXPIRED', 'PARTIAL'],
    },
    'Copy Job State Change': { state: ['CREATED', 'RUNNING', 'COMPLETED', 'FAILED', 'PARTIAL'] },
    'Restore Job State Change': { status: ['PENDING', 'RUNNING', 'COMPLETED', 'ABORTED', 'FAILED'], state: ['CREATED'] },
    'Recovery Point State Change': {
      status: ['COMPLETED', 'PARTIAL', 'DELETING', 'EXPIRED', 'AVAILABLE', 'STOPPED', 'CREATING'],
    },
    'Backup Plan State Change': { state: ['CREATED', 'MODIFIED', 'DELETED'] },
    'Backup Vault State Change': { state: ['CREATED', 'MODIFIED', 'DELETED'] },
    'Region Setting State Change': { state: ['MODIFIED'] },
    'Recovery Point Index State Change': { indexStatus: ['ACTIVE', 'DELETED', 'FAILED'] },
    'Scan Job State Change': { state: ['CREATED', 'RUNNING', 'COMPLETED', 'COMPLETED_WITH_ISSUES', 'FAILED', 'CANCELED'] },
  },
  'states of events by detail type and field',
  'AWS Backup Developer Guide: EventBridge; API model backup 2018-11-15 for the states of jobs',
);

/**
 * Warns of filters on the state of events of AWS Backup that never match: restore jobs and recovery points tell it in
 * `status`, the others in `state`. What stands in `$or`, or in a pattern for other sources too, is not judged.
 */
export function checkEventPattern({ source, 'detail-type': types, detail }: EventPattern): readonly Problem[] {
  const onlyBackup = Array.isArray(source) && source.length > 0 && source.every((one) => one === 'aws.backup');
  if (!onlyBackup || !Array.isArray(types) || typeof detail !== 'object' || detail === null) {
    return [];
  }
  return types
    .filter((type): type is string => typeof type === 'string' && Object.hasOwn(BACKUP_EVENTS.value, type))
    .flatMap((type) => FIELDS.flatMap((field) => checkField(type, field, (detail as Readonly<Record<string, unknown>>)[field])));
}

function checkField(type: string, field: (typeof FIELDS)[number], filter: unknown): readonly Problem[] {
  if (!Array.isArray(filter) || filter.some(meetsAbsence)) {
    return [];
  }
  const told = BACKUP_EVENTS.value[type]!;
  const usual = Object.keys(told)[0]!;
  const values = told[field];
  if (values === undefined) {
    return [
      warning(
        'EventNeverMatches',
        `'eventPattern' filters '${type}' by 'detail.${field}', but these events of AWS Backup have no such field and the rule never fires for them: filter by 'detail.${usual}'`,
      ),
    ];
  }
  const strange = filter.filter((value): value is string => typeof value === 'string' && !values.includes(value));
  return strange.map((value) => {
    const home = FIELDS.find((other) => told[other]?.includes(value));
    return home === undefined
      ? warning(
          'EventStateUnknown',
          `'eventPattern' filters '${type}' by 'detail.${field}' ${value}, but these events of AWS Backup are documented with ${values.join(', ')} only: choose among them`,
        )
      : warning(
          'EventNeverMatches',
          `'eventPattern' filters '${type}' by 'detail.${field}' ${value}, but these events of AWS Backup tell ${value} in 'detail.${home}' and the rule never fires for it: filter by 'detail.${home}'`,
        );
  });
}

/** `{ exists: false }` is the one filter that an event without the field meets. */
function meetsAbsence(matcher: unknown): boolean {
  return typeof matcher === 'object' && matcher !== null && (matcher as { readonly exists?: unknown }).exists === false;
}
