import { MINUTE, words } from '../time';
import { openRun, type SiteRegister } from './register';
import type { RunInput } from './run';
import type { ProbeConfig } from './site-config';
import { refused, type Transition, to } from './transition';

type HttpProbe = Extract<ProbeConfig, { kind: 'http' }>;

/** How a site that waits looks at the active one, and makes sure that it is not itself cut off. */
export interface WatchConfig {
  /** Address of the other site. */
  readonly active: HttpProbe;
  /** What has to answer for the silence of the other site to mean anything. */
  readonly control: HttpProbe;
}

/** What an agent is called with when an alarm rings that is to start a failover. */
export interface AlarmRequest {
  readonly op: 'alarm';
  /** Name of the alarm. */
  readonly alarm: string;
  /** When it rang, in ISO 8601. */
  readonly at: string;
  /** How long what it rings for lasts by then. */
  readonly leadMs?: number;
}

/** An alarm for which a failover was asked for. */
export interface Detection {
  readonly run: RunInput;
  readonly atMs: number;
}

/** An alarm that is older tells nothing of now: EventBridge tries for a day to deliver what could not be delivered. */
export const ALARM_FRESH_MS = 15 * MINUTE;

/** An alarm, as its site sees it. */
export interface Rung {
  readonly alarm: string;
  readonly atMs: number;
  readonly leadMs: number;
  readonly nowMs: number;
  /** A run that is under way at another site. */
  readonly elsewhere?: string;
}

/**
 * Asks for the failover of an alarm, once: another one that rings within a quarter of an hour is about the same disruption, and so is one that rang
 * before the last run had ended. The same alarm again is the same run.
 */
export function detected(register: SiteRegister, { alarm, atMs, leadMs, nowMs, elsewhere }: Rung): Transition {
  const { detection, role, run, fence } = register;
  const id = runIdOf(atMs);
  if (detection?.run.id === id) {
    return to(register);
  }
  if (nowMs - atMs > ALARM_FRESH_MS) {
    return refused(`it rang ${words(nowMs - atMs)} ago`);
  }
  if (role === 'active') {
    return refused('this site is active');
  }
  const open = openRun(register);
  if (open) {
    return refused(`run '${open.input.id}' (${open.input.kind}) is under way`);
  }
  if (elsewhere !== undefined) {
    return refused(elsewhere);
  }
  if (role === 'fenced') {
    return refused(`${fence?.by ?? 'another site'} has fenced this site, and it was not rebuilt since`);
  }
  if (run?.concludedMs !== undefined && atMs <= run.concludedMs) {
    return refused(`it rang before run '${run.input.id}' had ended`);
  }
  if (detection && Math.abs(atMs - detection.atMs) < ALARM_FRESH_MS) {
    return refused(`run '${detection.run.id}' was asked for by ${detection.run.by} already`);
  }
  const input: RunInput = { kind: 'failover', id, by: `alarm ${alarm}`, sinceMs: atMs - leadMs };
  return to({ ...register, detection: { run: input, atMs } });
}

/**
 * Whether somebody has to hear that an alarm has started nothing: repeats and drills are no news, what keeps a failover from beginning is, such as the
 * rebuild when the drill itself is over.
 */
export function isNews(register: SiteRegister): boolean {
  const input = openRun(register)?.input;
  const isDrilled = input?.drill === true && input.kind !== 'rebuild';
  return register.role === 'fenced' || (input !== undefined && !isDrilled && input.kind !== 'failover');
}

/** The run that an alarm has asked for and nobody has begun; nothing where there is none, or it is too old. */
export function notBegun({ detection, run, role }: SiteRegister, nowMs: number): RunInput | undefined {
  const begun = detection?.run.id === run?.input.id || (run !== undefined && detection !== undefined && run.begunMs >= detection.atMs);
  return detection && !begun && role === 'standby' && nowMs - detection.atMs <= ALARM_FRESH_MS ? detection.run : undefined;
}

/** One alarm, one run, however often it is told of. */
function runIdOf(atMs: number): string {
  return `alarm-${new Date(atMs).toISOString().replace(/\D/g, '')}`;
}
