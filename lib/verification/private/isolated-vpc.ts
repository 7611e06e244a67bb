import {
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  FlowLog,
  FlowLogDestination,
  FlowLogResourceType,
  type ISubnet,
  type IVpc,
  Subnet,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Fn, RemovalPolicy, Tags, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { ConfigurationError } from '../../core/private/errors';

const CIDR = '10.255.0.0/24';
const ZONES = 2;
/** Each of the two subnets takes a quarter of the addresses; what is left is for subnets of other zones, an eighth each. */
const QUARTERS = 4;
const EIGHTHS = 8;
/** Prefix lengths of a VPC that can be cut in eight (Amazon VPC User Guide: 16 to 28 bits, subnets too). */
const BITS = { min: 16, max: 25 } as const;

/** A VPC, and subnets of it in further zones. */
export interface IsolatedVpc {
  readonly vpc: IVpc;
  /** A subnet in a zone; undefined where there is no room for more. */
  subnetIn(id: string, zone: string): ISubnet | undefined;
}

/**
 * A VPC without an internet gateway, a NAT gateway or a peer, in two zones. It is made of L1s, because the L2 looks up the zones of an
 * account, which would let nobody synthesise the app who is not logged in there.
 */
export function isolatedVpc(scope: Construct, cidr = CIDR): IsolatedVpc {
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
  const hostBits = Token.isUnresolved(cidr) ? 8 : 32 - bits;
  const cut = (index: number, parts: number) => Fn.select(index, Fn.cidr(vpc.attrCidrBlock, parts, `${hostBits - Math.log2(parts)}`));
  const makeSubnet = (id: string, availabilityZone: string, cidrBlock: string) => {
    const subnet = new CfnSubnet(scope, id, { vpcId: vpc.ref, availabilityZone, cidrBlock, mapPublicIpOnLaunch: false });
    new CfnSubnetRouteTableAssociation(scope, `${id}Routes`, { subnetId: subnet.ref, routeTableId: routes.ref });
    return subnet;
  };
  const zones = Array.from({ length: ZONES }, (_, index) => Fn.select(index, Fn.getAzs()));
  const subnets = zones.map((zone, index) => makeSubnet(`Subnet${index + 1}`, zone, cut(index, QUARTERS)));
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
  let taken = EIGHTHS / 2;
  return {
    vpc: network,
    subnetIn: (id, zone) => {
      if (taken === EIGHTHS) {
        return undefined;
      }
      const { ref: subnetId } = makeSubnet(id, zone, cut(taken++, EIGHTHS));
      return Subnet.fromSubnetAttributes(scope, `${id}Network`, { subnetId, availabilityZone: zone, routeTableId: routes.ref });
    },
  };
}
