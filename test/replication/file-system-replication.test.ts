import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, CfnParameter, Duration, NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { RecoveryRecord } from '../../lib/core/private/record';
import type { Assessment } from '../../lib/model/assessment';
import { MINUTE } from '../../lib/model/time';
import { FileSystemReplication } from '../../lib/replication/file-system-replication';
import type { FileSystemReplicationProps } from '../../lib/replication/file-system-replication-props';
import { adapterOf, targetOf } from '../../lib/services';

const TYPE = 'AWS::EFS::FileSystem';
const ALARM = 'AWS::CloudWatch::Alarm';
const ENV = { region: 'ap-northeast-1', account: '111122223333' };
const OSAKA = 'ap-northeast-3';
const ID = 'fs-0123456789abcdef0';
const ARN = `arn:aws:elasticfilesystem:${OSAKA}:111122223333:file-system/${ID}`;
const OTHER_ARN = ARN.replace('111122223333', '444455556666');
const KEY_ARN = `arn:aws:kms:${OSAKA}:111122223333:key/00000000-0000-0000-0000-000000000001`;
const ALIAS = {
  'Fn::Join': [
    '',
    ['arn:', { Ref: 'AWS::Partition' }, `:kms:${OSAKA}:111122223333:alias/recovery/Orders-recovery-${OSAKA}-from-ap-northeast-1`],
  ],
};

let app: App;
let stack: Stack;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Orders', { env: ENV });
});

const vpcIn = (scope: Stack) =>
  ec2.Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a', 'b'], privateSubnetIds: ['subnet-1', 'subnet-2'] });
const filesOf = (props: Partial<efs.FileSystemProps> = {}) =>
  new efs.FileSystem(stack, 'Files', { vpc: vpcIn(stack), encrypted: true, ...props });
const l1Of = (props: efs.CfnFileSystemProps = {}) => new efs.CfnFileSystem(stack, 'Files', { encrypted: true, ...props });
const imported = (attributes: { fileSystemArn?: string; fileSystemId?: string } = { fileSystemArn: ARN }, scope: Stack = stack) =>
  efs.FileSystem.fromFileSystemAttributes(scope, 'Destination', {
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1'),
    ...attributes,
  });
const replicate = (props: Partial<FileSystemReplicationProps> & Pick<FileSystemReplicationProps, 'source'>, name = 'Replication') =>
  new FileSystemReplication(stack, name, props.destination ? props : { recoveryRegion: OSAKA, ...props });

function properties(): Record<string, unknown> {
  return Object.values(Template.fromStack(stack).findResources(TYPE))[0].Properties;
}

const destinations = () => (properties().ReplicationConfiguration as { Destinations: unknown[] }).Destinations;
const assess = (): Assessment => RecoveryRecord.of(stack).assess();
/** What is found, but for what every test would show: a replica repeats errors, so that it alone protects nothing. */
const findings = () => assess().findings.filter(({ code }) => code !== 'Unprotected');
const codes = () => findings().map(({ severity, code }) => `${severity} ${code}`);
const replica = () => {
  const target = targetOf(stack, stack.node.findChild('Files'));
  return adapterOf('EFS').copies(target, [])[0];
};

