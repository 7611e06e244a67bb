import type { Duration } from 'aws-cdk-lib/core';

/** How a person approves. */
export interface PersonalApprovalOptions {
  /**
   * How long the failover waits for an answer, from 1 minute to 1 day; then it ends and has changed nothing. Part of the recovery time.
   * @default - an hour, or a quarter of the recovery time objective where that is shorter
   */
  readonly timeout?: Duration;
}

/** Whether a person has to say yes before a site takes over. Switchovers and drills that somebody starts need no further approval. */
export class Approval {
  /** A message in the topic of the site tells what happened, with the command that approves. */
  public static byPerson(options: PersonalApprovalOptions = {}): Approval {
    return new Approval(true, options.timeout);
  }

  /** Whoever starts a failover has decided: nobody is asked. A site that cannot be reached still has to be declared down by somebody. */
  public static none(): Approval {
    return new Approval(false);
  }

  private constructor(
    /** Whether a person is asked. */
    public readonly isRequired: boolean,
    /** How long it is waited for an answer. */
    public readonly timeout?: Duration,
  ) {}
}
