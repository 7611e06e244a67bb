import type { PeerAnswer, PeerStatus, RunInput } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA, TOKYO } from '../../model/recovery/sites';
import { FAILOVER, FakeSite, NOW } from './fakes';
import { BEGUN, home, OSAKA_IS } from './two-sites';

const from = { recovery: 'Orders', from: OSAKA } as const;
const peer = (more: Partial<PeerStatus>): PeerStatus => ({ ...OSAKA_IS, ...more });

const fence = (site: FakeSite, epoch = 1) => site.call({ op: 'fencePeer', ...from, epoch }) as Promise<PeerAnswer>;

describe('the agent of a site that is left', () => {
  test('closes everything, remembers how much ran, and says when it is done', async () => {
    const site = home();
    site.progress['close orders'] = { state: 'pending', words: 'restarting' };
    expect(await fence(site)).toEqual({ state: 'pending', words: 'restarting' });
    expect(site.register).toMatchObject({
      role: 'fenced',
      gate: 'closing',
      counts: { api: 8 },
      fence: { epoch: 1, was: 'active', final: false },
    });
    delete site.progress['close orders'];
    expect(await fence(site)).toEqual({ state: 'done', words: 'the site is closed' });
    expect(site.register.gate).toBe('closed');
  });

  test('is again what it was when the run does not go on', async () => {
    const site = home();
    await fence(site);
    expect(await site.call({ op: 'unfence', ...from, epoch: 1 })).toMatchObject({ state: 'done' });
    expect(site.register).toMatchObject({ role: 'active', gate: 'open', lifted: 1 });
    expect(site.calls).toContain('open api 8');
    await site.call({ op: 'guard' });
    expect(site.register.counts).toEqual({ api: 8 });
    site.nowMs += 16 * MINUTE;
    await site.call({ op: 'guard' });
    expect(site.register.counts).toBeUndefined();
  });

  test('refuses a fence that comes after it was lifted', async () => {
    const site = home();
    await site.call({ op: 'unfence', ...from, epoch: 3 });
    expect(await fence(site, 3)).toMatchObject({ state: 'refused', words: 'the fence of epoch 3 was lifted before it came' });
    expect(site.register.role).toBe('active');
  });

  test('refuses a fence of an epoch below its own, and one while it takes over itself', async () => {
    expect(await fence(home({ epoch: 2, seen: 2 }), 1)).toMatchObject({ state: 'refused' });
    const site = home({ role: 'standby' });
    site.status = peer({ role: 'active' });
    await site.step('begin', { run: FAILOVER });
    expect(await fence(site, 9)).toMatchObject({ state: 'refused', words: "run 'run-1' is about to make this site active" });
  });

  test('lets go: it stays fenced, and cannot be let out any more', async () => {
    const site = home({ reclaimed: true });
    await fence(site);
    expect(await site.call({ op: 'letGo', ...from, epoch: 1 })).toMatchObject({ state: 'done' });
    expect(site.register).toMatchObject({ role: 'fenced', reclaimed: false, fence: { final: true } });
    expect(site.published.at(-1)).toEqual({ TrafficReclaimed: 0 });
    expect(await site.call({ op: 'unfence', ...from, epoch: 1 })).toMatchObject({ state: 'refused' });
  });

  test('does not let go for an epoch below its own', async () => {
    expect(await home({ epoch: 4, seen: 4 }).call({ op: 'letGo', ...from, epoch: 1 })).toMatchObject({ state: 'refused' });
  });

  test('does not fall back when it is told to let go once more after it was rebuilt', async () => {
    const site = home({ role: 'standby', lifted: 1, seen: 1 });
    await site.call({ op: 'letGo', ...from, epoch: 1 });
    expect(site.register.role).toBe('standby');
  });

  test.each([
    ['another recovery', { recovery: 'Other', from: OSAKA }],
    ['a site that nobody knows', { recovery: 'Orders', from: 'eu-west-1' }],
  ])('fails when %s asks', async (_, who) => {
    await expect(home().call({ op: 'status', ...who })).rejects.toThrow('is no site that this one knows');
  });

  test('fails when nobody knows what is asked for', async () => {
    await expect(home().call({ op: 'banana' } as never)).rejects.toThrow('nobody here knows');
  });

  test('starts its experiment by the name of the run, and stops the one that it is told', async () => {
    const site = home();
    site.status = peer({ run: { id: 'drill-1', kind: 'failover', epoch: 1, stage: 'begun', drill: true } });
    expect(await site.call({ op: 'startExperiment', ...from, runId: 'drill-1' })).toMatchObject({ state: 'refused' });
    site.config = { ...site.config, drill: { experimentTemplate: 'EXT1', holdMs: 0 } };
    expect(await site.call({ op: 'startExperiment', ...from, runId: 'drill-1' })).toMatchObject({ facts: { experiment: 'EXP1' } });
    await site.call({ op: 'stopExperiment', ...from, experiment: 'EXP1' });
    expect(site.calls).toEqual(['start EXT1 drill-1', 'stop EXP1']);
  });

  test('starts its machine, and tells what its data is', async () => {
    const site = home();
    const run: RunInput = { kind: 'rebuild', id: 'r', by: 'x' };
    await site.call({ op: 'start', ...from, run });
    expect(site.startedRuns).toEqual([{ name: 'r', run: { ...run, from: OSAKA } }]);
    expect(await site.call({ op: 'describe', ...from, item: 'orders', epoch: 1 })).toMatchObject({ facts: { arn: 'arn:orders' } });
    await expect(site.call({ op: 'describe', ...from, item: 'nothing', epoch: 1 })).rejects.toThrow("nothing called 'nothing'");
  });
});

