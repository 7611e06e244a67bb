import type { KeeperSettings } from '../model/self-managed';
import type { Engine } from './engine';
import { RESTIC_FILES } from './files/files';
import { LOGICAL_POSTGRES } from './postgres/logical';
import { Refused } from './refused';

/** By engine and form of the settings: one line for each. */
const ENGINES: Readonly<Record<string, Engine>> = {
  'postgresql logical': LOGICAL_POSTGRES,
  'files files': RESTIC_FILES,
};

/** The engine that settings ask for. */
export function engineOf({ engine, form }: Pick<KeeperSettings, 'engine' | 'form'>): Engine {
  const found = ENGINES[`${engine} ${form}`];
  if (!found) {
    throw new Refused('settings', `'engine' and 'form' are '${engine} ${form}', and this program has: ${Object.keys(ENGINES).join(', ')}`);
  }
  return found;
}
