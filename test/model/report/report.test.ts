import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import * as fc from 'fast-check';
import type { Assessment } from '../../../lib/model/assessment';
import { assess } from '../../../lib/model/assessor';
import { DISRUPTIONS, Disruption } from '../../../lib/model/disruption';
import type { CopyFact, Fact, StatefulResource } from '../../../lib/model/facts';
import { type RecoveryReportJson, renderMarkdown, renderText, toReport } from '../../../lib/model/report';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import { facts as arbitraryFacts } from '../arbitrary-facts';
import {
  continuous,
  copied,
  database,
  OSAKA,
  objective,
  points,
  replica,
  restoreTest,
  SAFE,
  stateful,
  survives,
  TOKYO,
  term,
} from '../facts';

const { OPERATOR_ERROR, ZONE_LOSS, REGION_LOSS } = Disruption;

const validate = new Ajv({ allErrors: true }).compile(
  JSON.parse(readFileSync(join(__dirname, '../../../schema/recovery-report.schema.json'), 'utf8')),
);

function valid(report: unknown): unknown {
  return validate(report) ? undefined : validate.errors;
}

const estimated = [term('restore of 100 GiB', 30 * MINUTE, 'estimated')];
const standby = { kind: 'standby', words: 'Multi-AZ standby', failoverMs: 2 * MINUTE } as const;
const airGapped = points({
  id: 'air-gapped',
  mechanism: 'air-gapped vault',
  place: { ...TOKYO, container: 'air-gapped' },
  immutable: 'compliance',
  airGapped: true,
  key: { kind: 'aws-owned' },
  keptMs: 90 * DAY,
  staleness: [term('longest gap', DAY)],
});
const images = 'Orders/Images';

/** A database with every kind of copy, a bucket whose copy is in an unknown place, a cache nobody protects. */
const SHOP: readonly Fact[] = [
  database({ zones: standby }),
  objective({ tier: 'important', survives: DISRUPTIONS.map((each) => survives(each)) }),
  points({ restore: estimated }),
  continuous({ restore: [term('restore', 30 * MINUTE, 'measured')] }),
  copied({ restore: estimated }),
  airGapped,
  restoreTest({ copy: 'continuous' }),
  database({
    id: images,
    name: 'Orders / 注文画像',
    type: 'S3',
    label: 'S3 bucket',
    zones: { kind: 'spread', words: 'data in several zones' },
  }),
  objective({
    resource: images,
    rpoMs: HOUR,
    rtoMs: HOUR,
    survives: [survives(OPERATOR_ERROR, 30 * MINUTE, 2 * HOUR), survives(REGION_LOSS, HOUR, HOUR)],
  }),
  continuous({ resource: images, keptMs: 'forever', restore: [term('restore of 100 GiB', 3 * HOUR, 'estimated')] }),
  copied({ resource: images, place: {}, keptMs: undefined, staleness: [term('longest gap', HOUR)] }),
  { kind: 'exclusion', resource: 'Orders/Scratch', by: 'Orders', reason: 'rebuilt from source' },
];
const FOUND: readonly StatefulResource[] = [
  stateful(),
  stateful({ id: 'Orders/Cache', name: 'Orders / cache', type: 'ElastiCache', label: 'ElastiCache Redis' }),
  stateful({ id: 'Orders/Scratch', name: 'Orders / scratch', type: 'S3', label: 'S3 bucket' }),
];

function reportOf(facts: readonly Fact[] = SHOP, found: readonly StatefulResource[] = FOUND, app = 'Shop'): RecoveryReportJson {
  return toReport(assess(facts, found, { unprotected: 'warn' }), app);
}

