import type { RunInput, SiteConfig, SiteRegister } from '../../model/recovery';
import {
  type PlanExecution,
  runOfExecution,
  SWITCH_STEPS,
  type SwitchPlan,
  type SwitchStep,
  switchProgress,
} from '../../model/recovery/region-switch';
import { MINUTE, SECOND } from '../../model/time';

/** What a step of a plan needs of AWS. */
export interface SwitchPorts {
  now(): number;
  pause(ms: number): Promise<void>;
  config(): Promise<SiteConfig>;
  register(): Promise<SiteRegister | undefined>;
  /** The executions under way of plans of these names that make this Region active. */
  executions(names: readonly string[]): Promise<readonly (PlanExecution & { readonly plan: string })[]>;
  /** Starts an execution of the machine; one of that name stays as it is. */
  start(name: string, run: RunInput): Promise<void>;
  /** Why the execution of a name has failed, if it has. */
  failure(name: string): Promise<string | undefined>;
}

/** Shorter than the time after which the plan asks again. */
const PATIENCE_MS = 45 * SECOND;
const PAUSE_MS = 5 * SECOND;
/** A run that has stopped is started again so often at most, by the name of the execution. */
const RESTART_EVERY_MS = 15 * MINUTE;

/**
 * Takes the step at which a plan is: has the machine of this site run, and answers once that is past the step. What a plan hands over is not
 * documented, so nothing of it is believed: the service itself is asked which execution is at which step.
 */
export async function takeStep(
  plans: readonly SwitchPlan[],
  ports: SwitchPorts,
): Promise<{ readonly step: SwitchStep; readonly words: string }> {
  const { step, run } = await underWay(plans, ports);
  const config = await ports.config();
  const untilMs = ports.now() + PATIENCE_MS;
  for (;;) {
    const { state, words } = switchProgress(step, await ports.register(), run.id, config, ports.now());
    if (state === 'done') {
      return { step, words };
    }
    if (state === 'failed') {
      throw new Error(words);
    }
    if (state === 'absent') {
      await begin(step, run, ports);
    }
    if (state === 'stopped') {
      await ports.start(`${run.id}-${Math.floor(ports.now() / RESTART_EVERY_MS)}`, run);
    }
    if (ports.now() >= untilMs) {
      throw new Error(`${words}; ask again`);
    }
    await ports.pause(PAUSE_MS);
  }
}

/** Only the first step begins a run: a later one whose run is not there comes for one that another run has replaced. */
async function begin(step: SwitchStep, run: RunInput, ports: SwitchPorts): Promise<void> {
  if (step !== SWITCH_STEPS[0]) {
    throw new Error(`run '${run.id}' is not, or no more, the one of this site, and '${step}' begins none`);
  }
  await ports.start(run.id, run);
  const failure = await ports.failure(run.id);
  if (failure !== undefined) {
    throw new Error(`run '${run.id}' did not begin: ${failure}`);
  }
}

async function underWay(plans: readonly SwitchPlan[], ports: SwitchPorts): Promise<{ readonly step: SwitchStep; readonly run: RunInput }> {
  const executions = await ports.executions(plans.map(({ name }) => name));
  const found = executions.flatMap((execution) => {
    const step = SWITCH_STEPS.find((name) => execution.steps.some((one) => one.name === name && one.status === 'running'));
    const plan = plans.find(({ name }) => name === execution.plan);
    return step && plan ? [{ step, run: runOfExecution(plan, execution) }] : [];
  });
  if (found.length !== 1) {
    throw new Error(
      found.length === 0
        ? 'no plan is at a step of this site: nothing is done for whoever else calls'
        : 'two plans are at a step of this site: cancel one of them',
    );
  }
  return found[0];
}