describe('a new destination', () => {
  test('lies in the recovery Region, under a key of its own', () => {
    replicate({ source: filesOf() });
    expect(destinations()).toEqual([{ Region: OSAKA, KmsKeyId: ALIAS }]);
    const support = app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack;
    const template = Template.fromStack(support);
    template.hasResourceProperties('AWS::KMS::Alias', { AliasName: `alias/recovery/Orders-recovery-${OSAKA}-from-ap-northeast-1` });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: { Statement: Match.arrayWith([Match.objectLike({ Sid: 'GrantThroughElasticfilesystem' })]) },
    });
    expect(JSON.stringify(template.toJSON()).replaceAll(support.stackName, '')).not.toContain(ENV.region);
    expect(stack.dependencies.map(({ node }) => node.path)).toEqual([support.node.path]);
    Template.fromStack(stack).hasResource(TYPE, { DeletionPolicy: 'Retain' });
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
    expect(codes()).toEqual([]);
  });

  test('of an L1 is the same', () => {
    replicate({ source: l1Of() });
    expect(destinations()).toEqual([{ Region: OSAKA, KmsKeyId: ALIAS }]);
    Template.fromStack(stack).hasResource(TYPE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('keeps the logical ids', () => {
    replicate({ source: filesOf() });
    expect(Object.keys(Template.fromStack(stack).findResources(TYPE))).toEqual(['Files8E6940B8']);
    expect(Object.keys(Template.fromStack(stack).findResources(ALARM))).toEqual(['ReplicationLagAlarmCA7217A6']);
  });

  test('may lie in one zone, under a key of the user', () => {
    replicate({ source: filesOf(), availabilityZone: 'ap-northeast-3a', encryptionKey: kms.Key.fromKeyArn(stack, 'Osaka', KEY_ARN) });
    expect(destinations()).toEqual([{ Region: OSAKA, AvailabilityZoneName: 'ap-northeast-3a', KmsKeyId: KEY_ARN }]);
    expect([app.node.tryFindChild(`Orders-recovery-${OSAKA}`), replica().key]).toEqual([undefined, { kind: 'customer', id: KEY_ARN }]);
  });

  test('is on record as far behind as EFS aims at, with the key that it has', () => {
    replicate({ source: filesOf() });
    expect(replica()).toMatchObject({
      id: 'replica',
      form: 'replica',
      place: { region: OSAKA, account: ENV.account },
      staleness: [{ name: 'replication lag', ms: 15 * MINUTE, basis: 'estimated' }],
      key: { kind: 'customer', id: `Orders-recovery-${OSAKA}/LiveCopiesKey` },
    });
    const [{ copies }] = assess().resources;
    expect(copies.places.map(({ copy, keyIndependent, survives }) => [copy, keyIndependent, survives])).toEqual([
      ['replica', true, ['ZONE_LOSS', 'REGION_LOSS']],
    ]);
  });

  test('repeats errors, so that recovery points stay needed', () => {
    replicate({ source: filesOf() });
    expect(assess().findings.map(({ code }) => code)).toEqual(['Unprotected']);
  });

  test('may be replicated to from a stack without a Region', () => {
    stack = new Stack(app, 'Anywhere');
    replicate({ source: l1Of() });
    expect(destinations()).toEqual([{ Region: OSAKA, KmsKeyId: expect.anything() }]);
    expect(replica()).toMatchObject({ place: { region: OSAKA }, key: { kind: 'customer' } });
  });

  test('of a file system in a nested stack has its key in the stack that supports the one around it', () => {
    stack = new NestedStack(stack, 'Nested') as unknown as Stack;
    replicate({ source: l1Of() });
    expect(destinations()).toEqual([{ Region: OSAKA, KmsKeyId: ALIAS }]);
  });

  test('shares its key with other copies of the stack', () => {
    replicate({ source: filesOf() });
    replicate({ source: new efs.CfnFileSystem(stack, 'More') }, 'Second');
    Template.fromStack(app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack).resourceCountIs('AWS::KMS::Key', 1);
  });
});

describe('an existing destination', () => {
  test('is named by its id', () => {
    replicate({ source: filesOf(), destination: imported() });
    expect(destinations()).toEqual([{ Region: OSAKA, FileSystemId: ID }]);
    expect(app.node.tryFindChild(`Orders-recovery-${OSAKA}`)).toBeUndefined();
    expect(replica()).toMatchObject({ place: { region: OSAKA, account: ENV.account }, key: { kind: 'unknown' } });
  });

  test('has to be made ready by the user, who is told how', () => {
    replicate({ source: filesOf(), destination: imported() });
    expect(codes()).toEqual(['warning DestinationOutOfReach']);
    expect(findings()[0].message).toMatch(/turn off its replication overwrite protection where it is defined$/);
  });

  test('may be imported by its id in a stack of its Region', () => {
    const osaka = new Stack(app, 'Osaka', { env: { ...ENV, region: OSAKA } });
    replicate({ source: filesOf(), destination: imported({ fileSystemId: ID }, osaka) });
    expect(destinations()).toEqual([{ Region: OSAKA, FileSystemId: ID }]);
    expect(stack.dependencies).toEqual([]);
  });

  test('may be imported by its id in a stack without a Region, where that is given', () => {
    stack = new Stack(app, 'Anywhere');
    replicate({ source: l1Of(), destination: imported({ fileSystemId: ID }), recoveryRegion: OSAKA });
    expect(destinations()).toEqual([{ Region: OSAKA, FileSystemId: ID }]);
  });

  test('in another account gets a role that may do what EFS documents', () => {
    const it = replicate({ source: filesOf(), destination: imported({ fileSystemArn: OTHER_ARN }) });
    expect(destinations()).toEqual([
      { Region: OSAKA, FileSystemId: OTHER_ARN, RoleArn: { 'Fn::GetAtt': ['ReplicationRoleCCFDD102', 'Arn'] } },
    ]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'elasticfilesystem.amazonaws.com' } }],
      },
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Sid: 'WriteDestination',
                Effect: 'Allow',
                Action: [
                  'elasticfilesystem:CreateReplicationConfiguration',
                  'elasticfilesystem:DeleteReplicationConfiguration',
                  'elasticfilesystem:DescribeFileSystems',
                  'elasticfilesystem:DescribeReplicationConfigurations',
                  'elasticfilesystem:ReplicationWrite',
                ],
                Resource: OTHER_ARN,
              },
              {
                Sid: 'ReadSource',
                Effect: 'Allow',
                Action: ['elasticfilesystem:DescribeFileSystems', 'elasticfilesystem:ReplicationRead'],
                Resource: {
                  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':elasticfilesystem:ap-northeast-1:111122223333:file-system/*']],
                },
              },
            ],
          },
        },
      ],
    });
    expect(it.role).toBeDefined();
    expect(replica()).toMatchObject({ place: { region: OSAKA, account: '444455556666' } });
    expect(findings()[0].message).toContain('let the account of the source do elasticfilesystem:CreateReplicationConfiguration');
  });

  test('in another account has a role also where only deployment knows the own, to which auditors do not object', () => {
    stack = new Stack(app, 'Anywhere');
    replicate({ source: l1Of(), destination: imported({ fileSystemArn: OTHER_ARN }) });
    expect(destinations()).toMatchObject([
      { FileSystemId: OTHER_ARN, RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ReplicationRole/), 'Arn'] } },
    ]);
    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  test('in another account may lie in the same Region', () => {
    const fileSystemArn = OTHER_ARN.replace(OSAKA, ENV.region);
    replicate({ source: filesOf(), destination: imported({ fileSystemArn }) });
    expect(destinations()).toMatchObject([{ Region: ENV.region, FileSystemId: fileSystemArn }]);
  });

  test('may be written to with a role of the user', () => {
    const role = Role.fromRoleArn(stack, 'Given', 'arn:aws:iam::111122223333:role/replicator');
    replicate({ source: filesOf(), destination: imported({ fileSystemArn: OTHER_ARN }), role });
    expect(destinations()).toMatchObject([{ RoleArn: 'arn:aws:iam::111122223333:role/replicator' }]);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 0);
  });
});

