import type { CheckSpec } from '../../lib/model/verification';
import { describeNeeding } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { makeChecker, verify, wrongOf } from './fixtures/postgres-checks';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';

const CHECKS: readonly CheckSpec[] = [{ kind: 'foreign-keys', name: 'foreign keys' }];
const REPLICA = 'set session_replication_role = replica;';
const ROWS = 20_000;

/** Parents, each with its key, and how a row of a child refers to row `n` of it. */
const FORMS: readonly (readonly [name: string, columns: string, key: string, parent: string, child: string])[] = [
  ['small_numbers', 'a int2', 'a', '(n % 30000)::int2', 'n::int2'],
  ['numbers', 'a int4', 'a', 'n * 2', 'n * 2'],
  ['long_numbers', 'a int8', 'a', '5000000000 + n', '5000000000 + n'],
  ['numbers_below_zero', 'a int8', 'a', '-10000 - 3 * n', '-10000 - 3 * n'],
  ['numbers_far_apart', 'a int8', 'a', '(n::int8 - 10000) * 900000000000', '(n::int8 - 10000) * 900000000000'],
  ['days', 'a date', 'a', "date '1990-01-01' + n", "date '1990-01-01' + n"],
  ['days_without_end', 'a date', 'a', "case when n = 1 then 'infinity' else date '1990-01-01' + n end", "date '1990-01-01' + n"],
  ['texts', 'a text', 'a', "'text ' || n", "'text ' || n"],
  ['few_texts', 'a varchar', 'a', "'text ' || n % 40", "'text ' || n % 40"],
  ['few_padded', 'a char(9)', 'a', "'t' || n % 40", "'t' || n % 40"],
  ['few_uuids', 'a uuid', 'a', 'md5((n % 40)::text)::uuid', 'md5((n % 40)::text)::uuid'],
  ['padded', 'a char(9)', 'a', "'t' || n", "'t' || n"],
  ['uuids', 'a uuid', 'a', 'md5(n::text)::uuid', 'md5(n::text)::uuid'],
  ['pairs', 'a int, b int', 'a, b', 'n / 10, n % 10 + 5', 'n / 10, n % 10 + 5'],
  ['pairs_of_few', 'a int, b int', 'a, b', 'n % 50 / 10, n % 10 + 5', 'n % 50 / 10, n % 10 + 5'],
  ['pairs_of_kinds', 'a int, b date', 'a, b', "n, date '1990-01-01' + n % 3", "n, date '1990-01-01' + n % 3"],
  ['pairs_with_texts', 'a int, b text', 'a, b', "n, 'text ' || n % 3", "n, 'text ' || n % 3"],
];
/** Rows that break a key, by the form of its parent: within the values of the parent, before them and behind them. */
const ORPHANS: readonly (readonly [form: string, values: string, rows: number])[] = [
  ['small_numbers', '(-1), (-32768), (32767)', 3],
  ['numbers', '(3), (-1), (0), (40001), (2147483647), (-2147483648)', 6],
  ['long_numbers', '(0), (5000000000), (5000020001), (9223372036854775807), (-9223372036854775808)', 5],
  ['numbers_below_zero', '(0), (-10000), (-10001), (-10004), (-70001)', 5],
  ['numbers_far_apart', '(1), (899999999999)', 2],
  ['days', "('1990-01-01'), ('-infinity'), ('infinity'), ('2200-01-01')", 4],
  ['days_without_end', "('1990-01-01'), ('1990-01-02')", 2],
  ['texts', "(''), ('text 0')", 2],
  ['few_texts', "(''), ('text 40'), ('{}'), ('NULL')", 4],
  ['few_padded', "('t40'), ('')", 2],
  ['few_uuids', "('00000000-0000-0000-0000-000000000000')", 1],
  ['padded', "('t0'), ('')", 2],
  ['uuids', "('00000000-0000-0000-0000-000000000000')", 1],
  // places of others, if columns were not looked at one by one
  ['pairs', '(0, 15), (1, 4), (1, 15), (2000, 6), (-1, 25), (2001, 4), (5, 2000)', 7],
  ['pairs_of_few', '(1, 4)', 1],
  ['pairs_of_few', '(0, 15), (5, 5), (-1, 15)', 3],
  ['pairs_of_kinds', "(1, '1990-01-01'), (1, '1990-01-04'), (0, '1990-01-01'), (20001, '1990-01-03'), (5, 'infinity')", 5],
  ['pairs_with_texts', "(1, 'text 0'), (0, 'text 1')", 2],
];

