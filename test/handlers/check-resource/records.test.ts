import { fitting } from '../../../lib/handlers/check-resource/object-record';

const records = Array.from({ length: 1_000 }, (_, n) => ({ key: `orders/表-${n}`, checksum: 'c'.repeat(64) }));
const sizeOf = (kept: readonly object[]) => Buffer.byteLength(JSON.stringify(kept));

test.each([
  [1, 16_000],
  [3, 16_000],
  [20, 2_400],
  [60, 800],
])('%s checks record as much as there is room for, %s bytes each', (checks, room) => {
  const kept = fitting(records, checks);
  expect(sizeOf(kept)).toBeLessThanOrEqual(room + 2);
  expect(sizeOf(kept)).toBeGreaterThan(room - 200);
});
