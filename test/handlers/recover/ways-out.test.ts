import type { RunInput } from '../../../lib/model/recovery';
import { MINUTE } from '../../../lib/model/time';
import { OSAKA, TOKYO } from '../../model/recovery/sites';
import { FAILOVER, FakeSite, NOW } from './fakes';
import { BEGUN, home, OSAKA_IS, TO_VERIFIED } from './two-sites';

/** A site whose failover has promoted data and then halted. */
async function halted(): Promise<FakeSite> {
  const site = new FakeSite();
  site.progress['promote carts'] = { state: 'failed', words: 'no recovery point' };
  await site.steps(FAILOVER, ...TO_VERIFIED.slice(0, 7), 'undo', 'conclude');
  return site;
}

describe('a run that has halted', () => {
  const abandon = { acceptOldData: true, abandon: 'run-1' } as const;
  const other: RunInput = { ...FAILOVER, id: 'run-2' };

  test('is given up for a failover that names it, at the same site', async () => {
    const site = await halted();
    expect(site.register.run).toMatchObject({ stage: 'committed', problem: expect.stringContaining('no recovery point') });
    expect(await site.step('begin', { run: { ...other, ...abandon } })).toMatchObject({ way: 'takeOver' });
    expect(site.register.run).toMatchObject({ input: { id: 'run-2' }, stage: 'begun' });
  });

  test('is given up for a failover of the other site, which fences this one', async () => {
    const site = await halted();
    const asked = { op: 'fencePeer', recovery: 'Orders', from: TOKYO, epoch: 2 } as const;
    expect(await site.call(asked)).toMatchObject({ state: 'refused' });
    expect(await site.call({ ...asked, abandon: 'run-1' })).toMatchObject({ state: 'done' });
    expect(site.register).toMatchObject({ role: 'fenced', run: { outcome: 'superseded' } });
  });

  test.each<[string, Partial<RunInput>]>([
    ['nobody names it', { acceptOldData: true }],
    ['another one is named', { ...abandon, abandon: 'run-9' }],
    ['nobody accepts what it costs', { abandon: 'run-1' }],
    ['no failover asks for it', { ...abandon, kind: 'rehearsal' }],
  ])('fails to be given up where %s', async (_, more) => {
    const site = await halted();
    expect(await site.step('begin', { run: { ...other, ...more } })).toMatchObject({
      way: 'conclude',
      words: expect.stringMatching(/same id/),
    });
  });

  test('fails to be given up while it goes on again', async () => {
    const site = await halted();
    await site.step('begin');
    expect(await site.step('begin', { run: { ...other, ...abandon } })).toMatchObject({ way: 'conclude' });
    const asked = { op: 'fencePeer', recovery: 'Orders', from: TOKYO, epoch: 2, abandon: 'run-1' } as const;
    expect(await site.call(asked)).toMatchObject({ state: 'refused' });
  });

  test('at the other site is left behind by a failover that names it, and whatever it has taken since counts as lost', async () => {
    const fence = { epoch: 1, by: OSAKA, sinceMs: NOW - 40 * MINUTE, was: 'active', final: false } as const;
    const site = home({ role: 'fenced', gate: 'closed', seen: 1, fence });
    site.status = { ...OSAKA_IS, seen: 1, run: { id: 'run-1', kind: 'failover', epoch: 1, stage: 'committed' } };
    expect(await site.step('begin', { run: other })).toMatchObject({ way: 'conclude' });
    const run = { ...other, ...abandon };
    site.status = { ...site.status, run: { id: 'run-1', kind: 'failover', epoch: 1, stage: 'committed', begunMs: NOW - 50 * MINUTE } };
    await site.steps(run, ...TO_VERIFIED, 'switch');
    expect(site.asked).toContainEqual(expect.objectContaining({ op: 'fencePeer', abandon: 'run-1' }));
    expect(site.register).toMatchObject({ role: 'active', run: { steps: { 'measure:orders': { facts: { lagMs: 50 * MINUTE } } } } });
  });

  test('in the middle of a rebuild is given up for another rebuild', async () => {
    const site = home({
      role: 'fenced',
      gate: 'closed',
      seen: 1,
      fence: { epoch: 1, by: OSAKA, sinceMs: NOW, was: 'active', final: true },
    });
    site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1 };
    site.progress[`follow orders arn:source ${OSAKA} 1`] = { state: 'failed', words: 'no source' };
    const run: RunInput = { kind: 'rebuild', id: 'rebuild-1', by: 'a test' };
    await site.steps(run, 'begin', ['rebuild', 'orders'], 'undo', 'conclude');
    expect(site.register.run?.stage).toBe('rebuilding');
    const next = { ...run, id: 'rebuild-2' };
    expect(await site.step('begin', { run: next })).toMatchObject({ way: 'conclude' });
    expect(await site.step('begin', { run: { ...next, abandon: 'rebuild-1' } })).toMatchObject({ way: 'rebuild' });
  });
});

