import { MINUTE, SECOND } from '../time';
import type { Asked } from './fencing';
import type { SiteRegister } from './register';

/** What a site has taken after another one had taken over, because it did not know: it is in no data that is used from then on. */
export interface LateWrites {
  /** Name of the site that had taken over. */
  readonly by: string;
  /** With which epoch. */
  readonly epoch: number;
  /** When the run of that one began. */
  readonly sinceMs: number;
  /** When writers were kept out here; left out: not yet. */
  readonly untilMs?: number;
  /** For so long in between nobody has looked here, as where nothing runs. */
  readonly silentMs: number;
  /** Id of the run whose record counts it. */
  readonly countedBy?: string;
}

/** A guard looks every minute: one that was silent for less than this has not been away. */
const AWAY_MS = 2 * MINUTE;

/** What an active site has taken that only now hears of another one; undefined where nobody knows since when. */
export function lateWrites(
  { lookedMs = Number.POSITIVE_INFINITY }: Pick<SiteRegister, 'lookedMs'>,
  { by, epoch, sinceMs, nowMs }: Asked,
): LateWrites | undefined {
  if (sinceMs === undefined) {
    return undefined;
  }
  // it may have been back for a minute before its guard looked
  const silentMs = nowMs - lookedMs > AWAY_MS ? Math.max(0, nowMs - MINUTE - Math.max(lookedMs, sinceMs)) : 0;
  return { by, epoch, sinceMs, silentMs };
}

/** The guard of an active site has looked. */
export function looked(register: SiteRegister, nowMs: number): SiteRegister {
  return register.role === 'active' ? { ...register, lookedMs: nowMs } : register;
}

/** What a run that makes its site follow again finds out about it; `kept` names what holds them, by epoch. */
export function lateFound(
  { late }: Pick<SiteRegister, 'late'>,
  runId: string,
  kept: (epoch: number) => readonly string[],
): { readonly words: string; readonly facts: { readonly lateMs: number } } | undefined {
  if (late?.untilMs === undefined || late.countedBy !== runId) {
    return undefined;
  }
  const { by, epoch, sinceMs, untilMs, silentMs } = late;
  const copies = kept(epoch);
  const lateMs = Math.max(0, untilMs - sinceMs - silentMs);
  const between = `${new Date(sinceMs).toISOString()} and ${new Date(untilMs).toISOString()}`;
  const away = silentMs > 0 ? `, in which its guard was silent for ${seconds(silentMs)}` : '';
  return {
    words:
      `writes of at most ${seconds(lateMs)} here, after ${by} had taken over, are not in the data kept: between ${between}${away}` +
      (copies.length > 0 ? `; kept copy: ${copies.join(', ')}` : ''),
    facts: { lateMs },
  };
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / SECOND)} s`;
}
