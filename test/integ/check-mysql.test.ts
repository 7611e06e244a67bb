import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { identifier } from '../../lib/handlers/check-mysql/identifiers';
import { describeNeeding, eventually } from '../emulator/harness';
import { allChecks, ask, createChecker } from './fixtures/check-mysql';
import { checksum, corruption, type Fault, keys, query, rows, schema } from './fixtures/check-mysql-faults';
import { describeRestored, RUNNING, SLOW } from './fixtures/check-mysql-suite';
import { changeEntry, damageLeaf, damageLongValue, loseEntries } from './fixtures/innodb-pages';
import { MARIADB, whyNoMariadb } from './fixtures/mariadb-server';
import { MysqlFamilyServer } from './fixtures/mysql-family-server';
import { makeCertificates } from './fixtures/postgres-server';

jest.setTimeout(180_000);

/** How often a million rows are looked at. */
const LOOKS = 3;
/** What MySQL cannot have, or has in other words. */
const OWN_FAULTS: readonly Fault[] = [
  // MySQL moves the next value on when a foreign key changes the column
  [
    'an AUTO_INCREMENT behind its column',
    'UPDATE accounts SET id = 1201 WHERE id = 201; UPDATE accounts SET id = 201 WHERE id = 150',
    schema(),
    'failed',
    /AUTO_INCREMENT is behind `shop`.`wallets`.id: its next value is taken/,
  ],
  [
    'an index that is not used',
    'ALTER TABLE orders ALTER INDEX orders_created IGNORED',
    schema(),
    'failed',
    /index orders_created is not used/,
  ],
  [
    'a sequence behind its column',
    'ALTER SEQUENCE audit_numbers RESTART 800',
    schema(),
    'failed',
    /sequence `shop`.`audit_numbers` is behind `shop`.`audits`.id/,
  ],
];
/** Its next value is the first free one. */
const RIGHT_SEQUENCE: Fault = [
  'nothing wrong with a sequence that is just in front of its column',
  'ALTER SEQUENCE audit_numbers RESTART 801',
  schema(),
  'passed' as Fault[3],
  /next values compared/,
];

describeRestored(MARIADB, whyNoMariadb(), { undamagedRestores: 50, faults: [...OWN_FAULTS, RIGHT_SEQUENCE] });

describeNeeding('MariaDB', whyNoMariadb(), 'a MariaDB database of a million rows', () => {
  const certificates = makeCertificates('localhost');
  const { caPem } = certificates;
  let server: MysqlFamilyServer;
  const idOf = (table: string, index: string) =>
    Number(
      server.sql(
        undefined,
        `select i.index_id from information_schema.innodb_sys_indexes i join information_schema.innodb_sys_tables t using (table_id)
          where t.name = 'shop/${table}' and i.name = '${index}'`,
      ),
    );

  beforeAll(async () => {
    server = await MysqlFamilyServer.start(MARIADB, certificates);
    createChecker(server, ['select on shop.*']);
    server.loadSample('shop', 1);
    const dump = server.dump('shop');
    server.drop('shop');
    server.restore('shop', dump);
  });
  afterAll(async () => server?.remove());

  test('passes every check undamaged, every time', async () => {
    for (let time = 0; time < LOOKS; time++) {
      const results = await ask(allChecks(MARIADB), { server, caPem, database: 'shop' });
      expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    }
    const tables = server.sql(
      'shop',
      "select table_name from information_schema.tables where table_schema = 'shop' and table_type = 'BASE TABLE'",
    );
    const total = server.sql(
      'shop',
      `select ${tables
        .split('\n')
        .map((name) => `(select count(*) from ${identifier(name)})`)
        .join(' + ')}`,
    );
    expect(tables.split('\n').length).toBeGreaterThanOrEqual(20);
    expect(Number(total)).toBeGreaterThan(1_000_000);
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
        expect.stringMatching(/^table `shop`.`customers`: index email has (other values than the rows|59,999 entries of 60,000 rows)$/),
        expect.stringMatching(/^table `shop`.`products`: index sku has [\d,]+ entries of 20,000 rows$/),
        'table `shop`.`products`: index sku is damaged',
        `table \`shop\`.\`levels\`: index levels_warehouse has ${(100_000 - lost).toLocaleString('en-US')} entries of 100,000 rows`,
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
    expect(pictures).toMatchObject({ status: 'failed', found: expect.stringMatching(/of 500 rows/) });
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
    const server = await MysqlFamilyServer.start(MARIADB, undefined);
    try {
      const [result] = await ask([rows('orders')], { server, caPem: makeCertificates('localhost').caPem });
      expect(result).toMatchObject({ status: 'unable', found: 'the server offers no TLS; nothing is read without' });
    } finally {
      await server.remove();
    }
  });
});
