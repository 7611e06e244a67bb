import { BACKUP_EVENTS, checkEventPattern } from '../../../lib/model/limits';
import { accepts, refuses } from './cases';

const pattern = (type: string | readonly unknown[], detail: unknown, source: unknown = ['aws.backup']) =>
  checkEventPattern({ source, 'detail-type': typeof type === 'string' ? [type] : type, detail });

const RESTORE = 'Restore Job State Change';
const COPY = 'Copy Job State Change';

describe('every documented event', () => {
  const states = Object.entries(BACKUP_EVENTS.value).flatMap(([type, told]) =>
    Object.entries(told).flatMap(([field, values]) => values.map((value) => [type, field, value] as const)),
  );

  test.each(states)('%s is taken with %s %s', (type, field, value) => {
    expect(pattern(type, { [field]: [value] })).toEqual([]);
  });

  test.each(Object.entries(BACKUP_EVENTS.value))('%s is refused with a state beyond those documented', (type, told) => {
    const [field] = Object.keys(told);
    expect(pattern(type, { [field]: ['NOWHERE'] })).toMatchObject([{ code: 'EventStateUnknown', severity: 'warning' }]);
  });

  test.each(Object.keys(BACKUP_EVENTS.value))('%s is refused with a field that it does not have', (type) => {
    const told = BACKUP_EVENTS.value[type];
    for (const field of ['state', 'status', 'indexStatus'].filter((one) => !(one in told))) {
      expect(pattern(type, { [field]: ['COMPLETED'] })).toMatchObject([{ code: 'EventNeverMatches', severity: 'warning' }]);
    }
  });

  test('has a source and a date', () => {
    expect([BACKUP_EVENTS.source, BACKUP_EVENTS.readOn]).toEqual([expect.stringMatching(/EventBridge/), expect.stringMatching(/^20\d\d-/)]);
  });
});

describe('patterns of events', () => {
  accepts([
    ['restore jobs by status', pattern(RESTORE, { status: ['FAILED', 'ABORTED'] })],
    ['the one state that restore jobs tell in another field', pattern(RESTORE, { state: ['CREATED'] })],
    ['copy jobs by state', pattern(COPY, { state: ['FAILED'] })],
    ['no filter on the detail', pattern(RESTORE, undefined)],
    ['a filter on something else', pattern(RESTORE, { resourceType: ['RDS'] })],
    ['a filter that absence meets', pattern(RESTORE, { state: [{ exists: false }], status: ['FAILED'] })],
    ['absence of a field that the events never have', pattern(COPY, { status: [{ exists: false }], state: ['FAILED'] })],
    ['events of other services', pattern(RESTORE, { state: ['FAILED'] }, ['aws.elsewhere'])],
    ['a pattern for other sources too', pattern(RESTORE, { state: ['FAILED'] }, ['aws.backup', 'my.app'])],
    ['a pattern without a source', checkEventPattern({ 'detail-type': [RESTORE], detail: { state: ['FAILED'] } })],
    ['a pattern without a detail type', checkEventPattern({ source: ['aws.backup'], detail: { state: ['FAILED'] } })],
    ['alternatives', pattern([RESTORE, COPY], { $or: [{ state: ['FAILED'] }, { status: ['FAILED'] }] })],
    ['a detail type that is not in the table', pattern(['Something New', 'constructor', { prefix: 'Rest' }], { state: ['FAILED'] })],
    ['a comparison where the field exists', pattern(COPY, { state: [{ 'anything-but': 'COMPLETED' }, { Ref: 'Parameter' }] })],
    ['a comparison on the one state of another field', pattern(RESTORE, { state: [{ prefix: 'CREA' }] })],
  ]);
  refuses([
    [
      'restore jobs by state',
      pattern(RESTORE, { state: ['FAILED'] }),
      'warning',
      'EventNeverMatches',
      /'eventPattern' filters 'Restore Job State Change' by 'detail.state' FAILED, but .* in 'detail.status' .*: filter by 'detail.status'/,
    ],
    [
      'recovery points by state',
      pattern('Recovery Point State Change', { state: ['EXPIRED'] }),
      'warning',
      'EventNeverMatches',
      /by 'detail.state', but .* no such field .*: filter by 'detail.status'/,
    ],
    ['copy jobs by status', pattern(COPY, { status: ['FAILED'] }), 'warning', 'EventNeverMatches', /: filter by 'detail.state'/],
    [
      'a comparison on a field that is not there',
      pattern(COPY, { status: [{ exists: true }] }),
      'warning',
      'EventNeverMatches',
      /'detail.state'/,
    ],
    [
      'created restore jobs by status',
      pattern(RESTORE, { status: ['CREATED'] }),
      'warning',
      'EventNeverMatches',
      /tell CREATED in 'detail.state'/,
    ],
    [
      'indexes by status',
      pattern('Recovery Point Index State Change', { status: ['FAILED'] }),
      'warning',
      'EventNeverMatches',
      /indexStatus/,
    ],
    [
      'a state in lower case',
      pattern(COPY, { state: ['failed'] }),
      'warning',
      'EventStateUnknown',
      /by 'detail.state' failed, but .* with CREATED, RUNNING, COMPLETED, FAILED, PARTIAL only/,
    ],
    ['one state of many that never comes', pattern(COPY, { state: ['FAILED', 'EXPIRED'] }), 'warning', 'EventStateUnknown', /EXPIRED, but/],
    ['one type of many', pattern([COPY, RESTORE], { state: ['FAILED'] }), 'warning', 'EventNeverMatches', /'Restore Job State Change'/],
  ]);
});
