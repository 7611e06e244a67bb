import { DAY } from '../time';
import type { SiteRegister } from './register';
import type { RunOutcome } from './run';
import type { SiteConfig } from './site-config';
import { type Transition, to } from './transition';

/** A run takes two days at most, so that two drills may end that much further apart than they begin. */
const SLACK_MS = 2 * DAY;

/** Remembers when a run of this site has come to a good end: a drill, or what drills are for. */
export function provenBy(concluded: Transition, outcome: RunOutcome, nowMs: number): Transition {
  return concluded.register && outcome === 'completed' ? to({ ...concluded.register, provenMs: nowMs }) : concluded;
}

/** For how long nothing has shown that this site can take over; without a drill that is arranged, or a beginning, nobody can say. */
export function drillAge({ provenMs }: SiteRegister, { drill }: Pick<SiteConfig, 'drill'>, nowMs: number): number | undefined {
  const sinceMs = provenMs ?? drill?.sinceMs;
  return drill === undefined || sinceMs === undefined ? undefined : Math.max(0, nowMs - sinceMs);
}

/** From which age on a drill is missing, where they are this far apart and the traffic stays away for this long. */
export function drillMissingMs(everyMs: readonly number[], holdMs: number): number {
  return Math.min(...everyMs) + holdMs + SLACK_MS;
}
