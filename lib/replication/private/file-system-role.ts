import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, type CfnResource, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../../core/private/wildcards';

/** What EFS may do with the destination (EFS User Guide: replicating across accounts). */
export const WRITE_ACTIONS = [
  'elasticfilesystem:CreateReplicationConfiguration',
  'elasticfilesystem:DeleteReplicationConfiguration',
  'elasticfilesystem:DescribeFileSystems',
  'elasticfilesystem:DescribeReplicationConfigurations',
  'elasticfilesystem:ReplicationWrite',
];
const READ_ACTIONS = ['elasticfilesystem:DescribeFileSystems', 'elasticfilesystem:ReplicationRead'];

/**
 * The role with which EFS replicates to another account. The source is not named by its id: it gets one when it is made, and names this
 * role then already.
 */
export function fileSystemRole(scope: Construct, source: CfnResource, destinationArn: string): Role {
  const sources = Stack.of(source).formatArn({
    service: 'elasticfilesystem',
    resource: 'file-system',
    resourceName: '*',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  const role = new Role(scope, 'Role', {
    description: 'EFS replicates a file system to another account with it',
    assumedBy: new ServicePrincipal('elasticfilesystem.amazonaws.com'),
    inlinePolicies: {
      Replicate: new PolicyDocument({
        statements: [
          new PolicyStatement({ sid: 'WriteDestination', actions: WRITE_ACTIONS, resources: [destinationArn] }),
          new PolicyStatement({ sid: 'ReadSource', actions: READ_ACTIONS, resources: [sources] }),
        ],
      }),
    },
  });
  acknowledgeWildcards(role, {
    resources: [sources],
    reason: 'the source gets its id when it is made, and names this role then already; only EFS can use the role',
  });
  return role;
}
