import { achievedOf } from './achieved-of';
import type { ConcludedTest } from './concluded-test';
import type { EvidenceRecord, RecordLink } from './evidence-record';
import { baselinesOf, recordedResult } from './recorded-result';
import { verdictOf } from './verdict-of';

/** Where in its chain a record goes. */
export interface ChainPlace {
  readonly verification: string;
  readonly sequence: number;
  readonly previous?: RecordLink;
}

/** The record of a test, but for the pages, which are made from it. */
export function toRecord(concluded: ConcludedTest, place: ChainPlace): Omit<EvidenceRecord, 'pages'> {
  const { resource, test, checks, results, usableMs, checkedMs, problem, cleanUp, comparedWith, concludedMs } = concluded;
  const verdict = verdictOf(concluded);
  return {
    version: 1,
    ...place,
    concludedMs,
    resource,
    test,
    checks: checks.map(({ name, kind }) => ({ name, kind })),
    results: results.map(recordedResult),
    ...(Number.isFinite(usableMs) ? { usableMs } : {}),
    ...(Number.isFinite(checkedMs) ? { checkedMs } : {}),
    ...(problem === undefined ? {} : { problem }),
    verdict,
    achieved: achievedOf(concluded),
    cleanUp,
    ...(comparedWith === undefined ? {} : { comparedWith }),
    baselines: verdict.status === 'SUCCESSFUL' ? baselinesOf(results) : {},
  };
}
