import { closeSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckInput } from '../../lib/model/verification';
import { describeNeeding } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import {
  allowAmcheck,
  baselinesOf,
  CHECKER,
  makeChecker,
  PASSWORD,
  SHOP_CHECKS,
  type VerifyOptions,
  verify,
  wrongOf,
} from './fixtures/postgres-checks';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';

const PAGE = 8_192;
const UNDAMAGED = 50;
const START_MS = 180_000;
const REPLICA = 'set session_replication_role = replica;';

jest.setTimeout(60_000);

describeNeeding('PostgreSQL', whyNoPostgres(), 'checks of a restored PostgreSQL database', () => {
  let certificates: Certificates;
  let server: PostgresServer;
  let baselines: CheckInput['baselines'];
  let recoveryPointMs: number;

  const options = (database: string, more: Partial<VerifyOptions> = {}): VerifyOptions => ({
    server,
    certificates,
    database,
    baselines,
    recoveryPointMs,
    ...more,
  });

  beforeAll(async () => {
    certificates = makeCertificates('localhost');
    server = await PostgresServer.start(certificates);
    makeChecker(server);
    restore('million', 1);
    restore('restored', 0.1);
    recoveryPointMs = newestIn('restored') + 600_000;
    baselines = baselinesOf(await verify(options('restored')));
  }, START_MS);

  /** Makes a shop, and restores its dump by pg_restore. */
  function restore(database: string, scale: number): void {
    const dump = join(server.folder, 'dump');
    server.loadSample('source', scale);
    allowAmcheck(server, 'source');
    server.run('pg_dump', ...server.client('source'), '-Fd', '-j2', '-Z1', '-f', dump);
    server.sql('postgres', `create database ${database} template template0`);
    server.run('pg_restore', ...server.client(database), '-j2', '-e', dump);
    server.drop('source');
    rmSync(dump, { recursive: true });
  }

  function newestIn(database: string): number {
    return Number(server.sql(database, 'select extract(epoch from max(created_at)) * 1000 from sales.orders'));
  }

  afterAll(() => server?.remove());

  test('a restore of a million rows passes, and leaves baselines by which damage in it is found', async () => {
    const million = options('million', { baselines: {}, recoveryPointMs: newestIn('million') + 600_000 });
    const first = await verify(million);
    expect(wrongOf(first)).toEqual([]);
    expect(first.map(({ name }) => name)).toEqual(SHOP_CHECKS.map(({ name }) => name));
    expect(first.find(({ kind }) => kind === 'corruption')?.found).toMatch(
      /^1,[0-9,]+ rows of 24 tables read, \d+ indexes checked: no damage$/,
    );
    expect(first.find(({ kind }) => kind === 'foreign-keys')?.found).toBe('28 foreign keys, broken by 0 rows');
    expect(first.find(({ kind }) => kind === 'newest-row')?.newestMs).toBe(million.recoveryPointMs! - 600_000);
    const left = baselinesOf(first);
    expect(Object.keys(left)).toHaveLength(9);
    server.sql('million', `${REPLICA} delete from sales.clicks where visit_id % 100 = 0; delete from stock.products where id = 7`);
    const orphans = Number(server.sql('million', 'select count(*) from sales.order_lines where product_id = 7'));
    damage('million', 'sales.orders', (file) => writeSync(file, Buffer.from('damage'), 0, 6, 333 * PAGE + 5_000));
    const wrong = wrongOf(await verify({ ...million, baselines: left }));
    server.drop('million');
    expect(wrong).toContainEqual(
      expect.stringMatching(/^rows of sales.clicks failed: sales.clicks: 59,400 rows, 60,000 rows in the last verified test \(-1 %\)/),
    );
    expect(wrong).toContainEqual(
      expect.stringContaining(`order_lines_product_id_fkey of "sales"."order_lines" (product_id): ${orphans} rows without a match`),
    );
    expect(wrong).toContainEqual(expect.stringMatching(/^corruption failed: .*table sales.orders: invalid page in block 333 of relation/));
  });

  /** Damages a copy by SQL, and tells which checks do not pass it. */
  async function after(sql: string, more: Partial<VerifyOptions> = {}): Promise<string[]> {
    server.copy('restored', 'damaged');
    try {
      server.sql('damaged', sql);
      return wrongOf(await verify(options('damaged', more)));
    } finally {
      server.drop('damaged');
    }
  }

  /** Damages files of a copy. */
  async function afterWriting(relation: string, write: (file: number) => void): Promise<string[]> {
    server.copy('restored', 'damaged');
    try {
      damage('damaged', relation, write);
      return wrongOf(await verify(options('damaged')));
    } finally {
      server.drop('damaged');
    }
  }

  /** Writes into the file of a table or an index while the server is down. */
  function damage(database: string, relation: string, write: (file: number) => void): void {
    const file = server.fileOf(database, relation);
    server.down();
    const opened = openSync(file, 'r+');
    try {
      write(opened);
    } finally {
      closeSync(opened);
    }
    server.up();
  }

  const faults: readonly (readonly [string, string, readonly RegExp[]])[] = [
    [
      'a dropped table',
      'drop table sales.refunds',
      [/^content of sales.refunds failed: table sales.refunds does not exist/, /^schema failed: .*table sales.refunds does not exist/],
    ],
    [
      'an emptied table',
      'truncate sales.reviews',
      [/^rows of sales.reviews failed: sales.reviews: 0 rows, 4,000 rows in the last .* \(-100 %\)/],
    ],
    [
      '1 % of the rows missing',
      'delete from sales.clicks where visit_id % 100 = 0',
      [/^rows of sales.clicks failed: sales.clicks: 5,940 rows, 6,000 rows in the last verified test \(-1 %\)/],
    ],
    [
      'rows whose parents are gone',
      `${REPLICA} delete from stock.products where id in (7, 8); delete from stock.suppliers where id = 5`,
      [
        /^foreign keys failed: 28 foreign keys, broken by [0-9,]+ rows; .*order_lines_product_id_fkey of "sales"\."order_lines" \(product_id\): \d+ rows without a match in "stock"\."products".*audits_supplier_id_fkey/,
      ],
    ],
    [
      'parents gone from a partition',
      `${REPLICA} delete from sales.visits where id in (4, 5, 6)`,
      [
        /^foreign keys failed: 28 foreign keys, broken by 3 rows; clicks_visit_id_month_fkey of "sales"\."clicks" \(visit_id, month\): 3 rows/,
      ],
    ],
    [
      'half a key where all of it or nothing is required',
      `${REPLICA} update stock.moves set from_number = null where id in (select id from stock.moves where from_region is not null limit 2)`,
      [/^foreign keys failed: .*broken by 2 rows; moves_from_region_from_number_fkey/],
    ],
    [
      'a customer that refers to one who is not there',
      `${REPLICA} update sales.customers set referred_by = 987654321 where id = 3`,
      [/^foreign keys failed: .*broken by 1 row; customers_referred_by_fkey/],
    ],
    [
      'a changed row of a table that does not change',
      `update sales.countries set name = 'Nowhere' where code = 'AA'`,
      [/^content of sales.countries failed: sales.countries: checksum [0-9a-f]{32} of 200 rows$/],
    ],
    [
      'a missing extension',
      'drop extension pg_trgm cascade',
      [/^schema failed: .*index products_description does not exist \| extension pg_trgm is not there$/],
    ],
    [
      'a missing column and a missing index',
      'alter table sales.refunds drop reason; drop index sales.orders_created',
      [
        /^content of sales.refunds failed/,
        /^schema failed: .*table sales.refunds has no column reason \| index sales.orders_created does not exist/,
      ],
    ],
    [
      'an index that is not valid',
      "update pg_index set indisvalid = false where indexrelid = 'sales.orders_customer'::regclass",
      [/^schema failed: .*index sales.orders_customer is not valid/],
    ],
    [
      'sequences behind their columns',
      "select setval('sales.orders_id_seq', 100), setval('stock.products_id_seq', 2000, false)",
      [
        /^schema failed: .*sequence "sales"\."orders_id_seq" is behind "sales"\."orders"\.id.*sequence "stock"\."products_id_seq" is behind/,
      ],
    ],
    [
      'rows that an index does not have',
      `update pg_index set indisready = false where indexrelid = 'sales.orders_created'::regclass;
       insert into sales.orders (customer_id, status, created_at) select 1, 'new', timestamptz '2026-01-01' from generate_series(1, 9);
       update pg_index set indisready = true where indexrelid = 'sales.orders_created'::regclass`,
      [/^corruption failed: .*index sales.orders_created: heap tuple .* lacks matching index tuple/],
    ],
    [
      'an index in another order than its values',
      `create function upside_down(int, int) returns int language sql immutable strict as 'select btint4cmp($1, $2)';
       create operator class turned for type int4 using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 upside_down(int, int);
       create index turned on stock.levels (amount turned);
       create or replace function upside_down(int, int) returns int language sql immutable strict as 'select btint4cmp($2, $1)'`,
      [/^corruption failed: .*index stock.turned: \S+ .*invariant violated/],
    ],
    [
      'required values that are not there',
      `update pg_attribute set attnotnull = false where attrelid = 'sales.orders'::regclass and attname = 'status';
       update sales.orders set status = null;
       update pg_attribute set attnotnull = true where attrelid = 'sales.orders'::regclass and attname = 'status'`,
      [/^sample failed: .*sales.orders.status has no value in 200 rows/],
    ],
    [
      'a table that the login may not read',
      `revoke pg_read_all_data from ${CHECKER}; grant usage on schema sales, stock to ${CHECKER};
       grant select on all tables in schema sales, stock, public to ${CHECKER}; grant select on all sequences in schema sales, stock to ${CHECKER};
       revoke select on sales.customers from ${CHECKER}`,
      [
        /^rows of sales.customers unable: permission denied for table customers \(SQLSTATE 42501\)$/,
        /^foreign keys unable: .*permission denied for table customers/,
        /^schema unable: .*cannot be compared with "sales"\."customers"\.id: permission denied/,
        /^corruption unable: .*permission denied for table customers/,
        /^sample unable: permission denied for table customers/,
      ],
    ],
    [
      'a policy that would hide rows from a count',
      'alter table sales.clicks enable row level security; create policy few on sales.clicks using (visit_id < 100)',
      [
        /^rows of sales.clicks unable: .*row-level security/,
        /^foreign keys unable: .*row-level security/,
        /^corruption unable: .*row-level security/,
      ],
    ],
    [
      'indexes that nobody may check',
      `revoke execute on function bt_index_parent_check(regclass, boolean) from ${CHECKER}`,
      [
        /^corruption unable: [0-9,]+ rows of 24 tables read; indexes were not checked; extension amcheck is there, and the role may not execute/,
      ],
    ],
    [
      'no amcheck, and a role that may not make it',
      'drop extension amcheck',
      [
        /^corruption unable: .* indexes were not checked; extension amcheck is not there and cannot be made \(permission denied for database/,
      ],
    ],
    [
      'a database without tables',
      'drop schema sales cascade; drop schema stock cascade; drop table "Mixed ""Case"',
      [
        /^connection failed: .* it has no tables/,
        ...Array(6).fill(/^rows of \S+ failed: table \S+ does not exist/),
        /^foreign keys failed: the database has no tables/,
        /^newest order failed: table sales.orders does not exist/,
        /^no order without customer unable: relation "sales.orders" does not exist/,
        ...Array(3).fill(/does not exist/),
        /^schema failed/,
        /^corruption failed: the database has no tables/,
        /^sample failed: table sales.orders does not exist/,
      ],
    ],
  ];

  test.each(faults)('fails for %s', async (_fault, sql, expected) => {
    const wrong = await after(sql);
    if (/pg_read_all_data/.test(sql)) {
      server.sql('postgres', `grant pg_read_all_data to ${CHECKER}`);
    }
    expect(wrong).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  });

  test('fails for a damaged page of a table, and names the table and the page', async () => {
    const wrong = await afterWriting('sales.orders', (file) => {
      writeSync(file, Buffer.from('damage'), 0, 6, 3 * PAGE + 5_000);
      writeSync(file, Buffer.from('damage'), 0, 6, 9 * PAGE + 20);
    });
    const corruption = wrong.find((line) => line.startsWith('corruption'));
    expect(corruption).toMatch(/^corruption failed: .*table "sales"\."orders": invalid page in block 3 of relation/);
    expect(corruption).toMatch(/table sales.orders: invalid page in block 9 of relation/);
    expect(wrong).toContainEqual(expect.stringMatching(/^rows of sales.orders unable: invalid page in block 3/));
  });

  test('fails for a damaged page of an index, and names the index', async () => {
    const wrong = await afterWriting('sales.order_lines_product', (file) => writeSync(file, Buffer.alloc(64, 7), 0, 64, 5 * PAGE + 2_000));
    expect(wrong).toContainEqual(expect.stringMatching(/^corruption failed: .*index sales.order_lines_product: invalid page in block 5/));
  });

  test('fails for a page of a table that is empty all of a sudden', async () => {
    const wrong = await afterWriting('sales.customers', (file) => writeSync(file, Buffer.alloc(PAGE), 0, PAGE, 2 * PAGE));
    expect(wrong).toEqual([
      expect.stringMatching(/^rows of sales.customers failed: /),
      expect.stringMatching(/^foreign keys failed: .* without a match in "sales"\."customers"/),
    ]);
  });

  test('fails for long values that have lost a part, and names their table', async () => {
    const apart = server.sql('restored', "select reltoastrelid::regclass from pg_class where oid = 'stock.pictures'::regclass");
    const wrong = await afterWriting(apart, (file) => writeSync(file, Buffer.alloc(PAGE), 0, PAGE, 4 * PAGE));
    expect(wrong).toEqual([expect.stringMatching(/^corruption failed: .*table "stock"\."pictures": (missing|unexpected) chunk number/)]);
  });

  test('fails for the data of yesterday, and for data younger than the recovery point', async () => {
    const checks = SHOP_CHECKS.filter(({ kind }) => kind === 'newest-row');
    expect(wrongOf(await verify(options('restored', { checks, recoveryPointMs: recoveryPointMs + 86_400_000 })))).toEqual([
      expect.stringMatching(/^newest order failed: the newest is of \S+Z, 1 day 10 minutes older than the recovery point$/),
    ]);
    expect(wrongOf(await verify(options('restored', { checks, recoveryPointMs: recoveryPointMs - 86_400_000 })))).toEqual([
      expect.stringMatching(/^newest order failed: the newest is 23 hours 50 minutes younger than the recovery point of .* cannot be$/),
    ]);
    const gone = checks.map((check) => ({ ...check, column: 'gone' }));
    expect(wrongOf(await verify(options('restored', { checks: gone })))).toEqual(['newest order failed: sales.orders has no column gone']);
  });

  test('fails for a dump that was cut off, and for another collation', async () => {
    const dump = join(server.folder, 'dump.sql');
    server.sql('postgres', 'create database cut template template0; ');
    server.sql('postgres', "create database other template template0 locale 'C'");
    server.run('pg_dump', ...server.client('restored'), '-f', dump);
    try {
      server.run('psql', ...server.client('other'), '-Xq', '-f', dump);
      expect(wrongOf(await verify(options('other')))).toEqual([
        expect.stringMatching(/^schema failed: .*the collation is C, not C\.UTF-8$/),
      ]);
      truncateSync(dump, Math.floor(statSync(dump).size / 2));
      server.run('psql', ...server.client('cut'), '-Xq', '-f', dump);
      const wrong = await verify(options('cut')).then(wrongOf);
      expect(wrong).toContainEqual(expect.stringMatching(/^schema failed: .*index orders_customer does not exist/));
      expect(wrong).toContainEqual(expect.stringMatching(/^foreign keys failed: the database has 2\d tables and no foreign keys/));
      expect(wrong).toContainEqual(expect.stringMatching(/^rows of \S+ failed: \S+: 0 rows/));
    } finally {
      server.drop('cut');
      server.drop('other');
    }
  });

  test('makes amcheck in a copy that lacks it, where the login may, and leaves nothing behind', async () => {
    server.copy('restored', 'lacking');
    try {
      server.sql('lacking', `drop extension amcheck; create role owner superuser login password '${PASSWORD}'`);
      const checks = SHOP_CHECKS.filter(({ kind }) => kind === 'corruption');
      expect(wrongOf(await verify(options('lacking', { checks, user: 'owner' })))).toEqual([]);
      expect(server.sql('lacking', "select count(*) from pg_extension where extname = 'amcheck'")).toBe('0');
      expect(server.sql('lacking', "select count(*) from pg_namespace where nspname ~ 'recovery'")).toBe('0');
    } finally {
      server.drop('lacking');
      server.sql('postgres', 'drop role if exists owner');
    }
  });

  test('fails for a query that would write, and changes nothing', async () => {
    const queries = [
      'delete from sales.clicks returning 1',
      'select 1; drop table sales.clicks',
      "select nextval('sales.orders_id_seq')",
      'with gone as (delete from sales.clicks returning 1) select count(*) from gone',
    ];
    server.sql('postgres', `create role writer superuser login password '${PASSWORD}'`);
    const checks = queries.map((sql, index) => ({ kind: 'query' as const, name: `query ${index}`, sql, expected: '1' }));
    const results = await verify(options('restored', { checks, user: 'writer' }));
    server.sql('postgres', 'drop role writer');
    expect(results.map(({ status }) => status)).toEqual(['unable', 'unable', 'unable', 'unable']);
    expect(server.sql('restored', 'select count(*) from sales.clicks')).toBe('6000');
  });

  test('a query of many rows, of null and of another value fails, and tells no value', async () => {
    const queries = [
      'select email from sales.customers',
      'select null',
      "select 'person1@example.com'",
      'select 1 where false',
      'select 1, 2',
      'select 1 / 0',
      "select 'abc'::int",
    ];
    const checks = queries.map((sql, index) => ({ kind: 'query' as const, name: `query ${index}`, sql, expected: '1' }));
    const results = await verify(options('restored', { checks }));
    expect(results.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed', 'failed', 'unable', 'unable']);
    expect(JSON.stringify(results)).not.toMatch(/person|abc/);
  });

  test(`no false alarm in ${UNDAMAGED} undamaged restores`, async () => {
    server.loadSample('small', 0.02);
    allowAmcheck(server, 'small');
    const newest = newestIn('small');
    const dump = join(server.folder, 'small');
    server.run('pg_dump', ...server.client('small'), '-Fd', '-Z1', '-f', dump);
    let before: CheckInput['baselines'] = {};
    // as snapshots bring data back, file by file, and each fifth by a dump
    const bring = async (restore: number) => {
      if (restore % 5 !== 0) {
        await server.copyMeanwhile('small', `again${restore}`);
      } else {
        server.sql('postgres', `create database again${restore} template template0`);
        server.run('pg_restore', ...server.client(`again${restore}`), '-j2', '-e', dump);
      }
    };
    let next = bring(0);
    for (let restore = 0; restore < UNDAMAGED; restore++) {
      await next;
      next = restore + 1 < UNDAMAGED ? bring(restore + 1) : Promise.resolve();
      const results = await verify(options(`again${restore}`, { baselines: before, recoveryPointMs: newest }));
      server.drop(`again${restore}`);
      expect(wrongOf(results)).toEqual([]);
      before = baselinesOf(results);
    }
  }, 240_000);
});
