import { withinRoom } from '../../../lib/handlers/checks/within-room';
import type { CheckResult } from '../../../lib/model/verification';

const resultWith = (details: number, length: number): CheckResult => ({
  name: 'rows',
  kind: 'row-count',
  status: 'failed',
  expected: 'at least 1 row',
  found: 'none',
  durationMs: 1,
  ...(details > 0 ? { details: Array.from({ length: details }, () => 'x'.repeat(length)) } : {}),
});
const sizeOf = (results: readonly CheckResult[]) => Buffer.byteLength(JSON.stringify(results));

test('results that fit stay as they are', () => {
  const results = [resultWith(20, 100), resultWith(0, 0)];
  expect(withinRoom(results)).toEqual(results);
});

test.each([
  [40, 200, 8],
  [100, 100, 8],
  [200, 300, 1],
])('of %s results with 20 details of %s letters, each keeps some at most', (count, length, most) => {
  const results = withinRoom(Array.from({ length: count }, () => resultWith(20, length)));
  expect(results).toHaveLength(count);
  expect(sizeOf(results)).toBeLessThanOrEqual(100_000);
  for (const { status, details = [] } of results) {
    expect(status).toBe('failed');
    expect(details.length).toBeLessThanOrEqual(most);
    expect(details.at(-1) ?? 'and 20 more').toMatch(/^and \d+ more$/);
  }
});

test('a single result is cut where its words are long, in bytes and not in letters', () => {
  const [result] = withinRoom([{ ...resultWith(0, 0), found: '表'.repeat(60_000), details: ['y'.repeat(9_000)] }]);
  expect(result.found).toHaveLength(500);
  expect(result.details?.[0]).toHaveLength(500);
});