describe('what the user has set', () => {
  test.each<[string, () => efs.FileSystemProps['replicationConfiguration'], Partial<FileSystemReplicationProps>]>([
    ['a new destination in the same Region', () => efs.ReplicationConfiguration.regionalFileSystem(OSAKA), {}],
    [
      'one in a zone of it',
      () => efs.ReplicationConfiguration.oneZoneFileSystem(OSAKA, 'ap-northeast-3a'),
      { availabilityZone: 'ap-northeast-3a' },
    ],
    ['one with a key', () => efs.ReplicationConfiguration.regionalFileSystem(OSAKA, kms.Key.fromKeyArn(stack, 'Own', KEY_ARN)), {}],
  ])('stays, where it is %s', (_, configuration, props) => {
    const source = filesOf({ replicationConfiguration: configuration() });
    const before = stack.resolve((source.node.defaultChild as efs.CfnFileSystem).replicationConfiguration);
    replicate({ source, ...props });
    expect(stack.resolve((source.node.defaultChild as efs.CfnFileSystem).replicationConfiguration)).toEqual(before);
    expect(app.node.tryFindChild(`Orders-recovery-${OSAKA}`)).toBeUndefined();
    expect(replica().place.region).toBe(OSAKA);
    Template.fromStack(stack).resourceCountIs(ALARM, 1);
  });

  test('stays, where it is the same existing destination, by id or ARN', () => {
    const source = l1Of({
      replicationConfiguration: { destinations: [{ region: OSAKA, fileSystemId: ARN, roleArn: 'arn:aws:iam::111122223333:role/r' }] },
    });
    const it = replicate({ source, destination: imported() });
    expect(destinations()).toEqual([{ Region: OSAKA, FileSystemId: ARN, RoleArn: 'arn:aws:iam::111122223333:role/r' }]);
    expect(it.role).toBeUndefined();
  });

  test.each<[string, efs.CfnFileSystem.ReplicationConfigurationProperty, Partial<FileSystemReplicationProps>]>([
    ['another Region', { destinations: [{ region: 'us-east-1' }] }, {}],
    ['an existing destination', { destinations: [{ region: OSAKA, fileSystemId: ID }] }, {}],
    [
      'another zone',
      { destinations: [{ region: OSAKA, availabilityZoneName: 'ap-northeast-3b' }] },
      { availabilityZone: 'ap-northeast-3a' },
    ],
    ['no zone', { destinations: [{ region: OSAKA }] }, { availabilityZone: 'ap-northeast-3a' }],
    ['no destination', {}, {}],
  ])('fails where it names %s', (_, replicationConfiguration, props) => {
    expect(() => replicate({ source: l1Of({ replicationConfiguration }), ...props })).toThrow(/ReplicationAlreadySet/);
  });

  test('fails where it names another key', () => {
    const replicationConfiguration = { destinations: [{ region: OSAKA, kmsKeyId: 'alias/other' }] };
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Osaka', KEY_ARN);
    expect(() => replicate({ source: l1Of({ replicationConfiguration }), encryptionKey })).toThrow(/ReplicationAlreadySet/);
  });

  test('fails where it is only known at deploy time', () => {
    const replicationConfiguration = new CfnParameter(stack, 'Configuration').value as never;
    expect(() => replicate({ source: l1Of({ replicationConfiguration }) })).toThrow(/ReplicationAlreadySet/);
  });

  test('may let the data go with the stack, which is told', () => {
    const source = filesOf({ removalPolicy: RemovalPolicy.DESTROY });
    replicate({ source });
    Template.fromStack(stack).hasResource(TYPE, { DeletionPolicy: 'Delete' });
    expect(codes()).toEqual(['warning DeletedWithStack']);
  });
});

