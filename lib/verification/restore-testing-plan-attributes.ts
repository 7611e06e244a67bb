/** What is known about a restore testing plan that exists already. */
export interface RestoreTestingPlanAttributes {
  /** The ARN of the plan, such as `arn:aws:backup:ap-northeast-1:111122223333:restore-testing-plan:Weekly-0b7f`. */
  readonly restoreTestingPlanArn: string;
  /** The name of the plan, such as `Weekly`. */
  readonly restoreTestingPlanName: string;
}
