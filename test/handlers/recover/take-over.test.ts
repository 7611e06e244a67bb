import type { RunInput, RunStep } from '../../../lib/model/recovery';
import { HOUR, MINUTE } from '../../../lib/model/time';
import { OSAKA, TOKYO } from '../../model/recovery/sites';
import { FAILOVER, FakeSite } from './fakes';
import { BEFORE_PROMOTION, PROMOTION, SWITCHOVER } from './two-sites';

describe('a failover', () => {
  test('takes over: fences, promotes, scales, verifies, becomes active and diverts the traffic, and lets the other know', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION, 'switch', 'settle');
    const concluded = await site.step('conclude');
    expect(concluded).toMatchObject({ outcome: 'completed' });
    expect(site.register).toMatchObject({ role: 'active', epoch: 1, diverted: true, reclaimed: false, run: { outcome: 'completed' } });
    expect(site.asked.map(({ op }) => op)).toEqual(['status', 'status', 'fencePeer', 'letGo', 'letGo']);
    expect(site.calls).toEqual(expect.arrayContaining(['promote orders', 'scale api 8', 'probe api']));
    expect(site.published).toContainEqual({ TrafficDiverted: 1 });
    expect(site.kept[0].run.steps['measure:orders'].facts).toEqual({ lagMs: 2_000 });
    expect(site.told.at(-1)?.subject).toBe(`COMPLETED: failover of Orders at ${OSAKA}`);
  });

  test('every step that is taken again does nothing again', async () => {
    const site = new FakeSite();
    const all = [...BEFORE_PROMOTION.slice(1), ...PROMOTION, 'switch', 'settle'] as const;
    await site.steps(FAILOVER, 'begin', ...all);
    const calls = site.calls.length;
    const asked = site.asked.length;
    await site.steps(FAILOVER, 'begin', ...all);
    expect(site.calls.slice(calls)).toEqual([]);
    expect(site.asked.slice(asked)).toEqual([]);
  });

  test.each([
    ['promotion before the fence', ['begin', ['promote', 'orders']], /nobody has fenced/],
    ['a switch before the promotion', [...BEFORE_PROMOTION, 'switch'], /not done yet: promote:orders, promote:carts, scale:api, verify/],
    [
      'a switch without a look',
      [...BEFORE_PROMOTION, ['promote', 'orders'], ['promote', 'carts'], ['scale', 'api'], 'switch'],
      /not done yet: verify/,
    ],
    ['a step of a run that never began', ['measure'], /is not, or no more, the one/],
  ] as readonly (readonly [string, readonly (RunStep | readonly [RunStep, string])[], RegExp])[])('refuses %s', async (_, ops, why) => {
    const site = new FakeSite();
    const answer = await site.steps(FAILOVER, ...ops);
    expect(answer.state).toBe('failed');
    expect(answer.words).toMatch(why);
    expect(site.calls.filter((call) => call.startsWith('promote'))).toHaveLength(ops.some((op) => op[1] === 'carts') ? 2 : 0);
  });

  test('looks again before it switches when it has looked long ago', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION);
    site.nowMs += HOUR;
    site.progress['probe api'] = { state: 'failed', words: 'status 500' };
    expect(await site.step('verify')).toEqual({ state: 'pending', words: 'api: status 500' });
  });

  test('gives up a look that never becomes good', async () => {
    const site = new FakeSite();
    site.progress['probe api'] = { state: 'failed', words: 'status 500' };
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION);
    site.nowMs += 21 * MINUTE;
    expect((await site.step('verify')).state).toBe('failed');
    expect(await site.step('undo')).toMatchObject({ words: expect.stringMatching(/cannot be undone/) });
    expect(await site.step('conclude')).toMatchObject({ outcome: 'halted' });
    expect(site.register).toMatchObject({ role: 'standby', diverted: false, run: { stage: 'committed' } });
    expect(site.told.at(-1)?.text).toMatch(/same id/);
    expect(site.told.at(-1)?.text).toContain(
      `aws stepfunctions start-execution --region ${OSAKA} --name "run-1-$(date +%H%M%S)" ` +
        `--state-machine-arn arn:aws:states:${OSAKA}:111122223333:stateMachine:Orders-recovery --input '{"kind":"failover","id":"run-1","by":"a test"}'`,
    );
  });

  test('goes on after a halt as the same run, and another one is refused until then', async () => {
    const site = new FakeSite();
    site.progress['probe api'] = { state: 'failed', words: 'status 500' };
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION, 'undo', 'conclude');
    expect(await site.step('begin', { run: { ...FAILOVER, id: 'other' } })).toMatchObject({
      way: 'conclude',
      words: expect.stringMatching(/start it again with the same id/),
    });
    delete site.progress['probe api'];
    await site.steps(FAILOVER, 'begin', ...BEFORE_PROMOTION.slice(1), ...PROMOTION, 'switch', 'settle');
    expect(await site.step('conclude')).toMatchObject({ outcome: 'completed' });
    expect(site.calls.filter((call) => call === 'promote orders')).toHaveLength(1);
  });

  test('is undone before the first promotion: the other site is let out of its fence', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, 'undo');
    expect(await site.step('conclude', { failure: { Error: 'States.Timeout' } })).toMatchObject({ outcome: 'rolled-back' });
    expect(site.asked.at(-1)).toMatchObject({ op: 'unfence', epoch: 1 });
    expect(site.register.role).toBe('standby');
  });

  test('promotes nothing once it is being undone', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, 'undo');
    expect(await site.step('promote', { item: 'orders' })).toMatchObject({
      state: 'failed',
      words: "run 'run-1' is 'undoing', and nobody has fenced the other site",
    });
    expect(site.calls).not.toContain('promote orders');
  });

  test('ends aborted where nothing was changed', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, 'begin', 'undo');
    expect(await site.step('conclude')).toMatchObject({ outcome: 'aborted' });
    expect(site.asked.map(({ op }) => op)).toEqual(['status']);
  });

  test('says nothing of a lag that nobody knows, and goes on', async () => {
    const site = new FakeSite();
    site.lagError = new Error('Tokyo is lost');
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION, 'switch', 'settle', 'conclude');
    expect(site.told.at(-1)?.text).toMatch(/not measured: orders, carts/);
  });
});

