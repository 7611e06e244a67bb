import { lstat, readdir } from 'node:fs/promises';
import { Refused } from '../refused';

/** Makes sure that there is something to back up at every path: what is mounted no more must not look as if all files had been removed. */
export async function requireSources(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const problem = await problemOf(path);
    if (problem !== undefined) {
      throw new Refused('look', `'files.paths' has ${path}, which ${problem}: mount it, or take it out of the settings`);
    }
  }
}

async function problemOf(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isDirectory() && (await readdir(path)).length === 0 ? 'is an empty folder' : undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? message})`;
  }
}
