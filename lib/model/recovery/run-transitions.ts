import { words } from '../time';
import { DIED, hasRebuilt, outcomeOf, over, withEnded } from './ended-runs';
import { ajar } from './fencing';
import { isAbandoned, leftOf, openRun, type RunRecord, type RunStage, type SiteRegister, type StepRecord } from './register';
import { type RunInput, type RunOutcome, takesOver } from './run';
import { refused, type Transition, to } from './transition';

/** A run that is about to begin. */
export interface Claim {
  readonly input: RunInput;
  readonly epoch: number;
  readonly peer: string;
  readonly nowMs: number;
  readonly leaseMs: number;
  /** Every site is active all the time. */
  readonly everywhere: boolean;
  /** The other site has said that it was not active since it has fenced this one. */
  readonly upToDate: boolean;
}

/** Makes a run the one of this site; the same run again only renews its lease. */
export function claimed(register: SiteRegister, { input, epoch, peer, nowMs, leaseMs, everywhere, upToDate }: Claim): Transition {
  const leaseUntilMs = nowMs + leaseMs;
  if (register.run?.input.id === input.id) {
    return register.run.stage === 'concluded'
      ? refused(`run '${input.id}' has ended as '${register.run.outcome}': start another one with an id of its own`)
      : to({ ...register, run: { ...takenUp(register.run), leaseUntilMs } });
  }
  const other = openRun(register);
  if (other && other.leaseUntilMs > nowMs) {
    return refused(
      `run '${other.input.id}' (${other.input.kind}) is under way; it is taken for dead in ${words(other.leaseUntilMs - nowMs)}`,
    );
  }
  if (other && other.stage !== 'begun' && !givesUp(input, other, nowMs)) {
    return refused(
      `run '${other.input.id}' (${other.input.kind}) has stopped in the middle: start it again with the same id, so that it goes on, or give it up with 'abandon'`,
    );
  }
  const follows = input.kind === 'rebuild' || input.kind === 'failback';
  if (register.role === 'active' && (!everywhere || follows) && input.kind !== 'rehearsal') {
    return refused('this site is active');
  }
  if (register.fence && !register.fence.final && input.kind !== 'rehearsal' && input.kind !== 'failover') {
    return refused(`${register.fence.by} has fenced this site and is not active yet`);
  }
  // nobody has asked for whom it is fenced, and that one may be about to write
  if (register.fence && !register.fence.final && input.kind === 'failover' && register.fence.by !== peer) {
    return refused(`${register.fence.by} has fenced this site and is not active yet: take over from that one`);
  }
  if (input.kind === 'switchover' && register.role === 'fenced') {
    return refused('this site was fenced and its data follows nobody: it has to be rebuilt first, as a failback does');
  }
  if (input.kind === 'failover' && register.fence && (register.fence.final || !upToDate) && !input.acceptOldData) {
    const since = new Date(register.fence.sinceMs).toISOString();
    return refused(
      `this site was fenced at ${since} and not rebuilt since: 'acceptOldData' says that all written elsewhere since may be lost`,
    );
  }
  const old = register.fence && !upToDate ? { old: true } : {};
  const run: RunRecord = { input, stage: 'begun', epoch, begunMs: nowMs, leaseUntilMs, peer, ...old, steps: {} };
  const next = { ...register, seen: takesOver(input.kind) ? Math.max(register.seen, epoch) : register.seen, run };
  return to(other ? withEnded(next, leftBehind(other, input, nowMs)) : next);
}

/** What has halted a run counts as removed once somebody goes on with it; that it is undone stays so. */
function takenUp(run: RunRecord): RunRecord {
  const { problem: _, ...rest } = run;
  return run.stage === 'undoing' ? run : rest;
}

/** A run that another one replaces. */
function leftBehind(run: RunRecord, { id }: RunInput, nowMs: number): RunRecord {
  return over(run, outcomeOf(run), nowMs, `${run.problem ?? DIED}; given up for run '${id}'`);
}

/** A failover gives up any run that has halted, at the price of what was written since; a rebuild gives up another one. */
function givesUp({ kind, abandon, acceptOldData }: RunInput, run: RunRecord, nowMs: number): boolean {
  const allowed = kind === 'failover' ? acceptOldData === true : run.stage === 'rebuilding' && (kind === 'rebuild' || kind === 'failback');
  return allowed && isAbandoned(run, abandon, nowMs);
}

/** Goes on to a stage that comes next; where it is already, it stays. */
export function advanced(register: SiteRegister, id: string, from: readonly RunStage[], next: RunStage): Transition {
  return changed(register, id, (run) =>
    run.stage === next || from.includes(run.stage)
      ? { ...run, stage: next, ...(next === 'fencing' ? { asked: true } : {}) }
      : refused(`run '${id}' is '${run.stage}'`),
  );
}

/** Keeps what a step has found, and renews the lease. */
export function stepTaken(register: SiteRegister, id: string, step: string, record: StepRecord, leaseUntilMs: number): Transition {
  return changed(register, id, (run) => ({
    ...run,
    leaseUntilMs: Math.max(run.leaseUntilMs, leaseUntilMs),
    steps: { ...run.steps, [step]: record },
  }));
}

/** Nobody takes the run for dead before a moment. */
export function leaseRenewed(register: SiteRegister, id: string, leaseUntilMs: number): Transition {
  return changed(register, id, (run) => ({ ...run, leaseUntilMs: Math.max(run.leaseUntilMs, leaseUntilMs) }));
}

