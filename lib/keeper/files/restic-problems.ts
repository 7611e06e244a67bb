import type { Finding } from '../../model/self-managed';
import type { WorkContext } from '../engine';
import { Refused } from '../refused';
import { requireSources } from './require-sources';
import { type Restic, resticOf } from './restic';

/** What is wrong with the sources and the repository. */
export async function findResticProblems(context: WorkContext): Promise<readonly Finding[]> {
  const { paths } = context.settings.files!;
  const found: Finding[] = [
    await requireSources(paths).then(
      () => ({ what: 'files', state: 'fine', found: `there is something at ${paths.join(', ')}` }),
      (error: Error) => ({ what: 'files', state: 'problem', found: error.message }),
    ),
  ];
  const restic = await resticOf(context);
  found.push({ what: 'tool', state: 'fine', found: (await restic(['version'])).trim() });
  await restic(['cat', 'config', '--no-lock']);
  found.push({ what: 'repository of restic', state: 'fine', found: 'it can be opened' });
  return found;
}

/** Makes the repository where there is none yet. One that is gone while backups of it are published is never made anew. */
export async function configureRestic(context: WorkContext): Promise<readonly Finding[]> {
  const restic = await resticOf(context);
  const isNew = !(await isThere(restic));
  if (isNew) {
    const published = await context.repository.ids();
    if (published.length > 0) {
      throw new Refused(
        'look',
        `${published.length} backups are published, and their repository cannot be opened: bring back 'restic/${context.settings.source}/config' from its earlier version`,
      );
    }
    await restic(['init']);
  }
  return [{ what: 'repository of restic', state: 'fine', found: isNew ? 'it was made' : 'it is there already' }];
}

async function isThere(restic: Restic): Promise<boolean> {
  try {
    await restic(['cat', 'config', '--no-lock']);
    return true;
  } catch (error) {
    if (error instanceof Refused && /^there is no repository/.test(error.message)) {
      return false;
    }
    throw error;
  }
}
