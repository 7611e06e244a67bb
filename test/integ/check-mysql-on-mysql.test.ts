import { cpSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describeNeeding } from '../emulator/harness';
import { allChecks, ask, createChecker } from './fixtures/check-mysql';
import { corruption, type Fault, keys, rows, schema } from './fixtures/check-mysql-faults';
import { describeRestored } from './fixtures/check-mysql-suite';
import { changeEntry, damageLeaf, damageLongValue, loseEntries } from './fixtures/innodb-pages';
import { MysqlFamilyServer } from './fixtures/mysql-family-server';
import { MYSQL, whyNoMysql } from './fixtures/mysql-server';
import { makeCertificates } from './fixtures/postgres-server';

jest.setTimeout(180_000);

/** What MariaDB has in other words, or says otherwise. */
const OWN_FAULTS: readonly Fault[] = [
  [
    'an index that is not used',
    'ALTER TABLE orders ALTER INDEX orders_created INVISIBLE',
    schema(),
    'failed',
    /index orders_created is not used/,
  ],
  [
    'an AUTO_INCREMENT that is used up',
    'INSERT INTO accounts VALUES (2147483647, CURRENT_DATE); INSERT INTO wallets VALUES (2147483647, 1)',
    schema(),
    'failed',
    /AUTO_INCREMENT is behind `shop`.`wallets`.id: its next value is taken/,
  ],
  [
    'nothing wrong where rows are newer than the statistics that the server keeps',
    "SELECT MAX(auto_increment) FROM information_schema.tables WHERE table_schema = 'shop'; INSERT INTO wallets (balance) VALUES (1), (2), (3)",
    schema(),
    'passed',
    /8 next values compared/,
  ],
];

describeRestored(MYSQL, whyNoMysql(), { undamagedRestores: 5, faults: OWN_FAULTS });

describeNeeding('MySQL', whyNoMysql(), 'a MySQL database on a disk', () => {
  const certificates = makeCertificates('localhost');
  let server: MysqlFamilyServer;
  let ids: ReadonlyMap<string, number>;
  const look = (checks: Parameters<typeof ask>[0]) => ask(checks, { server, caPem: certificates.caPem, database: 'shop' });
  const file = (table: string) => server.fileOf('shop', table);
  const id = (index: string) => ids.get(index) as number;
  const kept = () => `${server.data}.kept`;

  beforeAll(async () => {
    server = await MysqlFamilyServer.start(MYSQL, certificates);
    createChecker(server, ['select on shop.*']);
    server.loadSample('shop', 0.05);
    const indexes = server.sql(
      undefined,
      `select concat(substring(t.name, 6), '.', i.name), i.index_id from information_schema.innodb_indexes i
        join information_schema.innodb_tables t using (table_id) where t.name like 'shop/%'`,
    );
    ids = new Map(
      indexes
        .split('\n')
        .map((line) => line.split('\t'))
        .map(([name, number]) => [name, Number(number)]),
    );
    await server.down();
    cpSync(server.data, kept(), { recursive: true });
  });
  afterEach(async () => {
    await server.down();
    rmSync(server.data, { recursive: true });
    cpSync(kept(), server.data, { recursive: true });
  });
  afterAll(async () => server?.remove());

  test('passes every check undamaged, also where no table was opened since the server began', async () => {
    await server.up();
    const results = await look(allChecks(MYSQL));
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
  });

  test('tells what is damaged', async () => {
    changeEntry(file('customers'), id('customers.email'), '@example.com', '@example.con');
    const lost = loseEntries(file('levels'), id('levels.levels_warehouse'));
    rmSync(file('refunds'));
    truncateSync(join(server.data, 'shop', 'settings.MYD'), 700);
    await server.up();
    const [result, held] = await look([corruption, keys]);
    expect(result).toMatchObject({
      status: 'failed',
      found: expect.stringMatching(/^26 tables and their indexes read; 4 signs of damage: /),
    });
    expect([...(result.details ?? [])].sort()).toEqual([
      'table `shop`.`customers`: index email has other values than the rows',
      `table \`shop\`.\`levels\`: index levels_warehouse has ${(5_000 - lost).toLocaleString('en-US')} entries of 5,000 rows`,
      'table `shop`.`refunds`: its file is missing',
      'table `shop`.`settings`: its data file has not the length that it should have',
    ]);
    expect(held.status).toBe('failed');
  });

  test.each<[string, string, () => void]>([
    ['of rows', 'order_lines', () => damageLeaf(file('order_lines'), id('order_lines.PRIMARY'))],
    ['of an index', 'products', () => damageLeaf(file('products'), id('products.sku'))],
    ['of a long value', 'pictures', () => damageLongValue(file('pictures'))],
  ])('names the table where a damaged page %s makes the server end itself', async (_what, table, damage) => {
    damage();
    await server.up();
    const [result, after] = await look([corruption, rows('coupons', { atLeast: 1 })]);
    expect(result).toMatchObject({
      status: 'unable',
      found: expect.stringMatching(/the connection was lost: the server closed it, or crashed/),
    });
    expect(result.details).toEqual(expect.arrayContaining([expect.stringContaining(`\`shop\`.\`${table}\`: the connection was lost`)]));
    expect(after.status).toBe('unable');
  });
});

describeNeeding('MySQL', whyNoMysql(), 'a MySQL server without TLS', () => {
  test('gets no login', async () => {
    const server = await MysqlFamilyServer.start(MYSQL, undefined, ['--auto-generate-certs=OFF', '--tls-version=']);
    try {
      createChecker(server, ['select on *.*']);
      const [result] = await ask([rows('orders')], { server, caPem: makeCertificates('localhost').caPem });
      expect(result).toMatchObject({ status: 'unable', found: 'the server offers no TLS; nothing is read without' });
    } finally {
      await server.remove();
    }
  });
});
