import { type AnyRecord, HEAD_NAME, type RecordLink, readRecord, recordName, sequenceOf } from '../../model/evidence';
import type { ObjectStore } from './object-store';
import { pointerIn, sha256 } from './pointers';

/** A record in its place. */
export interface ChainedRecord extends RecordLink {
  readonly sequence: number;
  /** Left out where nobody can read it. */
  readonly record?: AnyRecord;
}

/** Where a chain goes on. */
export interface ChainEnd {
  /** What the next record follows; left out where there is none. */
  readonly last?: RecordLink & { readonly sequence: number };
  /** Records whose companions may not have been written. */
  readonly beyondHead: readonly ChainedRecord[];
}

/**
 * The end of a chain. Up to the head its word is taken, so that a record that was changed or removed since is not made the truth by the
 * next that follows it. Without a head that can be read the names of the records tell.
 */
export async function chainEnd(objects: ObjectStore, folder: string): Promise<ChainEnd> {
  const stored = await objects.read(folder + HEAD_NAME);
  const head = stored && pointerIn(stored).value;
  const reached = head?.sequence ?? Math.max(0, (await lastListed(objects, folder)) - 1);
  const beyondHead: ChainedRecord[] = [];
  for (let sequence = reached + 1; ; sequence++) {
    const found = await readChained(objects, folder + recordName(sequence), sequence);
    if (found === undefined) {
      break;
    }
    beyondHead.push(found);
  }
  const last = beyondHead.at(-1) ?? head;
  if (last === undefined) {
    return { beyondHead };
  }
  const concludedMs = 'record' in last ? last.record?.concludedMs : last.concludedMs;
  const { sequence, sha256: hash } = last;
  return {
    last: { sequence, key: folder + recordName(sequence), sha256: hash, ...(concludedMs === undefined ? {} : { concludedMs }) },
    beyondHead,
  };
}

/** Reads a record and what its bytes add up to. */
export async function readChained(objects: ObjectStore, key: string, sequence: number): Promise<ChainedRecord | undefined> {
  const found = await objects.read(key);
  return found && { key, sequence, sha256: sha256(found.bytes), record: readRecord(new TextDecoder().decode(found.bytes)).value };
}

async function lastListed(objects: ObjectStore, folder: string): Promise<number> {
  let last = 0;
  for await (const key of objects.list(`${folder}records/`)) {
    const sequence = sequenceOf(key);
    last = sequence !== undefined && key === folder + recordName(sequence) ? Math.max(last, sequence) : last;
  }
  return last;
}
