import * as fc from 'fast-check';
import { ALARM_MEMORY_MS, CLOCK_TOLERANCE_MS, judge, type Observation, thresholdMs } from '../../../lib/model/freshness';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';

const NOW = Date.UTC(2030, 0, 7, 12);
const DAILY = 26 * HOUR;
const seen = (more: Partial<Observation>): Observation => ({ nowMs: NOW, thresholdMs: DAILY, ...more });

describe('a verdict', () => {
  test.each<[string, Partial<Observation>, string, ...number[]]>([
    ['as old as the schedule explains, to the millisecond', { newestMs: NOW - DAILY }, 'fresh', DAILY],
    ['a millisecond older', { newestMs: NOW - DAILY - 1 }, 'stale', DAILY + 1],
    ['made this moment', { newestMs: NOW }, 'fresh', 0],
    ['made by a clock that is ahead within the tolerance', { newestMs: NOW + CLOCK_TOLERANCE_MS }, 'fresh', 0],
    ['from the future', { newestMs: NOW + CLOCK_TOLERANCE_MS + 1 }, 'unknown'],
    ['young, beside one from the future', { newestMs: NOW - HOUR, ahead: true }, 'unknown'],
    ['old, where nothing says how old it may be', { newestMs: NOW - 300 * DAY, thresholdMs: undefined }, 'unjudged', 300 * DAY],
    ['none, promised a moment ago', { promisedSinceMs: NOW - MINUTE }, 'awaited'],
    ['none, promised for as long as the first may take', { promisedSinceMs: NOW - DAILY }, 'awaited'],
    ['none, promised for longer', { promisedSinceMs: NOW - DAILY - 1 }, 'missing'],
    ['none, promised by a clock that is ahead', { promisedSinceMs: NOW + HOUR }, 'awaited'],
    ['none, nobody knows since when, and an alarm can remember', {}, 'awaited'],
    ['none, nobody knows since when, and the schedule is as long as alarms remember', { thresholdMs: ALARM_MEMORY_MS }, 'awaited'],
    ['none, nobody knows since when, longer than any alarm remembers', { thresholdMs: ALARM_MEMORY_MS + 1 }, 'missing'],
    ['none under a schedule that nobody knows', { thresholdMs: undefined }, 'awaited'],
    [
      'none, promised for longer than alarms remember, under a schedule that nobody knows',
      { thresholdMs: undefined, promisedSinceMs: NOW - ALARM_MEMORY_MS - 1 },
      'missing',
    ],
    [
      'none, promised long ago, while the first is being made',
      { promisedSinceMs: NOW - 9 * DAY, firstBackup: { state: 'running', words: 'it runs' } },
      'awaited',
    ],
    [
      'none, promised a moment ago, and the first has failed',
      { promisedSinceMs: NOW, firstBackup: { state: 'failed', words: 'it broke' } },
      'missing',
    ],
  ])('of a recovery point %s', (_case, observation, verdict, ...[ageMs]) => {
    expect(judge(seen(observation))).toMatchObject({ verdict, ...(ageMs === undefined ? {} : { ageMs }) });
  });

  test('tells the reason in words, but for what is fresh', () => {
    const reasons = [
      { newestMs: NOW },
      { newestMs: NOW - 2 * DAY },
      { firstBackup: { state: 'failed', words: 'the role is gone' } as const },
    ];
    expect(reasons.map((observation) => judge(seen(observation)).reason)).toEqual([
      undefined,
      'is 2 days old, and the schedule explains 26 h',
      'has no recovery point: the role is gone',
    ]);
  });
});

