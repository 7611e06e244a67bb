import { hasServed, openRun, type RunRecord, type SiteRegister } from './register';
import type { RunOutcome } from './run';

/** A run that is over and of which not all is told yet. */
export interface EndedRun {
  readonly run: RunRecord;
  /** Topic and metrics have it; only its record is missing. */
  readonly announced?: boolean;
}

/** So many runs may wait for their record: an item of a table has room for 400 KB (DynamoDB Developer Guide: quotas). */
const MOST = 10;

/** How a run ends that goes no further, by how far it has come. */
export function outcomeOf(run: RunRecord): RunOutcome {
  const { stage, steps, input, asked } = run;
  switch (stage) {
    case 'activated':
      return hasServed(run) ? 'completed' : 'halted';
    case 'undoing':
      return asked ? 'rolled-back' : 'aborted';
    case 'begun':
      if (hasRebuilt(run)) {
        return steps.join?.state === 'done' && run.problem === undefined ? 'completed' : 'halted';
      }
      return input.kind === 'rehearsal' ? rehearsed(steps) : 'aborted';
    default:
      return 'halted';
  }
}

/** Whether a rebuild has made its site follow the active one again: that is not undone, whatever does not work after it. */
export function hasRebuilt({ input, stage, steps }: RunRecord): boolean {
  // data is rebuilt in a stage of its own, so that whoever has begun after it has joined
  const joined = Object.entries(steps).some(([step, { facts }]) => step.startsWith('rebuild:') || facts?.joined === true);
  return input.kind === 'rebuild' && stage === 'begun' && joined;
}

function rehearsed(steps: RunRecord['steps']): RunOutcome {
  const own = Object.entries(steps).filter(([step]) => step.startsWith('rehearse:') || step.startsWith('tidy:'));
  return own.length > 0 && own.every(([, { state }]) => state === 'done') ? 'completed' : 'failed';
}

/** A run that is over. */
export function over(run: RunRecord, outcome: RunOutcome, nowMs: number, problem?: string): RunRecord {
  return { ...run, stage: 'concluded', outcome, concludedMs: nowMs, ...(problem === undefined ? {} : { problem }) };
}

/** Remembers a run that is over until it is put on record, whoever has ended it: nobody else may be left to do so. */
export function withEnded(register: SiteRegister, run: RunRecord): SiteRegister {
  return { ...register, ended: [...(register.ended ?? []), { run }].slice(-MOST) };
}

/** A run has been announced; it is forgotten once it is on record too. */
export function endTold(register: SiteRegister, { input, begunMs }: RunRecord, recorded: boolean): SiteRegister {
  const { ended = [], ...rest } = register;
  const isMeant = ({ run }: EndedRun) => run.input.id === input.id && run.begunMs === begunMs;
  const left = recorded ? ended.filter((one) => !isMeant(one)) : ended.map((one) => (isMeant(one) ? { ...one, announced: true } : one));
  return left.length === 0 ? rest : { ...rest, ended: left };
}

/** Whether somebody has to clean up after a run that dies, or go on with it; one that has only asked whether it may is over then. */
export function hasBegun({ stage, input, steps }: RunRecord): boolean {
  return stage !== 'begun' || (input.kind !== 'failover' && Object.keys(steps).length > 0);
}

/** Ends a run that has died before it had done anything. */
export function givenUpOn(register: SiteRegister, nowMs: number): SiteRegister {
  const run = openRun(register);
  if (run === undefined || run.leaseUntilMs > nowMs || hasBegun(run)) {
    return register;
  }
  const ended = over(run, outcomeOf(run), nowMs, run.problem ?? DIED);
  return withEnded({ ...register, run: ended }, ended);
}

/** Why a run is over that nobody has taken further. */
export const DIED = 'its execution has died, and nobody has taken it further';
