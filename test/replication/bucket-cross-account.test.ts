import { Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ObjectLock, ReplicaBucket } from '../../lib/replication';
import { BUNKER, imported, keyAt, type Made, OSAKA, only, PARTITION, replicate, rulesOf, TOKYO } from './buckets';

const ROLE = 'Orders-Docs-ap-northeast-1-9d6192a5-replication';
const ROLE_ARN = { 'Fn::Join': ['', ['arn:', PARTITION, `:iam::111122223333:role/${ROLE}`]] };
const SOURCE = { AWS: { 'Fn::Join': ['', ['arn:', PARTITION, ':iam::111122223333:root']] } };

describe('a replica in another account', () => {
  let made: Made;
  beforeAll(() => {
    made = replicate({ recoveryRegion: OSAKA, recoveryAccount: BUNKER });
  });
  const bunker = () => made.support(`${BUNKER}-${OSAKA}`);

  test('belongs to that account', () => {
    expect(rulesOf(made)).toMatchObject([{ Destination: { Account: BUNKER, AccessControlTranslation: { Owner: 'Destination' } } }]);
    expect(made.app.node.findChild(`Orders-recovery-${BUNKER}-${OSAKA}`)).toMatchObject({ account: BUNKER, region: OSAKA });
  });

  test('is written to by a role whose name is known before it exists', () => {
    expect(only(made.own, 'AWS::IAM::Role', 'ReplicationRole').Properties.RoleName).toBe(ROLE);
    expect(only(replicate().own, 'AWS::IAM::Role', 'ReplicationRole').Properties).not.toHaveProperty('RoleName');
  });

  test('lets in that role alone, for replication alone', () => {
    const { PolicyDocument } = only(bunker(), 'AWS::S3::BucketPolicy').Properties as { PolicyDocument: { Statement: unknown[] } };
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny' }),
      {
        Effect: 'Allow',
        Principal: SOURCE,
        Action: ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['ReplicaDocsBucket9ED1FC18', 'Arn'] }, '/*']] },
        Condition: { StringEquals: { 'aws:PrincipalArn': ROLE_ARN } },
      },
    ]);
  });

  test('has a key that lets in that role through S3 alone', () => {
    const { KeyPolicy } = only(bunker(), 'AWS::KMS::Key').Properties as { KeyPolicy: { Statement: unknown[] } };
    expect(KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: SOURCE,
      Action: ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
      Condition: {
        StringEquals: {
          'aws:PrincipalArn': ROLE_ARN,
          'kms:ViaService': { 'Fn::Join': ['', ['s3.ap-northeast-3.', { Ref: 'AWS::URLSuffix' }]] },
        },
      },
    });
  });

  test('warns that S3 documents no alias as a key of another account, unless there is an ARN', () => {
    const found = ({ stack }: Made, code: string) =>
      Annotations.fromStack(stack).findWarning('/Orders/Replication', Match.stringLikeRegexp(code));
    expect(found(made, 'replicaKeyByAlias')).toHaveLength(1);
    const keyArn = `arn:aws:kms:${OSAKA}:${BUNKER}:key/1`;
    const given = replicate({ destination: ReplicaBucket.inRegion(OSAKA, { account: BUNKER, encryptionKey: keyAt(keyArn) }) });
    expect(found(given, 'replicaKeyByAlias')).toEqual([]);
    expect(
      found(given, `let the role '${ROLE}' of account 111122223333 do kms:Encrypt, kms:GenerateDataKey, kms:Decrypt there`),
    ).toHaveLength(1);
    expect(rulesOf(given)).toMatchObject([{ Destination: { EncryptionConfiguration: { ReplicaKmsKeyID: keyArn } } }]);
    expect(given.support(`${BUNKER}-${OSAKA}`).findResources('AWS::KMS::Key')).toEqual({});
    expect(found(replicate(), 'replicaKeyByAlias')).toEqual([]);
  });

  test('may be in the Region of the source, and the own account may be named', () => {
    const near = replicate({ recoveryAccount: BUNKER, recoveryRegion: undefined });
    expect(near.replication.replicaName).toBe('orders-docs-7d1189c7-444455556666-ap-northeast-1');
    const named = replicate({ recoveryRegion: OSAKA, recoveryAccount: '111122223333' });
    expect(rulesOf(named)[0].Destination).not.toHaveProperty('Account');
    expect(only(named.own, 'AWS::IAM::Role', 'ReplicationRole').Properties).not.toHaveProperty('RoleName');
  });

  test.each([
    ['Regions', { region: 'us-east-1' }, undefined],
    ['accounts', { account: '999988887777' }, BUNKER],
  ])('has another name for stacks of one name in two %s, which may be of two apps', (_, other, recoveryAccount) => {
    const names = [TOKYO, { ...TOKYO, ...other }].map((env) => replicate({ recoveryAccount }, {}, env).replication.replicaName);
    expect(new Set(names).size).toBe(2);
  });

  test('that exists gets the owner too', () => {
    const { support, own } = replicate({ destination: ReplicaBucket.existing(imported({ account: BUNKER })) });
    expect(rulesOf({ own })).toMatchObject([{ Destination: { Account: BUNKER, AccessControlTranslation: { Owner: 'Destination' } } }]);
    expect(only(own, 'AWS::IAM::Role', 'ReplicationRole').Properties.RoleName).toBe(ROLE);
    expect(support().findResources('AWS::S3::Bucket')).toEqual({});
  });

  test('can be locked', () => {
    const lock = ObjectLock.governance(Duration.days(30));
    const { support, stack } = replicate({ destination: ReplicaBucket.inRegion(OSAKA, { account: BUNKER, lock }) });
    expect(only(support(`${BUNKER}-${OSAKA}`), 'AWS::S3::Bucket').Properties.ObjectLockEnabled).toBe(true);
    expect(stack.dependencies.map(({ node }) => node.path).sort()).toEqual([
      `Orders-recovery-${BUNKER}-${OSAKA}`,
      `Orders-recovery-${OSAKA}`,
    ]);
    expect(stack).toBeInstanceOf(Stack);
  });
});
