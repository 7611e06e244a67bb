import { CfnResource, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { ConfigurationError } from '../core/private/errors';
import { resourceId } from '../core/private/inventory';
import { abilitiesOf, labelOf, type ResourceType, statefulTypeOf } from '../model/services';
import { arnIn, referenceOf } from './reference';
import type { Target } from './service';
import { settingOf, textOf } from './settings';

const SUPPORTED =
  'give a database instance or cluster (RDS, Aurora, DocumentDB, Neptune), a DynamoDB table, an S3 bucket, an EBS volume, ' +
  'an EC2 instance, an EFS or FSx file system, or the L1 of another type that AWS Backup protects';

/** Attributes that carry the ARN, most usual first. */
const ARN_ATTRIBUTES = ['attrArn', 'attrResourceArn', 'attrDbInstanceArn', 'attrDbClusterArn', 'attrNamespaceNamespaceArn'] as const;

/**
 * What a user hands over as something that AWS Backup can protect.
 *
 * Throws `NotProtectable` for anything else, and `MemberOfCluster` for a part whose whole has to be protected.
 */
export function targetOf(scope: IConstruct, construct: IConstruct): Target {
  if (!Construct.isConstruct(construct)) {
    throw new ConfigurationError('NotProtectable', `'${construct}' is no construct that can be protected: ${SUPPORTED}`, scope);
  }
  const cfn = typedCfnOf(construct);
  if (cfn === undefined) {
    const reference = referenceOf(construct);
    if (reference === undefined) {
      throw new ConfigurationError('NotProtectable', `'${construct.node.path}' is nothing that can be protected: ${SUPPORTED}`, scope);
    }
    return { id: construct.node.path, construct, ...reference };
  }
  const type = typeOf(scope, cfn);
  return { id: resourceId(cfn), type, arn: arnOf(scope, construct, cfn, type), construct, cfn };
}

/** Refuses a type that AWS Backup makes no recovery points of. */
export function requireProtectable(scope: IConstruct, { id, type }: Target): void {
  if (!abilitiesOf(type).awsBackup) {
    const message = `'${id}' is ${labelOf(type)}, which AWS Backup does not protect: exclude it with RecoveryCoverage and a reason, or protect it by other means`;
    throw new ConfigurationError('TypeNotProtectable', message, scope);
  }
}

/**
 * The L1 in a construct, or in the construct that it wraps: it has to have typed properties, for those of a raw
 * `CfnResource` can be neither read nor set safely.
 */
function typedCfnOf(construct: IConstruct): CfnResource | undefined {
  let inner: IConstruct | undefined = construct;
  while (inner !== undefined && !CfnResource.isCfnResource(inner)) {
    inner = inner.node.defaultChild;
  }
  const { CFN_RESOURCE_TYPE_NAME: typed } = (inner?.constructor ?? {}) as { CFN_RESOURCE_TYPE_NAME?: string };
  return typed === undefined ? undefined : inner;
}

function typeOf(scope: IConstruct, cfn: CfnResource): ResourceType {
  const type = explicitTypeOf(scope, cfn) ?? statefulTypeOf(cfn.cfnResourceType, cfn as unknown as Record<string, unknown>);
  if (type === undefined) {
    throw new ConfigurationError(
      'NotProtectable',
      `'${cfn.node.path}' is of type ${cfn.cfnResourceType}, which cannot be protected: ${SUPPORTED}`,
      scope,
    );
  }
  return type;
}

/** Types that a user may protect although coverage does not ask for them: replicas, rebuilt instances, scratch storage. */
function explicitTypeOf(scope: IConstruct, cfn: CfnResource): ResourceType | undefined {
  switch (cfn.cfnResourceType) {
    case 'AWS::RDS::DBInstance':
      if (
        textOf(cfn, 'engine')?.startsWith('aurora') ||
        (cfn as unknown as { dbClusterIdentifier?: string }).dbClusterIdentifier !== undefined
      ) {
        throw new ConfigurationError(
          'MemberOfCluster',
          `'${cfn.node.path}' is an instance of a cluster, which holds the data: protect the cluster`,
          scope,
        );
      }
      return 'RDS';
    case 'AWS::RDS::DBCluster':
      return statefulTypeOf(cfn.cfnResourceType, { Engine: textOf(cfn, 'engine') });
    case 'AWS::EC2::Instance':
      return 'EC2';
    case 'AWS::FSx::FileSystem':
      if (textOf(cfn, 'fileSystemType') === 'ONTAP') {
        throw new ConfigurationError(
          'MemberOfCluster',
          `'${cfn.node.path}' is an FSx for ONTAP file system, whose volumes are protected one by one: protect its volumes`,
          scope,
        );
      }
      return textOf(cfn, 'fileSystemType') === 'LUSTRE' ? lustre(scope, cfn) : undefined;
    default:
      return undefined;
  }
}

/** AWS Backup takes persistent file systems only; without a deployment type one is SCRATCH_1. */
function lustre(scope: IConstruct, cfn: CfnResource): ResourceType {
  const deployment = settingOf(cfn, 'lustreConfiguration.deploymentType') ?? 'SCRATCH_1';
  if (typeof deployment === 'string' && deployment.startsWith('SCRATCH')) {
    const message = `'deploymentType' of '${cfn.node.path}' is ${deployment}, of which AWS Backup makes no recovery points: take a persistent one, or keep its data elsewhere`;
    throw new ConfigurationError('TypeNotProtectable', message, scope);
  }
  return 'FSxLustre';
}

/** One reference to the resource; from another stack through the construct, which knows names across environments. */
function arnOf(scope: IConstruct, construct: IConstruct, cfn: CfnResource, type: ResourceType): string {
  const near = Stack.of(scope) === Stack.of(cfn) || construct === cfn;
  const attributes = cfn as unknown as Record<string, string | undefined>;
  const name = ARN_ATTRIBUTES.find((attribute) => attribute in cfn);
  if (near && name !== undefined) {
    return attributes[name]!;
  }
  const reference = referenceOf(construct) ?? referenceOf(cfn);
  if (reference !== undefined) {
    return reference.arn;
  }
  if (type === 'Redshift') {
    return arnIn(cfn, 'redshift', 'cluster', cfn.ref, ':');
  }
  if (name === undefined) {
    throw new ConfigurationError('NotProtectable', `'${cfn.node.path}' (${type}) has no ARN that could be selected: ${SUPPORTED}`, scope);
  }
  return attributes[name]!;
}
