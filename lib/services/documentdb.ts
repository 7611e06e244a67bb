import { abilitiesOf } from '../model/services';
import { unencryptedCopies } from './aurora';
import { automatedBackups, prepareDatabase } from './database';
import { describeTarget, storageKey } from './facts';
import type { ServiceAdapter } from './service';

/** DocumentDB clusters; AWS Backup makes snapshots only, so point-in-time recovery stays the service's own. */
export const DOCUMENTDB: ServiceAdapter = {
  types: ['DocumentDB'],
  describe: (target) => describeTarget(target, { key: storageKey(target), zones: abilitiesOf('DocumentDB').zones }),
  copies: (target, restore) => automatedBackups(target, restore),
  prepare: (target, needs) => {
    const concerns = prepareDatabase(target, needs, { continuous: false, quiet: true, deletable: false });
    return () => [...concerns(), ...unencryptedCopies(target, needs.copied)];
  },
};
