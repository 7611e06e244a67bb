import * as fc from 'fast-check';
import {
  backupSpan,
  checkAutomatedRetention,
  checkBackupWindow,
  checkDatabaseIdentifier,
  DATABASE_LIMITS,
  maintenanceSpan,
  meeting,
} from '../../../lib/model/limits/databases';

describe('the window for automated backups', () => {
  test.each<[string, string | undefined, string | undefined, string | undefined]>([
    ['is left out', undefined, 'sun:03:00-sun:04:00', undefined],
    ['lasts half an hour', '03:00-03:30', undefined, undefined],
    ['lasts a minute less', '03:00-03:29', undefined, 'InvalidBackupWindow'],
    ['passes midnight', '23:50-00:20', undefined, undefined],
    ['passes midnight but is too short', '23:50-00:19', undefined, 'InvalidBackupWindow'],
    ['is empty', '03:00-03:00', undefined, 'InvalidBackupWindow'],
    ['has a day like a maintenance window', 'sun:03:00-sun:04:00', undefined, 'InvalidBackupWindow'],
    ['has an hour that is none', '24:00-25:00', undefined, 'InvalidBackupWindow'],
    ['has a minute that is none', '03:60-04:30', undefined, 'InvalidBackupWindow'],
    ['has hours of one digit', '3:00-4:00', undefined, 'InvalidBackupWindow'],
    ['ends when maintenance begins', '03:00-03:30', 'sun:03:30-sun:04:00', undefined],
    ['ends a minute later', '03:00-03:31', 'sun:03:30-sun:04:00', 'BackupWindowInMaintenance'],
    ['begins when maintenance ends', '04:00-04:30', 'sun:03:30-sun:04:00', undefined],
    ['begins a minute earlier', '03:59-04:30', 'sun:03:30-sun:04:00', 'BackupWindowInMaintenance'],
    ['lies inside', '03:30-04:00', 'sun:03:00-sun:05:00', 'BackupWindowInMaintenance'],
    ['lies around', '03:00-05:00', 'sun:03:30-sun:04:00', 'BackupWindowInMaintenance'],
    ['meets maintenance that passes midnight', '00:10-00:40', 'sat:23:30-sun:00:30', 'BackupWindowInMaintenance'],
    ['has a maintenance window beside it that nobody can read', '03:00-03:30', 'sundays', undefined],
  ])('that %s', (_, window, maintenance, code) => {
    expect(checkBackupWindow(window, maintenance)?.code).toBe(code);
  });

  test('is refused with its value, the limit and the remedy', () => {
    expect(checkBackupWindow('03:00-03:29', undefined)).toEqual({
      code: 'InvalidBackupWindow',
      severity: 'error',
      message:
        "'preferredBackupWindow' is '03:00-03:29', but RDS takes 'hh:mm-hh:mm' in UTC with at least 30 minutes between: give such a window, or leave it out",
    });
    expect(checkBackupWindow('03:00-04:00', 'sun:03:30-sun:04:30')?.message).toBe(
      "'preferredBackupWindow' is '03:00-04:00' and 'preferredMaintenanceWindow' 'sun:03:30-sun:04:30', but RDS refuses windows that overlap: move one of them",
    );
  });

  test('property: overlaps maintenance exactly where they share a minute', () => {
    const minute = fc.integer({ min: 0, max: 1439 });
    const length = fc.integer({ min: 30, max: 300 });
    const clock = (value: number) => `${String(Math.floor((value % 1440) / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
    const inside = (start: number, minutes: number) => new Set(Array.from({ length: minutes }, (_, index) => (start + index) % 1440));
    fc.assert(
      fc.property(minute, length, minute, length, (backup, backupLength, upkeep, upkeepLength) => {
        const window = `${clock(backup)}-${clock(backup + backupLength)}`;
        const maintenance = `sun:${clock(upkeep)}-sun:${clock(upkeep + upkeepLength)}`;
        const shared = [...inside(backup, backupLength)].some((one) => inside(upkeep, upkeepLength).has(one));
        expect([backupSpan(window), maintenanceSpan(maintenance)]).toEqual([
          { start: backup, minutes: backupLength },
          { start: upkeep, minutes: upkeepLength },
        ]);
        expect(checkBackupWindow(window, maintenance) !== undefined).toBe(shared);
        expect(meeting({ start: backup, minutes: backupLength }, 0, [upkeep]).length === 1).toBe(inside(backup, backupLength).has(upkeep));
      }),
      { numRuns: 200 },
    );
  });
});

test.each<[number | undefined, 'instance' | 'cluster', boolean]>([
  [undefined, 'instance', true],
  [-1, 'instance', false],
  [0, 'instance', true],
  [1.5, 'instance', false],
  [35, 'instance', true],
  [36, 'instance', false],
  [undefined, 'cluster', true],
  [0, 'cluster', false],
  [1, 'cluster', true],
  [35, 'cluster', true],
  [36, 'cluster', false],
])('automated backups of %p days of an %s: accepted %p', (days, kind, accepted) => {
  const problem = checkAutomatedRetention(days, kind);
  expect([problem === undefined, problem?.code]).toEqual([accepted, accepted ? undefined : 'AutomatedRetentionOutOfRange']);
});

test('a cluster whose automated backups are off is refused with the range', () => {
  expect(checkAutomatedRetention(0, 'cluster')?.message).toBe(
    "'backupRetention' is 0 days, but RDS keeps automated backups of a cluster 1 to 35 whole days: choose such a number",
  );
});

test.each<[string, boolean]>([
  ['a', true],
  ['orders-db-1', true],
  ['Orders', true],
  [`a${'b'.repeat(62)}`, true],
  [`a${'b'.repeat(63)}`, false],
  ['', false],
  ['1orders', false],
  ['-orders', false],
  ['orders-', false],
  ['orders--db', false],
  ['orders_db', false],
  ['orders.db', false],
])('the name %p: accepted %p', (identifier, accepted) => {
  const problem = checkDatabaseIdentifier('instanceIdentifier', identifier);
  expect([problem === undefined, problem?.code]).toEqual([accepted, accepted ? undefined : 'InvalidDatabaseIdentifier']);
});

test('every number has its source and its date', () => {
  for (const { unit, source, readOn } of Object.values(DATABASE_LIMITS)) {
    expect([unit.length > 0, source.length > 0, /^\d{4}-\d{2}-\d{2}$/.test(readOn)]).toEqual([true, true, true]);
  }
});
