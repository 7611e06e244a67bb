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
  /** When the disruption began, for the measured recovery time; left out: when the run began. */
  readonly sinceMs?: number;
  /** The run is a drill: recorded as such. */
  readonly drill?: boolean;
}