test.each([
  ['takes over', 'failover', 'fencing', 'failed'],
  ['is rebuilt', 'rebuild', 'rebuilding', 'done'],
  ['has ended', 'failover', 'concluded', 'done'],
] as const)('a failover while a run of the other site %s', async (_, kind, stage, state) => {
  const site = new FakeSite();
  site.status = site.status && { ...site.status, run: { id: 'theirs', kind, epoch: 2, stage } };
  expect((await site.step('begin')).state).toBe(state);
});

test.each([
  ['kind', { kind: 'banana' }],
  ['id', { id: 'a b' }],
  ['by', { by: '' }],
])("a run without a proper '%s' is refused", async (name, wrong) => {
  const answer = await new FakeSite().step('begin', { run: { ...FAILOVER, ...wrong } as RunInput });
  expect(answer).toMatchObject({ state: 'failed', way: 'conclude', words: expect.stringContaining(`'${name}'`) });
});

test('a run of a site that is active already is refused', async () => {
  const site = new FakeSite(TOKYO);
  expect(await site.step('begin')).toMatchObject({ state: 'failed', words: 'this site is active' });
});

describe('a site that cannot be reached', () => {
  const fenceOften = async (site: FakeSite, more: object = {}) => {
    await site.step('begin');
    const states: string[] = [];
    for (let look = 0; look < 5 && !['done', 'failed'].includes(states.at(-1) ?? ''); look++) {
      states.push((await site.step('fence', more)).state);
    }
    return states;
  };
  const lost = (): FakeSite => {
    const site = new FakeSite();
    site.status = undefined;
    site.answers = { fencePeer: undefined, unfence: undefined, letGo: undefined };
    return site;
  };

  test('ends the run unless a person has said that it is down', async () => {
    const site = lost();
    expect(await fenceOften(site)).toEqual(['pending', 'pending', 'pending', 'failed']);
    expect(site.register.run?.peerState).toBeUndefined();
  });

  test('was asked nothing, so that the run ends aborted and nothing has to be put back', async () => {
    const site = lost();
    await fenceOften(site);
    await site.step('undo', { failure: { Error: 'x' } });
    expect(await site.step('conclude')).toMatchObject({ outcome: 'aborted', words: expect.stringContaining("'otherSiteIsDown'") });
    expect(site.asked.filter(({ op }) => op !== 'status')).toEqual([]);
  });

  test('and may have been asked, for its answer was lost, is put back', async () => {
    const site = lost();
    site.status = new FakeSite().status;
    expect((await fenceOften(site)).at(-1)).toBe('failed');
    delete site.answers.unfence;
    await site.step('undo', { failure: { Error: 'x' } });
    expect(await site.step('conclude')).toMatchObject({ outcome: 'rolled-back' });
    expect(site.asked.at(-1)).toMatchObject({ op: 'unfence', epoch: 1 });
  });

  test('though the agent has died before it could note what it asked, is put back', async () => {
    const site = new FakeSite();
    await site.step('begin');
    site.errors.fencePeer = new Error('killed');
    site.keepSteps = false;
    await expect(site.step('fence')).rejects.toThrow('killed here');
    site.keepSteps = true;
    delete site.errors.fencePeer;
    expect(site.register.run?.steps.fence).toBeUndefined();
    await site.step('undo', { failure: { Error: 'x' } });
    expect(await site.step('conclude')).toMatchObject({ outcome: 'rolled-back' });
    expect(site.asked.at(-1)).toMatchObject({ op: 'unfence', epoch: 1 });
  });

  test.each([['with the approval', { approval: { otherSiteIsDown: true } }]])(
    'is left behind when a person says so %s',
    async (_, more) => {
      const site = lost();
      expect(await fenceOften(site, more)).toEqual(['pending', 'done']);
      expect(site.register.run?.peerState).toBe('unreachable');
    },
  );

  test('is also one whose agent fails', async () => {
    const site = new FakeSite();
    site.errors = { status: new Error('broken'), fencePeer: new Error('broken') };
    expect(await fenceOften(site, { approval: { otherSiteIsDown: true } })).toEqual(['pending', 'done']);
    expect(site.lines[0]).toContain('broken');
  });

  test('counts only misses in a row', async () => {
    const site = lost();
    await site.steps(FAILOVER, 'begin', 'fence', 'fence', 'fence');
    site.status = new FakeSite().status;
    site.answers.fencePeer = { state: 'pending', words: 'closing' };
    await site.step('fence');
    delete site.answers.fencePeer;
    expect((await site.step('fence')).state).toBe('done');
    expect(site.register.run?.peerState).toBe('confirmed');
  });

  test('is never left behind by a switchover, whoever says what', async () => {
    const site = new FakeSite();
    const run: RunInput = { ...SWITCHOVER, otherSiteIsDown: true };
    await site.step('begin', { run });
    site.answers.fencePeer = undefined;
    const states = [];
    for (let look = 0; look < 4; look++) {
      states.push((await site.step('fence', { run })).state);
    }
    expect(states).toEqual(['pending', 'pending', 'pending', 'failed']);
  });

  test('that refuses its fence ends the run', async () => {
    const site = new FakeSite();
    site.answers.fencePeer = { state: 'refused', words: 'busy' };
    await site.step('begin');
    expect(await site.step('fence')).toEqual({ state: 'failed', words: `${TOKYO} refuses: busy` });
  });

  test('is not waited for at the end: its guard learns of it', async () => {
    const site = new FakeSite();
    await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION, 'switch');
    site.answers.letGo = undefined;
    await site.steps(FAILOVER, 'settle', 'settle');
    expect((await site.step('settle')).state).toBe('done');
  });
});

