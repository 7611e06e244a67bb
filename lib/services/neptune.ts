import { abilitiesOf } from '../model/services';
import { unencryptedCopies } from './aurora';
import { automatedBackups, prepareDatabase } from './database';
import { describeTarget, storageKey } from './facts';
import type { ServiceAdapter } from './service';

/** Neptune clusters; AWS Backup makes snapshots only, so point-in-time recovery stays the service's own. */
export const NEPTUNE: ServiceAdapter = {
  types: ['Neptune'],
  describe: (target) => describeTarget(target, { key: storageKey(target), zones: abilitiesOf('Neptune').zones }),
  copies: (target, restore) => automatedBackups(target, restore),
  prepare: (target, needs) => {
    const concerns = prepareDatabase(target, needs, { continuous: false, quiet: true, deletable: false });
    return () => [...concerns(), ...unencryptedCopies(target, needs.copied)];
  },
};
