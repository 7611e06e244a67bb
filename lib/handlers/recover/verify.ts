import type { ProbeConfig, RunRecord, StepAnswer, StepRequest } from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { moveGate } from './gate';
import type { Progress } from './ports';
import type { Site } from './site';

const PATIENCE_MS = 20 * MINUTE;
/** What was seen so long ago is looked at again before traffic comes. */
const FRESH_MS = 15 * MINUTE;

/** Looks whether the application answers and its data is right, before anybody else does. */
export async function verify({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  const look = async (run: RunRecord): Promise<Progress> => {
    const gate = await moveGate(site);
    return gate.state === 'done' ? probeAll(run, site) : gate;
  };
  return site.step(id, 'verify', PATIENCE_MS, look, FRESH_MS);
}

async function probeAll(run: RunRecord, site: Site): Promise<Progress> {
  const found = await Promise.all(site.config.probes.map(async (probe) => ({ name: probe.name, ...(await probeOne(probe, run, site)) })));
  const wrong = found.filter(({ state }) => state !== 'done');
  return wrong.length === 0
    ? { state: 'done', words: found.map(({ name, words }) => `${name}: ${words}`).join('; ') || 'nobody has said what to look at' }
    : { state: 'pending', words: wrong.map(({ name, words }) => `${name}: ${words}`).join('; ') };
}

async function probeOne(probe: ProbeConfig, { steps }: RunRecord, site: Site): Promise<Progress> {
  if (probe.kind !== 'checks') {
    return site.ports.probe(probe);
  }
  const item = site.data(probe.data);
  return site.ports.probe(probe, steps[`promote:${item.name}`]?.facts);
}
