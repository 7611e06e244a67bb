import { CfnFramework, CfnReportPlan } from 'aws-cdk-lib/aws-backup';
import { CfnResource, Names, Stack } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';
import { known } from '../../core/private/known';
import { warn } from '../../core/private/problems';
import { differ } from '../../model/differ';
import { checkCount } from '../../model/limits';

const NAME_LENGTH = 100;
const RECORDER = 'AWS::Config::ConfigurationRecorder';

/** A name that Audit Manager takes, unique for the construct and stable between synths. */
export function auditName(construct: Construct): string {
  const name = Names.uniqueResourceName(construct, { maxLength: NAME_LENGTH, separator: '_', allowedSpecialCharacters: '_' });
  return /^[A-Za-z]/.test(name) ? name : `A_${name}`.slice(0, NAME_LENGTH);
}

/** Counts frameworks, their controls and report plans of the whole app against the quotas of one account and Region. */
export function tooMany(construct: IConstruct): string[] {
  const { environment } = Stack.of(construct);
  const near = everythingNear(construct).filter((cfn) => Stack.of(cfn).environment === environment);
  const frameworks = near.filter((cfn) => cfn instanceof CfnFramework);
  const controls = frameworks.flatMap((cfn) => {
    const resolved: unknown = Stack.of(cfn).resolve(cfn.frameworkControls);
    return Array.isArray(resolved) ? resolved : [];
  });
  const problems = [
    checkCount('frameworks', frameworks.length),
    checkCount('auditControls', controls.length),
    checkCount('reportPlans', near.filter((cfn) => cfn instanceof CfnReportPlan).length),
  ];
  return problems.flatMap((problem) => (problem ? [`${problem.message} (${problem.code} at '${construct.node.path}')`] : []));
}

/** Warns where nothing of this app makes AWS Config record in the account and Region: controls are rules of AWS Config. */
export function requireRecorder(framework: IConstruct): void {
  if (!everythingNear(framework).some(({ cfnResourceType }) => cfnResourceType === RECORDER)) {
    warn(
      framework,
      'ConfigRecorderUnknown',
      'needs AWS Config to record in this account and Region, and nothing in the app makes it: without it the framework stays without an answer. Turn recording on, and acknowledge this',
    );
  }
}

/** Resources of the whole app that are not known to be in another account or Region. */
function everythingNear(construct: IConstruct): readonly CfnResource[] {
  const { account, region } = Stack.of(construct);
  return construct.node.root.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node))
    .filter((cfn) => {
      const there = Stack.of(cfn);
      return differ(known(there.account), known(account)) !== true && differ(known(there.region), known(region)) !== true;
    });
}
