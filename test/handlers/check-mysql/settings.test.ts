import { serverOf, settingsOf } from '../../../lib/handlers/check-mysql/settings';

test.each([
  ['8.0.36', 'mysql', '8.0.36'],
  ['8.4.3-log', 'mysql', '8.4.3'],
  ['10.11.6-MariaDB-log', 'mariadb', '10.11.6'],
  ['5.5.5-10.6.14-MariaDB-1:10.6.14+maria~deb11', 'mariadb', '10.6.14'],
  ['something new', 'mysql', 'something new'],
])('%s is a %s server', (version, family, number) => {
  expect(serverOf(version)).toEqual({ family, version: number });
});

test('both families only read, count in UTC, and end by themselves what takes too long', () => {
  const [readOnly, mysql] = settingsOf({ family: 'mysql', version: '8.0.36' }, 90_000);
  const [alsoReadOnly, mariadb] = settingsOf({ family: 'mariadb', version: '10.11.6' }, 90_000);
  expect([readOnly, alsoReadOnly]).toEqual(Array(2).fill('set session transaction read only'));
  expect(mysql).toBe(
    "set session time_zone = '+00:00', lock_wait_timeout = 5, wait_timeout = 150, max_execution_time = 90000, information_schema_stats_expiry = 0",
  );
  expect(mariadb).toBe("set session time_zone = '+00:00', lock_wait_timeout = 5, wait_timeout = 150, max_statement_time = 90.000");
});

test('no time at all is not told as no limit', () => {
  expect(settingsOf({ family: 'mysql', version: '8.0.36' }, 0)[1]).toContain('max_execution_time = 1,');
  expect(settingsOf({ family: 'mariadb', version: '10.11.6' }, -5)[1]).toContain('max_statement_time = 0.001');
});
