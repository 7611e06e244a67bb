import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type BucketProps, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { BucketReplication, type BucketReplicationProps, ReplicaBucket } from '../../lib/replication';
import {
  arnOf,
  BUNKER,
  imported,
  keyAt,
  type Made,
  OSAKA,
  only,
  PARTITION,
  REPLICA,
  replicate,
  rulesOf,
  statementsOf,
  TOKYO,
} from './buckets';

const own = (rest?: string) => {
  const it = { 'Fn::GetAtt': ['DocsA50029D5', 'Arn'] };
  return rest === undefined ? it : { 'Fn::Join': ['', [it, rest]] };
};
const via = (region: string) => ({ 'Fn::Join': ['', [`s3.${region}.`, { Ref: 'AWS::URLSuffix' }]] });

describe('a bucket replicated to another Region', () => {
  let made: Made;
  beforeAll(() => {
    made = replicate();
  });

  test('has one rule for all objects, with delete markers and metrics', () => {
    expect(rulesOf(made)).toEqual([
      {
        Id: 'all-objects',
        Status: 'Enabled',
        Priority: 1,
        Filter: { Prefix: '' },
        DeleteMarkerReplication: { Status: 'Enabled' },
        SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
        Destination: {
          Bucket: arnOf(REPLICA),
          EncryptionConfiguration: {
            ReplicaKmsKeyID: {
              'Fn::Join': [
                '',
                ['arn:', PARTITION, ':kms:ap-northeast-3:111122223333:alias/recovery/Orders-recovery-ap-northeast-3-from-ap-northeast-1'],
              ],
            },
          },
          Metrics: { Status: 'Enabled' },
        },
      },
    ]);
  });

  test('is versioned and retained', () => {
    made.own.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain', Properties: { VersioningConfiguration: { Status: 'Enabled' } } });
  });

  test('has a replica by a name of its own in a stack of the recovery Region', () => {
    expect(only(made.support(), 'AWS::S3::Bucket', 'ReplicaDocs')).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: REPLICA,
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            {
              BucketKeyEnabled: true,
              ServerSideEncryptionByDefault: {
                SSEAlgorithm: 'aws:kms',
                KMSMasterKeyID: { 'Fn::GetAtt': ['LiveCopiesKeyF598743E', 'Arn'] },
              },
            },
          ],
        },
      },
    });
    made.support().hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    });
    expect(made.replication.replicaName).toBe(REPLICA);
    expect(made.stack.resolve(made.replication.replicaArn)).toEqual(arnOf(REPLICA));
  });

  test('keeps the logical ids of what holds data', () => {
    expect(Object.keys(made.support().findResources('AWS::S3::Bucket'))).toEqual(['ReplicaDocsBucket9ED1FC18']);
    expect(Object.keys(made.support().findResources('AWS::KMS::Key'))).toEqual(['LiveCopiesKeyF598743E']);
    expect(Object.keys(made.own.findResources('AWS::S3::Bucket'))).toEqual(['DocsA50029D5', 'ReplicationReports9C6B8C57']);
  });

  test('has no reference, export or custom resource on either side', () => {
    const text = JSON.stringify([made.own.toJSON(), made.support().toJSON()]);
    expect(text).not.toMatch(/Custom::|Fn::GetStackOutput|Fn::ImportValue|"Export"|\/cdk\/exports/);
    expect(made.support().toJSON().Outputs).toBeUndefined();
    expect(made.stack.dependencies.map(({ node }) => node.path)).toEqual(['Orders-recovery-ap-northeast-3']);
  });

  test('synthesises to the same bytes a second time', () => {
    const again = replicate();
    expect(JSON.stringify([again.own.toJSON(), again.support().toJSON()])).toBe(
      JSON.stringify([made.own.toJSON(), made.support().toJSON()]),
    );
  });

  test('keeps the name of the replica when only the replication is renamed', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: TOKYO });
    const other = new BucketReplication(stack, 'Renamed', { source: new Bucket(stack, 'Docs'), recoveryRegion: OSAKA });
    expect(other.replicaName).toBe(REPLICA);
  });
});

