import type { CopyFact } from '../../../model/facts';
import { SERVICE_LIMITS } from '../../../model/limits/services';
import type { ServiceAdapter, Target } from '../service';
import { automatedBackups, prepareDatabase } from './database';
import { concern, describeTarget, placeOf, serviceCopy, storageKey, TAKEOVER, term } from './facts';
import { settingOf, textOf } from './settings';

/** Aurora clusters and Multi-AZ DB clusters of RDS: the cluster holds the data, its instances only serve it. */
export const AURORA: ServiceAdapter = {
  types: ['Aurora', 'RDSCluster'],
  describe: (target) => describeTarget(target, { engine: target.cfn && textOf(target.cfn, 'engine'), key: storageKey(target) }),
  copies: (target, restore, needs) => [
    ...(needs?.continuous && target.type === 'Aurora' ? [] : automatedBackups(target, restore)),
    ...replicationSource(target),
  ],
  prepare: (target, needs) => [
    ...prepareDatabase(target, needs, { continuous: target.type === 'Aurora', quiet: target.type === 'RDSCluster', deletable: true }),
    ...unencryptedCopies(target, needs.copied),
  ],
};

/** The cluster that this one reads from. Whoever replicates a cluster to another one tells so itself. */
function replicationSource(target: Target): readonly CopyFact[] {
  const { cfn, id } = target;
  if (!cfn || settingOf(cfn, 'replicationSourceIdentifier') === undefined) {
    return [];
  }
  const [, , , region, account] = textOf(cfn, 'replicationSourceIdentifier')?.split(':') ?? [];
  return [
    serviceCopy({
      resource: id,
      id: 'replication-source',
      by: id,
      mechanism: 'cluster that this one replicates',
      form: 'replica',
      place: { region, account: account ?? placeOf(target).account },
      staleness: [term('replication lag', SERVICE_LIMITS.globalClusterLag)],
      restore: TAKEOVER,
      key: { kind: 'unknown' },
    }),
  ];
}

/** Copies of an unencrypted cluster stay unencrypted, whatever key the vault has. */
export function unencryptedCopies(target: Target, copied: boolean) {
  return copied && storageKey(target).kind === 'none'
    ? [
        concern(
          target,
          'warning',
          'CopiesUnencrypted',
          "'storageEncrypted' is off, so copies of its recovery points stay unencrypted in every vault: set 'storageEncrypted: true' (this replaces the cluster)",
        ),
      ]
    : [];
}
