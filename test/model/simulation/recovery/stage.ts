import type { DataPort, Progress } from '../../../../lib/handlers/recover/ports';
import { MINUTE, SECOND } from '../../../../lib/model/time';
import type { Chance } from '../chance';
import type { Region, Write } from './site-world';
import type { VirtualTime } from './virtual-time';

/** What data of a world have to do with: time, chance, Regions, and whether one sees another. */
export interface Stage {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly regions: Readonly<Record<string, Region>>;
  reachable(from: string, to: string): boolean;
  /** Does something at a site, which may fail before or after it. */
  effect<T>(site: string, act: () => T): Promise<T>;
}

/** How the database of all sites is kept alike. */
export interface Copies {
  port(site: string): DataPort;
  /** What is copied in a moment. */
  replicate(): void;
  /** What a takeover of `site` from another one has left behind. */
  lost(site: string, from: string): readonly Write[];
  /** Whether what is written at a site now can not come to stay, which nobody there can know yet. */
  isStray(site: string): boolean;
}

/** Begins what takes its time, unless it goes on already. */
export function change({ time, chance, regions }: Stage, site: string, ms: number, then: () => void): Progress {
  regions[site].database.changing ??= { untilMs: time.now() + ms * (0.5 + chance.next()), then };
  return { state: 'pending', words: 'changing' };
}

/** Now and then a promotion takes longer than anybody waits. */
export function promotionMs({ chance }: Stage): number {
  return chance.maybe(0.05) ? 3 * 60 * MINUTE : MINUTE;
}

/** Copies what was written until some seconds ago. */
export function copy({ time, chance }: Stage, from: Region, to: Region): void {
  const untilMs = time.now() - chance.upTo(3) * SECOND;
  for (const write of from.database.writes) {
    if (write.atMs <= untilMs) {
      to.database.writes.add(write);
    }
  }
  to.database.appliedMs = Math.max(to.database.appliedMs, untilMs);
}

export function done(words: string): Progress {
  return { state: 'done', words };
}

export function pending(words: string): Progress {
  return { state: 'pending', words };
}
