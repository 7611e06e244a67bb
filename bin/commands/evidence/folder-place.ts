import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { CommandError } from '../command-error';
import type { EvidencePlace } from './place';

/** A folder that somebody has downloaded; needs no AWS. */
export function folderPlace(folder: string): EvidencePlace {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CommandError(`there is no folder '${folder}': name one, or a bucket as s3://bucket/prefix`);
  }
  return {
    name: folder,
    names: async () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '.').length).split(sep).filter(Boolean).join('/'))
        .sort(),
    read: async (name) => readFileSync(join(folder, name)),
    history: async () => undefined,
  };
}
