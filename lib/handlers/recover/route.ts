import { type AgentRequest, RUN_STEPS, type StepAnswer, type StepRequest } from '../../model/recovery';
import { alarm, beginDetected } from './alarm';
import { answerPeer } from './answer-peer';
import { ask } from './ask';
import { begin } from './begin';
import { scale, standBy } from './compute-steps';
import { conclude } from './conclude';
import { drain, measure, promote } from './data-steps';
import { inject } from './experiment';
import { fencePeer } from './fence-peer';
import { guard } from './guard';
import { learnSources } from './learn-sources';
import type { Ports } from './ports';
import { join, rebuild } from './rebuild';
import { rehearse, tidy } from './rehearse';
import { RunOver, Site } from './site';
import { sendBack, settle, switchTraffic } from './traffic';
import { undo } from './undo';
import { verify } from './verify';
import { watchActive } from './watch-active';

const STEPS: Readonly<Record<StepRequest['op'], (request: StepRequest, site: Site) => Promise<StepAnswer>>> = {
  begin,
  ask,
  inject,
  fence: fencePeer,
  measure,
  drain,
  promote,
  scale,
  verify,
  switch: switchTraffic,
  settle,
  sendBack,
  rebuild,
  standBy,
  join,
  rehearse,
  tidy,
  undo,
  conclude,
};

/** Does what the agent is called for: by its machine, by the agent of another site, or by the clock. */
export async function route(request: AgentRequest, ports: Ports): Promise<unknown> {
  const site = await Site.of(ports);
  if (request?.op === 'guard') {
    return everyMinute(site);
  }
  if (request?.op === 'alarm') {
    return alarm(request, site);
  }
  if (isStep(request)) {
    try {
      return await STEPS[request.op](request, site);
    } catch (error) {
      if (error instanceof RunOver) {
        return { state: 'failed', words: error.message };
      }
      throw error;
    }
  }
  if (typeof request?.from !== 'string') {
    throw new Error('nobody here knows what is asked for');
  }
  return answerPeer(request, site);
}

/** None waits for another, and none is left out because another has failed. */
async function everyMinute(site: Site): Promise<void> {
  const ends = await Promise.allSettled([guard(site), watchActive(site), beginDetected(site), learnSources(site)]);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) {
    throw failed.reason;
  }
}

function isStep(request: AgentRequest): request is StepRequest {
  return (RUN_STEPS as readonly string[]).includes(request?.op);
}
