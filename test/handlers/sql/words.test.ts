import { inParallel } from '../../../lib/handlers/checks/in-parallel';
import { lambdaClock } from '../../../lib/handlers/checks/lambda-clock';
import { firstOf, many, moment, percent, span } from '../../../lib/handlers/checks/words';
import { expectedOf } from '../../../lib/handlers/sql/expected-of';
import { parseTableName } from '../../../lib/handlers/sql/table-name';
import { certificateProblem, trustedCertificates } from '../../../lib/handlers/sql/trust';
import type { DatabaseCheckSpec } from '../../../lib/model/verification';

test.each([
  [0, '0 seconds'],
  [999, '1 second'],
  [59_000, '59 seconds'],
  [3_600_000, '1 hour'],
  [93_784_000, '1 day 2 hours'],
  [-90_000, '1 minute 30 seconds'],
])('%d ms are %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

test('numbers are written as people read them', () => {
  expect([many(1, 'row'), many(1_234, 'row'), many(2, 'index', 'indexes'), percent(0.12345), moment(0)]).toEqual([
    '1 row',
    '1,234 rows',
    '2 indexes',
    '12.35 %',
    '1970-01-01T00:00:00Z',
  ]);
  expect(firstOf(['a', 'b', 'c'], 3)).toEqual(['a', 'b', 'c']);
  expect(firstOf(['a', 'b', 'c', 'd'], 3)).toEqual(['a', 'b', 'and 2 more']);
});

test.each([
  ['orders', { table: 'orders' }],
  ['sales.orders', { schema: 'sales', table: 'orders' }],
  ['"a.b"."c""d"', { schema: 'a.b', table: 'c"d' }],
  ['`a.b`.`c``d`', { schema: 'a.b', table: 'c`d' }],
  ["o'rders", { table: "o'rders" }],
])('%s names a table', (text, name) => {
  expect(parseTableName(text)).toEqual(name);
});

test.each(['', '.', 'a.b.c', '"', '""', 'a"b', undefined as unknown as string])('fails for %j as the name of a table', (text) => {
  expect(() => parseTableName(text)).toThrow(/is no name of a table/);
});

test.each<[DatabaseCheckSpec, string]>([
  [
    { kind: 'row-count', name: 'x', table: 't', exactly: 1, atLeast: 1_000, tolerance: 0.1 },
    't: exactly 1 row, at least 1,000 rows, within 10 % of the last verified test',
  ],
  [
    { kind: 'newest-row', name: 'x', table: 't', column: 'c', withinMs: 14_400_000 },
    'the newest t.c at most 4 hours older than the recovery point',
  ],
  [{ kind: 'checksum', name: 'x', table: 't' }, 't: content as in the last verified test'],
  [{ kind: 'checksum', name: 'x', table: 't', expected: 'ab' }, 't: content with checksum ab'],
  [
    { kind: 'schema', name: 'x', tables: [{ name: 't' }], indexes: ['i', 'j'], extensions: ['e'], collation: 'C' },
    '1 table, 2 indexes, 1 extension, collation C; valid indexes, sequences ahead of their columns',
  ],
  [{ kind: 'query', name: 'x', sql: 'select secret', expected: '5' }, 'the query answers with the one expected value'],
])('%j is told as what it expects', (check, words) => {
  expect(expectedOf(check)).toBe(words);
});

test('the certificates of RDS are trusted unless others are given', () => {
  const ofRds = trustedCertificates(undefined);
  expect(ofRds.length).toBeGreaterThan(100);
  expect(trustedCertificates(`words before\n${ofRds[0]}\nand after\n${ofRds[1]}`)).toEqual(ofRds.slice(0, 2));
});

test.each(['', 'words', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])('fails for %j as certificates', (pem) => {
  expect(() => trustedCertificates(pem)).toThrow(/no certificate in PEM/);
});

test('what is wrong with a certificate is told apart from other errors', () => {
  const problem = (code: string) => certificateProblem(Object.assign(new Error('why'), { code }));
  expect(problem('CERT_HAS_EXPIRED')).toMatch(/not valid at this time/);
  expect(problem('ERR_TLS_CERT_ALTNAME_INVALID')).toMatch(/another host name/);
  expect(problem('SELF_SIGNED_CERT_IN_CHAIN')).toMatch(/not vouched for .*why/);
  expect([problem('ECONNREFUSED'), certificateProblem(undefined)]).toEqual([undefined, undefined]);
});

test('work is shared out, each item once, and the first error ends it', async () => {
  const done: string[] = [];
  await inParallel([1, 2, 3, 4, 5], ['a', 'b'], async (item, worker) => {
    await new Promise((resolve) => setTimeout(resolve, worker === 'a' ? 1 : 5));
    done.push(`${item}`);
  });
  expect(done.sort()).toEqual(['1', '2', '3', '4', '5']);
  const begun: number[] = [];
  const failing = inParallel([1, 2, 3, 4], ['a'], async (item) => {
    begun.push(item);
    throw new Error(`item ${item}`);
  });
  await expect(failing).rejects.toThrow('item 1');
  expect(begun).toEqual([1]);
});

test('the clock is that of Lambda, or of the longest function', () => {
  expect(lambdaClock({ getRemainingTimeInMillis: () => 5 }).remainingMs()).toBe(5);
  expect(lambdaClock(undefined).remainingMs()).toBe(900_000);
});
