import type { Duration } from 'aws-cdk-lib/core';
import type { AlarmActions } from '../core/alarm-actions';
import type { RecoveryObjective } from '../core/recovery-objective';
import type { RecoveryTier } from '../core/recovery-tier';
import type { Approval } from './approval';
import type { RecoveryStrategy } from './recovery-strategy';
import type { TrafficSwitch } from './traffic-switch';

/** Properties of a DisasterRecovery. */
export interface DisasterRecoveryProps {
  /** How much runs in the recovery Region before anything happens. */
  readonly strategy: RecoveryStrategy;
  /** The Region that has the traffic in good days, as plain text. */
  readonly primaryRegion: string;
  /** The Region that takes over, as plain text. */
  readonly recoveryRegion: string;
  /**
   * Further Regions that serve users, where the strategy is RecoveryStrategy.multiSite(). They need routing controls as `trafficSwitch`, and data that every
   * site can have: global tables, Aurora global databases, replicated buckets.
   * @default - none
   */
  readonly furtherRegions?: string[];
  /**
   * The Region that has the traffic at present. After a failover it is the only line to change, so that a deployment gives capacity to the site that needs
   * it; no data are touched by it.
   * @default - the primary Region
   */
  readonly activeRegion?: string;
  /**
   * What is promised when a Region is lost. Synth fails where the strategy cannot keep it.
   * @default - that of the tier; without either, times are reported and nothing is judged
   */
  readonly objective?: RecoveryObjective;
  /**
   * How important the application is; its objective holds where none is given.
   * @default - none
   */
  readonly tier?: RecoveryTier;
  /**
   * From the loss of a Region until somebody starts the failover: part of the recovery time.
   * @default - what watch() takes; without it, estimated
   */
  readonly detection?: Duration;
  /**
   * Whether a person has to say yes before the recovery site takes over.
   * @default Approval.byPerson()
   */
  readonly approval?: Approval;
  /**
   * What turns records.
   * @default TrafficSwitch.latches()
   */
  readonly trafficSwitch?: TrafficSwitch;
  /**
   * Who is told of alarms, by Region: CloudWatch acts in its own Region only. The topic of each site is always told.
   * @default - the topics of the sites
   */
  readonly alarmActionsIn?: { [region: string]: AlarmActions };
  /**
   * The account of all sites, twelve digits as plain text.
   * @default - the one that is deployed to
   */
  readonly account?: string;
  /**
   * The name by which sites know each other, unique in the account: 1 to 40 letters, digits or hyphens, the first a letter. Another name makes another
   * recovery.
   * @default - the id
   */
  readonly recoveryName?: string;
}
