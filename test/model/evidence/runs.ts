import {
  type ChainHead,
  type ConcludedRun,
  canonicalJson,
  pageName,
  recordName,
  renderHtml,
  renderMarkdown,
  runPage,
  subjectOf,
  toRunRecord,
} from '../../../lib/model/evidence';
import { measuredOf, type RunRecord } from '../../../lib/model/recovery';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lib/model/time';
import { OSAKA, TOKYO } from '../recovery/sites';
import { sha256 } from './evidence';

/** A Tuesday, two in the morning, UTC. */
export const BEGUN = Date.UTC(2030, 0, 15, 2);
const OBJECTIVE = { rpoMs: 5 * MINUTE, rtoMs: HOUR };
const DATA = [{ name: 'orders' }, { name: 'carts' }];

const step = (fromMs: number, tookMs: number, words: string, facts?: RunRecord['steps'][string]['facts']) => ({
  state: 'done' as const,
  sinceMs: BEGUN + fromMs,
  untilMs: BEGUN + fromMs + tookMs,
  words,
  ...(facts && { facts }),
});

/** A failover that went well: eight minutes, and two seconds of orders. */
const run: RunRecord = {
  input: { kind: 'failover', id: 'run-1', by: 'Aiko', sinceMs: BEGUN - 2 * MINUTE },
  stage: 'activated',
  epoch: 1,
  begunMs: BEGUN,
  leaseUntilMs: BEGUN + HOUR,
  peer: TOKYO,
  peerState: 'confirmed',
  steps: {
    fence: step(MINUTE, 20 * SECOND, `${TOKYO} is fenced`, { misses: 0, approvedBy: 'Ben' }),
    'measure:orders': step(2 * MINUTE, 0, '2 s behind', { lagMs: 2 * SECOND }),
    'measure:carts': step(2 * MINUTE, 0, '1 s behind', { lagMs: SECOND }),
    'promote:orders': step(3 * MINUTE, 2 * MINUTE, 'it takes writes'),
    verify: step(5 * MINUTE, MINUTE, 'api answers'),
    switch: step(6 * MINUTE, SECOND, 'requests are led here'),
    settle: step(8 * MINUTE, SECOND, 'settled'),
  },
};

/** A run some months later, under another id. */
export function quarterly(quarter: number, changes: Partial<ConcludedRun> = {}): ConcludedRun {
  const shift = quarter * 91 * DAY;
  const steps = Object.fromEntries(
    Object.entries(run.steps).map(([name, each]) => [name, { ...each, sinceMs: each.sinceMs + shift, untilMs: each.untilMs! + shift }]),
  );
  const input = { ...run.input, id: `run-${quarter}`, sinceMs: run.input.sinceMs! + shift };
  const shifted: RunRecord = { ...run, input, begunMs: BEGUN + shift, steps };
  const made = changes.run ?? shifted;
  return {
    recovery: 'Orders',
    site: OSAKA,
    run: made,
    outcome: 'completed',
    measured: measuredOf(made, { objective: OBJECTIVE, data: DATA }),
    approvalRequired: true,
    concludedMs: BEGUN + 9 * MINUTE + shift,
    ...changes,
  };
}

/** One that could not go on, and was put back. */
export function rolledBack(quarter: number): ConcludedRun {
  const { run: whole } = quarterly(quarter);
  const { fence, 'measure:orders': measured } = whole.steps;
  const steps = { fence, 'measure:orders': measured, 'promote:orders': { ...whole.steps['promote:orders'], state: 'failed' as const } };
  return quarterly(quarter, { run: { ...whole, steps }, outcome: 'rolled-back', problem: 'orders: the replica is gone' });
}

/** The files of a chain of runs, by name, as the store writes them. */
export function runFiles(runs: readonly ConcludedRun[]): Map<string, string> {
  const files = new Map<string, string>();
  let head: ChainHead | undefined;
  for (const each of runs) {
    const sequence: number = (head?.sequence ?? 0) + 1;
    const previous = head && { key: head.key, sha256: head.sha256, concludedMs: head.concludedMs };
    const record = toRunRecord(each, { sequence, ...(previous && { previous }) });
    const page = runPage(record);
    const pages = { html: renderHtml(page), md: renderMarkdown(page) };
    const stored = { ...record, pages: { html: sha256(pages.html), md: sha256(pages.md) } };
    const json = canonicalJson(stored);
    files.set(recordName(sequence), json);
    files.set(pageName(sequence, 'html'), pages.html);
    files.set(pageName(sequence, 'md'), pages.md);
    head = { version: 1, sequence, key: `recovery/Orders/${recordName(sequence)}`, sha256: sha256(json), concludedMs: record.concludedMs };
    const { pointer } = subjectOf(stored);
    if (!files.has(pointer)) {
      files.set(pointer, canonicalJson(head));
    }
    files.set('head.json', canonicalJson(head));
  }
  return files;
}
