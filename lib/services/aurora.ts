import { CfnResource } from 'aws-cdk-lib/core';
import type { CopyFact, KeyFact, Place, ZoneFact } from '../model/facts';
import { DATABASE_LIMITS } from '../model/limits/databases';
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
  prepare: (target, needs) => {
    const isAurora = target.type === 'Aurora';
    const concerns = prepareDatabase(target, needs, { continuous: isAurora, quiet: !isAurora, deletable: true });
    return () => [...concerns(), ...unencryptedCopies(target, needs.copied)];
  },
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

/** A secondary cluster of a global database, as its own properties say: those of the primary do not name it. */
export interface SecondaryClusterState {
  /** Construct path. */
  readonly id: string;
  readonly place: Place;
  readonly key: KeyFact;
  /** Lag at which its alarm sounds. */
  readonly lagMs: number;
  /** It has no instance, and takes over only once it has one. */
  readonly headless: boolean;
}

/** What a secondary cluster is to its primary: it follows every change, and takes over by a failover of the global database. */
export function secondaryCluster(primary: Target, { id, place, key, lagMs, headless }: SecondaryClusterState): CopyFact {
  return serviceCopy({
    resource: primary.id,
    id: `secondary cluster ${id}`,
    by: id,
    mechanism: `secondary cluster in ${place.region ?? 'another Region'}${headless ? ', without an instance' : ''}`,
    form: 'replica',
    place,
    staleness: [{ name: 'replication lag', ms: lagMs, basis: 'estimated' }],
    restore: [
      ...(headless ? [term('make an instance', DATABASE_LIMITS.newInstance)] : []),
      term('fail over the global database', DATABASE_LIMITS.globalFailover),
      ...TAKEOVER,
    ],
    key,
  });
}
