import {
  advanced,
  joined,
  keptName,
  lateFound,
  leftOf,
  type PeerStatus,
  type StepAnswer,
  type StepRequest,
  servesEverywhere,
} from '../../model/recovery';
import { HOUR } from '../../model/time';
import { moveGate } from './gate';
import { askPeer, peerOf, statusOf } from './peers';
import type { Progress } from './ports';
import type { Site } from './site';
import { publishLatches } from './traffic';

const PATIENCE_MS = 24 * HOUR;
const JOIN_PATIENCE_MS = HOUR;

/** Makes data of this site follow that of the active one again. What was here before is kept, but out of the way. */
export async function rebuild({ run: { id }, item }: StepRequest, site: Site): Promise<StepAnswer> {
  const config = site.data(item);
  return site.step(id, `rebuild:${config.name}`, PATIENCE_MS, async (run): Promise<Progress> => {
    const { register, refusal } = await site.apply((found) => advanced(found, id, ['begun'], 'rebuilding'));
    if (refusal !== undefined || register.role === 'active') {
      return { state: 'failed', words: refusal ?? 'this site is active' };
    }
    const peer = peerOf(site.config, run.peer);
    const status = await statusOf(site, peer);
    if (status?.role !== 'active') {
      return wasLeft(status) ?? { state: 'pending', words: `${peer.site} ${status ? `is ${status.role}` : 'cannot be reached'}` };
    }
    const answer = await askPeer(site, peer, { op: 'describe', item: config.name, epoch: status.epoch });
    const { run: theirs } = status;
    // a takeover that waited until all had arrived has left nothing behind here
    const lossless = (theirs?.kind === 'switchover' || theirs?.kind === 'failback') && theirs.epoch === status.epoch;
    const fencedMs = register.fence?.sinceMs;
    const followed = { region: peer.site, epoch: status.epoch, lossless, ...(fencedMs === undefined ? {} : { fencedMs }) };
    return answer?.facts
      ? site.dataPort(config).follow(config, { source: answer.facts, ...followed })
      : { state: 'pending', words: `${peer.site} has not told what its ${config.name} is` };
  });
}

/** A site that a third one has taken over from is itself to be rebuilt, so that nobody can follow it. */
function wasLeft(status: PeerStatus | undefined): Progress | undefined {
  const epoch = status && leftOf(status)[status.site];
  return status && epoch !== undefined && epoch > status.epoch
    ? { state: 'failed', words: `${status.site} was left with epoch ${epoch}: rebuild from a site that is active, and 'abandon' this run` }
    : undefined;
}

/** Makes this site a standby, or active again where all are. */
export async function join({ run: { id } }: StepRequest, site: Site): Promise<StepAnswer> {
  return site.step(id, 'join', JOIN_PATIENCE_MS, async (run, before) => {
    if (before?.facts?.joined !== true) {
      const status = await statusOf(site, peerOf(site.config, run.peer));
      if (status?.role !== 'active') {
        return { state: 'pending', words: `${run.peer} ${status ? `is ${status.role}` : 'cannot be reached'}` };
      }
      // where there is no data nothing has said yet that the run rebuilds
      await site.apply((register) => advanced(register, id, ['begun'], 'rebuilding'));
      const everywhere = servesEverywhere(site.config.strategy);
      // a third site may have left this one since, and told that one of it
      const epoch = Math.max(status.epoch, everywhere ? (leftOf(status)[site.config.site] ?? 0) : 0);
      const { register, refusal } = await site.apply((found) => joined(found, id, { epoch, everywhere }));
      if (refusal !== undefined) {
        return { state: 'failed', words: refusal };
      }
      await publishLatches(site, register);
    }
    const { state, words } = await moveGate(site);
    const late = lateFound(await site.read(), id, (epoch) => keptOf(site, epoch));
    return { state, words: late ? `${words}; ${late.words}` : words, facts: { joined: true, ...late?.facts } };
  });
}

/** What holds the former data of instances. */
function keptOf({ config }: Site, epoch: number): readonly string[] {
  return config.data.filter((item) => item.kind === 'rds-replica').map(({ instance }) => keptName(instance, epoch));
}
