import type { RunInput } from '../../../lib/model/recovery';
import { DAY, HOUR } from '../../../lib/model/time';
import { OSAKA } from '../../model/recovery/sites';
import { FakeSite, NOW } from './fakes';

const REHEARSAL: RunInput = { kind: 'rehearsal', id: 'drill-1', by: 'drill', drill: true };
const drill = { holdMs: 0, sinceMs: NOW - 100 * DAY };
const ageOf = (site: FakeSite) =>
  site.published.flatMap((values) => ('RecoveryDrillAge' in values ? [values.RecoveryDrillAge] : [])).at(-1);

test('the guard tells how long no drill has come to a good end, from when the site was made', async () => {
  const site = new FakeSite(OSAKA, { drill });
  await site.call({ op: 'guard' });
  expect(ageOf(site)).toBe((100 * DAY) / 1_000);
});

test('a drill that is completed counts from its end', async () => {
  const site = new FakeSite(OSAKA, { drill });
  await site.steps(REHEARSAL, 'begin', ['rehearse', 'orders'], ['rehearse', 'carts'], ['tidy', 'orders'], ['tidy', 'carts']);
  expect(await site.step('conclude', { run: REHEARSAL })).toMatchObject({ outcome: 'completed' });
  site.nowMs += HOUR;
  await site.call({ op: 'guard' });
  expect(ageOf(site)).toBe(3_600);
});

test('a drill that has failed counts for nothing', async () => {
  const site = new FakeSite(OSAKA, { drill });
  site.progress['rehearse orders'] = { state: 'failed', words: 'empty' };
  await site.steps(REHEARSAL, 'begin', ['rehearse', 'orders'], ['tidy', 'orders']);
  expect(await site.step('conclude', { run: REHEARSAL })).toMatchObject({ outcome: 'failed' });
  await site.call({ op: 'guard' });
  expect(ageOf(site)).toBe((100 * DAY) / 1_000);
});

test('a drill of which something may be left, because nobody has said that it was cleaned up, has failed', async () => {
  const site = new FakeSite(OSAKA, { drill });
  await site.steps(REHEARSAL, 'begin', ['rehearse', 'orders'], ['rehearse', 'carts'], ['tidy', 'carts']);
  expect(await site.step('conclude', { run: REHEARSAL })).toMatchObject({
    outcome: 'failed',
    words: 'failed: tidy:orders: what was made of orders may be left',
  });
});

test('a site without drills tells of none', async () => {
  const site = new FakeSite(OSAKA);
  await site.call({ op: 'guard' });
  expect(ageOf(site)).toBeUndefined();
});
