import { DAY } from '../time';
import type { BackupManifest } from './manifest';
import type { KeepSettings } from './settings';

/** What retention looks at. */
export type RetainedBackup = Pick<BackupManifest, 'id' | 'kind' | 'base' | 'consistentMs'>;

/** Thursday was the first day of 1970, and weeks begin on Mondays. */
const THURSDAY = 3;

/** How long what cannot be restored is left for somebody to look at, where nothing is kept for longer. */
const BROKEN_DAYS = 2;

/**
 * The ids of backups that are not kept any more. Kept are all of the last days, the newest of each day, week and month for as long as `keep` says, for every
 * moment of the last `logsDays` a backup of before it, or the first one, with all logs since, and everything that any of these stands on. The newest one that can be restored is always kept, with the
 * logs after it, however old it is. A backup of which a base is gone counts for nothing.
 */
export function retired(backups: readonly RetainedBackup[], keep: KeepSettings, nowMs: number): string[] {
  const byId = new Map(backups.map((backup) => [backup.id, backup]));
  const whole = backups
    .filter((backup) => chainOf(backup, byId) !== undefined)
    .sort((a, b) => b.consistentMs - a.consistentMs || (a.id < b.id ? 1 : -1));
  const data = whole.filter(({ kind }) => kind !== 'logs');
  const isWithin = ({ consistentMs }: RetainedBackup, days: number | undefined) => days !== undefined && nowMs - consistentMs <= days * DAY;
  const newest = data.slice(0, 1);
  const isAfterBegin = ({ consistentMs }: RetainedBackup) => consistentMs > nowMs - (keep.logsDays ?? 0) * DAY;
  // logs say what came after a backup: the one of before the days that logs are kept, or else the first one, is what these days are restored from
  const before = data.filter((backup) => !isAfterBegin(backup)).slice(0, 1);
  const begin = keep.logsDays === undefined ? newest : [...before, ...data.slice(-1)].slice(0, 1);
  const logs = whole.filter(
    (log) => log.kind === 'logs' && (isWithin(log, keep.logsDays) || begin.some((one) => one.consistentMs <= log.consistentMs)),
  );
  const rungs = [
    data.filter((backup) => isWithin(backup, keep.recentDays)),
    newestOfEach(
      data.filter((backup) => isWithin(backup, keep.dailyDays)),
      day,
    ),
    newestOfEach(
      data.filter((backup) => isWithin(backup, keep.weeklyDays)),
      week,
    ),
    newestOfEach(
      data.filter((backup) => isWithin(backup, keep.monthlyDays)),
      month,
    ),
  ];
  const kept = new Set([...newest, ...logs, ...begin, ...rungs.flat()].flatMap((backup) => chainOf(backup, byId) ?? []));
  const longest = Math.max(
    BROKEN_DAYS,
    keep.logsDays ?? 0,
    keep.recentDays ?? 0,
    keep.dailyDays ?? 0,
    keep.weeklyDays ?? 0,
    keep.monthlyDays ?? 0,
  );
  const isWhole = new Set(whole.map(({ id }) => id));
  return backups.filter((backup) => (isWhole.has(backup.id) ? !kept.has(backup.id) : !isWithin(backup, longest))).map(({ id }) => id);
}

/** The ids of a backup and all that it stands on; undefined where one of them is gone. */
function chainOf(backup: RetainedBackup, byId: ReadonlyMap<string, RetainedBackup>): string[] | undefined {
  const chain: string[] = [];
  let next: RetainedBackup | undefined = backup;
  while (next) {
    if (chain.includes(next.id)) {
      return undefined;
    }
    chain.push(next.id);
    if (next.base === undefined) {
      return chain;
    }
    next = byId.get(next.base);
  }
  return undefined;
}

/** Of backups in order, the newest first. */
function newestOfEach(backups: readonly RetainedBackup[], period: (ms: number) => number): RetainedBackup[] {
  const seen = new Set<number>();
  return backups.filter(({ consistentMs }) => !seen.has(period(consistentMs)) && seen.add(period(consistentMs)));
}

const day = (ms: number) => Math.floor(ms / DAY);
const week = (ms: number) => Math.floor((day(ms) + THURSDAY) / 7);
const month = (ms: number) => new Date(ms).getUTCFullYear() * 12 + new Date(ms).getUTCMonth();
