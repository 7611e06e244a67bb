import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { DisableKeyCommand, KMSClient, PutKeyPolicyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeWithEmulator, eventually } from './harness';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(120_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const BUNKER = '999999999999';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/replication`;
const MINUTE = 60_000;

/** What the S3 User Guide says that S3 calls. */
const READ = ['s3:GetReplicationConfiguration', 's3:ListBucket'];
const READ_OBJECTS = ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'];
const WRITE = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags'];
const allow = (actions: readonly string[], resource: string | readonly string[], Condition?: object) => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resource,
  ...(Condition && { Condition }),
});
const documented = (source = 'origin', target = 'copies') => [
  allow(READ, `arn:aws:s3:::${source}`),
  allow(READ_OBJECTS, `arn:aws:s3:::${source}/*`),
  allow(WRITE, `arn:aws:s3:::${target}/*`),
];
const role = (statements: readonly object[], service = 's3.amazonaws.com'): Template => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: 'replication',
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'calls', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
const bucket = (BucketName: string, properties: Template = {}): Template => ({
  Type: 'AWS::S3::Bucket',
  Properties: { BucketName, VersioningConfiguration: { Status: 'Enabled' }, ...properties },
});
const rule = (properties: Template = {}, destination: Template = {}): Template => ({
  Id: 'all',
  Status: 'Enabled',
  Priority: 1,
  Filter: { Prefix: '' },
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: { Bucket: 'arn:aws:s3:::copies', ...destination },
  ...properties,
});
const replicating = (rules: readonly Template[], properties: Template = {}, BucketName = 'origin'): Template => ({
  ...bucket(BucketName, { ReplicationConfiguration: { Role: ROLE, Rules: rules }, ...properties }),
  DependsOn: 'Role',
});

describeWithEmulator('S3 replication', (emulator) => {
  const control = () => emulator().control;
  let tokyo: StackClient;
  let osaka: StackClient;
  let s3: S3Client;
  beforeEach(async () => {
    await control().reset();
    tokyo = new StackClient(emulator());
    osaka = new StackClient(emulator(), OSAKA);
    s3 = new S3Client(emulator().client());
  });
  const make = async (stacks: StackClient, name: string, template: Template, more: Template = {}) => {
    const outcome = await stacks.create(name, template, more);
    expect(outcome).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
    return outcome.outputs;
  };
  /** A destination in Osaka, and a source in Tokyo with these rules. */
  const pair = async (
    rules: readonly Template[],
    statements: readonly object[] = documented(),
    source: Template = {},
    target: Template = {},
  ) => {
    await make(osaka, 'Target', { Bucket: bucket('copies', target) });
    await make(tokyo, 'Source', { Role: role(statements), Bucket: replicating(rules, source) });
  };
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}, Bucket = 'origin') =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }));
  const head = (Bucket: string, Key: string, client = s3) => client.send(new HeadObjectCommand({ Bucket, Key }));
  const status = async (Key: string, Bucket = 'origin') =>
    head(Bucket, Key).then(
      (found) => found.ReplicationStatus,
      () => 'absent',
    );
  const settled = () => control().advanceClock(MINUTE);
  const reason = async (key: string) => (await control().replication({ key })).map((attempt) => attempt.failureReason);

  describe('of objects', () => {
    test('copies them after the lag, with version, tags, metadata and storage class, and says how it stands', async () => {
      await pair([rule({}, { StorageClass: 'STANDARD_IA' })]);
      await control().freezeClock();
      await control().settings({ s3ReplicationLagMs: MINUTE });
      const { VersionId } = await put('a', { Tagging: 'kind=order', Metadata: { from: 'here' }, ContentType: 'text/plain' });
      expect([await status('a'), await status('a', 'copies')]).toEqual(['PENDING', 'absent']);
      await control().advanceClock(MINUTE - 1);
      expect(await status('a')).toBe('PENDING');
      await control().advanceClock(1);
      expect([await status('a'), await status('a', 'copies')]).toEqual(['COMPLETED', 'REPLICA']);
      expect(await head('copies', 'a')).toMatchObject({
        VersionId,
        Metadata: { from: 'here' },
        ContentType: 'text/plain',
        StorageClass: 'STANDARD_IA',
        LastModified: (await head('origin', 'a')).LastModified,
      });
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: 'copies', Key: 'a' }));
      expect(TagSet).toEqual([{ Key: 'kind', Value: 'order' }]);
    });

    test('leaves what was there before, what no rule fits, and what a disabled rule fits', async () => {
      await make(osaka, 'Target', { Bucket: bucket('copies') });
      await make(tokyo, 'Source', { Role: role(documented()), Bucket: bucket('origin') });
      await put('old');
      const rules = [
        rule({ Id: 'docs', Filter: { Prefix: 'docs/' } }),
        rule({ Id: 'off', Priority: 2, Filter: { Prefix: 'logs/' }, Status: 'Disabled' }),
      ];
      await tokyo.update('Source', { Role: role(documented()), Bucket: replicating(rules) });
      for (const key of ['docs/a', 'logs/a', 'other']) {
        await put(key);
      }
      await settled();
      const all = await Promise.all(['old', 'docs/a', 'logs/a', 'other'].map((key) => status(key, 'copies')));
      expect(all).toEqual(['absent', 'REPLICA', 'absent', 'absent']);
      expect([await status('old'), await status('other')]).toEqual([undefined, undefined]);
    });

    test('goes by prefix and tags, tags at the time of the writing only', async () => {
      const both = {
        And: {
          Prefix: 'docs/',
          TagFilters: [
            { Key: 'keep', Value: 'yes' },
            { Key: 'of', Value: 'law' },
          ],
        },
      };
      await pair([
        rule({ Id: 'both', Filter: both }),
        rule({ Id: 'tag', Priority: 2, Filter: { TagFilter: { Key: 'always', Value: '1' } } }),
      ]);
      await put('docs/1', { Tagging: 'keep=yes&of=law' });
      await put('docs/2', { Tagging: 'keep=yes' });
      await put('x', { Tagging: 'always=1' });
      await put('late');
      await s3.send(new PutObjectTaggingCommand({ Bucket: 'origin', Key: 'late', Tagging: { TagSet: [{ Key: 'always', Value: '1' }] } }));
      await settled();
      const all = await Promise.all(['docs/1', 'docs/2', 'x', 'late'].map((key) => status(key, 'copies')));
      expect(all).toEqual(['REPLICA', 'absent', 'REPLICA', 'absent']);
    });

    test('lets the rule of the higher number win for one destination, and serves several destinations', async () => {
      await make(osaka, 'Second', { Bucket: bucket('more') });
      await pair(
        [
          rule({ Id: 'low' }, { StorageClass: 'GLACIER' }),
          rule({ Id: 'high', Priority: 9 }, { StorageClass: 'STANDARD_IA' }),
          rule({ Id: 'other', Destination: { Bucket: 'arn:aws:s3:::more' } }),
        ],
        [...documented(), ...documented('origin', 'more')],
      );
      await put('a');
      await settled();
      expect(await head('copies', 'a')).toMatchObject({ StorageClass: 'STANDARD_IA' });
      expect([await status('a', 'more'), await status('a')]).toEqual(['REPLICA', 'COMPLETED']);
      expect((await control().replication({ key: 'a' })).map((attempt) => attempt.rule).sort()).toEqual(['high', 'other']);
    });

    test('fails for an object as a whole where one destination fails', async () => {
      await make(osaka, 'Second', { Bucket: bucket('more') });
      await pair([rule(), rule({ Id: 'other', Destination: { Bucket: 'arn:aws:s3:::more' } })]);
      await put('a');
      await settled();
      expect([await status('a', 'copies'), await status('a', 'more'), await status('a')]).toEqual(['REPLICA', 'absent', 'FAILED']);
    });

    test('copies later changes of tags', async () => {
      await pair([rule()]);
      await put('a');
      await settled();
      await s3.send(new PutObjectTaggingCommand({ Bucket: 'origin', Key: 'a', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }));
      await settled();
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: 'copies', Key: 'a' }));
      expect(TagSet).toEqual([{ Key: 'k', Value: 'v' }]);
    });

    test('brings the object lock along', async () => {
      const locked = { ObjectLockEnabled: true };
      const calls = [...documented(), allow(['s3:GetObjectRetention', 's3:GetObjectLegalHold'], 'arn:aws:s3:::origin/*')];
      await pair([rule()], calls, locked, locked);
      const until = new Date('2040-01-01T00:00:00Z');
      await put('a', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until });
      await settled();
      expect(await head('copies', 'a')).toMatchObject({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: until });
      expect((await control().replicationPermissions(ROLE)).unused.map((one) => one.action)).toEqual([
        's3:ReplicateDelete',
        's3:ReplicateTags',
      ]);
    });
  });

  describe('of deletions', () => {
    const versions = async (Bucket: string) => {
      const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      return [listed.Versions?.length ?? 0, listed.DeleteMarkers?.length ?? 0];
    };

    test.each([
      ['copies delete markers where the rule says so', 'Enabled', [1, 1]],
      ['leaves delete markers where it does not', 'Disabled', [1, 0]],
    ])('%s, and never copies a permanent deletion', async (_, Status, expected) => {
      await pair([rule({ DeleteMarkerReplication: { Status } })]);
      const { VersionId } = await put('a');
      await settled();
      await s3.send(new DeleteObjectCommand({ Bucket: 'origin', Key: 'a' }));
      await settled();
      expect(await versions('copies')).toEqual(expected);
      await s3.send(new DeleteObjectCommand({ Bucket: 'origin', Key: 'a', VersionId }));
      await settled();
      expect(await versions('origin')).toEqual([0, 1]);
      expect(await versions('copies')).toEqual(expected);
    });
  });

  describe('in both directions', () => {
    const both = async (more: Template) => {
      const back = rule({ SourceSelectionCriteria: more }, { Bucket: 'arn:aws:s3:::origin' });
      const there = rule({ SourceSelectionCriteria: more });
      const statements = [...documented(), ...documented('copies', 'origin')];
      await make(osaka, 'Target', { Bucket: bucket('copies') });
      await make(tokyo, 'Source', { Role: role(statements), Bucket: replicating([there]) });
      await osaka.update('Target', {
        Bucket: bucket('copies', { ReplicationConfiguration: { Role: ROLE, Rules: [back] } }),
      });
    };

    test('does not go round in circles', async () => {
      await both({ ReplicaModifications: { Status: 'Enabled' } });
      await put('a');
      await put('b', {}, 'copies');
      await settled();
      await settled();
      expect([await status('a', 'copies'), await status('b', 'origin')]).toEqual(['REPLICA', 'REPLICA']);
      expect(await control().replication()).toHaveLength(2);
    });

    test.each([
      ['brings changes of a replica back', 'Enabled', [{ Key: 'k', Value: 'v' }]],
      ['leaves changes of a replica where they are', 'Disabled', []],
    ])('%s with replica modifications %s', async (_, Status, expected) => {
      await both({ ReplicaModifications: { Status } });
      await put('a');
      await settled();
      await s3.send(new PutObjectTaggingCommand({ Bucket: 'copies', Key: 'a', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }));
      await settled();
      expect((await s3.send(new GetObjectTaggingCommand({ Bucket: 'origin', Key: 'a' }))).TagSet).toEqual(expected);
      expect([await status('a'), await status('a', 'copies')]).toEqual(['COMPLETED', 'REPLICA']);
    });
  });

  describe('of objects under a KMS key', () => {
    const key = (
      policy: object = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
    ) => ({
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [policy] } } },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/copies', TargetKeyId: { Ref: 'Key' } } },
    });
    const ALIAS = `arn:aws:kms:${OSAKA}:${ACCOUNT}:alias/copies`;
    const outputs = { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } } };
    const criteria = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } };
    const underKey = rule(criteria, { EncryptionConfiguration: { ReplicaKmsKeyID: ALIAS } });
    const decrypt = (bucketKey = false) =>
      allow(['kms:Decrypt'], `arn:aws:kms:${TOKYO}:${ACCOUNT}:key/*`, {
        StringLike: {
          'kms:ViaService': `s3.${TOKYO}.amazonaws.com`,
          'kms:EncryptionContext:aws:s3:arn': bucketKey ? 'arn:aws:s3:::origin' : 'arn:aws:s3:::origin/*',
        },
      });
    const encrypt = (actions = ['kms:Encrypt']) =>
      allow(actions, `arn:aws:kms:${OSAKA}:${ACCOUNT}:key/*`, {
        StringEquals: { 'kms:ViaService': `s3.${OSAKA}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/copies' },
      });
    const setUp = async (rules: readonly Template[], statements: readonly object[], policy?: object) => {
      const { Arn: source } = await make(tokyo, 'SourceKey', key(), outputs);
      const { Arn: replica } = await make(osaka, 'Key', key(policy), outputs);
      await pair(rules, [...documented(), ...statements]);
      return { source, replica };
    };
    const putEncrypted = (Key: string, source: string, more: Partial<PutObjectCommandInput> = {}) =>
      put(Key, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: source, ...more });

    test('copies them under the key of the rule, and uses just the permissions that S3 documents', async () => {
      const { source, replica } = await setUp([underKey], [decrypt(), encrypt()]);
      await putEncrypted('a', source);
      await put('plain', { Tagging: 'k=v' });
      await settled();
      expect(await head('copies', 'a')).toMatchObject({
        ReplicationStatus: 'REPLICA',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: replica,
      });
      expect(await head('copies', 'plain')).toMatchObject({ ReplicationStatus: 'REPLICA', ServerSideEncryption: 'AES256' });
      const { unused, refused } = await control().replicationPermissions(ROLE);
      expect({ unused: unused.map((one) => one.action), refused }).toEqual({ unused: ['s3:ReplicateDelete'], refused: [] });
    });

    test('leaves them where no rule says that they are to be copied', async () => {
      const { source } = await setUp([rule()], [decrypt(), encrypt()]);
      await putEncrypted('a', source);
      await settled();
      expect([await status('a'), await status('a', 'copies'), await control().replication()]).toEqual([undefined, 'absent', []]);
    });

    test('wants the bucket as context, and to decrypt, where bucket keys are used', async () => {
      const { source } = await setUp([underKey], [decrypt(true), encrypt()]);
      await putEncrypted('a', source, { BucketKeyEnabled: true });
      await settled();
      expect(await reason('a')).toEqual(['DstPutObjectNotPermitted']);
      const fixed = { Version: '2012-10-17', Statement: [...documented(), decrypt(true), encrypt(['kms:Encrypt', 'kms:Decrypt'])] };
      const command = new PutRolePolicyCommand({ RoleName: 'replication', PolicyName: 'calls', PolicyDocument: JSON.stringify(fixed) });
      await new IAMClient(emulator().client()).send(command);
      await putEncrypted('b', source, { BucketKeyEnabled: true });
      await settled();
      expect(await reason('b')).toEqual([null]);
    });

    test.each<[string, object[], string]>([
      ['without kms:Decrypt', [encrypt()], 'SrcGetObjectNotPermitted'],
      ['without kms:Encrypt', [decrypt()], 'DstPutObjectNotPermitted'],
      [
        'where the condition names another alias',
        [decrypt(), allow(['kms:Encrypt'], '*', { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/others' } })],
        'DstPutObjectNotPermitted',
      ],
      [
        'where the condition names another Region',
        [decrypt(), allow(['kms:Encrypt'], '*', { StringEquals: { 'kms:ViaService': `s3.${TOKYO}.amazonaws.com` } })],
        'DstPutObjectNotPermitted',
      ],
    ])('fails %s', async (_, statements, failure) => {
      const { source } = await setUp([underKey], statements);
      await putEncrypted('a', source);
      await settled();
      expect([await status('a'), await status('a', 'copies'), await reason('a')]).toEqual(['FAILED', 'absent', [failure]]);
    });

    test('needs no policy of the role where that of the key lets everybody of the account in through S3', async () => {
      const open = {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['kms:Encrypt', 'kms:Decrypt'],
        Resource: '*',
        Condition: { StringEquals: { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': `s3.${OSAKA}.amazonaws.com` } },
      };
      const { source } = await setUp([underKey], [decrypt()], open);
      await putEncrypted('a', source);
      await settled();
      expect(await reason('a')).toEqual([null]);
    });

    test('fails once the key of either side is disabled, which makes its objects unreadable too', async () => {
      const { source, replica } = await setUp([underKey], [decrypt(), encrypt()]);
      await putEncrypted('a', source);
      await settled();
      await new KMSClient(emulator().client(OSAKA)).send(new DisableKeyCommand({ KeyId: replica }));
      await putEncrypted('b', source);
      await settled();
      expect(await reason('b')).toEqual(['DstKmsKeyInvalidState']);
      await expect(s3.send(new GetObjectCommand({ Bucket: 'copies', Key: 'a' }))).rejects.toMatchObject({ name: 'KMS.DisabledException' });
      await control().freezeClock();
      await putEncrypted('c', source);
      await new KMSClient(emulator().client()).send(new DisableKeyCommand({ KeyId: source }));
      await settled();
      expect(await reason('c')).toEqual(['SrcKmsKeyInvalidState']);
      await expect(s3.send(new GetObjectCommand({ Bucket: 'origin', Key: 'a' }))).rejects.toMatchObject({ name: 'KMS.DisabledException' });
      await expect(putEncrypted('d', source)).rejects.toMatchObject({ name: 'KMS.DisabledException' });
    });

    test('cannot be read while the key waits for its deletion', async () => {
      const { source } = await setUp([underKey], [decrypt(), encrypt()]);
      await putEncrypted('a', source);
      await new KMSClient(emulator().client()).send(new ScheduleKeyDeletionCommand({ KeyId: source, PendingWindowInDays: 7 }));
      const get = new GetObjectCommand({ Bucket: 'origin', Key: 'a' });
      await expect(s3.send(get)).rejects.toMatchObject({ name: 'KMS.KMSInvalidStateException' });
      await control().advanceClock(8 * 24 * 60 * MINUTE);
      await expect(s3.send(get)).rejects.toMatchObject({ name: 'KMS.NotFoundException' });
    });

    test('fails where the key of the rule is none', async () => {
      const wrong = rule(criteria, { EncryptionConfiguration: { ReplicaKmsKeyID: `${ALIAS}-of-nothing` } });
      const { source } = await setUp([wrong], [decrypt(), encrypt()]);
      await putEncrypted('a', source);
      await settled();
      expect(await reason('a')).toEqual(['DstKmsKeyNotFound']);
    });
  });

  describe('and the role', () => {
    const without = (action: string) =>
      documented().map((statement) => ({ ...statement, Action: statement.Action.filter((one) => one !== action) }));

    test.each([
      ['s3:GetReplicationConfiguration', 'SrcGetObjectNotPermitted'],
      ['s3:ListBucket', 'SrcGetObjectNotPermitted'],
      ['s3:GetObjectVersionForReplication', 'SrcGetObjectNotPermitted'],
      ['s3:GetObjectVersionAcl', 'SrcGetAclNotPermitted'],
      ['s3:GetObjectVersionTagging', 'SrcGetTaggingNotPermitted'],
      ['s3:ReplicateObject', 'DstPutObjectNotPermitted'],
    ])('fails without %s', async (action, failure) => {
      await pair([rule()], without(action));
      await put('a');
      await settled();
      expect([await status('a'), await status('a', 'copies'), await reason('a')]).toEqual(['FAILED', 'absent', [failure]]);
      expect((await control().replicationPermissions(ROLE)).refused.join()).toContain(action);
    });

    test('fails to replicate a delete marker without s3:ReplicateDelete', async () => {
      await pair([rule({ DeleteMarkerReplication: { Status: 'Enabled' } })], without('s3:ReplicateDelete'));
      await put('a');
      await s3.send(new DeleteObjectCommand({ Bucket: 'origin', Key: 'a' }));
      await settled();
      expect(await reason('a')).toEqual([null, 'DstDelObjNotPermitted']);
    });

    test.each<[string, object[], string]>([
      ['a denial', [...documented(), { Effect: 'Deny', Action: 's3:Replicate*', Resource: '*' }], 'DstPutObjectNotPermitted'],
      [
        'a denial of tags',
        [...documented(), { Effect: 'Deny', Action: 's3:ReplicateTags', Resource: 'arn:aws:s3:::copies/*' }],
        'DstPutTaggingNotPermitted',
      ],
      [
        'a condition that does not hold',
        [allow(['s3:*'], '*', { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } })],
        'SrcGetObjectNotPermitted',
      ],
      [
        'a condition that the emulator does not know',
        [allow(['s3:*'], '*', { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })],
        'NotEvaluated: the condition operator DateGreaterThan',
      ],
      ['another prefix', [...documented().slice(0, 2), allow(WRITE, 'arn:aws:s3:::copies/docs/*')], 'DstPutObjectNotPermitted'],
    ])('fails on %s', async (_, statements, failure) => {
      await pair([rule()], statements);
      await put('a', { Tagging: 'k=v' });
      await settled();
      expect(await reason('a')).toEqual([failure]);
    });

    test('fails where S3 cannot assume it', async () => {
      await make(osaka, 'Target', { Bucket: bucket('copies') });
      await make(tokyo, 'Source', { Role: role(documented(), 'lambda.amazonaws.com'), Bucket: replicating([rule()]) });
      await put('a');
      await settled();
      expect(await reason('a')).toEqual(['AssumeRoleNotPermitted']);
    });

    test('tells which of its permissions were used, and which never', async () => {
      await pair([rule({ DeleteMarkerReplication: { Status: 'Enabled' } })], [...documented(), allow(['s3:PutObject'], 'arn:aws:s3:::*')]);
      await put('a', { Tagging: 'k=v' });
      await s3.send(new DeleteObjectCommand({ Bucket: 'origin', Key: 'a' }));
      await settled();
      const { used, unused, refused } = await control().replicationPermissions(ROLE);
      expect(unused).toEqual([{ policy: 'calls', action: 's3:PutObject', resource: 'arn:aws:s3:::*' }]);
      expect(used.map((one) => one.action)).toEqual([...READ_OBJECTS, ...READ, ...WRITE].sort());
      expect(used.find((one) => one.action === 's3:ReplicateTags')!.calls).toEqual(['s3:ReplicateTags arn:aws:s3:::copies/a']);
      expect(refused).toEqual([]);
      await expect(control().replicationPermissions(`${ROLE}-of-nobody`)).rejects.toThrow(/there is no role/);
    });
  });

  describe('into another account', () => {
    const policy = (actions: readonly string[], principal = ROLE): Template => ({
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ ...allow(actions, 'arn:aws:s3:::copies/*'), Principal: { AWS: principal } }],
          },
        },
      },
    });
    const override = { Account: BUNKER, AccessControlTranslation: { Owner: 'Destination' } };
    const setUp = async (target: Template, destination: Template, more: readonly object[] = []) => {
      await make(new StackClient(emulator(), OSAKA, BUNKER), 'Target', { Bucket: bucket('copies'), ...target });
      await make(tokyo, 'Source', { Role: role([...documented(), ...more]), Bucket: replicating([rule({}, destination)]) });
      await put('a');
      await settled();
      return reason('a');
    };
    const own = allow(['s3:ObjectOwnerOverrideToBucketOwner'], 'arn:aws:s3:::copies/*');

    test('succeeds where both sides allow it, also with a change of owner', async () => {
      const calls = ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ObjectOwnerOverrideToBucketOwner'];
      expect(await setUp(policy(calls), override, [own])).toEqual([null]);
      const bunker = new S3Client(emulator().client(OSAKA, BUNKER));
      expect(await head('copies', 'a', bunker)).toMatchObject({ ReplicationStatus: 'REPLICA' });
    });

    describe('under its key', () => {
      const bunkerKey = (principal: string): Template => ({
        Key: {
          Type: 'AWS::KMS::Key',
          Properties: {
            KeyPolicy: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: ['kms:Encrypt', 'kms:Decrypt'], Resource: '*' }],
            },
          },
        },
        Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/bunker', TargetKeyId: { Ref: 'Key' } } },
      });
      const keyed = {
        policy: policy(['s3:ReplicateObject']),
        destination: { EncryptionConfiguration: { ReplicaKmsKeyID: `arn:aws:kms:${OSAKA}:${BUNKER}:alias/bunker` } },
      };
      const encrypted = async (principal: string, statements: readonly object[]) => {
        const { Arn } = await make(
          tokyo,
          'Key',
          { Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [] } } } },
          { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } } },
        );
        await make(new StackClient(emulator(), OSAKA, BUNKER), 'Target', {
          Bucket: bucket('copies'),
          ...keyed.policy,
          ...bunkerKey(principal),
        });
        const open = allow(['kms:Decrypt'], Arn);
        const criteria = { SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } } };
        await make(tokyo, 'Source', {
          Role: role([...documented(), open, ...statements]),
          Bucket: replicating([rule(criteria, keyed.destination)]),
        });
        const ownKey = { Effect: 'Allow', Principal: { AWS: ROLE }, Action: 'kms:Decrypt', Resource: '*' };
        await new KMSClient(emulator().client()).send(
          new PutKeyPolicyCommand({
            KeyId: Arn,
            PolicyName: 'default',
            Policy: JSON.stringify({ Version: '2012-10-17', Statement: [ownKey] }),
          }),
        );
        await put('a', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: Arn });
        await settled();
        return reason('a');
      };
      const encrypt = allow(['kms:Encrypt'], `arn:aws:kms:${OSAKA}:${BUNKER}:key/*`, {
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/bunker' },
      });

      test('succeeds where the policies of the key and of the role allow it', async () => {
        expect(await encrypted(`arn:aws:iam::${ACCOUNT}:root`, [encrypt])).toEqual([null]);
      });

      test.each<[string, string, object[]]>([
        ['the policy of the key', `arn:aws:iam::${BUNKER}:root`, [encrypt]],
        ['the policy of the role', ROLE, []],
      ])('fails where %s does not allow it', async (_, principal, statements) => {
        expect(await encrypted(principal, statements)).toEqual(['DstPutObjectNotPermitted']);
      });
    });

    test.each<[string, Template, Template, object[]]>([
      ['a bucket policy', {}, {}, []],
      ['the role in the bucket policy', policy(['s3:ReplicateObject'], `arn:aws:iam::${ACCOUNT}:role/other`), {}, []],
      ['the change of owner in the bucket policy', policy(['s3:ReplicateObject']), override, [own]],
      ['the change of owner in the role', policy(['s3:ReplicateObject', 's3:ObjectOwnerOverrideToBucketOwner']), override, []],
      ['the right owner in the rule', policy(['s3:ReplicateObject']), { Account: '111111111111' }, []],
    ])('fails without %s', async (_, target, destination, more) => {
      expect(await setUp(target, destination, more)).toEqual(['DstPutObjectNotPermitted']);
    });
  });

  describe('and the destination', () => {
    test('fails while versioning is suspended there', async () => {
      await pair([rule()]);
      await s3.send(new PutBucketVersioningCommand({ Bucket: 'copies', VersioningConfiguration: { Status: 'Suspended' } }));
      await put('a');
      await settled();
      expect([await status('a'), await reason('a')]).toEqual(['FAILED', ['DstBucketUnversioned']]);
    });

    test('fails where it has no object lock and the source has', async () => {
      await pair([rule()], [...documented(), allow(['s3:GetObject*'], '*')], { ObjectLockEnabled: true });
      await put('a');
      await settled();
      expect(await reason('a')).toEqual(['DstBucketObjectLockConfigMissing']);
    });

    test('fails where it is gone', async () => {
      await pair([rule()]);
      await osaka.delete('Target');
      await put('a');
      await settled();
      expect(await reason('a')).toEqual(['DstBucketNotFound']);
    });
  });

  describe('watched', () => {
    const metric = async (region: string, MetricName: string) => {
      const { nowMs } = await control().clock();
      const { Datapoints } = await new CloudWatchClient(emulator().client(region)).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/S3',
          MetricName,
          Dimensions: [
            { Name: 'SourceBucket', Value: 'origin' },
            { Name: 'DestinationBucket', Value: 'copies' },
            { Name: 'RuleId', Value: 'all' },
          ],
          StartTime: new Date(nowMs - 120 * MINUTE),
          EndTime: new Date(nowMs + MINUTE),
          Period: 4 * 3600,
          Statistics: ['Maximum'],
        }),
      );
      return Datapoints![0]?.Maximum;
    };
    const timed = {
      Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
      ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
    };
    const events = {
      NotificationConfiguration: { QueueConfigurations: [{ Event: 's3:Replication:*', Queue: `arn:aws:sqs:${TOKYO}:${ACCOUNT}:told` }] },
    };
    const told = async () => {
      const sqs = new SQSClient(emulator().client());
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
      return eventually('an event', async () => {
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        const [message] = Messages ?? [];
        if (message) {
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        }
        return message && JSON.parse(message.Body!).Records?.[0];
      });
    };
    beforeEach(() => new SQSClient(emulator().client()).send(new CreateQueueCommand({ QueueName: 'told' })));

    test('by latency and pending work in the Region of the destination, with time control', async () => {
      await pair([rule({}, timed)], documented(), events);
      await control().freezeClock();
      await control().settings({ s3ReplicationLagMs: 20 * MINUTE });
      await put('a');
      expect([await metric(OSAKA, 'OperationsPendingReplication'), await metric(OSAKA, 'BytesPendingReplication')]).toEqual([1, 1]);
      await control().advanceClock(15 * MINUTE);
      expect(await told()).toMatchObject({ eventName: 'Replication:OperationMissedThreshold' });
      await control().advanceClock(5 * MINUTE);
      expect(await told()).toMatchObject({ eventName: 'Replication:OperationReplicatedAfterThreshold' });
      expect([await metric(OSAKA, 'ReplicationLatency'), await metric(TOKYO, 'ReplicationLatency')]).toEqual([1200, undefined]);
    });

    test('by failed operations in the Region of the source', async () => {
      await pair([rule({}, { Metrics: { Status: 'Enabled' } })], documented().slice(0, 2), events);
      await put('a');
      await settled();
      expect(await told()).toMatchObject({
        eventName: 'Replication:OperationFailedReplication',
        replicationEventData: { replicationRuleId: 'all', s3Operation: 'OBJECT_PUT', failureReason: 'DstPutObjectNotPermitted' },
      });
      expect([await metric(TOKYO, 'OperationsFailedReplication'), await metric(OSAKA, 'OperationsFailedReplication')]).toEqual([
        1,
        undefined,
      ]);
    });

    test('not at all without metrics', async () => {
      await pair([rule()]);
      await put('a');
      await settled();
      expect(await metric(OSAKA, 'ReplicationLatency')).toBeUndefined();
    });
  });

  describe('configured', () => {
    const fit = { Status: 'Enabled' };
    test.each<[string, Template, RegExp]>([
      ['without versioning', replicating([rule()], { VersioningConfiguration: { Ref: 'AWS::NoValue' } }), /Versioning must be 'Enabled'/],
      ['without a priority', replicating([rule({ Priority: { Ref: 'AWS::NoValue' } })]), /Priority must be specified/],
      [
        'without a word about delete markers',
        replicating([rule({ DeleteMarkerReplication: { Ref: 'AWS::NoValue' } })]),
        /DeleteMarkerReplication must be specified/,
      ],
      [
        'with delete markers and tags',
        replicating([rule({ Filter: { TagFilter: { Key: 'k', Value: 'v' } }, DeleteMarkerReplication: fit })]),
        /not supported if any Tag filter/,
      ],
      ['with two rules of one priority', replicating([rule(), rule({ Id: 'twice' })]), /duplicate priorities/],
      ['with two rules of one id', replicating([rule(), rule({ Priority: 2 })]), /ids must be unique/],
      ['into a bucket that is not there', replicating([rule({}, { Bucket: 'arn:aws:s3:::nowhere' })]), /Destination bucket must exist/],
      ['into itself', replicating([rule({}, { Bucket: 'arn:aws:s3:::origin' })]), /cannot be the same/],
      [
        'with KMS objects and no key',
        replicating([rule({ SourceSelectionCriteria: { SseKmsEncryptedObjects: fit } })]),
        /must be specified together/,
      ],
      [
        'with time control and no metrics',
        replicating([rule({}, { ReplicationTime: { ...fit, Time: { Minutes: 15 } } })]),
        /needs Metrics/,
      ],
      [
        'with 10 minutes of time control',
        replicating([rule({}, { Metrics: fit, ReplicationTime: { ...fit, Time: { Minutes: 10 } } })]),
        /must be 15 minutes, got 10/,
      ],
      [
        'with a change of owner and no account',
        replicating([rule({}, { AccessControlTranslation: { Owner: 'Destination' } })]),
        /Account must be/,
      ],
      ['with an unknown property', replicating([rule({ Speed: 'fast' })]), /extraneous key \[Speed\]/],
    ])('fails %s', async (_, source, message) => {
      await make(osaka, 'Target', { Bucket: bucket('copies') });
      const outcome = await tokyo.create('Source', { Role: role(documented()), Bucket: source });
      expect(outcome.failures.join()).toMatch(message);
      expect(outcome.status).toBe('ROLLBACK_COMPLETE');
    });

    test('fails to suspend versioning of the source', async () => {
      await pair([rule()]);
      const suspend = new PutBucketVersioningCommand({ Bucket: 'origin', VersioningConfiguration: { Status: 'Suspended' } });
      await expect(s3.send(suspend)).rejects.toThrow(/replication configuration is present/);
    });

    test('stops where the template no longer says so', async () => {
      await pair([rule()]);
      await tokyo.update('Source', { Role: role(documented()), Bucket: bucket('origin') });
      await put('a');
      await settled();
      expect([await status('a'), await control().replication()]).toEqual([undefined, []]);
    });
  });
});