describe('verdicts, whatever is seen', () => {
  const ms = fc.integer({ min: NOW - 3000 * DAY, max: NOW + 30 * DAY });
  const observations: fc.Arbitrary<Observation> = fc.record(
    {
      nowMs: fc.constant(NOW),
      thresholdMs: fc.integer({ min: 1, max: 800 * DAY }),
      newestMs: ms,
      ahead: fc.boolean(),
      promisedSinceMs: ms,
      firstBackup: fc.record({ state: fc.constantFrom('running' as const, 'failed' as const), words: fc.string() }),
    },
    { requiredKeys: ['nowMs'] },
  );

  test('fresh is only what has a recovery point within its threshold, and none from the future', () => {
    fc.assert(
      fc.property(observations, (observation) => {
        const { newestMs, thresholdMs: limit, ahead } = observation;
        const within = newestMs !== undefined && limit !== undefined && NOW - newestMs <= limit && newestMs <= NOW + CLOCK_TOLERANCE_MS;
        expect(judge(observation).verdict === 'fresh').toBe(within && !ahead);
      }),
      { numRuns: 2000 },
    );
  });

  test('an older recovery point is never better', () => {
    const rank = { fresh: 0, late: 1, stale: 2, unknown: 3, unjudged: 3, awaited: 3, missing: 3 };
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 800 * DAY }),
        fc.integer({ min: 0, max: 800 * DAY }),
        fc.integer({ min: 1, max: 800 * DAY }),
        fc.option(fc.integer({ min: 1, max: 800 * DAY }), { nil: undefined }),
        (age, more, thresholdMs, rpoMs) => {
          const [young, old] = [age, age + more].map((span) => judge({ nowMs: NOW, newestMs: NOW - span, thresholdMs, rpoMs }).verdict);
          expect(rank[young]).toBeLessThanOrEqual(rank[old]);
        },
      ),
    );
  });

  test('what has no recovery point is told as missing sooner or later, unless its first is being made or an alarm remembers', () => {
    fc.assert(
      fc.property(
        observations,
        fc.integer({ min: 0, max: 3000 * DAY }),
        ({ firstBackup: _job, newestMs: _point, ahead: _ahead, ...observation }, waitedMs) => {
          const { promisedSinceMs = NOW, thresholdMs: limit = ALARM_MEMORY_MS } = observation;
          const later = { ...observation, nowMs: promisedSinceMs + limit + 1 + waitedMs };
          const remembered = observation.promisedSinceMs === undefined && limit <= ALARM_MEMORY_MS;
          expect(judge(later).verdict).toBe(remembered ? 'awaited' : 'missing');
        },
      ),
    );
  });
});

describe('a threshold', () => {
  const claim = [
    { name: 'longest gap', ms: 24 * HOUR, basis: 'configured' as const },
    { name: 'start window', ms: HOUR, basis: 'configured' as const },
    { name: 'backup', ms: 10 * MINUTE, basis: 'estimated' as const },
  ];

  test.each<[string, number | undefined, number | undefined]>([
    ['adds to the claim what was estimated once more, and a margin', thresholdMs(claim, 'points', 0), 25 * HOUR + 35 * MINUTE],
    ['counts the claim again for a run that may be missed', thresholdMs(claim, 'points', 1), 50 * HOUR + 45 * MINUTE],
    [
      'leaves databases that write their log late half an hour',
      thresholdMs([{ name: 'lag', ms: 5 * MINUTE, basis: 'documented' }], 'continuous', 0),
      30 * MINUTE,
    ],
    ['is not there where nothing is claimed', thresholdMs([], 'points', 0), undefined],
    [
      'is not there where no end is claimed',
      thresholdMs([{ name: 'no run', ms: Number.POSITIVE_INFINITY, basis: 'configured' }], 'points', 0),
      undefined,
    ],
  ])('%s', (_case, actual, expected) => {
    expect(actual).toBe(expected);
  });

  test('grows with every run that may be missed', () => {
    const spans = [0, 1, 2, 3].map((misses) => thresholdMs(claim, 'points', misses) as number);
    expect(spans).toEqual([...spans].sort((a, b) => a - b));
    expect(new Set(spans).size).toBe(4);
  });
});
