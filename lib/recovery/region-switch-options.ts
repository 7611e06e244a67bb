import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';
import type { RegionSwitchPurpose } from './region-switch-purpose';

/** How a plan of ARC Region switch runs the recovery. */
export interface RegionSwitchOptions {
  /**
   * What the plan has the machine do. A plan cannot tell one from the other, so each has a plan of its own.
   * @default RegionSwitchPurpose.FAILOVER
   */
  readonly purpose?: RegionSwitchPurpose;
  /**
   * The name of the plan, unique in the account: 1 to 32 letters, digits or hyphens, with a hyphen neither first nor last. Another name replaces the plan.
   * @default - the name of the recovery, and `-failover` or `-switchover`
   */
  readonly planName?: string;
  /**
   * Who approves an execution, where the recovery asks a person: a role of the account of the sites.
   * @default - a role that whoever may assume roles of the account can take, and that can do nothing else
   */
  readonly approvalRole?: IRole;
  /**
   * How long the plan asks for one of its steps before it calls that failed, in whole minutes from 1 to 1440. Restores need most.
   * @default Duration.hours(1)
   */
  readonly stepTimeout?: Duration;
}
