import { setTimeout as pause } from 'node:timers/promises';
import { line, tell } from '../demo-restore/telling';
import type { Site } from './site';

/** Tells each step of a run as it comes to its end, and how the run has ended. */
export async function follow(site: Site, id: string): Promise<string> {
  const told = new Set<string>();
  const tellNew = async (): Promise<void> => {
    const run = (await site.register())?.run;
    const steps = run?.input.id === id ? Object.entries(run.steps) : [];
    const done = steps.filter(([name, { state }]) => state === 'done' && !told.has(name));
    for (const [name, { words, sinceMs, untilMs }] of done.sort(([, one], [, other]) => (one.untilMs ?? 0) - (other.untilMs ?? 0))) {
      told.add(name);
      if (untilMs !== undefined && !name.startsWith('measure:')) {
        tell(untilMs - sinceMs, name, words);
      }
    }
  };
  for (;;) {
    const end = await site.endOf(id);
    await tellNew();
    if (end !== undefined) {
      line(`the run has ended: ${end}`);
      return end;
    }
    await pause(300);
  }
}
