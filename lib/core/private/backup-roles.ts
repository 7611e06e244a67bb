import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Stack, Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { abilitiesOf, RESOURCE_TYPES, type ResourceType } from '../../model/services';

interface RoleKind {
  /** The id is part of the logical id: a change replaces the role and with it every selection. */
  readonly id: string;
  readonly description: string;
  policiesOf(type: ResourceType): readonly string[];
}

const BACKUP: RoleKind = {
  id: 'RecoveryBackupRole',
  description: 'AWS Backup makes, copies and expires recovery points with it',
  policiesOf: (type) => abilitiesOf(type).backupPolicies,
};

const RESTORE: RoleKind = {
  id: 'RecoveryRestoreRole',
  description: 'AWS Backup restores recovery points with it',
  policiesOf: (type) => abilitiesOf(type).restorePolicies,
};

/**
 * The role with which AWS Backup makes recovery points of these types: one for each stack, which learns further types.
 *
 * It uses AWS managed policies, because a list of our own would fall behind the service and let backups fail.
 */
export function backupRoleOf(scope: IConstruct, types: readonly ResourceType[]): Role {
  return roleOf(scope, BACKUP, types);
}

/** The role with which AWS Backup restores recovery points of these types: one for each stack. */
export function restoreRoleOf(scope: IConstruct, types: readonly ResourceType[]): Role {
  return roleOf(scope, RESTORE, types);
}

function roleOf(scope: IConstruct, kind: RoleKind, types: readonly ResourceType[]): Role {
  const stack = Stack.of(scope);
  const role = (stack.node.tryFindChild(kind.id) as Role | undefined) ?? newRole(stack, kind);
  // Copies, tags and vaults belong to the general policy, so it is there even where only S3 is selected.
  for (const policy of new Set([...kind.policiesOf('EBS'), ...types.flatMap((type) => kind.policiesOf(type))])) {
    role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(policy));
  }
  return role;
}

function newRole(stack: Stack, { id, description, policiesOf }: RoleKind): Role {
  const role = new Role(stack, id, {
    description,
    assumedBy: new ServicePrincipal('backup.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': stack.account } } }),
  });
  for (const policy of new Set(RESOURCE_TYPES.flatMap(policiesOf))) {
    acknowledge(role, policy);
  }
  return role;
}

/** Auditing rules that object to managed policies find the reason on the role. */
function acknowledge(role: Role, policy: string): void {
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
    reason:
      'AWS keeps this policy in step with what AWS Backup needs for each resource type; a copy of it would fall behind and backups would fail',
  });
}
