import type { Column, ForeignKey, Table } from '../../../lib/handlers/check-postgres/catalogue';
import { bundled, cut, type Part } from '../../../lib/handlers/check-postgres/damage';
import { identifier, qualified } from '../../../lib/handlers/check-postgres/identifiers';
import { inWords, isDamage } from '../../../lib/handlers/check-postgres/in-words';
import { readingOf, violationsOf } from '../../../lib/handlers/check-postgres/survey-sql';

function tableOf(columns: readonly Column[]): Table {
  return {
    oid: 1,
    sql: '"s"."t"',
    from: 'only "s"."t"',
    pages: 1,
    stored: true,
    whole: 1,
    within: [1],
    inherited: false,
    columns,
    keys: [],
  };
}

const key: ForeignKey = {
  name: 'k',
  columns: ['a', 'B"'],
  parent: '"s"."p"',
  parentOid: 2,
  parentFrom: '"s"."p"',
  parentPages: 1,
  parentRows: 1,
  parentColumns: ['x', 'y'],
  types: ['int4', 'int4'],
  parentTypes: ['int4', 'int4'],
  operators: ['operator(pg_catalog.=)', 'operator(e.=)'],
  full: false,
};

test('names and texts cannot end what they are in', () => {
  expect(identifier('a"; drop table x; --')).toBe('"a""; drop table x; --"');
  expect(qualified('s"', 't')).toBe('"s"""."t"');
});

test('rows without a parent are counted, those with an empty column are not', () => {
  expect(violationsOf(tableOf([]), key)).toBe(
    'select count(*) as rows from only "s"."t" c where c."a" is not null and c."B""" is not null and not exists ' +
      '(select from "s"."p" p where p."x" operator(pg_catalog.=) c."a" and p."y" operator(e.=) c."B""")',
  );
});

test('of a full key rows with a part of it are counted, too', () => {
  expect(violationsOf(tableOf([]), { ...key, full: true })).toMatch(
    /^select sum\(rows\) from \(.* union all .* where not \(c\."a" is not null and .*\) and \(c\."a" is not null or .*\)\) v$/,
  );
  expect(violationsOf(tableOf([]), { ...key, full: true, columns: ['a'] })).not.toMatch(/union/);
});

test('every value that may lie apart from its row is read in full', () => {
  const column = (name: string, type: string, apart = true, array = false): Column => ({ name, type, apart, array });
  expect(readingOf(tableOf([]))).toBe('select count(*) from only "s"."t" c');
  expect(
    readingOf(
      tableOf([
        column('t', 'text'),
        column('b', 'bytea'),
        column('j', 'jsonb'),
        column('a', '_text', true, true),
        column('g', 'geometry'),
        column('i', 'int4', false),
      ]),
    ),
  ).toBe(
    `select count(*), count(c."t" >= '' collate "C"), count(c."b" >= ''), count(jsonb_typeof(c."j")), count(cardinality(c."a")), ` +
      'count(c."g"::text), count(c."i") from only "s"."t" c',
  );
});

test('some pages of a table are read without the others, and added up meanwhile', () => {
  const table = tableOf([{ name: 'i', type: 'int4', apart: false, array: false }]);
  const sums = ['sum(c."i")'];
  expect(readingOf(table, { sums, pages: [undefined, 8], walked: true })).toBe(
    `select count(*), sum(c."i") from only "s"."t" c where c.ctid < '(8,0)'`,
  );
  expect(readingOf(table, { pages: [8, 16] })).toBe(
    `select count(*), count(c."i") from only "s"."t" c where c.ctid >= '(8,0)' and c.ctid < '(16,0)'`,
  );
  expect(readingOf(table, { pages: [16, undefined], walked: true })).toBe(`select count(*) from only "s"."t" c where c.ctid >= '(16,0)'`);
});

describe('parts', () => {
  const part = (pages: number, method?: string): Part => ({ oid: pages, words: 'p', pages, entries: 1, ...(method ? { method } : {}) });

  test('of a large table cover every page once', () => {
    const parts = cut(part(20_000));
    expect(parts.map(({ range }) => range)).toEqual([
      [0, 8_191],
      [8_192, 16_383],
      [16_384, 19_999],
    ]);
    expect(cut(part(1)).map(({ range }) => range)).toEqual([[0, 0]]);
  });

  test('that are small are put together by kind, and none is lost', () => {
    const parts = [part(1_000, 'btree'), ...Array.from({ length: 100 }, (_, index) => part(index % 60, index % 2 ? 'btree' : undefined))];
    const bundles = bundled(parts);
    expect(bundles.flat()).toHaveLength(101);
    expect(bundles.map((bundle) => bundle.length)).toEqual([1, 50, 50]);
    expect(bundles.every((bundle) => new Set(bundle.map(({ method }) => method)).size === 1)).toBe(true);
  });
});

describe('an error', () => {
  const error = (code: string, message = 'value of a row') => Object.assign(new Error(message), { code });

  test.each([
    ['22P02', 'the server reports an error (SQLSTATE 22P02)'],
    ['23505', 'the server reports an error (SQLSTATE 23505)'],
    ['P0001', 'the server reports an error (SQLSTATE P0001)'],
    ['28P01', 'the server refuses the user or the password of the secret (SQLSTATE 28P01)'],
    ['57014', 'the statement was cancelled: it took longer than the time that was left (SQLSTATE 57014)'],
  ])('%s is told without the values of its message', (code, words) => {
    expect(inWords(error(code))).toBe(words);
  });

  test('about damage, rights and names is told in the words of the server', () => {
    expect(inWords(error('XX001', 'invalid page in block 3 of relation base/1/2'))).toBe(
      'invalid page in block 3 of relation base/1/2 (SQLSTATE XX001)',
    );
    expect(inWords(error('42501', 'permission denied for table t'))).toBe('permission denied for table t (SQLSTATE 42501)');
  });

  test.each<[unknown, RegExp]>([
    [new Error('The server does not support SSL connections'), /offers no TLS/],
    [error('ECONNREFUSED'), /nothing listens/],
    [new Error('Connection terminated unexpectedly'), /was lost/],
    [new TypeError('value of a row'), /^an unexpected error \(TypeError\)$/],
    [undefined, /^an unexpected error \(undefined\)$/],
  ])('%s of the network or ours is told', (thrown, words) => {
    expect(inWords(thrown)).toMatch(words);
  });

  test('is damage by its class', () => {
    expect(['XX001', 'XX002', 'XX000', '58P01', '42501', '57014', ''].map((code) => isDamage(error(code)))).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
