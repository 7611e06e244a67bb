import type { ConcernFact } from '../model/facts';
import type { Limit } from '../model/limits';
import { DAY, MINUTE, words } from '../model/time';
import { concern } from './facts';
import type { Needs, Target } from './service';

const DAY_MINUTES = DAY / MINUTE;

/** A part of the UTC day in minutes; it may pass midnight. */
export interface Span {
  readonly start: number;
  readonly minutes: number;
}

/** Reads `sun:05:00-sun:06:00`; nothing where it is of another form. */
export function maintenanceSpan(window: string | undefined): Span | undefined {
  const found = /^\w{3}:(\d\d):(\d\d)-\w{3}:(\d\d):(\d\d)$/.exec(window ?? '');
  if (!found) {
    return undefined;
  }
  const [startHour, startMinute, endHour, endMinute] = found.slice(1).map(Number);
  const start = startHour * 60 + startMinute;
  return { start, minutes: (endHour * 60 + endMinute - start + DAY_MINUTES) % DAY_MINUTES };
}

/** Those minutes of the day that fall inside the span or up to `quiet` minutes before it. */
export function meeting(span: Span, quiet: number, minutes: readonly number[]): readonly number[] {
  const length = quiet + span.minutes;
  return minutes.filter((minute) => (((minute - span.start + quiet) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES < length);
}

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

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