describe('a switchover', () => {
  test('waits until all has arrived, promotes without loss, and has the other site made a standby', async () => {
    const site = new FakeSite();
    site.progress['arrived orders'] = { state: 'pending', words: '3 s behind' };
    expect(await site.steps(SWITCHOVER, ...BEFORE_PROMOTION)).toEqual({ state: 'pending', words: 'orders: 3 s behind' });
    delete site.progress['arrived orders'];
    await site.steps(SWITCHOVER, 'drain', ...PROMOTION, 'switch', 'settle', 'conclude');
    expect(site.calls).toContain('promote orders lossless');
    expect(site.asked.find(({ op }) => op === 'start')).toMatchObject({ run: { kind: 'rebuild', id: 'run-2-rebuild' } });
    expect(site.kept[0].run.steps['measure:orders'].facts).toEqual({ lagMs: 0 });
  });

  test('on the way back from a drill makes the rebuild after it a part of that drill', async () => {
    const site = new FakeSite();
    const run = { ...SWITCHOVER, kind: 'failback', id: 'drill-1-back', drill: true } as const;
    await site.steps(run, ...BEFORE_PROMOTION, ...PROMOTION, 'switch', 'settle');
    const asked = { kind: 'rebuild', id: 'drill-1-back-rebuild', by: 'run drill-1-back', drill: true };
    expect(site.asked.find(({ op }) => op === 'start')).toMatchObject({ run: asked });
  });

  test('gives up, and is undone, when something does not arrive', async () => {
    const site = new FakeSite();
    site.progress['arrived orders'] = { state: 'pending', words: '3 s behind' };
    await site.steps(SWITCHOVER, ...BEFORE_PROMOTION);
    site.nowMs += 31 * MINUTE;
    expect((await site.step('drain', { run: SWITCHOVER })).state).toBe('failed');
    await site.steps(SWITCHOVER, 'undo');
    expect(await site.step('conclude', { run: SWITCHOVER })).toMatchObject({
      outcome: 'rolled-back',
      words: expect.stringMatching(/3 s behind/),
    });
  });

  test.each([
    ['cannot be reached', undefined],
    ['is not active', { role: 'fenced' as const }],
  ])('is refused where the other site %s', async (_, status) => {
    const site = new FakeSite();
    site.status = status && { ...(site.status as NonNullable<typeof site.status>), ...status };
    expect(await site.step('begin', { run: SWITCHOVER })).toMatchObject({ state: 'failed', way: 'conclude' });
    expect(await site.step('conclude', { run: SWITCHOVER, step: { words: 'because' } })).toMatchObject({
      outcome: 'refused',
      words: 'refused: because',
    });
  });

  test('back to home takes the traffic by its own latch until the other has let go', async () => {
    const site = new FakeSite(TOKYO);
    site.stored = {
      version: 1,
      register: { version: 1, role: 'standby', epoch: 0, seen: 2, lifted: 2, gate: 'open', diverted: false, reclaimed: false },
    };
    site.status = { site: OSAKA, role: 'active', epoch: 2, seen: 2, diverted: true, reclaimed: false };
    await site.steps(SWITCHOVER, ...BEFORE_PROMOTION, ...PROMOTION, 'switch');
    expect(site.register).toMatchObject({ role: 'active', epoch: 4, reclaimed: true, diverted: false });
    expect(site.published.at(-1)).toEqual({ TrafficReclaimed: 1 });
    await site.step('settle', { run: SWITCHOVER });
    expect(site.register.reclaimed).toBe(true);
  });
});

