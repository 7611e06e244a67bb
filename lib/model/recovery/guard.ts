import type { PeerStatus } from './agent-contract';
import { hasBegun } from './ended-runs';
import { claimOf, leftOf, openRun, type RunRecord, type SiteRegister } from './register';
import { type RunInput, takesOver } from './run';
import { type Transition, to } from './transition';

/** What the guard of a site does when it has asked the others; `undefined` stands for one that it could not reach. */
export interface GuardDecision {
  /** A higher epoch is, or is about to be, active elsewhere. */
  readonly yieldTo?: Superior;
  /** The run for which this site was fenced does not go on. */
  readonly liftEpoch?: number;
  /** Sites that do not know yet that this one is active. */
  readonly tell: readonly string[];
  /** No other site holds traffic any more, so that this one need soon not say that it has taken it back. */
  readonly released: boolean;
  /** The site that was left is active again beside this one, as all are. */
  readonly share: boolean;
  /** Two sites call themselves active. */
  readonly conflict: boolean;
  /** A run that nobody takes further; it is to be started again unless it has halted, which is for a person. */
  readonly stalled?: { readonly input: RunInput; readonly goOn: boolean };
}

/** Another site, by what goes before this one. */
interface Superior {
  readonly site: string;
  readonly epoch: number;
  readonly final: boolean;
  /** Since when it may hold what this one lacks. */
  readonly sinceMs?: number;
}

/** What the guard has to know of its site. */
export interface Guarded {
  readonly site: string;
  /** Every site is active all the time, but for one that another has taken over from. */
  readonly everywhere: boolean;
  readonly nowMs: number;
}

/** Decides by what is known; what is not known changes nothing. */
export function guardDecision(register: SiteRegister, peers: readonly (PeerStatus | undefined)[], guarded: Guarded): GuardDecision {
  const { site, everywhere, nowMs } = guarded;
  const reached = peers.filter((peer) => peer !== undefined);
  // where all are active, one that is fenced just now has been active again since it was left before
  const own = everywhere ? Math.max(claimOf(register), register.epoch) : claimOf(register);
  const [highest] = reached
    .map((peer) => (everywhere ? claimAgainst(site, peer) : claimOfPeer(peer)))
    .filter(({ epoch }) => epoch > own)
    .sort((one, other) => other.epoch - one.epoch);
  const active = register.role === 'active';
  const left = leftOf(register);
  const others = reached.filter((peer) => active && peer.role === 'active' && (!everywhere || left[peer.site] !== undefined));
  const rivals = others.filter((peer) => (everywhere ? peer.epoch < left[peer.site] : peer.epoch !== register.epoch));
  const run = openRun(register);
  const { fence } = register;
  const by = fence && reached.find((peer) => peer.site === fence.by);
  return {
    ...(highest && mustYield(register, highest) && { yieldTo: highest }),
    ...(fence && !fence.final && by && isOver(by, fence.epoch, guarded) && { liftEpoch: fence.epoch }),
    tell: rivals.filter(({ epoch }) => everywhere || epoch < register.epoch).map((peer) => peer.site),
    released:
      register.reclaimed && reached.length === peers.length && reached.every(({ role, diverted }) => role !== 'active' && !diverted),
    share: everywhere && others.some((peer) => peer.site === register.tookFrom && peer.epoch >= left[peer.site]),
    conflict: rivals.length > 0,
    ...(run && run.leaseUntilMs <= nowMs && hasBegun(run) && { stalled: { input: run.input, goOn: mayGoOn(run) } }),
  };
}

function claimOfPeer({ site, role, epoch, run, activeSinceMs }: PeerStatus): Superior {
  const bound = run && takesOver(run.kind) && run.stage === 'committed' ? run.epoch : 0;
  return role === 'active' && epoch >= bound
    ? { site, epoch, final: true, ...(activeSinceMs === undefined ? {} : { sinceMs: activeSinceMs }) }
    : { site, epoch: bound, final: false, ...(run?.begunMs === undefined ? {} : { sinceMs: run.begunMs }) };
}

/** Where all sites are active, what another one does concerns only the site that is left; whoever knows of it tells, be it done by a third one. */
function claimAgainst(site: string, peer: PeerStatus): Superior {
  const { run } = peer;
  const leaving = leftOf(peer)[site] ?? 0;
  const bound = run && run.peer === site && takesOver(run.kind) && run.stage === 'committed' ? run.epoch : 0;
  return { site: peer.site, epoch: Math.max(leaving, bound), final: leaving >= bound };
}

/** Keeps what others tell of sites that were left: the newest of each. */
export function learned(register: SiteRegister, peers: readonly (PeerStatus | undefined)[]): Transition {
  const known = leftOf(register);
  const told = peers
    .flatMap((peer) => Object.entries(peer ? leftOf(peer) : {}))
    .filter(([site, epoch]) => epoch > (known[site] ?? 0))
    .sort(([, one], [, other]) => one - other);
  return to(told.length === 0 ? register : { ...register, left: { ...known, ...Object.fromEntries(told) } });
}

/** A standby follows whoever is active; only who holds something, be it data that was promoted and never got traffic, has something to give up. */
function mustYield(register: SiteRegister, { epoch, final }: { epoch: number; final: boolean }): boolean {
  const { role, fence, diverted, reclaimed } = register;
  const holds = role === 'active' || diverted || reclaimed || openRun(register)?.stage === 'committed';
  return holds || (final && fence !== undefined && !fence.final && fence.epoch <= epoch);
}

/** Whether the run that has fenced this site will never make its own site active, and never did. */
function isOver(by: PeerStatus, fenceEpoch: number, guarded: Pick<Guarded, 'site' | 'everywhere'>): boolean {
  const open = by.run !== undefined && by.run.stage !== 'concluded' && takesOver(by.run.kind);
  return !open && !hasTakenOver(by, fenceEpoch, guarded);
}

/** Whether another site was active since it has fenced this one with an epoch, be it that it is fenced itself by now. */
export function hasTakenOver(by: PeerStatus, fenceEpoch: number, { site, everywhere }: Pick<Guarded, 'site' | 'everywhere'>): boolean {
  // where all are active, an epoch may also be that with which one has come back
  return (everywhere ? (leftOf(by)[site] ?? 0) : by.epoch) >= fenceEpoch;
}

/** What the two latches of a site are to say. */
export function latchesOf({ diverted, reclaimed }: Pick<SiteRegister, 'diverted' | 'reclaimed'>): {
  readonly diverted: 0 | 1;
  readonly reclaimed: 0 | 1;
} {
  return { diverted: diverted ? 1 : 0, reclaimed: reclaimed ? 1 : 0 };
}

/** What was halted stays so until somebody has removed the cause. */
function mayGoOn({ stage, problem }: RunRecord): boolean {
  return problem === undefined || stage === 'undoing';
}
