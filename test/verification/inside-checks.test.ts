import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnInstance } from 'aws-cdk-lib/aws-ec2';
import { CfnDBCluster } from 'aws-cdk-lib/aws-neptune';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { DataCheck, type HttpOptions, Protection, RecoveryTier } from '../../lib';

const ENV = { account: '111122223333', region: 'ap-northeast-1' };
const INSIDE = 'Asks addresses in the isolated network';

const graphIn = (stack: Stack, dbPort?: number) => new CfnDBCluster(stack, 'Graph', { dbClusterIdentifier: 'graph', dbPort });
const machineIn = (stack: Stack) => new CfnInstance(stack, 'Server', { imageId: 'ami-1', instanceType: 't4g.micro' });
const bucketIn = (stack: Stack) => new Bucket(stack, 'Bucket', { versioned: true });

function verify(resource: (stack: Stack) => IConstruct, url: string, options: HttpOptions = {}) {
  const stack = new Stack(new App(), 'Shop', { env: ENV });
  const protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
  protection.protect(resource(stack), { checks: [DataCheck.http(url, options)] });
  return Template.fromStack(stack);
}

/** Ports on which those who check reach what was restored. */
const portsIn = (template: Template) =>
  Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
    .filter(({ Properties }) => Properties.Description === 'those who check')
    .map(({ Properties }) => Properties.FromPort)
    .sort((one, other) => one - other);

describe('an address that names what was restored', () => {
  test.each<[string, (stack: Stack) => IConstruct, string, HttpOptions, number]>([
    ['a port of the engine', graphIn, 'https://{host}:{port}/status', {}, 8182],
    ['a port of its own', (stack) => graphIn(stack, 9000), 'https://{host}:{port}/status', {}, 9000],
    ['a port in the address', machineIn, 'http://{host}:8080/health', { allowPlainHttp: true }, 8080],
    ['the port of TLS', machineIn, 'https://{host}/health', {}, 443],
    ['the port of plain HTTP', machineIn, 'http://{host}/health', { allowPlainHttp: true }, 80],
  ])('is asked from inside the network, which lets that in: %s', (_case, resource, url, options, port) => {
    const template = verify(resource, url, options);
    template.hasResourceProperties('AWS::Lambda::Function', { Description: Match.stringLikeRegexp(INSIDE), VpcConfig: Match.anyValue() });
    expect(portsIn(template)).toEqual([port, 3306, 5432].sort((one, other) => one - other));
  });

  test('is asked by a function that may call nothing of AWS but its log, its queue and its network', () => {
    const template = verify(graphIn, 'https://{host}:{port}/status');
    const policies = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) => id.includes('CheckersInside'));
    expect(policies).toHaveLength(1);
    const actions = policies.flatMap(([, { Properties }]) =>
      Properties.PolicyDocument.Statement.flatMap(({ Action }: { Action: string | string[] }) => Action),
    );
    expect(actions.filter((action) => !/^(logs|sqs|ec2):/.test(action))).toEqual([]);
  });

  test('is the private address of a restored instance, which the workflow may see', () => {
    const template = verify(machineIn, 'https://{host}/health');
    expect(JSON.stringify(template.findResources('AWS::IAM::Policy'))).toContain('ec2:DescribeInstances"');
  });

  test.each([
    [
      'a type that has none',
      bucketIn,
      'https://{host}/health',
      /asks '\{host\}' or '\{port\}' of what was restored, but S3 bucket has neither/,
    ],
    ['a port of an instance', machineIn, 'https://{host}:{port}/health', /asks '\{port\}' of an instance, which has any number of them/],
  ])('fails for %s', (_case, resource, url, words) => {
    expect(() => verify(resource, url)).toThrow(words);
  });
});

describe('any other address', () => {
  test('is asked from outside, where no network is made for it', () => {
    const template = verify(bucketIn, 'https://shop.example.com/health');
    template.resourceCountIs('AWS::EC2::VPC', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain(INSIDE);
  });

  test('is asked from inside where that is said', () => {
    const template = verify(bucketIn, 'https://shop.internal:8443/health', { inside: true });
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.hasResourceProperties('AWS::Lambda::Function', { Description: Match.stringLikeRegexp(INSIDE), VpcConfig: Match.anyValue() });
  });

  test('is asked from outside where that is said, though it names what was restored', () => {
    expect(JSON.stringify(verify(graphIn, 'https://{host}:{port}/status', { inside: false }).toJSON())).not.toContain(INSIDE);
  });
});
