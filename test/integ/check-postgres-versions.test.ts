import { closeSync, openSync, writeSync } from 'node:fs';
import type { CheckInput, CheckResult } from '../../lib/model/verification';
import { describeNeeding } from '../emulator/harness';
import { baselinesOf, CHECKER, makeChecker, PASSWORD, type VerifyOptions, verify, wrongOf } from './fixtures/postgres-checks';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';
import { programsOf, whyNoVersion } from './fixtures/postgres-versions';

const PAGE = 8_192;
/** That of the system has tests of its own. */
const VERSIONS: readonly number[] = [13, 14, 16, 17, 18];
/** The first in which amcheck looks at tables, and a role may be told to read everything. */
const LOOKS_AT_TABLES = 14;
jest.setTimeout(120_000);

describe.each(VERSIONS)('PostgreSQL %d', (major) => {
  const programs = programsOf(major);
  const problem = whyNoVersion(major);

  describeNeeding(`PostgreSQL ${major}`, problem, 'is checked as other versions are', () => {
    let certificates: Certificates;
    let server: PostgresServer;
    let baselines: CheckInput['baselines'];
    let recoveryPointMs: number;
    let clean: readonly CheckResult[];

    const options = (database: string): VerifyOptions => ({ server, certificates, database, baselines, recoveryPointMs });

    beforeAll(async () => {
      certificates = makeCertificates('localhost');
      server = await PostgresServer.start(certificates, [], programs);
      if (major < LOOKS_AT_TABLES) {
        server.sql('postgres', `create role ${CHECKER} login password '${PASSWORD}'`);
      } else {
        makeChecker(server);
      }
      server.loadSample('shop', 0.1);
      server.sql('shop', `create extension amcheck; grant execute on all functions in schema public to ${CHECKER}`);
      if (major < LOOKS_AT_TABLES) {
        for (const schema of ['sales', 'stock', 'public']) {
          server.sql('shop', `grant usage on schema ${schema} to ${CHECKER}`);
          server.sql('shop', `grant select on all tables in schema ${schema} to ${CHECKER}`);
          server.sql('shop', `grant select on all sequences in schema ${schema} to ${CHECKER}`);
        }
      }
      recoveryPointMs = Number(server.sql('shop', 'select extract(epoch from max(created_at)) * 1000 from sales.orders')) + 600_000;
      server.copy('shop', 'clean');
      clean = await verify({ ...options('clean'), baselines: {} });
      baselines = baselinesOf(clean);
    }, 120_000);

    afterAll(() => server?.remove());

    async function wrongAfter(damage: (database: string) => void): Promise<string[]> {
      server.copy('shop', 'damaged');
      try {
        damage('damaged');
        return wrongOf(await verify(options('damaged')));
      } finally {
        server.drop('damaged');
      }
    }

    test('passes every check, twice', async () => {
      expect(server.sql('postgres', 'show server_version')).toMatch(new RegExp(`^${major}\\.`));
      expect(wrongOf(clean)).toEqual([]);
      expect(clean.find(({ kind }) => kind === 'corruption')?.found).toMatch(/rows of 24 tables read, \d+ indexes checked: no damage$/);
      expect(wrongOf(await verify(options('clean')))).toEqual([]);
    });

    test('adds up large indexes alone', () => {
      const scans = "select idx_scan > 0 from pg_stat_user_indexes where indexrelname = 'order_lines_pkey'";
      expect(server.sql('clean', scans)).toBe('t');
    });

    test('fails for rows whose parents are gone', async () => {
      const wrong = await wrongAfter((database) =>
        server.sql(
          database,
          'set session_replication_role = replica; delete from sales.visits where id in (4, 5, 6); delete from stock.suppliers where id = 5',
        ),
      );
      expect(wrong).toContainEqual(
        expect.stringMatching(/^foreign keys failed: 28 foreign keys, .*clicks_visit_id_month_fkey of "sales"\."clicks" .*: 3 rows/),
      );
    });

    test('fails for rows that a small index and a large one do not have', async () => {
      const wrong = await wrongAfter((database) =>
        server.sql(
          database,
          `update pg_index set indisready = false where indexrelid in ('sales.orders_created'::regclass, 'sales.payments_pkey'::regclass);
           insert into sales.payments select md5('new' || n)::uuid, n, 1, timestamptz '2026-01-01' from generate_series(1, 3) n;
           insert into sales.orders (customer_id, status, created_at) select 1, 'new', timestamptz '2026-01-01' from generate_series(1, 9);
           update pg_index set indisready = true where indexrelid in ('sales.orders_created'::regclass, 'sales.payments_pkey'::regclass)`,
        ),
      );
      const [corruption] = wrong.filter((line) => line.startsWith('corruption failed'));
      expect(corruption).toMatch(/index sales.orders_created: heap tuple .* lacks matching index tuple/);
      expect(corruption).toMatch(/index sales.payments_pkey: heap tuple .* lacks matching index tuple/);
    });

    test('fails for a damaged page of a table and of an index', async () => {
      const wrong = await wrongAfter((database) => {
        const files = ['sales.orders', 'sales.order_lines_product'].map((relation) => server.fileOf(database, relation));
        server.down();
        for (const file of files) {
          const opened = openSync(file, 'r+');
          writeSync(opened, Buffer.from('damage'), 0, 6, 3 * PAGE + 5_000);
          closeSync(opened);
        }
        server.up();
      });
      const [corruption] = wrong.filter((line) => line.startsWith('corruption failed'));
      expect(corruption).toMatch(/table "sales"\."orders": invalid page in block 3 of relation/);
      expect(corruption).toMatch(/index sales.order_lines_product: invalid page in block 3 of relation/);
      if (major >= LOOKS_AT_TABLES) {
        expect(corruption).toMatch(/table sales.orders: invalid page in block 3 of relation/);
      }
    });
  });
});
