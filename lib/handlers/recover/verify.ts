import type { ProbeConfig, RunRecord, StepAnswer, StepRequest } from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { commitWithoutData } from './commit';
import { moveGate } from './gate';
import type { Progress } from './ports';
import type { Site } from './site';

const PATIENCE_MS = 20 * MINUTE;
/** Checks look at data for as long as a function may run (AWS Lambda Developer Guide: quotas). */
const LONGEST_CHECK_MS = 15 * MINUTE;
/** What was seen so long ago is looked at again before traffic comes. */
const FRESH_MS = 15 * MINUTE;

/** Looks whether the application answers and its data is right, before anybody else does. */
export async function verify({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  const look = async (run: RunRecord): Promise<Progress> => {
    const refusal = await commitWithoutData(id, false, site);
    if (refusal !== undefined) {
      return { state: 'failed', words: refusal };
    }
    const gate = await moveGate(site);
    if (site.config.probes.some(({ kind }) => kind === 'checks')) {
      await site.renew(id, LONGEST_CHECK_MS);
    }
    return gate.state === 'done' ? probeAll(run, site) : gate;
  };
  return site.step(id, 'verify', PATIENCE_MS, look, FRESH_MS);
}

async function probeAll(run: RunRecord, site: Site): Promise<Progress> {
  const found = await Promise.all(
    site.config.probes.map(async (probe) => ({ kind: probe.kind, name: probe.name, ...(await probeOne(probe, run, site)) })),
  );
  const wrong = found.filter(({ state }) => state !== 'done');
  if (wrong.length === 0) {
    return { state: 'done', words: found.map(({ name, words }) => `${name}: ${words}`).join('; ') || 'nobody has said what to look at' };
  }
  const words = wrong.map(({ name, words: said }) => `${name}: ${said}`).join('; ');
  // an application may need a moment, but data that are wrong stay so until somebody has put them right
  return { state: wrong.some(({ kind, state }) => kind === 'checks' && state === 'failed') ? 'failed' : 'pending', words };
}

async function probeOne(probe: ProbeConfig, { input, begunMs, steps }: RunRecord, site: Site): Promise<Progress> {
  if (probe.kind !== 'checks') {
    return site.ports.probe(probe);
  }
  const item = site.data(probe.data);
  // what was written last is as old as the disruption, or as the recovery point that was restored
  return site.ports.probe(probe, { pointMs: input.sinceMs ?? begunMs, ...steps[`promote:${item.name}`]?.facts });
}
