import {
  activated,
  claimed,
  committed,
  fenced,
  guardDecision,
  initialRegister,
  letGo,
  lifted,
  nextEpoch,
  type PeerStatus,
  type RunRecord,
  type SiteRegister,
  type Transition,
} from '../../../lib/model/recovery';
import { OSAKA, siteConfig, TOKYO } from './sites';

const NOW = 1_000_000;
const THIRD = 'us-east-1';
const STANDBY: SiteRegister = initialRegister(siteConfig(OSAKA));
const ACTIVE: SiteRegister = { ...initialRegister(siteConfig(TOKYO)), epoch: 4, seen: 4 };
const FENCE = { epoch: 3, by: OSAKA, sinceMs: NOW - 1, was: 'active', final: false } as const;
const FENCED: SiteRegister = { ...ACTIVE, epoch: 1, seen: 3, role: 'fenced', gate: 'closed', fence: FENCE };
const RUN: RunRecord = {
  input: { kind: 'failover', id: 'run-1', by: 'a test' },
  stage: 'fencing',
  epoch: 2,
  begunMs: NOW,
  leaseUntilMs: NOW + 1,
  peer: TOKYO,
  peerState: 'confirmed',
  steps: { measure: { state: 'done', sinceMs: NOW, words: '' }, drain: { state: 'done', sinceMs: NOW, words: '' } },
};
const asked = (epoch: number, by = OSAKA) => ({ epoch, by, nowMs: NOW });

test.each<[string, () => Transition]>([
  ['a fence below the epoch with which a site is active', () => fenced(ACTIVE, asked(3))],
  ['a fence that was lifted before it came', () => fenced({ ...STANDBY, lifted: 3 }, asked(3, TOKYO))],
  ['a fence below the one that holds', () => fenced(FENCED, asked(2))],
  ['a fence of a third site beside the one that holds', () => fenced(FENCED, asked(4, THIRD))],
  ['a fence below what a run is bound to', () => fenced({ ...STANDBY, run: { ...RUN, stage: 'committed' } }, asked(1, TOKYO))],
  ['letting go for an epoch below that of the site', () => letGo(ACTIVE, asked(3))],
  ['lifting a fence that is final', () => lifted({ ...FENCED, fence: { ...FENCE, final: true } }, { epoch: 3 })],
  [
    'promoting data while a fence of a higher epoch holds',
    () => committed({ ...STANDBY, role: 'fenced', fence: FENCE, run: RUN }, 'run-1'),
  ],
  [
    'taking the traffic where a higher epoch is known',
    () => activated({ ...STANDBY, seen: 3, run: { ...RUN, stage: 'committed' } }, 'run-1', [], false),
  ],
])('fails for %s', (_, transition) => {
  expect(transition().refusal).toBeDefined();
});

test('takes all of it with an epoch that is high enough', () => {
  expect(fenced(ACTIVE, asked(5)).register).toMatchObject({ role: 'fenced', seen: 5 });
  expect(fenced(FENCED, asked(5)).register).toMatchObject({ role: 'fenced', fence: { epoch: 5, was: 'active' } });
  expect(letGo(ACTIVE, asked(5)).register).toMatchObject({ role: 'fenced', fence: { final: true } });
  expect(committed({ ...STANDBY, fence: { ...FENCE, epoch: 1 }, run: RUN }, 'run-1').register).toMatchObject({ lifted: 1 });
  const bound: SiteRegister = { ...STANDBY, seen: 2, run: { ...RUN, stage: 'committed' } };
  expect(activated(bound, 'run-1', [], false).register).toMatchObject({ role: 'active', epoch: 2 });
});

test('a run that takes over makes its epoch known before it asks for anything', () => {
  const claim = { input: RUN.input, epoch: 7, peer: TOKYO, nowMs: NOW, leaseMs: 1, everywhere: false, upToDate: true };
  expect(claimed(STANDBY, claim).register?.seen).toBe(7);
});

test('a fence is lifted by what is over of its own epoch only', () => {
  expect(lifted(FENCED, { epoch: 2 }).register).toMatchObject({ role: 'fenced', fence: FENCE, lifted: 2 });
  expect(lifted(FENCED, { epoch: 3 }).register).toMatchObject({ role: 'active', gate: 'opening', lifted: 3 });
});

describe('a guard', () => {
  const peer: PeerStatus = { site: OSAKA, role: 'active', epoch: 3, seen: 3, diverted: true, reclaimed: false };
  const decide = (register: SiteRegister, status: PeerStatus) =>
    guardDecision(register, [status], { site: TOKYO, everywhere: false, nowMs: NOW });

  test('has the site of the lower epoch let go, be it this one or the other', () => {
    expect(decide(ACTIVE, peer)).toMatchObject({ tell: [OSAKA], conflict: true });
    expect(decide(ACTIVE, peer).yieldTo).toBeUndefined();
    expect(decide(ACTIVE, { ...peer, epoch: 5 })).toMatchObject({ tell: [], conflict: true, yieldTo: { epoch: 5, final: true } });
  });

  test('gives way to a run that has begun to promote data with a higher epoch, and to no other', () => {
    const run = { id: 'run-1', kind: 'failover', epoch: 5, stage: 'committed' } as const;
    const standby: PeerStatus = { ...peer, role: 'standby' };
    expect(decide(ACTIVE, { ...standby, run })).toMatchObject({ yieldTo: { epoch: 5, final: false } });
    expect(decide(ACTIVE, { ...standby, run: { ...run, epoch: 3 } }).yieldTo).toBeUndefined();
    expect(decide(ACTIVE, { ...standby, run: { ...run, stage: 'fencing' } }).yieldTo).toBeUndefined();
  });

  test('keeps a fence as long as the site that has asked for it takes over, or is active with its epoch', () => {
    const run = { id: 'run-1', kind: 'failover', epoch: 3, stage: 'fencing' } as const;
    const standby: PeerStatus = { ...peer, role: 'standby' };
    expect(decide(FENCED, peer).liftEpoch).toBeUndefined();
    expect(decide(FENCED, { ...standby, run }).liftEpoch).toBeUndefined();
    expect(decide(FENCED, { ...standby, epoch: 2, run: { ...run, stage: 'concluded' } })).toMatchObject({ liftEpoch: 3 });
    // it was active, and is fenced itself by now
    expect(decide(FENCED, { ...peer, role: 'fenced' }).liftEpoch).toBeUndefined();
    expect(decide(FENCED, { ...peer, epoch: 2 })).toMatchObject({ liftEpoch: 3 });
  });
});

test('the next epoch is above whatever anybody has told of', () => {
  expect(nextEpoch(siteConfig(TOKYO), [1, 7, 3])).toBeGreaterThan(7);
});
