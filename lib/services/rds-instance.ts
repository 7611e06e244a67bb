import { namedKey } from '../core/private/keys';
import type { CopyFact, Term } from '../model/facts';
import { backupReplicationRegions, SERVICE_LIMITS } from '../model/limits/services';
import { zonesOf } from '../model/services';
import { DAY } from '../model/time';
import { automatedBackups, automatedDays, prepareDatabase } from './database';
import { describeTarget, newestSecond, placeOf, serviceCopy, storageKey, term } from './facts';
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
  const key = textOrToken(settingOf(cfn, 'automaticBackupReplicationKmsKeyId'));
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
      key: key === undefined ? { kind: storageKey(target).kind === 'none' ? 'none' : 'unknown' } : namedKey(key),
      impossible: unreachable(source, destination),
    }),
  ];
}

function unreachable(source: string | undefined, destination: string | undefined): string | undefined {
  const regions = source === undefined ? undefined : backupReplicationRegions(source);
  return regions === undefined || destination === undefined || regions.includes(destination)
    ? undefined
    : `RDS replicates automated backups of ${source} to ${regions.join(', ')} only`;
}

function textOrToken(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
