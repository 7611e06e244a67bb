import { MINUTE } from '../time';
import { over, withEnded } from './ended-runs';
import { lateWrites } from './late-writes';
import { claimOf, type Fence, type GateState, hasServed, isAbandoned, openRun, type RunRecord, type SiteRegister } from './register';
import { takesOver } from './run';
import { refused, type Transition, to } from './transition';

/** What another site asks of this one. */
export interface Asked {
  readonly epoch: number;
  readonly by: string;
  readonly nowMs: number;
  /** Id of a run of this site that has halted and is given up for that of the other one. */
  readonly abandon?: string;
  /** There is no way back for the other site any more, so that a run of this one does not hold it up. */
  readonly committed?: boolean;
  /** Since when the other site may hold what this one lacks. */
  readonly sinceMs?: number;
}

/**
 * Keeps application and writers out because another site is about to take over with a higher epoch. Refused while this site is itself
 * taking over: of two that try at once both give up, unless the run here is dead and has promoted nothing. Of two for which there is no way
 * back, each by the word of a person, the higher epoch goes on.
 */
export function fenced(register: SiteRegister, asked: Asked): Transition {
  const { epoch, by, nowMs, abandon, committed } = asked;
  const { fence } = register;
  const seen = Math.max(register.seen, epoch);
  if (epoch <= register.lifted) {
    return refused(`the fence of epoch ${epoch} was lifted before it came`);
  }
  if (claimOf(register) > epoch) {
    return refused(`this site is, or is about to be, active with epoch ${claimOf(register)}, which is above ${epoch}`);
  }
  const run = openRun(register);
  const taking =
    run && !committed && !isAbandoned(run, abandon, nowMs) && (run.stage === 'committed' || (isTaking(run) && run.leaseUntilMs > nowMs));
  // two sites that are fenced both may try to take over from each other
  if (taking) {
    return refused(`run '${run.input.id}' is about to make this site active`);
  }
  if (fence && (fence.final || fence.epoch === epoch)) {
    return to({ ...register, seen });
  }
  if (fence && (fence.by !== by || fence.epoch > epoch)) {
    return refused(`${fence.by} has fenced this site with epoch ${fence.epoch}`);
  }
  const next: Fence = { epoch, by, sinceMs: nowMs, was: fence?.was ?? roleBefore(register), final: false };
  // what was not promoted there is written nowhere else yet
  return to(superseded({ ...apart(register, asked, committed), role: 'fenced', seen, fence: next, gate: shut(register.gate) }, nowMs));
}

/** Lifts the fence of a run that does not go on; one that comes before its fence keeps it from coming. */
export function lifted(register: SiteRegister, { epoch }: Pick<Asked, 'epoch'>): Transition {
  const { fence } = register;
  if (fence?.epoch !== epoch) {
    // it never held here, so that it is no reason against a run of this site
    return to({ ...register, lifted: Math.max(register.lifted, epoch) });
  }
  if (fence.final) {
    return refused(`${fence.by} is active with epoch ${epoch}`);
  }
  const { fence: _, ...rest } = register;
  return to({
    ...rest,
    role: fence.was,
    seen: Math.max(register.seen, epoch),
    lifted: Math.max(register.lifted, epoch),
    gate: ajar(register.gate),
  });
}

/** Gives up the traffic because another site is active with a higher epoch. */
export function letGo(register: SiteRegister, { epoch, by, nowMs, sinceMs }: Asked): Transition {
  const seen = Math.max(register.seen, epoch);
  if (claimOf(register) > epoch) {
    return refused(`this site is, or is about to be, active with epoch ${claimOf(register)}, which is above ${epoch}`);
  }
  if (epoch < register.epoch && register.role !== 'active') {
    // it was active again since
    return to({ ...register, seen });
  }
  const isKnown = register.fence?.final === true && register.fence.epoch >= epoch;
  // after it was rebuilt; a fence that holds becomes final, whatever others have lifted
  if (isKnown || (register.lifted >= epoch && (register.role === 'standby' || claimOf(register) === epoch))) {
    return to({ ...register, seen, diverted: false, reclaimed: false });
  }
  const apartMs = [register.fence?.apartMs, sinceMs].filter((ms) => ms !== undefined);
  const fence: Fence = {
    epoch,
    by,
    sinceMs: register.fence?.sinceMs ?? nowMs,
    was: register.fence?.was ?? roleBefore(register),
    final: true,
    ...(apartMs.length === 0 ? {} : { apartMs: Math.min(...apartMs) }),
  };
  const next: SiteRegister = {
    ...apart(register, { epoch, by, nowMs, sinceMs }, true),
    role: 'fenced',
    seen,
    fence,
    gate: shut(register.gate),
    diverted: false,
    reclaimed: false,
  };
  return to(superseded(next, nowMs));
}

