import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnDBCluster, IDBClusterRef } from 'aws-cdk-lib/aws-rds';
import { ArnFormat, CfnResource, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib/core';
import { ConfigurationError } from '../../core/private/errors';
import { DATABASE_LIMITS } from '../../model/limits/databases';
import type { GlobalClusterConfig } from '../../model/recovery';
import type { IAuroraGlobalDatabase } from '../../replication/iaurora-global-database';
import type { Target } from '../../services/service';
import { textOf } from '../../services/settings';
import type { RecoverableClusterOptions } from '../recoverable-data-options';
import { type AgentPlace, type BoundData, type DataPlace, lookAtNetwork, plainName, targetAt, useKey } from './bound-data';

/** A cluster of a global database. */
export function bindCluster(
  place: DataPlace,
  { globalClusterIdentifier: globalCluster }: IAuroraGlobalDatabase,
  cluster: IDBClusterRef,
  options: RecoverableClusterOptions,
): BoundData {
  const target = targetAt(place, cluster, ['Aurora']);
  if (Token.isUnresolved(globalCluster)) {
    throw new ConfigurationError(
      'GlobalDatabaseUnknown',
      `the global database of '${place.name}' has a name that is only known at deploy time, but every site has to know it by itself: give 'globalClusterIdentifier' as plain text`,
      place.by,
    );
  }
  const { dbClusterIdentifier: identifier } = cluster.dbClusterRef;
  const cfn = target.cfn ?? resourceOf(identifier);
  const instance = (): GlobalClusterConfig['instance'] => instanceOf(place, { ...target, cfn }, options);
  return {
    kind: 'aurora-global',
    type: 'Aurora',
    target,
    name: plainName(identifier) ?? (cfn && textOf(cfn, 'dbClusterIdentifier')),
    config: () => ({
      kind: 'aurora-global',
      name: place.name,
      order: place.order,
      globalCluster,
      cluster: identifier,
      clusterArn: target.arn,
      ...(instance() === undefined ? {} : { instance: instance() }),
    }),
    statements: (at) =>
      statementsFor(at, { arn: target.arn, globalCluster, instance: instance(), keyArn: (cfn as CfnDBCluster | undefined)?.kmsKeyId }),
  };
}

/** The instance that a cluster without any is given; one that has some needs none. */
function instanceOf(place: DataPlace, { cfn, id }: Target, { instanceType, engine }: RecoverableClusterOptions) {
  if (instanceType !== undefined) {
    const kind = engine ?? (cfn && textOf(cfn, 'engine'));
    if (kind === undefined) {
      throw new ConfigurationError(
        'EngineUnknown',
        `'instanceType' is given for '${place.name}', but '${id}' does not say its engine: give 'engine' too`,
        place.by,
      );
    }
    const room = DATABASE_LIMITS.identifierLength.value;
    return {
      identifier: `${place.recovery}-${place.name}`.toLowerCase().slice(0, room).replace(/-+$/, ''),
      instanceClass: `db.${instanceType}`,
      engine: kind,
    };
  }
  if (cfn !== undefined && !hasInstances(cfn)) {
    throw new ConfigurationError(
      'ClusterWithoutInstance',
      `'${place.name}' is '${id}', a cluster without any instance, which could take over no request: give it a reader, or 'instanceType' for the one that it gets in a failover`,
      place.by,
    );
  }
  return undefined;
}

/** A construct may stand for a cluster of this app, as that of an AuroraSecondaryCluster does. */
function resourceOf(identifier: string): CfnResource | undefined {
  const token = Tokenization.reverse(identifier, { failConcat: false });
  return Reference.isReference(token) && CfnResource.isCfnResource(token.target) ? token.target : undefined;
}

function hasInstances(cluster: CfnResource): boolean {
  const stack = Stack.of(cluster);
  return stack.node
    .findAll()
    .some(
      (node) =>
        CfnResource.isCfnResource(node) &&
        node.cfnResourceType === 'AWS::RDS::DBInstance' &&
        JSON.stringify(stack.resolve((node as unknown as { dbClusterIdentifier?: string }).dbClusterIdentifier)) ===
          JSON.stringify(stack.resolve(cluster.ref)),
    );
}

interface Permitted extends Pick<GlobalClusterConfig, 'globalCluster' | 'instance'> {
  readonly arn: string;
  readonly keyArn?: string;
}

function statementsFor({ stack, others }: AgentPlace, { arn, globalCluster, instance, keyArn }: Permitted): PolicyStatement[] {
  const rds = (resource: string, resourceName: string, region?: string) =>
    stack.formatArn({ service: 'rds', resource, resourceName, region, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const global = rds('global-cluster', globalCluster, '');
  return [
    new PolicyStatement({ actions: ['rds:DescribeGlobalClusters', 'rds:DescribeDBClusters'], resources: [global, arn] }),
    // instances of the cluster, whose names nobody has to say
    new PolicyStatement({ actions: ['rds:DescribeDBInstances'], resources: [rds('db', '*')] }),
    new PolicyStatement({
      actions: ['rds:FailoverGlobalCluster', 'rds:SwitchoverGlobalCluster'],
      resources: [global, arn, ...others.map(({ region, name }) => rds('cluster', name ?? '*', region))],
    }),
    ...(instance === undefined
      ? []
      : [
          new PolicyStatement({
            actions: ['rds:CreateDBInstance'],
            resources: [rds('db', instance.identifier), arn, ...['pg', 'subgrp', 'og'].map((group) => rds(group, '*'))],
          }),
          lookAtNetwork(),
          ...(keyArn === undefined ? [] : [useKey(stack, keyArn)]),
        ]),
  ];
}
