import { finished } from 'node:stream/promises';
import type { BackupManifest, Verified } from '../model/self-managed';
import type { Engine, KeeperContext } from './engine';
import { inParallel } from './in-parallel';
import { Refused } from './refused';
import { inScratch } from './scratch';

const READERS: readonly number[] = [0, 1, 2, 3];

/** Reads a backup again where it is stored, to the end of each object, with all that it stands on; throws where something is gone or changed. */
export async function verifyStored(engine: Engine, context: KeeperContext, id: string | undefined): Promise<void> {
  const newest = await context.repository.manifest(id);
  if (!newest) {
    throw new Refused('look', `there is no backup of ${context.settings.source} yet`);
  }
  let next: BackupManifest | undefined = newest;
  while (next) {
    const manifest: BackupManifest = next;
    const found = await readAgain(manifest, context);
    if (engine.verify && manifest.label !== undefined) {
      const { scratch, source } = context.settings;
      found.push(...(await inScratch(scratch, source, (folder) => engine.verify!({ ...context, folder }, manifest))));
    }
    context.tell('verified', { id: manifest.id, kind: manifest.kind, of: new Date(manifest.consistentMs).toISOString(), verified: found });
    next = manifest.base === undefined ? undefined : await context.repository.manifest(manifest.base);
  }
}

async function readAgain({ id, objects }: BackupManifest, { repository, signal }: KeeperContext): Promise<Verified[]> {
  let bytes = 0;
  await inParallel(objects, READERS, async (object) => {
    const stream = await repository.read(id, object, signal);
    stream.resume();
    await finished(stream);
    bytes += object.bytes;
  });
  return objects.length > 0 ? [{ what: 'objects', found: `${objects.length} objects of ${bytes} bytes are what was sent` }] : [];
}