/** Remembers what an active site has taken that is left only now; one that was fenced already takes nothing. */
function apart(register: SiteRegister, asked: Asked, taken = false): SiteRegister {
  if (register.role !== 'active') {
    return register;
  }
  const { late: _, ...rest } = register;
  const late = taken ? lateWrites(register, asked) : undefined;
  return late ? { ...rest, late } : rest;
}

/** Resources are as the role says. */
export function gateReached(register: SiteRegister, reached: 'open' | 'closed', nowMs: number): Transition {
  const wanted = register.role === 'fenced' ? 'closed' : 'open';
  if (wanted !== reached) {
    return refused(`the gate is ${reached}, and is to be ${wanted} by now`);
  }
  const { openedMs: before, ...rest } = register;
  const openedMs = register.gate === 'open' ? before : nowMs;
  const late = reached === 'closed' && register.late ? { late: { untilMs: nowMs, ...register.late } } : {};
  return to({ ...rest, ...late, gate: reached, ...(reached === 'open' && register.counts && openedMs !== undefined ? { openedMs } : {}) });
}

/** What was open for so long is not shut by anything that was begun before. */
export const LATE_MS = 15 * MINUTE;

/** How much was running before is of no use any more. */
export function countsForgotten(register: SiteRegister, nowMs: number): Transition {
  const { counts, openedMs, ...rest } = register;
  const kept = counts !== undefined || openedMs !== undefined;
  return to(kept && register.gate === 'open' && nowMs - (openedMs ?? 0) > LATE_MS ? rest : register);
}

/** Remembers how much was running before the gate is closed; what was remembered first stays. */
export function countsNoted(register: SiteRegister, counts: Readonly<Record<string, number>>): Transition {
  return to(register.counts ? register : { ...register, counts });
}

/** How long all health checks have to see that the other site has let go before this one stops saying that it has taken the traffic back. */
const SEEN_MS = 3 * MINUTE;

/** The other site has let go, or holds traffic again. After a while nothing has to say any more that this one has taken it back. */
export function reclaimSettled(register: SiteRegister, released: boolean, nowMs: number): Transition {
  const { releasedMs = nowMs, ...rest } = register;
  if (!register.reclaimed || !released) {
    return to(register.releasedMs === undefined ? register : rest);
  }
  return to(nowMs - releasedMs >= SEEN_MS ? { ...rest, reclaimed: false } : { ...rest, releasedMs });
}

/** What this site says of its traffic was published. */
export function latchesShown(register: SiteRegister): Transition {
  const { shown, ...rest } = register;
  return to(shown && !register.diverted ? rest : register);
}

/** The site that was left takes requests again beside this one. */
export function shared(register: SiteRegister): Transition {
  return to({ ...register, reclaimed: false, diverted: false });
}

export function shut(gate: GateState): GateState {
  return gate === 'closed' ? 'closed' : 'closing';
}

export function ajar(gate: GateState): GateState {
  return gate === 'open' ? 'open' : 'opening';
}

/** On the way to the traffic; one that has it only has to tell so. */
function isTaking({ input, stage }: RunRecord): boolean {
  return takesOver(input.kind) && stage !== 'activated';
}

function roleBefore({ role }: SiteRegister): Fence['was'] {
  return role;
}

/** A run that would make this site active has no object any more. */
function superseded(register: SiteRegister, nowMs: number): SiteRegister {
  const run = openRun(register);
  if (!run || !takesOver(run.input.kind)) {
    return register;
  }
  const problem = 'another site has taken over with a higher epoch';
  const ended = hasServed(run) ? over(run, 'completed', nowMs) : over(run, 'superseded', nowMs, problem);
  return withEnded({ ...register, run: ended }, ended);
}