describe('a recovery without data', () => {
  const stateless = () => new FakeSite(OSAKA, { data: [] });
  const steps = ['begin', 'fence', 'measure', 'drain', ['scale', 'api'], 'verify'] as const;

  test('fails over', async () => {
    const site = stateless();
    await site.steps(FAILOVER, ...steps);
    expect(site.register.run?.stage).toBe('fencing');
    expect(await site.step('switch')).toMatchObject({ state: 'done' });
    expect(site.register).toMatchObject({ role: 'active', epoch: 1 });
  });

  test('is put back as long as no traffic has come', async () => {
    const site = stateless();
    await site.steps(FAILOVER, ...steps, 'undo');
    expect(await site.step('conclude')).toMatchObject({ outcome: 'rolled-back' });
  });

  test('fails over to a site that is fenced itself', async () => {
    const site = stateless();
    const fence = { epoch: 0, by: TOKYO, sinceMs: NOW, was: 'active', final: true } as const;
    site.stored = { version: 1, register: { ...BEGUN, role: 'fenced', gate: 'closed', counts: { api: 2 }, fence } };
    const run: RunInput = { ...FAILOVER, acceptOldData: true };
    await site.steps(run, ...steps, 'switch');
    expect(site.calls).not.toContain('close api');
    expect(site.register).toMatchObject({ role: 'active', gate: 'open' });
  });
});

describe('a site whose agent cannot be asked', () => {
  const fence = async (error: Error, run: RunInput) => {
    const site = new FakeSite();
    site.errors.fencePeer = error;
    await site.step('begin', { run });
    for (let look = 0; look < 3; look++) {
      await site.step('fence', { run });
    }
    return site.step('fence', { run });
  };
  const named = (name: string, message = name) => Object.assign(new Error(message), { name });
  const down: RunInput = { ...FAILOVER, otherSiteIsDown: true };

  test.each([
    ['AccessDeniedException', 'no'],
    ['ResourceNotFoundException', 'no'],
    ['KMSDisabledException', 'no'],
    ['Error', 'the agent of x has failed: {"errorMessage":"no","errorType":"AccessDeniedException"}'],
  ])('though its Region answers is not left behind by one word: %s %s', async (name, message) => {
    expect(await fence(named(name, message), down)).toMatchObject({
      state: 'failed',
      words: expect.stringContaining('otherAgentIsBroken'),
    });
    expect(await fence(named(name, message), { ...down, otherAgentIsBroken: true })).toMatchObject({ state: 'done' });
    expect(await fence(named(name, message), { ...FAILOVER, otherAgentIsBroken: true })).toMatchObject({ state: 'failed' });
  });

  test('is left behind where its Region does not answer, and the words tell why', async () => {
    expect(await fence(named('TimeoutError', 'connect timed out'), down)).toMatchObject({
      state: 'done',
      words: `${TOKYO} cannot be reached (connect timed out); a person has said that nothing writes there`,
    });
  });

  test('keeps who has let the run go on', async () => {
    const site = new FakeSite();
    site.answers.fencePeer = undefined;
    await site.step('begin');
    await site.step('fence', { approval: { by: 'Mio', otherSiteIsDown: true } });
    await site.step('fence');
    expect(site.register.run?.steps.fence).toMatchObject({ state: 'done', facts: { approvedBy: 'Mio' } });
  });

  test('is named with the reason where a run needs it', async () => {
    const site = new FakeSite();
    site.errors.status = named('AccessDeniedException', 'not authorized');
    expect(await site.step('begin', { run: { ...FAILOVER, kind: 'switchover' } })).toMatchObject({
      words: `${TOKYO} cannot be reached (not authorized): only a failover does without it`,
    });
  });
});

describe('what is here and what is there', () => {
  const begin = async (site: FakeSite, kind: RunInput['kind'], facts: Record<string, string>) => {
    site.answers.describe = { state: 'done', words: '', facts };
    return site.step('begin', { run: { kind, id: 'run-1', by: 'a test' } });
  };
  const left = () => {
    const site = home({
      role: 'fenced',
      gate: 'closed',
      seen: 1,
      fence: { epoch: 1, by: OSAKA, sinceMs: NOW, was: 'active', final: true },
    });
    site.config = { ...site.config, data: site.config.data.filter(({ kind }) => kind === 'dynamodb-global') };
    site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1 };
    return site;
  };

  test.each(['rebuild', 'failback'] as const)(
    'fails to be a %s where nothing would bring back what was restored elsewhere',
    async (kind) => {
      const site = left();
      expect(await begin(site, kind, { kind: 'recovery-points', resourceType: 'DynamoDB', arn: 'arn:restored' })).toMatchObject({
        way: 'conclude',
        words: expect.stringMatching(/'carts' is 'recovery-points' at ap-northeast-3 .* arn:restored .*by hand/),
      });
      expect(site.register.run).toBeUndefined();
    },
  );

  test('may differ where an instance can follow the one that was restored', async () => {
    const site = left();
    site.config = { ...site.config, data: new FakeSite(TOKYO).config.data.slice(0, 1) };
    expect(await begin(site, 'failback', { kind: 'recovery-points', resourceType: 'RDS', arn: 'arn:restored' })).toMatchObject({
      way: 'rebuild',
    });
    expect(await begin(left(), 'failback', { kind: 'dynamodb-global', arn: 'arn' })).toMatchObject({ way: 'rebuild' });
  });
});

