import { setTimeout as pause } from 'node:timers/promises';
import { tell } from '../demo-restore/telling';
import type { Site } from './site';

/** What the steps of a run are for, for whoever sees them for the first time. */
const PURPOSES: Readonly<Record<string, string>> = {
  rebuild: 'make a new replica of the database that serves',
  join: 'be the standby',
  standBy: 'run as few tasks as a standby does',
  ready: 'look whether the data can take over',
  fence: 'have nobody write at the other site any more',
  measure: 'see how far behind the data are',
  drain: 'wait until the last orders have arrived',
  promote: 'let the replica take writes',
  scale: 'run as many tasks as users need',
  verify: 'try the application before users come',
  switch: 'lead users here, by DNS',
  settle: 'have the other site let go',
};

/** What a demonstration does where a run waits. */
export interface Meanwhile {
  readonly step: string;
  /** Done once; it says how far it has moved the clock. */
  readonly once: () => Promise<number>;
}

/** Tells each step of a run as it comes to its end; how the run has ended. */
export async function follow(site: Site, id: string, meanwhile?: Meanwhile): Promise<string> {
  const told = new Set<string>();
  let movedMs: number | undefined;
  const tellNew = async (): Promise<void> => {
    const run = (await site.register())?.run;
    const steps = run?.input.id === id ? run.steps : {};
    const done = Object.entries(steps).filter(([name, { state }]) => state === 'done' && !told.has(name));
    for (const [name, { words, sinceMs, untilMs }] of done.sort(([, one], [, other]) => (one.untilMs ?? 0) - (other.untilMs ?? 0))) {
      told.add(name);
      const purpose = PURPOSES[name.split(':')[0]];
      // what is measured of one item stands in the step that measures all
      if (untilMs !== undefined && purpose !== undefined && !name.startsWith('measure:')) {
        const moved = name === meanwhile?.step ? (movedMs ?? 0) : 0;
        const more = moved === 0 ? '' : `; RDS tells it once a minute, so the clock was moved on by ${moved / 1_000} s`;
        tell(untilMs - sinceMs - moved, `${name} (${purpose})`, site.inWords(words) + more);
      }
    }
    if (meanwhile !== undefined && movedMs === undefined && steps[meanwhile.step]?.state === 'pending') {
      movedMs = await meanwhile.once();
    }
  };
  for (;;) {
    const end = await site.endOf(id);
    await tellNew();
    if (end !== undefined) {
      return end;
    }
    await pause(300);
  }
}
