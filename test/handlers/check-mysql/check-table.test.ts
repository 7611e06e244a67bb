import { type Index, readIndexes, type Table } from '../../../lib/handlers/check-mysql/catalogue';
import { checkCorruption } from '../../../lib/handlers/check-mysql/check-corruption';
import type { Connection, Row } from '../../../lib/handlers/check-mysql/connection';
import { differences } from '../../../lib/handlers/check-mysql/index-content';
import type { Session } from '../../../lib/handlers/check-mysql/session';

const orders: Table = { schema: 'shop', name: 'orders', sql: '`shop`.`orders`', kind: 'table', engine: 'InnoDB', bytes: 0, columns: [] };

/** A session that answers CHECK TABLE with the given messages, and everything else with one row. */
function sessionThatSays(...messages: readonly (readonly [type: string, text: string])[]): Session {
  const query = async (sql: string): Promise<Row[]> => {
    if (sql.startsWith('check table')) {
      return messages.map(([Msg_type, Msg_text]) => ({ Table: 'shop.orders', Op: 'check', Msg_type, Msg_text }));
    }
    return sql.includes('information_schema') ? [] : [{ n: '1' }];
  };
  const main = { query, server: { family: 'mysql', version: '8.0.36' } } as unknown as Connection;
  const withConnections = (work: (connections: readonly Connection[]) => Promise<unknown>) => work([main]);
  return { main, tables: async () => [orders], withConnections } as unknown as Session;
}

test.each<[string, readonly (readonly [string, string])[]]>([
  ['nothing else', []],
  ['a table that was open when its disk was copied', [['warning', "1 client is using or hasn't closed the table properly"]]],
  ['a table that was marked and proves to be well', [['warning', 'Table is marked as crashed']]],
  [
    'rows that are not purged',
    [['Warning', 'InnoDB: Unpurged clustered index record in table `shop`.`orders`: COMPACT RECORD(value of a row)']],
  ],
])('a table that is well in the end passes, whatever it says before: %s', async (_what, before) => {
  const finding = await checkCorruption(sessionThatSays(...before, ['status', 'OK']));
  expect(finding).toMatchObject({ status: 'passed', found: '1 table and their indexes read: no damage' });
});

test.each<[string, readonly (readonly [string, string])[], string]>([
  [
    'B-tree of MySQL',
    [
      ['Warning', 'InnoDB: The B-tree of index orders_created is corrupted.'],
      ['error', 'Corrupt'],
    ],
    'index orders_created is damaged',
  ],
  [
    'number of entries',
    [
      ['Warning', "InnoDB: Index 'orders_created' contains 9999 entries, should be 10000."],
      ['error', 'Corrupt'],
    ],
    'index orders_created has 9,999 entries of 10,000 rows',
  ],
  [
    'crashed MyISAM',
    [
      ['warning', 'Table is marked as crashed'],
      ['error', 'Corrupt'],
    ],
    'it is marked as crashed',
  ],
  [
    'unknown message',
    [
      ['error', "Found key 'value of a row' at page 7"],
      ['error', 'Corrupt'],
    ],
    'CHECK TABLE says that it is damaged',
  ],
  [
    'lost file',
    [
      ['Error', "Tablespace is missing for table 'shop/orders'"],
      ['status', 'Operation failed'],
    ],
    'its file is missing',
  ],
])('damage is named without values of rows: %s', async (_what, messages, words) => {
  const finding = await checkCorruption(sessionThatSays(...messages));
  expect(finding).toMatchObject({ status: 'failed', details: [`table \`shop\`.\`orders\`: ${words}`] });
  expect(JSON.stringify(finding)).not.toContain('value of a row');
});

test.each<[string, readonly (readonly [string, string])[]]>([
  [
    'a lock',
    [
      ['Error', 'Lock wait timeout exceeded; try restarting transaction'],
      ['status', 'Operation failed'],
    ],
  ],
  ['an old format', [['error', 'Table rebuild required. Please do "ALTER TABLE `orders` FORCE" or dump/reload to fix it!']]],
  ['no answer', []],
])('without a verdict nothing passes: %s', async (_what, messages) => {
  expect(await checkCorruption(sessionThatSays(...messages))).toMatchObject({
    status: 'unable',
    details: ['table `shop`.`orders`: CHECK TABLE came to no verdict'],
  });
});

test('a table of an engine without a check is read, and said to be', async () => {
  const finding = await checkCorruption(sessionThatSays(['note', "The storage engine for the table doesn't support check"]));
  expect(finding).toMatchObject({ status: 'passed', details: [expect.stringMatching(/has no check of its own: its rows were read$/)] });
});

const byDay: Index = { schema: 'shop', table: 'orders', name: 'by_day', columns: ['day'], visible: true, whole: true };
const primary: Index = { ...byDay, name: 'PRIMARY', columns: ['id'] };

/** What is found where the rows of the table and the entries of its index are counted and summed up as given; and what was asked. */
async function compared(rows: Row, entries: Row, table: Table, indexes: readonly Index[]): Promise<[string[], string[]]> {
  const asked: string[] = [];
  const query = async (sql: string) => {
    asked.push(sql);
    return [sql.includes('force index') ? entries : rows];
  };
  return [await differences({ query } as unknown as Connection, table, indexes), asked];
}

test.each<[string, Row, Row, string[]]>([
  ['is as its table', { n: '2', s0: '5' }, { n: '2', s: '5' }, []],
  ['lacks rows', { n: '1234', s0: '5' }, { n: '1233', s: '5' }, ['index by_day has 1,233 entries of 1,234 rows']],
  ['has other values', { n: '2', s0: '5' }, { n: '2', s: '6' }, ['index by_day has other values than the rows']],
])('an index %s', async (_what, rows, entries, found) => {
  const [differing, asked] = await compared(rows, entries, orders, [primary, byDay]);
  expect(differing).toEqual(found);
  expect(asked).toEqual([
    expect.stringMatching(/from `shop`.`orders` use index \(\)$/),
    expect.stringMatching(/force index \(`by_day`\)$/),
  ]);
  // an entry leads to its row by the primary key
  expect(asked[1]).toMatch(/`day`.*`id`/);
});

test.each<[string, Table, Index]>([
  ['the optimiser may not use', orders, { ...byDay, visible: false }],
  ['has parts of values', orders, { ...byDay, whole: false }],
  ['belongs to another table', orders, { ...byDay, table: 'Orders' }],
  ['is of another engine, which compares them itself', { ...orders, engine: 'MyISAM' }, byDay],
])('an index is not read alone that %s', async (_what, table, index) => {
  const [, asked] = await compared({ n: '2' }, { n: '1' }, table, [primary, index]);
  expect(asked).toHaveLength(1);
});

test('each family says in its own words whether an index is used', async () => {
  const asked: string[] = [];
  for (const family of ['mysql', 'mariadb'] as const) {
    const query = async (sql: string) => {
      asked.push(sql);
      return [];
    };
    await readIndexes({ query, server: { family, version: '1.0' } } as unknown as Connection);
  }
  expect(asked.map((sql) => /is_visible|ignored/.exec(sql)?.[0])).toEqual(['is_visible', 'ignored']);
});
