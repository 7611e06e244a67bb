import {
  ALARM_FRESH_MS,
  type Detection,
  detected,
  initialRegister,
  isNews,
  notBegun,
  type Rung,
  type RunRecord,
  type SiteRegister,
} from '../../../lib/model/recovery';
import { HOUR, MINUTE, SECOND } from '../../../lib/model/time';
import { OSAKA, siteConfig, TOKYO } from './sites';

const RANG = Date.parse('2026-11-23T12:00:00Z');
const standby = initialRegister(siteConfig(OSAKA));
const rung = (more: Partial<Rung> = {}): Rung => ({ alarm: 'orders-down', atMs: RANG, leadMs: 0, nowMs: RANG + 5 * SECOND, ...more });
const run = (more: Partial<RunRecord> = {}): RunRecord => ({
  input: { kind: 'failover', id: 'run-1', by: 'a test' },
  stage: 'begun',
  epoch: 1,
  begunMs: RANG - HOUR,
  leaseUntilMs: RANG + HOUR,
  peer: TOKYO,
  steps: {},
  ...more,
});
const after = (register: SiteRegister, more: Partial<Rung> = {}): SiteRegister => {
  const { register: next, refusal } = detected(register, rung(more));
  if (!next) {
    throw new Error(refusal);
  }
  return next;
};

test('an alarm asks for one failover, by its name and since it rang', () => {
  expect(after(standby, { leadMs: 3 * MINUTE })).toEqual({
    ...standby,
    detection: {
      atMs: RANG,
      run: { kind: 'failover', id: 'alarm-20261123120000000', by: 'alarm orders-down', sinceMs: RANG - 3 * MINUTE },
    },
  });
});

test('a run is called by what an execution may be called', () => {
  expect(after(standby).detection?.run.id).toMatch(/^[A-Za-z0-9_-]{1,60}$/);
});

test('the same alarm told of again is the same run', () => {
  const once = after(standby);
  expect(after(once, { nowMs: RANG + MINUTE })).toEqual(once);
});

describe('starts nothing', () => {
  const concluded = { stage: 'concluded', outcome: 'completed', concludedMs: RANG + MINUTE } as const;
  const drill = { kind: 'switchover', id: 'drill-1', by: 'drill', drill: true } as const;
  test.each<[string, SiteRegister, Partial<Rung>, RegExp]>([
    ['where it comes late', standby, { nowMs: RANG + ALARM_FRESH_MS + 1 }, /it rang 16 min ago/],
    ['where the site is active', { ...standby, role: 'active' }, {}, /this site is active/],
    ['after a completed failover', { ...standby, role: 'active', run: run(concluded) }, { atMs: RANG + 2 * MINUTE }, /this site is active/],
    ['while a run is under way', { ...standby, run: run() }, {}, /run 'run-1' \(failover\) is under way/],
    ['during a drill', { ...standby, run: run({ input: drill, stage: 'activated' }) }, {}, /run 'drill-1' \(switchover\) is under way/],
    [
      'while a run has halted, which is for a person',
      { ...standby, run: run({ stage: 'committed', leaseUntilMs: 0 }) },
      {},
      /is under way/,
    ],
    ['while the other site is at it', standby, { elsewhere: "run 'back' (failback) is under way at Tokyo" }, /under way at Tokyo/],
    ['where it rang before the last run had ended', { ...standby, run: run(concluded) }, {}, /before run 'run-1' had ended/],
    ['where the site was fenced', { ...standby, role: 'fenced' }, {}, /has fenced this site/],
    [
      'where another alarm has just done so',
      after(standby),
      { alarm: 'other', atMs: RANG + MINUTE, nowMs: RANG + MINUTE },
      /asked for by alarm orders-down already/,
    ],
  ])('%s', (_case, register, more, why) => {
    expect(detected(register, rung(more))).toEqual({ refusal: expect.stringMatching(why) });
  });
});

test('an alarm that rings a quarter of an hour after one that came to nothing asks again', () => {
  const first = after(standby);
  const refused: SiteRegister = {
    ...first,
    run: run({ input: first.detection!.run, begunMs: RANG, stage: 'concluded', outcome: 'aborted', concludedMs: RANG + 5 * MINUTE }),
  };
  const at = (ms: number) => ({ atMs: RANG + ms, nowMs: RANG + ms });
  expect(detected(refused, rung(at(ALARM_FRESH_MS - 1)))).toHaveProperty('refusal');
  expect(after(refused, at(ALARM_FRESH_MS)).detection?.atMs).toBe(RANG + ALARM_FRESH_MS);
});

describe('what was asked for is begun', () => {
  const asked = after(standby);
  const { run: wanted } = asked.detection as Detection;
  test.each<[string, SiteRegister, number, boolean]>([
    ['until its run has begun', asked, RANG + MINUTE, true],
    ['and not again once it has', { ...asked, run: run({ input: wanted, begunMs: RANG + MINUTE }) }, RANG + 2 * MINUTE, false],
    [
      'and not where somebody has begun another one since',
      { ...asked, run: run({ begunMs: RANG + MINUTE, stage: 'concluded' }) },
      RANG + 2 * MINUTE,
      false,
    ],
    ['also after another run long ago', { ...asked, run: run({ stage: 'concluded', concludedMs: RANG - MINUTE }) }, RANG + MINUTE, true],
    ['for a quarter of an hour', asked, RANG + ALARM_FRESH_MS, true],
    ['and no longer', asked, RANG + ALARM_FRESH_MS + 1, false],
    ['and not where the site is active by now', { ...asked, role: 'active' }, RANG + MINUTE, false],
  ])('%s', (_case, register, nowMs, begins) => {
    expect(notBegun(register, nowMs)).toEqual(begins ? wanted : undefined);
  });

  test('and nothing where no alarm has rung', () => {
    expect(notBegun(standby, RANG)).toBeUndefined();
  });
});

test.each<[string, SiteRegister, boolean]>([
  [
    'a rehearsal by hand that keeps a failover from beginning',
    { ...standby, run: run({ input: { kind: 'rehearsal', id: 'r', by: 'me' } }) },
    true,
  ],
  ['a fence', { ...standby, role: 'fenced' }, true],
  ['a repeat', { ...standby, run: run() }, false],
  ['a drill', { ...standby, run: run({ input: { kind: 'switchover', id: 'd', by: 'drill', drill: true } }) }, false],
  [
    'the rebuild after one',
    { ...standby, run: run({ input: { kind: 'rebuild', id: 'd-back-rebuild', by: 'run d-back', drill: true } }) },
    true,
  ],
  ['a site that is active', { ...standby, role: 'active' }, false],
])('whether somebody hears of an alarm that started nothing: %s', (_case, register, news) => {
  expect(isNews(register)).toBe(news);
});