/** The other site is fenced, or a person has said that it is down. */
export function peerKnown(register: SiteRegister, id: string, peerState: NonNullable<RunRecord['peerState']>): Transition {
  return changed(register, id, (run) => (run.stage === 'fencing' ? { ...run, peerState } : refused(`run '${id}' is '${run.stage}'`)));
}

/** From here there is no way back. Whatever has fenced this site before is over, for its own epoch is higher. */
export function committed(register: SiteRegister, id: string): Transition {
  const run = openRun(register);
  if (run?.input.id === id && (run.stage === 'committed' || run.stage === 'activated')) {
    return to(register);
  }
  if (register.fence && run && register.fence.epoch > run.epoch) {
    return refused(`${register.fence.by} has fenced this site with epoch ${register.fence.epoch}, which is above ${run.epoch}`);
  }
  const { fence, ...rest } = register;
  const next: SiteRegister = {
    ...rest,
    role: register.role === 'fenced' ? 'standby' : register.role,
    lifted: Math.max(register.lifted, fence?.epoch ?? 0),
    gate: ajar(register.gate),
  };
  return changed(next, id, (found) =>
    found.stage === 'fencing' && found.peerState
      ? { ...found, stage: 'committed' }
      : refused(`run '${id}' is '${found.stage}', and nobody has fenced the other site`),
  );
}

/** Makes this site the active one; only once every step is done that has to be. */
export function activated(register: SiteRegister, id: string, needed: readonly string[], isHome: boolean): Transition {
  const run = openRun(register);
  if (run?.input.id === id && run.stage === 'activated') {
    return to(register);
  }
  const missing = needed.filter((step) => run?.steps[step]?.state !== 'done');
  if (missing.length > 0) {
    return refused(`not done yet: ${missing.join(', ')}`);
  }
  if (register.gate !== 'open') {
    return refused('the application and its writers are still kept out of this site');
  }
  if (!run || register.seen > run.epoch) {
    return refused(`an epoch above that of run '${id}' is known here`);
  }
  const { counts: _, openedMs: __, ...rest } = register;
  const next: SiteRegister = {
    ...rest,
    role: 'active',
    epoch: run.epoch,
    diverted: !isHome,
    ...(isHome ? {} : { shown: true }),
    reclaimed: isHome,
    tookFrom: run.peer,
    left: { ...leftOf(register), [run.peer]: run.epoch },
    activeSinceMs: run.begunMs,
  };
  return changed(next, id, (found) =>
    found.stage === 'committed' ? { ...found, stage: 'activated' } : refused(`run '${id}' is '${found.stage}'`),
  );
}

/** Data follows that of the active site; where all sites are active, this one is so again. */
export function joined(
  register: SiteRegister,
  id: string,
  { epoch, everywhere }: { readonly epoch: number; readonly everywhere: boolean },
): Transition {
  const { fence, ...rest } = register;
  const next: SiteRegister = {
    ...rest,
    role: everywhere ? 'active' : 'standby',
    // above all with which this site was left, so that nobody who has not heard of its return takes it for one that goes on by mistake
    epoch: everywhere ? Math.max(epoch, register.seen) : register.epoch,
    seen: Math.max(register.seen, epoch),
    lifted: Math.max(register.lifted, fence?.epoch ?? 0, everywhere ? epoch : 0),
    gate: ajar(register.gate),
    diverted: false,
    reclaimed: false,
    ...(register.late ? { late: { countedBy: id, ...register.late } } : {}),
  };
  return changed(next, id, (run) => {
    const again = run.stage === 'begun' && run.steps.join !== undefined;
    return run.stage === 'rebuilding' || again ? { ...run, stage: 'begun' } : refused(`run '${id}' is '${run.stage}'`);
  });
}

/** Begins to put back what was changed; refused where that cannot be, and only noted where it is not to be. */
export function undoBegun(register: SiteRegister, id: string, problem: string): Transition {
  return changed(register, id, (run) => {
    const noted = { ...run, problem: run.problem ?? problem };
    if (hasRebuilt(run)) {
      return noted;
    }
    return ['begun', 'fencing', 'undoing'].includes(run.stage) ? { ...noted, stage: 'undoing' } : refused(`run '${id}' is '${run.stage}'`);
  });
}

/** Ends a run; one that is halted stays open, so that it can go on. */
export function concluded(register: SiteRegister, id: string, { outcome, nowMs, problem, steps }: End): Transition {
  const next = changed(register, id, (run) => {
    const last = {
      ...run,
      steps: { ...run.steps, ...steps },
      ...(problem === undefined ? {} : { problem: run.problem ?? problem }),
    };
    return outcome === 'halted' ? { ...last, leaseUntilMs: nowMs } : over(last, outcome, nowMs);
  });
  const run = next.register?.run;
  return next.register && run?.stage === 'concluded' ? to(withEnded(next.register, run)) : next;
}

/** How a run ends. */
export interface End {
  readonly outcome: RunOutcome;
  readonly nowMs: number;
  readonly problem?: string;
  /** Steps that nobody has told of yet. */
  readonly steps?: RunRecord['steps'];
}

function changed(register: SiteRegister, id: string, change: (run: RunRecord) => RunRecord | Transition): Transition {
  const run = openRun(register);
  if (run?.input.id !== id) {
    return refused(
      register.run?.input.id === id ? `run '${id}' has ended as '${register.run.outcome}'` : `run '${id}' is not that of this site`,
    );
  }
  const next = change(run);
  return 'steps' in next ? to({ ...register, run: next }) : next;
}
