import { dirname } from 'node:path';
import type { BackupManifest, RestoreRequest } from '../../model/self-managed';
import { chosenBackup, type Restorable } from '../chosen-backup';
import type { WorkContext } from '../engine';
import { Refused } from '../refused';
import { type Restic, resticOf } from './restic';
import { makeRoom, targetFolder } from './target-folder';

/** Files are read one after the other until the end. */
const OF_FILES: Restorable = {
  fits: ({ form, label }) => form === 'files' && label !== undefined,
  untilMs: ({ endedMs }) => endedMs,
};

/** Restores files into a folder, with the whole paths that they had below it, and reads them again there. */
export async function restoreByRestic(context: WorkContext, request: RestoreRequest): Promise<void> {
  const { tell, now } = context;
  const startedMs = now();
  const manifest = await chosenBackup(context, request, OF_FILES);
  const restic = await resticOf(context);
  const path = request.path?.replace(/(.)\/+$/, '$1');
  if (path !== undefined) {
    await requirePath(restic, manifest, path);
  }
  const target = await targetFolder(request, manifest.id);
  tell('plan', {
    id: manifest.id,
    of: new Date(manifest.consistentMs).toISOString(),
    into: target.folder,
    files: path ?? `${manifest.notes?.files ?? 'all'} files of ${manifest.sourceBytes} bytes`,
    steps: [...target.plan, 'restore', 'read what was restored again, and compare it with the backup'],
  });
  if (request.dryRun) {
    return;
  }
  await makeRoom(target, path === undefined ? manifest.sourceBytes : 0);
  const only = path === undefined ? [] : [`--include=${escaped(path)}`];
  await restic(['restore', manifest.label!, `--target=${target.folder}`, '--verify', '--no-lock', ...only], {
    onLine: (line) => tell('tool', { line }),
  });
  tell('restored', { id: manifest.id, into: target.folder, tookMs: now() - startedMs });
}

/** Nothing restored would look like a success. */
async function requirePath(restic: Restic, { id, label }: BackupManifest, path: string): Promise<void> {
  const printed = await restic(['ls', '--json', '--no-lock', label!, dirname(path)]);
  const paths = printed.split('\n').flatMap((line) => (line ? ((JSON.parse(line) as { path?: string }).path ?? []) : []));
  if (!paths.includes(path)) {
    throw new Refused(
      'settings',
      `'--path' is ${path}, and backup ${id} has nothing there: give a whole path, as it was when it was backed up`,
    );
  }
}

/** A path, and nothing that looks like a pattern of several. */
function escaped(path: string): string {
  return path.replace(/[\\*?[]/g, '\\$&');
}
