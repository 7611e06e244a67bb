import type { ChainHead } from '../evidence-record';
import { recordName, sequenceOf } from '../names';
import type { StoredChain, StoredRecord } from '../verify-chain';

/** The records of a chain by where they stand, by what they say they are, and by their bytes. */
export interface Places {
  readonly placed: ReadonlyMap<number, StoredRecord>;
  /** Records whose name is no place. */
  readonly strangers: readonly StoredRecord[];
  readonly claiming: ReadonlyMap<number, StoredRecord>;
  readonly byHash: ReadonlyMap<string, StoredRecord>;
  readonly head?: ChainHead;
  /** The last place that a record stands in, and the last that is known to have been taken. */
  readonly newest: number;
  readonly last: number;
}

export function placesOf({ records, head }: StoredChain): Places {
  const placed = new Map<number, StoredRecord>();
  const strangers: StoredRecord[] = [];
  const claiming = new Map<number, StoredRecord>();
  for (const record of records) {
    const sequence = sequenceOf(record.name) ?? 0;
    if (sequence < 1 || record.name !== recordName(sequence)) {
      strangers.push(record);
    } else {
      placed.set(sequence, record);
    }
    const claimed = record.reading.value?.sequence;
    if (claimed !== undefined && (sequence === claimed || !claiming.has(claimed))) {
      claiming.set(claimed, record);
    }
  }
  const newest = Math.max(0, ...placed.keys());
  const byHash = new Map(records.map((record) => [record.sha256, record]));
  return { placed, strangers, claiming, byHash, head: head?.value, newest, last: Math.max(newest, head?.value?.sequence ?? 0) };
}

/** What vouches for a record. */
export interface Testimony {
  readonly sha256: string;
  /** In words, for a sentence. */
  readonly by: string;
}

/** What the head, or the record that says it follows, tells about a place; nothing where neither knows. */
export function testimonyOf(sequence: number, { head, claiming }: Places): Testimony | undefined {
  if (head?.sequence === sequence) {
    return { sha256: head.sha256, by: 'the head' };
  }
  const next = claiming.get(sequence + 1)?.reading.value?.previous;
  return next && { sha256: next.sha256, by: `record ${sequence + 1}` };
}

/** Records that stand in their place as they were written, in order: what they say can be relied on. */
export function intactOf(places: Places): ReadonlyMap<number, StoredRecord> {
  const intact = [...places.placed].filter(([sequence, { sha256, reading }]) => {
    const witness = testimonyOf(sequence, places);
    return reading.value?.sequence === sequence && (witness === undefined || witness.sha256 === sha256);
  });
  return new Map(intact.sort(([one], [other]) => one - other));
}

/** Places between the first and the last in which nothing stands, as runs of neighbours. */
export function gapsOf({ placed, last }: Places): (readonly [from: number, to: number])[] {
  const taken = [...placed.keys()].sort((one, other) => one - other);
  const borders = [0, ...taken, last + 1];
  return borders.slice(1).flatMap((place, index): (readonly [number, number])[] => {
    const from = borders[index] + 1;
    return from < place ? [[from, place - 1]] : [];
  });
}