describe('the guard', () => {
  const guard = (site: FakeSite) => site.call({ op: 'guard' });

  test('says that it has looked, and what the latch says', async () => {
    const site = home();
    await guard(site);
    expect(site.published).toEqual([{ TrafficReclaimed: 0, SiteGuarded: 1, SiteConflict: 0 }]);
    const osaka = new FakeSite(OSAKA);
    osaka.stored = { version: 1, register: { ...BEGUN, epoch: 1, diverted: true } };
    osaka.status = peer({ site: TOKYO, role: 'fenced' });
    await guard(osaka);
    expect(osaka.published).toEqual([{ TrafficDiverted: 1, SiteGuarded: 1, SiteConflict: 0 }]);
  });

  test('fences its own site when another one is active with a higher epoch', async () => {
    const site = home();
    site.status = peer({ role: 'active', epoch: 1, seen: 1 });
    await guard(site);
    expect(site.register).toMatchObject({ role: 'fenced', gate: 'closed', fence: { epoch: 1, final: true } });
    expect(site.calls).toEqual(expect.arrayContaining(['close api', 'close orders']));
    expect(site.published.at(-1)).toMatchObject({ SiteConflict: 1 });
  });

  test('fences its own site as soon as another one has begun to promote', async () => {
    const site = home();
    site.status = peer({ seen: 1, run: { id: 'r', kind: 'failover', epoch: 1, stage: 'committed' } });
    await guard(site);
    expect(site.register).toMatchObject({ role: 'fenced', fence: { epoch: 1, final: false } });
  });

  test('gives up what it has promoted and never got traffic for, when another site has taken over since', async () => {
    const site = new FakeSite(OSAKA);
    await site.steps(FAILOVER, 'begin', 'fence', ['promote', 'orders'], 'conclude');
    expect(site.register).toMatchObject({ role: 'standby', run: { stage: 'committed' } });
    site.status = peer({ site: TOKYO, role: 'active', epoch: 4 });
    await guard(site);
    expect(site.register).toMatchObject({
      role: 'fenced',
      gate: 'closed',
      fence: { epoch: 4, final: true },
      run: { outcome: 'superseded' },
    });
  });

  test('changes nothing while the other site cannot be reached', async () => {
    const site = home({ role: 'fenced', gate: 'closed', fence: { epoch: 1, by: OSAKA, sinceMs: NOW, was: 'active', final: false } });
    site.status = undefined;
    await guard(site);
    expect(site.register.role).toBe('fenced');
  });

  test('lifts a fence whose run is over', async () => {
    const site = home({
      role: 'fenced',
      gate: 'closed',
      counts: { api: 8 },
      fence: { epoch: 1, by: OSAKA, sinceMs: NOW, was: 'active', final: false },
    });
    site.status = peer({ seen: 1, run: { id: 'r', kind: 'failover', epoch: 1, stage: 'undoing' } });
    await guard(site);
    expect(site.register.role).toBe('fenced');
    site.status = peer({ seen: 1, run: { id: 'r', kind: 'failover', epoch: 1, stage: 'concluded' } });
    await guard(site);
    expect(site.register).toMatchObject({ role: 'active', gate: 'open', lifted: 1 });
  });

  test('lets the other one know that it is active no more', async () => {
    const site = home({ epoch: 2, seen: 2 });
    site.status = peer({ role: 'active', epoch: 1 });
    await guard(site);
    expect(site.asked.at(-1)).toMatchObject({ op: 'letGo', epoch: 2 });
    expect(site.published.at(-1)).toMatchObject({ SiteConflict: 1 });
  });

  test('rests the latch of home once the other site has held nothing for three minutes', async () => {
    const site = home({ epoch: 2, seen: 2, reclaimed: true });
    site.status = peer({ role: 'fenced', diverted: true });
    await guard(site);
    expect(site.register.reclaimed).toBe(true);
    const held: boolean[] = [];
    for (const diverted of [false, false, true, false, false, false, false]) {
      site.status = peer({ role: 'fenced', diverted });
      await guard(site);
      held.push(site.register.reclaimed);
      site.nowMs += MINUTE;
    }
    expect(held).toEqual([true, true, true, true, true, true, false]);
  });

  test('takes a run further that nobody does, but not one that has halted', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, 'begin', 'fence');
    site.nowMs += 16 * MINUTE;
    await guard(site);
    expect(site.startedRuns).toMatchObject([{ run: FAILOVER }]);
    await site.steps(FAILOVER, ['promote', 'orders'], 'conclude');
    site.nowMs += 16 * MINUTE;
    await guard(site);
    expect(site.startedRuns).toHaveLength(1);
    expect(site.published).toContainEqual({ RecoveryRunFailed: 1 });
  });

  test('publishes the latch even where it fails itself', async () => {
    const site = home({ role: 'fenced', gate: 'closing' });
    site.errors['close api'] = new Error('denied');
    await expect(guard(site)).rejects.toThrow('denied');
    expect(site.published).toHaveLength(1);
  });

  test('where all sites are active, one that was left gives way, and a third does not', async () => {
    const site = home();
    site.config = { ...site.config, strategy: { kind: 'multi-site', standbyCapacity: 1 } };
    site.status = peer({ role: 'active', epoch: 1, tookFrom: 'us-east-1' });
    await guard(site);
    expect(site.stored?.register.role).toBe('active');
    site.status = peer({ role: 'active', epoch: 1, tookFrom: TOKYO });
    await guard(site);
    expect(site.register.role).toBe('fenced');
  });
});

