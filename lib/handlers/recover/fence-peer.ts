import { APPROVED_BY, advanced, peerKnown, type RunRecord, type StepAnswer, type StepRecord, type StepRequest } from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { readiness } from './data-steps';
import { askPeer, peerOf } from './peers';
import type { Progress } from './ports';
import type { Site } from './site';

const PATIENCE_MS = 20 * MINUTE;
/** What could change sides long ago is looked at again. */
const READY_FRESH_MS = 5 * MINUTE;
/** So often in a row a site is not reached before it counts as unreachable; fewer where a person has said that it is down. */
const TRIES = 4;
const TRIES_WHEN_DOWN = 2;
/** A site that is down by the word of a person may be reached and yet be unable to fence itself. */
const PATIENCE_WHEN_DOWN_MS = 3 * MINUTE;

/** Keeps application and writers out of the other site. Without that, only the word of a person lets the run go on. */
export async function fencePeer({ run: { id }, approval }: StepRequest, site: Site): Promise<StepAnswer> {
  const { stage } = await site.run(id);
  const ready = stage === 'begun' ? await site.step(id, 'ready', PATIENCE_MS, (run) => readiness(run, site), READY_FRESH_MS) : undefined;
  if (ready && ready.state !== 'done') {
    return ready;
  }
  return site.step(id, 'fence', PATIENCE_MS, async (run, before) => {
    const { refusal } = await site.apply((register) => advanced(register, id, ['begun'], 'fencing'));
    if (refusal !== undefined) {
      return { state: 'failed', words: refusal };
    }
    const told = await fence(run, approval?.otherSiteIsDown === true, before, site);
    const found = approval?.by === undefined ? told : { ...told, facts: { ...told.facts, [APPROVED_BY]: approval.by } };
    if (found.state === 'done') {
      const peerState = found.facts?.fencedMs === undefined ? 'unreachable' : 'confirmed';
      const kept = await site.apply((register) => peerKnown(register, id, peerState));
      return kept.refusal === undefined ? found : { state: 'failed', words: kept.refusal };
    }
    return found;
  });
}

async function fence(run: RunRecord, saidDown: boolean, before: StepRecord | undefined, site: Site): Promise<Progress> {
  const down = (saidDown || before?.facts?.down === true || run.input.otherSiteIsDown === true) && run.input.kind === 'failover';
  const answer = await askPeer(site, peerOf(site.config, run.peer), { op: 'fencePeer', epoch: run.epoch });
  if (answer === undefined) {
    const misses = (before?.state === 'pending' ? Number(before.facts?.misses ?? 0) : 0) + 1;
    const facts = { misses, down };
    if (misses < (down ? TRIES_WHEN_DOWN : TRIES)) {
      return { state: 'pending', words: `${run.peer} cannot be reached`, facts };
    }
    return down
      ? { state: 'done', words: `${run.peer} cannot be reached; a person has said that nothing writes there`, facts }
      : {
          state: 'failed',
          words: `${run.peer} cannot be reached, and nobody has said that nothing writes there ('otherSiteIsDown')`,
          facts,
        };
  }
  const facts = { misses: 0, down };
  switch (answer.state) {
    case 'refused':
      return { state: 'failed', words: `${run.peer} refuses: ${answer.words}`, facts };
    case 'done':
      return { state: 'done', words: `${run.peer} is fenced`, facts: { ...facts, fencedMs: site.ports.now() } };
    default: {
      const waitedMs = before?.state === 'pending' ? site.ports.now() - before.sinceMs : 0;
      return down && waitedMs > PATIENCE_WHEN_DOWN_MS
        ? {
            state: 'done',
            words: `${run.peer} could not fence itself (${answer.words}); a person has said that nothing writes there`,
            facts,
          }
        : { state: 'pending', words: `${run.peer}: ${answer.words}`, facts };
    }
  }
}
