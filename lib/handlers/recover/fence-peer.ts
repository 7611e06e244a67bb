import {
  APPROVED_BY,
  type Approval,
  advanced,
  peerKnown,
  type RunRecord,
  type StepAnswer,
  type StepRecord,
  type StepRequest,
} from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { readiness } from './data-steps';
import { lookAt, type Miss, peerOf, tryPeer } from './peers';
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
    const found = await fence(run, approval ?? {}, before, site);
    if (found.state === 'done') {
      const peerState = found.facts?.fencedMs === undefined ? 'unreachable' : 'confirmed';
      const kept = await site.apply((register) => peerKnown(register, id, peerState));
      return kept.refusal === undefined ? found : { state: 'failed', words: kept.refusal };
    }
    return found;
  });
}

async function fence(run: RunRecord, approval: Approval, before: StepRecord | undefined, site: Site): Promise<Progress> {
  const word = (name: 'otherSiteIsDown' | 'otherAgentIsBroken') =>
    run.input.kind === 'failover' && (approval[name] === true || before?.facts?.[name] === true || run.input[name] === true);
  const down = word('otherSiteIsDown');
  const otherAgentIsBroken = word('otherAgentIsBroken');
  const by = approval.by ?? before?.facts?.[APPROVED_BY];
  const words = { otherSiteIsDown: down, otherAgentIsBroken, ...(by === undefined ? {} : { [APPROVED_BY]: by }) };
  const { input, peer, epoch } = run;
  if (run.stage === 'begun') {
    // nothing is asked of a site that may not answer: without an answer nobody would know whether it was done
    const { miss } = await lookAt(site, peerOf(site.config, peer));
    const without = miss && withoutPeer(run, miss, { before, down, otherAgentIsBroken });
    if (without && without.state !== 'done') {
      return { ...without, facts: { ...without.facts, ...words } };
    }
  }
  const { refusal } = await site.apply((register) => advanced(register, input.id, ['begun'], 'fencing'));
  if (refusal !== undefined) {
    return { state: 'failed', words: refusal };
  }
  const question = { op: 'fencePeer', epoch, ...(input.abandon === undefined ? {} : { abandon: input.abandon }) } as const;
  const { answer, miss } = await tryPeer(site, peerOf(site.config, peer), question);
  if (miss) {
    const without = withoutPeer(run, miss, { before, down, otherAgentIsBroken });
    return { ...without, facts: { ...without.facts, ...words } };
  }
  const facts = { misses: 0, ...words };
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

interface Word {
  readonly before: StepRecord | undefined;
  /** What a person has said, see `RunInput`. */
  readonly down: boolean;
  readonly otherAgentIsBroken: boolean;
}

/** What becomes of a run whose other site does not answer once more: it is asked again, left behind, or the reason to give up. */
function withoutPeer({ peer }: RunRecord, { why, ownFault }: Miss, { before, down, otherAgentIsBroken }: Word): Progress {
  const misses = (before?.state === 'pending' ? Number(before.facts?.misses ?? 0) : 0) + 1;
  const enough = down && (!ownFault || otherAgentIsBroken);
  const missed = `${peer} cannot be reached (${why})`;
  if (misses < (enough ? TRIES_WHEN_DOWN : TRIES)) {
    return { state: 'pending', words: missed, facts: { misses } };
  }
  if (enough) {
    return { state: 'done', words: `${missed}; a person has said that nothing writes there`, facts: { misses } };
  }
  const unsaid = down
    ? "but its Region answers, so that it may well write: 'otherAgentIsBroken' has to say that somebody has seen otherwise"
    : "and nobody has said that nothing writes there ('otherSiteIsDown')";
  return { state: 'failed', words: `${missed}, ${unsaid}`, facts: { misses } };
}
