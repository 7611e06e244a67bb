import {
  BackupClient,
  CreateBackupPlanCommand,
  CreateBackupSelectionCommand,
  CreateBackupVaultCommand,
  CreateLogicallyAirGappedBackupVaultCommand,
  CreateRestoreTestingPlanCommand,
  CreateRestoreTestingSelectionCommand,
  DeleteBackupPlanCommand,
  DeleteBackupVaultLockConfigurationCommand,
  DeleteRecoveryPointCommand,
  DescribeBackupJobCommand,
  DescribeRecoveryPointCommand,
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  ListBackupJobsCommand,
  ListCopyJobsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  ListRestoreJobsCommand,
  PutBackupVaultAccessPolicyCommand,
  PutBackupVaultLockConfigurationCommand,
  PutBackupVaultNotificationsCommand,
  PutRestoreValidationResultCommand,
  StartBackupJobCommand,
  StartCopyJobCommand,
  StartRestoreJobCommand,
  UpdateGlobalSettingsCommand,
} from '@aws-sdk/client-backup';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateVolumeCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, GetObjectCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeWithEmulator } from './harness';

jest.setTimeout(60_000);

const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/backup`;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = new Date('2030-01-07T00:30:00Z'); // a Monday
const vaultArn = (name: string, region = TOKYO) => `arn:aws:backup:${region}:${ACCOUNT}:backup-vault:${name}`;
const tableArn = (name: string) => `arn:aws:dynamodb:${TOKYO}:${ACCOUNT}:table/${name}`;

describeWithEmulator('AWS Backup', (emulator) => {
  let backup: BackupClient;
  let osaka: BackupClient;
  let dynamodb: DynamoDBClient;
  const advance = (ms: number) => emulator().control.advanceClock(ms);

  beforeEach(async () => {
    await emulator().control.reset();
    await emulator().control.freezeClock(START);
    backup = new BackupClient(emulator().client());
    osaka = new BackupClient(emulator().client(OSAKA));
    dynamodb = new DynamoDBClient(emulator().client());
    await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'main', EncryptionKeyArn: `arn:aws:kms:${TOKYO}:${ACCOUNT}:key/1` }));
  });

  const table = async (name: string, tags: Record<string, string> = {}) => {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    await dynamodb.send(new PutItemCommand({ TableName: name, Item: { id: { S: 'one' } } }));
  };
  const plan = async (rule: object, selection: object = { Resources: [tableArn('*')] }, name = 'plan') => {
    const { BackupPlanId } = await backup.send(
      new CreateBackupPlanCommand({
        BackupPlan: {
          BackupPlanName: name,
          Rules: [{ RuleName: 'rule', TargetBackupVaultName: 'main', ScheduleExpression: 'cron(0 3 ? * * *)', ...rule }],
        },
      }),
    );
    await backup.send(
      new CreateBackupSelectionCommand({ BackupPlanId, BackupSelection: { SelectionName: 'selection', IamRoleArn: ROLE, ...selection } }),
    );
    return BackupPlanId!;
  };
  const back = async (resourceArn: string, more: object = {}, vault = 'main') => {
    const { BackupJobId } = await backup.send(
      new StartBackupJobCommand({ BackupVaultName: vault, ResourceArn: resourceArn, IamRoleArn: ROLE, ...more }),
    );
    await advance(1000);
    return backup.send(new DescribeBackupJobCommand({ BackupJobId }));
  };
  const points = async (vault = 'main', client = backup) =>
    (await client.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: vault }))).RecoveryPoints!;
  const jobs = async () => (await backup.send(new ListBackupJobsCommand({}))).BackupJobs!;

  describe('schedules', () => {
    test('a rule runs at its time, once for each selected resource', async () => {
      await table('orders');
      await table('carts');
      await plan({});
      await advance(2 * HOUR + 29 * 60_000);
      expect(await jobs()).toEqual([]);
      await advance(2 * 60_000);
      expect((await jobs()).map((job) => [job.ResourceArn, job.State, job.CreationDate])).toEqual(
        expect.arrayContaining([
          [tableArn('orders'), 'COMPLETED', new Date('2030-01-07T03:00:00Z')],
          [tableArn('carts'), 'COMPLETED', new Date('2030-01-07T03:00:00Z')],
        ]),
      );
    });

    test('a fortnight of daily backups passes at once', async () => {
      await table('orders');
      const id = await plan({});
      await advance(14 * DAY);
      expect(await jobs()).toHaveLength(14);
      expect((await jobs())[0].CreatedBy).toMatchObject({ BackupPlanId: id, BackupRuleName: 'rule' });
    });

    test('the time zone of a rule counts', async () => {
      await table('orders');
      await plan({ ScheduleExpression: 'cron(0 3 ? * * *)', ScheduleExpressionTimezone: 'Asia/Tokyo' });
      await advance(DAY);
      expect((await jobs())[0].CreationDate).toEqual(new Date('2030-01-07T18:00:00Z'));
    });

    test('a resource that is busy waits, and its job expires at the end of the start window', async () => {
      await table('orders');
      await emulator().control.settings({ jobDurationsMs: { backup: 3 * HOUR } });
      await plan({ ScheduleExpression: 'cron(0 * ? * * *)', StartWindowMinutes: 60 });
      await advance(4 * HOUR);
      const states = (await jobs()).reverse().map((job) => job.State);
      expect(states.slice(0, 2)).toEqual(['COMPLETED', 'EXPIRED']);
    });

    test('a job that outlives its completion window is aborted', async () => {
      await table('orders');
      await emulator().control.settings({ jobDurationsMs: { 'backup:DynamoDB': 3 * HOUR } });
      await plan({ StartWindowMinutes: 60, CompletionWindowMinutes: 120 });
      await advance(DAY);
      expect((await jobs())[0]).toMatchObject({ State: 'ABORTED', StatusMessage: expect.stringMatching(/completion window/) });
    });

    test('fails a job whose vault does not exist', async () => {
      await table('orders');
      await plan({ TargetBackupVaultName: 'nowhere' });
      await advance(DAY);
      expect((await jobs())[0]).toMatchObject({ State: 'FAILED', StatusMessage: expect.stringMatching(/nowhere does not exist/) });
    });

    test('a plan cannot be deleted before its selections', async () => {
      const id = await plan({});
      await expect(backup.send(new DeleteBackupPlanCommand({ BackupPlanId: id }))).rejects.toThrow(/selections must be deleted/);
    });
  });

  describe('selections', () => {
    const selected = async (selection: object) => {
      for (const [name, tags] of [
        ['gold', { tier: 'gold', app: 'shop' }],
        ['silver', { tier: 'silver', app: 'shop' }],
        ['bare', {}],
      ] as const) {
        await table(name, tags);
      }
      await plan({}, selection);
      await advance(DAY);
      return (await jobs()).map((job) => job.ResourceArn!.split('/').pop()).sort();
    };
    const tag = (value: string) => [{ ConditionKey: 'aws:ResourceTag/tier', ConditionValue: value }];

    test.each([
      ['listed ARNs', { Resources: [tableArn('gold')] }, ['gold']],
      ['ARNs without the excluded', { Resources: [tableArn('*')], NotResources: [tableArn('bare')] }, ['gold', 'silver']],
      ['conditions narrow the ARNs', { Resources: [tableArn('*')], Conditions: { StringEquals: tag('gold') } }, ['gold']],
      ['not-equals holds for the untagged too', { Resources: ['*'], Conditions: { StringNotEquals: tag('gold') } }, ['bare', 'silver']],
      ['like takes wildcards', { Resources: ['*'], Conditions: { StringLike: tag('*l*') } }, ['gold', 'silver']],
      [
        'conditions must all hold',
        {
          Resources: ['*'],
          Conditions: { StringEquals: tag('gold'), StringNotLike: [{ ConditionKey: 'aws:ResourceTag/app', ConditionValue: 's*' }] },
        },
        [],
      ],
      [
        'a listed tag adds to the ARNs',
        { Resources: [tableArn('bare')], ListOfTags: [{ ConditionType: 'STRINGEQUALS', ConditionKey: 'tier', ConditionValue: 'gold' }] },
        ['bare', 'gold'],
      ],
      ['a selection that names nothing selects everything', {}, ['bare', 'gold', 'silver']],
    ])('%s', async (_, selection, names) => {
      expect(await selected(selection)).toEqual(names);
    });
  });

  describe('recovery points', () => {
    test('are deleted within eight hours after their retention', async () => {
      await table('orders');
      await back(tableArn('orders'), { Lifecycle: { DeleteAfterDays: 7 } });
      await advance(7 * DAY - 2000);
      expect(await points()).toHaveLength(1);
      await advance(8 * HOUR + 2000);
      expect(await points()).toEqual([]);
    });

    test('move to cold storage when their type can', async () => {
      await table('orders');
      const job = await back(tableArn('orders'), { Lifecycle: { MoveToColdStorageAfterDays: 10, DeleteAfterDays: 100 } });
      const describe = () =>
        backup.send(new DescribeRecoveryPointCommand({ BackupVaultName: 'main', RecoveryPointArn: job.RecoveryPointArn }));
      expect(await describe()).toMatchObject({
        StorageClass: 'WARM',
        CalculatedLifecycle: { MoveToColdStorageAt: expect.any(Date), DeleteAt: expect.any(Date) },
      });
      await advance(10 * DAY);
      expect(await describe()).toMatchObject({ StorageClass: 'COLD' });
    });

    test('hold the items of a table as they were', async () => {
      await table('orders');
      const job = await back(tableArn('orders'));
      await dynamodb.send(new DeleteItemCommand({ TableName: 'orders', Key: { id: { S: 'one' } } }));
      const { RestoreMetadata } = await backup.send(
        new GetRecoveryPointRestoreMetadataCommand({ BackupVaultName: 'main', RecoveryPointArn: job.RecoveryPointArn }),
      );
      expect(RestoreMetadata).toEqual({ originalTableName: 'orders' });
      const { RestoreJobId } = await backup.send(
        new StartRestoreJobCommand({ RecoveryPointArn: job.RecoveryPointArn, IamRoleArn: ROLE, Metadata: { targetTableName: 'again' } }),
      );
      await advance(1000);
      expect(await backup.send(new DescribeRestoreJobCommand({ RestoreJobId }))).toMatchObject({
        Status: 'COMPLETED',
        CreatedResourceArn: tableArn('again'),
      });
      expect(await dynamodb.send(new ScanCommand({ TableName: 'again' }))).toMatchObject({ Count: 1 });
    });

    test('hold the objects of a bucket, which must be versioned', async () => {
      const s3 = new S3Client(emulator().client());
      await s3.send(new CreateBucketCommand({ Bucket: 'files', CreateBucketConfiguration: { LocationConstraint: TOKYO } }));
      expect(await back('arn:aws:s3:::files')).toMatchObject({
        State: 'FAILED',
        StatusMessage: expect.stringMatching(/Versioning is not enabled/),
      });
      await s3.send(new PutBucketVersioningCommand({ Bucket: 'files', VersioningConfiguration: { Status: 'Enabled' } }));
      await s3.send(new PutObjectCommand({ Bucket: 'files', Key: 'a.txt', Body: 'first' }));
      const job = await back('arn:aws:s3:::files');
      await backup.send(
        new StartRestoreJobCommand({
          RecoveryPointArn: job.RecoveryPointArn,
          IamRoleArn: ROLE,
          Metadata: { DestinationBucketName: 'files-again', newBucket: 'true' },
        }),
      );
      await advance(1000);
      const object = await s3.send(new GetObjectCommand({ Bucket: 'files-again', Key: 'a.txt' }));
      expect(await object.Body!.transformToString()).toBe('first');
    });

    test('of a volume make a volume of the same size', async () => {
      const ec2 = new EC2Client(emulator().client());
      const { VolumeId } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${TOKYO}a`, Size: 12 }));
      const job = await back(`arn:aws:ec2:${TOKYO}:${ACCOUNT}:volume/${VolumeId}`);
      expect(job).toMatchObject({ ResourceType: 'EBS', State: 'COMPLETED' });
      const { RestoreJobId } = await backup.send(
        new StartRestoreJobCommand({
          RecoveryPointArn: job.RecoveryPointArn,
          IamRoleArn: ROLE,
          Metadata: { availabilityZone: `${TOKYO}c` },
        }),
      );
      await advance(1000);
      const restored = await backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
      const volumes = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [restored.CreatedResourceArn!.split('/').pop()!] }));
      expect(volumes.Volumes).toMatchObject([{ Size: 12, AvailabilityZone: `${TOKYO}c` }]);
    });

    test('of a continuous backup are one for all runs', async () => {
      const s3 = new S3Client(emulator().client());
      await s3.send(new CreateBucketCommand({ Bucket: 'live', CreateBucketConfiguration: { LocationConstraint: TOKYO } }));
      await s3.send(new PutBucketVersioningCommand({ Bucket: 'live', VersioningConfiguration: { Status: 'Enabled' } }));
      await table('orders');
      await plan({ EnableContinuousBackup: true, Lifecycle: { DeleteAfterDays: 35 } }, { Resources: ['*'] });
      await advance(3 * DAY);
      const byType = (await points()).map((point) => point.ResourceType).sort();
      expect(byType).toEqual(['DynamoDB', 'DynamoDB', 'DynamoDB', 'S3']);
    });
  });

  describe('locks', () => {
    test('fails a job whose retention is outside the range, it is not clamped', async () => {
      await table('orders');
      await backup.send(new PutBackupVaultLockConfigurationCommand({ BackupVaultName: 'main', MinRetentionDays: 7, MaxRetentionDays: 30 }));
      expect(await back(tableArn('orders'), { Lifecycle: { DeleteAfterDays: 6 } })).toMatchObject({
        State: 'FAILED',
        StatusMessage: expect.stringMatching(/less than the minimum of 7/),
      });
      expect(await back(tableArn('orders'), { Lifecycle: { DeleteAfterDays: 7 } })).toMatchObject({ State: 'COMPLETED' });
      expect(await back(tableArn('orders'), { Lifecycle: { DeleteAfterDays: 30 } })).toMatchObject({ State: 'COMPLETED' });
      expect(await back(tableArn('orders'), { Lifecycle: { DeleteAfterDays: 31 } })).toMatchObject({ State: 'FAILED' });
      expect(await back(tableArn('orders'))).toMatchObject({
        State: 'FAILED',
        StatusMessage: expect.stringMatching(/forever is more than the maximum/),
      });
    });

    test('fails to delete a recovery point of a locked vault', async () => {
      await table('orders');
      const job = await back(tableArn('orders'), { Lifecycle: { DeleteAfterDays: 30 } });
      await backup.send(new PutBackupVaultLockConfigurationCommand({ BackupVaultName: 'main', MinRetentionDays: 7 }));
      const request = new DeleteRecoveryPointCommand({ BackupVaultName: 'main', RecoveryPointArn: job.RecoveryPointArn });
      await expect(backup.send(request)).rejects.toThrow(/locked/);
    });

    test('of governance can be removed; of compliance only until their date', async () => {
      const remove = () => backup.send(new DeleteBackupVaultLockConfigurationCommand({ BackupVaultName: 'main' }));
      const lock = (days?: number) =>
        backup.send(new PutBackupVaultLockConfigurationCommand({ BackupVaultName: 'main', MinRetentionDays: 1, ChangeableForDays: days }));
      await lock();
      await advance(100 * DAY);
      await remove();
      await lock(3);
      await advance(3 * DAY - 1);
      await remove();
      await lock(3);
      await advance(3 * DAY);
      await expect(remove()).rejects.toThrow(/immutable/);
      await expect(lock()).rejects.toThrow(/immutable/);
    });
  });

  describe('copies', () => {
    const copies = async () => (await backup.send(new ListCopyJobsCommand({}))).CopyJobs!;
    const copyRule = (destination: string) => ({
      Lifecycle: { DeleteAfterDays: 7 },
      CopyActions: [{ DestinationBackupVaultArn: destination, Lifecycle: { DeleteAfterDays: 30 } }],
    });

    test('follow the backup into another Region, kept as long as they say', async () => {
      await osaka.send(new CreateBackupVaultCommand({ BackupVaultName: 'copies' }));
      await table('orders');
      await plan(copyRule(vaultArn('copies', OSAKA)));
      await advance(DAY);
      expect(await copies()).toMatchObject([{ State: 'COMPLETED', DestinationRecoveryPointArn: expect.stringContaining(OSAKA) }]);
      expect(await points('copies', osaka)).toMatchObject([{ Lifecycle: { DeleteAfterDays: 30 }, SourceBackupVaultArn: vaultArn('main') }]);
    });

    test('fails to copy into a vault that does not exist', async () => {
      await table('orders');
      await plan(copyRule(vaultArn('nowhere', OSAKA)));
      await advance(DAY);
      expect(await copies()).toMatchObject([{ State: 'FAILED', StatusMessage: expect.stringMatching(/does not exist/) }]);
    });

    test('fails to copy a volume into a vault without a customer key', async () => {
      await osaka.send(new CreateBackupVaultCommand({ BackupVaultName: 'copies' }));
      const ec2 = new EC2Client(emulator().client());
      await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${TOKYO}a`, Size: 1 }));
      await plan(copyRule(vaultArn('copies', OSAKA)), { Resources: [`arn:aws:ec2:${TOKYO}:${ACCOUNT}:volume/*`] });
      await advance(DAY);
      expect(await copies()).toMatchObject([{ State: 'FAILED', StatusMessage: expect.stringMatching(/customer managed key/) }]);
    });

    test('into another account need the organisation’s consent and the vault’s policy', async () => {
      const elsewhere = new BackupClient(emulator().client(TOKYO, '210987654321'));
      await elsewhere.send(new CreateBackupVaultCommand({ BackupVaultName: 'theirs' }));
      await table('orders');
      const job = await back(tableArn('orders'));
      const copy = async () => {
        const destination = `arn:aws:backup:${TOKYO}:210987654321:backup-vault:theirs`;
        await backup.send(
          new StartCopyJobCommand({
            RecoveryPointArn: job.RecoveryPointArn,
            SourceBackupVaultName: 'main',
            DestinationBackupVaultArn: destination,
            IamRoleArn: ROLE,
          }),
        );
        await advance(1000);
        return (await copies())[0];
      };
      expect(await copy()).toMatchObject({ State: 'FAILED', StatusMessage: expect.stringMatching(/not enabled for the organization/) });
      await backup.send(new UpdateGlobalSettingsCommand({ GlobalSettings: { isCrossAccountBackupEnabled: 'true' } }));
      expect(await copy()).toMatchObject({
        State: 'FAILED',
        StatusMessage: expect.stringMatching(/does not allow backup:CopyIntoBackupVault/),
      });
      const statement = {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        Action: 'backup:CopyIntoBackupVault',
        Resource: '*',
      };
      await elsewhere.send(
        new PutBackupVaultAccessPolicyCommand({
          BackupVaultName: 'theirs',
          Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
        }),
      );
      expect(await copy()).toMatchObject({ State: 'COMPLETED' });
    });

    test('into an air-gapped vault keep to its range', async () => {
      await backup.send(
        new CreateLogicallyAirGappedBackupVaultCommand({ BackupVaultName: 'gap', MinRetentionDays: 7, MaxRetentionDays: 20 }),
      );
      await table('orders');
      await plan(copyRule(vaultArn('gap')));
      await advance(DAY);
      expect(await copies()).toMatchObject([{ State: 'FAILED', StatusMessage: expect.stringMatching(/more than the maximum of 20 days/) }]);
    });
  });

  describe('what is told', () => {
    const listen = async () => {
      const sqs = new SQSClient(emulator().client());
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }));
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
      const hear = async () => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        return (Messages ?? []).map((message) => JSON.parse(message.Body!));
      };
      return { arn: Attributes!.QueueArn!, hear };
    };
    const onEvents = async (arn: string, detailType: string) => {
      const events = new EventBridgeClient(emulator().client());
      await events.send(
        new PutRuleCommand({ Name: 'all', EventPattern: JSON.stringify({ source: ['aws.backup'], 'detail-type': [detailType] }) }),
      );
      await events.send(new PutTargetsCommand({ Rule: 'all', Targets: [{ Id: '1', Arn: arn }] }));
    };

    test('events of backup jobs carry `state`, and CREATED next to nothing', async () => {
      const { arn, hear } = await listen();
      await onEvents(arn, 'Backup Job State Change');
      await table('orders');
      await back(tableArn('orders'));
      const details = (await hear()).map((event) => event.detail);
      const created = details.find((detail) => detail.state === 'CREATED');
      expect(Object.keys(created).sort()).toEqual(['backupJobId', 'creationDate', 'state']);
      expect(details.find((detail) => detail.state === 'COMPLETED')).toMatchObject({
        resourceArn: tableArn('orders'),
        backupVaultName: 'main',
        backupSizeInBytes: expect.any(String),
      });
    });

    test('events of restore jobs carry `status`', async () => {
      const { arn, hear } = await listen();
      await onEvents(arn, 'Restore Job State Change');
      await table('orders');
      const job = await back(tableArn('orders'));
      await backup.send(
        new StartRestoreJobCommand({ RecoveryPointArn: job.RecoveryPointArn, IamRoleArn: ROLE, Metadata: { targetTableName: 'again' } }),
      );
      await advance(1000);
      const details = (await hear()).map((event) => event.detail);
      expect(details.map((detail) => detail.status ?? `state ${detail.state}`).sort()).toEqual(['COMPLETED', 'RUNNING', 'state CREATED']);
      expect(details.find((detail) => detail.status === 'COMPLETED')).toMatchObject({ createdResourceArn: tableArn('again') });
    });

    test('notifications of a vault say COMPLETED at every end', async () => {
      const { arn, hear } = await listen();
      const sns = new SNSClient(emulator().client());
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'notified' }));
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arn }));
      await backup.send(
        new PutBackupVaultNotificationsCommand({
          BackupVaultName: 'main',
          SNSTopicArn: TopicArn,
          BackupVaultEvents: ['BACKUP_JOB_COMPLETED'],
        }),
      );
      await table('orders');
      await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup' });
      await back(tableArn('orders'));
      expect(await hear()).toMatchObject([{ Message: expect.stringMatching(/FAILED/), MessageAttributes: { State: { Value: 'FAILED' } } }]);
    });

    test('metrics count jobs by vault and by resource type', async () => {
      await table('orders');
      await back(tableArn('orders'));
      const count = async (Name: string, Value: string) => {
        const window = { StartTime: new Date(START.getTime() - HOUR), EndTime: new Date(START.getTime() + HOUR), Period: 3600 };
        const request = new GetMetricStatisticsCommand({
          Namespace: 'AWS/Backup',
          MetricName: 'NumberOfBackupJobsCompleted',
          Dimensions: [{ Name, Value }],
          Statistics: ['Sum'],
          ...window,
        });
        return (await new CloudWatchClient(emulator().client()).send(request)).Datapoints!.reduce((sum, point) => sum + point.Sum!, 0);
      };
      expect([await count('BackupVaultName', 'main'), await count('ResourceType', 'DynamoDB'), await count('ResourceType', 'RDS')]).toEqual(
        [1, 1, 0],
      );
    });
  });

  describe('restore testing', () => {
    const testing = async (validationHours?: number, more: object = {}) => {
      await table('orders');
      await plan({ Lifecycle: { DeleteAfterDays: 30 } });
      await backup.send(
        new CreateRestoreTestingPlanCommand({
          RestoreTestingPlan: {
            RestoreTestingPlanName: 'weekly',
            ScheduleExpression: 'cron(0 5 ? * SUN *)',
            RecoveryPointSelection: { Algorithm: 'LATEST_WITHIN_WINDOW', RecoveryPointTypes: ['SNAPSHOT'], IncludeVaults: ['*'], ...more },
          },
        }),
      );
      await backup.send(
        new CreateRestoreTestingSelectionCommand({
          RestoreTestingPlanName: 'weekly',
          RestoreTestingSelection: {
            RestoreTestingSelectionName: 'tables',
            ProtectedResourceType: 'DynamoDB',
            IamRoleArn: ROLE,
            ProtectedResourceArns: ['*'],
            ValidationWindowHours: validationHours,
          },
        }),
      );
    };
    const restores = async () => (await backup.send(new ListRestoreJobsCommand({}))).RestoreJobs!;
    const tableOf = (arn: string) => dynamodb.send(new DescribeTableCommand({ TableName: arn.split('/').pop()! }));

    test('restores the latest point on schedule, and deletes the table without a validation window at once', async () => {
      await testing();
      await advance(6 * DAY + 6 * HOUR);
      const [job] = await restores();
      expect(job).toMatchObject({
        Status: 'COMPLETED',
        DeletionStatus: 'SUCCESSFUL',
        CreationDate: new Date('2030-01-13T05:00:00Z'),
        RecoveryPointCreationDate: new Date('2030-01-13T03:00:00Z'),
      });
      await expect(tableOf(job.CreatedResourceArn!)).rejects.toThrow(/not found/);
    });

    test('keeps the table until a verdict comes, which is final', async () => {
      await testing(8);
      await advance(6 * DAY + 6 * HOUR);
      const [{ RestoreJobId, CreatedResourceArn }] = await restores();
      expect(CreatedResourceArn).toContain('awsbackup-restore-test-');
      expect(await tableOf(CreatedResourceArn!)).toBeDefined();
      const put = (status: 'SUCCESSFUL' | 'FAILED') =>
        backup.send(new PutRestoreValidationResultCommand({ RestoreJobId, ValidationStatus: status, ValidationStatusMessage: 'looked' }));
      await put('FAILED');
      await expect(put('SUCCESSFUL')).rejects.toThrow(/set already/);
      await advance(1000);
      expect((await restores())[0]).toMatchObject({
        ValidationStatus: 'FAILED',
        ValidationStatusMessage: 'looked',
        DeletionStatus: 'SUCCESSFUL',
      });
    });

    test('times out without a verdict', async () => {
      await testing(2);
      await advance(6 * DAY + 7 * HOUR);
      expect((await restores())[0]).toMatchObject({ ValidationStatus: 'TIMED_OUT', DeletionStatus: 'SUCCESSFUL' });
    });

    test('leaves a table alone whose mark somebody has removed', async () => {
      await testing(2);
      await advance(6 * DAY + 5 * HOUR);
      const [{ CreatedResourceArn }] = await restores();
      await dynamodb.send(new UntagResourceCommand({ ResourceArn: CreatedResourceArn, TagKeys: ['awsbackup-restore-test'] }));
      await advance(3 * HOUR);
      expect((await restores())[0]).toMatchObject({ ValidationStatus: 'TIMED_OUT', DeletionStatus: 'FAILED' });
      expect(await tableOf(CreatedResourceArn!)).toBeDefined();
    });

    test('leaves out what has no eligible point', async () => {
      await testing(undefined, { IncludeVaults: [vaultArn('other')] });
      await advance(7 * DAY);
      expect(await restores()).toEqual([]);
    });

    test('fails to validate a restore that no plan started', async () => {
      await table('orders');
      const job = await back(tableArn('orders'));
      const { RestoreJobId } = await backup.send(
        new StartRestoreJobCommand({ RecoveryPointArn: job.RecoveryPointArn, IamRoleArn: ROLE, Metadata: { targetTableName: 'again' } }),
      );
      await advance(1000);
      await expect(backup.send(new PutRestoreValidationResultCommand({ RestoreJobId, ValidationStatus: 'SUCCESSFUL' }))).rejects.toThrow(
        /not started by a restore testing plan/,
      );
    });

    test('runs at once when a test asks', async () => {
      await testing();
      await advance(DAY);
      expect(await emulator().control.runRestoreTesting('weekly', TOKYO)).toHaveLength(1);
    });
  });
});
