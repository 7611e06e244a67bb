import {
  committed,
  type DataConfig,
  measureStep,
  type StepAnswer,
  type StepRecord,
  type StepRequest,
  stepTaken,
} from '../../model/recovery';
import { HOUR, MINUTE } from '../../model/time';
import type { Lag, Progress } from './ports';
import { LEASE_MS, RunOver, type Site } from './site';

const DRAIN_PATIENCE_MS = 30 * MINUTE;
const PROMOTE_PATIENCE_MS = HOUR;
const RESTORE_PATIENCE_MS = 24 * HOUR;

/** Finds out how far each copy is behind: what is lost if it takes over now. */
export async function measure({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  return site.step(id, 'measure', 0, async ({ peer, peerState }) => {
    const { fence } = await site.read();
    const said: string[] = [];
    for (const item of site.config.data) {
      const askedMs = site.ports.now();
      // whether the site that has fenced this one was active since, only that one knows
      const { lagMs, words } =
        fence && (fence.final || peerState === 'unreachable')
          ? { lagMs: site.ports.now() - fence.sinceMs, words: 'as old as the fence of this site' }
          : await lagOf(item, peer, site);
      said.push(`${item.name}: ${words}`);
      await keepLag(id, item, { lagMs, words }, askedMs, site);
    }
    return { state: 'done', words: said.join('; ') || 'no data' };
  });
}

/** Nothing is held up by a number that cannot be had. */
export async function lagOf(item: DataConfig, from: string, site: Site): Promise<Lag> {
  try {
    return await site.dataPort(item).lag(item, from);
  } catch (error) {
    return { words: `nobody knows: ${(error as Error).message}` };
  }
}

/** Keeps how far a copy is behind; `sinceMs` is from before it was asked, so that no more is claimed than is there. */
export async function keepLag(id: string, { name }: DataConfig, { lagMs, words }: Lag, sinceMs: number, site: Site): Promise<void> {
  const record: StepRecord = { state: 'done', sinceMs, words, ...(lagMs === undefined ? {} : { facts: { lagMs } }) };
  const { refusal } = await site.apply((register) => stepTaken(register, id, measureStep(name), record, site.ports.now() + LEASE_MS));
  if (refusal !== undefined) {
    throw new RunOver(refusal);
  }
}

/** Waits until all has arrived that was written before the other site was fenced; a failover does not wait. */
export async function drain({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  return site.step(id, 'drain', DRAIN_PATIENCE_MS, async ({ input, steps, peer }) => {
    if (input.kind === 'failover') {
      return { state: 'done', words: 'a failover does not wait' };
    }
    const fencedMs = steps.fence?.facts?.fencedMs;
    if (typeof fencedMs !== 'number') {
      return { state: 'failed', words: 'the other site is not fenced, so that nothing can be waited for' };
    }
    const waiting: string[] = [];
    for (const item of site.config.data) {
      const { state, words } = await site.dataPort(item).arrived(item, fencedMs, peer);
      if (state === 'done') {
        await keepLag(id, item, { lagMs: 0, words }, site.ports.now(), site);
      } else if (state === 'failed') {
        return { state, words: `${item.name}: ${words}` };
      } else {
        waiting.push(`${item.name}: ${words}`);
      }
    }
    return waiting.length === 0 ? { state: 'done', words: 'everything has arrived' } : { state: 'pending', words: waiting.join('; ') };
  });
}

/** Makes data writeable here. The register says first that there is no way back, so that an undo and a promotion never meet. */
export async function promote({ run: { id }, item }: StepRequest, site: Site): Promise<StepAnswer> {
  const config = site.data(item);
  const patienceMs = config.kind === 'recovery-points' ? RESTORE_PATIENCE_MS : PROMOTE_PATIENCE_MS;
  return site.step(id, `promote:${config.name}`, patienceMs, async (run, before): Promise<Progress> => {
    const { refusal } = await site.apply((register) => committed(register, id));
    if (refusal !== undefined) {
      return { state: 'failed', words: refusal };
    }
    const port = site.dataPort(config);
    const promoted = await port.promote(config, { runId: id, lossless: run.input.kind !== 'failover', facts: before?.facts ?? {} });
    if (promoted.state !== 'done') {
      return promoted;
    }
    const { state, words } = await port.open(config);
    return { state, words: state === 'done' ? promoted.words : words, ...(promoted.facts ? { facts: promoted.facts } : {}) };
  });
}
