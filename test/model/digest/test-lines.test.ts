import { type DigestConfig, type DigestFigures, digestOf, type TestedFigures, type TestFigures } from '../../../lib/model/digest';
import { DAY, HOUR } from '../../../lib/model/time';

const TO = Date.UTC(2030, 0, 8, 9);
const CONFIG: DigestConfig = { topics: { high: 'high', low: 'low' }, runbook: 'docs/runbook.md', watches: [], plans: [], vaults: [] };
const LABEL = 'Orders/Protection: restore tests in ap-northeast-1';
const tested = (id: string, more: Partial<TestedFigures> = {}): TestedFigures => ({
  id,
  rtoMs: 4 * HOUR,
  tests: 1,
  successful: 1,
  slowestMs: HOUR,
  verifiedMs: TO - 2 * DAY,
  lookedBackMs: 8 * DAY,
  ...more,
});
const tests = (more: Partial<TestFigures> = {}): TestFigures => ({
  label: 'Orders/Protection',
  region: 'ap-northeast-1',
  lastMs: TO - HOUR,
  failed: 0,
  missing: 0,
  slow: 0,
  old: 0,
  remains: 0,
  resources: [tested('Orders/Database', { slowestMs: 2.5 * HOUR, verifiedMs: TO - 6 * DAY }), tested('Orders/Table')],
  ...more,
});

function told(...all: readonly TestFigures[]) {
  const figures: DigestFigures = { fromMs: TO - 7 * DAY, toMs: TO, places: [], watches: [], jobs: [], tests: all, blind: [] };
  const { verdict, blind, ...rest } = digestOf({ ...CONFIG, plans: [{ label: 'x', elsewhere: [] }] }, figures);
  // of the plan nothing was measured here
  return { blind: blind.filter((text) => !text.startsWith('x: ')), ...rest };
}

test('counts what was successful, with the slowest against its RTO, and tells what was verified longest ago', () => {
  expect(told(tests())).toEqual({
    blind: [],
    bad: [],
    notes: [],
    good: [
      `${LABEL}: 2 successful, the slowest of Orders/Database: 2 h 30 of a promised 4 h`,
      `${LABEL}: last verified: Orders/Database 6 days ago, Orders/Table 2 days ago`,
    ],
  });
});

test.each<[string, Partial<TestFigures>, string]>([
  [
    'failed',
    { failed: 1, resources: [tested('Orders/Database', { successful: 0 }), tested('Orders/Table')] },
    '1 of 2 failed: Orders/Database',
  ],
  ['had failed before the week, and was not tested again', { failed: 1 }, 'up to 1 of which the last test had failed'],
  ['was missing', { missing: 2 }, 'up to 2 missing for longer than a test may take'],
  [
    'was slower than its RTO',
    { slow: 1, resources: [tested('Orders/Table', { slowestMs: 5 * HOUR })] },
    'up to 1 slower than the promised RTO, the slowest of Orders/Table: 5 h of a promised 4 h',
  ],
  ['was older than its RPO', { old: 1 }, 'up to 1 that found data older than the promised RPO'],
  ['left something behind', { remains: 1 }, 'up to 1 that left something behind'],
])('is bad where a test %s', (_what, more, words) => {
  expect(told(tests(more)).bad).toEqual([`${LABEL}: ${words}`]);
});

test.each<[string, Partial<TestFigures>, RegExp]>([
  ['in the whole week', { lastMs: undefined }, /nobody has looked whether any is missing, in the whole week/],
  ['in its last day', { lastMs: TO - DAY - HOUR }, /in the last day/],
])('is blind where nobody has looked %s, whatever tests said', (_when, more, words) => {
  expect(told(tests(more))).toEqual({ blind: [expect.stringMatching(words)], bad: [], good: [], notes: [] });
});

test('a week without a test, and a resource that was never verified, are notes: their alarms say when it is too long', () => {
  const none = { tests: 0, successful: 0, slowestMs: undefined };
  const resources = [tested('Orders/Database', none), tested('Orders/New', { ...none, verifiedMs: undefined, lookedBackMs: 32 * DAY })];
  expect(told(tests({ resources }))).toMatchObject({
    bad: [],
    good: [],
    notes: [`${LABEL}: none was successful in the week`, `${LABEL}: last verified: Orders/New not in 32 days, Orders/Database 2 days ago`],
  });
});

test('names the five longest ago, and how many there are beside', () => {
  const resources = Array.from({ length: 8 }, (_, index) => tested(`T${index}`, { verifiedMs: TO - (index + 1) * DAY }));
  expect(told(tests({ resources })).good[1]).toMatch(/last verified: T7 8 days ago, .*T3 4 days ago and 3 more$/);
});

test('compares with the share of each RTO, not with the time alone', () => {
  const resources = [tested('Slow', { slowestMs: 3 * HOUR, rtoMs: 24 * HOUR }), tested('Tight', { slowestMs: HOUR, rtoMs: 1.5 * HOUR })];
  expect(told(tests({ resources })).good[0]).toMatch(/the slowest of Tight: 1 h of a promised 1 h 30$/);
  expect(told(tests({ resources: [tested('Free', { rtoMs: undefined })] })).good[0]).toMatch(/Free: 1 h, with no promised RTO$/);
});
