import { createHash } from 'node:crypto';
import { open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { Unable } from '../checks/finding';

/** A file of a tree. */
export interface FoundFile {
  /** Below the root, without the folder that AWS Backup restores into. */
  readonly path: string;
  readonly place: string;
}

/** What was read of a file. */
export interface ReadFile {
  readonly checksum: string;
  readonly size: number;
  readonly modifiedMs: number;
}

/** AWS Backup restores into a folder of its own, even a whole file system (AWS Backup Developer Guide: restoring EFS). */
const RESTORED_INTO = /^aws-backup-restore_[^/]+\//;
const WHOLE_BYTES = 64 * 1024 * 1024;
const PART_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** Every regular file below a folder, one after the other; links are not followed. */
export async function* filesBelow(root: string, below = ''): AsyncGenerator<FoundFile> {
  const folder = await opendir(join(root, below)).catch((error) => {
    throw new Unable(`the folder ${below || '/'} cannot be listed: ${codeOf(error)}`);
  });
  for await (const entry of folder) {
    const place = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      yield* filesBelow(root, place);
    } else if (entry.isFile()) {
      yield { path: place.replace(RESTORED_INTO, ''), place: join(root, place) };
    }
  }
}

/** Reads a file, or three parts of a large one; undefined where it cannot be read though it is there. */
export async function readFile({ path, place }: FoundFile, signal: AbortSignal): Promise<ReadFile | undefined> {
  try {
    const file = await open(place);
    try {
      const { size, mtimeMs: modifiedMs } = await file.stat();
      const hash = createHash('sha256');
      const starts = size > WHOLE_BYTES ? [0, Math.floor((size - PART_BYTES) / 2), size - PART_BYTES] : [0];
      const length = size > WHOLE_BYTES ? PART_BYTES : size;
      const buffer = Buffer.alloc(CHUNK_BYTES);
      for (const start of starts) {
        for (let at = start; at < start + length; ) {
          signal.throwIfAborted();
          const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, start + length - at), at);
          if (bytesRead === 0) {
            return undefined;
          }
          hash.update(buffer.subarray(0, bytesRead));
          at += bytesRead;
        }
      }
      const checksum = hash.digest('base64url').slice(0, 22);
      return { checksum: size > WHOLE_BYTES ? `parts:${checksum}` : checksum, size, modifiedMs: Math.round(modifiedMs) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (['EIO', 'ENOENT', 'ESTALE'].includes(codeOf(error))) {
      return undefined;
    }
    throw new Unable(`${path} cannot be read: ${codeOf(error)}`);
  }
}

function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  return typeof code === 'string' ? code : (name ?? 'unknown error');
}