jest.setTimeout(120_000);

describeNeeding('PostgreSQL', whyNoPostgres(), 'foreign keys of every form in PostgreSQL', () => {
  let certificates: Certificates;
  let server: PostgresServer;

  beforeAll(async () => {
    certificates = makeCertificates('localhost');
    server = await PostgresServer.start(certificates);
    makeChecker(server);
    server.sql('postgres', 'create database keys');
    for (const [name, columns, key, parent, child] of FORMS) {
      server.sql(
        'keys',
        `${REPLICA} create table ${name} (${columns}, primary key (${key}));
         insert into ${name} select ${parent} from generate_series(1, ${ROWS}) n on conflict do nothing;
         create table of_${name} (${columns}, foreign key (${key}) references ${name});
         insert into of_${name} select ${child} from generate_series(10, 6000, 3) n;
         insert into of_${name} (${key.split(',')[0]}) values (null)`,
      );
    }
    server.sql(
      'keys',
      `create table of_many (a int4 references numbers, b int8 references long_numbers, c text references texts, d int2 references numbers (a), e int8 references numbers (a));
       insert into of_many select n * 2, 5000000000 + n, 'text ' || n, n * 2, n * 2 from generate_series(1, 9000) n;
       analyze`,
    );
  }, 120_000);

  afterAll(() => server?.remove());

  const verified = (database: string) => verify({ server, certificates, database, checks: CHECKS });

  test('all of them hold, and a table is read once for all keys that it has', async () => {
    server.copy('keys', 'fresh');
    try {
      const [{ status, found }] = await verified('fresh');
      expect([status, found]).toEqual(['passed', `${FORMS.length + 5} foreign keys, broken by 0 rows`]);
      expect(server.sql('fresh', "select seq_scan from pg_stat_user_tables where relname = 'of_many'")).toBe('1');
    } finally {
      server.drop('fresh');
    }
  });

  test.each(ORPHANS)('fails for rows that break a key of %s', async (form, values, rows) => {
    server.copy('keys', 'broken');
    try {
      server.sql('broken', `${REPLICA} insert into of_${form} values ${values}`);
      expect(wrongOf(await verified('broken'))).toEqual([
        expect.stringMatching(
          new RegExp(
            `^foreign keys failed: \\d+ foreign keys, broken by ${rows} rows?; of_${form}_\\w+ of "public"."of_${form}" .*: ${rows} row`,
          ),
        ),
      ]);
    } finally {
      server.drop('broken');
    }
  });

  test('fails for parents that are gone, whichever they are', async () => {
    for (const gone of ['a = 20', 'a = 18000', 'a < 40']) {
      server.copy('keys', 'broken');
      try {
        // the one table has every other number, the other all of them
        const others = gone.replaceAll(/\d+/g, (number) => String(5_000_000_000 + Number(number) / 2));
        server.sql('broken', `${REPLICA} delete from numbers where ${gone}; delete from long_numbers where ${others}`);
        const left = server.sql('broken', 'select count(*) from of_many m where not exists (select from numbers n where n.a = m.a)');
        const [line] = wrongOf(await verified('broken'));
        for (const column of ['a', 'b', 'd', 'e']) {
          expect(line).toContain(`of_many_${column}_fkey of "public"."of_many" (${column}): ${left} row`);
        }
      } finally {
        server.drop('broken');
      }
    }
  });
});
