import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import {
  type ChainHead,
  type ComparedRecord,
  type ConcludedTest,
  canonicalJson,
  type EvidenceRecord,
  isRun,
  jobName,
  pageName,
  recordName,
  renderHtml,
  renderMarkdown,
  type StoredChain,
  testPage,
  toRecord,
  verifiedName,
} from '../../../lib/model/evidence';
import { readRecord } from '../../../lib/model/evidence/read-record';
import { DAY, HOUR, MINUTE } from '../../../lib/model/time';
import type { CheckResult, RestoreTest } from '../../../lib/model/verification';

/** Monday, a quarter past five in the morning, UTC. */
export const STARTED = Date.UTC(2030, 0, 7, 5, 15);

export const restoreTest: RestoreTest = {
  restoreJobId: '0D1E2F30-0000-4000-8000-000000000001',
  planArn: 'arn:aws:backup:ap-northeast-1:123456789012:restore-testing-plan:orders-0001',
  resourceType: 'RDS',
  sourceArn: 'arn:aws:rds:ap-northeast-1:123456789012:db:orders',
  recoveryPointArn: 'arn:aws:rds:ap-northeast-1:123456789012:snapshot:awsbackup:job-1',
  vaultArn: 'arn:aws:backup:ap-northeast-1:123456789012:backup-vault:orders',
  account: '123456789012',
  region: 'ap-northeast-1',
  recoveryPointMs: STARTED - 2 * HOUR,
  startedMs: STARTED,
  restoredMs: STARTED + 22 * MINUTE,
  createdArn: 'arn:aws:rds:ap-northeast-1:123456789012:db:awsbackup-restore-test-1',
};

export const rows: CheckResult = {
  name: 'orders are there',
  kind: 'row-count',
  status: 'passed',
  expected: 'at least 10,000 rows',
  found: '10,412 rows',
  durationMs: 840,
  baseline: { rows: 10_412 },
};

export const newest: CheckResult = {
  name: 'newest order',
  kind: 'newest-row',
  status: 'passed',
  expected: 'at most 1 h old',
  found: '20 min old',
  durationMs: 12,
  newestMs: STARTED - 2 * HOUR - 20 * MINUTE,
};

/** A test in which everything went well. */
export const concluded: ConcludedTest = {
  resource: 'Orders/Database',
  rpoMs: 4 * HOUR,
  rtoMs: 4 * HOUR,
  recoveryPoints: 'latest',
  test: restoreTest,
  checks: [rows, newest].map(({ name, kind }) => ({ name, kind })),
  results: [rows, newest],
  usableMs: STARTED + 25 * MINUTE,
  checkedMs: STARTED + 27 * MINUTE,
  cleanUp: { status: 'clean', left: [] },
  concludedMs: STARTED + 28 * MINUTE,
};

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A test some weeks later, under another restore job. */
export function weekly(week: number, changes: Partial<ConcludedTest> = {}): ConcludedTest {
  const shift = week * 7 * DAY;
  return {
    ...concluded,
    test: {
      ...restoreTest,
      restoreJobId: `0D1E2F30-0000-4000-8000-${String(week).padStart(12, '0')}`,
      recoveryPointMs: restoreTest.recoveryPointMs + shift,
      startedMs: STARTED + shift,
      restoredMs: restoreTest.restoredMs! + shift,
    },
    results: [rows, { ...newest, newestMs: newest.newestMs! + shift }],
    usableMs: concluded.usableMs! + shift,
    checkedMs: concluded.checkedMs! + shift,
    concludedMs: concluded.concludedMs + shift,
    ...changes,
  };
}

/** The files of a chain, by name, as the store writes them. */
export function filesOf(tests: readonly ConcludedTest[]): Map<string, string> {
  const files = new Map<string, string>();
  let head: ChainHead | undefined;
  const compared = new Map<string, ComparedRecord>();
  for (const test of tests) {
    const sequence: number = (head?.sequence ?? 0) + 1;
    const previous = head && { key: head.key, sha256: head.sha256, concludedMs: head.concludedMs };
    const verified = verifiedName(sha256(`${test.resource}\n${test.test.sourceArn}`));
    const comparedWith = compared.get(verified);
    const record = toRecord(
      { ...(comparedWith && { comparedWith }), ...test },
      { verification: 'orders', sequence, ...(previous && { previous }) },
    );
    const page = testPage(record);
    const pages = { html: renderHtml(page), md: renderMarkdown(page) };
    const json = canonicalJson({ ...record, pages: { html: sha256(pages.html), md: sha256(pages.md) } });
    files.set(recordName(sequence), json);
    files.set(pageName(sequence, 'html'), pages.html);
    files.set(pageName(sequence, 'md'), pages.md);
    head = { version: 1, sequence, key: `evidence/orders/${recordName(sequence)}`, sha256: sha256(json), concludedMs: record.concludedMs };
    if (!files.has(jobName(test.test.restoreJobId))) {
      files.set(jobName(test.test.restoreJobId), canonicalJson(head));
    }
    if (record.verdict.status === 'SUCCESSFUL') {
      files.set(verified, canonicalJson(head));
      compared.set(verified, { sequence, sha256: head.sha256 });
    }
  }
  if (head) {
    files.set('head.json', canonicalJson(head));
  }
  return files;
}

/** A chain as it is found, from its files. */
export function chainOf(files: ReadonlyMap<string, string>, readHead: (text: string) => StoredChain['head']): StoredChain {
  const below = (folder: string) => [...files].filter(([name]) => name.startsWith(`${folder}/`));
  const head = files.get('head.json');
  return {
    records: below('records').map(([name, text]) => {
      const reading = readRecord(text);
      const { value } = reading;
      const named = value && !isRun(value) && verifiedName(sha256(`${value.resource}\n${value.test.sourceArn}`));
      return { name, sha256: sha256(text), reading, ...(named && { verifiedName: named }) };
    }),
    pointers: Object.fromEntries([...below('jobs'), ...below('runs'), ...below('verified')].map(([name, text]) => [name, readHead(text)!])),
    head: head === undefined ? undefined : readHead(head),
    pages: Object.fromEntries(below('pages').map(([name, text]) => [name, sha256(text)])),
  };
}

/** Whatever a function of a user may answer instead of a result. */
export const anyResult: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything(),
  fc.record(
    {
      name: fc.oneof(fc.constantFrom(rows.name, newest.name), fc.anything()),
      kind: fc.oneof(fc.constantFrom(rows.kind, newest.kind), fc.anything()),
      status: fc.oneof(fc.constantFrom('passed', 'failed', 'unable', 'PASSED', 'ok'), fc.anything()),
      expected: fc.anything(),
      found: fc.anything(),
      durationMs: fc.anything(),
      details: fc.anything(),
      newestMs: fc.anything(),
      baseline: fc.anything(),
    },
    { requiredKeys: [] },
  ),
);

export type Unpaged = Omit<EvidenceRecord, 'pages'>;
