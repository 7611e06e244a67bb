import { Connections, type IConnectable, type ISecurityGroup, type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import type { FunctionNetwork } from '../../core/private/bundled-function';
import { descriptionOf } from '../../core/private/descriptions';
import { ConfigurationError } from '../../core/private/errors';
import { known } from '../../core/private/known';
import { settingOf } from '../../services/settings';
import type { SqlFamily } from '../../verification/check-fit';
import type { CheckedItem } from './data-checks';

interface Networked {
  readonly vpc?: IVpc;
  readonly connections?: Connections;
}

/** Where databases listen unless they are told otherwise (Amazon RDS User Guide). */
const USUAL: Readonly<Record<SqlFamily, number>> = { postgres: 5432, mysql: 3306 };
const TLS = 443;

/**
 * The network in which tables of an item are read: a security group that reaches the database and AWS Secrets Manager, and nothing else. It
 * is made beside the database, whose own groups let it in, so that no stack waits for the one that recovers it. While the site is
 * fenced the database has none of its groups, and before anything is looked at it has them again.
 */
export function checkerNetwork({ place, item, options }: CheckedItem, family: SqlFamily): FunctionNetwork {
  const { name, recovery, region, by } = place;
  const construct: Networked & Partial<IConstruct> = item.target?.construct ?? {};
  const vpc = options.vpc ?? construct.vpc;
  if (vpc === undefined) {
    throw new ConfigurationError(
      'NetworkUnknown',
      `'checks' of '${name}' read tables in the network of the database, which nobody has said: give 'vpc' besides`,
      by,
    );
  }
  const beside = Stack.of(item.target?.construct ?? vpc);
  if (beside.region !== region) {
    throw new ConfigurationError(
      'SiteElsewhere',
      `'vpc' of '${name}' is '${vpc.node.path}' in ${beside.region}, but the site is in ${region}: give the network there`,
      by,
    );
  }
  const securityGroup = new SecurityGroup(new Construct(beside, `${recovery}-${name}-Checks`), 'SecurityGroup', {
    vpc,
    description: descriptionOf('securityGroup', `Functions that check ${name} for the recovery of ${recovery}`),
    allowAllOutbound: false,
  });
  securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(TLS), 'AWS Secrets Manager, as the subnets allow');
  const { database, port } = databaseOf({ place, item, options } as CheckedItem, construct, family);
  database.connections.allowFrom(securityGroup, port, 'those who check');
  return { vpc, subnets: vpc.selectSubnets(options.vpcSubnets).subnets, securityGroup };
}

function databaseOf(
  { place, item, options }: CheckedItem,
  { connections }: Networked,
  family: SqlFamily,
): { database: IConnectable; port: Port } {
  const groups: readonly ISecurityGroup[] = options.securityGroups ?? connections?.securityGroups ?? [];
  if (groups.length === 0) {
    throw new ConfigurationError(
      'SecurityGroupsUnknown',
      `'checks' of '${place.name}' reach the database by its security groups, which nobody has said: give 'securityGroups' besides`,
      place.by,
    );
  }
  const cfn = item.target?.cfn;
  const own = Number(known(cfn && settingOf(cfn, 'port')));
  const port = connections?.defaultPort ?? Port.tcp(Number.isInteger(own) && own > 0 ? own : USUAL[family]);
  return { database: { connections: new Connections({ securityGroups: [...groups] }) }, port };
}
