import type { EvidenceRecord } from '../evidence-record';
import { recordName } from '../names';
import { isRun } from '../records';
import type { ChainFinding } from '../verify-chain';
import { intactOf, type Places } from './places';

type Tests = readonly (readonly [sequence: number, sha256: string, record: EvidenceRecord])[];

/**
 * What successful tests compared with, held against what they should have: the pointer that told them may have been moved, or taken away,
 * and put back since. What was concluded before a restore began, the test of it has to know.
 */
export function baselineFindings(places: Places, first: number): ChainFinding[] {
  const tests: Tests = [...intactOf(places)].flatMap(([sequence, { sha256, reading }]) =>
    // runs of a recovery compare with nothing
    reading.value && !isRun(reading.value) ? [[sequence, sha256, reading.value] as const] : [],
  );
  const successes = new Map<string, Tests>();
  for (const test of tests.filter(([, , { verdict }]) => verdict.status === 'SUCCESSFUL')) {
    const key = resourceOf(test[2]);
    successes.set(key, [...(successes.get(key) ?? []), test]);
  }
  return tests
    .filter(([sequence]) => sequence >= first)
    .flatMap(([sequence, , record]) => {
      const earlier = (successes.get(resourceOf(record)) ?? []).filter(([place]) => place >= first && place < sequence);
      const message = problemOf(record, earlier, new Map(tests.map(([place, sha256]) => [place, sha256])), first);
      return message === undefined ? [] : [{ severity: 'fault', kind: 'baseline', name: recordName(sequence), message } as const];
    });
}

function problemOf(record: EvidenceRecord, earlier: Tests, known: ReadonlyMap<number, string>, first: number): string | undefined {
  const { comparedWith, verdict, test } = record;
  const due = earlier.filter(([, , { concludedMs }]) => concludedMs < test.startedMs).at(-1)?.[0] ?? 0;
  if (comparedWith === undefined) {
    // nothing is compared where the restore failed
    return due > 0 && verdict.status === 'SUCCESSFUL' ? `compared with nothing, though record ${due} was successful` : undefined;
  }
  const { sequence, sha256 } = comparedWith;
  if (sequence < due) {
    return `compared with record ${sequence}, though record ${due} was the last successful one`;
  }
  const isKnown = known.has(sequence) && sequence >= first;
  const isSuccess = earlier.some(([place, hash]) => place === sequence && hash === sha256);
  return isKnown && !isSuccess ? `says that it compared with record ${sequence}, which is no such success of the same resource` : undefined;
}

function resourceOf({ resource, test: { sourceArn } }: EvidenceRecord): string {
  return `${resource}\n${sourceArn}`;
}
