import type { BackupManifest, Verified } from '../../model/self-managed';
import { DAY } from '../../model/time';
import type { WorkContext } from '../engine';
import { Refused } from '../refused';
import { ToolFailed } from '../run-tool';
import { type Restic, resticOf, snapshotsOf } from './restic';

/** A repository of up to so many bytes is read whole each time. */
const SMALL_BYTES = 2 ** 30;
/** Of a larger one so many parts are read in turn, by the number of the day: no multiple of days that verifications usually lie apart. */
const PARTS = 5;
const SHOWN = 5;

/** Looks at the whole repository, reads all or the next part of its data, and looks for the snapshot of every published backup. */
export async function verifyByRestic(context: WorkContext, manifest: BackupManifest): Promise<readonly Verified[]> {
  const { repository, now } = context;
  const restic = await resticOf(context);
  const there = new Set((await snapshotsOf(restic)).map(({ id }) => id));
  const { readable } = await repository.manifests();
  const missing = [manifest, ...readable].filter(({ label }) => !there.has(label ?? '')).map(({ id }) => id);
  if (missing.length > 0) {
    const some = [...new Set(missing)].slice(0, SHOWN).join(', ');
    throw new Refused('verify', `the repository has no snapshot of ${some}, which are published: bring back its objects below 'snapshots'`);
  }
  const bytes = await rawBytes(restic);
  const part = `${(Math.floor(now() / DAY) % PARTS) + 1}/${PARTS}`;
  const isSmall = bytes <= SMALL_BYTES;
  const verified = await checkRepository(restic, [isSmall ? '--read-data' : `--read-data-subset=${part}`]);
  return [...verified, { what: 'data', found: isSmall ? `all ${bytes} bytes were read` : `part ${part} of ${bytes} bytes was read` }];
}

/** Throws where the repository lacks something, or has something that is not what was sent. */
export async function checkRepository(restic: Restic, how: readonly string[]): Promise<Verified[]> {
  let printed: string;
  try {
    printed = await restic(['check', '--no-lock', ...how]);
  } catch (error) {
    throw error instanceof ToolFailed
      ? new Refused('verify', `the repository is damaged (${error.said || error.how}): bring back earlier versions of the objects it names`)
      : error;
  }
  if (!/no errors were found/.test(printed)) {
    throw new Refused('verify', `restic does not say that the repository is without errors: ${printed.slice(-300)}`);
  }
  return [{ what: 'repository', found: 'every snapshot, index and pack is there, and fits the others' }];
}

async function rawBytes(restic: Restic): Promise<number> {
  const { total_size } = JSON.parse(await restic(['stats', '--mode=raw-data', '--json', '--no-lock'])) as { total_size: number };
  return total_size;
}
