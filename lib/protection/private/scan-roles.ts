import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

const ID = 'RecoveryScannerRole';

const permitted = new WeakSet<Role>();

/** The role that GuardDuty reads recovery points with: one for each stack. */
export function scannerRoleOf(scope: IConstruct): Role {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(ID) as Role | undefined;
  if (existing) {
    return existing;
  }
  const role = new Role(stack, ID, {
    description: 'GuardDuty scans recovery points for malware with it',
    assumedBy: new ServicePrincipal('malware-protection.guardduty.amazonaws.com'),
  });
  attach(role, 'AWSBackupGuardDutyRolePolicyForScans');
  return role;
}

/** Lets a backup role of this library start scans. */
export function permitScans(role: Role): void {
  if (!permitted.has(role)) {
    permitted.add(role);
    attach(role, 'AWSBackupServiceRolePolicyForScans');
  }
}

function attach(role: Role, policy: string): void {
  role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(policy));
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
    reason:
      'AWS keeps this policy in step with what a malware scan of recovery points needs; a copy of it would fall behind and scans would fail',
  });
}
