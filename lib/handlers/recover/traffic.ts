import {
  activated,
  latchesOf,
  latchesShown,
  RECOVERY_METRICS,
  type RunInput,
  type RunRecord,
  type SettleAnswer,
  type SiteRegister,
  type StepAnswer,
  type StepRequest,
} from '../../model/recovery';
import { MINUTE } from '../../model/time';
import { commitWithoutData } from './commit';
import { askPeer, peerOf } from './peers';
import type { Progress } from './ports';
import type { Site } from './site';

const PATIENCE_MS = 10 * MINUTE;
/** So often a site is asked to let go; its guard learns of it by itself. */
const TRIES = 3;

/** Publishes what the two latches of this site say. */
export async function publishLatches(site: Site, register: SiteRegister, more: Readonly<Record<string, number>> = {}): Promise<void> {
  const { diverted, reclaimed } = latchesOf(register);
  const isHome = site.config.site === site.config.home;
  const own: Record<string, number> = isHome ? { [RECOVERY_METRICS.reclaimed]: reclaimed } : { [RECOVERY_METRICS.diverted]: diverted };
  await site.ports.publish(site.config, { ...own, ...more });
  if (register.shown && !register.diverted) {
    await site.apply(latchesShown);
  }
}

/** Steps without which no traffic comes here. */
function neededOf({ config }: Site): readonly string[] {
  return [...config.data.map(({ name }) => `promote:${name}`), ...config.compute.map(({ name }) => `scale:${name}`), 'verify'];
}

/** Makes this site the active one, in the register before anywhere else, and leads the traffic here. */
export async function switchTraffic({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  return site.step(id, 'switch', PATIENCE_MS, async (run) => {
    const { config, ports } = site;
    const refused = await commitWithoutData(id, true, site);
    if (refused !== undefined) {
      return { state: 'failed', words: refused };
    }
    const { register, refusal } = await site.apply((found) => activated(found, id, neededOf(site), config.site === config.home));
    if (refusal !== undefined) {
      return { state: 'failed', words: refusal };
    }
    await publishLatches(site, register);
    if (config.traffic.kind === 'routing-control') {
      await ports.route(config.traffic, { [config.site]: true, [run.peer]: false });
    }
    const answer = await askPeer(site, peerOf(config, run.peer), { op: 'letGo', epoch: run.epoch, sinceMs: run.begunMs });
    return { state: 'done', words: `${config.site} is active with epoch ${run.epoch}`, facts: { told: answer?.state === 'done' } };
  });
}

/** Sees that the other site has let go, and has it made a standby where a planned switch leaves it well. */
export async function settle({ run: { id } }: StepRequest, site: Site): Promise<SettleAnswer> {
  const answer = await site.step(id, 'settle', PATIENCE_MS, (run, before) => letGo(run, Number(before?.facts?.misses ?? 0), site));
  const { input } = await site.run(id);
  return { ...answer, thenBack: answer.state === 'done' && input.thenBack === true };
}

async function letGo(run: RunRecord, before: number, site: Site): Promise<Progress> {
  const { config, ports } = site;
  const peer = peerOf(config, run.peer);
  const answer = await askPeer(site, peer, { op: 'letGo', epoch: run.epoch, sinceMs: run.begunMs });
  if (answer?.state !== 'done') {
    const misses = before + 1;
    const words = answer ? `${run.peer}: ${answer.words}` : `${run.peer} cannot be reached`;
    return misses < TRIES
      ? { state: 'pending', words, facts: { misses } }
      : { state: 'done', words: `${words}; its guard will see that it is not active any more`, facts: { misses } };
  }
  if (run.input.kind === 'failover' || run.input.thenBack) {
    return { state: 'done', words: `${run.peer} has let go` };
  }
  await askPeer(site, peer, { op: 'start', run: { kind: 'rebuild', id: `${run.input.id}-rebuild`, ...followsOf(run) } });
  ports.write(JSON.stringify({ asked: run.peer, for: 'rebuild' }));
  return { state: 'done', words: `${run.peer} has let go, and is made a standby` };
}

/** Asks the other site to take the traffic back, as the end of a drill. */
export async function sendBack({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  return site.step(id, 'sendBack', PATIENCE_MS, async (run) => {
    const back = { kind: 'failback', id: `${run.input.id}-back`, ...followsOf(run) } as const;
    const answer = await askPeer(site, peerOf(site.config, run.peer), { op: 'start', run: back });
    return answer?.state === 'done'
      ? { state: 'done', words: `${run.peer} fails back as run '${back.id}'` }
      : { state: 'pending', words: `${run.peer} could not be asked to fail back` };
  });
}

/** What a run that another one has asked for says of it: on the way back from a drill all is the drill's. */
function followsOf({ input: { id, drill } }: RunRecord): Pick<RunInput, 'by' | 'drill'> {
  return { by: `run ${id}`, ...(drill ? { drill } : {}) };
}
