import type { SiteRegister } from './register';
import type { RunInput } from './run';
import type { SiteConfig } from './site-config';

/** Steps of a plan of ARC Region switch that the machine of the site takes, in their order. */
export const SWITCH_STEPS = ['Fence', 'Promote', 'Scale', 'Verify', 'Switch'] as const;
export type SwitchStep = (typeof SWITCH_STEPS)[number];

/** The step of a plan in which a person says yes, and that nothing writes at a site that cannot be reached. */
export const APPROVE_STEP = 'Approve';

/** Environment variables of the function that a plan calls, beside that of the machine. */
export const SWITCH_VARIABLES = { register: 'RECOVERY_REGISTER', plans: 'RECOVERY_PLANS' } as const;

/** A plan that a site takes steps of. */
export interface SwitchPlan {
  readonly name: string;
  readonly kind: 'failover' | 'switchover';
  /** It has a step for approval. */
  readonly asks: boolean;
}

/** An execution of a plan, as the service tells of it. */
export interface PlanExecution {
  readonly id: string;
  readonly steps: readonly { readonly name: string; readonly status: string }[];
}

/** What the machine is asked for by an execution. Where somebody has skipped the approval, the machine asks for it. */
export function runOfExecution({ kind, asks }: SwitchPlan, { id, steps }: PlanExecution): RunInput {
  const approved = steps.some(({ name, status }) => name === APPROVE_STEP && status === 'completed');
  return {
    kind,
    id: `arc-${id.replace(/[^A-Za-z0-9_-]/g, '-').slice(-LONGEST_ID)}`,
    by: 'ARC Region switch',
    ...(approved || !asks ? { approved: true } : {}),
    ...(approved ? { otherSiteIsDown: true } : {}),
  };
}

/** A run is called by 60 characters at most. */
const LONGEST_ID = 56;

/** How far a step of a plan is. */
export interface SwitchProgress {
  /** `stopped`: nobody takes the run further, but started again it goes on. */
  readonly state: 'absent' | 'pending' | 'stopped' | 'done' | 'failed';
  readonly words: string;
}

/** Whether a run has passed a step; what was passed once stays so. */
export function switchProgress(
  step: SwitchStep,
  register: SiteRegister | undefined,
  runId: string,
  { data, compute }: Pick<SiteConfig, 'data' | 'compute'>,
  nowMs: number,
): SwitchProgress {
  const run = register?.run;
  if (run?.input.id !== runId) {
    return { state: 'absent', words: `run '${runId}' has not begun` };
  }
  const { stage, steps, outcome, problem, leaseUntilMs } = run;
  if (stage === 'concluded') {
    return outcome === 'completed'
      ? { state: 'done', words: `run '${runId}' is completed` }
      : { state: 'failed', words: `run '${runId}' has ended as '${outcome}'${problem ? `: ${problem}` : ''}` };
  }
  if (stage === 'undoing') {
    return { state: 'failed', words: `run '${runId}' is being undone${problem ? `: ${problem}` : ''}` };
  }
  const needed: Readonly<Record<Exclude<SwitchStep, 'Switch'>, readonly string[]>> = {
    Fence: ['fence'],
    Promote: data.map(({ name }) => `promote:${name}`),
    Scale: compute.map(({ name }) => `scale:${name}`),
    Verify: ['verify'],
  };
  // traffic has not come before the run is completed
  const missing =
    step === 'Switch'
      ? ['conclude']
      : SWITCH_STEPS.slice(0, SWITCH_STEPS.indexOf(step) + 1).flatMap((one) => needed[one as keyof typeof needed]);
  const open = missing.filter((name) => steps[name]?.state !== 'done');
  if (open.length === 0) {
    return { state: 'done', words: `run '${runId}' has passed '${step}'` };
  }
  return leaseUntilMs <= nowMs
    ? { state: 'stopped', words: `run '${runId}' has stopped${problem ? `: ${problem}` : ''}` }
    : { state: 'pending', words: `run '${runId}' has not done yet: ${open.join(', ')}` };
}
