import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricPorts } from '../../../lib/handlers/digest/aws-metrics';
import { lookBack } from '../../../lib/handlers/digest/look-back';
import type { DigestPorts, MetricQuery, Point } from '../../../lib/handlers/digest/ports';
import { sendDigest } from '../../../lib/handlers/digest/send-digest';
import type { DigestConfig } from '../../../lib/model/digest';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';

const NOW = Date.UTC(2030, 0, 8, 9, 20);
const TO = Date.UTC(2030, 0, 8, 9);
const FROM = TO - 7 * DAY;
const CONFIG: DigestConfig = {
  topics: { high: 'high', low: 'low' },
  runbook: 'docs/runbook.md',
  watches: [{ name: 'Watch', everyMs: 30 * MINUTE }],
  plans: [{ label: 'Plan' }],
  vaults: [
    { name: 'App', counts: ['backup', 'copy'] },
    { name: 'App', region: 'ap-northeast-3', counts: ['restore'] },
  ],
};

interface World {
  readonly places?: readonly Readonly<Record<string, string>>[];
  readonly watches?: readonly string[];
  readonly value?: (query: MetricQuery, region: string) => readonly Point[];
}

const hourly = (value: number, from = FROM): readonly Point[] =>
  Array.from({ length: (TO - from) / HOUR }, (_, index) => ({ atMs: from + index * HOUR, value }));
const usual = ({ name }: MetricQuery): readonly Point[] =>
  name === 'Heartbeat'
    ? hourly(2)
    : name === 'Age'
      ? hourly(3_600)
      : name === 'RpoUsed'
        ? hourly(25)
        : name.endsWith('Completed')
          ? hourly(1)
          : name.startsWith('Number')
            ? []
            : hourly(0);

function portsOf({ places, watches = ['Watch'], value = usual }: World = {}) {
  const published: [string, Record<string, unknown>][] = [];
  const queries: MetricQuery[] = [];
  const ports: DigestPorts = {
    region: 'ap-northeast-1',
    now: () => NOW,
    metrics: async (_region, _namespace, name) =>
      name === 'Heartbeat'
        ? watches.map((Watch) => ({ Watch }))
        : (places ?? [{ Watch: 'Watch', Protection: 'Plan', Place: 'ap-northeast-1/App' }]),
    points: async (region, asked, fromMs, toMs) => {
      expect([fromMs, toMs]).toEqual([FROM, TO]);
      queries.push(...asked);
      return asked.map((query) => value(query, region));
    },
    publish: async (topic, { body }) => {
      published.push([topic, JSON.parse(body)]);
    },
  };
  return { ports, published, queries };
}

test('tells the topic of low severity of a week without faults', async () => {
  const { ports, published } = portsOf();
  await sendDigest(CONFIG, ports);
  expect(published).toEqual([
    [
      'low',
      expect.objectContaining({
        content: expect.objectContaining({
          description: expect.stringContaining(
            [
              'ok - Plan: at worst 1 h old in ap-northeast-1/App, at worst 25 % of the promised RPO',
              'ok - ap-northeast-1/App: 168 backups completed',
              'ok - ap-northeast-1/App: 168 copies completed',
              'ok - ap-northeast-3/App: 168 restores completed',
            ].join('\n'),
          ),
        }),
      }),
    ],
  ]);
});

test('adds up all ways in which jobs do not succeed', async () => {
  const { ports } = portsOf({ value: (query) => (query.name.startsWith('Number') ? [{ atMs: TO - HOUR, value: 1 }] : usual(query)) });
  expect((await lookBack(CONFIG, ports)).jobs).toEqual([
    { vault: 'ap-northeast-1/App', kind: 'backup', good: 1, bad: 3 },
    { vault: 'ap-northeast-1/App', kind: 'copy', good: 1, bad: 1 },
    { vault: 'ap-northeast-3/App', kind: 'restore', good: 1, bad: 1 },
  ]);
});

test('leaves out plans and watches of others, and takes every function of its own', async () => {
  const of = (Watch: string, Protection: string) => ({ Watch, Protection, Place: 'here' });
  const { ports } = portsOf({
    places: [
      of('Watch', 'Plan'),
      of('Watch-2', 'Other'),
      of('Watch-Two', 'No'),
      of('Watchtower', 'No'),
      of('Watchx2', 'No'),
      of('Watch-', 'No'),
      { Watch: 'Watch', Protection: 'No', Place: 'p', More: 'x' },
    ],
    watches: ['Watch', 'Watch-2', 'Watchtower'],
  });
  const { places, watches } = await lookBack(CONFIG, ports);
  expect(places.map(({ protection }) => protection)).toEqual(['Plan', 'Other']);
  expect(watches.map(({ watch }) => watch)).toEqual(['Watch', 'Watch-2']);
});

