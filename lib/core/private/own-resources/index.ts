import type { CfnResource } from 'aws-cdk-lib/core';
import type { ConcernFact } from '../../../model/facts';
import type { Problem } from '../../../model/limits';
import { type Inventory, resourceId } from '../inventory';
import { judgeAlarm } from './alarm';
import { judgeBucket } from './bucket';
import { judgeDatabase } from './database';
import { judgeEventRule } from './event-rule';
import { judgeNames } from './names';
import { judgeOrganizationPolicy } from './organization-policy';
import { judgeBucketPolicy, judgeKey } from './policy';
import { judgeRegionSwitchPlan } from './region-switch-plan';
import { judgeRestoreTestingPlan, judgeRestoreTestingSelection } from './restore-testing';

type Judge = (cfn: CfnResource, inventory: Inventory) => readonly Problem[];

const JUDGES: ReadonlyMap<string, Judge> = new Map<string, Judge>([
  ['AWS::Events::Rule', judgeEventRule],
  ['AWS::CloudWatch::Alarm', judgeAlarm],
  ['AWS::S3::Bucket', judgeBucket],
  ['AWS::S3::BucketPolicy', judgeBucketPolicy],
  ['AWS::KMS::Key', judgeKey],
  ['AWS::RDS::DBInstance', judgeDatabase],
  ['AWS::ARCRegionSwitch::Plan', judgeRegionSwitchPlan],
  ['AWS::Organizations::Policy', judgeOrganizationPolicy],
  ['AWS::Backup::RestoreTestingPlan', judgeRestoreTestingPlan],
  ['AWS::Backup::RestoreTestingSelection', judgeRestoreTestingSelection],
  ['AWS::Backup::Framework', judgeNames({ FrameworkName: 'framework' })],
  ['AWS::Backup::ReportPlan', judgeNames({ ReportPlanName: 'report plan' })],
]);

/**
 * What an app itself sets up for its recovery, beside the constructs of this library: judged by the same limits, so that
 * it neither fails to deploy nor is silently useless.
 */
export class OwnResources {
  private readonly judged: { readonly cfn: CfnResource; readonly judge: Judge }[] = [];

  /** Looks at a resource while the tree is walked; it is judged later, when all of them are known. */
  public meet(cfn: CfnResource): void {
    const judge = JUDGES.get(cfn.cfnResourceType);
    if (judge) {
      this.judged.push({ cfn, judge });
    }
  }

  public concerns(inventory: Inventory): readonly ConcernFact[] {
    return this.judged.flatMap(({ cfn, judge }) => {
      const problems = judge(cfn, inventory);
      const by = problems.length > 0 ? resourceId(cfn) : '';
      const resource = inventory.has(by) ? by : undefined;
      return problems.map((problem): ConcernFact => ({ kind: 'concern', by, resource, ...problem }));
    });
  }
}
