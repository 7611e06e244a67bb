import type { AlarmRequest } from './detection';
import type { RunStage, SiteRole } from './register';
import type { RunInput, RunOutcome } from './run';

/** Steps that the state machine of a site has its agent take. Each may be taken again at any time. */
export const RUN_STEPS = [
  'begin',
  'ask',
  'inject',
  'fence',
  'measure',
  'drain',
  'promote',
  'scale',
  'verify',
  'switch',
  'settle',
  'sendBack',
  'rebuild',
  'standBy',
  'join',
  'rehearse',
  'tidy',
  'undo',
  'conclude',
] as const;
export type RunStep = (typeof RUN_STEPS)[number];

/** What an agent is called with by its own state machine. */
export interface StepRequest {
  readonly op: RunStep;
  readonly run: RunInput;
  /** Name of the item of `data` or `compute` that the step is about. */
  readonly item?: string;
  /** What a person has answered to `ask`. */
  readonly approval?: Approval;
  /** Where the answer to `ask` is sent. */
  readonly token?: string;
  /** What the last step has answered. */
  readonly step?: Partial<StepAnswer>;
  /** Why the machine gives up, as Step Functions tells it. */
  readonly failure?: { readonly Error?: string; readonly Cause?: string };
}

/** The output with which a person lets a run go on; an empty object is a plain yes. */
export interface Approval {
  readonly otherSiteIsDown?: boolean;
  readonly otherAgentIsBroken?: boolean;
  readonly by?: string;
}

/** Fact of the step `fence`: who has let the run go on, by their own word. */
export const APPROVED_BY = 'approvedBy';

/** What every step answers. */
export interface StepAnswer {
  /** `pending`: take it again later. `failed`: it never will be done, so give up. */
  readonly state: 'pending' | 'done' | 'failed';
  readonly words: string;
}

/** What `begin` answers. */
export interface BeginAnswer extends StepAnswer {
  readonly way: 'ask' | 'takeOver' | 'rebuild' | 'rehearse' | 'undo' | 'conclude';
}

/** What `settle` answers. */
export interface SettleAnswer extends StepAnswer {
  /** The drill goes back after a while. */
  readonly thenBack: boolean;
}

/** What `conclude` answers. */
export interface ConcludeAnswer extends StepAnswer {
  readonly outcome: RunOutcome;
}

/** What the agent of another site may ask for. */
export type PeerRequest =
  | { readonly op: 'status'; readonly recovery: string; readonly from: string }
  /** Keep application and writers out; asked again until it is done. */
  | { readonly op: 'fencePeer'; readonly recovery: string; readonly from: string; readonly epoch: number; readonly abandon?: string }
  /** The run of this epoch will not go on: be again what was before. */
  | { readonly op: 'unfence'; readonly recovery: string; readonly from: string; readonly epoch: number }
  /** The one who asks is active with this epoch: hold no traffic any more. */
  | { readonly op: 'letGo'; readonly recovery: string; readonly from: string; readonly epoch: number; readonly sinceMs?: number }
  /** What somebody has to know who makes a replica of an item. */
  | { readonly op: 'describe'; readonly recovery: string; readonly from: string; readonly item: string; readonly epoch: number }
  | { readonly op: 'startExperiment'; readonly recovery: string; readonly from: string; readonly runId: string }
  | { readonly op: 'stopExperiment'; readonly recovery: string; readonly from: string; readonly experiment: string }
  /** Begin a run of your own that makes you a standby, and have it take the traffic back where it is a failback. */
  | { readonly op: 'start'; readonly recovery: string; readonly from: string; readonly run: RunInput };

/** What the agent of a site tells of it. */
export interface PeerStatus {
  readonly site: string;
  readonly role: SiteRole;
  readonly epoch: number;
  readonly seen: number;
  readonly diverted: boolean;
  readonly reclaimed: boolean;
  readonly tookFrom?: string;
  /** With which epoch other sites were left, as far as this one knows. */
  readonly left?: Readonly<Record<string, number>>;
  /** When the run began that has made it active. */
  readonly activeSinceMs?: number;
  readonly run?: {
    readonly id: string;
    readonly kind: RunInput['kind'];
    readonly epoch: number;
    readonly stage: RunStage;
    /** It goes on only when a person has it do so. */
    readonly halted?: boolean;
    readonly drill?: boolean;
    readonly begunMs?: number;
    /** Name of the site that it takes over from. */
    readonly peer?: string;
  };
}

/** What it answers to a request that changes something. */
export interface PeerAnswer {
  /** `refused`: it never will. */
  readonly state: 'pending' | 'done' | 'refused';
  readonly words: string;
  readonly facts?: Readonly<Record<string, string>>;
}

/** On a schedule, at every site. */
export interface GuardRequest {
  readonly op: 'guard';
}

/** Anything that the agent is called with. */
export type AgentRequest = StepRequest | PeerRequest | GuardRequest | AlarmRequest;
