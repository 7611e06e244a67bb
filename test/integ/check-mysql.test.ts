import { execFile } from 'node:child_process';
import { rmSync, truncateSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CheckResult, CheckSpec } from '../../lib/model/verification';
import { describeNeeding, eventually } from '../emulator/harness';
import { ROOT } from '../harness/sources';
import { ALL_CHECKS, type Asking, ask, CHECKER, createChecker, inputFor, NEWEST_MS } from './fixtures/check-mysql';
import { changeEntry, damageLeaf, damageLongValue, loseEntries } from './fixtures/innodb-pages';
import { MariadbServer, whyNoMariadb } from './fixtures/mariadb-server';
import { makeCertificates } from './fixtures/postgres-server';

const HOUR_MS = 3_600_000;
/** The smallest sample, restored over and over. */
const SCALE = 0.01;
/** A query that takes longer than any test, and how many of them run. */
const SLOW = 'SELECT /* slow */ COUNT(*) FROM seq_1_to_1000000 a JOIN seq_1_to_1000000 b ON a.seq % 7 = b.seq % 9';
const RUNNING = "SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'checker' AND info LIKE '%slow%'";
/** What must not change any answer. */
const UNUSUAL = ['--default-time-zone=+05:00', '--sql-mode=ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH'];
const UNDAMAGED_RESTORES = 50;

jest.setTimeout(180_000);

/** Each fault: what breaks the copy, what is asked, and what has to be found. */
type Fault = readonly [name: string, sql: string, check: CheckSpec, status: CheckResult['status'], found: RegExp];

const schema = (rest: object = {}): CheckSpec => ({
  kind: 'schema',
  name: 'schema',
  tables: [{ name: 'payments' }, { name: 'orders', columns: ['id', 'note'] }],
  indexes: ['orders_created'],
  collation: 'utf8mb4_unicode_ci',
  ...rest,
});
const keys: CheckSpec = { kind: 'foreign-keys', name: 'keys' };
const corruption: CheckSpec = { kind: 'corruption', name: 'corruption' };
const rows = (table: string, rest: object = {}): CheckSpec => ({ kind: 'row-count', name: table, table, ...rest });
const newest = (withinMs: number): CheckSpec => ({ kind: 'newest-row', name: 'newest', table: 'orders', column: 'created_at', withinMs });
const checksum = (table: string): CheckSpec => ({ kind: 'checksum', name: table, table });
const query = (sql: string, expected = '1'): CheckSpec => ({ kind: 'query', name: 'answer', sql, expected });

