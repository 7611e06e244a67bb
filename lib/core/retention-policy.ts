import { Duration } from 'aws-cdk-lib/core';
import { LADDER_DAYS, RECENT_MS } from '../model/retention';
import { RetentionRung } from './retention-rung';

/** How long each rung of a ladder is kept; a rung that is left out is not made. */
export interface RetentionLadderOptions {
  /**
   * How long daily recovery points are kept.
   * @default - no daily rung
   */
  readonly daily?: Duration;
  /**
   * How long weekly recovery points are kept.
   * @default - no weekly rung
   */
  readonly weekly?: Duration;
  /**
   * How long monthly recovery points are kept.
   * @default - no monthly rung
   */
  readonly monthly?: Duration;
  /**
   * How long yearly recovery points are kept.
   * @default - no yearly rung
   */
  readonly yearly?: Duration;
}

/**
 * What is kept for how long: grandfather, father, son.
 *
 * All rungs of `ladder()` run at the same minute on purpose: where start windows of two rules overlap, AWS Backup makes only
 * the recovery point with the longer retention, so nothing is stored twice.
 */
export class RetentionPolicy {
  /** Daily for 30 days, weekly for 3 months, monthly for 7 years. */
  public static standard(): RetentionPolicy {
    return RetentionPolicy.ladder({
      daily: Duration.days(LADDER_DAYS.daily),
      weekly: Duration.days(LADDER_DAYS.weekly),
      monthly: Duration.days(LADDER_DAYS.monthly),
    });
  }

  /** A rung for each span that is given. */
  public static ladder(options: RetentionLadderOptions): RetentionPolicy {
    const rungs: RetentionRung[] = [];
    if (options.daily) {
      rungs.push(RetentionRung.daily(options.daily));
    }
    if (options.weekly) {
      rungs.push(RetentionRung.weekly(options.weekly));
    }
    if (options.monthly) {
      rungs.push(RetentionRung.monthly(options.monthly));
    }
    if (options.yearly) {
      rungs.push(RetentionRung.yearly(options.yearly));
    }
    return RetentionPolicy.of(...rungs);
  }

  /** Any rungs; an empty policy keeps only what the objective needs. */
  public static of(...rungs: RetentionRung[]): RetentionPolicy {
    return new RetentionPolicy(rungs, Duration.millis(RECENT_MS));
  }

  private constructor(
    /** The rungs, as given. */
    public readonly rungs: RetentionRung[],
    /** How long recovery points are kept that the objective needs between the rungs: time to notice a mistake. */
    public readonly recent: Duration,
  ) {}

  /** Returns a policy that keeps the recovery points between the rungs for this long instead of 7 days. */
  public keepRecent(keep: Duration): RetentionPolicy {
    return new RetentionPolicy(this.rungs, keep);
  }
}
