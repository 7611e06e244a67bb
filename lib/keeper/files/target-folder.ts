import { mkdir, readdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RestoreRequest } from '../../model/self-managed';
import { freeBytes } from '../free-bytes';
import { Refused } from '../refused';

/** Where files are restored to. */
export interface TargetFolder {
  readonly folder: string;
  /** Where what is in the folder goes first; nothing of it is lost. */
  readonly aside?: string;
  /** What is done with it, in words. */
  readonly plan: readonly string[];
}

/** Looks at the folder to restore to; what is not empty is refused unless its name is told twice. */
export async function targetFolder({ folder, replace }: RestoreRequest, id: string): Promise<TargetFolder> {
  if (folder === undefined || !folder.startsWith('/')) {
    throw new Refused('settings', `'--folder' is ${folder}: give the whole path of a folder to restore to, from / on`);
  }
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw new Refused('look', `'--folder' ${folder} cannot be read: ${error.code ?? error.message}`);
  });
  if (names.length === 0) {
    return { folder, plan: [] };
  }
  if (replace !== folder) {
    throw new Refused(
      'look',
      `'--folder' ${folder} is not empty: give an empty one, or repeat its name with --replace, and what is in it is kept beside it`,
    );
  }
  const aside = `${folder.replace(/\/+$/, '')}.before-${id}`;
  return { folder, aside, plan: [`rename ${folder} to ${aside}`] };
}

/** Makes the folder, with room for what comes. */
export async function makeRoom({ folder, aside }: TargetFolder, bytes: number): Promise<void> {
  const free = await freeBytes(await nearest(folder));
  if (free < bytes) {
    throw new Refused('look', `'--folder' ${folder} has ${free} bytes free, and the files take ${bytes}: give it more room`);
  }
  if (aside !== undefined) {
    await rename(folder, aside).catch((error: NodeJS.ErrnoException) => {
      throw new Refused('look', `${folder} cannot be renamed to ${aside} (${error.code}): restore to another folder`);
    });
  }
  await mkdir(folder, { recursive: true });
}

/** The folder, or the nearest above it that exists. */
async function nearest(folder: string): Promise<string> {
  return readdir(folder).then(
    () => folder,
    () => (folder === '/' ? folder : nearest(dirname(folder))),
  );
}
