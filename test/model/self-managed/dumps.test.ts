import {
  type DumpedTable,
  entriesOf,
  entriesOfTables,
  missingFrom,
  quotedTableName,
  readTableName,
  roleStatements,
  sqlStatements,
  withPartitions,
} from '../../../lib/model/self-managed';

const LIST = `;
; Archive created at 2026-11-24 00:00:00 UTC
;     dbname: shop
;
6; 2615 16389 SCHEMA - sales postgres
210; 1259 16391 TABLE sales order lines shop owner
209; 1259 16390 SEQUENCE sales ids postgres
3400; 0 0 SEQUENCE OWNED BY sales ids postgres
3200; 2604 16394 DEFAULT sales order lines id postgres
3350; 0 16391 TABLE DATA sales order lines shop owner
3351; 0 16400 TABLE DATA sales order postgres
3401; 0 0 SEQUENCE SET sales ids postgres
3300; 2606 16396 CONSTRAINT sales order lines lines_pkey postgres
3301; 2606 16397 FK CONSTRAINT sales order lines lines_fkey postgres
3302; 1259 16398 INDEX sales by day postgres
3303; 2620 16399 TRIGGER sales order lines told postgres
3402; 0 0 ACL sales TABLE order lines postgres
3403; 0 0 TABLE ATTACH sales order lines postgres
`;
const LINES: DumpedTable = {
  oid: 16391,
  schema: 'sales',
  name: 'order lines',
  hasRows: true,
  parents: [],
  indexes: [16398],
  constraints: [16396],
  defaults: [16394],
  sequences: [{ oid: 16390, schema: 'sales', name: 'ids' }],
};
const table = (oid: number, name: string, changes: Partial<DumpedTable> = {}): DumpedTable => ({
  ...LINES,
  oid,
  name,
  indexes: [],
  constraints: [],
  defaults: [],
  sequences: [],
  ...changes,
});

describe('the table of contents of a dump', () => {
  const entries = entriesOf(LIST);

  test('is told by numbers: names may be the beginnings of others', () => {
    expect(missingFrom(entries, [LINES, table(16400, 'order')])).toEqual([]);
    expect(missingFrom(entries, [LINES, table(16401, 'order')])).toEqual(['sales.order']);
  });

  test('needs no rows of what holds none', () => {
    expect(missingFrom(entries, [table(1, 'parted', { hasRows: false })])).toEqual([]);
  });

  test('gives a table alone with its sequence, keys, indexes and rights, and without what needs others', () => {
    expect(entriesOfTables(entries, [LINES]).map(({ entry }) => entry)).toEqual([210, 209, 3400, 3200, 3350, 3401, 3300, 3302, 3402, 3403]);
  });
});

test('a partitioned table comes with its partitions, and theirs', () => {
  const [parent, child, grandchild, other] = [
    table(1, 'a'),
    table(2, 'b', { parents: [1] }),
    table(3, 'c', { parents: [2] }),
    table(4, 'd'),
  ];
  expect(withPartitions(parent, [other, grandchild, child, parent])).toEqual([parent, child, grandchild]);
});

test.each<[string, string, string]>([
  ['sales.orders', 'sales', 'orders'],
  ['"a.b"."c ""d"""', 'a.b', 'c "d"'],
  ['sales."two\nlines"', 'sales', 'two\nlines'],
  ['売上.注文', '売上', '注文'],
])('%s is a name of a table, and is written the same way', (text, schema, name) => {
  expect(readTableName(text)).toEqual({ schema, name });
  expect(readTableName(quotedTableName({ schema, name }))).toEqual({ schema, name });
});

test.each(['orders', 'a.b.c', '.x', 'a.', 'a b.c', '"a.b', ''])('%p is no name of a table', (text) => {
  expect(readTableName(text)).toBeUndefined();
});

describe('a script', () => {
  test('is taken apart where statements end, whatever names and texts hold', () => {
    const script = `-- it's a comment;\n\\connect template1\nCREATE ROLE "a;b""c";\nALTER ROLE x SET search_path TO 'it''s;', y;\nCOMMENT ON ROLE x IS E'a\\';b';\nselect 1`;
    expect(sqlStatements(script)).toEqual([
      'CREATE ROLE "a;b""c"',
      `ALTER ROLE x SET search_path TO 'it''s;', y`,
      `COMMENT ON ROLE x IS E'a\\';b'`,
      'select 1',
    ]);
  });

  test('tells which role each statement is about; a membership is about the member', () => {
    const script = `SET client_encoding = 'UTF8';\nCREATE ROLE plain;\nALTER ROLE "odd ""one""" WITH LOGIN;\nGRANT plain TO "odd ""one""" GRANTED BY postgres;\nCREATE TABLESPACE t LOCATION '/x';`;
    expect(roleStatements(script).map(({ role }) => role)).toEqual(['plain', 'odd "one"', 'odd "one"']);
  });
});
