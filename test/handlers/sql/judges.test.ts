import { judgeAnswer } from '../../../lib/handlers/sql/judge-answer';
import { checksumOf, judgeChecksum } from '../../../lib/handlers/sql/judge-checksum';
import { judgeNewest, momentOf } from '../../../lib/handlers/sql/judge-newest';
import { judgeRows } from '../../../lib/handlers/sql/judge-rows';
import { judgeSample } from '../../../lib/handlers/sql/judge-sample';
import type { CountExpectation } from '../../../lib/model/verification';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a number of rows', () => {
  test.each<[number, CountExpectation, unknown, 'passed' | 'failed']>([
    [10, { atLeast: 10 }, undefined, 'passed'],
    [9, { atLeast: 10 }, undefined, 'failed'],
    [10, { exactly: 10 }, undefined, 'passed'],
    [11, { exactly: 10 }, undefined, 'failed'],
    [0, { exactly: 0 }, undefined, 'passed'],
    [0, {}, undefined, 'failed'],
    [1, {}, undefined, 'passed'],
    [0, { tolerance: 1 }, undefined, 'failed'],
    [0, { tolerance: 1 }, { count: 10 }, 'failed'],
    [0, { tolerance: 1 }, { count: 0 }, 'passed'],
    [7, { tolerance: 0 }, undefined, 'passed'],
    [7, { tolerance: 0 }, { count: 7 }, 'passed'],
    [8, { tolerance: 0 }, { count: 7 }, 'failed'],
    [990, { tolerance: 0.01 }, { count: 1_000 }, 'passed'],
    [989, { tolerance: 0.01 }, { count: 1_000 }, 'failed'],
    [1_010, { tolerance: 0.01 }, { count: 1_000 }, 'passed'],
    [1_011, { tolerance: 0.01 }, { count: 1_000 }, 'failed'],
    [5, { tolerance: 0.5 }, { count: 0 }, 'failed'],
    [990, { tolerance: 0.01, atLeast: 995 }, { count: 1_000 }, 'failed'],
    [990, { atLeast: 1 }, { count: 1_000_000 }, 'passed'],
  ])('of %d, for %j after %j: %s, and is what the next test compares with', (count, expectation, baseline, status) => {
    expect(judgeRows('orders', count, expectation, baseline)).toMatchObject({ status, baseline: { count } });
  });

  test('is told with what it was', () => {
    expect(judgeRows('orders', 9_412, { tolerance: 0.05, atLeast: 10_000 }, { count: 10_000 })).toMatchObject({
      expected: 'orders: at least 10,000 rows, within 5 % of the last verified test',
      found: 'orders: 9,412 rows, 10,000 rows in the last verified test (-5.88 %)',
    });
  });

  test.each<[CountExpectation, unknown]>([
    [{ tolerance: 0.1 }, { count: 'many' }],
    [{ tolerance: 0.1 }, {}],
    [{ atLeast: Number.NaN }, undefined],
    [{ exactly: -1 }, undefined],
    [{ atLeast: '10' as unknown as number }, undefined],
  ])('fails to be judged by %j after %j', (expectation, baseline) => {
    expect(() => judgeRows('orders', 10, expectation, baseline)).toThrow(/is no number|holds no count/);
  });
});

