import { namedKey } from '../core/private/keys';
import type { CopyFact, KeyFact, Place, Term } from '../model/facts';
import { backupReplicationGap } from '../model/limits/backup-regions';
import { DATABASE_LIMITS } from '../model/limits/databases';
import { SERVICE_LIMITS } from '../model/limits/services';
import { zonesOf } from '../model/services';
import { DAY } from '../model/time';
import { automatedBackups, automatedDays, prepareDatabase } from './database';
import { describeTarget, newestSecond, placeOf, serviceCopy, storageKey, TAKEOVER, term } from './facts';
import { replicaKnowledge } from './replica-knowledge';
import type { ServiceAdapter, Target } from './service';
import { numberOf, settingOf, textOf } from './settings';

/** RDS instances, single or with a standby in another zone. */
export const RDS_INSTANCE: ServiceAdapter = {
  types: ['RDS'],
  describe: (target) =>
    describeTarget(target, {
      engine: target.cfn && textOf(target.cfn, 'engine'),
      key: storageKey(target),
      zones: target.cfn && zonesOf('RDS', { MultiAZ: settingOf(target.cfn, 'multiAz') }),
    }),
  copies: (target, restore, needs) => [
    ...(needs?.continuous ? [] : automatedBackups(target, restore)),
    ...replicatedBackups(target, restore),
  ],
  prepare: (target, needs) => prepareDatabase(target, needs, { continuous: true, quiet: true, deletable: true }),
};

/** Automated backups that RDS sends to another Region, log by log. */
function replicatedBackups(target: Target, restore: readonly Term[]): readonly CopyFact[] {
  const { cfn, id } = target;
  const region = cfn && settingOf(cfn, 'automaticBackupReplicationRegion');
  if (!cfn || region === undefined || automatedDays(cfn) === 0) {
    return [];
  }
  const { region: source, account } = placeOf(target);
  const destination = textOf(cfn, 'automaticBackupReplicationRegion');
  const days = numberOf(cfn, 'automaticBackupReplicationRetentionPeriod') ?? automatedDays(cfn);
  const keptMs = days === undefined ? undefined : days * DAY;
  const told = replicaKnowledge(cfn, destination);
  return [
    serviceCopy({
      resource: id,
      id: 'replicated-automated-backups',
      by: id,
      mechanism: `automated backups replicated to ${destination ?? 'another Region'}`,
      form: 'continuous',
      place: { region: destination, account },
      staleness: [newestSecond(target), term('transfer to the other Region', SERVICE_LIMITS.backupReplicaTransfer)],
      restore,
      keptMs,
      shortestKeptMs: keptMs,
      key: told.key ?? replicatedKey(target, settingOf(cfn, 'automaticBackupReplicationKmsKeyId')),
      impossible: unreachable(source, destination),
    }),
  ];
}

function unreachable(source: string | undefined, destination: string | undefined): string | undefined {
  return source === undefined || destination === undefined ? undefined : backupReplicationGap(source, destination);
}

/** RDS takes a key of the other Region only; without any, what is replicated is as plain as its source. */
function replicatedKey(target: Target, key: unknown): KeyFact {
  return typeof key === 'string' ? namedKey(key) : { kind: storageKey(target).kind === 'none' ? 'none' : 'unknown' };
}

/** A read replica of an instance, as its own properties say: those of the source do not name it. */
export interface ReadReplicaState {
  /** Construct path. */
  readonly id: string;
  readonly place: Place;
  readonly key: KeyFact;
  /** Lag at which its alarm sounds. */
  readonly lagMs: number;
}

/** What a read replica in another Region is to its source: it follows every change, and takes over once it is promoted. */
export function readReplica(source: Target, { id, place, key, lagMs }: ReadReplicaState): CopyFact {
  return serviceCopy({
    resource: source.id,
    id: `read replica ${id}`,
    by: id,
    mechanism: `read replica in ${place.region ?? 'another Region'}`,
    form: 'replica',
    place,
    staleness: [{ name: 'replication lag', ms: lagMs, basis: 'estimated' }],
    restore: [term('promote the replica', DATABASE_LIMITS.promotion), ...TAKEOVER],
    key,
  });
}