describe('a rebuild', () => {
  const run: RunInput = { kind: 'rebuild', id: 'rebuild-1', by: 'a test' };
  const left = (): FakeSite => {
    const site = home({
      role: 'fenced',
      gate: 'closed',
      counts: { api: 8 },
      seen: 1,
      fence: { epoch: 1, by: OSAKA, sinceMs: NOW - MINUTE, was: 'active', final: true },
    });
    site.status = peer({ role: 'active', epoch: 1, seen: 1, diverted: true });
    return site;
  };

  test('makes data follow the active site, and the site a standby with as much as a standby has', async () => {
    const site = left();
    expect(await site.steps(run, 'begin')).toMatchObject({ way: 'rebuild' });
    await site.steps(run, ['rebuild', 'orders'], ['rebuild', 'carts'], 'join', ['standBy', 'api']);
    expect(await site.step('conclude', { run })).toMatchObject({ outcome: 'completed' });
    expect(site.register).toMatchObject({ role: 'standby', gate: 'open', lifted: 1 });
    expect(site.calls).toEqual(expect.arrayContaining([`follow orders arn:source ${OSAKA} 1`, 'open api 2', 'scale api 2 exactly']));
  });

  test('waits while the active site is not to be seen, and halts where it cannot go on', async () => {
    const site = left();
    await site.steps(run, 'begin');
    site.status = undefined;
    expect(await site.steps(run, ['rebuild', 'orders'])).toMatchObject({ state: 'pending' });
    expect(await site.steps(run, 'undo', 'conclude')).toMatchObject({ outcome: 'halted' });
    expect(site.register.role).toBe('fenced');
  });

  test('goes on as a failback: the same run then takes the traffic', async () => {
    const failback: RunInput = { ...run, kind: 'failback' };
    const site = left();
    await site.steps(
      failback,
      'begin',
      ['rebuild', 'orders'],
      ['rebuild', 'carts'],
      'join',
      ['standBy', 'api'],
      'inject',
      'fence',
      'measure',
      'drain',
    );
    await site.steps(failback, ['promote', 'orders'], ['promote', 'carts'], ['scale', 'api'], 'verify', 'switch');
    expect(site.register).toMatchObject({ role: 'active', epoch: 2, reclaimed: true });
    expect(site.calls).toContain('promote orders lossless');
  });

  test('does not let a switchover or a failover take data that follows nobody', async () => {
    expect(await left().steps({ ...run, kind: 'switchover' }, 'begin')).toMatchObject({
      state: 'failed',
      words: expect.stringMatching(/rebuilt first/),
    });
    expect(await left().steps({ ...run, kind: 'failover' }, 'begin')).toMatchObject({
      state: 'failed',
      words: expect.stringMatching(/acceptOldData/),
    });
    const site = left();
    const old: RunInput = { ...run, kind: 'failover', acceptOldData: true };
    await site.steps(old, 'begin', 'fence', 'measure');
    expect(site.register.run?.steps['measure:orders'].facts).toEqual({ lagMs: MINUTE });
  });
});

