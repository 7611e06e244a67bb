import type { PeerStatus, RunInput, SiteRegister } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA, TOKYO } from '../../model/recovery/sites';
import { FakeSite, NOW } from './fakes';
import { BEGUN, OSAKA_IS } from './two-sites';

const SINGAPORE = 'ap-southeast-1';
const FROM_TOKYO: RunInput = { kind: 'failover', id: 'run-1', by: 'a test', from: TOKYO };
const STEPS = ['begin', 'fence', 'measure', 'drain', ['promote', 'orders'], ['promote', 'carts'], ['scale', 'api'], 'verify'] as const;

const told = (site: string, more: Partial<PeerStatus> = {}): PeerStatus => ({ ...OSAKA_IS, site, role: 'active', ...more });

/** One of three sites that all serve, and what the two others say. */
function oneOfThree(own: string, others: Readonly<Record<string, PeerStatus | undefined>>, register: Partial<SiteRegister> = {}): FakeSite {
  const site = new FakeSite(own);
  const peers = Object.keys(others).map((name) => ({ site: name, agent: 'orders-agent' }));
  site.config = { ...site.config, strategy: { kind: 'multi-site', standbyCapacity: 1 }, peers, traffic: { kind: 'none' } };
  site.stored = { version: 1, register: { ...BEGUN, ...register } };
  site.statuses = others;
  return site;
}

const guarded = async (site: FakeSite) => {
  await site.call({ op: 'guard' });
  return site.register;
};

test('a site that was left is fenced by what a third one has heard of it', async () => {
  const site = oneOfThree(TOKYO, { [OSAKA]: undefined, [SINGAPORE]: told(SINGAPORE, { left: { [TOKYO]: 2 } }) });
  expect(await guarded(site)).toMatchObject({ role: 'fenced', fence: { epoch: 2, final: true } });
});

test('a site that has come back with a higher epoch is not fenced by old news', async () => {
  const site = oneOfThree(TOKYO, { [OSAKA]: told(OSAKA, { left: { [TOKYO]: 2 } }), [SINGAPORE]: undefined }, { epoch: 3, seen: 3 });
  expect(await guarded(site)).toMatchObject({ role: 'active' });
});

test('a site is not fenced by one that leaves a third, although that one had left it before', async () => {
  const run = { id: 'run-9', kind: 'failover', epoch: 7, stage: 'committed', peer: SINGAPORE } as const;
  const osaka = told(OSAKA, { epoch: 2, tookFrom: TOKYO, left: { [TOKYO]: 2 }, run });
  const site = oneOfThree(TOKYO, { [OSAKA]: osaka, [SINGAPORE]: undefined }, { epoch: 2, seen: 2 });
  expect(await guarded(site)).toMatchObject({ role: 'active' });
  site.statuses = { [OSAKA]: { ...osaka, run: { ...run, peer: TOKYO } } };
  expect(await guarded(site)).toMatchObject({ role: 'fenced', fence: { epoch: 7, final: false } });
});

test('what others have heard is kept, and told to a site that was left', async () => {
  const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO), [SINGAPORE]: told(SINGAPORE, { left: { [TOKYO]: 3 } }) });
  expect(await guarded(site)).toMatchObject({ role: 'active', left: { [TOKYO]: 3 } });
  expect(site.asked).toContainEqual(expect.objectContaining({ op: 'letGo', epoch: 3 }));
  expect(await site.call({ op: 'status', recovery: 'Orders', from: TOKYO })).toMatchObject({ left: { [TOKYO]: 3 } });
});

test('a takeover has an epoch above all that any site has told', async () => {
  const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO, { seen: 4 }), [SINGAPORE]: told(SINGAPORE, { left: { [TOKYO]: 11 } }) });
  await site.steps(FROM_TOKYO, ...STEPS, 'switch');
  expect(site.register.epoch).toBeGreaterThan(11);
  expect(site.register.left).toEqual({ [TOKYO]: site.register.epoch });
  expect(site.promotions[0]).toMatchObject({ from: TOKYO });
});

test.each([
  ['the same site', TOKYO, 'conclude'],
  ['this one', OSAKA, 'conclude'],
  ['another one', 'eu-west-1', 'takeOver'],
])('a failover while a third site takes over from %s', async (_, peer, way) => {
  const run = { id: 'run-9', kind: 'failover', epoch: 7, stage: 'committed', peer } as const;
  const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO), [SINGAPORE]: told(SINGAPORE, { run }) });
  expect(await site.step('begin', { run: FROM_TOKYO })).toMatchObject({ way });
});

test.each(['rebuild', 'failback'] as const)('fails to begin a %s where the site serves', async (kind) => {
  const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO), [SINGAPORE]: told(SINGAPORE) });
  expect(await site.step('begin', { run: { ...FROM_TOKYO, kind } })).toMatchObject({ way: 'conclude', words: 'this site is active' });
});

