/** What a state machine is asked for; it always acts for its own site. */
export type RunKind =
  /** This site takes over, whatever has become of the other. */
  | 'failover'
  /** This site takes over from one that is well, and nothing is lost. */
  | 'switchover'
  /** This site is made a standby of the active one again. */
  | 'rebuild'
  /** `rebuild`, then `switchover`. */
  | 'failback'
  /** Data is restored and looked at in isolation; neither traffic nor replication is touched. */
  | 'rehearsal';

/** Input of an execution. */
export interface RunInput {
  readonly kind: RunKind;
  /** Names the run: a second execution with the same one goes on where the first has stopped. */
  readonly id: string;
  /** Set by whoever starts it in words, such as `drill` or a name. */
  readonly by: string;
  /** A person has said yes already. */
  readonly approved?: boolean;
  /** A person has seen that nothing writes at the other site any more, where its agent cannot be reached. */
  readonly otherSiteIsDown?: boolean;
  /** A person has seen so although the Region of the other site answers: its agent was deleted, or this one may not call it. */
  readonly otherAgentIsBroken?: boolean;
  /** Id of a run that has halted and is to be given up for this one. */
  readonly abandon?: string;
  /** When the disruption began, for the measured recovery time; left out: when the run began. */
  readonly sinceMs?: number;
  /** The run is a drill: recorded as such. */
  readonly drill?: boolean;
  /** Region of the site that the traffic leaves; left out: the only other one. */
  readonly from?: string;
  /** A person accepts that this site was fenced before and never rebuilt, so that all written elsewhere since is lost. */
  readonly acceptOldData?: boolean;
  /** The experiment of the other site is started first, and stopped at the end whatever happens. */
  readonly injectFault?: boolean;
  /** When the traffic has been here for `holdMs` of the drill, the other site is asked to fail back. */
  readonly thenBack?: boolean;
}

/** Whether a run takes the traffic, so that two sites must not do it at once. */
export function takesOver(kind: RunKind): boolean {
  return kind === 'failover' || kind === 'switchover' || kind === 'failback';
}

/** How a run ends; docs/runbook.md says for each what to do next. */
export type RunOutcome =
  /** It did what it was asked for. */
  | 'completed'
  /** It did not begin: nothing was changed. */
  | 'refused'
  /** It ended before anything was changed. */
  | 'aborted'
  /** What it had changed was put back as it was. */
  | 'rolled-back'
  /** Something cannot be put back: the same run, started again, goes on. */
  | 'halted'
  /** Another site has taken over in the meantime with a higher epoch. */
  | 'superseded'
  /** A rehearsal has shown that recovering would not have worked. */
  | 'failed';
