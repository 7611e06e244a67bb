import {
  fenced,
  givenUpOn,
  guardDecision,
  learned,
  leftOf,
  lifted,
  looked,
  type PeerStatus,
  RECOVERY_METRICS,
  type RunInput,
  reclaimSettled,
  type SiteRegister,
  servesEverywhere,
  shared,
  stalledMessage,
} from '../../model/recovery';
import { drillAge } from '../../model/recovery/drill-age';
import { MINUTE, SECOND } from '../../model/time';
import { keepOpen, moveGate } from './gate';
import { giveUp } from './give-up';
import { askPeer, peerOf, statusOf } from './peers';
import type { Site } from './site';
import { tellEnds } from './tell-ends';
import { publishLatches } from './traffic';

/** A run that nobody takes further is started again so often at most, by the name of the execution. */
const RESTART_EVERY_MS = 15 * MINUTE;
/** Whoever ends a run tells so at once, unless it dies. */
const TELLING_MS = 30 * SECOND;

/**
 * Keeps the site what it is to be: it gives way to a higher epoch, takes the fence of a run away that is over, moves the gate to where
 * the role wants it, and says what the latches say.
 */
export async function guard(site: Site): Promise<void> {
  const { config, ports } = site;
  const peers = await Promise.all(config.peers.map((peer) => statusOf(site, peer)));
  let conflict = false;
  try {
    conflict = await decide(site, peers);
    await site.apply((register) => ({ register: looked(register, ports.now()) }));
    const { role, gate } = await site.read();
    if (role === 'fenced' || gate !== 'open') {
      const { state, words } = await moveGate(site);
      ports.write(JSON.stringify({ gate: state, words }));
    } else {
      await keepOpen(site);
    }
  } finally {
    const register = await site.read();
    const ageMs = drillAge(register, config, ports.now());
    await publishLatches(site, register, {
      [RECOVERY_METRICS.guard]: 1,
      [RECOVERY_METRICS.conflict]: conflict ? 1 : 0,
      ...(ageMs === undefined ? {} : { [RECOVERY_METRICS.drillAge]: ageMs / SECOND }),
    });
    await publishAgain(site, register);
    if (register.ended !== undefined) {
      await tellEnds(site, TELLING_MS);
    }
  }
}

/** What was published may be old by then: a run may have switched the traffic in between. */
async function publishAgain(site: Site, published: SiteRegister): Promise<void> {
  const register = await site.read();
  if (register.diverted !== published.diverted || register.reclaimed !== published.reclaimed) {
    await publishLatches(site, register);
  }
}

async function decide(site: Site, peers: readonly (PeerStatus | undefined)[]): Promise<boolean> {
  const nowMs = site.ports.now();
  const { config } = site;
  const guarded = { site: config.site, everywhere: servesEverywhere(config.strategy), nowMs };
  const { register: known = await site.read() } = await site.apply((register) => {
    const left = givenUpOn(register, nowMs);
    return guarded.everywhere ? learned(left, peers) : { register: left };
  });
  const { yieldTo, liftEpoch, tell, released, share, conflict, stalled } = guardDecision(known, peers, guarded);
  let unresolved = false;
  if (yieldTo) {
    const asked = { ...yieldTo, by: yieldTo.site, nowMs };
    const { refusal } = yieldTo.final
      ? await giveUp(asked, site)
      : await site.apply((register) => fenced(register, { ...asked, committed: true }));
    unresolved = refusal !== undefined;
  }
  if (liftEpoch !== undefined) {
    await site.apply((register) => lifted(register, { epoch: liftEpoch }));
  }
  if (known.reclaimed || known.releasedMs !== undefined) {
    await site.apply((register) => reclaimSettled(register, released, nowMs));
  }
  if (share) {
    await site.apply(shared);
  }
  for (const name of tell) {
    const register = await site.read();
    const epoch = guarded.everywhere ? leftOf(register)[name] : register.epoch;
    const { activeSinceMs: sinceMs } = register;
    await askPeer(site, peerOf(config, name), { op: 'letGo', epoch, ...(sinceMs === undefined ? {} : { sinceMs }) });
  }
  if (stalled) {
    await takeFurther(stalled.input, stalled.goOn, site);
  }
  return conflict || unresolved;
}

async function takeFurther(run: RunInput, goOn: boolean, { config, ports }: Site): Promise<void> {
  await ports.publish(config, { [RECOVERY_METRICS.failedRuns]: 1 });
  if (!goOn) {
    return;
  }
  if (config.topicArn) {
    await ports.tell(config.topicArn, stalledMessage(config, run, goOn));
  }
  await ports.start(`${run.id}-${Math.floor(ports.now() / RESTART_EVERY_MS)}`, run);
}
