import { DAY, MINUTE, SECOND } from '../time';
import { documented, model, type Range, unconfirmed } from './limit';
import { LIMITS } from './limits';
import { error, inDays, outside, type Problem } from './problem';
import { SERVICE_LIMITS } from './services';

const API = 'API model rds 2014-10-31';
const AURORA = 'Aurora User Guide: global databases';

/** Numbers and forms of RDS and Aurora that backups and live copies of databases depend on. */
export const DATABASE_LIMITS = {
  identifier: model(
    /^(?=.{1,63}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/i,
    "1 to 63 letters, digits or '-', the first a letter, with '-' neither last nor twice in a row",
    API,
  ),
  identifierLength: model(63, 'characters of a name', API),
  clusterRetention: model<Range>({ min: 1, max: 35 }, 'days', API),
  backupWindow: model(30, 'minutes that a backup window lasts at least', API),
  secondaryClusters: documented(10, 'secondary clusters of a global database, each in a Region of its own', AURORA),
  readers: documented(16, 'instances in a secondary cluster', AURORA),
  replicaLag: unconfirmed(5 * MINUTE, 'ms that a read replica in another Region is behind at worst in usual operation', 'our assumption'),
  promotion: unconfirmed(10 * MINUTE, 'ms that the promotion of a read replica takes, with its restart', 'our assumption'),
  globalFailover: unconfirmed(5 * MINUTE, 'ms that the failover of a global database takes: minutes are documented', AURORA),
  newInstance: unconfirmed(15 * MINUTE, 'ms until a new instance of a cluster is available', 'our assumption'),
  globalClusterAlarm: unconfirmed(10 * SECOND, 'ms of lag that are out of the ordinary for a global database, usually below 1 s', AURORA),
} as const;

/** A part of the UTC day in minutes; it may pass midnight. */
export interface Span {
  readonly start: number;
  readonly minutes: number;
}

const DAY_MINUTES = DAY / MINUTE;

/** Reads `03:00-03:30`; nothing where it is of another form. */
export function backupSpan(window: string): Span | undefined {
  const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(window);
  return found ? spanOf(found.slice(1).map(Number)) : undefined;
}

/** Reads `sun:05:00-sun:06:00`; nothing where it is of another form. */
export function maintenanceSpan(window: string | undefined): Span | undefined {
  const found = /^\w{3}:(\d\d):(\d\d)-\w{3}:(\d\d):(\d\d)$/.exec(window ?? '');
  return found ? spanOf(found.slice(1).map(Number)) : undefined;
}

function spanOf([startHour, startMinute, endHour, endMinute]: readonly number[]): Span {
  const start = startHour * 60 + startMinute;
  return { start, minutes: (endHour * 60 + endMinute - start + DAY_MINUTES) % DAY_MINUTES };
}

/** Those minutes of the day that fall inside the span or up to `quiet` minutes before it. */
export function meeting(span: Span, quiet: number, minutes: readonly number[]): readonly number[] {
  const length = quiet + span.minutes;
  return minutes.filter((minute) => (((minute - span.start + quiet) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES < length);
}

/** Checks a window for automated backups against its form and against the maintenance window, which it must not overlap. */
export function checkBackupWindow(window: string | undefined, maintenance: string | undefined): Problem | undefined {
  if (window === undefined) {
    return undefined;
  }
  const backup = backupSpan(window);
  const least = DATABASE_LIMITS.backupWindow.value;
  if (backup === undefined || backup.minutes < least) {
    return error(
      'InvalidBackupWindow',
      `'preferredBackupWindow' is '${window}', but RDS takes 'hh:mm-hh:mm' in UTC with at least ${least} minutes between: give such a window, or leave it out`,
    );
  }
  const upkeep = maintenanceSpan(maintenance);
  const overlap = upkeep && (meeting(backup, 0, [upkeep.start]).length > 0 || meeting(upkeep, 0, [backup.start]).length > 0);
  return overlap
    ? error(
        'BackupWindowInMaintenance',
        `'preferredBackupWindow' is '${window}' and 'preferredMaintenanceWindow' '${maintenance}', but RDS refuses windows that overlap: move one of them`,
      )
    : undefined;
}

/** Checks the days that a database keeps its automated backups; only those of a single instance can be turned off. */
export function checkAutomatedRetention(days: number | undefined, kind: 'instance' | 'cluster'): Problem | undefined {
  const range = kind === 'instance' ? LIMITS.automatedRetention.value : DATABASE_LIMITS.clusterRetention.value;
  return outside(days, range)
    ? error(
        'AutomatedRetentionOutOfRange',
        `'backupRetention' is ${inDays(days!)}, but RDS keeps automated backups of ${kind === 'instance' ? 'an instance' : 'a cluster'} ${range.min} to ${range.max} whole days: choose such a number`,
      )
    : undefined;
}

/** Checks the days that replicated automated backups are kept. */
export function checkReplicaRetention(days: number | undefined): Problem | undefined {
  const range = SERVICE_LIMITS.replicatedBackupRetention.value;
  return outside(days, range)
    ? error(
        'BackupReplicationRetention',
        `'retention' is ${inDays(days!)}, but RDS keeps replicated backups ${range.min} to ${range.max} whole days: choose such a number`,
      )
    : undefined;
}

/** Checks the lag at which an alarm sounds: CloudWatch has it in whole seconds. */
export function checkMaxLag(ms: number): Problem | undefined {
  return ms >= SECOND && ms % SECOND === 0
    ? undefined
    : error('MaxLagOutOfRange', `'maxLag' is ${ms} ms, but lag is measured in whole seconds: give a whole number of them, 1 or more`);
}

/** The metric of the lag of a secondary cluster; Aurora publishes it in the Region of the secondary only. */
export function globalLagMetric(engine: string, version: string): 'AuroraGlobalDBRPOLag' | 'AuroraGlobalDBReplicationLag' {
  const [, major, minor] = /mysql_aurora\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  const old = engine === 'aurora-mysql' && (major === 3 ? minor < 4 : major === 2 && minor < 12);
  return old ? 'AuroraGlobalDBReplicationLag' : 'AuroraGlobalDBRPOLag';
}

/** Checks the instances of a secondary cluster. */
export function checkReaders(count: number): Problem | undefined {
  const { value, unit } = DATABASE_LIMITS.readers;
  return count <= value
    ? undefined
    : error('TooManyReaders', `'readers' has ${count} entries, but Aurora takes at most ${value} ${unit}: leave some out`);
}

/** Checks the Regions of the secondary clusters of a global database, the new one last. */
export function checkSecondaries(regions: readonly string[]): Problem | undefined {
  const { value, unit } = DATABASE_LIMITS.secondaryClusters;
  const [region] = regions.slice(-1);
  if (regions.indexOf(region) < regions.length - 1) {
    return error(
      'SecondaryRegionTwice',
      `'globalDatabase' has a secondary cluster in ${region} already, but each of its clusters is in a Region of its own: choose another Region`,
    );
  }
  return regions.length <= value
    ? undefined
    : error(
        'TooManySecondaries',
        `'globalDatabase' has ${regions.length} of them, but Aurora takes at most ${value} ${unit}: leave some out`,
      );
}

/** Checks the name of a database instance, of a cluster or of a global database. */
export function checkDatabaseIdentifier(property: string, identifier: string): Problem | undefined {
  const { value, unit } = DATABASE_LIMITS.identifier;
  return value.test(identifier)
    ? undefined
    : error('InvalidDatabaseIdentifier', `'${property}' is '${identifier}', but RDS takes ${unit}: choose another name`);
}