const FAULTS: readonly Fault[] = [
  ['a dropped table', 'SET FOREIGN_KEY_CHECKS = 0; DROP TABLE payments', schema(), 'failed', /table payments does not exist/],
  [
    'a dropped table that others refer to',
    'SET FOREIGN_KEY_CHECKS = 0; DROP TABLE payments',
    keys,
    'failed',
    /`refunds`: \S+ to `shop`.`payments` cannot hold: a table does not exist/,
  ],
  [
    'a dropped table that is counted',
    'SET FOREIGN_KEY_CHECKS = 0; DROP TABLE payments',
    rows('payments', { atLeast: 1 }),
    'failed',
    /^table payments does not exist in database shop$/,
  ],
  [
    'an emptied table',
    'DELETE FROM levels',
    rows('levels', { tolerance: 0.5 }),
    'failed',
    /^levels: 0 rows, 1,000 rows in the last verified test \(-100 %\)$/,
  ],
  [
    'an emptied table of a sample',
    'DELETE FROM levels',
    { kind: 'sample', name: 'sample', tables: ['orders', 'levels'], rows: 10 },
    'failed',
    /levels has no rows/,
  ],
  [
    'one row of a hundred missing',
    'DELETE FROM levels WHERE product_id % 100 = 7',
    rows('levels', { tolerance: 0.005 }),
    'failed',
    /^levels: 990 rows, 1,000 rows in the last verified test \(-1 %\)$/,
  ],
  [
    'one row of a hundred missing from what has a checksum',
    'DELETE FROM levels WHERE product_id % 100 = 7',
    checksum('levels'),
    'failed',
    /checksum [0-9a-f]{32} of 990 rows/,
  ],
  ['one changed value', 'UPDATE products SET price = price + 0.01 WHERE id = 77', checksum('products'), 'failed', /of 200 rows/],
  [
    'an empty text in the place of none',
    "UPDATE orders SET note = '' WHERE note IS NULL LIMIT 1",
    checksum('orders'),
    'failed',
    /of 1,000 rows/,
  ],
  [
    'a letter that moved to the next column',
    "UPDATE settings SET name = 'setting 1v', value = 'alue 1' WHERE name = 'setting 1'",
    checksum('settings'),
    'failed',
    /of 100 rows/,
  ],
  [
    'two values that changed places',
    'UPDATE levels SET amount = region, region = amount WHERE product_id = 3 AND region = 1',
    checksum('levels'),
    'failed',
    /of 1,000 rows/,
  ],
  [
    'one changed byte of a long value',
    'UPDATE pictures SET content = INSERT(content, 9000, 1, 0x00) WHERE product_id = 2',
    checksum('pictures'),
    'failed',
    /of 5 rows/,
  ],
  [
    'orphans',
    'SET FOREIGN_KEY_CHECKS = 0; DELETE FROM customers WHERE id IN (3, 4)',
    keys,
    'failed',
    /^27 foreign keys, broken by (\d+) rows; `shop`.`addresses` \(customer_id\): 2 rows without a match in `shop`.`customers`/,
  ],
  [
    'orphans of a key of two columns',
    'SET FOREIGN_KEY_CHECKS = 0; UPDATE moves SET from_number = 99 WHERE from_region IS NOT NULL AND from_number IS NOT NULL LIMIT 7',
    keys,
    'failed',
    /broken by 7 rows; `shop`.`moves` \(from_region, from_number\): 7 rows/,
  ],
  ['a dropped index', 'ALTER TABLE orders DROP INDEX orders_created', schema(), 'failed', /index orders_created does not exist/],
  [
    'an index that is not used',
    'ALTER TABLE orders ALTER INDEX orders_created IGNORED',
    schema(),
    'failed',
    /index orders_created is not used/,
  ],
  ['a dropped column', 'ALTER TABLE orders DROP COLUMN note', schema(), 'failed', /table orders has no column note/],
  [
    'an AUTO_INCREMENT behind its column',
    'UPDATE accounts SET id = 1201 WHERE id = 201; UPDATE accounts SET id = 201 WHERE id = 150',
    schema(),
    'failed',
    /AUTO_INCREMENT is behind `shop`.`wallets`.id: its next value is taken/,
  ],
  [
    'a sequence behind its column',
    'ALTER SEQUENCE audit_numbers RESTART 800',
    schema(),
    'failed',
    /sequence `shop`.`audit_numbers` is behind `shop`.`audits`.id/,
  ],
  ['an extension', '', schema({ extensions: ['pg_trgm'] }), 'failed', /extension pg_trgm is not there: MySQL and MariaDB have none/],
  [
    'a date that a careless load left empty',
    "SET sql_mode = ''; UPDATE orders SET created_at = 0 WHERE id = 1",
    { kind: 'sample', name: 'sample', tables: ['orders'], rows: 10 },
    'failed',
    /orders.created_at has no value in 1 row/,
  ],
  [
    'an ENUM that is none of its values',
    "SET sql_mode = ''; UPDATE products SET size = 'none' WHERE id = 2",
    { kind: 'sample', name: 'sample', tables: ['products'], rows: 10 },
    'failed',
    /products.size has no value in 1 row/,
  ],
  ['a stale copy', '', newest(24 * HOUR_MS), 'failed', /1 day 6 hours older than the recovery point/],
  [
    'no rows to tell the time',
    'SET FOREIGN_KEY_CHECKS = 0; DELETE FROM orders',
    newest(24 * HOUR_MS),
    'failed',
    /orders.created_at has no value/,
  ],
  ['another answer', '', query('SELECT COUNT(*) FROM currencies', '51'), 'failed', /^another value, of 2 characters$/],
  ['an answer of many rows', '', query('SELECT * FROM seq_1_to_100000'), 'failed', /100,000 rows of 1 column/],
  ['a query that is none', '', query('SELEKT 1'), 'unable', /does not understand the SQL \(error 1064\)/],
  ['two statements in one', '', query('SELECT 1; DELETE FROM orders'), 'unable', /error 1064/],
  [
    'a column that tells no time',
    '',
    { kind: 'newest-row', name: 'newest', table: 'orders', column: 'status', withinMs: 1 },
    'unable',
    /of type varchar, which tells no time/,
  ],
  ['a kind of check that is unknown', '', { kind: 'volume', name: 'volume' }, 'unable', /know no kind 'volume'/],
];

