import { closeSync, copyFileSync, openSync, writeSync } from 'node:fs';
import type { CheckSpec } from '../../lib/model/verification';
import { describeNeeding } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { allowAmcheck, makeChecker, type VerifyOptions, verify, wrongOf } from './fixtures/postgres-checks';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';

const PAGE = 8_192;
const CORRUPTION: CheckSpec = { kind: 'corruption', name: 'corruption' };
const CHECKS: readonly CheckSpec[] = [CORRUPTION, { kind: 'row-count', name: 'rows', table: 'large', exactly: 20_000 }];
/** Types whose values are added up, and how to make one from a number. */
const ADDED_UP: readonly (readonly [string, string])[] = [
  ['int2', '(n % 30000)::int2'],
  ['int4', 'n'],
  ['int8', 'n'],
  ['oid', 'n::oid'],
  ['float4', 'n / 7.0'],
  ['float8', 'n / 7.0'],
  ['numeric', 'n / 7.0'],
  ['text', "'text ' || n"],
  ['varchar(40)', "'text ' || n"],
  ['char(20)', "'text ' || n"],
  ['uuid', 'md5(n::text)::uuid'],
  ['mood', "(array['sad', 'glad'])[1 + n % 2]::mood"],
  ['timestamp', "timestamp '2026-01-01' + n * interval '1 minute'"],
  ['timestamptz', "case when n % 9 = 0 then 'infinity' else timestamptz '2026-01-01' + n * interval '1 minute' end"],
  ['bool', 'n % 2 = 0'],
  ['date', "case when n % 9 = 0 then 'infinity' else date '2026-01-01' + n end"],
  ['positive', 'n'],
];
/** Indexes in other forms; the server cannot add up all of them alone. */
const FORMS: readonly (readonly [string, string, boolean])[] = [
  ['of_several', 'large (c1, c7, c10 desc)', true],
  ['with_empty', 'large (empty, c2)', true],
  ['of_some', 'large (c1) where c14 and c2 > 100', true],
  ['with_more', 'large (c2) include (c7)', true],
  ['of_prefixes', 'large (c7 text_pattern_ops, c8 varchar_pattern_ops)', true],
  ['twin', 'large (c1, c2)', true],
  // the server takes one of two that are alike
  ['twin_of_twin', 'large (c1, c2)', false],
  ['of_expressions', 'large ((c1 + 1))', false],
  ['of_bytes', 'large (bytes)', false],
];

jest.setTimeout(120_000);

