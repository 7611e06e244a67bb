import { App, Aws, Duration, PhysicalName, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type BucketProps, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import {
  BucketReplication,
  type BucketReplicationProps,
  type BucketReplicationRule,
  ObjectLock,
  ReplicaBucket,
} from '../../lib/replication';
import { arnOf, BUNKER, definitionOf, imported, keyAt, OSAKA, only, PARTITION, REPLICA, rulesOf, statementsOf, TOKYO } from './buckets';

interface TwoWay {
  readonly app: App;
  readonly own: Template;
  readonly support: Template;
}

/** Two buckets that replicate to each other; the first has a name and a key with an alias unless the test says otherwise. */
function twoWay(
  props: Partial<BucketReplicationProps> = {},
  bucket: BucketProps = {},
  { env = TOKYO, alias = 'docs' }: { env?: object; alias?: string | false } = {},
): TwoWay {
  const app = new App();
  const stack = new Stack(app, 'Orders', { env });
  const encryptionKey = new Key(stack, 'Key', alias === false ? {} : { alias });
  const source = new Bucket(stack, 'Docs', { bucketName: 'orders-docs', encryptionKey, ...bucket });
  const elsewhere = props.destination !== undefined || props.rules?.some(({ destination }) => destination) === true;
  new BucketReplication(stack, 'Replication', { source, twoWay: true, ...(elsewhere ? {} : { recoveryRegion: OSAKA }), ...props });
  return { app, own: Template.fromStack(stack), support: Template.fromStack(app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack) };
}

const step = ({ support }: TwoWay, machine = 'ReplicaDocsReturn') =>
  definitionOf(support, machine).States.ReplicateBack as { Parameters: Record<string, unknown>; [part: string]: unknown };

describe('two buckets that replicate to each other', () => {
  let made: TwoWay;
  beforeAll(() => {
    made = twoWay({ recoveryAlarmActions: [{ bind: () => ({ alarmActionArn: 'there' }) } as IAlarmAction] });
  });

  test('take over changes of tags and retention in both directions', () => {
    expect(rulesOf(made)).toMatchObject([{ SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } } }]);
    expect(step(made).Parameters).toEqual({
      Bucket: '<ReplicaDocsBucket9ED1FC18>',
      ExpectedBucketOwner: '111122223333',
      ReplicationConfiguration: {
        Role: '<ReplicaDocsReturnRole78FB27B6.Arn>',
        Rules: [
          {
            Id: 'all-objects',
            Status: 'Enabled',
            Priority: 1,
            Filter: { Prefix: '' },
            DeleteMarkerReplication: { Status: 'Enabled' },
            SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' }, ReplicaModifications: { Status: 'Enabled' } },
            Destination: {
              Bucket: 'arn:<AWS::Partition>:s3:::orders-docs',
              EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:<AWS::Partition>:kms:ap-northeast-1:111122223333:alias/docs' },
              Metrics: { Status: 'Enabled' },
            },
          },
        ],
      },
    });
  });

  test('deploy without each other: the replica has no rules of its own, but tries to set them until the source is there', () => {
    expect(only(made.support, 'AWS::S3::Bucket', 'ReplicaDocs').Properties).not.toHaveProperty('ReplicationConfiguration');
    expect(step(made)).toMatchObject({
      Resource: 'arn:<AWS::Partition>:states:::aws-sdk:s3:putBucketReplication',
      Retry: [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 300, MaxAttempts: 280, BackoffRate: 1 }],
    });
    expect(only(made.support, 'AWS::Scheduler::Schedule', 'ReplicaDocsReturn').Properties.ScheduleExpression).toBe('rate(1 day)');
    const text = JSON.stringify([made.own.toJSON(), made.support.toJSON()]);
    expect(text).not.toMatch(/Custom::|Fn::GetStackOutput|Fn::ImportValue|"Export"|\/cdk\/exports/);
    expect(() => made.app.synth()).not.toThrow();
  });

  test('have a role each, and that of the replica may do exactly what S3 documents', () => {
    const replica = { 'Fn::GetAtt': ['ReplicaDocsBucket9ED1FC18', 'Arn'] };
    const via = (region: string) => ({ 'Fn::Join': ['', [`s3.${region}.`, { Ref: 'AWS::URLSuffix' }]] });
    const all = { 'Fn::Join': ['', [replica, '/*']] };
    expect(statementsOf(made.support, 'ReplicaDocsReturnRoleDefaultPolicy')).toEqual([
      { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: replica },
      {
        Effect: 'Allow',
        Action: ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
        Resource: all,
      },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': ['LiveCopiesKeyF598743E', 'Arn'] },
        Condition: { StringEquals: { 'kms:ViaService': via(OSAKA) }, StringLike: { 'kms:EncryptionContext:aws:s3:arn': [replica, all] } },
      },
      { Effect: 'Allow', Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'], Resource: arnOf('orders-docs', '/*') },
      {
        Effect: 'Allow',
        Action: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'],
        Resource: { 'Fn::Join': ['', ['arn:', PARTITION, ':kms:ap-northeast-1:111122223333:key/*']] },
        Condition: {
          StringEquals: { 'kms:ViaService': via('ap-northeast-1') },
          StringLike: { 'kms:EncryptionContext:aws:s3:arn': [arnOf('orders-docs'), arnOf('orders-docs', '/*')] },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/docs' },
        },
      },
    ]);
    expect(statementsOf(made.support, 'ReplicaDocsReturnMachineRoleDefaultPolicy').slice(0, 2)).toEqual([
      { Effect: 'Allow', Action: 's3:PutReplicationConfiguration', Resource: replica },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::GetAtt': ['ReplicaDocsReturnRole78FB27B6', 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 's3.amazonaws.com' } },
      },
    ]);
  });

  test('are watched in both directions, each where S3 tells it', () => {
    const dimensions = (template: Template, id: string) =>
      Object.fromEntries(
        (only(template, 'AWS::CloudWatch::Alarm', id).Properties.Dimensions as { Name: string; Value: unknown }[]).map(
          ({ Name, Value }) => [Name, Value],
        ),
      );
    const rule = { RuleId: 'all-objects' };
    const back = { SourceBucket: REPLICA, DestinationBucket: 'orders-docs', ...rule };
    expect(dimensions(made.own, 'ReplicationReturnLagAlarm')).toEqual({ ...back, DestinationBucket: { Ref: 'DocsA50029D5' } });
    expect(dimensions(made.support, 'ReplicaDocsFailureAlarm')).toEqual(back);
    expect(only(made.support, 'AWS::CloudWatch::Alarm', 'ReplicaDocsReturnFailureAlarm').Properties.AlarmActions).toEqual(['there']);
  });

  test('are repaired in both directions', () => {
    const { StartAt, States } = definitionOf(made.support, 'ReplicaDocsRepair');
    expect(StartAt).toBe('ReplicateBack');
    expect(States.ReplicateBack.Next).toBe('WhichObjects');
    expect(States.StartJob).toMatchObject({
      Parameters: { ManifestGenerator: { S3JobManifestGenerator: { SourceBucket: '<ReplicaDocsBucket9ED1FC18.Arn>' } } },
    });
  });

  test('get also what came back from a former replica, but nothing that came from a former source', () => {
    const statusesOf = (template: Template) => only(template, 'AWS::SSM::Parameter').Properties.Value;
    expect(statusesOf(made.own)).toBe('NONE,FAILED,COMPLETED,REPLICA');
    expect(statusesOf(made.support)).toBe('NONE,FAILED,COMPLETED');
  });

  test('are not repaired where the user says so, but still replicate back', () => {
    const { support } = twoWay({ repair: false });
    expect(Object.keys(support.findResources('AWS::StepFunctions::StateMachine'))).toEqual([expect.stringMatching(/^ReplicaDocsReturn/)]);
  });

  test('set the rules of the replica at once although repairs wait for a time of day', () => {
    const { support } = twoWay({ repairSchedule: ScheduleExpression.cron({ hour: '3', minute: '0' }) });
    expect(only(support, 'AWS::Scheduler::Schedule', 'ReplicaDocsReturn').Properties.ScheduleExpression).toBe('rate(1 day)');
  });

  test('mirror filters, times and priorities, but no storage class', () => {
    const destination = ReplicaBucket.inRegion(OSAKA, { storageClass: { value: 'STANDARD_IA' } as never });
    const rules: BucketReplicationRule[] = [{ prefix: 'x/', tags: { a: 'b', c: 'd' }, timeControl: true }, { tags: { a: 'b' } }];
    const { ReplicationConfiguration } = step(twoWay({ destination, rules })).Parameters as never as {
      ReplicationConfiguration: { Rules: object[] };
    };
    expect(ReplicationConfiguration.Rules).toMatchObject([
      {
        Priority: 2,
        Filter: {
          And: {
            Prefix: 'x/',
            Tags: [
              { Key: 'a', Value: 'b' },
              { Key: 'c', Value: 'd' },
            ],
          },
        },
        DeleteMarkerReplication: { Status: 'Disabled' },
        Destination: {
          Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
          ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
        },
      },
      { Priority: 1, Filter: { Tag: { Key: 'a', Value: 'b' } } },
    ]);
    expect(JSON.stringify(ReplicationConfiguration)).not.toContain('StorageClass');
  });
});

describe('the source is named from afar', () => {
  const keyIn = (made: TwoWay) =>
    JSON.stringify((step(made).Parameters as never as { ReplicationConfiguration: { Rules: object[] } }).ReplicationConfiguration.Rules[0]);

  test('by the name that the CDK makes for it', () => {
    const made = twoWay({}, { bucketName: PhysicalName.GENERATE_IF_NEEDED });
    const name = only(made.own, 'AWS::S3::Bucket', 'Docs').Properties.BucketName;
    expect(name).toMatch(/^orders/);
    expect(keyIn(made)).toContain(`:s3:::${name}"`);
  });

  test('by a name with its account', () => {
    expect(keyIn(twoWay({}, { bucketName: `docs-${Aws.ACCOUNT_ID}` }))).toContain(':s3:::docs-<AWS::AccountId>"');
  });

  test('by an alias that is made elsewhere in its stack', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: TOKYO });
    const encryptionKey = new Key(stack, 'Key');
    new Alias(stack, 'Alias', { aliasName: 'alias/late', targetKey: encryptionKey });
    const source = new Bucket(stack, 'Docs', { bucketName: 'orders-docs', encryptionKey });
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA, twoWay: true });
    const support = Template.fromStack(app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack);
    expect(JSON.stringify(definitionOf(support, 'ReplicaDocsReturn'))).toContain('111122223333:alias/late');
  });

  test.each([
    ['arn:aws:kms:ap-northeast-1:111122223333:key/1', 'arn:aws:kms:ap-northeast-1:111122223333:key/1'],
    ['alias/mine', ':kms:ap-northeast-1:111122223333:alias/mine'],
    ['key-1', ':kms:ap-northeast-1:111122223333:key/key-1'],
    [undefined, ':kms:ap-northeast-1:111122223333:alias/aws/s3'],
  ])('with the key %s', (kmsMasterKeyId, expected) => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: TOKYO });
    const source = new CfnBucket(stack, 'Docs', {
      bucketName: 'orders-docs',
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId } }],
      },
    });
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA, twoWay: true });
    const support = Template.fromStack(app.node.findChild(`Orders-recovery-${OSAKA}`) as Stack);
    expect(JSON.stringify(definitionOf(support, 'ReplicaDocsReturn'))).toContain(`${expected}"`);
  });
});

describe('fails where nothing can be replicated back', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'to a bucket that CloudFormation names',
      () => twoWay({}, { bucketName: undefined }),
      /the name of the source 'Orders\/Docs' is only known once it is deployed.*'bucketName', or PhysicalName.GENERATE_IF_NEEDED \(SourceNameUnknown/,
    ],
    ['to a bucket named after the Region of whoever asks', () => twoWay({}, { bucketName: `docs-${Aws.REGION}` }), /\(SourceNameUnknown/],
    [
      'to a bucket without a key',
      () => twoWay({}, { encryptionKey: undefined }),
      /the key of 'Orders\/Docs' without asking.*a customer managed key that has an 'alias' \(SourceKeyUnknown/,
    ],
    ['to a bucket with a key without an alias', () => twoWay({}, {}, { alias: false }), /\(SourceKeyUnknown/],
    ['to a Region that only deployment tells', () => twoWay({}, {}, { env: {} }), /set 'env' of stack 'Orders' \(SourceRegionUnknown/],
    [
      'from another account',
      () => twoWay({ destination: ReplicaBucket.inRegion(OSAKA, { account: BUNKER }) }),
      /account 444455556666, which could then change the data.*\(TwoWayAcrossAccounts/,
    ],
    [
      'from a bucket that exists',
      () => twoWay({ destination: ReplicaBucket.existing(imported({ encryptionKey: keyAt(`arn:aws:kms:${OSAKA}:1:key/1`) })) }),
      /'copies' is not made here.*\(TwoWayIntoExisting/,
    ],
    [
      'from several buckets',
      () => twoWay({ recoveryRegion: OSAKA, rules: [{}, { id: 'b', destination: ReplicaBucket.inRegion('us-east-1') }] }),
      /the rules lead to 2 buckets.*\(TwoWayOverSeveral/,
    ],
    [
      'from a bucket with a lock to one without',
      () => twoWay({ destination: ReplicaBucket.inRegion(OSAKA, { lock: ObjectLock.governance(Duration.days(1)) }) }),
      /turn 'objectLockEnabled' on, or leave out 'lock' \(TwoWayNeedsObjectLock/,
    ],
  ])('%s', (_case, make, message) => {
    expect(make).toThrow(message);
  });
});