describe('the report as JSON', () => {
  const report = reportOf();

  test('fits its published schema', () => {
    expect(valid(report)).toBeUndefined();
  });

  test('counts promises by outcome, resources by coverage and findings by severity', () => {
    expect(report.summary).toEqual({
      promises: { kept: 2, expected: 1, doubtful: 1, broken: 1, unknown: 1 },
      protected: 2,
      excluded: 1,
      unprotected: 1,
      errors: 1,
      warnings: 3,
    });
  });

  test('says of each claim whether it contains an estimate', () => {
    const [{ disruptions }] = report.resources;
    expect(disruptions.map(({ rpo, rto }) => [rpo?.estimated, rto?.estimated])).toEqual([
      [false, false],
      [false, false],
      [false, true],
      [false, false],
    ]);
  });

  test('does not call an estimate what takes no time', () => {
    const [{ disruptions }] = reportOf([database(), points({ restore: [term('restore', HOUR), term('index', 0, 'estimated')] })]).resources;
    expect(disruptions[0].rto?.estimated).toBe(false);
  });

  test('leaves out what is not known instead of writing null', () => {
    expect(JSON.stringify(report)).not.toMatch(/null|undefined/);
    const { resources } = JSON.parse(JSON.stringify(report));
    expect(Object.keys(resources[1].disruptions[1])).toEqual(['disruption', 'outcome', 'mechanism', 'notes', 'rpo', 'rto']);
  });

  test('calls unbounded what nothing limits', () => {
    const endless = reportOf([database(), points({ staleness: [term('longest gap', Number.POSITIVE_INFINITY)] })]);
    expect(endless.resources[0].disruptions[0].rpo).toEqual({
      ms: 'unbounded',
      estimated: false,
      terms: [{ name: 'longest gap', ms: 'unbounded', basis: 'configured' }],
    });
    expect(valid(endless)).toBeUndefined();
    expect(renderText(endless)).toMatch(/operator error, corruption +unbounded/);
    expect(renderMarkdown(endless)).toContain('RPO unbounded = longest gap unbounded (configured)');
  });

  test('an empty application has an empty report', () => {
    const empty = reportOf([], []);
    expect(valid(empty)).toBeUndefined();
    expect([empty.resources, empty.findings, empty.coverage]).toEqual([[], [], { protected: [], excluded: [], unprotected: [] }]);
  });

  test.each<[string, (report: Record<string, unknown>) => unknown]>([
    ['another version', (report) => ({ ...report, version: 2 })],
    ['an unknown key', (report) => ({ ...report, time: 'now' })],
    ['no findings', ({ findings, ...rest }) => rest],
    ['an outcome of its own', (report) => JSON.parse(JSON.stringify(report).replace('"kept"', '"fine"'))],
  ])('the schema refuses %s', (_what, change) => {
    expect(valid(change({ ...report }))).toBeDefined();
  });

  test('property: any assessment gives a valid report that does not depend on the order of facts', () => {
    const shuffled = arbitraryFacts.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })));
    fc.assert(
      fc.property(shuffled, ([given, other]) => {
        const [one, two] = [reportOf(given), reportOf(other)];
        expect(valid(one)).toBeUndefined();
        expect(JSON.stringify(two)).toBe(JSON.stringify(one));
      }),
      { numRuns: 150 },
    );
  });
});