describeNeeding('PostgreSQL', whyNoPostgres(), 'checks of large tables and indexes of PostgreSQL', () => {
  let certificates: Certificates;
  let server: PostgresServer;

  const options = (database: string, checks: readonly CheckSpec[] = CHECKS): VerifyOptions => ({ server, certificates, database, checks });

  beforeAll(async () => {
    certificates = makeCertificates('localhost');
    server = await PostgresServer.start(certificates);
    makeChecker(server);
    server.sql('postgres', 'create database vacuumed');
    allowAmcheck(server, 'vacuumed');
    const columns = ADDED_UP.map(([type], at) => `c${at} ${type}${at % 2 ? ' not null' : ''}`);
    server.sql('vacuumed', "create type mood as enum ('sad', 'glad'); create domain positive as int check (value >= 0)");
    server.sql(
      'vacuumed',
      `create table large (${columns.join(', ')}, empty int, bytes bytea);
       insert into large select ${ADDED_UP.map(([, value]) => value).join(', ')}, case when n % 2 = 0 then n end, decode(md5(n::text), 'hex')
         from generate_series(0, 19999) n;
       ${ADDED_UP.map((_type, at) => `create index large_c${at} on large (c${at}) with (fillfactor = 20, deduplicate_items = off)`).join('; ')};
       ${FORMS.map(([name, form]) => `create index ${name} on ${form.replace(/( where|$)/, ' with (fillfactor = 20)$1')}`).join('; ')};
       create table long (n int, filler text) partition by range (n);
       create table long_1 partition of long for values from (0) to (1000000);
       alter table long_1 alter filler set storage plain;
       insert into long select n, repeat('x', 2400) from generate_series(1, 27000) n`,
    );
    server.sql('vacuumed', 'vacuum (freeze, analyze)');
  }, 120_000);

  afterAll(() => server?.remove());

  /** Which indexes were read alone since they were made. */
  function scanned(database: string): string[] {
    const names = server.sql(database, "select indexrelname from pg_stat_user_indexes where idx_scan > 0 and relname = 'large' order by 1");
    return names.replace('twin_of_twin', 'twin').split('\n').filter(Boolean);
  }

  async function wrongAfter(damage: (database: string) => void): Promise<string[]> {
    server.copy('vacuumed', 'damaged');
    try {
      damage('damaged');
      return wrongOf(await verify(options('damaged')));
    } finally {
      server.drop('damaged');
    }
  }

  /** Writes zeros over a page of a table, which is then an empty page to the server. */
  function empty(database: string, relation: string, page: number, bytes = PAGE): void {
    const file = server.fileOf(database, relation);
    server.down();
    const opened = openSync(file, 'r+');
    try {
      writeSync(opened, Buffer.alloc(bytes), 0, bytes, page * PAGE);
    } finally {
      closeSync(opened);
    }
    server.up();
  }

  /** Inserts rows that an index is not told of. */
  function insertBehind(database: string, index: string, rows: number): void {
    server.sql(
      database,
      `update pg_index set indisready = false where indexrelid = '${index}'::regclass;
       insert into large select * from large where c2 > 200 and c14 limit ${rows};
       update pg_index set indisready = true where indexrelid = '${index}'::regclass`,
    );
  }

  test('indexes of every type that can be hashed are added up alone, and agree with their table', async () => {
    server.copy('vacuumed', 'fresh');
    try {
      const results = await verify(options('fresh', [CORRUPTION, { kind: 'row-count', name: 'long', table: 'long', exactly: 27_000 }]));
      expect(wrongOf(results)).toEqual([]);
      expect(results[0].found).toMatch(/^47,000 rows of 2 tables read/);
      const alone = [...ADDED_UP.map((_type, at) => `large_c${at}`), ...FORMS.flatMap(([name, , is]) => (is ? [name] : []))];
      expect(scanned('fresh')).toEqual(alone.sort());
    } finally {
      server.drop('fresh');
    }
  });

  test('indexes of a table that was never vacuumed are compared with its rows one by one', async () => {
    server.copy('vacuumed', 'loose');
    try {
      server.sql('loose', 'create table again (like large including indexes); insert into again select * from large; drop table large; ');
      server.sql('loose', 'alter table again rename to large');
      expect(wrongOf(await verify(options('loose')))).toEqual([]);
      expect(scanned('loose')).toEqual([]);
    } finally {
      server.drop('loose');
    }
  });

  test.each([
    'large_c2',
    'large_c7',
    'of_several',
    'with_empty',
    'with_more',
    'of_some',
    'twin',
    'twin_of_twin',
    'of_expressions',
    'of_bytes',
  ])('fails for rows that %s does not have', async (index) => {
    const wrong = await wrongAfter((database) => insertBehind(database, index, 9));
    expect(wrong[0]).toMatch(
      new RegExp(`^corruption failed: 47,009 rows .* 1 sign of damage: index public.${index}: heap tuple .* lacks matching index tuple`),
    );
    expect(wrong[1]).toMatch(/^rows failed: large: 20,009 rows/);
  });

  test('fails for a page of a table that is empty all of a sudden, by the entries of its indexes', async () => {
    let gone = 0;
    const wrong = await wrongAfter((database) => {
      gone = Number(server.sql(database, "select count(*) from large where ctid >= '(7,0)' and ctid < '(8,0)'"));
      empty(database, 'large', 7);
    });
    const entries = `index public.large_c2: 20,000 entries for ${(20_000 - gone).toLocaleString('en-US')} rows of the table`;
    expect(wrong[0]).toMatch(/^corruption failed: /);
    expect(wrong[0]).toContain(entries);
  });

  test('fails for an index with as many entries as its table has rows, but of others', async () => {
    const wrong = await wrongAfter((database) => {
      const gone = Number(server.sql(database, "select count(*) from large where ctid >= '(7,0)' and ctid < '(8,0)'"));
      insertBehind(database, 'large_c2', gone);
      empty(database, 'large', 7);
    });
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(/^corruption failed: .*index public.large_c2: heap tuple .* lacks matching index tuple/);
  });

  test('counts references to rows that are gone, although the index of the parent still has them all', async () => {
    server.sql('postgres', 'create database related');
    try {
      allowAmcheck(server, 'related');
      server.sql(
        'related',
        `create table parent (id int, filler text, primary key (id) with (fillfactor = 20));
         insert into parent select n, repeat('x', 500) from generate_series(1, 20000) n;
         create table child (parent int references parent);
         insert into child select n from generate_series(1, 20000) n;
         create index child_parent on child (parent) with (fillfactor = 20)`,
      );
      server.sql('related', 'vacuum (freeze, analyze)');
      const checks: readonly CheckSpec[] = [CORRUPTION, { kind: 'foreign-keys', name: 'keys' }];
      expect(wrongOf(await verify(options('related', checks)))).toEqual([]);
      const orphan = 'set session_replication_role = replica; insert into child values (20001)';
      server.sql('related', orphan);
      expect(wrongOf(await verify(options('related', checks)))).toEqual([expect.stringMatching(/^keys failed: .*\b1 row/)]);
      server.sql('related', 'delete from child where parent = 20001');
      const told = (is: boolean) =>
        server.sql('related', `update pg_index set indisready = ${is} where indexrelid = 'child_parent'::regclass`);
      told(false);
      server.sql('related', orphan);
      told(true);
      expect(wrongOf(await verify(options('related', checks)))).toEqual([
        expect.stringMatching(/^corruption failed: .*index public.child_parent/),
        expect.stringMatching(/^keys failed: .*\b1 row/),
      ]);
      server.sql('related', 'reindex table child');
      server.sql('related', 'delete from child where parent = 20001');
      server.sql('related', 'vacuum (freeze, analyze) child');
      const gone = server.sql('related', "select count(*) from parent where ctid >= '(7,0)' and ctid < '(8,0)'");
      empty('related', 'parent', 7);
      expect(wrongOf(await verify(options('related', checks)))).toEqual([
        expect.stringContaining('index public.parent_pkey: 20,000 entries for'),
        expect.stringMatching(new RegExp(`^keys failed: .*${gone} rows`)),
      ]);
    } finally {
      server.drop('related');
    }
  });

  test('fails for an index whose values differ only beside an empty column', async () => {
    const wrong = await wrongAfter((database) => {
      server.sql(
        database,
        `create table other (like large);
         insert into other select c0, c1, case when empty is null and c2 between 101 and 199 then c2 + 1000000 else c2 end, c3, c4, c5, c6, c7, c8,
             c9, c10, c11, c12, c13, c14, c15, c16, empty, bytes from large order by ctid;
         create index other_with_empty on other (empty, c2) with (fillfactor = 20);
         checkpoint`,
      );
      const [from, to] = ['other_with_empty', 'with_empty'].map((index) => server.fileOf(database, index));
      server.down();
      copyFileSync(from, to);
      server.up();
      server.sql(database, 'drop table other');
    });
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(
      /^corruption failed: 47,000 rows .* 1 sign of damage: index public.with_empty: heap tuple .* lacks matching index tuple/,
    );
  });

  test('fails for a damaged page in any part of a table that is read in parts, and names the page', async () => {
    for (const page of [12, 8_191, 8_192, 8_900]) {
      const wrong = await wrongAfter((database) => empty(database, 'long_1', page, 100));
      expect(wrong).toEqual([expect.stringMatching(/^corruption failed: /)]);
      expect(wrong[0]).toContain(`table public.long_1: invalid page in block ${page} of relation`);
      expect(wrong[0]).toContain(`table "public"."long_1": invalid page in block ${page} of relation`);
    }
  });

  test('passes while someone writes', async () => {
    server.copy('vacuumed', 'busy');
    const writer = server.hold(
      'busy',
      'do $$ begin loop insert into large select * from large limit 20; commit; perform pg_sleep(0.01); end loop; end $$',
    );
    try {
      for (let run = 0; run < 3; run++) {
        expect(wrongOf(await verify(options('busy', [CORRUPTION])))).toEqual([]);
      }
    } finally {
      server.drop('busy');
      writer.kill();
    }
  });
});