test('a drill injects its fault at the other site, and ends it whatever happens', async () => {
  const run: RunInput = { ...FAILOVER, drill: true, injectFault: true };
  const site = new FakeSite();
  await site.steps(run, 'begin', 'inject', 'undo', 'conclude');
  expect(site.asked.map(({ op }) => op)).toEqual(['status', 'startExperiment', 'stopExperiment', 'stopExperiment']);
});

test('a drill goes back after a while', async () => {
  const run: RunInput = { ...FAILOVER, drill: true, thenBack: true };
  const site = new FakeSite();
  expect(await site.steps(run, ...BEFORE_PROMOTION, ...PROMOTION, 'switch', 'settle')).toMatchObject({ thenBack: true });
  await site.step('sendBack', { run });
  expect(site.asked.at(-1)).toMatchObject({ op: 'start', run: { kind: 'failback', id: 'run-1-back', drill: true } });
});

test('routing controls are set for both sites', async () => {
  const controls = { [TOKYO]: 'arn:1', [OSAKA]: 'arn:2' };
  const site = new FakeSite(OSAKA, { traffic: { kind: 'routing-control', endpoints: [], controls, settleMs: 0 } });
  await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION, 'switch');
  expect(site.calls).toContain(`route ${JSON.stringify({ [OSAKA]: true, [TOKYO]: false })}`);
});

test('a person is asked with the command that says yes', async () => {
  const site = new FakeSite(OSAKA, { approval: { required: true, timeoutMs: HOUR } });
  expect(await site.step('begin')).toMatchObject({ way: 'ask' });
  await site.step('ask', { token: 'TOKEN' });
  expect(site.told[0].text).toContain(`Seen just now: ${TOKYO} answers and is active; orders: 2000 ms; carts: 2000 ms.`);
  expect(site.told[0].text).toContain(
    `aws stepfunctions send-task-success --region ${OSAKA} --task-token 'TOKEN' --task-output '{"by":"<your name>","otherSiteIsDown":true}'`,
  );
  expect(
    await new FakeSite(OSAKA, { approval: { required: true, timeoutMs: HOUR } }).step('begin', { run: { ...FAILOVER, approved: true } }),
  ).toMatchObject({ way: 'takeOver' });
});

test('what others write in between is read again, and too much of it is an error', async () => {
  const site = new FakeSite();
  site.conflicts = 3;
  expect((await site.step('begin')).state).toBe('done');
  site.conflicts = 100;
  await expect(site.step('measure')).rejects.toThrow('others wrote the register again and again');
});

test('a run is concluded even when its evidence cannot be kept, and says so', async () => {
  const config = { evidence: { bucket: 'evidence', prefix: 'recovery/', keyArn: 'key' } };
  const site = new FakeSite(OSAKA, config);
  site.keepError = new Error('denied');
  await site.steps(FAILOVER, ...BEFORE_PROMOTION, ...PROMOTION, 'switch', 'settle', 'conclude');
  expect(site.register.run?.outcome).toBe('completed');
  expect(site.told.at(-1)?.text).toMatch(/evidence could not be kept: denied/);
  expect(site.published.at(-1)).toMatchObject({ RecoveryRunFailed: 1 });
});
