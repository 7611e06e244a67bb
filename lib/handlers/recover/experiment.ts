import type { StepAnswer, StepRequest } from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { askPeer, peerOf } from './peers';
import type { Site } from './site';

const PATIENCE_MS = 5 * MINUTE;

/** Has the other site inject its fault, where the drill asks for one. */
export async function inject({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  return site.step(id, 'inject', PATIENCE_MS, async ({ input, peer }) => {
    if (!input.injectFault) {
      return { state: 'done', words: 'no fault is injected' };
    }
    const answer = await askPeer(site, peerOf(site.config, peer), { op: 'startExperiment', runId: id });
    const started = answer?.state === 'done' ? answer.facts?.experiment : undefined;
    if (started) {
      return { state: 'done', words: `experiment ${started} runs at ${peer}`, facts: { experiment: started } };
    }
    return answer?.state === 'refused'
      ? { state: 'failed', words: `${peer}: ${answer.words}` }
      : { state: 'pending', words: `${peer} has not started the experiment` };
  });
}

/** Ends the fault that was begun. An experiment also ends by itself, so that one that cannot be stopped holds nothing up. */
export async function endInjection(id: string, site: Site): Promise<void> {
  const { run } = await site.read();
  const experiment = run?.input.id === id ? run.steps.inject?.facts?.experiment : undefined;
  if (run === undefined || typeof experiment !== 'string') {
    return;
  }
  try {
    const answer = await askPeer(site, peerOf(site.config, run.peer), { op: 'stopExperiment', experiment });
    site.ports.write(JSON.stringify({ experiment: answer?.words ?? `${run.peer} cannot be reached` }));
  } catch (error) {
    site.ports.write(JSON.stringify({ experiment: (error as Error).message }));
  }
}