describe('the role', () => {
  const read = ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'];
  const ROLE = 'ReplicationRoleDefaultPolicy';
  const always = [
    { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: own() },
    { Effect: 'Allow', Action: read, Resource: own('/*') },
  ];
  const decrypt = (resource: unknown, condition: object = {}) => ({
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: resource,
    Condition: {
      StringEquals: { 'kms:ViaService': via('ap-northeast-1') },
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [own(), own('/*')] },
      ...condition,
    },
  });
  const write = (name: string, ...more: string[]) => ({
    Effect: 'Allow',
    Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', ...more],
    Resource: arnOf(name, '/*'),
  });
  const encrypt = (name: string, account: string, alias: string | undefined, resource?: unknown) => ({
    Effect: 'Allow',
    Action: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: resource ?? { 'Fn::Join': ['', ['arn:', PARTITION, `:kms:ap-northeast-3:${account}:key/*`]] },
    Condition: {
      StringEquals: { 'kms:ViaService': via(OSAKA) },
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [arnOf(name), arnOf(name, '/*')] },
      ...(alias === undefined ? {} : { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } }),
    },
  });
  const there = encrypt(REPLICA, '111122223333', 'alias/recovery/Orders-recovery-ap-northeast-3-from-ap-northeast-1');
  const bunker = 'orders-docs-7d1189c7-444455556666-ap-northeast-3';
  const given = 'arn:aws:kms:ap-northeast-3:111122223333:key/1';

  test.each<[string, Partial<BucketReplicationProps>, BucketProps, unknown[]]>([
    ['of a bucket without a key', {}, {}, [...always, write(REPLICA), there]],
    [
      'of a bucket with a key',
      {},
      { encryption: BucketEncryption.KMS },
      [...always, decrypt({ 'Fn::GetAtt': ['DocsKey80168546', 'Arn'] }), write(REPLICA), there],
    ],
    [
      'of a bucket with the key that AWS manages',
      {},
      { encryption: BucketEncryption.KMS_MANAGED },
      [
        ...always,
        decrypt(
          { 'Fn::Join': ['', ['arn:', PARTITION, ':kms:ap-northeast-1:111122223333:key/*']] },
          { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/aws/s3' } },
        ),
        write(REPLICA),
        there,
      ],
    ],
    [
      'of a bucket with Object Lock',
      {},
      { objectLockEnabled: true },
      [always[0], { ...always[1], Action: [...read, 's3:GetObjectRetention', 's3:GetObjectLegalHold'] }, write(REPLICA), there],
    ],
    [
      'into another account',
      { recoveryAccount: BUNKER },
      {},
      [
        ...always,
        write(bunker, 's3:ObjectOwnerOverrideToBucketOwner'),
        encrypt(bunker, BUNKER, 'alias/recovery/Orders-recovery-444455556666-ap-northeast-3-from-111122223333-ap-northeast-1'),
      ],
    ],
    [
      'into an existing bucket with a key',
      { destination: ReplicaBucket.existing(imported(), { encryptionKey: keyAt(given) }) },
      {},
      [...always, write('copies'), encrypt('copies', '', undefined, given)],
    ],
    ['into an existing bucket without a key', { destination: ReplicaBucket.existing(imported()) }, {}, [...always, write('copies')]],
  ])('%s may do exactly what S3 documents', (_case, props, bucket, expected) => {
    const { own: template } = replicate(props, bucket);
    expect(statementsOf(template, ROLE)).toEqual(expected);
    expect(only(template, 'AWS::IAM::Role', 'ReplicationRole')).toMatchObject({
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 's3.amazonaws.com' } }],
        },
      },
    });
  });

  test('may decrypt with further keys of objects', () => {
    const app = new App();
    const stack = new Stack(app, 'Orders', { env: TOKYO });
    const key = Key.fromKeyArn(stack, 'Old', 'arn:aws:kms:ap-northeast-1:111122223333:key/old');
    new BucketReplication(stack, 'Replication', { source: new Bucket(stack, 'Docs'), recoveryRegion: OSAKA, objectKeys: [key] });
    expect(statementsOf(Template.fromStack(stack), ROLE)[2]).toEqual(decrypt('arn:aws:kms:ap-northeast-1:111122223333:key/old'));
  });

  const ofAccount = (resource: string) => ({ 'Fn::Join': ['', ['arn:', PARTITION, `:kms:ap-northeast-1:111122223333:key/${resource}`]] });

  test.each<[string, (stack: Stack) => string, unknown, object?]>([
    ['an ARN', () => given, given],
    ['an id', () => 'key-1', ofAccount('key-1')],
    ['an alias', () => 'alias/docs', ofAccount('*'), { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/docs' } }],
    [
      'the ARN of an alias',
      () => 'arn:aws:kms:ap-northeast-1:1:alias/docs',
      'arn:aws:kms:ap-northeast-1:1:key/*',
      { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/docs' } },
    ],
    [
      'the return value of a key',
      (stack) => new CfnKey(stack, 'Key').ref,
      { 'Fn::Join': ['', ['arn:', PARTITION, ':kms:ap-northeast-1:111122223333:key/', { Ref: 'Key' }]] },
    ],
  ])('finds the key of a bucket that names it by %s', (_case, key, resource, condition = {}) => {
    const stack = new Stack(new App(), 'Orders', { env: TOKYO });
    const serverSideEncryptionByDefault = { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key(stack) };
    const source = new CfnBucket(stack, 'Docs', {
      bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault }] },
    });
    new BucketReplication(stack, 'Replication', { source, recoveryRegion: OSAKA });
    expect(statementsOf(Template.fromStack(stack), ROLE)[2]).toMatchObject({
      Action: 'kms:Decrypt',
      Resource: resource,
      Condition: condition,
    });
  });
});