test.each([
  ['all week', hourly(2), { looks: 334, expected: 334 }],
  ['since yesterday', hourly(2, TO - DAY), { looks: 46, expected: 46 }],
  ['with a day of silence', hourly(2).filter(({ atMs }) => atMs < FROM + DAY || atMs >= FROM + 2 * DAY), { looks: 286, expected: 334 }],
  ['until an hour ago', hourly(2).slice(0, -1), { looks: 332, expected: 334 }],
  ['never', [], { looks: 0, expected: 336 }],
])('counts how often a watch looked that ran %s', async (_when, looks, counted) => {
  const { ports } = portsOf({ value: (query) => (query.name === 'Heartbeat' ? looks : usual(query)) });
  expect((await lookBack(CONFIG, ports)).watches).toEqual([{ watch: 'Watch', unjudged: 0, ...counted }]);
});

test('a Region that does not answer is told, beside what the others say', async () => {
  const { ports, published } = portsOf({
    value: (query, region) => {
      if (region === 'ap-northeast-3') {
        throw new Error('gone');
      }
      return usual(query);
    },
  });
  await sendDigest(CONFIG, ports);
  expect(published).toEqual([
    [
      'high',
      expect.objectContaining({
        content: expect.objectContaining({
          title: 'Weekly digest: cannot say that all is well, 1 not looked at',
          description: expect.stringMatching(/NOT LOOKED AT - jobs in ap-northeast-3: Error: gone\nok - Plan: (.|\n)*168 copies completed/),
        }),
      }),
    ],
  ]);
});

test('an account without any metric is not a week of success', async () => {
  const { ports, published } = portsOf({ places: [], watches: [], value: () => [] });
  await sendDigest(CONFIG, ports);
  expect(published).toMatchObject([['high', { metadata: { additionalContext: { digest: 'blind' } } }]]);
});

test('fails where it cannot be published', async () => {
  const { ports } = portsOf();
  await expect(sendDigest(CONFIG, { ...ports, publish: async () => Promise.reject(new Error('refused')) })).rejects.toThrow('refused');
});

test('calls do not grow with resources, and 500 metrics are asked for at once', async () => {
  const { ports, queries } = portsOf();
  await sendDigest(CONFIG, ports);
  expect(queries).toHaveLength(5 + 2 + 4 + 2 + 2);
});

describe('over HTTP, CloudWatch', () => {
  let server: Server;
  const answers: [status: number, body: object][] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        asked.push(String(request.headers['x-amz-target'] ?? request.url));
        const [status, body] = answers.shift() ?? [500, {}];
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    answers.length = 0;
    asked.length = 0;
  });

  const query: MetricQuery = { namespace: 'N', name: 'M', dimensions: { D: 'v' }, statistic: 'Sum' };
  const result = (Id: string, StatusCode: string, Values: number[] = [1]) => ({
    Id,
    StatusCode,
    Values,
    Timestamps: Values.map((_, index) => FROM / 1000 + index * 3600),
  });
  async function bound() {
    const { AwsJson1_0Protocol } = await import('@aws-sdk/core/protocols');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const protocol = new AwsJson1_0Protocol({
      defaultNamespace: 'com.amazonaws.cloudwatch',
      serviceTarget: 'GraniteServiceVersion20100801',
      awsQueryCompatible: true,
    } as never);
    return metricPorts({ endpoint, credentials, maxAttempts: 1, protocol }, new AbortController().signal);
  }

  test('is read page by page', async () => {
    answers.push(
      [200, { MetricDataResults: [result('q0', 'PartialData', [1, 2]), result('q1', 'Complete', [])], NextToken: 'more' }],
      [200, { MetricDataResults: [result('q0', 'Complete', [3])] }],
    );
    const { points } = await bound();
    expect((await points('ap-northeast-1', [query, query], FROM, TO)).map((list) => list.map(({ value }) => value))).toEqual([
      [1, 2, 3],
      [],
    ]);
  });

  test.each<[string, [number, object][], RegExp]>([
    ['answers half a page', [[200, { MetricDataResults: [result('q0', 'Complete')] }]], /answered for 1 of 2 metrics only/],
    ['keeps data back', [[200, { MetricDataResults: [result('q0', 'Complete'), result('q1', 'PartialData')] }]], /1 of 2 metrics only/],
    [
      'has an error of its own',
      [[200, { MetricDataResults: [result('q0', 'Complete'), result('q1', 'InternalError')] }]],
      /1 of 2 metrics only/,
    ],
    [
      'repeats a page',
      [
        [200, { MetricDataResults: [], NextToken: 'x' }],
        [200, { MetricDataResults: [], NextToken: 'x' }],
      ],
      /repeats a page/,
    ],
    ['breaks off after a page', [[200, { MetricDataResults: [result('q0', 'Complete')], NextToken: 'x' }]], /./],
  ])('fails where it %s', async (_what, given, words) => {
    answers.push(...given);
    const { points } = await bound();
    await expect(points('ap-northeast-1', [query, query], FROM, TO)).rejects.toThrow(words);
  });

  test('fails where a list breaks off after a page', async () => {
    answers.push([200, { Metrics: [{ Dimensions: [{ Name: 'D', Value: 'v' }] }], NextToken: 'x' }]);
    const { metrics } = await bound();
    await expect(metrics('ap-northeast-1', 'N', 'M', ['D'])).rejects.toThrow();
    expect(asked).toHaveLength(2);
  });
});
