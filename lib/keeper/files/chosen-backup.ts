import type { BackupManifest, RestoreRequest } from '../../model/self-managed';
import type { WorkContext } from '../engine';
import { Refused } from '../refused';

/** The backup of files that is named, or the newest that holds nothing of what came later. */
export async function chosenBackup(
  { repository, settings }: WorkContext,
  { id, untilMs }: Pick<RestoreRequest, 'id' | 'untilMs'>,
): Promise<BackupManifest> {
  const found =
    id !== undefined || untilMs === undefined
      ? await repository.manifest(id)
      : (await repository.manifests()).readable.find(({ endedMs }) => endedMs <= untilMs);
  if (!found) {
    throw new Refused('look', `there is no backup of ${settings.source}${untilMs === undefined ? '' : ' of before that time'}`);
  }
  if (found.form !== 'files' || found.label === undefined) {
    throw new Refused('settings', `backup ${found.id} is one of ${found.engine}: restore it with the settings of that`);
  }
  return found;
}
