import type { RunInput, SiteRegister } from '../../../lib/model/recovery';
import { HOUR, MINUTE, SECOND } from '../../../lib/model/time';
import { OSAKA } from '../../model/recovery/sites';
import { type FakeSite, NOW } from './fakes';
import { home, OSAKA_IS, type Steps, TAKE_OVER } from './two-sites';

const REBUILD: RunInput = { kind: 'rebuild', id: 'rebuild-1', by: 'a test' };
const FAILBACK: RunInput = { kind: 'failback', id: 'failback-1', by: 'a test' };
const TO_JOINED: Steps = ['begin', ['rebuild', 'orders'], ['rebuild', 'carts'], 'join', ['standBy', 'api']];
const CLOSING_MS = 20 * SECOND;

/** Tokyo, where all goes on although Osaka has begun to take over at `NOW`; its guard looks after `afterMs`, and closing takes its time. */
async function late(afterMs: number, register: Partial<SiteRegister> = {}): Promise<FakeSite> {
  const site = home({ lookedMs: NOW, ...register });
  site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1, activeSinceMs: NOW };
  site.nowMs = NOW + afterMs;
  site.progress['close orders'] = { state: 'pending', words: 'closing' };
  await site.call({ op: 'guard' });
  site.progress = {};
  site.nowMs += CLOSING_MS;
  await site.call({ op: 'guard' });
  return site;
}

const recorded = (site: FakeSite) => site.kept.map(({ measured }) => measured.recoveryPoint.ms);

describe('what a site has taken after another one had taken over', () => {
  test.each<[string, number, Partial<SiteRegister>, number]>([
    ['until it is closed, where its guard looked all the time', 40 * SECOND, {}, 60],
    ['from when the other one began, where that was seen late', 3 * MINUTE, { lookedMs: NOW + 2 * MINUTE }, 200],
    ['for a minute before its guard looked again, where it was away', 3 * HOUR, { lookedMs: NOW - MINUTE }, 80],
    ['before it went away too, where it goes away later', 3 * HOUR, { lookedMs: NOW + 5 * MINUTE }, 380],
    ['all the time, where nobody knows when it was away', 3 * HOUR, { lookedMs: undefined }, 10_820],
  ])('counts %s', async (_, afterMs, register, seconds) => {
    const site = await late(afterMs, register);
    expect(site.register).toMatchObject({ role: 'fenced', gate: 'closed', late: { by: OSAKA, sinceMs: NOW } });
    await site.steps(REBUILD, ...TO_JOINED, 'conclude');
    expect(site.register.run?.steps.join).toMatchObject({
      facts: { lateMs: seconds * SECOND },
      words: expect.stringMatching(
        new RegExp(`writes of at most ${seconds} s here, after ${OSAKA} had taken over, .*kept copy: orders-before-1$`),
      ),
    });
    expect(recorded(site)).toEqual([seconds * SECOND]);
    expect(site.published).toContainEqual(expect.objectContaining({ AchievedRecoveryPoint: seconds }));
  });

  test('is counted by the first run that has the site follow, and by no other', async () => {
    const site = await late(40 * SECOND);
    await site.steps(REBUILD, ...TO_JOINED, 'conclude');
    await site.steps(FAILBACK, ...TO_JOINED, ...TAKE_OVER.slice(1), 'conclude');
    expect(recorded(site)).toEqual([60 * SECOND, 0]);
  });

  test('is in the record of a failback too, where that comes first', async () => {
    const site = await late(40 * SECOND);
    await site.steps(FAILBACK, ...TO_JOINED, ...TAKE_OVER.slice(1), 'conclude');
    expect(recorded(site)).toEqual([60 * SECOND]);
  });

  test('is counted where the run dies right after it has joined', async () => {
    const site = await late(40 * SECOND);
    await site.steps(REBUILD, ...TO_JOINED.slice(0, 3));
    site.errors['open orders'] = new Error('killed');
    await expect(site.steps(REBUILD, 'join')).rejects.toThrow('killed');
    site.errors = {};
    await site.steps(REBUILD, ...TO_JOINED.slice(3), 'conclude');
    expect(recorded(site)).toEqual([60 * SECOND]);
  });

  test('counts from when data began to change sides, where the other one is not active yet', async () => {
    const site = home();
    const run = { id: 'run-1', kind: 'failover', epoch: 1, stage: 'committed', begunMs: NOW - 5 * MINUTE } as const;
    site.status = { ...OSAKA_IS, seen: 1, run };
    await site.call({ op: 'guard' });
    site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1, activeSinceMs: run.begunMs };
    await site.call({ op: 'guard' });
    expect(site.register.late).toMatchObject({ sinceMs: NOW - 5 * MINUTE, untilMs: NOW });
  });
});

test('the guard of an active site remembers when it has looked, and only then', async () => {
  const site = home();
  await site.call({ op: 'guard' });
  expect(site.register.lookedMs).toBe(NOW);
  site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1, activeSinceMs: NOW };
  site.nowMs += HOUR;
  await site.call({ op: 'guard' });
  expect(site.register).toMatchObject({ role: 'fenced', lookedMs: NOW });
});

test('a site that is fenced before it is left has taken nothing, whatever it had the time before', async () => {
  const site = home({ late: { by: OSAKA, epoch: 1, sinceMs: NOW, silentMs: 0 } });
  await site.call({ op: 'fencePeer', recovery: 'Orders', from: OSAKA, epoch: 1 });
  await site.call({ op: 'letGo', recovery: 'Orders', from: OSAKA, epoch: 1, sinceMs: NOW });
  expect(site.register).toMatchObject({ role: 'fenced', fence: { final: true } });
  expect(site.register.late).toBeUndefined();
});