describeNeeding('MariaDB', whyNoMariadb(), 'a restored MariaDB database', () => {
  const certificates = makeCertificates('localhost');
  const { caPem } = certificates;
  const seen: CheckResult[] = [];
  let server: MariadbServer;
  let dump: Buffer;
  let baselines: Record<string, object>;

  const look = async (checks: readonly CheckSpec[], asking: Partial<Asking> = {}): Promise<readonly CheckResult[]> => {
    const results = await ask(checks, { server, caPem, database: 'shop', baselines, ...asking });
    expect(results.map(({ name, kind }) => [name, kind])).toEqual(checks.map(({ name, kind }) => [name, kind]));
    seen.push(...results);
    return results;
  };
  const restore = (sql = '') => {
    server.drop('shop');
    server.restore('shop', dump);
    if (sql) {
      server.sql('shop', sql);
    }
  };

  beforeAll(async () => {
    server = await MariadbServer.start(certificates, UNUSUAL);
    createChecker(server, ['select on shop.*']);
    server.loadSample('shop', SCALE);
    dump = server.dump('shop');
    restore();
    const first = await ask([...ALL_CHECKS, ...['levels', 'orders', 'pictures', 'settings'].map(checksum)], {
      server,
      caPem,
      database: 'shop',
    });
    baselines = {};
    for (const { name, baseline } of first) {
      // a name is of a count and of a checksum here
      baselines[name] = { ...baselines[name], ...(baseline as object) };
    }
  });
  afterAll(async () => server?.remove());

  test(`passes ${UNDAMAGED_RESTORES} times when nothing is wrong`, async () => {
    for (let time = 0; time < UNDAMAGED_RESTORES; time++) {
      restore();
      const results = await look(ALL_CHECKS);
      expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    }
  });

  test('tells the moment of the newest row in UTC, whatever the zone of the server is', async () => {
    restore();
    const moved: CheckSpec = { kind: 'newest-row', name: 'moved', table: 'moves', column: 'moved_at', withinMs: 1_000 * HOUR_MS };
    const epoch: CheckSpec = { ...moved, name: 'epoch', table: 'orders', column: 'created_epoch' } as CheckSpec;
    const day: CheckSpec = { ...moved, name: 'day', table: 'accounts', column: 'opened_on' } as CheckSpec;
    const results = await look([newest(24 * HOUR_MS), moved, epoch, day], { recoveryPointMs: NEWEST_MS(SCALE) + HOUR_MS });
    expect(results.map(({ status, newestMs }) => [status, newestMs])).toEqual([
      ['passed', NEWEST_MS(SCALE)],
      // written as noon of a zone that is five hours ahead
      ['passed', Date.parse('2026-01-01T07:00:00Z') + 50_000 * SCALE * 1_000],
      ['passed', NEWEST_MS(SCALE)],
      ['passed', Date.parse('2026-01-01T00:00:00Z')],
    ]);
  });

  test('takes a sequence for right whose next value is the first free one', async () => {
    restore('ALTER SEQUENCE audit_numbers RESTART 801');
    expect(await look([schema()])).toMatchObject([{ status: 'passed' }]);
  });

  describe('finds', () => {
    let clean = false;
    test.each(FAULTS)('%s', async (_name, sql, check, status, found) => {
      if (sql || !clean) {
        restore(sql);
      }
      clean = sql === '';
      const [result] = await look([check], { recoveryPointMs: NEWEST_MS(SCALE) + 30 * HOUR_MS });
      expect(result).toMatchObject({ status, found: expect.stringMatching(found) });
    });

    test('a truncated dump', async () => {
      server.drop('shop');
      expect(() => server.restore('shop', dump.subarray(0, dump.length / 2))).toThrow();
      const [there, held] = await look([schema(), keys]);
      expect(there).toMatchObject({ status: 'failed', details: expect.arrayContaining(['table payments does not exist']) });
      expect(held.status).toBe('failed');
    });

    test('a wrong collation', async () => {
      server.drop('shop');
      server.restore('shop', dump, 'utf8mb4_general_ci');
      const [result] = await look([schema()]);
      expect(result.found).toMatch(/the collation of database shop is utf8mb4_general_ci, not utf8mb4_unicode_ci/);
    });

    test('rows that are younger than the recovery point', async () => {
      restore();
      const [result] = await look([newest(HOUR_MS)], { recoveryPointMs: NEWEST_MS(SCALE) - HOUR_MS });
      expect(result).toMatchObject({ status: 'failed', found: expect.stringMatching(/1 hour younger than the recovery point/) });
    });
  });

  describe('cannot look', () => {
    beforeAll(() => restore());
    let usual = true;
    const mayRead = (grants: readonly string[]) => {
      usual = false;
      server.sql(undefined, `drop user ${CHECKER.username}@'%'`);
      createChecker(server, grants);
    };
    afterEach(() => {
      if (!usual) {
        mayRead(['select on shop.*']);
        usual = true;
      }
    });

    test('where the login may read nothing', async () => {
      mayRead([]);
      const results = await look(ALL_CHECKS);
      expect(new Set(results.map(({ status, found }) => `${status}: ${found}`))).toEqual(
        new Set(['unable: the login may not use the database (error 1044)']),
      );
    });

    test('at tables that the login may not read', async () => {
      mayRead(['select on shop.orders']);
      const [orders, levels, held] = await look([rows('orders', { atLeast: 1 }), rows('levels', { atLeast: 1 }), keys]);
      expect([orders.status, levels.status, held.status]).toEqual(['passed', 'unable', 'unable']);
      expect(levels.found).toMatch(/^table levels cannot be read: the login has not the privilege/);
      expect(held.details).toEqual(
        expect.arrayContaining([expect.stringMatching(/`orders`: \S+ was not checked: the login has not the privilege/)]),
      );
    });

    test('and never writes, whatever the login may do', async () => {
      mayRead(['all on shop.*']);
      const [wrote, made, between] = await look([query('DELETE FROM notes'), query('CREATE TABLE mine (id INT)'), query('COMMIT')]);
      expect([wrote, made].map(({ status, found }) => `${status}: ${found}`)).toEqual(
        Array(2).fill('unable: the statement would write, and the checks only read (error 1792)'),
      );
      expect(between.status).toBe('failed');
      expect(server.sql('shop', 'select count(*) from notes')).toBe('500');
    });

    test.each<[string, string | undefined, RegExp]>([
      ['a wrong password', JSON.stringify({ ...CHECKER, password: 'wrong' }), /refuses the user or the password/],
      ['no text', undefined, /holds no text/],
      ['no JSON', 'checker:secret', /no JSON/],
      ['no password', '{"username":"checker"}', /no 'username' and 'password'/],
    ])('with a secret of %s', async (_what, secret, found) => {
      const [result] = await look([rows('orders')], { secret });
      expect(result).toMatchObject({ status: 'unable', found: expect.stringMatching(found) });
    });

    test.each<[string, Partial<Asking>, RegExp]>([
      ['into a database that is not there', { database: 'other' }, /may not use the database|no database of this name/],
      ['at another engine', { engine: 'postgres' }, /the engine is 'postgres'/],
      ['without a host name that a certificate could be for', { host: '127.0.0.1' }, /the endpoint is an address/],
      ['where nothing listens', { server: { port: 1 } }, /nothing listens at the endpoint/],
      [
        'where the authority of the certificate is another one',
        { caPem: makeCertificates('localhost').caPem },
        /not vouched for by a trusted authority/,
      ],
      ['with certificates to trust that are none', { caPem: 'none' }, /no certificate in PEM/],
    ])('%s', async (_what, asking, found) => {
      const [result] = await look([rows('orders')], asking);
      expect(result).toMatchObject({ status: 'unable', found: expect.stringMatching(found) });
    });

    test('where the certificate is for another host', async () => {
      const other = makeCertificates('other.example');
      server.certify(other);
      server.sql(undefined, 'flush ssl');
      const [result] = await look([rows('orders')], { caPem: other.caPem });
      server.certify(certificates);
      server.sql(undefined, 'flush ssl');
      expect(result).toMatchObject({ status: 'unable', found: 'the certificate of the server is for another host name' });
    });

    test('at a server that accepts and never answers', async () => {
      const sockets: Socket[] = [];
      const silent = createTcpServer((socket) => sockets.push(socket));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const startMs = Date.now();
      const results = await look(ALL_CHECKS, { server: { port: (silent.address() as AddressInfo).port }, remainingMs: 1_500 });
      expect(Date.now() - startMs).toBeLessThan(2_500);
      expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['unable']));
      expect(results[0].found).toMatch(/does not answer|the time of the function is over/);
      for (const socket of sockets) {
        socket.destroy();
      }
      silent.close();
    });

    test('for longer than it has time, and leaves nothing running', async () => {
      const slow = query(SLOW);
      const [result, after] = await look([slow, rows('orders')], { remainingMs: 2_000 });
      expect(result).toMatchObject({
        status: 'unable',
        found: expect.stringMatching(/time of the function is over|took longer than the time/),
      });
      expect(after.status).toBe('unable');
      await eventually(
        'the statement is gone',
        async () => server.sql(undefined, "select count(*) from information_schema.processlist where user = 'checker'") === '0',
        3_000,
      );
    });
  });

  test('no result holds a secret or a value of a row', () => {
    expect(seen.length).toBeGreaterThan(500);
    const text = JSON.stringify(seen);
    for (const value of [
      CHECKER.password,
      JSON.stringify(CHECKER.password).slice(1, -1),
      'wrong"',
      '@example.com',
      'Note of order',
      'SKU-',
    ]) {
      expect(text).not.toContain(value);
    }
    expect(Math.max(...seen.map(({ details = [] }) => details.length))).toBeLessThanOrEqual(20);
  });

  test('the bundled function reads its secret from Secrets Manager', async () => {
    restore();
    const manager: Server = createServer((request, response) => {
      request.resume().on('end', () => {
        response
          .setHeader('content-type', 'application/x-amz-json-1.1')
          .end(JSON.stringify({ SecretString: JSON.stringify({ ...CHECKER, dbname: 'shop' }) }));
      });
    });
    await new Promise<void>((resolve) => manager.listen(0, '127.0.0.1', resolve));
    const bundle = join(process.env.ASSETS_OF_TEST ?? join(ROOT, 'assets'), 'check-mysql', 'index.js');
    const script = `
      const { handler } = require(process.argv[1]);
      handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 60_000 })
        .then(({ results }) => process.stdout.write(JSON.stringify(results)));`;
    const env = {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(manager.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    try {
      const input = JSON.stringify(inputFor(ALL_CHECKS, { server, caPem, baselines }));
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, bundle, input], { env });
      const results = JSON.parse(stdout) as CheckResult[];
      expect(results.map(({ status, found }) => `${status}: ${found}`)).toEqual(ALL_CHECKS.map(() => expect.stringMatching(/^passed/)));
    } finally {
      manager.close();
    }
  });
});

