import {
  fenced,
  hasHalted,
  lifted,
  openRun,
  type PeerAnswer,
  type PeerRequest,
  type PeerStatus,
  type RunInput,
  type Transition,
} from '../../model/recovery';
import { isRunId } from './begin';
import { moveGate } from './gate';
import { giveUp } from './give-up';
import { peerOf, statusOf } from './peers';
import type { Site } from './site';

/** Higher than all that is known here an epoch can only be by what was tried elsewhere: one far above is a mistake that nobody could ever outdo. */
const MAX_AHEAD = 1_000;
/** What one site may have another one do: nothing that takes traffic from anybody who has not sent it. */
const MAY_BE_STARTED: readonly RunInput['kind'][] = ['rebuild', 'failback'];

/** Does what the agent of another site asks for, as far as the register of this one allows. */
export async function answerPeer(request: PeerRequest, site: Site): Promise<PeerAnswer | PeerStatus> {
  const { config, ports } = site;
  if (request.recovery !== config.recovery || !config.peers.some(({ site: name }) => name === request.from)) {
    throw new Error(`'${request.from}' of '${request.recovery}' is no site that this one knows`);
  }
  if ('epoch' in request && !(await isCredible(request.epoch, site))) {
    return { state: 'refused', words: `no epoch can be ${request.epoch}` };
  }
  switch (request.op) {
    case 'status':
      return ownStatus(site);
    case 'fencePeer':
      return moved(request, site, (register) => fenced(register, { ...request, by: request.from, nowMs: ports.now() }));
    case 'unfence':
      return moved(request, site, (register) => lifted(register, request));
    case 'letGo':
      return release(request, site);
    case 'describe': {
      const item = site.data(request.item);
      return { state: 'done', words: `what ${item.name} is`, facts: await site.dataPort(item).describe(item) };
    }
    case 'startExperiment':
      return strike(request, site);
    case 'stopExperiment':
      await ports.stopExperiment(request.experiment);
      return { state: 'done', words: 'the experiment is stopped' };
    case 'start':
      return start(request, site);
    default:
      throw new Error('nobody here knows what is asked for');
  }
}

async function isCredible(epoch: number, site: Site): Promise<boolean> {
  const { seen, epoch: own } = await site.read();
  return Number.isSafeInteger(epoch) && epoch >= 0 && epoch <= Math.max(seen, own) + MAX_AHEAD;
}

/** Only for a drill that is under way at the site that asks. */
async function strike({ runId, from }: Extract<PeerRequest, { op: 'startExperiment' }>, site: Site): Promise<PeerAnswer> {
  const { config, ports } = site;
  const template = config.drill?.experimentTemplate;
  if (!template) {
    return { state: 'refused', words: 'no experiment is set up here' };
  }
  const run = (await statusOf(site, peerOf(config, from)))?.run;
  if (run?.id !== runId || run.drill !== true || run.stage === 'concluded') {
    return { state: 'refused', words: `no drill '${runId}' is under way at ${from}` };
  }
  return { state: 'done', words: 'the experiment runs', facts: { experiment: await ports.startExperiment(template, runId) } };
}

/** What is started is made here: no approval and no word of a person comes from elsewhere. */
async function start({ run, from }: Extract<PeerRequest, { op: 'start' }>, { ports }: Site): Promise<PeerAnswer> {
  if (!MAY_BE_STARTED.includes(run?.kind) || !isRunId(run.id)) {
    return { state: 'refused', words: `${from} may only ask for ${MAY_BE_STARTED.join(' or ')}` };
  }
  const { kind, id, by, drill } = run;
  await ports.start(id, { kind, id, by: String(by || from), from, ...(drill === true ? { drill } : {}) });
  return { state: 'done', words: `run '${id}' is started` };
}

async function ownStatus(site: Site): Promise<PeerStatus> {
  const register = await site.read();
  const run = openRun(register) ?? register.run;
  return {
    site: site.config.site,
    role: register.role,
    epoch: register.epoch,
    seen: register.seen,
    // home stops saying that it has taken the traffic back only when nothing says any more that it is here
    diverted: register.diverted || register.shown === true,
    reclaimed: register.reclaimed,
    ...(register.tookFrom === undefined ? {} : { tookFrom: register.tookFrom }),
    ...(register.left === undefined ? {} : { left: register.left }),
    ...(register.activeSinceMs === undefined ? {} : { activeSinceMs: register.activeSinceMs }),
    ...(run && {
      run: {
        id: run.input.id,
        kind: run.input.kind,
        epoch: run.epoch,
        stage: run.stage,
        ...(run.stage !== 'concluded' && hasHalted(run, site.ports.now()) ? { halted: true } : {}),
        begunMs: run.begunMs,
        peer: run.peer,
        ...(run.input.drill ? { drill: true } : {}),
      },
    }),
  };
}

/** First the register, so that the guard goes on where this call ends. */
async function moved(
  request: PeerRequest,
  site: Site,
  transition: (register: Parameters<typeof fenced>[0]) => Transition,
): Promise<PeerAnswer> {
  const { refusal } = await site.apply(transition);
  if (refusal !== undefined) {
    return { state: 'refused', words: refusal };
  }
  const { state, words } = await moveGate(site);
  site.ports.write(JSON.stringify({ asked: request.op, by: request.from, gate: state, words }));
  return { state: state === 'done' ? 'done' : 'pending', words };
}

async function release(request: Extract<PeerRequest, { op: 'letGo' }>, site: Site): Promise<PeerAnswer> {
  const { epoch, from: by, sinceMs } = request;
  const asked = { epoch, by, nowMs: site.ports.now(), ...(sinceMs === undefined ? {} : { sinceMs }) };
  const { refusal, wasActive } = await giveUp(asked, site);
  if (refusal !== undefined) {
    return { state: 'refused', words: refusal };
  }
  if (wasActive) {
    // whoever still writes here is kept out now, and not when the guard looks next
    await moveGate(site);
  }
  return { state: 'done', words: 'this site holds no traffic' };
}
