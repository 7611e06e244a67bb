import type { PeerRequest, PeerStatus, RunInput } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA, TOKYO } from '../../model/recovery/sites';
import { FAILOVER, FakeSite, NOW } from './fakes';
import { home, OSAKA_IS, SWITCHOVER, TO_VERIFIED } from './two-sites';

const from = { recovery: 'Orders', from: OSAKA } as const;

describe('another site', () => {
  test.each([
    ['a failover', { kind: 'failover', id: 'x', by: 'y' }],
    ['a switchover', { kind: 'switchover', id: 'x', by: 'y' }],
    ['a run without a proper name', { kind: 'rebuild', id: 'a b', by: 'y' }],
    ['nothing', undefined],
  ])('fails to start %s here', async (_, run) => {
    const site = home();
    expect(await site.call({ op: 'start', ...from, run: run as RunInput })).toMatchObject({ state: 'refused' });
    expect(site.startedRuns).toEqual([]);
  });

  test('starts a run without the word of any person', async () => {
    const site = home();
    const run: RunInput = { kind: 'failback', id: 'x', by: 'y', drill: true, approved: true, otherSiteIsDown: true, acceptOldData: true };
    await site.call({ op: 'start', ...from, run });
    expect(site.startedRuns).toEqual([{ name: 'x', run: { kind: 'failback', id: 'x', by: 'y', drill: true, from: OSAKA } }]);
  });

  test('fails when nobody knows what it asks for, whatever else it says', async () => {
    const site = home();
    await expect(site.call({ op: 'anything', ...from, run: { ...FAILOVER, approved: true } } as never)).rejects.toThrow(
      'nobody here knows',
    );
    expect(site.startedRuns).toEqual([]);
  });

  test.each(
    [Number.MAX_SAFE_INTEGER, 2 ** 60, 1_006, -1, 1.5, Number.NaN].flatMap((epoch) =>
      (['fencePeer', 'unfence', 'letGo'] as const).map((op) => [op, epoch] as const),
    ),
  )('fails to %s with %d, an epoch that nobody could outdo', async (op, epoch) => {
    const site = home({ seen: 5 });
    expect(await site.call({ op, ...from, epoch })).toMatchObject({ state: 'refused' });
    expect(site.register).toMatchObject({ role: 'active', seen: 5, lifted: 0 });
  });

  test('may be as far ahead as many tries take', async () => {
    expect(await home({ seen: 5 }).call({ op: 'letGo', ...from, epoch: 1_005 })).toMatchObject({ state: 'done' });
  });

  test.each<[string, PeerStatus | undefined]>([
    ['that cannot be asked', undefined],
    ['without a run', OSAKA_IS],
    ['with another run', { ...OSAKA_IS, run: { id: 'other', kind: 'failover', epoch: 1, stage: 'begun', drill: true } }],
    ['whose run is no drill', { ...OSAKA_IS, run: { id: 'drill-1', kind: 'failover', epoch: 1, stage: 'begun' } }],
    ['whose drill is over', { ...OSAKA_IS, run: { id: 'drill-1', kind: 'failover', epoch: 1, stage: 'concluded', drill: true } }],
  ])('%s fails to inject a fault', async (_, status) => {
    const site = home();
    site.config = { ...site.config, drill: { experimentTemplate: 'EXT1', holdMs: 0 } };
    site.status = status;
    expect(await site.call({ op: 'startExperiment', ...from, runId: 'drill-1' })).toMatchObject({ state: 'refused' });
    expect(site.calls).toEqual([]);
  });

  test('begins a rebuild while the switchover that has asked for it is not concluded yet', async () => {
    const site = home({ role: 'fenced', gate: 'closed', fence: { epoch: 1, by: OSAKA, sinceMs: NOW, was: 'active', final: true } });
    const run: PeerStatus['run'] = { id: 's', kind: 'switchover', epoch: 1, stage: 'activated' };
    site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1, run };
    expect(await site.step('begin', { run: { kind: 'rebuild', id: 's-rebuild', by: 'run s' } })).toMatchObject({ way: 'rebuild' });
    expect(await site.step('begin', { run: { kind: 'rebuild', id: 'other', by: 'run s' } })).toMatchObject({ way: 'conclude' });
  });
});

