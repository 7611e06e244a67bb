import { measuredOf, type RunRecord, type StepRecord } from '../../../lib/model/recovery';
import { HOUR, MINUTE, SECOND } from '../../../lib/model/time';
import { OSAKA, siteConfig } from './sites';

const T0 = Date.parse('2026-11-23T12:00:00Z');
const config = siteConfig(OSAKA);
const at = (fromMin: number, toMin: number, facts?: StepRecord['facts']): StepRecord => ({
  state: 'done',
  sinceMs: T0 + fromMin * MINUTE,
  untilMs: T0 + toMin * MINUTE,
  words: '',
  ...(facts ? { facts } : {}),
});
const run = (steps: RunRecord['steps'], input: Partial<RunRecord['input']> = {}): RunRecord => ({
  input: { kind: 'failover', id: 'run-1', by: 'a test', ...input },
  stage: 'activated',
  epoch: 1,
  begunMs: T0,
  leaseUntilMs: T0,
  peer: 'ap-northeast-1',
  steps,
});
const both = (orders: number, carts: number) => ({
  'measure:orders': at(2, 2, { lagMs: orders }),
  'measure:carts': at(2, 2, { lagMs: carts }),
});

test('the recovery time counts from the disruption until clients have the new answer', () => {
  const steps = { fence: at(0, 2), switch: at(20, 21), settle: at(23, 30) };
  expect(measuredOf(run(steps), config).recoveryTime).toMatchObject({ ms: 23 * MINUTE, verdict: 'kept', promisedMs: HOUR });
  expect(measuredOf(run(steps, { sinceMs: T0 - 40 * MINUTE }), config).recoveryTime).toMatchObject({ ms: 63 * MINUTE, verdict: 'missed' });
});

test('parts are in the order in which they began', () => {
  const steps = { verify: at(10, 12), fence: at(0, 2), 'promote:orders': at(2, 10) };
  expect(measuredOf(run(steps), config).recoveryTime.parts.map(({ step }) => step)).toEqual(['fence', 'promote:orders', 'verify']);
});

test.each([
  ['exactly what was promised', 5 * MINUTE, 'kept'],
  ['a moment more', 5 * MINUTE + 1, 'missed'],
])('data that lost %s has %s it', (_, lagMs, verdict) => {
  expect(measuredOf(run(both(lagMs, SECOND)), config).recoveryPoint).toMatchObject({ ms: lagMs, verdict });
});

test('what nobody measured is never kept, but may be missed', () => {
  const known = { 'measure:orders': at(2, 2, { lagMs: SECOND }), 'measure:carts': at(2, 2) };
  expect(measuredOf(run(known), config).recoveryPoint).toMatchObject({ verdict: 'unknown', unknown: ['carts'] });
  const missed = { ...known, 'measure:orders': at(2, 2, { lagMs: HOUR }) };
  expect(measuredOf(run(missed), config).recoveryPoint.verdict).toBe('missed');
  expect(measuredOf(run({}), config)).toMatchObject({ recoveryTime: { verdict: 'unknown' }, recoveryPoint: { verdict: 'unknown' } });
});

test('without an objective nothing is promised', () => {
  const { objective: _, ...free } = config;
  expect(measuredOf(run(both(1, 1)), free)).toMatchObject({
    recoveryTime: { verdict: 'not-promised' },
    recoveryPoint: { verdict: 'not-promised', ms: 1 },
  });
});

test('a rehearsal has taken as long as the restore that took longest, and none that is not done', () => {
  const steps = { 'rehearse:orders': at(0, 40), 'rehearse:carts': at(0, 3) };
  expect(measuredOf(run(steps, { kind: 'rehearsal' }), config).recoveryTime.ms).toBe(40 * MINUTE);
  const { untilMs: _, ...open } = at(0, 3);
  const unfinished = { ...steps, 'rehearse:carts': { ...open, state: 'pending' as const } };
  expect(measuredOf(run(unfinished, { kind: 'rehearsal' }), config).recoveryTime.ms).toBeUndefined();
});
