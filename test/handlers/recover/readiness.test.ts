import { FAILOVER, FakeSite } from './fakes';
import { SWITCHOVER } from './two-sites';

describe('before another site is fenced', () => {
  test('a switchover that could not be promoted ends, and nothing was changed', async () => {
    const site = new FakeSite();
    site.progress['ready orders'] = { state: 'failed', words: 'it follows nobody' };
    const answer = await site.steps(SWITCHOVER, 'begin', 'fence');
    expect(answer).toEqual({ state: 'failed', words: 'orders: it follows nobody' });
    await site.steps(SWITCHOVER, 'undo');
    expect(await site.step('conclude', { run: SWITCHOVER })).toMatchObject({ outcome: 'aborted' });
    expect(site.asked.map(({ op }) => op)).not.toContain('fencePeer');
  });

  test('a switchover waits for what changes just now', async () => {
    const site = new FakeSite();
    site.progress['ready carts'] = { state: 'pending', words: 'it is UPDATING' };
    expect(await site.steps(SWITCHOVER, 'begin', 'fence')).toEqual({ state: 'pending', words: 'carts: it is UPDATING' });
    expect(site.asked.map(({ op }) => op)).not.toContain('fencePeer');
    delete site.progress['ready carts'];
    expect((await site.step('fence', { run: SWITCHOVER })).state).toBe('done');
  });

  test('a failover ends only for what it is certain to fail with', async () => {
    const site = new FakeSite();
    site.progress['ready carts'] = { state: 'pending', words: 'it is UPDATING' };
    expect((await site.steps(FAILOVER, 'begin', 'fence')).state).toBe('done');
    const other = new FakeSite();
    other.progress['ready orders'] = { state: 'failed', words: 'there is no recovery point' };
    expect((await other.steps(FAILOVER, 'begin', 'fence')).state).toBe('failed');
  });

  test('it is not asked again once that site is fenced', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, 'begin', 'fence', 'measure', 'drain');
    site.progress['ready orders'] = { state: 'failed', words: 'what was promoted follows nobody' };
    expect((await site.steps(FAILOVER, ['promote', 'orders'], ['promote', 'carts'])).state).toBe('done');
  });
});

describe('measuring', () => {
  afterEach(() => jest.useRealTimers());

  test('is given up after ten seconds for all data together, and holds up nothing', async () => {
    jest.useFakeTimers();
    const site = new FakeSite();
    site.lagWait = new Promise(() => undefined);
    const asked = site.steps(FAILOVER, 'begin', 'fence', 'measure');
    await jest.advanceTimersByTimeAsync(9_999);
    let answer: unknown;
    asked.then((found) => {
      answer = found;
    });
    await jest.advanceTimersByTimeAsync(0);
    expect(answer).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(await asked).toMatchObject({
      state: 'done',
      words: expect.stringMatching(/orders: nobody has told within 10 s; carts: nobody/),
    });
    expect(site.register.run?.steps['measure:orders'].facts).toBeUndefined();
  });

  test('counts until the fence, or until what a person has named as the beginning', async () => {
    const site = new FakeSite();
    await site.steps({ ...FAILOVER, sinceMs: site.nowMs - 60_000 }, 'begin', 'fence');
    const fencedMs = site.nowMs;
    site.nowMs += 120_000;
    await site.step('measure', { run: { ...FAILOVER, sinceMs: fencedMs - 60_000 } });
    expect(site.endings).toEqual([
      { endMs: fencedMs, saidMs: fencedMs - 60_000 },
      { endMs: fencedMs, saidMs: fencedMs - 60_000 },
    ]);
  });

  test('claims nothing of what was only waited for', async () => {
    const site = new FakeSite();
    site.progress['arrived carts'] = { state: 'done', words: 'it was waited', facts: { unmeasured: true } };
    await site.steps(SWITCHOVER, 'begin', 'fence', 'measure', 'drain');
    expect(site.register.run?.steps['measure:orders'].facts).toEqual({ lagMs: 0 });
    expect(site.register.run?.steps['measure:carts'].facts).toBeUndefined();
  });
});

describe('what a promotion is told', () => {
  test('is whether the other site was reached', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, 'begin', 'fence', 'measure', 'drain', ['promote', 'orders']);
    expect(site.promotions.at(-1)).toMatchObject({ reached: true, lossless: false });
    const alone = new FakeSite();
    alone.status = undefined;
    alone.answers = { fencePeer: undefined };
    const run = { ...FAILOVER, otherSiteIsDown: true };
    await alone.steps(run, 'begin', 'fence', 'fence', 'measure', 'drain', ['promote', 'orders']);
    expect(alone.promotions.at(-1)).toMatchObject({ reached: false });
  });
});
