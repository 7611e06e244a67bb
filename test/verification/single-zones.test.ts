import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import { App, Fn, Stack } from 'aws-cdk-lib/core';
import { DataCheck, IsolatedNetwork, Protection, RecoveryTier, RestoreTests, RestoreVerification } from '../../lib';
import { MOUNT_VARIABLES } from '../../lib/model/verification';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };

/** A verification of file systems, each in its zone or, without one, in several. */
function verify(zones: readonly (string | undefined)[], network?: (stack: Stack) => IsolatedNetwork) {
  const app = new App();
  const stack = new Stack(app, 'Shop', { env: ENV });
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD, recoveryRegion: 'ap-northeast-3' });
  zones.forEach((availabilityZoneName, index) => {
    const files = new CfnFileSystem(stack, `Files${index}`, { encrypted: true, availabilityZoneName });
    protection.protect(files, { checks: [DataCheck.files({ atLeast: 1 })] });
  });
  new RestoreVerification(stack, 'Verification', { protection, network: network?.(stack), copies: RestoreTests.monthly() });
  app.synth();
  const stacks = app.node.children.filter((child): child is Stack => child instanceof Stack);
  const [here, afar] = [stack, stacks.find(({ region }) => region === 'ap-northeast-3') as Stack].map((one) => Template.fromStack(one));
  const outside = Object.values(here.findResources('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.Environment?.Variables?.[MOUNT_VARIABLES.function],
  );
  return { here, afar, more: outside?.Properties.Environment.Variables[MOUNT_VARIABLES.zoneSubnets] };
}

const zonesIn = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::Subnet')).map(({ Properties }) => Properties.AvailabilityZone);

describe('file systems that lie in one zone', () => {
  test('have a subnet there, once for each zone, and only in their own Region', () => {
    const { here, afar, more } = verify(['ap-northeast-1d', undefined, 'ap-northeast-1d', 'ap-northeast-1a']);
    expect(zonesIn(here).filter((zone) => typeof zone === 'string')).toEqual(['ap-northeast-1d', 'ap-northeast-1a']);
    expect(zonesIn(afar)).toHaveLength(2);
    expect(JSON.stringify(more)).toMatch(/Zone1.*Zone2/);
  });

  test('have subnets that overlap with no other', () => {
    const { here } = verify(['ap-northeast-1d', 'ap-northeast-1a']);
    const cuts = Object.values(here.findResources('AWS::EC2::Subnet')).map(({ Properties }) => {
      const [index, { 'Fn::Cidr': cidr }] = Properties.CidrBlock['Fn::Select'];
      return [index, cidr[1], cidr[2]];
    });
    // two quarters, then the fifth and the sixth eighth
    expect(cuts).toEqual([
      [0, 4, '6'],
      [1, 4, '6'],
      [4, 8, '5'],
      [5, 8, '5'],
    ]);
  });

  test('may lie in a zone that only deployment tells', () => {
    const zone = Fn.select(2, Fn.getAzs());
    expect(zonesIn(verify([zone]).here)).toEqual([0, 1, 2].map((index) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] })));
  });

  test('without any, nothing is added to the network', () => {
    const { here, more } = verify([undefined]);
    expect(zonesIn(here)).toHaveLength(2);
    expect(more).toBeUndefined();
  });

  const existing = (zones: string[]) => (stack: Stack) => {
    const isolatedSubnetIds = zones.map((_, index) => `subnet-${index}`);
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: zones, isolatedSubnetIds });
    return new IsolatedNetwork(stack, 'Own', { vpc });
  };

  test('use the subnet that an existing VPC has there', () => {
    const { here, more } = verify(['ap-northeast-1c'], existing(['ap-northeast-1a', 'ap-northeast-1c']));
    expect(zonesIn(here)).toEqual([]);
    expect(more).toBe('subnet-1');
  });

  test('fails for an existing VPC without a subnet in the zone', () => {
    const wrong = () => verify(['ap-northeast-1d'], existing(['ap-northeast-1a', 'ap-northeast-1c']));
    expect(wrong).toThrow(/'network' has no subnet in 'ap-northeast-1d'.*select one of that zone by 'vpcSubnets' \(ZoneWithoutSubnet at/);
  });

  test('fails where there are more zones than a VPC of its own has room for', () => {
    const zones = ['a', 'b', 'c', 'd', 'e'].map((letter) => `ap-northeast-1${letter}`);
    expect(() => verify(zones.slice(0, 4))).not.toThrow();
    expect(() => verify(zones)).toThrow(/'network' has no room for a subnet in 'ap-northeast-1e'/);
  });
});
