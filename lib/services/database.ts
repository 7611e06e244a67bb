import { CfnDeletionPolicy, type CfnResource } from 'aws-cdk-lib/core';
import type { ConcernFact, CopyFact, Term } from '../model/facts';
import { LIMITS } from '../model/limits';
import { maintenanceSpan } from '../model/limits/databases';
import { SERVICE_LIMITS } from '../model/limits/services';
import { DAY } from '../model/time';
import { standingConcerns } from './database-checks';
import { concern, newestSecond, outOfReach, placeOf, serviceCopy, storageKey } from './facts';
import { backupWindowConcerns, maintenanceConcerns } from './maintenance-window';
import type { Concerns, Needs, Target } from './service';
import {
  isDefault,
  isDeletedWithStack,
  keepOnDelete,
  longestReliedOn,
  numberOf,
  setDefault,
  settingOf,
  textOf,
  unsetDefault,
} from './settings';

/** What database instances and clusters have in common. */
export type DatabaseCfn = CfnResource & {
  backupRetentionPeriod?: number;
  preferredBackupWindow?: string;
  preferredMaintenanceWindow?: string;
  deletionProtection?: unknown;
  copyTagsToSnapshot?: unknown;
};

/** What differs between the databases. */
export interface DatabaseTraits {
  /** Whether AWS Backup can own the automated backups. */
  readonly continuous: boolean;
  /** Whether snapshots stay away from the maintenance window. */
  readonly quiet: boolean;
  /** Whether the property `DeleteAutomatedBackups` exists. */
  readonly deletable: boolean;
}

/** Databases whose automated backups belong to a continuous backup of some plan. */
const ownedByAwsBackup = new WeakSet<CfnResource>();

/** Days that automated backups are kept: 1 where the template says nothing; nothing where only known at deploy time. */
export function automatedDays(cfn: CfnResource): number | undefined {
  return settingOf(cfn, 'backupRetentionPeriod') === undefined ? 1 : numberOf(cfn, 'backupRetentionPeriod');
}

/** The automated backups of the service: any second of their retention. */
export function automatedBackups(target: Target, restore: readonly Term[]): readonly CopyFact[] {
  const days = target.cfn && automatedDays(target.cfn);
  if (!target.cfn || days === 0 || ownedByAwsBackup.has(target.cfn)) {
    return [];
  }
  const keptMs = days === undefined ? undefined : days * DAY;
  return [
    serviceCopy({
      resource: target.id,
      id: 'automated-backups',
      by: target.id,
      mechanism: 'point-in-time recovery of the service',
      form: 'continuous',
      place: placeOf(target),
      beside: true,
      staleness: [newestSecond(target)],
      restore,
      keptMs,
      shortestKeptMs: keptMs,
      key: storageKey(target),
    }),
  ];
}

const planned = new WeakSet<CfnResource>();

/** Whether a plan backs a database up, and so makes snapshots of it. */
export function hasPlan(cfn: CfnResource): boolean {
  return planned.has(cfn);
}

/** Sets what keeps a database and its backups, and tells what stands against it. */
export function prepareDatabase(target: Target, needs: Needs, traits: DatabaseTraits): Concerns {
  const cfn = target.cfn as DatabaseCfn | undefined;
  if (!cfn) {
    const kept = needs.continuous && traits.continuous ? undefined : needs.serviceRetentionDays;
    return () =>
      outOfReach(target, [
        ...(kept ? [`keep automated backups ${kept} days`] : []),
        'turn on deletion protection',
        'copy tags to snapshots',
      ]);
  }
  planned.add(cfn);
  const deleted = isDeletedWithStack(cfn);
  if (settingOf(cfn, 'sourceDbInstanceIdentifier') === undefined) {
    keepOnDelete(cfn, CfnDeletionPolicy.SNAPSHOT);
  }
  if (deleted) {
    unsetDefault(cfn, 'deletionProtection');
  } else {
    setDefault(cfn, 'deletionProtection', true);
  }
  setDefault(cfn, 'copyTagsToSnapshot', true);
  if (traits.deletable) {
    setDefault(cfn as DatabaseCfn & { deleteAutomatedBackups?: unknown }, 'deleteAutomatedBackups', false);
  }
  const ownershipOrRetention = needs.continuous && traits.continuous ? handOver(target, cfn) : retain(target, cfn, needs);
  return () => [
    ...standingConcerns(target),
    ...ownershipOrRetention(),
    ...deletionConcerns(target, cfn, deleted),
    ...windowConcerns(target, cfn, needs, traits),
  ];
}