describe('the newest row', () => {
  const check = { kind: 'newest-row', name: 'n', table: 'orders', column: 'at', withinMs: HOUR } as const;
  const pointMs = Date.UTC(2026, 0, 2);

  test.each<[number, 'passed' | 'failed', RegExp]>([
    [0, 'passed', /0 seconds older than/],
    [HOUR, 'passed', /1 hour older than the recovery point$/],
    [HOUR + 1, 'failed', /2026-01-01T22:59:59Z, 1 hour older/],
    [-5 * MINUTE, 'passed', /as young as/],
    [-5 * MINUTE - 1, 'failed', /5 minutes younger than the recovery point of 2026-01-02T00:00:00Z, which cannot be/],
    [25 * HOUR + 3 * MINUTE, 'failed', /1 day 1 hour older/],
  ])('that is %d ms older than the recovery point has %s', (ageMs, status, found) => {
    expect(judgeNewest(pointMs - ageMs, check, pointMs)).toMatchObject({
      status,
      found: expect.stringMatching(found),
      newestMs: pointMs - ageMs,
    });
  });

  test('fails where there is none', () => {
    expect(judgeNewest(undefined, check, pointMs)).toEqual({ status: 'failed', found: 'orders.at has no value' });
  });

  test.each([
    [Number.NaN, pointMs, HOUR],
    [pointMs, undefined as unknown as number, HOUR],
    [pointMs, pointMs, undefined as unknown as number],
  ])('fails to be judged without numbers: %s, %s, %s', (newestMs, recoveryPointMs, withinMs) => {
    expect(() => judgeNewest(newestMs, { ...check, withinMs }, recoveryPointMs)).toThrow();
  });

  test('counts seconds or milliseconds', () => {
    expect([momentOf(1_767_312_000), momentOf(1_767_312_000_000)]).toEqual([1_767_312_000_000, 1_767_312_000_000]);
  });
});

describe('the answer of a query', () => {
  test.each([
    [{ rows: 1, columns: 1, value: '5' }, '5', 'passed', 'the expected value'],
    [{ rows: 1, columns: 1, value: 'hunter2' }, '5', 'failed', 'another value, of 7 characters'],
    [{ rows: 1, columns: 1, value: '5 ' }, '5', 'failed', 'another value, of 2 characters'],
    [{ rows: 1, columns: 1, value: null }, 'null', 'failed', 'the query answers with null'],
    [{ rows: 0, columns: 1, value: null }, '', 'failed', 'the query answers with 0 rows of 1 column, not with one value'],
    [{ rows: 2, columns: 1, value: '5' }, '5', 'failed', 'the query answers with 2 rows of 1 column, not with one value'],
    [{ rows: 1, columns: 2, value: '5' }, '5', 'failed', 'the query answers with 1 row of 2 columns, not with one value'],
  ])('%j for %j has %s', (answer, expected, status, found) => {
    expect(judgeAnswer(answer, expected)).toEqual({ status, found });
  });

  test('fails to be judged by no text', () => {
    expect(() => judgeAnswer({ rows: 1, columns: 1, value: '5' }, 5 as unknown as string)).toThrow(/no text/);
  });
});

describe('a checksum', () => {
  const content = { count: 3, sums: ['1', '-2'] };
  const check = { kind: 'checksum', name: 'c', table: 'orders' } as const;
  const checksum = checksumOf('m', content);

  test('depends on the way it was made, on the number of rows and on every sum', () => {
    const others = [checksumOf('n', content), checksumOf('m', { ...content, count: 4 }), checksumOf('m', { ...content, sums: ['1', '2'] })];
    expect(new Set([checksum, ...others]).size).toBe(4);
    expect(checksum).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<[string | undefined, unknown, string]>([
    [undefined, undefined, 'passed'],
    [undefined, { checksum }, 'passed'],
    [undefined, { checksum: 'other' }, 'failed'],
    [checksum, { checksum: 'other' }, 'passed'],
    ['other', { checksum }, 'failed'],
  ])('expected %s after %j: %s, and is recorded', (expected, baseline, status) => {
    expect(judgeChecksum('m', content, { ...check, expected }, baseline)).toMatchObject({ status, baseline: { checksum, count: 3 } });
  });

  test('fails to be judged by a baseline without one', () => {
    expect(() => judgeChecksum('m', content, check, { count: 3 })).toThrow(/holds no checksum/);
  });
});

describe('samples', () => {
  test('pass with rows, and fail without rows or with missing values', () => {
    expect(judgeSample([{ table: 'a', rows: 5, missing: { x: 0 } }])).toEqual({ status: 'passed', found: '5 rows of 1 table read' });
    expect(
      judgeSample([
        { table: 'a', rows: 5, missing: { x: 1, y: 0 } },
        { table: 'b', rows: 0, missing: {} },
      ]),
    ).toEqual({
      status: 'failed',
      found: '5 rows of 2 tables read; a.x has no value in 1 row',
      details: ['a.x has no value in 1 row', 'b has no rows'],
    });
    expect(() => judgeSample([])).toThrow(/names no tables/);
  });
});
