import {
  committed,
  type DataConfig,
  measureStep,
  type RunInput,
  type RunRecord,
  type StepAnswer,
  type StepRecord,
  type StepRequest,
  stepTaken,
} from '../../model/recovery';
import { HOUR, MINUTE, SECOND } from '../../model/time';
import { peerOf, statusOf } from './peers';
import type { Ending, Lag, Progress } from './ports';
import { LEASE_MS, RunOver, type Site } from './site';

/** For what a copy has to say; a Region that is lost says nothing. */
const MEASURE_MS = 10 * SECOND;
const DRAIN_PATIENCE_MS = 30 * MINUTE;
const PROMOTE_PATIENCE_MS = HOUR;
const RESTORE_PATIENCE_MS = 24 * HOUR;

/** Finds out how far each copy is behind: what is lost if it takes over now. All are asked at once, for each may take its time to say nothing. */
export async function measure({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  return site.step(id, 'measure', 0, async ({ input, peer, peerState, old: isOld, steps }) => {
    const { fence } = await site.read();
    const askedMs = site.ports.now();
    const fencedMs = steps.fence?.facts?.fencedMs;
    const ending: Ending = {
      endMs: typeof fencedMs === 'number' ? fencedMs : askedMs,
      ...(input.sinceMs === undefined ? {} : { saidMs: input.sinceMs }),
    };
    // whether the site that has fenced this one was active since, only that one knows; what it has promoted may have been written to
    const counts = fence && (fence.final || isOld || peerState === 'unreachable' || input.abandon !== undefined);
    const old = [
      counts ? Math.min(fence.sinceMs, fence.apartMs ?? fence.sinceMs) : undefined,
      await givenUpSince(input, peer, site),
    ].filter((ms) => ms !== undefined);
    const asOldAsFence = old.length > 0 ? Math.min(...old) : undefined;
    const left = site.config.data.filter(({ name }) => steps[measureStep(name)] === undefined);
    const lags = await Promise.all(
      left.map((item) =>
        asOldAsFence === undefined
          ? lagOf(item, peer, site, ending)
          : { lagMs: askedMs - asOldAsFence, words: 'as old as the fence of this site' },
      ),
    );
    for (const [index, item] of left.entries()) {
      await keepLag(id, item, lags[index], askedMs, site);
    }
    return { state: 'done', words: left.map(({ name }, index) => `${name}: ${lags[index].words}`).join('; ') || 'no data' };
  });
}

/** Since when a run that is given up may have had data written at the other site. */
async function givenUpSince({ abandon }: RunInput, peer: string, site: Site): Promise<number | undefined> {
  const run = abandon === undefined ? undefined : (await statusOf(site, peerOf(site.config, peer)))?.run;
  return run?.id === abandon ? run?.begunMs : undefined;
}

/** Nothing is held up by a number that cannot be had. */
export async function lagOf(item: DataConfig, from: string, site: Site, ending: Ending = { endMs: site.ports.now() }): Promise<Lag> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Lag>((resolve) => {
    timer = setTimeout(resolve, MEASURE_MS, { words: `nobody has told within ${MEASURE_MS / SECOND} s` });
  });
  try {
    return await Promise.race([site.dataPort(item).lag(item, from, ending), late]);
  } catch (error) {
    return { words: `nobody knows: ${(error as Error).message}` };
  } finally {
    clearTimeout(timer);
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
      const { state, words, facts } = await site.dataPort(item).arrived(item, fencedMs, peer);
      if (state === 'done') {
        // what was only waited for may be there or not
        await keepLag(id, item, { ...(facts?.unmeasured ? {} : { lagMs: 0 }), words }, site.ports.now(), site);
      } else if (state === 'failed') {
        return { state, words: `${item.name}: ${words}` };
      } else {
        waiting.push(`${item.name}: ${words}`);
      }
    }
    return waiting.length === 0 ? { state: 'done', words: 'everything has arrived' } : { state: 'pending', words: waiting.join('; ') };
  });
}

/** Whether all data can change sides, asked while nothing has been changed: what can never be promoted is no reason for an outage. */
export async function readiness(run: RunRecord, site: Site): Promise<Progress> {
  const lossless = losesNothing(run);
  const asked = site.config.data.map(async (item): Promise<Progress> => {
    const looked = site.dataPort(item).ready(item, { lossless });
    // a failover is held up by nothing but what it is certain to fail with
    const found = lossless ? await looked : await looked.catch((): Progress => ({ state: 'done', words: 'nobody knows' }));
    const state = !lossless && found.state === 'pending' ? 'done' : found.state;
    return { state, words: `${item.name}: ${found.words}` };
  });
  const found = await Promise.all(asked);
  const [state] = (['failed', 'pending'] as const).filter((wanted) => found.some((one) => one.state === wanted));
  const said = found.filter((one) => state === undefined || one.state === state);
  return { state: state ?? 'done', words: said.map(({ words }) => words).join('; ') };
}

function losesNothing({ input }: RunRecord): boolean {
  return input.kind !== 'failover';
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
    const promoted = await port.promote(config, {
      runId: id,
      from: run.peer,
      reached: run.peerState === 'confirmed',
      lossless: losesNothing(run),
      facts: before?.facts ?? {},
    });
    if (promoted.state !== 'done') {
      return promoted;
    }
    const { state, words } = await port.open(config);
    return { state, words: state === 'done' ? promoted.words : words, ...(promoted.facts ? { facts: promoted.facts } : {}) };
  });
}
