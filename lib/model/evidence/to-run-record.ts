import { APPROVED_BY, type Measured, type RunRecord } from '../recovery';
import type { ConcludedRun } from './concluded-run';
import type { RecordLink } from './evidence-record';
import type { RecordedApproval, RunAchieved, RunEvidence, RunPoint, RunTime } from './run-evidence';

/** Where in the chain of a site a record goes. */
export interface RunPlace {
  readonly sequence: number;
  readonly previous?: RecordLink;
}

/** The record of a run, but for the pages, which are made from it. */
export function toRunRecord(concluded: ConcludedRun, { sequence, previous }: RunPlace): Omit<RunEvidence, 'pages'> {
  const { recovery, site, run, outcome, problem, measured, concludedMs } = concluded;
  const { input, epoch, begunMs, peer, peerState, steps } = run;
  return {
    version: 1,
    kind: 'recovery-run',
    recovery,
    site,
    sequence,
    ...(previous && { previous }),
    concludedMs,
    run: { input, epoch, begunMs, peer, ...(peerState && { peerState }), steps },
    approval: approvalOf(concluded),
    outcome,
    ...(problem === undefined ? {} : { problem }),
    achieved: runAchievedOf(measured, outcome),
  };
}

/** What was measured of a run that did not complete says nothing about a recovery. */
export function runAchievedOf({ recoveryTime, recoveryPoint }: Measured, outcome: RunEvidence['outcome']): RunAchieved {
  const time = objective(recoveryTime, outcome);
  const { items, unknown } = recoveryPoint;
  const point: RunPoint = { ...objective(recoveryPoint, outcome), items, unknown };
  return { recoveryTime: time, recoveryPoint: point };
}

function objective({ verdict, promisedMs, ms }: Measured['recoveryTime' | 'recoveryPoint'], outcome: RunEvidence['outcome']): RunTime {
  const completed = outcome === 'completed';
  return {
    outcome: completed || verdict === 'not-promised' ? verdict : 'unknown',
    ...(promisedMs === undefined ? {} : { promisedMs }),
    ...(completed && ms !== undefined ? { ms } : {}),
  };
}

/** A run that has come to the fence was let on. */
function approvalOf({ approvalRequired: required, run }: ConcludedRun): RecordedApproval {
  const { input, steps } = run;
  if (input.approved === true) {
    return { required, given: 'beforehand', by: input.by };
  }
  const by = nameIn(steps);
  return required && steps.fence ? { required, given: 'on-request', ...(by === undefined ? {} : { by }) } : { required };
}

function nameIn({ fence }: RunRecord['steps']): string | undefined {
  const by = fence?.facts?.[APPROVED_BY];
  // a command that was pasted as it came names nobody
  return typeof by === 'string' && by !== '' && !/^<.*>$/.test(by) ? by : undefined;
}
