import { CfnResource, Stack } from 'aws-cdk-lib/core';
import { resourceId } from '../core/private/inventory';
import type { ConcernFact } from '../model/facts';
import { checkAutomatedRetention, checkBackupWindow } from '../model/limits/databases';
import { concernOf } from './facts';
import type { Target } from './service';
import { numberOf, settingOf, textOf } from './settings';

const INSTANCE = 'AWS::RDS::DBInstance';

/** What RDS refuses about the automated backups of a database, whether or not a plan protects it. */
export function standingConcerns(target: Target): readonly ConcernFact[] {
  const { cfn, type } = target;
  if (!cfn || !['RDS', 'RDSCluster', 'Aurora'].includes(type)) {
    return [];
  }
  return [
    ...concernOf(target, checkAutomatedRetention(numberOf(cfn, 'backupRetentionPeriod'), type === 'RDS' ? 'instance' : 'cluster')),
    ...concernOf(target, checkBackupWindow(textOf(cfn, 'preferredBackupWindow'), textOf(cfn, 'preferredMaintenanceWindow'))),
    ...(type === 'RDS' ? [] : membersOf(target).flatMap((member) => memberConcerns(target, member))),
  ];
}

/** The instances of a cluster that this app defines in the same stack. */
export function membersOf({ cfn, construct }: Target): readonly CfnResource[] {
  // an L2 has its instances below it, those of an L1 may be anywhere in the stack
  const around = construct === cfn ? Stack.of(construct) : construct;
  return around.node
    .findAll()
    .filter((node): node is CfnResource => CfnResource.isCfnResource(node) && node.cfnResourceType === INSTANCE)
    .filter((instance) => construct !== cfn || settingOf(instance, 'dbClusterIdentifier') === cfn.ref);
}

/** The cluster holds the data, so it has the backups too. */
function memberConcerns({ id }: Target, member: CfnResource): readonly ConcernFact[] {
  return settingOf(member, 'backupRetentionPeriod') === undefined
    ? []
    : [
        {
          kind: 'concern',
          severity: 'error',
          code: 'RetentionOnMember',
          by: resourceId(member),
          resource: id,
          message: `'backupRetentionPeriod' is set on an instance of the cluster '${id}', but RDS takes it on the cluster only: set it there`,
        },
      ];
}