describe('the report as text', () => {
  const text = renderText(reportOf(), { width: 140 });
  const line = (start: string) => text.split('\n').find((each) => each.trim().startsWith(start));

  test('says first how the promises fare', () => {
    expect(text.split('\n').slice(0, 2)).toEqual([
      'Recovery report of Shop',
      '6 promises: 2 kept, 1 kept by estimate, 1 doubtful, 1 broken, 1 unknown until deployment',
    ]);
  });

  test('tells of each resource what is promised and how many copies there are', () => {
    expect(text).toContain('\nOrders / database (RDS PostgreSQL), important\n');
    expect(line('promised')).toMatch(/^ {3}promised +RPO 4 h +RTO 4 h +3-2-1: 4 copies, 2 media, 1 off-site; immutable: compliance lock$/);
  });

  test.each([
    ['✓ operator error, corruption', /5 min +30 min +point-in-time recovery, kept 35 days; tested weekly, 3 checks$/],
    ['✓ Availability Zone lost', /0 +2 min +Multi-AZ standby$/],
    ['✓ Region lost', /2 h 30 +30 min est\. +copy in ap-northeast-3, kept 30 days; NOT tested$/],
    ['✗ account compromised', /24 h +1 h +air-gapped vault, kept 90 days; NOT tested$/],
    ['! operator error, corruption', /5 min +3 h est\. +point-in-time recovery, kept forever; NOT tested; promised RPO 30 min, RTO 2 h$/],
    ['· Availability Zone lost', /0 +0 +data in several zones$/],
    ['? Region lost', /1 h +1 h +copy in ap-northeast-3; NOT tested$/],
  ])('has a row for %s', (start, rest) => {
    expect(line(start)).toMatch(rest);
  });

  test('lists what nobody protects, what is left out and why, and the findings', () => {
    expect(text).toMatch(
      /\nnot protected {2}Orders \/ cache \(ElastiCache Redis\)\nexcluded {7}Orders \/ scratch \(S3 bucket\), 'rebuilt from source'\n/,
    );
    expect(text).toMatch(/\nerror {4}'Orders \/ database' promises 'rpo' 4 h when the account is compromised/);
    expect(text.replace(/\s+/g, ' ')).toContain("(Unprotected at 'Orders/Cache')");
  });

  test('leaves out the findings where somebody else prints them', () => {
    expect(renderText(reportOf(), { findings: false })).not.toContain('RecoveryPointTooOld');
  });

  test('says that nothing is promised, and no more, of an application without promises', () => {
    expect(renderText(reportOf([], [], ''))).toBe('Recovery report\nnothing is promised');
  });

  test('tells of a resource without a promise what would happen to it', () => {
    const silent = renderText(reportOf([database(), points()], []), { width: 140 });
    expect(silent).toMatch(/promised +RPO - +RTO - +3-2-1: 2 copies/);
    expect(silent).toMatch(/· Region lost +- +- +nothing brings it back \(not promised\)/);
  });

  test('says plainly where nothing brings the data back', () => {
    expect(renderText(reportOf([database(), objective()], []), { width: 140 })).toMatch(
      /✗ operator error, corruption +- +- +nothing brings it back$/m,
    );
  });

  test.each([
    [
      'a copy in another account',
      [points({ place: { ...SAFE, container: 'safe' }, immutable: 'governance' })],
      /2 copies, 2 media, 0 off-site, 1 in another account\s+immutable: governance lock/,
    ],
    ['a single copy', [replicaOnService()], /3-2-1: 2 copies, 1 medium, 1 off-site; immutable: no/],
  ] as const)('counts %s', (_what, copies, words) => {
    expect(renderText(reportOf([database(), objective(), ...copies], []), { width: 140 })).toMatch(words);
  });

  test.each([
    [DAY, 'daily, 3 checks'],
    [7 * DAY, 'weekly, 3 checks'],
    [30 * DAY, 'monthly, 3 checks'],
    [90 * DAY, 'quarterly, 3 checks'],
    [365 * DAY, 'yearly, 3 checks'],
    [14 * DAY, 'every 14 days, 3 checks'],
    [6 * HOUR, 'every 6 h, 3 checks'],
  ])('a restore test every %i ms is %s', (everyMs, words) => {
    const report = reportOf([database(), objective(), points(), restoreTest({ everyMs })], []);
    expect(renderText(report, { width: 140 })).toContain(`; tested ${words}\n`);
  });

  test.each([
    [2555 * DAY, '7 years'],
    [2557 * DAY, '7 years'],
    [730 * DAY, '2 years'],
    [365 * DAY, '365 days'],
    [400 * DAY, '400 days'],
    [741 * DAY, '741 days'],
    [1000 * DAY, '1000 days'],
  ])('%i ms are kept %s', (keptMs, words) => {
    expect(renderText(reportOf([database(), points({ keptMs })], []), { width: 140 })).toContain(`, kept ${words}; NOT tested\n`);
  });

  test.each<[number, CopyFact['keptMs'], string]>([
    [7 * DAY, 2557 * DAY, '7 days to 7 years'],
    [2557 * DAY, 'forever', '7 years to forever'],
  ])('recovery points of which the first go after %i ms and the last after %s ms are kept %s', (shortestKeptMs, keptMs, words) => {
    const report = reportOf([database(), points({ keptMs, shortestKeptMs })], []);
    expect(renderText(report, { width: 140 })).toContain(`, kept ${words}; NOT tested\n`);
    expect(renderMarkdown(report)).toContain(`| ${words} | no | yes |`);
  });

  test('counts one check, one promise', () => {
    const one = renderText(reportOf([database(), objective(), points(), restoreTest({ checks: 1 })], []), { width: 140 });
    expect(one).toContain('tested weekly, 1 check\n');
    expect(one).toContain('\n1 promise: 1 kept\n');
  });

  test.each([80, 100, 140])('keeps to %i columns, in scripts of two columns a character too, and cuts nothing', (width) => {
    const path = `Stage/${'VeryLongConstructPathSegment/'.repeat(6)}Plan`;
    const japanese = '注文データベースの復旧時点目標は四時間ですが最新のコピーは二十四時間前のものである可能性があります'.repeat(2);
    const concern = (by: string, message: string): Fact => ({ kind: 'concern', severity: 'error', code: 'Code', by, message });
    const rendered = renderText(reportOf([...SHOP, concern(path, 'x'), concern('Stage', japanese)]), { width });
    const columns = (each: string) => [...each].reduce((sum, character) => sum + (character > '⺀' ? 2 : 1), 0);
    expect(rendered.split('\n').filter((each) => columns(each) > width)).toEqual([]);
    expect(rendered).not.toContain('…');
    expect(rendered.replace(/\s+/g, '')).toContain(path);
    expect(rendered.replace(/\s+/g, '')).toContain(japanese);
  });

  test('treats a terminal narrower than 80 columns as one of 80, and none as one of 100', () => {
    expect(renderText(reportOf(), { width: 20 })).toBe(renderText(reportOf(), { width: 80 }));
    expect(renderText(reportOf())).toBe(renderText(reportOf(), { width: 100 }));
  });
});

