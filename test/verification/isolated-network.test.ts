import { Match, Template } from 'aws-cdk-lib/assertions';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  ComplianceAcknowledgement,
  EvidenceStore,
  type EvidenceStoreProps,
  IsolatedNetwork,
  type IsolatedNetworkProps,
  ObjectLock,
} from '../../lib';
import { RecoveryRecord } from '../../lib/core/private/record';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const stackIn = (app = new App()) => new Stack(app, 'Stack', { env: ENV });

describe('an isolated network', () => {
  const app = new App();
  const stack = stackIn(app);
  new IsolatedNetwork(stack, 'Network');
  const template = Template.fromStack(stack);

  test('has two subnets in two zones and no way out', () => {
    const zones = Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => Properties.AvailabilityZone);
    expect(zones).toEqual([0, 1].map((index) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] })));
    for (const type of ['InternetGateway', 'NatGateway', 'Route', 'VPCPeeringConnection', 'EgressOnlyInternetGateway']) {
      template.resourceCountIs(`AWS::EC2::${type}`, 0);
    }
    template.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('gives a quarter of its addresses to each subnet, for file systems may lie in further zones', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.255.0.0/24', EnableDnsHostnames: true, EnableDnsSupport: true });
    template.hasResourceProperties('AWS::EC2::Subnet', {
      CidrBlock: { 'Fn::Select': [1, { 'Fn::Cidr': [{ 'Fn::GetAtt': [Match.anyValue(), 'CidrBlock'] }, 4, '6'] }] },
    });
  });

  test('lets in only those who check, on the ports of databases, and nothing out to anywhere else', () => {
    const rules = [...Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))].map(({ Properties }) => [
      Properties.FromPort,
      Properties.ToPort,
      /Network([A-Z][a-z]+)/.exec(Properties.SourceSecurityGroupId['Fn::GetAtt'][0])?.[1],
      /Network([A-Z][a-z]+)/.exec(Properties.GroupId['Fn::GetAtt'][0])?.[1],
    ]);
    expect(rules.sort()).toEqual([
      [3306, 3306, 'Checkers', 'Restored'],
      [443, 443, 'Checkers', 'Endpoints'],
      [5432, 5432, 'Checkers', 'Restored'],
    ]);
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::SecurityGroup'))) {
      expect(Properties.SecurityGroupIngress).toBeUndefined();
      expect((Properties.SecurityGroupEgress ?? []).filter(({ CidrIp }: { CidrIp: string }) => CidrIp !== '255.255.255.255/32')).toEqual(
        [],
      );
    }
  });

  test('reaches secrets by an endpoint for this account, in one zone, for each is paid by the hour', () => {
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 1);
    template.hasResourceProperties('AWS::EC2::VPCEndpoint', {
      ServiceName: 'com.amazonaws.ap-northeast-1.secretsmanager',
      PrivateDnsEnabled: true,
      SubnetIds: [Match.anyValue()],
      PolicyDocument: { Statement: [Match.objectLike({ Condition: { StringEquals: { 'aws:PrincipalAccount': '111122223333' } } })] },
    });
  });

  test('has a subnet group for databases', () => {
    template.hasResourceProperties('AWS::RDS::DBSubnetGroup', { SubnetIds: [Match.anyValue(), Match.anyValue()] });
  });

  test('keeps the rules of cdk-nag', () => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  test('needs no look-up: anybody can synthesise the app', () => {
    expect(app.synth().manifest.missing).toBeUndefined();
  });

  test('lets instances reach Systems Manager where commands run on them', () => {
    const other = stackIn();
    const network = new IsolatedNetwork(other, 'Network');
    network._allowCommands();
    network._allowCommands();
    const services = Object.values(Template.fromStack(other).findResources('AWS::EC2::VPCEndpoint')).map(
      ({ Properties }) => Properties.ServiceName,
    );
    expect(services.map((name: string) => name.split('.').at(-1))).toEqual(['secretsmanager', 'ssm', 'ssmmessages']);
  });
});

