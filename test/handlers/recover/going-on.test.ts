import type { RunInput } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA } from '../../model/recovery/sites';
import { FAILOVER, FakeSite, NOW } from './fakes';
import { home, OSAKA_IS, type Steps, TAKE_OVER } from './two-sites';

const REBUILD: RunInput = { kind: 'rebuild', id: 'rebuild-1', by: 'a test' };
const TO_JOINED: Steps = ['begin', ['rebuild', 'orders'], ['rebuild', 'carts'], 'join'];
const FAILURE = { Error: 'Lambda.Unknown', Cause: 'no answer' };

/** Tokyo after Osaka has taken over. */
function left(): FakeSite {
  const fence = { epoch: 1, by: OSAKA, sinceMs: NOW - MINUTE, was: 'active', final: true } as const;
  const site = home({ role: 'fenced', gate: 'closed', counts: { api: 8 }, seen: 1, fence });
  site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1, diverted: true };
  return site;
}

describe('a rebuild that has made its site a standby, and whose capacity cannot be had', () => {
  test.each([
    ['is noted by the undo', true],
    ['is noted at the end, where the undo does not work either', false],
  ])('halts, which %s, and goes on with the capacity alone', async (_, undone) => {
    const site = left();
    await site.steps(REBUILD, ...TO_JOINED);
    if (undone) {
      expect(await site.step('undo', { run: REBUILD, failure: FAILURE })).toMatchObject({ words: expect.stringContaining('follows') });
    }
    expect(await site.step('conclude', { run: REBUILD, failure: FAILURE })).toMatchObject({
      outcome: 'halted',
      words: expect.stringContaining('no answer'),
    });
    expect(site.told.at(-1)?.text).toMatch(/stays one; the traffic was not moved.*start-execution/s);
    expect(site.register).toMatchObject({ role: 'standby', run: { stage: 'begun', problem: expect.stringContaining('no answer') } });
    site.calls.length = 0;
    await site.steps(REBUILD, ...TO_JOINED, ['standBy', 'api']);
    expect(site.calls.filter((call) => !call.startsWith('open'))).toEqual(['scale api 2 exactly']);
    expect(await site.step('conclude', { run: REBUILD })).toMatchObject({ outcome: 'completed' });
    expect(site.kept).toMatchObject([{ outcome: 'completed', run: { input: REBUILD } }]);
  });

  test('is in the way of no failover', async () => {
    const site = left();
    await site.steps(REBUILD, ...TO_JOINED);
    await site.step('undo', { run: REBUILD, failure: FAILURE });
    await site.step('conclude', { run: REBUILD, failure: FAILURE });
    expect(await site.step('begin')).toMatchObject({ way: 'takeOver' });
    site.nowMs += MINUTE;
    await site.call({ op: 'guard' });
    expect(site.kept).toMatchObject([{ outcome: 'halted', run: { input: REBUILD } }]);
  });
});

test('a failback that goes no further than its rebuild does not say that nothing was changed', async () => {
  const run: RunInput = { ...REBUILD, kind: 'failback' };
  const site = left();
  await site.steps(run, ...TO_JOINED);
  await site.step('undo', { run, failure: FAILURE });
  expect(await site.step('conclude', { run, failure: FAILURE })).toMatchObject({ outcome: 'aborted' });
  expect(site.told.at(-1)?.text).toContain('stays one; the traffic was not moved');
  expect(site.told.at(-1)?.text).not.toContain('Nothing was changed');
});

describe('a run that goes on after it has halted', () => {
  const halted = async () => {
    const site = new FakeSite();
    site.progress['scale api 8'] = { state: 'failed', words: 'no room' };
    await site.steps(FAILOVER, ...TAKE_OVER.slice(0, 8), 'undo', 'conclude');
    return site;
  };

  test('is started again by the guard when it dies', async () => {
    const site = await halted();
    site.nowMs += 16 * MINUTE;
    await site.call({ op: 'guard' });
    expect(site.startedRuns).toEqual([]);
    await site.step('begin');
    site.nowMs += 16 * MINUTE;
    await site.call({ op: 'guard' });
    expect(site.startedRuns).toMatchObject([{ run: FAILOVER }]);
  });

  test('tells what halts it the next time, not the time before', async () => {
    const site = await halted();
    await site.step('begin');
    site.progress = { 'probe application': { state: 'failed', words: 'ill' } };
    await site.steps(FAILOVER, ['scale', 'api'], 'verify');
    const { words } = await site.steps(FAILOVER, 'undo', 'conclude');
    expect(words).not.toContain('no room');
  });

  test('is put back as it was to be, where it had begun with that', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, 'begin', 'fence');
    site.answers.unfence = undefined;
    await site.step('undo', { failure: FAILURE });
    expect(await site.step('begin')).toMatchObject({ way: 'undo' });
    expect(site.register.run?.problem).toContain('no answer');
  });
});
