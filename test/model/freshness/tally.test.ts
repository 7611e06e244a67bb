import { DETAILS_AT_MOST, type Judgement, Tally } from '../../../lib/model/freshness';
import { DAY, HOUR } from '../../../lib/model/time';

const NOW = Date.UTC(2030, 0, 7, 12);

interface Line extends Record<string, unknown> {
  readonly _aws?: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly object[] };
}

function linesOf(add: (tally: Tally) => void): Line[] {
  const lines: string[] = [];
  const tally = new Tally((line) => lines.push(line));
  add(tally);
  tally.publish('orders', NOW);
  return lines.map((line) => JSON.parse(line));
}

const judged = (resource: string, judgement: Judgement, more: object = {}) => ({
  protection: 'Orders/Plan',
  place: 'ap-northeast-1/main',
  resource,
  judgement,
  thresholdMs: 26 * HOUR,
  ...more,
});

describe('the log of a run', () => {
  const lines = linesOf((tally) => {
    tally.add(judged('one', { verdict: 'fresh', ageMs: 2 * HOUR }));
    tally.add(judged('two', { verdict: 'stale', ageMs: 50 * HOUR, reason: 'is old' }));
    tally.add(judged('three', { verdict: 'missing', reason: 'has none' }, { place: 'ap-northeast-3/main' }));
    tally.add(judged('four', { verdict: 'unjudged', reason: 'no clock' }));
  });

  test('tells each resource that is not fresh, with its reason', () => {
    expect(lines.filter(({ verdict }) => verdict)).toEqual([
      { verdict: 'stale', protection: 'Orders/Plan', place: 'ap-northeast-1/main', resource: 'two', ageSeconds: 180_000, reason: 'is old' },
      { verdict: 'missing', protection: 'Orders/Plan', place: 'ap-northeast-3/main', resource: 'three', reason: 'has none' },
      { verdict: 'unjudged', protection: 'Orders/Plan', place: 'ap-northeast-1/main', resource: 'four', reason: 'no clock' },
    ]);
  });

  test('has the metrics of each plan and place in the embedded metric format', () => {
    expect(lines[3]).toEqual({
      _aws: {
        Timestamp: NOW,
        CloudWatchMetrics: [
          {
            Namespace: 'CdkRecovery',
            Dimensions: [['Watch', 'Protection', 'Place']],
            Metrics: [
              { Name: 'Stale', Unit: 'Count' },
              { Name: 'Missing', Unit: 'Count' },
              { Name: 'Unknown', Unit: 'Count' },
              { Name: 'Age', Unit: 'Seconds' },
            ],
          },
        ],
      },
      Watch: 'orders',
      Protection: 'Orders/Plan',
      Place: 'ap-northeast-1/main',
      Stale: 1,
      Missing: 0,
      Unknown: 0,
      Age: 180_000,
    });
  });

  test('has no age where nothing has one', () => {
    expect(lines[4]).not.toHaveProperty('Age');
    expect(lines[4]).toMatchObject({ Place: 'ap-northeast-3/main', Missing: 1 });
  });

  test('ends with the counts of the whole watch and its heartbeat', () => {
    expect(lines).toHaveLength(6);
    expect(lines[5]).toMatchObject({ Watch: 'orders', Fresh: 1, Stale: 1, Missing: 1, Awaited: 0, Unjudged: 1, Unknown: 0, Heartbeat: 1 });
    expect(lines[5]._aws?.CloudWatchMetrics).toEqual([
      expect.objectContaining({ Dimensions: [['Watch']], Metrics: expect.arrayContaining([{ Name: 'Heartbeat', Unit: 'Count' }]) }),
    ]);
  });
});

test('a run that has nothing to judge has a heartbeat too', () => {
  expect(linesOf(() => {})).toEqual([expect.objectContaining({ Fresh: 0, Stale: 0, Missing: 0, Unknown: 0, Heartbeat: 1 })]);
});

test.each<[string, Judgement, number | undefined, number]>([
  ['counts for the alarm that remembers it', { verdict: 'awaited' }, 7 * DAY, 1],
  ['counts under a schedule that nobody knows', { verdict: 'awaited' }, undefined, 1],
  ['does not count where no alarm remembers for so long', { verdict: 'awaited' }, 7 * DAY + 1, 0],
  ['does not count while it is being made', { verdict: 'awaited', running: true }, HOUR, 0],
])('what is awaited %s', (_case, judgement, thresholdMs, awaited) => {
  expect(linesOf((tally) => tally.add(judged('one', judgement, { thresholdMs }))).at(-1)).toMatchObject({ Awaited: awaited });
});

test('so many details are written for a verdict of a plan and place, and all are counted', () => {
  const lines = linesOf((tally) => {
    for (let i = 0; i < DETAILS_AT_MOST + 7; i++) {
      tally.add(judged(`table ${i}`, { verdict: 'stale', ageMs: i, reason: 'is old' }));
    }
    tally.add(judged('another', { verdict: 'missing' }));
  });
  expect(lines.filter(({ verdict }) => verdict === 'stale')).toHaveLength(DETAILS_AT_MOST + 1);
  expect(lines.filter(({ verdict }) => verdict === 'missing')).toHaveLength(1);
  expect(lines.find(({ more }) => more)).toEqual({ verdict: 'stale', protection: 'Orders/Plan', place: 'ap-northeast-1/main', more: 7 });
  expect(lines.at(-1)).toMatchObject({ Stale: DETAILS_AT_MOST + 7 });
});

test('counts a verdict over all plans and places', () => {
  const tally = new Tally(() => {});
  tally.add(judged('one', { verdict: 'unknown' }));
  tally.add(judged('one', { verdict: 'unknown' }, { protection: 'Other' }));
  expect([tally.count('unknown'), tally.count('fresh')]).toEqual([2, 0]);
});
