import { isRun, subjectOf } from '../records';
import type { ChainFinding, StoredChain, StoredRecord } from '../verify-chain';
import { intactOf, type Places } from './places';

interface Wanted {
  readonly sequence: number;
  readonly sha256: string;
  /** What it is to name, for a sentence. */
  readonly what: string;
}

/**
 * What stands below `jobs/`, `runs/` and `verified/`, held against what the records say: each restore job and run has its record, and each resource its last
 * successful one, with which the next test compares. The head comes last: what it has not reached, a crash may have prevented.
 */
export function pointerFindings({ pointers }: StoredChain, places: Places, first: number): ChainFinding[] {
  if (pointers === undefined) {
    return [];
  }
  const intact = intactOf(places);
  const wanted = wantedOf(intact);
  // what became of a record that is gone or changed is told by itself
  const isToldOf = (sequence: number): boolean => sequence <= places.last && !intact.has(sequence);
  const wrong = [...wanted].flatMap(([name, target]): ChainFinding[] => {
    const { sequence, sha256, what } = target;
    const found = pointers[name];
    const behind = sequence > (places.head?.sequence ?? 0) ? 'note' : 'fault';
    if (found === undefined) {
      return sequence < first
        ? []
        : [{ severity: behind, kind: 'pointer', name, message: `is missing: it names record ${sequence}, ${what}` }];
    }
    if (found.value === undefined) {
      return [{ severity: 'fault', kind: 'pointer', name, message: found.problem ?? 'cannot be read' }];
    }
    if (
      (found.value.sequence === sequence && found.value.sha256 === sha256) ||
      (found.value.sequence > sequence && isToldOf(found.value.sequence))
    ) {
      return [];
    }
    const isOlder = found.value.sequence < sequence && name.startsWith('verified/');
    const message = `names record ${found.value.sequence}, but record ${sequence} is ${what}`;
    return [{ severity: isOlder ? behind : 'fault', kind: 'pointer', name, message }];
  });
  const strangers = Object.entries(pointers).flatMap(([name, { value }]): ChainFinding[] =>
    wanted.has(name) || (value !== undefined && (value.sequence < first || isToldOf(value.sequence)))
      ? []
      : [{ severity: 'fault', kind: 'pointer', name, message: 'belongs to no record that is there' }],
  );
  return [...wrong, ...strangers];
}

/** The names of pointers with what they have to name. */
function wantedOf(intact: ReadonlyMap<number, StoredRecord>): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const [sequence, record] of intact) {
    for (const [name, what] of namesOf(record)) {
      // a job, or a run, has one record, and it is the first: the others are faults of their own
      if (!wanted.has(name) || name.startsWith('verified/')) {
        wanted.set(name, { sequence, sha256: record.sha256, what });
      }
    }
  }
  return wanted;
}

function namesOf({ reading: { value }, verifiedName }: StoredRecord): readonly (readonly [string, string])[] {
  if (value === undefined) {
    return [];
  }
  const { pointer, words } = subjectOf(value);
  const own = [pointer, `that of ${words}`] as const;
  return isRun(value) || value.verdict.status !== 'SUCCESSFUL' || verifiedName === undefined
    ? [own]
    : [own, [verifiedName, `the last successful one of '${value.resource}'`]];
}