describe('the copies in the text', () => {
  const shown = (facts: readonly Fact[]) => renderText(reportOf(facts, []), { width: 140, copies: true });
  const text = shown(SHOP).replace(/\n {20,}/g, ' ');

  test('are left out unless asked for', () => {
    expect(renderText(reportOf(), { width: 140 })).not.toMatch(/^ +copy /m);
  });

  test.each([
    /^ {3}copy +5 min +point-in-time recovery; survives operator error, zone ap-northeast-1, account 111122223333; AWS Backup; immutable: no; independent key$/m,
    /^ {3}copy +2 h 30 +copy in ap-northeast-3; survives operator error, zone, Region ap-northeast-3, account 111122223333; AWS Backup;/m,
    /air-gapped vault; survives operator error, zone, account .*; immutable: compliance lock, air-gapped; independent key/,
    /copy in ap-northeast-3; survives operator error, zone unknown Region, unknown account; .*; key unknown/,
  ])('say where they are, how far behind, under which key and what they survive: %s', (row) => {
    expect(text).toMatch(row);
  });

  test.each<[string, Partial<CopyFact>, RegExp]>([
    ['files in a bucket', { medium: 'export', immutable: 'governance' }, /exported files; immutable: governance lock; independent key/],
    ['a key of the resource', { key: database().key }, /AWS Backup; immutable: no; key not independent/],
    [
      'a replica in the same zone',
      { form: 'replica', medium: 'service', lostWithZone: true, staleness: [] },
      /copy +- +recovery points in vault orders; survives nothing .*; storage of the service;/,
    ],
  ])('tell of %s', (_what, parts, row) => {
    expect(shown([database(), points(parts)]).replace(/\n {20,}/g, ' ')).toMatch(row);
  });

  test('keep resources apart whose copies are apart', () => {
    const facts = ['one', 'two'].flatMap((container, index) => [
      database({ id: container, name: container }),
      points({ resource: container, place: { ...TOKYO, container, account: index === 0 ? TOKYO.account : undefined } }),
    ]);
    const alike = renderText(
      reportOf(
        facts.map((fact) => ('place' in fact ? { ...fact, place: TOKYO } : fact)),
        [],
      ),
      { copies: true },
    );
    expect(alike).toMatch(/^one, two \(/m);
    expect(shown(facts)).toMatch(/^one \([\s\S]*^two \(/m);
  });
});

describe('the report as Markdown', () => {
  const markdown = renderMarkdown(reportOf());

  test.each([
    '# Recovery report of Shop\n',
    '6 promises: 2 kept, 1 kept by estimate, 1 doubtful, 1 broken, 1 unknown until deployment. An estimate (est.) is an assumption',
    '## Orders / database (RDS PostgreSQL)\n\nPromised (tier important): RPO 4 h, RTO 4 h. 3-2-1: 4 copies, 2 media, 1 off-site; immutable: compliance lock.\n',
    '| operator error, corruption | kept | 5 min | 30 min | point-in-time recovery, kept 35 days | tested weekly, 3 checks |\n',
    '| Availability Zone lost | kept | 0 | 2 min | Multi-AZ standby | - |\n',
    '| operator error, corruption | doubtful, promised RPO 30 min, RTO 2 h | 5 min | 3 h est. |',
    '| Copy | Region | Account | Medium | Behind | Kept | Immutable | Key independent |\n',
    '| copy in ap-northeast-3 | ap-northeast-3 | 111122223333 | AWS Backup | 2 h 30 | 30 days | no | yes |\n',
    '| air-gapped vault | ap-northeast-1 | 111122223333 | AWS Backup | 24 h | 90 days | compliance lock, air-gapped | yes |\n',
    '| copy in ap-northeast-3 | unknown | unknown | AWS Backup | 1 h | - | no | unknown |\n',
    '| Copy survives | operator error, corruption | Availability Zone lost | Region lost | account compromised |\n',
    '| air-gapped vault | yes | yes | no: lies in the Region of the resource | yes |\n',
    '| copy in ap-northeast-3 | yes | yes | unknown: whether it lies in another Region is known only at deploy time | unknown: ',
    '- Region lost: RPO 2 h 30 = longest gap 1 h (configured) + start window 1 h (configured) + copy 30 min (configured)\n',
    '- Region lost: RTO 30 min = restore of 100 GiB 30 min (estimated)\n',
    '- Availability Zone lost: RPO 0 = Multi-AZ standby (documented)\n',
    '- Region lost: copy in ap-northeast-3: whether it lies in another Region is known only at deploy time\n',
    '- protected: 2\n- **not protected**: Orders / cache (ElastiCache Redis)\n- excluded: Orders / scratch (S3 bucket), because: rebuilt from source\n',
    '- **error** `RecoveryPointTooOld` at `Orders/Protection`: ',
  ])('says %j', (part) => {
    expect(markdown).toContain(part);
  });

  test('says of a replica that it follows errors', () => {
    const shown = renderMarkdown(reportOf([database(), objective(), replica()], []));
    expect(shown).toContain(
      '| read replica in ap-northeast-3 | no: follows every change, so the error too | yes | yes | no: follows every change, those',
    );
    expect(shown).toContain('- operator error, corruption: read replica in ap-northeast-3: follows every change, so the error too\n');
  });

  test('keeps each row of a table on one line with as many cells as its head', () => {
    const tables = markdown.split('\n\n').filter((block) => block.startsWith('|'));
    expect(tables.length).toBe(6);
    for (const table of tables) {
      const widths = table.split('\n').map((row) => row.replace(/\\\|/g, '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  test('takes the meaning out of markup in names and reasons', () => {
    const named = database({ name: 'a|b <script> *c* `d` [e](f) &amp; g\\h\ni' });
    expect(renderMarkdown(reportOf([named, points()], []))).toContain(
      '## a\\|b &lt;script> \\*c\\* \\`d\\` \\[e\\](f) &amp;amp; g\\\\h i (RDS PostgreSQL)\n\nNothing is promised. 3-2-1: 2 copies',
    );
  });

  test('says so where nothing is promised and there is nothing to find', () => {
    const bare = renderMarkdown(reportOf([], [], ''));
    expect(bare).toMatch(/^# Recovery report\n\nNothing is promised\. An estimate/);
    expect(bare).not.toContain('## Findings');
  });

  test('has no table of copies and no explanation where there is neither', () => {
    const bare = renderMarkdown(reportOf([database(), objective({ survives: [survives(ZONE_LOSS)] })], []));
    expect(bare).toContain('| Availability Zone lost | broken | - | - | nothing brings it back | - |');
    expect(bare).not.toMatch(/\| Copy |How the numbers/);
  });
});

test('property: any report can be shown as text and as Markdown', () => {
  fc.assert(
    fc.property(arbitraryFacts, fc.integer({ min: 1, max: 200 }), (given, width) => {
      const report = toReport(assess(given, FOUND, { unprotected: 'error' }) satisfies Assessment, 'App');
      expect(renderText(report, { width })).not.toMatch(/undefined|NaN|\[object/);
      expect(renderMarkdown(report)).not.toMatch(/undefined|NaN|\[object/);
    }),
    { numRuns: 200 },
  );
});

function replicaOnService() {
  return points({ id: 'replica', mechanism: 'replica', form: 'replica', medium: 'service', place: OSAKA });
}

test('resources of which only the name differs are told together in the text, with a few of their names', () => {
  const many = Array.from({ length: 7 }, (_, index) => ({ id: `Orders/Table${index}`, name: `Orders/Table${index}` }));
  const odd = { id: 'Orders/Odd', name: 'Orders/Odd' };
  const text = renderText(
    reportOf([
      ...many.flatMap(({ id, name }) => [database({ id, name }), objective({ resource: id }), points({ resource: id })]),
      database(odd),
      objective({ resource: odd.id }),
      points({ resource: odd.id, immutable: 'governance' }),
    ]),
    { width: 140 },
  );
  const heads = text.split('\n').filter((line) => line.startsWith('Orders/'));
  expect(heads).toEqual([
    expect.stringMatching(/^Orders\/Odd \(/),
    expect.stringMatching(/^Orders\/Table0, Orders\/Table1, Orders\/Table2, Orders\/Table3, Orders\/Table4 and 2 more \(/),
  ]);
});
