import { CfnResource } from 'aws-cdk-lib/core';
import type { CopyFact, ZoneFact } from '../model/facts';
import { SERVICE_LIMITS } from '../model/limits/services';
import { abilitiesOf } from '../model/services';
import { MINUTE } from '../model/time';
import { automatedBackups, prepareDatabase } from './database';
import { concern, describeTarget, placeOf, serviceCopy, storageKey, TAKEOVER, term } from './facts';
import type { ServiceAdapter, Target } from './service';
import { settingOf, textOf } from './settings';

const INSTANCE = 'AWS::RDS::DBInstance';
const READER_TAKEOVER_MS = 2 * MINUTE;

/** Aurora clusters and Multi-AZ DB clusters of RDS: the cluster holds the data, its instances only serve it. */
export const AURORA: ServiceAdapter = {
  types: ['Aurora', 'RDSCluster'],
  describe: (target) =>
    describeTarget(target, { engine: target.cfn && textOf(target.cfn, 'engine'), key: storageKey(target), zones: zonesOf(target) }),
  copies: (target, restore, needs) => [
    ...(needs?.continuous && target.type === 'Aurora' ? [] : automatedBackups(target, restore)),
    ...replicationSource(target),
  ],
  prepare: (target, needs) => [
    ...prepareDatabase(target, needs, { continuous: target.type === 'Aurora', quiet: target.type === 'RDSCluster', deletable: true }),
    ...unencryptedCopies(target, needs.copied),
  ],
};

/** A reader takes over within minutes; a lone instance is made anew, which may fail while a zone is lost. */
function zonesOf({ type, cfn, construct }: Target): ZoneFact | undefined {
  const instances = construct.node.findAll().filter((node) => CfnResource.isCfnResource(node) && node.cfnResourceType === INSTANCE).length;
  if (type !== 'Aurora' || !cfn || instances === 0) {
    return undefined;
  }
  return instances === 1
    ? { ...abilitiesOf(type).zones, words: 'storage in several zones, a new instance instead of the only one' }
    : { kind: 'spread', words: `storage in several zones, ${instances} instances`, failoverMs: READER_TAKEOVER_MS, basis: 'estimated' };
}

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