function windowConcerns(target: Target, cfn: DatabaseCfn, needs: Needs, { quiet }: DatabaseTraits): readonly ConcernFact[] {
  const window = textOf(cfn, 'preferredMaintenanceWindow');
  const ownWindow = textOf(cfn, 'preferredBackupWindow');
  return [
    ...(ownWindow === undefined ? [] : backupWindowConcerns(target, needs, ownWindow)),
    ...(quiet && window !== undefined
      ? maintenanceConcerns(target, needs, 'preferredMaintenanceWindow', window, maintenanceSpan(window), SERVICE_LIMITS.databaseQuiet)
      : []),
  ];
}

/** AWS Backup takes over window and retention: the template must not hold them any more. */
function handOver(target: Target, cfn: DatabaseCfn): Concerns {
  ownedByAwsBackup.add(cfn);
  unsetDefault(cfn, 'backupRetentionPeriod');
  return () => ownershipConcerns(target, cfn);
}

function ownershipConcerns(target: Target, cfn: DatabaseCfn): readonly ConcernFact[] {
  const days = settingOf(cfn, 'backupRetentionPeriod');
  if (days === 0) {
    return [
      concern(
        target,
        'warning',
        'AutomatedBackupsOff',
        "'backupRetention' is 0 days, but a continuous backup turns automated backups on, which interrupts the database and waits for the next maintenance window: set at least 1 day",
      ),
    ];
  }
  const set = [
    ...(days === undefined ? [] : [`'backupRetention' is ${typeof days === 'number' ? `${days} days` : 'set'}`]),
    ...(settingOf(cfn, 'preferredBackupWindow') === undefined
      ? []
      : [`'preferredBackupWindow' is ${textOf(cfn, 'preferredBackupWindow') ?? 'set'}`]),
  ];
  return set.length === 0
    ? []
    : [
        concern(
          target,
          'warning',
          'BackupOwnedTwice',
          `${set.join(' and ')}, but a continuous backup makes AWS Backup the owner of both, so that the template may drift or fail to update: leave them out`,
        ),
      ];
}

function retain(target: Target, cfn: DatabaseCfn, { serviceRetentionDays: wanted }: Needs): Concerns {
  if (wanted === undefined || ownedByAwsBackup.has(cfn)) {
    return () => [];
  }
  const days = longestReliedOn(cfn, Math.min(wanted, LIMITS.automatedRetention.value.max));
  unsetDefault(cfn, 'backupRetentionPeriod');
  setDefault(cfn, 'backupRetentionPeriod', days);
  return () => retentionConcerns(target, cfn, days);
}

function retentionConcerns(target: Target, cfn: DatabaseCfn, days: number): readonly ConcernFact[] {
  const given = numberOf(cfn, 'backupRetentionPeriod');
  if (given === 0) {
    return [
      concern(
        target,
        'warning',
        'AutomatedBackupsOff',
        `'backupRetention' is 0 days, so there is nothing between two recovery points: set ${days} days, or leave it out`,
      ),
    ];
  }
  return given !== undefined && given < days && !isDefault(cfn, 'backupRetentionPeriod')
    ? [
        concern(
          target,
          'warning',
          'AutomatedBackupsShort',
          `'backupRetention' is ${given} days, but the plan relies on ${days} days of automated backups: set ${days} days, or leave it out`,
        ),
      ]
    : [];
}

function deletionConcerns(target: Target, cfn: DatabaseCfn, deleted: boolean): readonly ConcernFact[] {
  return [
    ...(deleted
      ? [
          concern(
            target,
            'warning',
            'DeletedWithStack',
            "'removalPolicy' is DESTROY, so the data goes with the stack without a final snapshot: set SNAPSHOT",
          ),
        ]
      : settingOf(cfn, 'deletionProtection') === false
        ? [
            concern(
              target,
              'warning',
              'DeletionUnprotected',
              "'deletionProtection' is false, so one call deletes the database: set it to true, or leave it out",
            ),
          ]
        : []),
    ...(settingOf(cfn, 'deleteAutomatedBackups') === true
      ? [
          concern(
            target,
            'warning',
            'BackupsDeletedWithDatabase',
            "'deleteAutomatedBackups' is true, so point-in-time recovery ends with the database: set it to false, or leave it out",
          ),
        ]
      : []),
  ];
}