describeNeeding('MariaDB', whyNoMariadb(), 'a MariaDB database of several 100,000 rows', () => {
  const certificates = makeCertificates('localhost');
  const { caPem } = certificates;
  let server: MariadbServer;
  const idOf = (table: string, index: string) =>
    Number(
      server.sql(
        undefined,
        `select i.index_id from information_schema.innodb_sys_indexes i join information_schema.innodb_sys_tables t using (table_id)
          where t.name = 'shop/${table}' and i.name = '${index}'`,
      ),
    );

  beforeAll(async () => {
    server = await MariadbServer.start(certificates);
    createChecker(server, ['select on shop.*']);
    server.loadSample('shop', 0.4);
    const dump = server.dump('shop');
    server.drop('shop');
    server.restore('shop', dump);
  });
  afterAll(async () => server?.remove());

  test('passes every check undamaged', async () => {
    const results = await ask(ALL_CHECKS, { server, caPem, database: 'shop' });
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    const total = server.sql(
      'shop',
      'select (select count(*) from orders) + (select count(*) from order_lines) + (select count(*) from levels) + (select count(*) from customers)',
    );
    expect(Number(total)).toBeGreaterThan(140_000);
  });

  test('tells what is damaged on its disk', async () => {
    const [lines, warehouse, email, sku] = [
      idOf('order_lines', 'PRIMARY'),
      idOf('levels', 'levels_warehouse'),
      idOf('customers', 'email'),
      idOf('products', 'sku'),
    ];
    const [{ baseline }] = await ask([checksum('pictures')], { server, caPem, database: 'shop' });
    await server.down();
    damageLeaf(server.fileOf('shop', 'order_lines'), lines);
    damageLeaf(server.fileOf('shop', 'products'), sku);
    changeEntry(server.fileOf('shop', 'customers'), email, '@example.com', '@example.con');
    const lost = loseEntries(server.fileOf('shop', 'levels'), warehouse);
    damageLongValue(server.fileOf('shop', 'pictures'));
    truncateSync(server.fileOf('shop', 'reviews'), 3 * 16_384);
    rmSync(server.fileOf('shop', 'refunds'));
    truncateSync(join(server.data, 'shop', 'settings.MYD'), 700);
    await server.up();
    const checks = [corruption, rows('order_lines', { atLeast: 1 }), checksum('pictures'), keys];
    const [result, count, pictures, held] = await ask(checks, { server, caPem, database: 'shop', baselines: { pictures: baseline } });
    expect(result).toMatchObject({
      status: 'failed',
      found: expect.stringMatching(/^26 tables and their indexes read; \d+ signs of damage: /),
    });
    expect(result.details).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^table `shop`.`customers`: index email has (other values than the rows|23,999 entries of 24,000 rows)$/),
        expect.stringMatching(/^table `shop`.`products`: index sku has [\d,]+ entries of 8,000 rows$/),
        'table `shop`.`products`: index sku is damaged',
        `table \`shop\`.\`levels\`: index levels_warehouse has ${(40_000 - lost).toLocaleString('en-US')} entries of 40,000 rows`,
        'table `shop`.`order_lines`: index PRIMARY is damaged',
        'table `shop`.`refunds`: its file is missing',
        'table `shop`.`reviews`: CHECK TABLE says that it is damaged',
        'table `shop`.`settings`: its data file has not the length that it should have',
      ]),
    );
    const tables = new Set(result.details?.map((line) => line.split(':')[0]));
    expect(tables.size).toBe(7);
    expect(count).toMatchObject({ status: 'failed', found: expect.stringMatching(/is damaged/) });
    // MariaDB gives an empty value in the place of one that it cannot read, and no error
    expect(pictures).toMatchObject({ status: 'failed', found: expect.stringMatching(/of 200 rows/) });
    expect(held).toMatchObject({
      status: 'failed',
      details: expect.arrayContaining([expect.stringMatching(/`refunds` cannot be read, so that its foreign keys are not known/)]),
    });
  });

  test('cannot look any more once the server has crashed, and does not wait for it', async () => {
    const asking = ask([query(SLOW), corruption, rows('levels'), keys], { server, caPem, database: 'shop' });
    await eventually('the query runs', async () => server.sql(undefined, RUNNING) === '1');
    const startMs = Date.now();
    await server.down('SIGKILL');
    const results = await asking;
    expect(Date.now() - startMs).toBeLessThan(10_000);
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('unable'));
    expect(results[0].found).toBe('the connection was lost: the server closed it, or crashed');
  });
});

describeNeeding('MariaDB', whyNoMariadb(), 'a MariaDB server without TLS', () => {
  test('gets no login', async () => {
    const server = await MariadbServer.start(undefined);
    try {
      const [result] = await ask([rows('orders')], { server, caPem: makeCertificates('localhost').caPem });
      expect(result).toMatchObject({ status: 'unable', found: 'the server offers no TLS; nothing is read without' });
    } finally {
      await server.remove();
    }
  });
});
