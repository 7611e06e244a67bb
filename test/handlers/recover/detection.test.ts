import type { AlarmRequest, WatchConfig } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { FAILOVER, FakeSite, NOW } from './fakes';

const ALARM: AlarmRequest = { op: 'alarm', alarm: 'orders-down', at: new Date(NOW - 10_000).toISOString(), leadMs: 0 };
const RUN = { kind: 'failover', id: 'alarm-20261123115950000', by: 'alarm orders-down', sinceMs: NOW - 10_000 };
const WATCH: WatchConfig = {
  active: { kind: 'http', name: 'tokyo', url: 'https://tokyo.example/health', status: 200 },
  control: { kind: 'http', name: 'control', url: 'https://elsewhere.example', status: 200 },
};

describe('an alarm', () => {
  let site: FakeSite;
  beforeEach(() => {
    site = new FakeSite();
  });

  test('starts the machine, under the name of the run', async () => {
    await site.call(ALARM);
    expect(site.startedRuns).toEqual([{ name: RUN.id, run: RUN }]);
    expect(site.register.detection?.run).toEqual(RUN);
  });

  test('of which EventBridge tells twice has one run, and one that began is not started again', async () => {
    await Promise.all([site.call(ALARM), site.call(ALARM)]);
    expect(new Set(site.startedRuns.map(({ name }) => name))).toEqual(new Set([RUN.id]));
    await site.step('begin', { run: site.startedRuns[0].run });
    const before = site.startedRuns.length;
    await site.call(ALARM);
    await site.call({ op: 'guard' });
    expect(site.startedRuns).toHaveLength(before);
  });

  test('that rings again a minute later, or another one, starts nothing', async () => {
    await site.call(ALARM);
    site.nowMs += MINUTE;
    await site.call({ ...ALARM, alarm: 'other', at: new Date(site.nowMs).toISOString() });
    expect(site.startedRuns).toHaveLength(1);
  });

  test('while a failover is under way starts nothing and tells nobody', async () => {
    await site.step('begin', { run: FAILOVER });
    await site.call(ALARM);
    expect(site.startedRuns).toEqual([]);
    expect(site.told).toEqual([]);
    expect(site.lines.at(-1)).toContain('is under way');
  });

  test('while a rehearsal is under way starts nothing, and somebody is told', async () => {
    await site.step('begin', { run: { kind: 'rehearsal', id: 'r-1', by: 'me' } });
    await site.call(ALARM);
    expect(site.startedRuns).toEqual([]);
    expect(site.told).toMatchObject([
      { subject: 'NOT STARTED: failover of Orders to ap-northeast-3', text: expect.stringContaining('r-1') },
    ]);
  });

  test('while the other site moves traffic starts nothing', async () => {
    site.status = { ...site.status!, run: { id: 'back', kind: 'failback', epoch: 2, stage: 'fencing' } };
    await site.call(ALARM);
    expect(site.startedRuns).toEqual([]);
  });

  test('of a site that cannot be reached starts the machine all the same', async () => {
    site.status = undefined;
    await site.call(ALARM);
    expect(site.startedRuns).toHaveLength(1);
  });

  test('of a site whose agent has failed starts the machine all the same', async () => {
    const failing = new FakeSite();
    const { ports } = failing;
    Object.defineProperty(failing, 'ports', { get: () => ({ ...ports, ask: () => Promise.reject(new Error('the agent has failed')) }) });
    await failing.call(ALARM);
    expect(failing.startedRuns).toHaveLength(1);
  });

  test('of which nobody can tell when it rang is an error', async () => {
    await expect(site.call({ ...ALARM, at: 'yesterday' })).rejects.toThrow(/'yesterday'/);
  });

  test('whose start was lost is started by the guard', async () => {
    const failing = new FakeSite();
    const { ports } = failing;
    const start = jest.fn().mockRejectedValueOnce(new Error('throttled')).mockResolvedValue(undefined);
    Object.defineProperty(failing, 'ports', { get: () => ({ ...ports, start }) });
    await expect(failing.call(ALARM)).rejects.toThrow('throttled');
    await failing.call({ op: 'guard' });
    expect(start.mock.calls).toEqual([
      [RUN.id, RUN],
      [RUN.id, RUN],
    ]);
  });
});

describe('every minute the site that waits looks at the active one', () => {
  const look = async (progress: Record<string, boolean>, change: (site: FakeSite) => void = () => undefined) => {
    const site = new FakeSite(undefined, { watch: WATCH });
    for (const [name, answers] of Object.entries(progress)) {
      site.progress[`probe ${name}`] = { state: answers ? 'done' : 'failed', words: 'looked' };
    }
    change(site);
    await site.call({ op: 'guard' }).catch(() => undefined);
    const said = site.published.flatMap((values) => Object.entries(values)).filter(([name]) => name.startsWith('ActiveSite'));
    return { said: Object.fromEntries(said), calls: site.calls };
  };

  test('and says that it answers', async () => {
    expect(await look({ tokyo: true })).toMatchObject({
      said: { ActiveSiteUnhealthy: 0, ActiveSiteUnseen: 0 },
      calls: expect.not.arrayContaining(['probe control']),
    });
  });

  test('and says that it does not where something else does', async () => {
    expect((await look({ tokyo: false, control: true })).said).toEqual({ ActiveSiteUnhealthy: 1, ActiveSiteUnseen: 0 });
  });

  test('and says nothing of it where nothing answers: it may itself be cut off', async () => {
    expect((await look({ tokyo: false, control: false })).said).toEqual({ ActiveSiteUnseen: 1 });
  });

  test.each(['active', 'fenced'] as const)('but not while it is %s', async (role) => {
    const { said, calls } = await look({ tokyo: false }, (site) => {
      site.stored = {
        version: 1,
        register: { version: 1, role, epoch: 1, seen: 1, lifted: 0, gate: 'open', diverted: true, reclaimed: false },
      };
    });
    expect(said).toEqual({});
    expect(calls).not.toContain('probe tokyo');
  });

  test('also where the guard itself fails, and that failure is heard', async () => {
    const site = new FakeSite(undefined, { watch: WATCH });
    site.errors['open orders'] = new Error('denied');
    await expect(site.call({ op: 'guard' })).rejects.toThrow('denied');
    expect(site.published.some((values) => values.ActiveSiteUnhealthy === 0)).toBe(true);
  });
});
