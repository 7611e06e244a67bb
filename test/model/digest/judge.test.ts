import { type DigestConfig, type DigestFigures, digestMessage, digestOf, type PlaceFigures } from '../../../lib/model/digest';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';

const TO = Date.UTC(2030, 0, 8, 9);
const FROM = TO - 7 * DAY;
const PLAN = 'App/Protection/Plan';
const config = (more: Partial<DigestConfig> = {}): DigestConfig => ({
  topics: { high: 'high', low: 'low' },
  runbook: 'docs/runbook.md',
  watches: [{ name: 'Watch', everyMs: 15 * MINUTE }],
  plans: [{ label: PLAN }],
  vaults: [],
  ...more,
});
const place = (more: Partial<PlaceFigures> = {}): PlaceFigures => ({
  protection: PLAN,
  place: 'ap-northeast-1/App',
  lastMs: TO - HOUR,
  ageMs: 70 * MINUTE,
  rpoUsed: 29,
  stale: 0,
  missing: 0,
  unknown: 0,
  ...more,
});
const figures = (more: Partial<DigestFigures> = {}): DigestFigures => ({
  fromMs: FROM,
  toMs: TO,
  places: [place()],
  watches: [{ watch: 'Watch', looks: 660, expected: 660, unjudged: 0 }],
  jobs: [{ vault: 'ap-northeast-1/App', kind: 'backup', good: 168, bad: 0 }],
  tests: [],
  blind: [],
  ...more,
});

test('tells of a week in which all that was judged is well', () => {
  expect(digestOf(config(), figures())).toEqual({
    verdict: 'good',
    blind: [],
    bad: [],
    good: [
      `${PLAN}: at worst 1 h 10 old in ap-northeast-1/App, at worst 29 % of the promised RPO`,
      'ap-northeast-1/App: 168 backups completed',
    ],
    notes: [],
  });
});

test.each<[string, Partial<PlaceFigures>, string]>([
  ['was stale', { stale: 2 }, 'up to 2 stale'],
  ['was missing', { missing: 1 }, 'up to 1 without any recovery point'],
  ['could not be looked at by the watch', { unknown: 3 }, 'up to 3 that the watch could not look at'],
  ['was older than its RPO', { rpoUsed: 101 }, 'older than the promised RPO, at worst 101 % of it'],
])('is bad where something %s', (_what, more, words) => {
  expect(digestOf(config(), figures({ places: [place(), place({ place: 'ap-northeast-3/App', ...more })] }))).toMatchObject({
    verdict: 'bad',
    bad: [`${PLAN}: ${words} in ap-northeast-3/App`],
  });
});

test('is good where something is exactly as old as its RPO', () => {
  expect(digestOf(config(), figures({ places: [place({ rpoUsed: 100 })] })).verdict).toBe('good');
});

test.each<[string, Partial<DigestConfig>, Partial<DigestFigures>, string]>([
  ['CloudWatch did not answer', {}, { blind: ['jobs in ap-northeast-3: denied'] }, 'jobs in ap-northeast-3: denied'],
  ['there is no watch', { watches: [] }, { places: [], watches: [] }, `${PLAN}: no RecoveryWatch measures it`],
  ['a plan was not measured', {}, { places: [place({ protection: 'Other' })] }, `${PLAN}: not measured in the whole week`],
  [
    'a plan is not measured any more',
    {},
    { places: [place({ lastMs: TO - DAY - 1 })] },
    `${PLAN}: not measured since 2030-01-07 08:00 UTC`,
  ],
  [
    'a watch was silent',
    {},
    { watches: [{ watch: 'Watch', looks: 0, expected: 672, unjudged: 0 }] },
    'the watch Watch was silent in the last 7 days',
  ],
  ['there is no plan', { plans: [] }, { places: [] }, 'nothing is promised: no plan was found when the app was synthesised'],
])('is never a digest of success where %s', (_what, settings, seen, words) => {
  const digest = digestOf(config(settings), figures(seen));
  expect(digest).toMatchObject({ verdict: 'blind', blind: [words] });
  const message = JSON.parse(digestMessage(digest, { fromMs: FROM, toMs: TO, region: 'ap-northeast-1', runbook: 'docs/runbook.md' }).body);
  expect([message.content.title, message.content.description]).toEqual([
    expect.stringMatching(/^Weekly digest: cannot say that all is well, 1 not looked at/),
    expect.stringContaining(`NOT LOOKED AT - ${words}`),
  ]);
});

