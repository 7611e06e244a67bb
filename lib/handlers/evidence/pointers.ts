import { createHash } from 'node:crypto';
import { type ChainHead, canonicalJson, type Reading, readHead } from '../../model/evidence';
import type { ObjectStore, StoredObject } from './object-store';

/** So many others may move a pointer at the same moment before one gives up. */
const MAX_ATTEMPTS = 100;

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What a pointer names; nothing where there is none. Fails for one that nobody can read: that is not the same as none. */
export async function readPointer(objects: ObjectStore, key: string): Promise<ChainHead | undefined> {
  const found = await objects.read(key);
  const reading = found && pointerIn(found);
  if (reading?.problem !== undefined) {
    throw new Error(`'${key}' ${reading.problem}: 'npx cdk-recovery evidence' tells what became of the chain`);
  }
  return reading?.value;
}

/** Moves a pointer forwards; one that is already there, or further, stays, and one that nobody can read is written anew. */
export async function moveForwards(objects: ObjectStore, key: string, to: ChainHead): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = await objects.read(key);
    const named = found && pointerIn(found).value;
    if (named !== undefined && named.sequence >= to.sequence) {
      return;
    }
    const text = canonicalJson(to);
    if (found === undefined ? await objects.create(key, text) : await objects.replace(key, text, found.version)) {
      return;
    }
  }
  throw new Error(`'${key}' was moved by others again and again: try again`);
}

/** Reads a pointer, whatever is in it. */
export function pointerIn({ bytes }: StoredObject): Reading<ChainHead> {
  return readHead(new TextDecoder().decode(bytes));
}
