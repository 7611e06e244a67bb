import type { Duration } from 'aws-cdk-lib/core';
import type { Disruption } from '../model/disruption';

/** How much data may be lost and how long the service may be down. */
export interface RecoveryObjectiveProps {
  /** Recovery point objective: the most data that may be lost, as time. */
  readonly rpo: Duration;
  /** Recovery time objective: the longest time until the data is usable again. */
  readonly rto: Duration;
}

/**
 * A promise: how much data may be lost (RPO) and how long the service may be down (RTO).
 *
 * @example
 * // four hours for everything but the loss of the Region, where a day will do
 * RecoveryObjective.of({ rpo: Duration.hours(4), rto: Duration.hours(4) })
 *   .during(Disruption.REGION_LOSS, { rpo: Duration.hours(24), rto: Duration.hours(24) });
 */
export class RecoveryObjective {
  /** Promises the same for every disruption. Both spans have to be known at synth: `Protection` refuses tokens. */
  public static of(props: RecoveryObjectiveProps): RecoveryObjective {
    return new RecoveryObjective(props.rpo, props.rto, new Map());
  }

  private constructor(
    /** The most data that may be lost, as time. */
    public readonly rpo: Duration,
    /** The longest time until the data is usable again. */
    public readonly rto: Duration,
    /**
     * What `during()` said.
     * @internal
     */
    public readonly _exceptions: ReadonlyMap<Disruption, RecoveryObjectiveProps>,
  ) {}

  /** Returns an objective that promises something else when this disruption strikes; it then has to be survived. */
  public during(disruption: Disruption, objective: RecoveryObjectiveProps): RecoveryObjective {
    return new RecoveryObjective(this.rpo, this.rto, new Map([...this._exceptions, [disruption, objective]]));
  }
}
