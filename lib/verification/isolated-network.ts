import type { IInterfaceVpcEndpoint, ISecurityGroup, ISubnet, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { InterfaceVpcEndpoint, InterfaceVpcEndpointAwsService, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnDBSubnetGroup, type IDBSubnetGroupRef } from 'aws-cdk-lib/aws-rds';
import { Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { descriptionOf } from '../core/private/descriptions';
import { ConfigurationError } from '../core/private/errors';
import { known } from '../core/private/known';
import { differ } from '../model/differ';
import { type IsolatedVpc, isolatedVpc } from './private/isolated-vpc';

/** Properties of an IsolatedNetwork. */
export interface IsolatedNetworkProps {
  /**
   * An existing VPC. Nothing is changed in it but that security groups are added: its subnets should have no way to production or to
   * the internet, and a way to AWS Secrets Manager.
   * @default - a VPC of its own, without an internet gateway, with an endpoint for AWS Secrets Manager
   */
  readonly vpc?: IVpc;
  /**
   * Subnets of the existing VPC, in two zones or more.
   * @default - its isolated subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * Addresses of the VPC of its own, as a CIDR block of 16 to 25 bits.
   * @default '10.255.0.0/24'
   */
  readonly cidr?: string;
  /**
   * Ports on which databases are reached.
   * @default [5432, 3306]
   */
  readonly ports?: number[];
}

const PORTS = [5432, 3306];
const TLS = 443;

/**
 * Where databases and instances are restored to for a test: with no way to the internet or to production, and reached by nobody but
 * the functions that check them.
 */
export class IsolatedNetwork extends Construct {
  /** The VPC. */
  public readonly vpc: IVpc;
  /** Subnets in two zones or more. */
  public readonly subnets: ISubnet[];
  /** Subnet group for restored databases. */
  public readonly subnetGroup: IDBSubnetGroupRef;
  /** Security group of what is restored: lets in those who check, on the ports of databases, and lets nothing out. */
  public readonly restoredSecurityGroup: ISecurityGroup;
  /** Security group of those who check. */
  public readonly checkerSecurityGroup: ISecurityGroup;

  private readonly own?: IsolatedVpc;
  private readonly ports = new Set<number>();
  private readonly zoneSubnets = new Map<string, ISubnet>();
  private endpointGroup?: SecurityGroup;
  private readonly endpoints = new Map<string, IInterfaceVpcEndpoint>();

  constructor(scope: Construct, id: string, props: IsolatedNetworkProps = {}) {
    super(scope, id);
    const { vpc, vpcSubnets, cidr, ports = PORTS } = props;
    this.checkPorts(ports);
    if (vpc === undefined && vpcSubnets !== undefined) {
      throw new ConfigurationError(
        'SubnetsWithoutVpc',
        "'vpcSubnets' are those of an existing VPC, but 'vpc' is left out: give both or neither",
        this,
      );
    }
    if (vpc !== undefined && cidr !== undefined) {
      throw new ConfigurationError(
        'SubnetsWithoutVpc',
        "'cidr' is of a VPC that is made, but 'vpc' exists already: leave one of them out",
        this,
      );
    }
    this.own = vpc ? undefined : isolatedVpc(this, cidr);
    this.vpc = vpc ?? (this.own as IsolatedVpc).vpc;
    this.subnets = vpc ? this.subnetsOf(vpc, vpcSubnets) : this.vpc.isolatedSubnets;
    this.subnetGroup = new CfnDBSubnetGroup(this, 'SubnetGroup', {
      dbSubnetGroupDescription: descriptionOf('securityGroup', `Restore tests of ${this.node.path}`),
      subnetIds: this.subnets.map(({ subnetId }) => subnetId),
    });
    this.restoredSecurityGroup = this.groupOf('Restored', 'What is restored for a test');
    this.checkerSecurityGroup = this.groupOf('Checkers', 'Functions that check what was restored');
    for (const port of ports) {
      this._allowPort(port);
    }
    if (this.own) {
      this.reach('SecretsManager', InterfaceVpcEndpointAwsService.SECRETS_MANAGER, this.checkerSecurityGroup);
    } else {
      this.checkerSecurityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(TLS), 'AWS Secrets Manager, as the subnets allow');
    }
  }

  /**
   * Lets restored instances reach AWS Systems Manager, which runs commands on them; only in a VPC of its own.
   * @internal
   */
  public _allowCommands(): void {
    if (this.own) {
      this.reach('Ssm', InterfaceVpcEndpointAwsService.SSM, this.restoredSecurityGroup);
      this.reach('SsmMessages', InterfaceVpcEndpointAwsService.SSM_MESSAGES, this.restoredSecurityGroup);
    }
  }

  /**
   * Lets those who check reach what was restored on a port.
   * @internal
   */
  public _allowPort(port: number): void {
    if (!this.ports.has(port)) {
      this.ports.add(port);
      this.restoredSecurityGroup.addIngressRule(this.checkerSecurityGroup, Port.tcp(port), 'those who check');
      this.checkerSecurityGroup.addEgressRule(this.restoredSecurityGroup, Port.tcp(port), 'what was restored');
    }
  }

  /**
   * A subnet in a zone, for what AWS restores into that zone alone.
   * @internal
   */
  public _subnetIn(zone: string): ISubnet {
    const { own } = this;
    const id = `Zone${this.zoneSubnets.size + 1}`;
    const subnet = this.zoneSubnets.get(zone) ?? (own ? own.subnetIn(id, zone) : this.subnets.find((one) => mayLieIn(one, zone)));
    if (subnet === undefined) {
      const [lacking, remedy] = own
        ? ["has no room for a subnet in '", "give the verification a network with 'vpc'"]
        : ["has no subnet in '", "select one of that zone by 'vpcSubnets'"];
      throw new ConfigurationError(
        'ZoneWithoutSubnet',
        `'network' ${lacking}${zone}', but a file system that lies in one zone can be mounted there only: ${remedy}`,
        this,
      );
    }
    this.zoneSubnets.set(zone, subnet);
    return subnet;
  }

  private groupOf(id: string, what: string): SecurityGroup {
    return new SecurityGroup(this, id, {
      vpc: this.vpc,
      description: descriptionOf('securityGroup', `${what} (${this.node.path})`),
      allowAllOutbound: false,
    });
  }

  private subnetsOf(vpc: IVpc, selection: SubnetSelection | undefined): ISubnet[] {
    const subnets = selection ? vpc.selectSubnets(selection).subnets : vpc.isolatedSubnets;
    if (subnets.length < 2) {
      throw new ConfigurationError(
        'TooFewSubnets',
        `'vpcSubnets' selects ${subnets.length} of ${vpc.node.path}${selection ? '' : ' (left out, it selects isolated ones)'}, but RDS takes subnets of two zones or more: select others, or leave 'vpc' out`,
        this,
      );
    }
    return subnets;
  }

  private checkPorts(ports: readonly number[]): void {
    const wrong = ports.find((port) => !Token.isUnresolved(port) && !(Number.isInteger(port) && port >= 1 && port <= 65_535));
    if (ports.length === 0 || wrong !== undefined) {
      const what = wrong === undefined ? 'is empty' : `has ${wrong}`;
      throw new ConfigurationError('InvalidPort', `'ports' ${what}, but databases are reached on ports from 1 to 65535: correct it`, this);
    }
  }

  /** An endpoint in one zone, for each costs by the hour; both zones reach it. */
  private reach(id: string, service: InterfaceVpcEndpointAwsService, from: ISecurityGroup): void {
    this.endpointGroup ??= this.groupOf('Endpoints', 'Endpoints of AWS services');
    const { endpointGroup } = this;
    if (!this.endpoints.has(id)) {
      endpointGroup.addIngressRule(from, Port.tcp(TLS), id);
      from.addEgressRule(endpointGroup, Port.tcp(TLS), id);
      const endpoint = new InterfaceVpcEndpoint(this, id, {
        vpc: this.vpc,
        service,
        subnets: { subnets: [this.subnets[0] as ISubnet] },
        securityGroups: [endpointGroup],
        open: false,
      });
      endpoint.addToPolicy(
        new PolicyStatement({
          principals: [new AnyPrincipal()],
          actions: ['*'],
          resources: ['*'],
          conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(this).account } },
        }),
      );
      this.endpoints.set(id, endpoint);
    }
  }
}

/** Subnets of a VPC that is imported may have zones which only deployment tells. */
function mayLieIn({ availabilityZone }: ISubnet, zone: string): boolean {
  return !differ(known(availabilityZone), known(zone));
}
