import { lookBack } from '../../../lib/handlers/digest/look-back';
import type { DigestPorts, MetricQuery, Point } from '../../../lib/handlers/digest/ports';
import type { DigestConfig } from '../../../lib/model/digest';
import { DAY, HOUR } from '../../../lib/model/time';

const TO = Date.UTC(2030, 0, 8, 9);
const FROM = TO - 7 * DAY;
const CONFIG: DigestConfig = {
  topics: { high: 'high', low: 'low' },
  runbook: 'docs/runbook.md',
  watches: [],
  plans: [],
  vaults: [],
  tests: [
    {
      verification: 'V1',
      label: 'P',
      resources: [
        { id: 'A', rtoMs: 4 * HOUR, dueMs: 8 * DAY },
        { id: 'B', dueMs: 32 * DAY },
      ],
    },
    { verification: 'V1-copies', label: 'P', region: 'ap-northeast-3', resources: [{ id: 'A', rtoMs: 4 * HOUR, dueMs: 500 * DAY }] },
  ],
};

type Points = Readonly<Record<string, readonly Point[]>>;

/** CloudWatch with these points, by Region, verification, resource, name and statistic. */
function portsOf(points: Points) {
  const asked: { readonly region: string; readonly queries: readonly MetricQuery[]; readonly fromMs: number }[] = [];
  const ports: DigestPorts = {
    region: 'ap-northeast-1',
    now: () => TO + 20 * 60_000,
    metrics: async () => [],
    points: async (region, queries, fromMs, toMs) => {
      asked.push({ region, queries, fromMs });
      return queries.map(({ dimensions, name, statistic }) =>
        (points[[region, ...Object.values(dimensions), name, statistic].join(' ')] ?? []).filter(
          ({ atMs }) => atMs >= fromMs && atMs < toMs,
        ),
      );
    },
    publish: async () => undefined,
  };
  return { ports, asked };
}

const at = (agoMs: number, value: number): Point => ({ atMs: TO - agoMs, value });
const HOURLY = Array.from({ length: 7 * 24 }, (_, index) => ({ atMs: FROM + index * HOUR, value: 1 }));

test('counts the tests of the week, and looks for the last success as far back as the rarest is due', async () => {
  const { ports, asked } = portsOf({
    'ap-northeast-1 V1 VerificationHeartbeat SampleCount': HOURLY,
    'ap-northeast-1 V1 FailedTests Maximum': [at(3 * DAY, 1), at(2 * DAY, 2), at(DAY, 0)],
    'ap-northeast-1 V1 MissingTests Maximum': [at(HOUR, 1)],
    'ap-northeast-1 V1 A AchievedRecoveryTime Maximum': [at(3 * DAY, 5_400), at(DAY, 3_600)],
    'ap-northeast-1 V1 A SuccessfulTest SampleCount': [at(20 * DAY, 1), at(3 * DAY, 2), at(DAY, 1)],
    'ap-northeast-1 V1 A SuccessfulTest Sum': [at(20 * DAY, 1), at(3 * DAY, 1), at(DAY, 0)],
    'ap-northeast-1 V1 B SuccessfulTest SampleCount': [at(20 * DAY, 1)],
    'ap-northeast-1 V1 B SuccessfulTest Sum': [at(20 * DAY, 1)],
  });
  const { tests, watches, blind } = await lookBack(CONFIG, ports);
  expect(blind).toEqual([]);
  const none = { slow: 0, old: 0, remains: 0 };
  expect(tests).toEqual([
    {
      label: 'P',
      region: 'ap-northeast-1',
      lastMs: TO - HOUR,
      failed: 2,
      missing: 1,
      ...none,
      resources: [
        { id: 'A', rtoMs: 4 * HOUR, tests: 3, successful: 1, slowestMs: 1.5 * HOUR, verifiedMs: TO - 3 * DAY, lookedBackMs: 32 * DAY },
        { id: 'B', tests: 0, successful: 0, verifiedMs: TO - 20 * DAY, lookedBackMs: 32 * DAY },
      ],
    },
    {
      label: 'P',
      region: 'ap-northeast-3',
      failed: 0,
      missing: 0,
      ...none,
      resources: [{ id: 'A', rtoMs: 4 * HOUR, tests: 0, successful: 0, lookedBackMs: 455 * DAY }],
    },
  ]);
  expect(watches).toEqual([
    { watch: 'V1', looks: 167, expected: 167, unjudged: 0 },
    { watch: 'V1-copies', looks: 0, expected: 168, unjudged: 0 },
  ]);
  expect(asked.map(({ region, fromMs }) => [region, (TO - fromMs) / DAY])).toEqual([
    ['ap-northeast-1', 7],
    ['ap-northeast-3', 7],
    ['ap-northeast-1', 32],
    ['ap-northeast-3', 455],
  ]);
});

test('a Region that does not answer is said not to be looked at', async () => {
  const { ports } = portsOf({});
  const denied: DigestPorts = { ...ports, points: async () => Promise.reject(new Error('denied')) };
  const { blind, tests } = await lookBack(CONFIG, denied);
  expect(blind).toEqual(['restore tests in ap-northeast-1: Error: denied', 'restore tests in ap-northeast-3: Error: denied']);
  expect(tests).toEqual([]);
});

test('asks nothing where nothing is tested', async () => {
  const { ports, asked } = portsOf({});
  expect(await lookBack({ ...CONFIG, tests: undefined }, ports)).toMatchObject({ tests: [], watches: [], blind: [] });
  expect(asked).toEqual([]);
});