describe('a replication that is taken away', () => {
  test('leaves nothing at the source, also no reference to its role', () => {
    replicate({ source: filesOf(), destination: imported({ fileSystemArn: OTHER_ARN }) });
    stack.node.tryRemoveChild('Replication');
    expect(properties()).not.toHaveProperty('ReplicationConfiguration');
    expect(assess().resources).toEqual([]);
  });

  test('makes room for another one', () => {
    const source = filesOf();
    replicate({ source });
    stack.node.tryRemoveChild('Replication');
    replicate({ source, recoveryRegion: 'us-east-1' }, 'Again');
    expect(destinations()).toMatchObject([{ Region: 'us-east-1' }]);
    expect(replica()).toMatchObject({ place: { region: 'us-east-1' } });
  });
});

describe('the alarm', () => {
  const alarm = () => Object.values(Template.fromStack(stack).findResources(ALARM))[0].Properties as Record<string, unknown>;

  test('asks for the metric of a destination whose id nobody knows', () => {
    replicate({ source: filesOf() });
    expect(alarm()).toMatchObject({
      Threshold: 1800,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
      Metrics: [
        {
          Expression: {
            'Fn::Join': [
              '',
              [
                `SELECT MAX(TimeSinceLastSync) FROM SCHEMA("AWS/EFS", DestinationFileSystemId, FileSystemId) WHERE FileSystemId = '`,
                { Ref: 'Files8E6940B8' },
                "'",
              ],
            ],
          },
          Period: 300,
          ReturnData: true,
        },
      ],
    });
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('Math expression'))).toEqual([]);
  });

  test('takes the metric itself where the destination is known', () => {
    replicate({ source: filesOf(), destination: imported() });
    expect(alarm()).toMatchObject({
      Namespace: 'AWS/EFS',
      MetricName: 'TimeSinceLastSync',
      Statistic: 'Maximum',
      Dimensions: [
        { Name: 'DestinationFileSystemId', Value: ID },
        { Name: 'FileSystemId', Value: { Ref: 'Files8E6940B8' } },
      ],
      TreatMissingData: 'breaching',
    });
  });

  test('does what the user says, at the lag that the user says', () => {
    const { lagAlarm } = replicate({
      source: filesOf(),
      maxLag: Duration.minutes(20),
      alarmActions: [new SnsAction(Topic.fromTopicArn(stack, 'Topic', 'arn:aws:sns:ap-northeast-1:111122223333:ops'))],
    });
    expect(alarm()).toMatchObject({ Threshold: 1200, AlarmActions: ['arn:aws:sns:ap-northeast-1:111122223333:ops'] });
    expect(lagAlarm.node.path).toBe('Orders/Replication/LagAlarm');
  });
});