test('of two fenced sites that take over from each other, none confirms the other', async () => {
  const fence = { epoch: 2, by: SINGAPORE, sinceMs: NOW, was: 'active', final: true } as const;
  const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO, { role: 'fenced' }) }, { role: 'fenced', gate: 'closed', seen: 2, fence });
  await site.step('begin', { run: { ...FROM_TOKYO, acceptOldData: true } });
  expect(await site.call({ op: 'fencePeer', recovery: 'Orders', from: TOKYO, epoch: 20 })).toMatchObject({
    state: 'refused',
    words: "run 'run-1' is about to make this site active",
  });
});

test('a fence becomes final though a third site has lifted one of its own with a higher epoch', async () => {
  const fence = { epoch: 3, by: TOKYO, sinceMs: NOW, was: 'active', final: false } as const;
  const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO) }, { role: 'fenced', gate: 'closed', seen: 3, fence });
  site.config = { ...site.config, peers: [...site.config.peers, { site: SINGAPORE, agent: 'orders-agent' }] };
  await site.call({ op: 'unfence', recovery: 'Orders', from: SINGAPORE, epoch: 11 });
  await site.call({ op: 'letGo', recovery: 'Orders', from: TOKYO, epoch: 3 });
  expect(site.register).toMatchObject({ role: 'fenced', lifted: 11, fence: { epoch: 3, final: true } });
});

test('a fence that may be lifted does not become final by old news', async () => {
  const fence = { epoch: 7, by: OSAKA, sinceMs: NOW, was: 'active', final: false } as const;
  const others = { [OSAKA]: undefined, [SINGAPORE]: told(SINGAPORE, { left: { [TOKYO]: 2 } }) };
  const site = oneOfThree(TOKYO, others, { role: 'fenced', gate: 'closed', epoch: 6, seen: 7, fence });
  expect(await guarded(site)).toMatchObject({ fence: { epoch: 7, final: false } });
  await site.call({ op: 'letGo', recovery: 'Orders', from: SINGAPORE, epoch: 2 });
  expect(site.register).toMatchObject({ fence: { epoch: 7, final: false } });
});

test('what is as old as a fence is as old as the takeover that the fence came too late for', async () => {
  const site = new FakeSite(TOKYO);
  site.stored = { version: 1, register: BEGUN };
  site.status = told(OSAKA, { epoch: 1, seen: 1, activeSinceMs: NOW - 30 * MINUTE });
  await site.call({ op: 'guard' });
  expect(site.register.fence).toMatchObject({ sinceMs: NOW, apartMs: NOW - 30 * MINUTE });
  site.status = told(OSAKA, { role: 'fenced', epoch: 1, seen: 1 });
  site.nowMs += 10 * MINUTE;
  await site.steps({ kind: 'failover', id: 'run-2', by: 'a test', acceptOldData: true }, ...STEPS.slice(0, 3));
  expect(site.register.run?.steps['measure:orders'].facts).toEqual({ lagMs: 40 * MINUTE });
});

describe('a site that a third one has fenced', () => {
  const fence = { epoch: 3, by: SINGAPORE, sinceMs: NOW, was: 'active', final: false } as const;
  const others = { [TOKYO]: told(TOKYO), [SINGAPORE]: undefined };
  const begun = (run: Partial<RunInput>) =>
    oneOfThree(OSAKA, others, { role: 'fenced', gate: 'closed', seen: 3, fence }).step('begin', { run: { ...FROM_TOKYO, ...run } });

  test('fails to take over from another one than that, which nobody has asked', async () => {
    const words = `${SINGAPORE} has fenced this site and is not active yet: take over from that one`;
    expect(await begun({ acceptOldData: true })).toMatchObject({ way: 'conclude', words });
  });

  test('takes over from that one', async () => {
    expect(await begun({ acceptOldData: true, from: SINGAPORE })).toMatchObject({ way: 'takeOver' });
  });
});

test.each([
  ['not while it goes on', false, 'run-8', 'conclude'],
  ['once it has halted, by who gives up a run', true, 'run-8', 'takeOver'],
  ['not by who gives up none', true, undefined, 'conclude'],
])('what a third site has begun is passed over: %s', async (_, halted, abandon, way) => {
  const run = { id: 'run-9', kind: 'failover', epoch: 7, stage: 'committed', peer: TOKYO, ...(halted ? { halted } : {}) } as const;
  const given = { id: 'run-8', kind: 'failover', epoch: 4, stage: 'committed', peer: OSAKA } as const;
  const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO, { run: given }), [SINGAPORE]: told(SINGAPORE, { run }) });
  const input = { ...FROM_TOKYO, acceptOldData: true, ...(abandon === undefined ? {} : { abandon }) };
  expect(await site.step('begin', { run: input })).toMatchObject({ way });
});

