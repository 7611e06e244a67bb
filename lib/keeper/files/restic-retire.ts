import type { BackupManifest } from '../../model/self-managed';
import type { WorkContext } from '../engine';
import { Refused } from '../refused';
import { resticOf, snapshotsOf } from './restic';

/** Snapshots without a backup that is published are left alone for so long: nobody works on one for two days. */
const UNPUBLISHED_MS = 2 * 24 * 60 * 60_000;

/** Forgets the snapshots of backups by their ids, and those that were never published, and removes what nothing stands on any more. */
export async function retireByRestic(context: WorkContext, retired: readonly BackupManifest[]): Promise<void> {
  const { repository, now, tell } = context;
  const { readable, unreadable } = await repository.manifests();
  const given = new Set(retired.map(({ label }) => label));
  const kept = new Set(readable.map(({ label }) => label).filter((label) => !given.has(label)));
  if (kept.size === 0 && given.size > 0) {
    throw new Refused('verify', 'no backup would be left: nothing was removed');
  }
  const restic = await resticOf(context);
  // only locks of programs of this machine that have ended, and those that nobody has renewed for half an hour
  await restic(['unlock']);
  const snapshots = await snapshotsOf(restic);
  // one whose manifest cannot be read may be any of them, and without any manifest all are gone that could be kept
  const stray =
    unreadable.length > 0 || kept.size === 0
      ? []
      : snapshots.filter(({ id, time }) => !kept.has(id) && now() - Date.parse(time) > UNPUBLISHED_MS);
  const gone = new Set([...snapshots.filter(({ id }) => given.has(id)), ...stray].map(({ id }) => id));
  if (gone.size > 0) {
    await restic(['forget', ...gone]);
  }
  await restic(['prune']);
  const left = new Set((await snapshotsOf(restic)).map(({ id }) => id));
  const remaining = [...gone].filter((id) => left.has(id));
  if (remaining.length > 0) {
    throw new Refused('tool', `restic has not forgotten ${remaining.length} snapshots that it was told to`);
  }
  tell('pruned', { snapshots: gone.size, left: left.size });
}
