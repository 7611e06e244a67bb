import {
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  type IVpc,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Fn, RemovalPolicy, Tags, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';

const CIDR = '10.255.0.0/24';
const ZONES = 2;
/** Prefix lengths of a VPC that can be cut in two subnets (Amazon VPC User Guide: 16 to 28 bits, subnets too). */
const BITS = { min: 16, max: 25 } as const;

/**
 * A VPC without an internet gateway, a NAT gateway or a peer, in two zones. It is made of L1s, because the L2 looks up the zones of an
 * account, which would let nobody synthesise the app who is not logged in there.
 */
export function isolatedVpc(scope: Construct, cidr = CIDR): IVpc {
  const bits = Number(/^\d{1,3}(?:\.\d{1,3}){3}\/(\d{1,2})$/.exec(cidr)?.[1]);
  if (!Token.isUnresolved(cidr) && !(bits >= BITS.min && bits <= BITS.max)) {
    throw new ConfigurationError(
      'InvalidCidr',
      `'cidr' is '${cidr}', but has to be an IPv4 block of ${BITS.min} to ${BITS.max} bits: give one such as ${CIDR}`,
      scope,
    );
  }
  const vpc = new CfnVPC(scope, 'Vpc', { cidrBlock: cidr, enableDnsHostnames: true, enableDnsSupport: true });
  Tags.of(vpc).add('Name', scope.node.path.slice(0, 255));
  const routes = new CfnRouteTable(scope, 'Routes', { vpcId: vpc.ref });
  const hostBits = Token.isUnresolved(cidr) ? 7 : 32 - bits - 1;
  const zones = Array.from({ length: ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
  const subnets = zones.map((availabilityZone, index) => {
    const subnet = new CfnSubnet(scope, `Subnet${index + 1}`, {
      vpcId: vpc.ref,
      availabilityZone,
      cidrBlock: Fn.select(index, Fn.cidr(vpc.attrCidrBlock, ZONES, `${hostBits}`)),
      mapPublicIpOnLaunch: false,
    });
    new CfnSubnetRouteTableAssociation(scope, `Subnet${index + 1}Routes`, { subnetId: subnet.ref, routeTableId: routes.ref });
    return subnet;
  });
  const network = Vpc.fromVpcAttributes(scope, 'Network', {
    vpcId: vpc.ref,
    vpcCidrBlock: cidr,
    availabilityZones: zones,
    isolatedSubnetIds: subnets.map(({ ref }) => ref),
    isolatedSubnetRouteTableIds: subnets.map(() => routes.ref),
  });
  new FlowLog(scope, 'FlowLog', {
    resourceType: FlowLogResourceType.fromVpc(network),
    destination: FlowLogDestination.toCloudWatchLogs(
      new LogGroup(scope, 'FlowLogGroup', { retention: RetentionDays.THREE_MONTHS, removalPolicy: RemovalPolicy.DESTROY }),
    ),
  });
  return network;
}