describe('a late call', () => {
  test('that shut what is open is undone by the guard', async () => {
    const site = home();
    await site.call({ op: 'fencePeer', recovery: 'Orders', from: OSAKA, epoch: 1 });
    await site.call({ op: 'unfence', recovery: 'Orders', from: OSAKA, epoch: 1 });
    const opened = () => site.calls.filter((call) => call === 'open api 8').length;
    await site.call({ op: 'guard' });
    expect(opened()).toBe(1);
    site.running = 0;
    await site.call({ op: 'guard' });
    expect(opened()).toBe(2);
    site.nowMs += 16 * MINUTE;
    await site.call({ op: 'guard' });
    expect(opened()).toBe(2);
  });

  test('stops where its site is to be open again', async () => {
    const site = home();
    site.meanwhile['close api'] = async () => {
      await site.call({ op: 'unfence', recovery: 'Orders', from: OSAKA, epoch: 1 });
    };
    expect(await site.call({ op: 'fencePeer', recovery: 'Orders', from: OSAKA, epoch: 1 })).toMatchObject({ state: 'pending' });
    expect(site.calls).not.toContain('close orders');
    expect(site.register).toMatchObject({ role: 'active', gate: 'open' });
  });

  test('puts nothing back over what a takeover has scaled', async () => {
    const site = new FakeSite();
    site.stored = { version: 1, register: { ...BEGUN, role: 'standby', counts: { api: 2 }, openedMs: NOW } };
    await site.steps(FAILOVER, ...TO_VERIFIED, 'switch');
    expect(site.register.counts).toBeUndefined();
  });
});

test('a rehearsal that died is taken further, so that it cleans up', async () => {
  const run: RunInput = { kind: 'rehearsal', id: 'drill-1', by: 'the schedule', drill: true };
  const site = new FakeSite();
  site.progress['rehearse orders'] = { state: 'pending', words: 'restoring' };
  await site.steps(run, 'begin', ['rehearse', 'orders']);
  site.nowMs += 16 * MINUTE;
  await site.call({ op: 'guard' });
  expect(site.startedRuns).toMatchObject([{ run }]);
});

describe('a bucket that is replicated in one direction', () => {
  const files = (twoWay: boolean) => ({ kind: 'bucket', name: 'files', order: 1, bucket: 'files-tokyo', twoWay }) as const;
  const at = (site: FakeSite, twoWay: boolean): FakeSite => {
    site.config = { ...site.config, data: [...site.config.data, files(twoWay)] };
    return site;
  };
  const left = () => {
    const site = home({ role: 'fenced', gate: 'closed', fence: { epoch: 1, by: OSAKA, sinceMs: NOW, was: 'active', final: true } });
    site.status = { ...OSAKA_IS, role: 'active', epoch: 1, seen: 1 };
    return site;
  };

  test.each(['rebuild', 'failback'] as const)('fails in a %s of home before anything is changed', async (kind) => {
    const site = at(left(), false);
    expect(await site.step('begin', { run: { kind, id: 'x', by: 'y' } })).toMatchObject({
      way: 'conclude',
      words: expect.stringMatching(/nothing copies the objects of 'files' back to files-tokyo: .*say 'twoWay', deploy/),
    });
    expect(site.register).toMatchObject({ role: 'fenced' });
    expect(site.calls).toEqual([]);
  });

  test('holds up nothing where objects come back, and nothing at the other site, which they come to anyway', async () => {
    expect(await at(left(), true).step('begin', { run: { kind: 'rebuild', id: 'x', by: 'y' } })).toMatchObject({ way: 'rebuild' });
    expect(await at(new FakeSite(), false).step('begin', { run: { kind: 'switchover', id: 'x', by: 'y' } })).toMatchObject({
      way: 'takeOver',
    });
    expect(await at(new FakeSite(), false).step('begin', { run: { kind: 'rebuild', id: 'x', by: 'y' } })).toMatchObject({ way: 'rebuild' });
  });
});
