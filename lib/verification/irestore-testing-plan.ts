import type { IRestoreTestingPlanRef } from 'aws-cdk-lib/aws-backup';
import type { IResource } from 'aws-cdk-lib/core';

/** A restore testing plan of AWS Backup, defined here or imported. */
export interface IRestoreTestingPlan extends IResource, IRestoreTestingPlanRef {
  /**
   * The ARN of the plan, which events of its restore jobs carry.
   * @attribute
   */
  readonly restoreTestingPlanArn: string;
  /**
   * The name of the plan.
   * @attribute
   */
  readonly restoreTestingPlanName: string;
}
