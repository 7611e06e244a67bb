import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { BundledFunction, type BundledFunctionProps } from '../../lib/core/private/bundled-function';

function bundledIn(stack: Stack, more: Partial<BundledFunctionProps> = {}): BundledFunction {
  return new BundledFunction(stack, 'Watcher', {
    handler: 'freshness',
    description: 'Looks at things',
    memoryMib: 256,
    timeout: Duration.minutes(1),
    environment: { CONFIG: '{}' },
    statements: [],
    ...more,
  });
}

describe('a bundled function', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const reads = new PolicyStatement({ actions: ['backup:ListBackupJobs'], resources: ['*'] });
  const databases = new PolicyStatement({
    actions: ['rds:DescribeDBInstances'],
    resources: [stack.formatArn({ service: 'rds', resource: 'db:*' })],
  });
  bundledIn(stack, { statements: [reads, databases], wildcardReason: 'it lists' });
  const template = Template.fromStack(stack);

  test('runs the bundle of its handler, as light as it was asked to be', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 256,
      Timeout: 60,
      Environment: { Variables: { CONFIG: '{}' } },
    });
  });

  test('may do what it was given, write its own log and its own dead letters', () => {
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(policy.map(({ Action }: { Action: unknown }) => Action)).toEqual([
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
      'backup:ListBackupJobs',
      'rds:DescribeDBInstances',
      'sqs:SendMessage',
    ]);
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('does not try again by itself, and keeps what failed for a fortnight, encrypted and over TLS only', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
    template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 86_400, SqsManagedSseEnabled: true });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
  });

  test('has an alarm on what failed, with its section of the runbook', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      TreatMissingData: 'notBreaching',
      AlarmDescription: Match.stringLikeRegexp('docs/runbook\\.md#dead-letters$'),
    });
  });

  test('keeps its log for three months', () => {
    template.hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 90 }, DeletionPolicy: 'Delete' });
  });

  test('keeps the rules of cdk-nag, with its wildcards explained', () => {
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });
});

test('a wildcard that nobody explains is seen by cdk-nag', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  const statements = [new PolicyStatement({ actions: ['backup:ListBackupJobs'], resources: ['*'] })];
  bundledIn(stack, { statements, logRetention: RetentionDays.ONE_WEEK, deadLettersKept: Duration.hours(2) });
  app.synth();
  expect(new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName)).toEqual([
    'AwsSolutions-IAM5[Resource::*]',
  ]);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  template.hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 7200 });
});

test('fails for a handler that is not bundled', () => {
  expect(() => bundledIn(new Stack(), { handler: 'nothing' })).toThrow("the bundled handler 'nothing' is missing: run 'npm run prepare'");
});

describe('in a network', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack', { env: { account: '111122223333', region: 'ap-northeast-1' } });
  const vpc = new Vpc(stack, 'Vpc', {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [{ name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const securityGroup = new SecurityGroup(stack, 'Group', { vpc, allowAllOutbound: false });
  const { function: lambda } = bundledIn(stack, { network: { vpc, subnets: vpc.isolatedSubnets, securityGroup } });
  const template = Template.fromStack(stack);

  test('runs in the given subnets with the given security group', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: vpc.isolatedSubnets.map(({ subnetId }) => stack.resolve(subnetId)),
        SecurityGroupIds: [stack.resolve(securityGroup.securityGroupId)],
      },
    });
  });

  test('lets Lambda make network interfaces, by no managed policy', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('WatcherRole'),
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Sid: 'UseNetwork', Action: Match.arrayWith(['ec2:CreateNetworkInterface']), Resource: '*' }),
        ]),
      },
    });
    const [role] = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => id.startsWith('WatcherRole'));
    expect(role?.[1].Properties.ManagedPolicyArns).toBeUndefined();
    expect(lambda.isBoundToVpc).toBe(true);
  });

  test('keeps the rules of cdk-nag', () => {
    const found = new AwsSolutionsChecks(app).validateScope(app).violations.map((violation) => JSON.stringify(violation));
    expect(found.filter((finding) => finding.includes('Watcher'))).toEqual([]);
  });
});
