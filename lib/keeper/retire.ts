import { readBackupId, retired } from '../model/self-managed';
import type { LockBucket } from './back-up';
import type { Engine, KeeperContext } from './engine';
import { locked } from './locked';
import { Refused } from './refused';
import { runOwner } from './run-owner';
import { inScratch } from './scratch';

/** What was sent and never published is left alone for so long: nobody works on a backup for two days. */
const UNPUBLISHED_MS = 2 * 24 * 60 * 60_000;

/** Gives up what is not kept any more, and what was sent and never published. No backup is made meanwhile: one may stand on what is given up. */
export async function retire(engine: Engine, context: KeeperContext, bucket: LockBucket): Promise<void> {
  const { settings, repository, now, tell } = context;
  const { source, keep, scratch } = settings;
  await locked({ ...bucket, source, owner: runOwner(), now }, async (held) => {
    const signal = AbortSignal.any([context.signal, held.signal]);
    // what is published between the two is in the second
    const sent = await repository.sentIds();
    const { readable, unreadable } = await repository.manifests();
    const nowMs = now();
    const ids = new Set(retired(readable, keep, nowMs));
    // what stands on another is given up before it, so that no chain is ever without its beginning
    const given = readable.filter(({ id }) => ids.has(id));
    const published = new Set([...readable.map(({ id }) => id), ...unreadable]);
    const unpublished = sent.filter((id) => !published.has(id) && nowMs - (readBackupId(id) ?? nowMs) > UNPUBLISHED_MS);
    await held.confirm();
    // also where nothing is given up: tools have more to clear up than what was published
    if (engine.retire) {
      await inScratch(scratch, source, async (folder) => engine.retire?.({ ...context, signal, folder }, given));
    }
    for (const id of [...given.map(({ id }) => id), ...unpublished]) {
      signal.throwIfAborted();
      const objects = await repository.remove(id);
      tell('retired', { id, objects, published: published.has(id) });
    }
    tell('kept', { backups: readable.length - given.length, retired: given.length, unpublished: unpublished.length });
    if (unreadable.length > 0) {
      throw new Refused(
        'verify',
        `the manifests of ${unreadable.slice(0, 5).join(', ')} cannot be read: nothing of them was removed, look at them`,
      );
    }
  });
}