describe('a rehearsal', () => {
  const run: RunInput = { kind: 'rehearsal', id: 'drill-1', by: 'the schedule', drill: true };

  test('restores, looks and cleans up, and changes nothing else', async () => {
    const site = new FakeSite();
    expect(await site.steps(run, 'begin')).toMatchObject({ way: 'rehearse' });
    await site.steps(run, ['rehearse', 'orders'], ['rehearse', 'carts'], ['tidy', 'orders'], ['tidy', 'carts']);
    expect(await site.step('conclude', { run })).toMatchObject({ outcome: 'completed' });
    expect(site.calls).toEqual(['rehearse orders', 'rehearse carts', 'tidy orders', 'tidy carts']);
    expect(site.asked).toEqual([]);
    expect(site.register.role).toBe('standby');
  });

  test('has failed when a restore has, and cleans up all the same', async () => {
    const site = new FakeSite();
    site.progress['rehearse orders'] = { state: 'failed', words: 'no recovery point' };
    await site.steps(run, 'begin', ['rehearse', 'orders'], ['rehearse', 'carts'], ['tidy', 'orders'], ['tidy', 'carts']);
    expect(await site.step('conclude', { run })).toMatchObject({ outcome: 'failed', words: 'failed: rehearse:orders: no recovery point' });
    expect(site.calls).toContain('tidy orders');
  });

  test('is asked again where a check could not look, and has failed where one has', async () => {
    const checks = { kind: 'checks', name: 'rows', data: 'orders', functionArn: 'arn', checks: [], resourceType: 'RDS' } as const;
    const site = new FakeSite(OSAKA, { probes: [checks] });
    site.progress['probe rows'] = { state: 'pending', words: 'could not look' };
    expect(await site.steps(run, 'begin', ['rehearse', 'orders'])).toEqual({ state: 'pending', words: 'rows: could not look' });
    site.progress['probe rows'] = { state: 'failed', words: '3 rows' };
    expect(await site.steps(run, ['rehearse', 'orders'])).toEqual({ state: 'failed', words: 'rows: 3 rows' });
  });

  test('is about no other site, so that it runs with whatever number of them', async () => {
    const peers = [TOKYO, 'us-east-1'].map((name) => ({ site: name, agent: 'orders-agent' }));
    const site = new FakeSite(OSAKA, { peers });
    expect(await site.steps(run, 'begin')).toMatchObject({ way: 'rehearse' });
    await expect(new FakeSite(OSAKA, { peers }).steps(FAILOVER, 'begin')).rejects.toThrow(
      "'from' has to say which site the traffic leaves",
    );
  });

  test('has failed when it was broken off', async () => {
    const site = new FakeSite();
    site.progress['rehearse orders'] = { state: 'pending', words: 'restoring' };
    await site.steps(run, 'begin', ['rehearse', 'orders'], ['rehearse', 'carts'], ['tidy', 'carts']);
    await site.step('tidy', { run, item: 'orders', failure: { Error: 'States.Timeout' } });
    expect(await site.step('conclude', { run })).toMatchObject({
      outcome: 'failed',
      words: 'failed: rehearse:orders: restoring; States.Timeout',
    });
  });
});