test.each([
  [660, 660, 'good'],
  [660, 647, 'good'],
  [660, 646, 'bad'],
  [4, 2, 'good'],
  [4, 1, 'bad'],
  [0, 0, 'good'],
] as const)('of %i looks, %i that came to their end are %s', (expected, looks, verdict) => {
  expect(digestOf(config(), figures({ watches: [{ watch: 'Watch', looks, expected, unjudged: 0 }] })).verdict).toBe(verdict);
});

test('tells jobs that failed, those that ran, and where none ran', () => {
  const jobs = [
    { vault: 'a/X', kind: 'backup', good: 1, bad: 1 },
    { vault: 'a/X', kind: 'copy', good: 1, bad: 0 },
    { vault: 'a/X', kind: 'restore', good: 0, bad: 0 },
  ] as const;
  expect(digestOf(config(), figures({ jobs }))).toMatchObject({
    verdict: 'bad',
    bad: ['a/X: 1 backup failed, 1 backup completed'],
    good: [expect.anything(), 'a/X: 1 copy completed'],
    notes: ['a/X: no restore ran'],
  });
});

test('notes what is not judged, and what is in other accounts', () => {
  const digest = digestOf(config({ plans: [{ label: PLAN, elsewhere: ['ap-northeast-1/Safe (444455556666)'] }] }), {
    ...figures(),
    watches: [{ watch: 'Watch', looks: 660, expected: 660, unjudged: 2 }],
  });
  expect(digest).toMatchObject({
    verdict: 'good',
    notes: [
      `${PLAN}: what is in ap-northeast-1/Safe (444455556666) is in another account, and not looked at from here`,
      '2 not judged by Watch: nothing tells how old they are or may be',
    ],
  });
});

describe('the message', () => {
  const messageOf = (digest: Partial<ReturnType<typeof digestOf>>) => {
    const whole = { verdict: 'good', blind: [], bad: [], good: [], notes: [], ...digest } as ReturnType<typeof digestOf>;
    const { subject, body } = digestMessage(whole, { fromMs: FROM, toMs: TO, region: 'ap-northeast-1', runbook: 'docs/runbook.md' });
    return { subject, ...JSON.parse(body) };
  };

  test('is one that chats show, with a verdict that filters can read', () => {
    expect(messageOf({ good: ['x'] })).toMatchObject({
      subject: 'Weekly digest: all that was judged is well',
      version: '1.0',
      source: 'custom',
      content: { description: 'From 2030-01-01 09:00 UTC to 2030-01-08 09:00 UTC\nok - x', nextSteps: ['docs/runbook.md#weekly-digest'] },
      metadata: { additionalContext: { severity: 'low', region: 'ap-northeast-1', digest: 'good' } },
    });
  });

  test('tells what is wrong first, and is of high severity then', () => {
    const { subject, content, metadata } = messageOf({ verdict: 'blind', blind: ['a'], bad: ['b'], good: Array(100).fill('c') });
    expect(subject).toBe('Weekly digest: cannot say that all is well, 1 not looked at, 1 to look into');
    expect(content.description.split('\n')).toEqual([
      expect.anything(),
      'NOT LOOKED AT - a',
      'LOOK INTO - b',
      ...Array(38).fill('ok - c'),
      'and 62 more',
    ]);
    expect(metadata.additionalContext.severity).toBe('high');
  });
});
