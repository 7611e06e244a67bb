import type { BackupManifest, RestoreRequest } from '../model/self-managed';
import type { WorkContext } from './engine';
import { Refused } from './refused';

/** What can be restored from backups, and of when they are at the latest. */
export interface Restorable {
  readonly fits: (manifest: BackupManifest) => boolean;
  /** Milliseconds since 1970 after which nothing is in a backup. */
  readonly untilMs: (manifest: BackupManifest) => number;
}

/** The backup that is named, or the newest that holds nothing of what came later. */
export async function chosenBackup(
  { repository, settings }: WorkContext,
  { id, untilMs }: Pick<RestoreRequest, 'id' | 'untilMs'>,
  restorable: Restorable,
): Promise<BackupManifest> {
  const found =
    id !== undefined || untilMs === undefined
      ? await repository.manifest(id)
      : (await repository.manifests()).readable.find((manifest) => restorable.untilMs(manifest) <= untilMs);
  if (!found) {
    const until = untilMs === undefined ? '' : ` of before ${new Date(untilMs).toISOString()}`;
    throw new Refused('look', `there is no backup of ${settings.source}${until}`);
  }
  if (!restorable.fits(found)) {
    throw new Refused(
      'settings',
      `backup ${found.id} is one of ${found.engine} in ${found.form} form: restore it with the settings of that`,
    );
  }
  return found;
}