describe('fails', () => {
  test.each<[string, () => void, RegExp]>([
    [
      'for a bucket',
      () => replicate({ source: new Bucket(stack, 'Bucket') as never }),
      /'source' is 'Orders\/Bucket', S3 bucket.*NotAFileSystem/,
    ],
    ['for an imported source', () => replicate({ source: imported() }), /which this app does not define.*SourceOutOfReach/],
    [
      'for a source that is a destination',
      () => replicate({ source: filesOf({ replicationOverwriteProtection: efs.ReplicationOverwriteProtection.DISABLED }) }),
      /SourceIsDestination/,
    ],
    [
      'without a place',
      () => new FileSystemReplication(stack, 'It', { source: filesOf() }),
      /'recoveryRegion' and 'destination' are both missing.*NoDestination/,
    ],
    ['for the own Region', () => replicate({ source: filesOf(), recoveryRegion: ENV.region }), /RecoveryRegionIsOwn/],
    [
      'for a destination in the own Region',
      () => replicate({ source: filesOf(), destination: imported({ fileSystemArn: ARN.replace(OSAKA, ENV.region) }) }),
      /'destination' is ap-northeast-1, the Region of the data.*RecoveryRegionIsOwn/,
    ],
    [
      'for a destination that is imported by its id in the stack of the source',
      () => replicate({ source: filesOf(), destination: imported({ fileSystemId: ID }) }),
      /RecoveryRegionIsOwn/,
    ],
    ['for no Region', () => replicate({ source: filesOf(), recoveryRegion: 'Osaka' }), /InvalidEnvironment/],
    [
      'for a destination that is not deployed yet',
      () => {
        const osaka = new Stack(app, 'Osaka', { env: { ...ENV, region: OSAKA } });
        replicate({ source: filesOf(), destination: new efs.FileSystem(osaka, 'Files', { vpc: vpcIn(osaka) }) });
      },
      /'destination' is 'Osaka\/Files', whose id is only known at deploy time.*DestinationUnknown/,
    ],
    [
      'for a destination of which nobody knows the Region',
      () => {
        stack = new Stack(app, 'Anywhere');
        replicate({ source: l1Of(), destination: imported({ fileSystemId: ID }) });
      },
      /whose Region is only known at deploy time.*DestinationUnknown/,
    ],
    [
      'for a destination elsewhere than it is said',
      () => replicate({ source: filesOf(), destination: imported(), recoveryRegion: 'us-east-1' }),
      /'recoveryRegion' is us-east-1, but 'destination' is in ap-northeast-3.*DestinationElsewhere/,
    ],
    [
      'for a zone of a destination that exists',
      () => replicate({ source: filesOf(), destination: imported(), availabilityZone: 'ap-northeast-3a' }),
      /'availabilityZone' is given beside 'destination'.*DestinationAlreadyMade/,
    ],
    [
      'for a key of a destination that exists',
      () => replicate({ source: filesOf(), destination: imported(), encryptionKey: kms.Key.fromKeyArn(stack, 'Osaka', KEY_ARN) }),
      /'encryptionKey' is given beside 'destination'.*DestinationAlreadyMade/,
    ],
    ['for a zone elsewhere', () => replicate({ source: filesOf(), availabilityZone: 'ap-northeast-1a' }), /ZoneElsewhere/],
    [
      'for a key elsewhere',
      () => replicate({ source: filesOf(), encryptionKey: kms.Key.fromKeyArn(stack, 'Tokyo', KEY_ARN.replace(OSAKA, ENV.region)) }),
      /KeyElsewhere/,
    ],
    [
      'for an id that is none',
      () => replicate({ source: filesOf(), destination: imported({ fileSystemArn: ARN.replace(ID, 'fs-1') }) }),
      /InvalidFileSystemId/,
    ],
    ['for a lag of no time', () => replicate({ source: filesOf(), maxLag: Duration.seconds(0) }), /MaxLagOutOfRange/],
    ['for a lag of half a second', () => replicate({ source: filesOf(), maxLag: Duration.millis(500) }), /MaxLagOutOfRange/],
    [
      'for a second replication',
      () => {
        const source = filesOf();
        replicate({ source });
        replicate({ source, recoveryRegion: 'us-east-1' }, 'Second');
      },
      /'Orders\/Files' is replicated by 'Orders\/Replication' already.*ReplicationAlreadySet/,
    ],
    [
      'for a destination of two sources',
      () => {
        const destination = imported();
        replicate({ source: filesOf(), destination });
        replicate({ source: new efs.CfnFileSystem(stack, 'More'), destination }, 'Second');
      },
      /'fs-0123456789abcdef0' is replicated by.*ReplicationAlreadySet/,
    ],
    [
      'for a construct in another Region than its source',
      () =>
        new FileSystemReplication(new Stack(app, 'Osaka', { env: { ...ENV, region: OSAKA } }), 'It', {
          source: filesOf(),
          recoveryRegion: 'us-east-1',
        }),
      /in ap-northeast-1, but its alarms would look for data in ap-northeast-3.*SourceElsewhere/,
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('not for a zone that is only known at deploy time', () => {
    replicate({ source: filesOf(), availabilityZone: new CfnParameter(stack, 'Zone').valueAsString });
    expect(destinations()).toMatchObject([{ AvailabilityZoneName: { Ref: 'Zone' } }]);
  });
});

test('the templates are the same on every synth', () => {
  const synth = () => {
    app = new App();
    stack = new Stack(app, 'Orders', { env: ENV });
    replicate({ source: filesOf() });
    replicate({ source: new efs.CfnFileSystem(stack, 'More'), destination: imported({ fileSystemArn: OTHER_ARN }) }, 'Second');
    return JSON.stringify(app.synth().stacks.map(({ template }) => template));
  };
  expect(synth()).toBe(synth());
});

test('auditors find nothing to object to in what is made here', () => {
  replicate({ source: filesOf() });
  replicate(
    { source: new efs.CfnFileSystem(stack, 'More', { encrypted: true }), destination: imported({ fileSystemArn: OTHER_ARN }) },
    'Second',
  );
  new Role(stack, 'Foreign', { assumedBy: new ServicePrincipal('elasticfilesystem.amazonaws.com') });
  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});