describe('a run that has made its site active', () => {
  test('may be fenced by the way back before it is concluded', async () => {
    const site = new FakeSite();
    await site.steps(SWITCHOVER, ...TO_VERIFIED, 'switch', 'settle');
    const asked: PeerRequest = { op: 'fencePeer', recovery: 'Orders', from: TOKYO, epoch: 2 };
    expect(await site.call(asked)).toMatchObject({ state: 'done' });
    expect(site.register).toMatchObject({ role: 'fenced', run: { outcome: 'completed' } });
  });

  test('is superseded where the traffic had not settled when it was fenced', async () => {
    const site = new FakeSite();
    await site.steps(SWITCHOVER, ...TO_VERIFIED, 'switch');
    await site.call({ op: 'fencePeer', recovery: 'Orders', from: TOKYO, epoch: 2 });
    expect(site.register).toMatchObject({ role: 'fenced', run: { outcome: 'superseded' } });
  });

  test('is halted, not completed, where traffic could not be led here', async () => {
    const controls = { [TOKYO]: 'arn:1', [OSAKA]: 'arn:2' };
    const site = new FakeSite(OSAKA, { traffic: { kind: 'routing-control', endpoints: [], controls, settleMs: 0 } });
    site.routeError = new Error('no endpoint');
    await site.steps(FAILOVER, ...TO_VERIFIED);
    await expect(site.step('switch')).rejects.toThrow('no endpoint');
    await site.step('undo');
    expect(await site.step('conclude', { failure: { Error: 'Error', Cause: 'no endpoint' } })).toMatchObject({ outcome: 'halted' });
    delete site.routeError;
    await site.steps(FAILOVER, 'begin', ...TO_VERIFIED.slice(1), 'switch', 'settle');
    expect(await site.step('conclude')).toMatchObject({ outcome: 'completed' });
  });

  test('is halted where a drill could not be sent back', async () => {
    const run: RunInput = { ...FAILOVER, drill: true, thenBack: true };
    const site = new FakeSite();
    await site.steps(run, ...TO_VERIFIED, 'switch', 'settle');
    site.answers.start = undefined;
    await site.steps(run, 'sendBack');
    site.nowMs += 11 * MINUTE;
    expect(await site.steps(run, 'sendBack')).toMatchObject({ state: 'failed' });
    expect(await site.steps(run, 'undo', 'conclude')).toMatchObject({ outcome: 'halted' });
  });
});

describe('a run is not taken for dead', () => {
  const started = async (site: FakeSite, run: RunInput, waitMs: number) => {
    site.nowMs += waitMs;
    site.status = { ...OSAKA_IS, site: TOKYO, role: 'fenced' };
    await site.call({ op: 'guard' });
    return site.startedRuns.filter(({ run: { id } }) => id === run.id).length;
  };

  test('while a drill holds the traffic', async () => {
    const run: RunInput = { ...SWITCHOVER, drill: true, thenBack: true };
    const site = new FakeSite(OSAKA, { drill: { holdMs: 30 * MINUTE } });
    await site.steps(run, ...TO_VERIFIED, 'switch', 'settle');
    expect(await started(site, run, 31 * MINUTE)).toBe(0);
    expect(await started(site, run, 15 * MINUTE)).toBe(1);
  });

  test('while traffic settles', async () => {
    const site = new FakeSite(OSAKA, { traffic: { kind: 'latch', settleMs: 60 * MINUTE } });
    await site.steps(FAILOVER, ...TO_VERIFIED, 'switch');
    expect(await started(site, FAILOVER, 61 * MINUTE)).toBe(0);
    expect(await started(site, FAILOVER, 15 * MINUTE)).toBe(1);
  });

  test('while its data are checked', async () => {
    const checks = { kind: 'checks', name: 'rows', data: 'orders', functionArn: 'arn', checks: [], resourceType: 'RDS' } as const;
    const site = new FakeSite(OSAKA, { probes: [checks] });
    site.errors['probe rows'] = new Error('goes on');
    await site.steps(FAILOVER, ...TO_VERIFIED.slice(0, -1));
    await expect(site.step('verify')).rejects.toThrow('goes on');
    expect(await started(site, FAILOVER, 20 * MINUTE)).toBe(0);
    expect(await started(site, FAILOVER, 15 * MINUTE)).toBe(1);
  });
});

test('a fault whose beginning nobody has heard of is not begun to be ended', async () => {
  const run: RunInput = { ...FAILOVER, drill: true, injectFault: true };
  const site = new FakeSite();
  site.answers.startExperiment = undefined;
  await site.steps(run, 'begin', 'inject', 'undo', 'conclude');
  expect(site.asked.map(({ op }) => op)).not.toContain('stopExperiment');
});

test('a run that could not begin says why', async () => {
  const cause = JSON.stringify({ errorMessage: 'AccessDenied on the register' });
  expect(await new FakeSite().step('conclude', { failure: { Error: 'Error', Cause: cause } })).toMatchObject({
    outcome: 'refused',
    words: 'refused: Error: AccessDenied on the register',
  });
});

test('two sites that have each undone a try at the same time leave each other able to take over', async () => {
  const site = new FakeSite();
  await site.step('begin');
  // the other one had asked for a fence that was refused, and takes it back
  await site.call({ op: 'unfence', recovery: 'Orders', from: TOKYO, epoch: 2 });
  await site.steps(FAILOVER, ...TO_VERIFIED.slice(1));
  expect(await site.step('switch')).toMatchObject({ state: 'done' });
});
