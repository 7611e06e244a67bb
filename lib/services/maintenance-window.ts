import type { ConcernFact } from '../model/facts';
import type { Limit } from '../model/limits';
import { backupSpan, meeting, type Span } from '../model/limits/databases';
import { MINUTE, words } from '../model/time';
import { concern } from './facts';
import type { Needs, Target } from './service';

/**
 * Warns about backups that the weekly maintenance window holds up.
 *
 * A continuous backup bridges a few held-up recovery points, but not a plan whose every run is held up.
 */
export function maintenanceConcerns(
  target: Target,
  needs: Needs,
  property: string,
  window: string,
  span: Span | undefined,
  quiet: Limit<number>,
): readonly ConcernFact[] {
  const minutes = needs.backupMinutes ?? [];
  const met = span === undefined ? [] : meeting(span, quiet.value / MINUTE, minutes);
  if (met.length === 0 || (needs.continuous && met.length < minutes.length)) {
    return [];
  }
  const runs = met.length === minutes.length ? 'every run' : `${met.length} of ${minutes.length} runs`;
  return [
    concern(
      target,
      'warning',
      'MaintenanceMeetsBackup',
      `'${property}' is '${window}', and no backup starts in it or ${words(quiet.value)} before: on that day ${runs} of the plan (first at ${clock(met[0])} UTC) ` +
        'wait or expire: move the maintenance window or the schedule',
    ),
  ];
}

/** Warns about runs that start while the service makes its own automated backup: a resource has one backup at a time. */
export function backupWindowConcerns(target: Target, needs: Needs, window: string): readonly ConcernFact[] {
  const span = backupSpan(window);
  const minutes = needs.backupMinutes ?? [];
  const met = span === undefined || needs.continuous ? [] : meeting(span, 0, minutes);
  return met.length === 0
    ? []
    : [
        concern(
          target,
          'warning',
          'BackupWindowMeetsPlan',
          `'preferredBackupWindow' is '${window}', but the plan starts ${met.length} of ${minutes.length} backups a day in it (first at ${clock(met[0])} UTC), ` +
            'which may wait or expire, for a database makes one backup at a time: move the window or the schedule',
        ),
      ];
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
