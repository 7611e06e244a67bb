import type { Detection } from './detection';
import type { EndedRun } from './ended-runs';
import type { LateWrites } from './late-writes';
import type { RunInput, RunOutcome } from './run';
import type { SiteConfig } from './site-config';
import { servesEverywhere } from './strategy';

/** What a site is: `fenced` is one that must not write, `standby` one that follows the active one. */
export type SiteRole = 'active' | 'standby' | 'fenced';

/**
 * All that a site remembers, as one item of its table: it is written only over what was read, so that of two writers one is told. An
 * epoch belongs to one activation of one site, see `nextEpoch`.
 */
export interface SiteRegister {
  readonly version: 1;
  readonly role: SiteRole;
  /** Of the last activation of this site. */
  readonly epoch: number;
  /** The highest that this site knows of, taken or only claimed. */
  readonly seen: number;
  /** Up to which fences have been lifted: one that comes late does nothing. */
  readonly lifted: number;
  readonly fence?: Fence;
  /** How far resources are as the role says: whether application and writers are kept out. */
  readonly gate: GateState;
  /** What the gate has changed, to be put back: number of each part of the computing. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Since when the gate is open; `counts` are kept for a while then, as a call that comes late may shut what is open. */
  readonly openedMs?: number;
  /** Values of the two latches, see docs/adr/0021. */
  readonly diverted: boolean;
  readonly reclaimed: boolean;
  /** Health checks may still see that the traffic is here: what says otherwise was not published yet. */
  readonly shown?: boolean;
  /** Since when no other site holds traffic any more, while this one still says that it has taken it back. */
  readonly releasedMs?: number;
  /** Name of the site from which this one has taken over last. */
  readonly tookFrom?: string;
  /** With which epoch another site was left, by its name, as far as this one knows: by itself, or told by others. */
  readonly left?: Readonly<Record<string, number>>;
  /** When the run began that has made this site active; whatever was written here since may be nowhere else. */
  readonly activeSinceMs?: number;
  /** When the guard of this site has looked last while it was active. */
  readonly lookedMs?: number;
  /** What was written here after another site had taken over; nothing where that is not known, or was not. */
  readonly late?: LateWrites;
  /** When a run of this site has come to a good end last. */
  readonly provenMs?: number;
  /** ARNs of what was backed up at the other site, by item, as that one has told. */
  readonly sources?: Readonly<Record<string, string>>;
  /** The run that is under way, or the last one. */
  readonly run?: RunRecord;
  /** Runs that are over and not all told of, the oldest first. */
  readonly ended?: readonly EndedRun[];
  /** The last alarm that has asked for a failover. */
  readonly detection?: Detection;
}

export type GateState = 'open' | 'closing' | 'closed' | 'opening';

/** Why a site is fenced. */
export interface Fence {
  readonly epoch: number;
  /** Name of the site that asked for it. */
  readonly by: string;
  readonly sinceMs: number;
  /** What it was before, and goes back to where the fence is lifted. */
  readonly was: SiteRole;
  /** Another site is active with this epoch: it is not lifted any more. */
  readonly final: boolean;
  /** Since when there may be data at that site which this one lacks; left out: since it was fenced. */
  readonly apartMs?: number;
}

/** How far a run is. */
export type RunStage =
  /** Nothing has been changed anywhere. */
  | 'begun'
  /** Data of this site is made to follow that of the other one: there is no way back, only on. */
  | 'rebuilding'
  /** The other site may be fenced; all can be put back. */
  | 'fencing'
  /** Data has begun to change sides: there is no way back, only on. */
  | 'committed'
  /** This site is the active one. */
  | 'activated'
  /** What was changed is being put back. */
  | 'undoing'
  | 'concluded';

/** A run as its site remembers it. */
export interface RunRecord {
  readonly input: RunInput;
  readonly stage: RunStage;
  /** That of this site, if the run makes it active. */
  readonly epoch: number;
  readonly begunMs: number;
  /** Until when nobody else takes the run for dead. */
  readonly leaseUntilMs: number;
  /** Name of the site that it takes over from. */
  readonly peer: string;
  /** That one may have been active since it has fenced this one, so that data here is as old as the fence. */
  readonly old?: boolean;
  /** That one may have been asked to fence itself, so that there is something to be put back. */
  readonly asked?: boolean;
  /** Whether that one was fenced, or a person has said that it is down. */
  readonly peerState?: 'confirmed' | 'unreachable';
  /** By name of the step. */
  readonly steps: Readonly<Record<string, StepRecord>>;
  /** What went wrong, in words. */
  readonly problem?: string;
  readonly outcome?: RunOutcome;
  readonly concludedMs?: number;
}

/** A step that was taken at least once. */
export interface StepRecord {
  readonly state: 'pending' | 'done' | 'failed';
  readonly sinceMs: number;
  readonly untilMs?: number;
  /** What it found, in words. */
  readonly words: string;
  /** What later steps have to know. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

/** What a site is before its first run. */
export function initialRegister({ site, home, strategy }: Pick<SiteConfig, 'site' | 'home' | 'strategy'>): SiteRegister {
  const active = site === home || servesEverywhere(strategy);
  return {
    version: 1,
    role: active ? 'active' : 'standby',
    epoch: 0,
    seen: 0,
    lifted: 0,
    gate: 'open',
    diverted: false,
    reclaimed: false,
  };
}

/** The next epoch of a site: higher than all that are known, and never one that another site may take at the same moment. */
export function nextEpoch({ site, peers }: Pick<SiteConfig, 'site' | 'peers'>, known: readonly number[]): number {
  const sites = [site, ...peers.map((peer) => peer.site)].sort();
  const first = Math.max(0, ...known) + 1;
  const index = sites.indexOf(site);
  return first + ((((index - first) % sites.length) + sites.length) % sites.length);
}

/** The run that has not come to its end; nothing where there is none. */
export function openRun({ run }: SiteRegister): RunRecord | undefined {
  return run && run.stage !== 'concluded' ? run : undefined;
}

/** Whether a run is past help and was named to be given up: nobody takes it further, for a reason that it has told. */
export function isAbandoned({ input, leaseUntilMs, problem }: RunRecord, abandon: string | undefined, nowMs: number): boolean {
  return input.id === abandon && hasHalted({ leaseUntilMs, problem }, nowMs);
}

/** Whether nobody takes a run further, for a reason that it has told. */
export function hasHalted({ leaseUntilMs, problem }: Pick<RunRecord, 'leaseUntilMs' | 'problem'>, nowMs: number): boolean {
  return leaseUntilMs <= nowMs && problem !== undefined;
}

/** Traffic is here, and was sent back where the drill is to: whatever happens then, the run has done its work. */
export function hasServed({ stage, steps, input }: RunRecord): boolean {
  return stage === 'activated' && steps.settle?.state === 'done' && (input.thenBack !== true || steps.sendBack?.state === 'done');
}

/** With which epoch each site was left. */
export function leftOf({ left, tookFrom, epoch, role }: Pick<SiteRegister, 'left' | 'tookFrom' | 'epoch' | 'role'>): LeftSites {
  return left ?? (tookFrom !== undefined && role === 'active' ? { [tookFrom]: epoch } : {});
}

/** With which epoch a site was left, by its name. */
export type LeftSites = Readonly<Record<string, number>>;

/** The highest epoch for which this site is, or is bound to become, the active one. */
export function claimOf(register: SiteRegister): number {
  const run = openRun(register);
  const bound = run && (run.stage === 'committed' || run.stage === 'activated') ? run.epoch : 0;
  return Math.max(register.role === 'active' ? register.epoch : 0, bound);
}
