import { type StepAnswer, type StepRequest, servesEverywhere } from '../../model/recovery';
import { HOUR } from '../../model/time';
import { commitWithoutData } from './commit';
import { moveGate } from './gate';
import type { Site } from './site';

const PATIENCE_MS = HOUR;

/** Has as many run as the whole traffic needs. */
export async function scale({ run: { id }, item }: StepRequest, site: Site): Promise<StepAnswer> {
  const config = site.compute(item);
  return site.step(id, `scale:${config.name}`, PATIENCE_MS, async () => {
    const refusal = await commitWithoutData(id, false, site);
    if (refusal !== undefined) {
      return { state: 'failed', words: refusal };
    }
    const gate = await moveGate(site);
    return gate.state === 'done' ? site.computePort(config).scale(config, config.full, false) : gate;
  });
}

/** Has as many run as a site without traffic does. */
export async function standBy({ run: { id }, item }: StepRequest, site: Site): Promise<StepAnswer> {
  const config = site.compute(item);
  const count = servesEverywhere(site.config.strategy) ? config.full : config.standby;
  return site.step(id, `standBy:${config.name}`, PATIENCE_MS, () => site.computePort(config).scale(config, count, true));
}
