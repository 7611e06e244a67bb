import { openRun, type StepAnswer, type StepRequest, undoBegun } from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { endInjection } from './experiment';
import { askPeer, peerOf } from './peers';
import { problemIn } from './problem';
import type { Site } from './site';

const PATIENCE_MS = 30 * MINUTE;
/** So often a site is asked to be again what it was; its guard finds out by itself that the run is over. */
const TRIES = 4;

/** Puts back what the run has changed at the other site. Once data has begun to change sides there is nothing to be undone. */
export async function undo({ run: { id }, failure }: StepRequest, site: Site): Promise<StepAnswer> {
  await endInjection(id, site);
  const before = openRun(await site.read());
  if (before?.input.id !== id) {
    return { state: 'done', words: `run '${id}' is not under way` };
  }
  const { register, refusal } = await site.apply((found) => undoBegun(found, id, problemIn(before, failure)));
  if (refusal !== undefined) {
    return { state: 'done', words: `it cannot be undone: ${refusal}` };
  }
  if (register.run?.stage !== 'undoing') {
    return { state: 'done', words: `${site.config.site} follows already, and goes on doing so` };
  }
  return site.step(id, 'undo', PATIENCE_MS, async (run, last) => {
    if (!run.asked) {
      return { state: 'done', words: 'nothing was changed' };
    }
    const answer = await askPeer(site, peerOf(site.config, run.peer), { op: 'unfence', epoch: run.epoch });
    if (answer && answer.state !== 'pending') {
      return { state: 'done', words: `${run.peer}: ${answer.words}` };
    }
    const misses = answer ? 0 : Number(last?.facts?.misses ?? 0) + 1;
    const words = answer ? `${run.peer}: ${answer.words}` : `${run.peer} cannot be reached`;
    return misses < TRIES
      ? { state: 'pending', words, facts: { misses } }
      : { state: 'done', words: `${words}; its guard will see that the run is over`, facts: { misses } };
  });
}
