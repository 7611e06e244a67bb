import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ACCOUNT, describeWithEmulator } from './harness';
import { callService } from './raw-client';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(120_000);

const TOKYO = 'ap-northeast-1';
const SEOUL = 'ap-northeast-2';
const OSAKA = 'ap-northeast-3';
const SECOND = 1000;

const key: Template = {
  Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Version: '2012-10-17', Statement: [] } } },
};

describeWithEmulator('data stores in several Regions', (emulator) => {
  const control = () => emulator().control;
  let tokyo: StackClient;
  let osaka: StackClient;
  beforeEach(async () => {
    await control().reset();
    tokyo = new StackClient(emulator());
    osaka = new StackClient(emulator(), OSAKA);
  });
  const keyArn = async (stacks: StackClient) =>
    (await stacks.create('Key', key, { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } } } })).outputs.Arn;

  describe('a global table', () => {
    const table = (regions: readonly (string | Template)[], properties: Template = {}): Template => ({
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          TableName: 'orders',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          Replicas: regions.map((region) => (typeof region === 'string' ? { Region: region } : region)),
          ...properties,
        },
      },
    });
    const TableName = 'orders';
    const dynamodb = (region = TOKYO) => new DynamoDBClient(emulator().client(region));
    const put = (id: string, value: string, region = TOKYO) =>
      dynamodb(region).send(new PutItemCommand({ TableName, Item: { id: { S: id }, value: { S: value } } }));
    const get = async (id: string, region = OSAKA) =>
      (await dynamodb(region).send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item?.value?.S;
    const ids = async (region = OSAKA) =>
      (await dynamodb(region).send(new ScanCommand({ TableName }))).Items!.map((item) => item.id.S).sort();

    test('copies every kind of write after the lag, and says how long it took', async () => {
      expect(await tokyo.create('Table', table([TOKYO, OSAKA]))).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      await control().freezeClock();
      await control().settings({ dynamodbReplicationLagMs: 2 * SECOND });
      await put('a', '1');
      await put('b', '1');
      await control().advanceClock(2 * SECOND - 1);
      expect(await ids()).toEqual([]);
      await control().advanceClock(1);
      expect(await ids()).toEqual(['a', 'b']);
      await dynamodb().send(
        new UpdateItemCommand({
          TableName,
          Key: { id: { S: 'a' } },
          UpdateExpression: 'set #v = :two',
          ExpressionAttributeNames: { '#v': 'value' },
          ExpressionAttributeValues: { ':two': { S: '2' } },
        }),
      );
      await dynamodb().send(new DeleteItemCommand({ TableName, Key: { id: { S: 'b' } } }));
      const write = { PutRequest: { Item: { id: { S: 'c' } } } };
      await dynamodb().send(new BatchWriteItemCommand({ RequestItems: { orders: [write] } }));
      await dynamodb().send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: { id: { S: 'd' } } } }] }));
      await control().advanceClock(2 * SECOND);
      expect([await ids(), await get('a')]).toEqual([['a', 'c', 'd'], '2']);
      const { nowMs } = await control().clock();
      const { Datapoints } = await new CloudWatchClient(emulator().client()).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/DynamoDB',
          MetricName: 'ReplicationLatency',
          Dimensions: [
            { Name: 'TableName', Value: 'orders' },
            { Name: 'ReceivingRegion', Value: OSAKA },
          ],
          StartTime: new Date(nowMs - 60 * SECOND),
          EndTime: new Date(nowMs + SECOND),
          Period: 60,
          Statistics: ['Maximum'],
        }),
      );
      expect(Datapoints!.map((point) => point.Maximum)).toContain(2000);
    });

    test('copies nothing of a transaction that was cancelled', async () => {
      await tokyo.create('Table', table([TOKYO, OSAKA]));
      await put('a', '1');
      const cancelled = new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: { id: { S: 'b' } } } },
          { Put: { TableName, Item: { id: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(id)' } },
        ],
      });
      // Over one connection, which is one thread of the emulator.
      const client = dynamodb();
      await expect(client.send(cancelled)).rejects.toThrow(/ConditionalCheckFailed/);
      await client.send(new PutItemCommand({ TableName, Item: { id: { S: 'c' } } }));
      await control().advanceClock(10 * SECOND);
      expect([await ids(TOKYO), await ids()]).toEqual([
        ['a', 'c'],
        ['a', 'c'],
      ]);
    });

    test('copies in both directions, and lets the last writer win everywhere', async () => {
      await tokyo.create('Table', table([TOKYO, OSAKA]));
      await control().freezeClock();
      await put('a', 'Tokyo');
      await control().advanceClock(100);
      await put('a', 'Osaka', OSAKA);
      await control().advanceClock(10 * SECOND);
      expect([await get('a', TOKYO), await get('a', OSAKA)]).toEqual(['Osaka', 'Osaka']);
    });

    test('fills a replica that is added, one at a time, and forgets one that is removed', async () => {
      await tokyo.create('Table', table([TOKYO]));
      await put('a', '1');
      const tooMany = await tokyo.update('Table', table([TOKYO, OSAKA, SEOUL]));
      expect(tooMany.failures.join()).toMatch(/only one replica can be added or removed/);
      expect(await tokyo.update('Table', table([TOKYO, OSAKA]))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect(await ids()).toEqual(['a']);
      const { Table } = await dynamodb(OSAKA).send(new DescribeTableCommand({ TableName }));
      expect(Table).toMatchObject({ Replicas: [{ RegionName: TOKYO, ReplicaStatus: 'ACTIVE' }], MultiRegionConsistency: 'EVENTUAL' });
      expect(await tokyo.update('Table', table([TOKYO]))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      await expect(ids()).rejects.toThrow(/not found/);
    });

    test('has recovery, key and tags for each replica', async () => {
      const [KeyOfTokyo, KeyOfOsaka] = [await keyArn(tokyo), await keyArn(osaka)];
      const recovery = { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } };
      const replicas = [
        { Region: TOKYO, SSESpecification: { KMSMasterKeyId: KeyOfTokyo } },
        { Region: OSAKA, SSESpecification: { KMSMasterKeyId: KeyOfOsaka }, ...recovery, Tags: [{ Key: 'copy', Value: 'yes' }] },
      ];
      const template = table(replicas, { SSESpecification: { SSEEnabled: true, SSEType: 'KMS' } });
      expect(await tokyo.create('Table', template)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      const { Table } = await dynamodb(OSAKA).send(new DescribeTableCommand({ TableName }));
      expect(Table!.SSEDescription).toMatchObject({ KMSMasterKeyArn: KeyOfOsaka });
      const status = async (region: string) =>
        (await dynamodb(region).send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription!
          .PointInTimeRecoveryDescription!.PointInTimeRecoveryStatus;
      expect([await status(TOKYO), await status(OSAKA)]).toEqual(['DISABLED', 'ENABLED']);
    });

    const strong = { MultiRegionConsistency: 'STRONG' };
    test.each([
      ['three replicas', table([TOKYO, OSAKA, SEOUL], strong), [OSAKA, SEOUL]],
      ['two replicas and a witness', table([TOKYO, OSAKA], { ...strong, GlobalTableWitnesses: [{ Region: SEOUL }] }), [OSAKA]],
    ])('of strong consistency has %s and no lag', async (_, template, regions) => {
      expect(await tokyo.create('Table', template)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      await control().freezeClock();
      await put('a', '1');
      for (const region of regions) {
        expect(await get('a', region)).toBe('1');
      }
      expect(await tokyo.delete('Table')).toMatchObject({ status: 'DELETE_COMPLETE' });
    });

    test.each<[string, Template, RegExp]>([
      ['no replica in its own Region', table([OSAKA]), /must contain the Region of the stack/],
      ['a Region twice', table([TOKYO, OSAKA, { Region: OSAKA, Tags: [] }]), /must not name a Region twice/],
      [
        'replicas and no stream',
        table([TOKYO, OSAKA], { StreamSpecification: { Ref: 'AWS::NoValue' } }),
        /StreamSpecification is required/,
      ],
      ['another stream', table([TOKYO, OSAKA], { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } }), /must have the view type/],
      [
        'a key for one replica only',
        table([TOKYO, { Region: OSAKA, SSESpecification: { KMSMasterKeyId: 'alias/x' } }], { SSESpecification: { SSEEnabled: true } }),
        /for every replica, or for none/,
      ],
      ['strong consistency in two Regions', table([TOKYO, OSAKA], strong), /exactly three Regions/],
      ['strong consistency in Regions of two sets', table([TOKYO, OSAKA, 'us-east-1'], strong), /not of one Region set/],
      [
        'strong consistency and items that expire',
        table([TOKYO, OSAKA, SEOUL], { ...strong, TimeToLiveSpecification: { AttributeName: 'end', Enabled: true } }),
        /has no time to live/,
      ],
      ['a witness of nothing', table([TOKYO, OSAKA], { GlobalTableWitnesses: [{ Region: SEOUL }] }), /need MultiRegionConsistency STRONG/],
      ['an unknown property of a replica', table([TOKYO, { Region: OSAKA, Lag: 1 }]), /extraneous key \[Lag\]/],
      [
        'a property of a replica that is not emulated',
        table([TOKYO, { Region: OSAKA, GlobalTableSettingsReplicationMode: 'ENABLED' }]),
        /GlobalTableSettingsReplicationMode of a replica is not emulated/,
      ],
    ])('fails on %s, and leaves nothing behind', async (_, template, message) => {
      const outcome = await tokyo.create('Table', template);
      expect(outcome.failures.join()).toMatch(message);
      expect(outcome.status).toBe('ROLLBACK_COMPLETE');
      await expect(ids(TOKYO)).rejects.toThrow(/not found/);
      await expect(ids(OSAKA)).rejects.toThrow(/not found/);
    });

    test('fails to change its consistency', async () => {
      await tokyo.create('Table', table([TOKYO, OSAKA, SEOUL]));
      expect((await tokyo.update('Table', table([TOKYO, OSAKA, SEOUL], strong))).failures.join()).toMatch(/cannot be changed/);
    });
  });

  describe('a replicated file system', () => {
    const system = (properties: Template): Template => ({
      FileSystem: { Type: 'AWS::EFS::FileSystem', Properties: { Encrypted: true, ...properties } },
    });
    const to = (destination: Template) => ({ ReplicationConfiguration: { Destinations: [destination] } });
    const efs = async (region: string, method: string, path: string) =>
      callService(emulator(), { service: 'elasticfilesystem', region, method, path: `/2015-02-01/${path}` });
    const replications = async (region: string) => (await efs(region, 'GET', 'file-systems/replication-configurations')).body.Replications;
    const systems = async (region: string) => (await efs(region, 'GET', 'file-systems')).body.FileSystems;

    test('appears in the other Region under its key, read-only, until the template lets it go', async () => {
      const KmsKeyId = await keyArn(osaka);
      const template = system(to({ Region: OSAKA, KmsKeyId }));
      expect(await tokyo.create('Files', template)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      await control().advanceClock(SECOND);
      const [replication] = await replications(OSAKA);
      expect(replication).toMatchObject({ SourceFileSystemRegion: TOKYO, Destinations: [{ Region: OSAKA, Status: 'ENABLED' }] });
      const [replica] = await systems(OSAKA);
      expect(replica).toMatchObject({
        FileSystemId: replication.Destinations[0].FileSystemId,
        KmsKeyId,
        Encrypted: true,
        FileSystemProtection: { ReplicationOverwriteProtection: 'REPLICATING' },
      });
      expect(await efs(OSAKA, 'DELETE', `file-systems/${replica.FileSystemId}`)).toMatchObject({ status: 409 });
      expect(await tokyo.update('Files', system({}))).toMatchObject({ status: 'UPDATE_COMPLETE' });
      expect((await systems(OSAKA))[0].FileSystemProtection).toEqual({ ReplicationOverwriteProtection: 'ENABLED' });
      expect(await replications(TOKYO)).toEqual([]);
    });

    test('is let go from its own side', async () => {
      await tokyo.create('Files', system(to({ Region: OSAKA })));
      const [{ SourceFileSystemId }] = await replications(OSAKA);
      const path = `file-systems/${SourceFileSystemId}/replication-configuration?deletionMode=LOCAL_CONFIGURATION_ONLY`;
      expect(await efs(OSAKA, 'DELETE', path)).toMatchObject({ status: 204 });
      expect((await systems(OSAKA))[0].FileSystemProtection).toEqual({ ReplicationOverwriteProtection: 'ENABLED' });
    });

    test('may be one that exists, without protection', async () => {
      const exists = (state: string) => system({ FileSystemProtection: { ReplicationOverwriteProtection: state } });
      const outputs = { Outputs: { Id: { Value: { Ref: 'FileSystem' } } } };
      const { outputs: made } = await osaka.create('Exists', exists('ENABLED'), outputs);
      const source = system(to({ Region: OSAKA, FileSystemId: made.Id }));
      expect((await tokyo.create('Refused', source)).failures.join()).toMatch(/must be DISABLED/);
      await osaka.update('Exists', exists('DISABLED'), outputs);
      expect(await tokyo.create('Files', source)).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
      expect((await tokyo.create('Another', source)).failures.join()).toMatch(/part of a replication configuration already/);
      expect(await tokyo.delete('Files')).toMatchObject({ status: 'DELETE_COMPLETE' });
      expect(await osaka.delete('Exists')).toMatchObject({ status: 'DELETE_COMPLETE' });
    });

    test.each<[string, Template, RegExp]>([
      ['no place', to({}), /needs Region, AvailabilityZoneName or FileSystemId/],
      ['a key that is not there', to({ Region: OSAKA, KmsKeyId: 'alias/nothing' }), /alias\/nothing does not exist/],
      [
        'a key of elsewhere',
        to({ Region: OSAKA, KmsKeyId: `arn:aws:kms:${TOKYO}:${ACCOUNT}:alias/aws/elasticfilesystem` }),
        /is not in ap-northeast-3/,
      ],
      ['a file system that is not there', to({ Region: OSAKA, FileSystemId: 'fs-00000000' }), /'fs-00000000' does not exist/],
      [
        'two destinations',
        { ReplicationConfiguration: { Destinations: [{ Region: OSAKA }, { Region: SEOUL }] } },
        /too long|expected maximum/,
      ],
      ['an unknown property', to({ Region: OSAKA, Lag: 1 }), /extraneous key \[Lag\]/],
      ['another account', to({ Region: OSAKA, RoleArn: `arn:aws:iam::${ACCOUNT}:role/x` }), /another account is not emulated/],
    ])('fails on %s, and leaves nothing behind', async (_, properties, message) => {
      const outcome = await tokyo.create('Files', system(properties));
      expect(outcome.failures.join()).toMatch(message);
      expect([await systems(TOKYO), await systems(OSAKA)]).toEqual([[], []]);
    });
  });
});
