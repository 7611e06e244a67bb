import type { PeerAnswer } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA } from '../../model/recovery/sites';
import { NOW } from './fakes';
import { home, OSAKA_IS } from './two-sites';

const ASKED = { op: 'letGo', recovery: 'Orders', from: OSAKA, epoch: 1, sinceMs: NOW - 30 * MINUTE } as const;

test('a site that learns from another one that it was left keeps writers out at once, and says what is in no measured loss', async () => {
  const site = home();
  expect(await site.call(ASKED)).toMatchObject({ state: 'done' } satisfies Partial<PeerAnswer>);
  expect(site.register).toMatchObject({ role: 'fenced', gate: 'closed', fence: { final: true, apartMs: NOW - 30 * MINUTE } });
  expect(site.calls).toEqual(expect.arrayContaining(['close api', 'close orders']));
  expect(site.told).toMatchObject([
    {
      subject: expect.stringContaining('LATE'),
      text: expect.stringContaining(`since ${new Date(NOW - 30 * MINUTE).toISOString()} is not at`),
    },
  ]);
  await site.call(ASKED);
  expect(site.told).toHaveLength(1);
});

test('so does one whose own guard finds it out', async () => {
  const site = home();
  site.status = { ...OSAKA_IS, role: 'active', epoch: 1, activeSinceMs: NOW - MINUTE };
  await site.call({ op: 'guard' });
  await site.call({ op: 'guard' });
  expect(site.register).toMatchObject({ role: 'fenced', gate: 'closed' });
  expect(site.told).toHaveLength(1);
});

test('a site that was fenced before it was left says nothing', async () => {
  const site = home();
  await site.call({ op: 'fencePeer', recovery: 'Orders', from: OSAKA, epoch: 1 });
  await site.call(ASKED);
  expect(site.told).toEqual([]);
});

test('what says that traffic is here counts as seen until something else was published', async () => {
  const site = home({ epoch: 1, diverted: true, shown: true });
  site.publishError = new Error('throttled');
  await expect(site.call({ ...ASKED, epoch: 2 })).rejects.toThrow('throttled');
  expect(await site.call({ op: 'status', recovery: 'Orders', from: OSAKA })).toMatchObject({ role: 'fenced', diverted: true });
  site.publishError = undefined;
  site.status = { ...OSAKA_IS, role: 'active', epoch: 2 };
  await site.call({ op: 'guard' });
  expect(await site.call({ op: 'status', recovery: 'Orders', from: OSAKA })).toMatchObject({ role: 'fenced', diverted: false });
});