test('a site tells that its run has halted', async () => {
  const input: RunInput = { kind: 'failover', id: 'run-9', by: 'a test' };
  const run = { input, stage: 'committed', epoch: 5, begunMs: NOW, leaseUntilMs: NOW, peer: TOKYO, steps: {}, problem: 'why' } as const;
  const site = oneOfThree(OSAKA, { [TOKYO]: undefined }, { run });
  expect(await site.call({ op: 'status', recovery: 'Orders', from: TOKYO })).toMatchObject({ run: { halted: true } });
  site.stored = { version: 1, register: { ...site.register, run: { ...run, leaseUntilMs: NOW + MINUTE } } };
  expect(await site.call({ op: 'status', recovery: 'Orders', from: TOKYO })).not.toHaveProperty('run.halted');
});

test('of two sites for which there is no way back the higher epoch goes on', async () => {
  const input: RunInput = { kind: 'failover', id: 'run-1', by: 'a test' };
  const run = { input, stage: 'committed', epoch: 1, begunMs: NOW, leaseUntilMs: NOW, peer: TOKYO, steps: {} } as const;
  const site = new FakeSite(OSAKA);
  site.stored = { version: 1, register: { ...BEGUN, role: 'standby', seen: 1, run } };
  const theirs = { id: 'run-2', kind: 'failover', epoch: 2, peer: OSAKA } as const;
  site.status = told(TOKYO, { role: 'standby', run: { ...theirs, stage: 'fencing' } });
  expect(await guarded(site)).toMatchObject({ role: 'standby', run: { stage: 'committed' } });
  site.status = told(TOKYO, { role: 'standby', run: { ...theirs, stage: 'committed' } });
  expect(await guarded(site)).toMatchObject({ role: 'fenced', fence: { epoch: 2, final: false }, run: { outcome: 'superseded' } });
});

describe('a site that is rebuilt', () => {
  const fence = { epoch: 1, by: SINGAPORE, sinceMs: NOW, was: 'active', final: true } as const;
  const REBUILD: RunInput = { kind: 'rebuild', id: 'run-1', by: 'a test', from: TOKYO };
  const rebuilt = async (status: Partial<PeerStatus>) => {
    const site = oneOfThree(OSAKA, { [TOKYO]: told(TOKYO, { epoch: 3 }) }, { role: 'fenced', gate: 'closed', epoch: 0, seen: 1, fence });
    await site.step('begin', { run: REBUILD });
    site.statuses = { [TOKYO]: told(TOKYO, { epoch: 3, ...status }) };
    return site;
  };

  test('comes back above the epoch with which a third one has left it since, and stays when that one tells it to let go', async () => {
    const site = await rebuilt({ left: { [OSAKA]: 4 } });
    await site.steps(REBUILD, ['rebuild', 'orders'], ['rebuild', 'carts'], 'join');
    expect(site.register).toMatchObject({ role: 'active', epoch: 4, lifted: 4 });
    await site.call({ op: 'letGo', recovery: 'Orders', from: TOKYO, epoch: 4 });
    expect(site.register).toMatchObject({ role: 'active' });
  });

  test('fails to follow one that was left itself', async () => {
    const site = await rebuilt({ role: 'fenced', left: { [TOKYO]: 5 } });
    expect(await site.step('rebuild', { run: REBUILD, item: 'orders' })).toMatchObject({
      state: 'failed',
      words: `${TOKYO} was left with epoch 5: rebuild from a site that is active, and 'abandon' this run`,
    });
  });
});

describe('a site that was fenced by one which was active since', () => {
  const fence = { epoch: 2, by: TOKYO, sinceMs: NOW - 30 * MINUTE, was: 'active', final: false } as const;
  const fenced = (status: Partial<PeerStatus> = {}) => {
    const site = new FakeSite(OSAKA);
    site.stored = { version: 1, register: { ...BEGUN, role: 'fenced', gate: 'closed', seen: 2, fence } };
    site.status = told(TOKYO, { epoch: 2, seen: 2, ...status });
    return site;
  };
  const run: RunInput = { kind: 'failover', id: 'run-1', by: 'a test' };

  test('fails over only where somebody accepts that its data is old, and counts that as lost', async () => {
    expect(await fenced().step('begin', { run })).toMatchObject({ words: expect.stringContaining('acceptOldData') });
    const site = fenced();
    await site.steps({ ...run, acceptOldData: true }, 'begin', 'fence', 'measure');
    expect(site.register.run?.steps['measure:orders'].facts).toEqual({ lagMs: 30 * MINUTE });
  });

  test('fails over as before where that one was not active', async () => {
    const site = fenced({ role: 'standby', epoch: 0 });
    await site.steps(run, 'begin', 'fence', 'measure');
    expect(site.register.run?.steps['measure:orders'].facts).toEqual({ lagMs: site.lagMs });
  });

  test('is not let out by its guard when that one is fenced itself', async () => {
    expect(await guarded(fenced({ role: 'fenced' }))).toMatchObject({ role: 'fenced' });
    expect(await guarded(fenced({ role: 'fenced', epoch: 0 }))).toMatchObject({ role: 'active' });
  });
});
