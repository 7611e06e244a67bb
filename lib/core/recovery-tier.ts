import { Duration } from 'aws-cdk-lib/core';
import { LADDER_DAYS } from '../model/retention';
import { CRITICAL, IMPORTANT, LOW, STANDARD, type TierModel } from '../model/tiers';
import { RecoveryObjective } from './recovery-objective';
import { RetentionPolicy } from './retention-policy';

/** What a tier of your own promises. */
export interface RecoveryTierProps {
  /** How much data may be lost and how long the service may be down. */
  readonly objective: RecoveryObjective;
  /**
   * How the promise is usually kept, in words for people.
   * @default - derived from the objective
   */
  readonly strategy?: string;
  /**
   * What is kept for how long.
   * @default RetentionPolicy.standard()
   */
  readonly retention?: RetentionPolicy;
  /**
   * Point-in-time recovery for the services that have it (RDS, Aurora and S3 through AWS Backup).
   * @default - true where the RPO is 4 hours or less
   */
  readonly continuous?: boolean;
  /**
   * Time between recovery points.
   * @default - the longest that keeps the objective
   */
  readonly recoveryPointsEvery?: Duration;
}

/** How important something is: an objective with the strategy and the retention that go with it. */
export class RecoveryTier {
  /** RPO 1 hour, RTO 1 hour: real-time replication and automatic failover. */
  public static readonly CRITICAL = RecoveryTier.fromModel(CRITICAL);
  /** RPO 4 hours, RTO 4 hours: hourly recovery points and automatic restore. */
  public static readonly IMPORTANT = RecoveryTier.fromModel(IMPORTANT);
  /** RPO 24 hours, RTO 24 hours: full backups at least daily. */
  public static readonly STANDARD = RecoveryTier.fromModel(STANDARD);
  /** RPO 7 days, RTO 7 days: full backups at least weekly. */
  public static readonly LOW = RecoveryTier.fromModel(LOW);

  /** A tier of your own. */
  public static custom(name: string, props: RecoveryTierProps): RecoveryTier {
    const { rpo } = props.objective;
    // a Protection refuses an RPO that is only known at deploy time
    const continuous = props.continuous ?? (!rpo.isUnresolved() && rpo.toMilliseconds({ integral: false }) <= IMPORTANT.rpoMs);
    return new RecoveryTier(
      name,
      props.objective,
      props.strategy ?? (continuous ? IMPORTANT.strategy : STANDARD.strategy),
      props.retention ?? RetentionPolicy.standard(),
      continuous,
      props.recoveryPointsEvery,
    );
  }

  private static fromModel(tier: TierModel): RecoveryTier {
    const keep = (rung: TierModel['rungs'][number]) => (tier.rungs.includes(rung) ? Duration.days(LADDER_DAYS[rung]) : undefined);
    return new RecoveryTier(
      tier.name,
      RecoveryObjective.of({ rpo: Duration.millis(tier.rpoMs), rto: Duration.millis(tier.rtoMs) }),
      tier.strategy,
      RetentionPolicy.ladder({ daily: keep('daily'), weekly: keep('weekly'), monthly: keep('monthly') }),
      tier.continuous,
      tier.everyMs === undefined ? undefined : Duration.millis(tier.everyMs),
    );
  }

  private constructor(
    /** What reports call it. */
    public readonly name: string,
    /** How much data may be lost and how long the service may be down. */
    public readonly objective: RecoveryObjective,
    /** How the promise is usually kept, in words. */
    public readonly strategy: string,
    /** What is kept for how long. */
    public readonly retention: RetentionPolicy,
    /** Point-in-time recovery for the services that have it. */
    public readonly continuous: boolean,
    /** Time between recovery points; derived from the objective where left out. */
    public readonly recoveryPointsEvery?: Duration,
  ) {}
}
