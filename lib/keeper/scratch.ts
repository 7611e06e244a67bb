import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Does work with a folder of its own, which only we can read, and removes it. */
export async function inScratch<T>(scratch: string, source: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(scratch, `${prefixOf(source)}${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what runs of a source have left that were killed. A folder for scratch belongs to one machine. */
export async function removeLeftOvers(scratch: string, source: string): Promise<string[]> {
  const prefix = prefixOf(source);
  const left = (await readdir(scratch)).filter(
    (name) => name.startsWith(prefix) && !isRunning(Number(/^\d+/.exec(name.slice(prefix.length))?.[0])),
  );
  await Promise.all(left.map((name) => rm(join(scratch, name), { recursive: true, force: true, maxRetries: 3 })));
  return left;
}

/** No source has a tilde in its name, so none is the beginning of another. */
function prefixOf(source: string): string {
  return `keeper~${source}~`;
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) {
    return true;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
