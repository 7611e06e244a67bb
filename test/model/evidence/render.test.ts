import { DOMParser } from '@xmldom/xmldom';
import * as fc from 'fast-check';
import { type ConcludedTest, renderHtml, renderMarkdown, testPage, toRecord } from '../../../lib/model/evidence';
import { HOUR } from '../../../lib/model/time';
import { concluded, newest, restoreTest, rows, STARTED } from './evidence';

const recordOf = (test: ConcludedTest) =>
  toRecord(test, { verification: 'orders', sequence: 7, previous: { key: 'k', sha256: 'f'.repeat(64) } });

const failed = recordOf({
  ...concluded,
  rtoMs: HOUR / 4,
  results: [{ ...rows, status: 'failed', found: '9,412 rows', details: ['orders: 588 rows fewer than in the last test'] }],
  cleanUp: { status: 'left', left: ['awsbackup-restore-test-1-verify'], problem: 'Throttling: rate exceeded' },
});

/** The text that a browser would show; the page is parsed strictly. */
function shown(html: string): string {
  const problems: string[] = [];
  const parser = new DOMParser({ onError: (_level, message) => problems.push(message) });
  const xml = html
    .replace('<!doctype html>', '')
    .replace(/<meta ([^>]*)>/g, '<meta $1/>')
    .replace(/<style>[\s\S]*?<\/style>/, '');
  const text = parser.parseFromString(xml, 'text/xml').documentElement?.textContent ?? '';
  expect(problems).toEqual([]);
  return text;
}

describe.each([
  ['HTML', (record: Parameters<typeof testPage>[0]) => shown(renderHtml(testPage(record)))],
  [
    'Markdown',
    (record: Parameters<typeof testPage>[0]) => renderMarkdown(testPage(record)).replace(/\\(.)/g, '$1').replaceAll('&gt;', '>'),
  ],
])('%s', (_name, render) => {
  test('tells the verdict, both objectives, every check, what was restored, and the place in the chain', () => {
    const text = render(recordOf(concluded));
    for (const part of [
      'SUCCESSFUL',
      'Orders/Database',
      '2030-01-07 03:15:00 UTC',
      'orders are there (row-count)',
      'at least 10,000 rows',
      '10,412 rows',
      '840 ms',
      'restore 22 min, until usable 3 min, checks 2 min (not counted)',
      "age of the newest data that 'newest order' found, at the start of the test",
      restoreTest.recoveryPointArn,
      '7 of orders',
      'f'.repeat(64),
      'Everything that the test made is gone.',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('What is wrong');
  });

  test('tells everything that is wrong first, with its details, and what is left', () => {
    const text = render(failed);
    const order = [
      'FAILED',
      'What is wrong',
      'expected at least 10,000 rows and found 9,412 rows',
      "'newest order' has no result",
      'MISSED',
    ];
    expect(order.map((part) => text.indexOf(part)).every((at, index, all) => at >= 0 && at > (all[index - 1] ?? -1))).toBe(true);
    for (const part of ['588 rows fewer', 'no result', 'awsbackup-restore-test-1-verify', 'Throttling: rate exceeded']) {
      expect(text).toContain(part);
    }
  });

  test('tells what nobody measured', () => {
    const text = render(recordOf({ ...concluded, recoveryPoints: 'random', usableMs: undefined, results: [] }));
    expect(text.match(/not measured/g)).toHaveLength(2);
    expect(text).toContain('no check looked for the newest data, and the recovery point (2 h old) need not be the newest');
  });

  test('a time that is none does no harm', () => {
    expect(render(recordOf({ ...concluded, test: { ...restoreTest, recoveryPointMs: 9e15 } }))).toContain('an unknown time');
  });
});

/** Text of others, with all that may mean something to somebody. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</style></head>',
    '| a | b |\n# title\n[x](javascript:alert(1))',
    '\u202eLUFSSECCUS',
    '\ud800',
    '`code` **bold** ~~gone~~ ![x](http://x)',
    '<!-- -->',
    ']]>',
  ),
);

test('property: nothing that others say becomes markup, runs, or hides', () => {
  fc.assert(
    fc.property(nasty, nasty, nasty, (name, found, arn) => {
      const record = recordOf({
        ...concluded,
        resource: name,
        test: { ...restoreTest, sourceArn: arn, failure: found },
        checks: [{ name, kind: 'query' }],
        results: [{ ...newest, name, kind: 'query', found, details: [found, arn] }],
      });
      const html = renderHtml(testPage(record));
      shown(html);
      const tags = new Set([...html.matchAll(/<([a-z!/][a-z0-9]*)/g)].map(([, tag]) => tag.replace('/', '')));
      const allowed = 'body,dd,div,dl,doctype,dt,h1,h2,head,header,html,li,main,meta,p,section,style,table,tbody,td,th,thead,title,tr,ul';
      expect([...tags].map((tag) => tag.replace('!', '')).filter((tag) => tag !== '' && !allowed.split(',').includes(tag))).toEqual([]);
      expect(html).not.toMatch(/(?![\t\n\r])[\p{Cc}\p{Cf}\p{Cs}]/u);
      const markdown = renderMarkdown(testPage(record));
      expect(markdown).not.toMatch(/<|(?<!\\)\[|(?<!\\)`|(?<!\\)\*/);
      expect(markdown.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
    }),
    { numRuns: 500 },
  );
});

test('what looks like markup is shown as it is', () => {
  const found = `<b>5 & "6"</b> isn't 'x'`;
  const record = recordOf({ ...concluded, results: [{ ...rows, found }, newest] });
  expect(shown(renderHtml(testPage(record)))).toContain(found);
  expect(renderMarkdown(testPage(record))).toContain(`&lt;b&gt;5 &amp; "6"&lt;/b&gt; isn't 'x'`);
});

test('a page names nothing outside itself', () => {
  expect(renderHtml(testPage(failed))).not.toMatch(/(src|href)=|url\(|@import|<script|<link/i);
});

test('the moment of a test is told in UTC, wherever it is read', () => {
  expect(renderMarkdown(testPage(recordOf({ ...concluded, concludedMs: STARTED })))).toContain('2030-01-07 05:15:00 UTC');
});
