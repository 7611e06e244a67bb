import {
  BackupClient,
  CreateBackupVaultCommand,
  DescribeBackupJobCommand,
  DescribeCopyJobCommand,
  DescribeRestoreJobCommand,
  StartBackupJobCommand,
  StartCopyJobCommand,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CancelKeyDeletionCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RestoreDBInstanceToPointInTimeCommand,
  SwitchoverGlobalClusterCommand,
} from '@aws-sdk/client-rds';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, eventually, synthesise, testNeeding } from './harness';
import { endpointOf, psql, whyNoPostgres } from './postgres';
import { callService } from './raw-client';
import { StackClient, type Template } from './stack-client';

jest.setTimeout(180_000);

const TOKYO = 'ap-northeast-1';
const SEOUL = 'ap-northeast-2';
const OSAKA = 'ap-northeast-3';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/backup`;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * HOUR;

const topic = (properties: Template = {}): Template => ({ Topic: { Type: 'AWS::SNS::Topic', Properties: properties } });
const table: Template = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    },
  },
};

describeWithEmulator('disasters', (emulator) => {
  const control = () => emulator().control;
  const once = (region = TOKYO) => ({ ...emulator().client(region), maxAttempts: 1 });
  let tokyo: StackClient;
  let osaka: StackClient;
  beforeEach(async () => {
    await control().reset();
    await control().settings({ realPostgres: false });
    tokyo = new StackClient(emulator());
    osaka = new StackClient(emulator(), OSAKA);
  });
  const make = async (stacks: StackClient, name: string, template: Template, more: Template = {}) => {
    const outcome = await stacks.create(name, template, more);
    expect(outcome).toMatchObject({ failures: [], status: 'CREATE_COMPLETE' });
    return outcome.outputs;
  };
  const lost = { name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } };

  describe('a lost Region', () => {
    test('answers nobody, until it is back', async () => {
      await make(tokyo, 'Table', table);
      const tables = () => new DynamoDBClient(once()).send(new ListTablesCommand({}));
      expect(await control().loseRegion(TOKYO)).toEqual([TOKYO]);
      await expect(tables()).rejects.toMatchObject(lost);
      expect(await new DynamoDBClient(once(OSAKA)).send(new ListTablesCommand({}))).toMatchObject({ TableNames: [] });
      expect(await control().loseRegion(TOKYO, false)).toEqual([]);
      expect(await tables()).toMatchObject({ TableNames: ['orders'] });
    });

    test('takes its buckets along, however they are asked for', async () => {
      await make(tokyo, 'Bucket', { Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'origin' } } });
      const put = new PutObjectCommand({ Bucket: 'origin', Key: 'a', Body: 'a' });
      await new S3Client(once(OSAKA)).send(put);
      await control().loseRegion(TOKYO);
      await expect(new S3Client(once(OSAKA)).send(put)).rejects.toMatchObject(lost);
    });

    test('is gone after a reset', async () => {
      await control().loseRegion(TOKYO);
      await control().reset();
      expect(await new DynamoDBClient(once()).send(new ListTablesCommand({}))).toMatchObject({ TableNames: [] });
    });

    test.each<[string, () => Promise<unknown>, RegExp]>([
      ['is none', () => control().loseRegion('tokyo'), /'tokyo' is not a Region/],
      ['is neither lost nor there', () => control().loseRegion(TOKYO, 'maybe' as never), /must be true or false/],
    ])('fails where it %s', async (_, lose, message) => {
      await expect(lose()).rejects.toThrow(message);
    });

    test('keeps no stack of another Region from being deployed', async () => {
      await make(tokyo, 'Names', topic(), { Outputs: { Name: { Value: { Ref: 'Topic' } } } });
      await control().loseRegion(TOKYO);
      await make(osaka, 'Own', topic());
      await expect(new StackClient(emulator()).create('Own', topic())).rejects.toThrow(/ap-northeast-1 is lost/);
      const name = { 'Fn::GetStackOutput': { StackName: 'Names', OutputName: 'Name', Region: TOKYO } };
      const leaning = await osaka.create('Leaning', topic({ DisplayName: name }));
      expect(leaning.failures.join()).toMatch(/ap-northeast-1 is lost/);
      expect(leaning.status).toBe('ROLLBACK_COMPLETE');
    });

    test('keeps the command line from no deployment elsewhere', async () => {
      const there = { env: { ...emulator().env, AWS_REGION: OSAKA, AWS_DEFAULT_REGION: OSAKA } };
      await control().loseRegion(TOKYO);
      const assembly = await synthesise('test/emulator/fixtures/recovery-side.ts');
      expect(await bootstrapWithCli(there, [`aws://${ACCOUNT}/${OSAKA}`])).toMatchObject({ exitCode: 0 });
      const deployed = await deployWithCli({ emulator: there, assembly, stacks: ['RecoverySide'] });
      expect(deployed).toMatchObject({ exitCode: 0 });
    });
  });

  describe('in a lost Region', () => {
    test('no schedule runs, and none is made up for', async () => {
      await control().freezeClock(new Date('2031-05-05T00:00:00Z'));
      const sqs = new SQSClient(emulator().client());
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
      const Arn = `arn:aws:sqs:${TOKYO}:${ACCOUNT}:told`;
      const trust = { Effect: 'Allow', Principal: { Service: 'scheduler.amazonaws.com' }, Action: 'sts:AssumeRole' };
      await make(tokyo, 'Schedules', {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { ScheduleExpression: 'rate(1 hour)', Targets: [{ Id: 'queue', Arn, Input: '"rule"' }] },
        },
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] } } },
        Schedule: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: {
            ScheduleExpression: 'cron(0 * * * ? *)',
            FlexibleTimeWindow: { Mode: 'OFF' },
            Target: { Arn, RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, Input: '"schedule"' },
          },
        },
      });
      const told = async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 43_200 }));
        return (Messages ?? []).map(({ Body }) => Body).sort();
      };
      await control().advanceClock(30 * MINUTE);
      await control().loseRegion(TOKYO);
      await control().advanceClock(3 * HOUR);
      await control().loseRegion(TOKYO, false);
      await control().advanceClock(MINUTE);
      expect(await told()).toEqual([]);
      await control().advanceClock(HOUR);
      expect(await told()).toEqual(['"rule"', '"schedule"']);
    });

    test('jobs stand still, and go on when it is back', async () => {
      await make(tokyo, 'Table', table);
      const backup = new BackupClient(once());
      await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'main' }));
      await control().freezeClock();
      await control().settings({ jobDurationsMs: { backup: HOUR } });
      const ResourceArn = `arn:aws:dynamodb:${TOKYO}:${ACCOUNT}:table/orders`;
      const start = new StartBackupJobCommand({ BackupVaultName: 'main', ResourceArn, IamRoleArn: ROLE });
      const { BackupJobId } = await backup.send(start);
      await control().advanceClock(MINUTE);
      await control().loseRegion(TOKYO);
      await control().advanceClock(2 * HOUR);
      await control().loseRegion(TOKYO, false);
      expect(await backup.send(new DescribeBackupJobCommand({ BackupJobId }))).toMatchObject({ State: 'RUNNING' });
      await control().advanceClock(1);
      expect(await backup.send(new DescribeBackupJobCommand({ BackupJobId }))).toMatchObject({ State: 'COMPLETED' });
    });
  });

  describe('copies, while the other Region is lost', () => {
    const replicated: Template = {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'replication',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
          Policies: [
            {
              PolicyName: 'all',
              PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
            },
          ],
        },
      },
      Bucket: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: 'origin',
          VersioningConfiguration: { Status: 'Enabled' },
          ReplicationConfiguration: {
            Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Rules: [
              {
                Status: 'Enabled',
                Priority: 1,
                Filter: { Prefix: '' },
                DeleteMarkerReplication: { Status: 'Disabled' },
                Destination: { Bucket: 'arn:aws:s3:::copies' },
              },
            ],
          },
        },
      },
    };
    const target = {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'copies', VersioningConfiguration: { Status: 'Enabled' } } },
    };
    const status = (Bucket: string, region: string) =>
      new S3Client(once(region)).send(new HeadObjectCommand({ Bucket, Key: 'a' })).then(
        (found) => found.ReplicationStatus,
        () => 'absent',
      );
    const put = () => new S3Client(once()).send(new PutObjectCommand({ Bucket: 'origin', Key: 'a', Body: 'a' }));

    test('of objects wait for it', async () => {
      await make(osaka, 'Target', target);
      await make(tokyo, 'Source', replicated);
      await control().loseRegion(OSAKA);
      await put();
      await control().advanceClock(HOUR);
      expect(await status('origin', TOKYO)).toBe('PENDING');
      await control().loseRegion(OSAKA, false);
      await control().advanceClock(1);
      expect([await status('origin', TOKYO), await status('copies', OSAKA)]).toEqual(['COMPLETED', 'REPLICA']);
    });

    test('of objects that had not left it are missed', async () => {
      await make(osaka, 'Target', target);
      await make(tokyo, 'Source', replicated);
      await control().freezeClock();
      await control().settings({ s3ReplicationLagMs: MINUTE });
      await put();
      await control().loseRegion(TOKYO);
      await control().advanceClock(HOUR);
      expect(await status('copies', OSAKA)).toBe('absent');
      await control().loseRegion(TOKYO, false);
      await control().advanceClock(1);
      expect(await status('copies', OSAKA)).toBe('REPLICA');
    });

    const global = (regions: readonly string[], properties: Template = {}): Template => ({
      Table: {
        Type: 'AWS::DynamoDB::GlobalTable',
        Properties: {
          ...(table.Table as Template as { Properties: Template }).Properties,
          StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
          Replicas: regions.map((Region) => ({ Region })),
          ...properties,
        },
      },
    });
    const write = (region: string, value: string) =>
      new DynamoDBClient(once(region)).send(new PutItemCommand({ TableName: 'orders', Item: { id: { S: 'a' }, value: { S: value } } }));
    const read = async (region: string) =>
      (await new DynamoDBClient(once(region)).send(new GetItemCommand({ TableName: 'orders', Key: { id: { S: 'a' } } }))).Item?.value.S;

    test('of items meet again afterwards, and the last writer wins', async () => {
      await make(tokyo, 'Table', global([TOKYO, OSAKA]));
      await control().freezeClock();
      await write(TOKYO, 'first');
      await control().loseRegion(TOKYO);
      await control().advanceClock(HOUR);
      expect(await read(OSAKA)).toBeUndefined();
      await write(OSAKA, 'second');
      await control().advanceClock(HOUR);
      await control().loseRegion(TOKYO, false);
      await control().advanceClock(MINUTE);
      expect([await read(TOKYO), await read(OSAKA)]).toEqual(['second', 'second']);
    });

    test('of items with strong consistency need two Regions', async () => {
      await make(tokyo, 'Table', global([TOKYO, OSAKA], { MultiRegionConsistency: 'STRONG', GlobalTableWitnesses: [{ Region: SEOUL }] }));
      await control().loseRegion(TOKYO);
      await write(OSAKA, 'alone');
      await control().loseRegion(SEOUL);
      await expect(write(OSAKA, 'too alone')).rejects.toThrow(/no second Region/);
      await control().loseRegion(TOKYO, false);
      await control().advanceClock(1);
      expect(await read(TOKYO)).toBe('alone');
    });

    test('of files can be used by a deletion on their own side', async () => {
      const replica = { ReplicationConfiguration: { Destinations: [{ Region: OSAKA }] } };
      await make(tokyo, 'Files', { Files: { Type: 'AWS::EFS::FileSystem', Properties: { Encrypted: true, ...replica } } });
      const efs = (method: string, path: string) =>
        callService(emulator(), { service: 'elasticfilesystem', region: OSAKA, method, path: `/2015-02-01/file-systems${path}` });
      const [{ SourceFileSystemId }] = (await efs('GET', '/replication-configurations')).body.Replications;
      await control().loseRegion(TOKYO);
      const path = `/${SourceFileSystemId}/replication-configuration`;
      expect(await efs('DELETE', path)).toMatchObject({ status: 500 });
      expect(await efs('DELETE', `${path}?deletionMode=LOCAL_CONFIGURATION_ONLY`)).toMatchObject({ status: 204 });
      expect((await efs('GET', '')).body.FileSystems[0].FileSystemProtection).toEqual({ ReplicationOverwriteProtection: 'ENABLED' });
    });

    test('of Aurora take over by failover, not by switchover', async () => {
      const cluster = (properties: Template) => ({
        Type: 'AWS::RDS::DBCluster',
        DeletionPolicy: 'Delete',
        Properties: { Engine: 'aurora-postgresql', EngineVersion: '16.4', ...properties },
      });
      const instance = (name: string) => ({
        Type: 'AWS::RDS::DBInstance',
        DeletionPolicy: 'Delete',
        Properties: { Engine: 'aurora-postgresql', DBInstanceClass: 'db.r6g.large', DBClusterIdentifier: { Ref: name } },
      });
      await make(tokyo, 'Primary', {
        Primary: cluster({ DBClusterIdentifier: 'first', MasterUsername: 'app', MasterUserPassword: 'secret123' }),
        Writer: instance('Primary'),
        Global: {
          Type: 'AWS::RDS::GlobalCluster',
          Properties: { GlobalClusterIdentifier: 'world', SourceDBClusterIdentifier: { Ref: 'Primary' } },
        },
      });
      await make(osaka, 'Secondary', {
        Secondary: cluster({ DBClusterIdentifier: 'second', GlobalClusterIdentifier: 'world' }),
        Reader: instance('Secondary'),
      });
      await control().loseRegion(TOKYO);
      const options = { GlobalClusterIdentifier: 'world', TargetDbClusterIdentifier: `arn:aws:rds:${OSAKA}:${ACCOUNT}:cluster:second` };
      await expect(new RDSClient(once()).send(new SwitchoverGlobalClusterCommand(options))).rejects.toMatchObject(lost);
      const rds = new RDSClient(once(OSAKA));
      await rds.send(new FailoverGlobalClusterCommand({ ...options, AllowDataLoss: true }));
      await control().advanceClock(MINUTE);
      const { GlobalClusters } = await rds.send(new DescribeGlobalClustersCommand({}));
      expect(GlobalClusters![0].GlobalClusterMembers![0]).toMatchObject({
        DBClusterArn: options.TargetDbClusterIdentifier,
        IsWriter: true,
      });
    });

    testNeeding('PostgreSQL', whyNoPostgres(), 'of a database are restored from its backups, or promoted', async () => {
      await control().settings({ realPostgres: true });
      const database = (properties: Template) => ({
        Database: { Type: 'AWS::RDS::DBInstance', DeletionPolicy: 'Delete', Properties: { DBInstanceClass: 'db.t3.micro', ...properties } },
      });
      const source = { Engine: 'postgres', MasterUsername: 'app', MasterUserPassword: 'secret123', DBName: 'shop', AllocatedStorage: '20' };
      const kept = { BackupRetentionPeriod: 7, AutomaticBackupReplicationRegion: OSAKA };
      await make(tokyo, 'Source', database({ DBInstanceIdentifier: 'orders', ...source, ...kept }));
      const SourceDBInstanceIdentifier = `arn:aws:rds:${TOKYO}:${ACCOUNT}:db:orders`;
      await make(osaka, 'Replica', database({ DBInstanceIdentifier: 'replica', SourceDBInstanceIdentifier }));
      const at = (id: string, region: string) => endpointOf(new RDSClient(emulator().client(region)), id);
      const sql = async (id: string, region: string, query: string) => psql(await at(id, region), query);
      await sql('orders', TOKYO, 'create table line as select generate_series(1, 1000) id');
      // What is not in the archive when the Region is lost, is lost.
      await sql('orders', TOKYO, 'select pg_switch_wal(), pg_sleep(2)');
      const gone = await at('orders', TOKYO);
      await control().loseRegion(TOKYO);
      expect(() => psql(gone, 'select 1')).toThrow(/Connection refused/);
      const rds = new RDSClient(once(OSAKA));
      const { DBInstanceAutomatedBackups } = await rds.send(new DescribeDBInstanceAutomatedBackupsCommand({}));
      const { DBInstanceAutomatedBackupsArn } = DBInstanceAutomatedBackups!.find(({ Status }) => Status === 'replicating')!;
      const restore = { TargetDBInstanceIdentifier: 'restored', UseLatestRestorableTime: true };
      await rds.send(
        new RestoreDBInstanceToPointInTimeCommand({ SourceDBInstanceAutomatedBackupsArn: DBInstanceAutomatedBackupsArn, ...restore }),
      );
      expect(await sql('restored', OSAKA, 'select count(*) from line')).toBe('1000');
      await rds.send(new PromoteReadReplicaCommand({ DBInstanceIdentifier: 'replica' }));
      await eventually('the promotion', async () => {
        const { DBInstances } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: 'replica' }));
        return DBInstances![0].DBInstanceStatus === 'available';
      });
      await sql('replica', OSAKA, 'delete from line where id > 400');
      await control().loseRegion(TOKYO, false);
      expect(await sql('orders', TOKYO, 'select count(*) from line')).toBe('1000');
    });
  });

  describe('recovery points', () => {
    beforeEach(() => control().freezeClock());
    const kms = (region = TOKYO) => new KMSClient(once(region));
    const newKey = async (region = TOKYO) => (await kms(region).send(new CreateKeyCommand({}))).KeyMetadata!;
    const ended = async (what: () => Promise<{ State?: string; Status?: string; StatusMessage?: string }>) => {
      await control().advanceClock(MINUTE);
      const { State, Status, StatusMessage } = await what();
      return [State ?? Status, StatusMessage];
    };
    const backUp = async () => {
      const backup = new BackupClient(once());
      const ResourceArn = `arn:aws:dynamodb:${TOKYO}:${ACCOUNT}:table/orders`;
      const { BackupJobId } = await backup.send(new StartBackupJobCommand({ BackupVaultName: 'main', ResourceArn, IamRoleArn: ROLE }));
      const result = await ended(() => backup.send(new DescribeBackupJobCommand({ BackupJobId })));
      return { result, RecoveryPointArn: (await backup.send(new DescribeBackupJobCommand({ BackupJobId }))).RecoveryPointArn };
    };
    const copy = async (RecoveryPointArn: string | undefined, DestinationBackupVaultArn: string) => {
      const backup = new BackupClient(once());
      const options = { RecoveryPointArn, SourceBackupVaultName: 'main', DestinationBackupVaultArn, IamRoleArn: ROLE };
      const { CopyJobId } = await backup.send(new StartCopyJobCommand(options));
      return ended(async () => (await backup.send(new DescribeCopyJobCommand({ CopyJobId }))).CopyJob!);
    };
    let restored = 0;
    const restore = async (RecoveryPointArn?: string) => {
      const backup = new BackupClient(once());
      restored += 1;
      const Metadata = { targetTableName: `again-${restored}` };
      const { RestoreJobId } = await backup.send(new StartRestoreJobCommand({ RecoveryPointArn, IamRoleArn: ROLE, Metadata }));
      return ended(() => backup.send(new DescribeRestoreJobCommand({ RestoreJobId })));
    };
    const vault = async (region: string, BackupVaultName: string, EncryptionKeyArn?: string) =>
      (await new BackupClient(once(region)).send(new CreateBackupVaultCommand({ BackupVaultName, EncryptionKeyArn }))).BackupVaultArn!;

    test('are lost with the key of their vault, and back with it', async () => {
      await make(tokyo, 'Table', table);
      const key = await newKey();
      const other = await newKey(OSAKA);
      await vault(TOKYO, 'main', key.Arn);
      const copies = await vault(OSAKA, 'copies', other.Arn);
      const { RecoveryPointArn } = await backUp();
      await kms().send(new DisableKeyCommand({ KeyId: key.KeyId }));
      const disabled = expect.stringMatching(/is disabled/);
      expect(await restore(RecoveryPointArn)).toEqual(['FAILED', disabled]);
      expect(await copy(RecoveryPointArn, copies)).toEqual(['FAILED', disabled]);
      expect((await backUp()).result).toEqual(['FAILED', disabled]);
      await kms().send(new EnableKeyCommand({ KeyId: key.KeyId }));
      expect(await restore(RecoveryPointArn)).toEqual(['COMPLETED', undefined]);
      await kms(OSAKA).send(new DisableKeyCommand({ KeyId: other.KeyId }));
      expect(await copy(RecoveryPointArn, copies)).toEqual(['FAILED', disabled]);
    });

    test('are out of reach while their key waits for its deletion, and gone after it', async () => {
      await make(tokyo, 'Table', table);
      const key = await newKey();
      await vault(TOKYO, 'main', key.Arn);
      const { RecoveryPointArn } = await backUp();
      const KeyId = key.KeyId;
      await kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
      expect(await restore(RecoveryPointArn)).toEqual(['FAILED', expect.stringMatching(/is pending deletion/)]);
      await kms().send(new CancelKeyDeletionCommand({ KeyId }));
      await kms().send(new EnableKeyCommand({ KeyId }));
      expect(await restore(RecoveryPointArn)).toEqual(['COMPLETED', undefined]);
      await kms().send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
      await control().advanceClock(8 * DAY);
      expect(await restore(RecoveryPointArn)).toEqual(['FAILED', expect.stringMatching(/has been deleted/)]);
    });

    test('are not copied into a lost Region', async () => {
      await make(tokyo, 'Table', table);
      await vault(TOKYO, 'main');
      const copies = await vault(OSAKA, 'copies', (await newKey(OSAKA)).Arn);
      const { RecoveryPointArn } = await backUp();
      await control().loseRegion(OSAKA);
      expect(await copy(RecoveryPointArn, copies)).toEqual(['FAILED', 'ap-northeast-3 cannot be reached']);
    });
  });
});
