import { statfs } from 'node:fs/promises';

/** How much room a folder has. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