describe('an existing VPC', () => {
  const vpcIn = (stack: Stack, maxAzs = 2) =>
    new Vpc(stack, 'Vpc', { maxAzs, natGateways: 0, subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }] });

  test('gets security groups and a subnet group, and nothing else', () => {
    const stack = stackIn();
    const vpc = vpcIn(stack);
    const network = new IsolatedNetwork(stack, 'Network', { vpc, ports: [5433] });
    const template = Template.fromStack(stack);
    expect(network.subnets).toEqual(vpc.isolatedSubnets);
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 2);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 5433 });
    network._allowCommands();
    Template.fromStack(stack).resourceCountIs('AWS::EC2::VPCEndpoint', 0);
  });

  test('fails for subnets of one zone only', () => {
    const stack = stackIn();
    expect(() => new IsolatedNetwork(stack, 'Network', { vpc: vpcIn(stack, 1) })).toThrow(
      /'vpcSubnets' selects 1 of Stack\/Vpc.*TooFewSubnets/,
    );
  });

  test('fails for a VPC without isolated subnets', () => {
    const stack = stackIn();
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['ap-northeast-1a'],
      publicSubnetIds: ['subnet-1'],
    });
    expect(() => new IsolatedNetwork(stack, 'Network', { vpc })).toThrow(
      /'vpcSubnets' selects 0 of Stack\/Vpc \(left out, it selects isolated ones\).*TooFewSubnets/,
    );
  });

  test.each<[string, (stack: Stack) => IsolatedNetworkProps, RegExp]>([
    ['subnets without a VPC', () => ({ vpcSubnets: {} }), /SubnetsWithoutVpc/],
    ['addresses for it', (stack) => ({ vpc: vpcIn(stack), cidr: '10.0.0.0/24' }), /SubnetsWithoutVpc/],
  ])('fails for %s', (_case, props, message) => {
    const stack = stackIn();
    expect(() => new IsolatedNetwork(stack, 'Network', props(stack))).toThrow(message);
  });
});

test.each<[string, IsolatedNetworkProps, RegExp | undefined]>([
  ['16 bits', { cidr: '10.0.0.0/16' }, undefined],
  ['25 bits', { cidr: '10.0.0.0/25' }, undefined],
  ['15 bits', { cidr: '10.0.0.0/15' }, /InvalidCidr/],
  ['26 bits', { cidr: '10.0.0.0/26' }, /InvalidCidr/],
  ['no block', { cidr: '10.0.0.0' }, /InvalidCidr/],
  ['no port', { ports: [] }, /InvalidPort/],
  ['port 0', { ports: [0] }, /InvalidPort/],
  ['port 65535', { ports: [65_535] }, undefined],
  ['port 65536', { ports: [65_536] }, /'ports' has 65536/],
])('a network of %s', (_case, props, message) => {
  const make = () => new IsolatedNetwork(stackIn(), 'Network', props);
  if (message) {
    expect(make).toThrow(message);
  } else {
    expect(make).not.toThrow();
  }
});

describe('evidence', () => {
  const evidenceIn = (props?: EvidenceStoreProps) => {
    const stack = stackIn();
    new EvidenceStore(stack, 'Evidence', props);
    return stack;
  };
  const stack = evidenceIn();
  const template = Template.fromStack(stack);

  test('is locked for three years and kept with its key when the stack is gone', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1095 } } },
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 1095 })] },
      },
    });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
  });

  test('is read and written over TLS only', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
  });

  test('keeps its logical ids', () => {
    expect(Object.keys(template.toJSON().Resources).sort()).toEqual([
      'EvidenceBucketC67FF768',
      'EvidenceBucketPolicy8C1EF42F',
      'EvidenceKey11A13AF7',
    ]);
  });

  test('keeps the rules of cdk-nag, and is no data that somebody has to protect', () => {
    const app = stack.node.root as App;
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
    expect(RecoveryRecord.of(stack).assess().coverage.unprotected).toEqual([]);
  });

  test('takes a lock that nobody can lift, a key and a name', () => {
    const other = stackIn();
    const key = new Key(other, 'Key');
    new EvidenceStore(other, 'Evidence', {
      keep: Duration.days(10),
      lock: ObjectLock.compliance({
        retention: Duration.days(10),
        acknowledgement: ComplianceAcknowledgement.NOBODY_CAN_LIFT_THIS_LOCK_OR_DELETE_RECOVERY_POINTS_EARLY,
      }),
      encryptionKey: key,
      bucketName: 'evidence-of-orders',
    });
    Template.fromStack(other).hasResourceProperties('AWS::S3::Bucket', {
      BucketName: 'evidence-of-orders',
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 10 } } },
    });
    Template.fromStack(other).resourceCountIs('AWS::KMS::Key', 1);
  });

  test.each<[string, EvidenceStoreProps, RegExp]>([
    ['a lock longer than it is kept', { keep: Duration.days(9), lock: ObjectLock.governance(Duration.days(10)) }, /LockOutlastsKeep/],
    ['half a day', { keep: Duration.hours(12) }, /DurationNotWhole/],
    ['a lock of no day', { lock: ObjectLock.governance(Duration.days(0)) }, /ObjectLockOutOfRange/],
    ['a lock that nobody can lift without a word', { lock: ObjectLock.compliance({} as never) }, /ComplianceNotAcknowledged/],
  ])('fails for %s', (_case, props, message) => {
    expect(() => evidenceIn(props)).toThrow(message);
  });
});
