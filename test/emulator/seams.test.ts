import {
  BackupClient,
  CreateBackupVaultCommand,
  DescribeBackupJobCommand,
  DescribeRestoreJobCommand,
  ListBackupVaultsCommand,
  ListCopyJobsCommand,
  ListRecoveryPointsByBackupVaultCommand,
  StartBackupJobCommand,
  StartCopyJobCommand,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ACCOUNT, describeWithEmulator, type FaultOptions, sleep } from './harness';
import { StackClient } from './stack-client';

jest.setTimeout(60_000);

const REGION = 'ap-northeast-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/backup`;
const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
const HOUR = 3_600_000;

describeWithEmulator('seams', (emulator) => {
  let backup: BackupClient;
  const control = () => emulator().control;

  beforeEach(async () => {
    await control().reset();
    backup = new BackupClient({ ...emulator().client(), maxAttempts: 1 });
    await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'main' }));
    await new DynamoDBClient(emulator().client()).send(
      new CreateTableCommand({
        TableName: 'orders',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
  });

  const start = async () =>
    (await backup.send(new StartBackupJobCommand({ BackupVaultName: 'main', ResourceArn: TABLE, IamRoleArn: ROLE }))).BackupJobId!;
  const job = (id: string) => backup.send(new DescribeBackupJobCommand({ BackupJobId: id }));
  const list = () => backup.send(new ListBackupVaultsCommand({}));

  describe('the clock', () => {
    test('stands still when it is frozen, also for moto', async () => {
      const at = new Date('2031-05-05T05:05:05Z');
      await control().freezeClock(at);
      await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'dated' }));
      await sleep(300);
      expect(await control().clock()).toMatchObject({ nowMs: at.getTime(), frozen: true });
      const vaults = (await list()).BackupVaultList!;
      expect(vaults.find((vault) => vault.BackupVaultName === 'dated')).toMatchObject({ CreationDate: at });
      const { QueueUrl } = await new SQSClient(emulator().client()).send(new CreateQueueCommand({ QueueName: 'dated' }));
      expect(QueueUrl).toBeDefined();
    });

    test('holds jobs back until it is advanced past their duration', async () => {
      await control().freezeClock();
      await control().settings({ jobDurationsMs: { 'backup:DynamoDB': HOUR } });
      const id = await start();
      expect(await job(id)).toMatchObject({ State: 'CREATED' });
      await control().advanceClock(HOUR - 1);
      expect(await job(id)).toMatchObject({ State: 'RUNNING' });
      await control().advanceClock(1);
      expect(await job(id)).toMatchObject({ State: 'COMPLETED' });
    });

    test('runs jobs by itself when it is not frozen', async () => {
      const id = await start();
      await sleep(1500);
      expect(await job(id)).toMatchObject({ State: 'COMPLETED' });
    });

    test('goes on from where it stood, and jumps while it runs', async () => {
      const at = new Date('2031-05-05T05:05:05Z');
      await control().freezeClock(at);
      await control().resumeClock();
      await control().advanceClock(HOUR);
      const { nowMs, frozen } = await control().clock();
      expect(frozen).toBe(false);
      expect(nowMs - at.getTime()).toBeGreaterThanOrEqual(HOUR);
      expect(nowMs - at.getTime()).toBeLessThan(HOUR + 20_000);
    });

    test('fails to go backwards', async () => {
      await expect(control().advanceClock(-1)).rejects.toThrow(/must not be negative/);
    });

    test('runs scheduled rules of EventBridge', async () => {
      await control().freezeClock(new Date('2031-05-05T00:00:00Z'));
      const sqs = new SQSClient(emulator().client());
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'ticks' }));
      const events = new EventBridgeClient(emulator().client());
      await events.send(new PutRuleCommand({ Name: 'hourly', ScheduleExpression: 'rate(1 hour)' }));
      await events.send(new PutTargetsCommand({ Rule: 'hourly', Targets: [{ Id: '1', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:ticks` }] }));
      await control().advanceClock(3 * HOUR + 1);
      await sleep(500);
      const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      expect(Messages!.map((message) => JSON.parse(message.Body!).time).sort()).toEqual([
        '2031-05-05T01:00:00Z',
        '2031-05-05T02:00:00Z',
        '2031-05-05T03:00:00Z',
      ]);
      await expect(events.send(new PutRuleCommand({ Name: 'bad', ScheduleExpression: 'cron(0 0 1 * 1 *)' }))).rejects.toThrow(
        /exactly one of/,
      );
    });
  });

  describe('faults of services', () => {
    test.each<[string, FaultOptions, string]>([
      ['throttle', { kind: 'throttle' }, 'ThrottlingException'],
      ['accessDenied', { kind: 'accessDenied' }, 'AccessDeniedException'],
      ['internalError', { kind: 'internalError' }, 'InternalServerError'],
      ['unavailable', { kind: 'unavailable' }, 'ServiceUnavailable'],
      [
        'a code and message of one’s own',
        { kind: 'throttle', code: 'DependencyFailureException', message: 'KMS is down' },
        'DependencyFailureException',
      ],
    ])('%s strikes once, the named operation only', async (_, fault, name) => {
      await control().plantFault({ ...fault, service: 'backup', operation: 'ListBackupVaults' });
      expect(await job(await start())).toBeDefined();
      await expect(list()).rejects.toMatchObject({ name, message: fault.message ?? expect.any(String) });
      expect((await list()).BackupVaultList).toHaveLength(1);
      expect(await control().faults()).toMatchObject([{ kind: fault.kind, struck: 1 }]);
    });

    test('speak the protocol of the service: query, XML, JSON', async () => {
      await control().plantFault({ kind: 'throttle', times: 3 });
      const once = { ...emulator().client(), maxAttempts: 1 };
      await expect(new RDSClient(once).send(new DescribeDBInstancesCommand({}))).rejects.toMatchObject({ name: 'Throttling' });
      await expect(new S3Client(once).send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'SlowDown' });
      await expect(new DynamoDBClient(once).send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'ThrottlingException' });
    });

    test('a retrying client gets over them', async () => {
      await control().plantFault({ kind: 'throttle', service: 'backup', times: 2 });
      const patient = new BackupClient({ ...emulator().client(), maxAttempts: 3 });
      expect(await patient.send(new ListBackupVaultsCommand({}))).toMatchObject({ BackupVaultList: [expect.anything()] });
    });

    test('delay answers late, hang does not answer in time', async () => {
      await control().plantFault({ kind: 'delay', service: 'backup', delayMs: 700 });
      const before = Date.now();
      await list();
      expect(Date.now() - before).toBeGreaterThanOrEqual(700);
      await control().plantFault({ kind: 'hang', service: 'backup', delayMs: 300 });
      await expect(list()).rejects.toMatchObject({ name: 'RequestTimeout' });
    });

    test('truncatePage forces a reader to turn the page', async () => {
      await backup.send(new CreateBackupVaultCommand({ BackupVaultName: 'second' }));
      await control().plantFault({ kind: 'truncatePage', service: 'backup', operation: 'ListBackupVaults' });
      const first = await list();
      expect(first.BackupVaultList).toHaveLength(1);
      const rest = await backup.send(new ListBackupVaultsCommand({ NextToken: first.NextToken }));
      expect(rest.BackupVaultList!.map((vault) => vault.BackupVaultName)).toEqual(['second']);
    });

    test('spare what the emulator does itself', async () => {
      await control().plantFault({ kind: 'accessDenied', service: 'backup', operation: 'CreateBackupVault', times: 9 });
      const stacks = new StackClient(emulator());
      expect(
        await stacks.create('Spared', { V: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: 'spared' } } }),
      ).toMatchObject({ status: 'CREATE_COMPLETE' });
    });

    test('fails to plant what could never strike', async () => {
      await expect(control().plantFault({ kind: 'earthquake' as never })).rejects.toThrow(/unknown fault 'earthquake'/);
      await expect(control().plantFault({ kind: 'jobFailed', service: 'backup' })).rejects.toThrow(/does not know service/);
      await control().plantFault({ kind: 'throttle' });
      await control().healFaults();
      expect(await control().faults()).toEqual([]);
    });
  });

  describe('faults of jobs', () => {
    beforeEach(async () => {
      await control().freezeClock();
    });
    const run = async () => {
      const id = await start();
      await control().advanceClock(9 * HOUR);
      return job(id);
    };

    test.each<[FaultOptions['kind'], object, object | undefined]>([
      ['jobFailed', { State: 'FAILED', StatusMessage: 'planted' }, undefined],
      ['jobAborted', { State: 'ABORTED', StatusMessage: 'planted' }, undefined],
      ['jobExpired', { State: 'EXPIRED', StatusMessage: 'planted' }, undefined],
      ['jobPartial', { State: 'PARTIAL', StatusMessage: 'planted' }, { Status: 'PARTIAL' }],
      ['jobCompletedWithIssues', { State: 'COMPLETED', StatusMessage: 'planted' }, { Status: 'COMPLETED' }],
    ])('%s', async (kind, expected, point) => {
      await control().plantFault({ kind, jobKind: 'backup', resourceType: 'DynamoDB', message: 'planted' });
      expect(await run()).toMatchObject(expected);
      const { RecoveryPoints } = await backup.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: 'main' }));
      expect(RecoveryPoints).toMatchObject(point ? [point] : []);
      expect(await run()).toMatchObject({ State: 'COMPLETED' });
    });

    test('strike copies and restores too, and only those they name', async () => {
      await control().plantFault({ kind: 'jobFailed', jobKind: 'copy', message: 'no copy' });
      await control().plantFault({ kind: 'jobFailed', jobKind: 'restore', resourceType: 'RDS' });
      await control().plantFault({ kind: 'jobFailed', jobKind: 'restore', resourceType: 'DynamoDB', message: 'no restore' });
      const { RecoveryPointArn } = await run();
      const destination = `arn:aws:backup:${REGION}:${ACCOUNT}:backup-vault:main`;
      await backup.send(
        new StartCopyJobCommand({
          RecoveryPointArn,
          SourceBackupVaultName: 'main',
          DestinationBackupVaultArn: destination,
          IamRoleArn: ROLE,
        }),
      );
      const { RestoreJobId } = await backup.send(
        new StartRestoreJobCommand({ RecoveryPointArn, IamRoleArn: ROLE, Metadata: { targetTableName: 'again' } }),
      );
      await control().advanceClock(HOUR);
      expect((await backup.send(new ListCopyJobsCommand({}))).CopyJobs).toMatchObject([{ State: 'FAILED', StatusMessage: 'no copy' }]);
      expect(await backup.send(new DescribeRestoreJobCommand({ RestoreJobId }))).toMatchObject({
        Status: 'FAILED',
        StatusMessage: 'no restore',
      });
    });
  });

  describe('faults of events', () => {
    let heard: () => Promise<string[]>;
    beforeEach(async () => {
      await control().freezeClock();
      const sqs = new SQSClient(emulator().client());
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'heard' }));
      const events = new EventBridgeClient(emulator().client());
      await events.send(
        new PutRuleCommand({
          Name: 'jobs',
          EventPattern: JSON.stringify({
            source: ['aws.backup'],
            'detail-type': ['Backup Job State Change'],
            detail: { state: ['RUNNING', 'COMPLETED'] },
          }),
        }),
      );
      await events.send(new PutTargetsCommand({ Rule: 'jobs', Targets: [{ Id: '1', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:heard` }] }));
      heard = async () => {
        await sleep(500);
        const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        return (Messages ?? []).map((message) => JSON.parse(message.Body!).detail.state).sort();
      };
    });
    const run = async (fault?: FaultOptions) => {
      if (fault) {
        await control().plantFault({ detailType: 'Backup Job State Change', state: 'COMPLETED', ...fault });
      }
      await start();
      await control().advanceClock(1000);
      return heard();
    };

    test('none: both arrive', async () => {
      expect(await run()).toEqual(['COMPLETED', 'RUNNING']);
    });

    test('dropEvent: the event never arrives', async () => {
      expect(await run({ kind: 'dropEvent' })).toEqual(['RUNNING']);
    });

    test('duplicateEvent: the event arrives twice', async () => {
      expect(await run({ kind: 'duplicateEvent' })).toEqual(['COMPLETED', 'COMPLETED', 'RUNNING']);
    });

    test('delayEvent: the event arrives later, after others', async () => {
      expect(await run({ kind: 'delayEvent', state: 'RUNNING', delayMs: HOUR })).toEqual(['COMPLETED']);
      await control().advanceClock(HOUR);
      expect(await heard()).toContain('RUNNING');
    });
  });

  describe('what can be asked', () => {
    test('requests, with their parameters and outcome', async () => {
      await control().forgetRequests();
      await start();
      await expect(job('nothing')).rejects.toThrow();
      expect(await control().requests({ service: 'backup', operation: 'StartBackupJob' })).toMatchObject([
        { region: REGION, account: ACCOUNT, internal: false, status: 200, params: { BackupVaultName: 'main' } },
      ]);
      expect(await control().requests({ operation: 'DescribeBackupJob' })).toMatchObject([
        { status: 400, error: expect.stringMatching(/ResourceNotFoundException/) },
      ]);
    });

    test('deployed resources, with their resolved properties', async () => {
      const name = { 'Fn::Join': ['-', ['in', { Ref: 'AWS::Region' }]] };
      await new StackClient(emulator()).create('Asked', { V: { Type: 'AWS::Backup::BackupVault', Properties: { BackupVaultName: name } } });
      expect(await control().deployed({ stack: 'Asked' })).toMatchObject([
        { logicalId: 'V', type: 'AWS::Backup::BackupVault', properties: { BackupVaultName: `in-${REGION}` } },
      ]);
    });

    test('reset forgets everything', async () => {
      await control().freezeClock(new Date('2031-01-01T00:00:00Z'));
      await control().plantFault({ kind: 'throttle', service: 'nobody' });
      await control().reset();
      expect((await list()).BackupVaultList).toEqual([]);
      expect((await new DynamoDBClient(emulator().client()).send(new ListTablesCommand({}))).TableNames).toEqual([]);
      expect(await control().faults()).toEqual([]);
      expect(await control().clock()).toMatchObject({ frozen: false });
    });

    test('fails on an unknown setting', async () => {
      await expect(control().settings({ speed: 2 } as never)).rejects.toThrow(/unknown setting 'speed'/);
    });
  });
});
