import { fenced, letGo, lifted, openRun, type PeerAnswer, type PeerRequest, type PeerStatus, type Transition } from '../../model/recovery';
import { moveGate } from './gate';
import type { Site } from './site';
import { publishLatches } from './traffic';

/** Does what the agent of another site asks for, as far as the register of this one allows. */
export async function answerPeer(request: PeerRequest, site: Site): Promise<PeerAnswer | PeerStatus> {
  const { config, ports } = site;
  if (request.recovery !== config.recovery || !config.peers.some(({ site: name }) => name === request.from)) {
    throw new Error(`'${request.from}' of '${request.recovery}' is no site that this one knows`);
  }
  switch (request.op) {
    case 'status':
      return statusOf(site);
    case 'fencePeer':
      return moved(request, site, (register) => fenced(register, { epoch: request.epoch, by: request.from, nowMs: ports.now() }));
    case 'unfence':
      return moved(request, site, (register) => lifted(register, request));
    case 'letGo':
      return release(request, site);
    case 'describe': {
      const item = site.data(request.item);
      return { state: 'done', words: `what ${item.name} is`, facts: await site.dataPort(item).describe(item) };
    }
    case 'startExperiment': {
      const template = config.drill?.experimentTemplate;
      return template
        ? { state: 'done', words: 'the experiment runs', facts: { experiment: await ports.startExperiment(template, request.runId) } }
        : { state: 'refused', words: 'no experiment is set up here' };
    }
    case 'stopExperiment': {
      const template = config.drill?.experimentTemplate;
      // the same name answers with the same experiment
      await (template && ports.stopExperiment(await ports.startExperiment(template, request.runId)));
      return { state: 'done', words: 'the experiment is stopped' };
    }
    default:
      await ports.start(request.run.id, request.run);
      return { state: 'done', words: `run '${request.run.id}' is started` };
  }
}

async function statusOf(site: Site): Promise<PeerStatus> {
  const register = await site.read();
  const run = openRun(register) ?? register.run;
  return {
    site: site.config.site,
    role: register.role,
    epoch: register.epoch,
    seen: register.seen,
    diverted: register.diverted,
    reclaimed: register.reclaimed,
    ...(register.tookFrom === undefined ? {} : { tookFrom: register.tookFrom }),
    ...(run && { run: { id: run.input.id, kind: run.input.kind, epoch: run.epoch, stage: run.stage } }),
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
  const asked = { epoch: request.epoch, by: request.from, nowMs: site.ports.now() };
  const { register, refusal } = await site.apply((found) => letGo(found, asked));
  if (refusal !== undefined) {
    return { state: 'refused', words: refusal };
  }
  await publishLatches(site, register);
  return { state: 'done', words: 'this site holds no traffic' };
}
