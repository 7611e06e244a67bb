import { rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BackupClient, DescribeBackupJobCommand, StartBackupJobCommand, StartCopyJobCommand } from '@aws-sdk/client-backup';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, GetQueueAttributesCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HOUR, MINUTE } from '../../lib/model/time';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, eventually, sleep, synthesise } from '../emulator/harness';
import { type AlarmProperties, type AlarmState, evaluate } from '../harness/alarm-evaluator';
import { backupJob } from '../observability/fixtures/events';

const APP = join(__dirname, 'fixtures', 'failures-app.ts');
const PRIMARY = 'ap-northeast-1';
const RECOVERY = 'ap-northeast-3';
const VAULT = 'Failing-recovery';

jest.setTimeout(240_000);

interface Heard {
  readonly title: string;
  readonly description: string;
  readonly runbook: string;
  readonly eventId: string;
}

describeWithEmulator('what fails, deployed by the CDK command line', (emulator) => {
  let assembly: string;
  let hook: Server;
  let table: string;
  let role: string;
  let answer = 200;
  const posted: { path?: string; headers: IncomingHttpHeaders; body: { text: string; severity: string } }[] = [];

  const sqs = () => new SQSClient(emulator().client(PRIMARY));
  const backup = () => new BackupClient(emulator().client(PRIMARY));
  const vaultArn = (region: string) => `arn:aws:backup:${region}:${ACCOUNT}:backup-vault:${VAULT}`;

  async function receive(name: string): Promise<string[]> {
    const { QueueUrl } = await sqs().send(new GetQueueUrlCommand({ QueueName: name }));
    const { Messages: messages = [] } = await sqs().send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { ReceiptHandle } of messages) {
      await sqs().send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return messages.map(({ Body }) => Body as string);
  }

  /** What was told of a severity since it was last asked for. */
  async function heard(severity: string): Promise<Heard[]> {
    return (await receive(`heard-${severity}`)).map((body) => {
      const { content, metadata } = JSON.parse(body);
      const { title, description, nextSteps } = content;
      return { title, description, runbook: nextSteps[0], eventId: metadata.additionalContext.eventId };
    });
  }

  async function hearAtLeast(severity: string, count: number): Promise<Heard[]> {
    const all: Heard[] = [];
    await eventually(`${count} messages of severity ${severity}`, async () => {
      all.push(...(await heard(severity)));
      return all.length >= count;
    });
    return all;
  }

  async function startBackup(): Promise<string> {
    const { BackupJobId } = await backup().send(
      new StartBackupJobCommand({ BackupVaultName: VAULT, ResourceArn: table, IamRoleArn: role, StartWindowMinutes: 60 }),
    );
    return BackupJobId as string;
  }

  async function endOf(job: string): Promise<{ readonly State?: string; readonly RecoveryPointArn?: string }> {
    return eventually('the end of the job', async () => {
      const found = await backup().send(new DescribeBackupJobCommand({ BackupJobId: job }));
      return !['CREATED', 'PENDING', 'RUNNING', 'ABORTING'].includes(found.State ?? '') && found;
    });
  }

  /** Runs a function by hand; what it answers when it fails is what makes a dead letter of the event. */
  async function failureOf(construct: string, event: object): Promise<string> {
    const functions = await emulator().control.deployed({ type: 'AWS::Lambda::Function', region: PRIMARY });
    const name = functions.find(({ logicalId }) => logicalId.startsWith(construct))?.physicalId;
    const { FunctionError, Payload } = await new LambdaClient(emulator().client(PRIMARY)).send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }),
    );
    return FunctionError ? Buffer.from(Payload ?? []).toString() : 'none';
  }

  /** The dead letters of a construct, and what the alarm on their number says. */
  async function buried(construct: string, count = 1): Promise<{ bodies: string[]; alarm: AlarmState; tells: number }> {
    const control = emulator().control;
    const isOf = ({ logicalId }: { logicalId: string }) => logicalId.startsWith(`${construct}DeadLetters`);
    const queue = (await control.deployed({ type: 'AWS::SQS::Queue', region: PRIMARY })).find(isOf)?.physicalId.split('/').pop() as string;
    const alarm = (await control.deployed({ type: 'AWS::CloudWatch::Alarm', region: PRIMARY })).find(isOf)?.properties as Record<
      string,
      unknown
    >;
    const { QueueUrl } = await sqs().send(new GetQueueUrlCommand({ QueueName: queue }));
    const depth = () => sqs().send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }));
    const value = await eventually('the dead letters', async () => {
      const { Attributes: { ApproximateNumberOfMessages = '0' } = {} } = await depth();
      return Number(ApproximateNumberOfMessages) >= count && Number(ApproximateNumberOfMessages);
    });
    const { nowMs } = await control.clock();
    const minutes = Array.from({ length: 10 }, (_, index) => ({ atMs: nowMs - index * MINUTE, value }));
    const series = { [alarm.MetricName as string]: minutes };
    return {
      bodies: await receive(queue),
      alarm: evaluate(alarm as unknown as AlarmProperties, series, nowMs, 'OK'),
      tells: (alarm.AlarmActions as unknown[]).length,
    };
  }

  beforeAll(async () => {
    assembly = await synthesise(APP);
    hook = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        posted.push({ path: request.url, headers: request.headers, body: JSON.parse(text) });
        response.writeHead(answer).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
    const secrets = new SecretsManagerClient(emulator().client(PRIMARY));
    await secrets.send(new CreateSecretCommand({ Name: 'recovery/webhook', SecretString: JSON.stringify({ url, token: 'TOKEN' }) }));
    expect(await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${PRIMARY}`, `aws://${ACCOUNT}/${RECOVERY}`])).toMatchObject({
      exitCode: 0,
    });
    expect(await deployWithCli({ emulator: emulator(), assembly })).toMatchObject({ exitCode: 0 });
    const [deployed] = await emulator().control.deployed({ type: 'AWS::DynamoDB::GlobalTable', region: PRIMARY });
    table = `arn:aws:dynamodb:${PRIMARY}:${ACCOUNT}:table/${deployed.physicalId}`;
    const [selection] = await emulator().control.deployed({ type: 'AWS::Backup::BackupSelection', region: PRIMARY });
    role = (selection.properties.BackupSelection as { IamRoleArn: string }).IamRoleArn;
  });
  afterAll(() => {
    hook?.close();
    rmSync(assembly, { recursive: true, force: true });
  });

  test('has topics, rules and a function in the recovery Region as well', async () => {
    const there = await Promise.all(
      ['AWS::SNS::Topic', 'AWS::Events::Rule'].map((type) => emulator().control.deployed({ type, region: RECOVERY })),
    );
    expect(there.map((list) => list.length)).toEqual([4, 5]);
  });

  test('is silent about a backup that is made', async () => {
    expect(await endOf(await startBackup())).toMatchObject({ State: 'COMPLETED' });
    await sleep(1_000);
    expect([await heard('critical'), await heard('high'), await heard('low'), posted]).toEqual([[], [], [], []]);
  });

  test.each([
    ['jobFailed', 'FAILED', 'is FAILED'],
    ['jobAborted', 'ABORTED', 'is ABORTED'],
    ['jobExpired', 'EXPIRED', 'has expired'],
    ['jobPartial', 'PARTIAL', 'is only partial'],
    ['jobCompletedWithIssues', 'COMPLETED', 'is completed with issues'],
  ] as const)('%s is told to the topic and to the webhook', async (kind, state, words) => {
    posted.length = 0;
    await emulator().control.plantFault({ kind, jobKind: 'backup', message: 'A "quoted" reason' });
    const job = await startBackup();
    if (kind === 'jobExpired') {
      await emulator().control.advanceClock(61 * MINUTE);
    }
    expect(await endOf(job)).toMatchObject({ State: state });
    const messages = await hearAtLeast('high', 1);
    expect(messages).toEqual([
      expect.objectContaining({
        title: `HIGH: backup job ${state} in ${PRIMARY}`,
        description: expect.stringContaining(`${table} into the vault ${VAULT} ${words}`),
        runbook: 'docs/runbook.md#failed-backup-jobs',
      }),
    ]);
    expect(messages[0].description).toContain('A "quoted" reason');
    await eventually('the webhook', async () => posted.length > 0);
    expect(posted).toEqual([
      expect.objectContaining({
        path: '/hook',
        headers: expect.objectContaining({ authorization: 'Bearer TOKEN' }),
        body: expect.objectContaining({ severity: 'high', text: expect.stringContaining('A "quoted" reason') }),
      }),
    ]);
  });

  test('a copy that fails is told', async () => {
    const { RecoveryPointArn } = await endOf(await startBackup());
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'copy' });
    await backup().send(
      new StartCopyJobCommand({
        RecoveryPointArn,
        SourceBackupVaultName: VAULT,
        DestinationBackupVaultArn: vaultArn(RECOVERY),
        IamRoleArn: role,
      }),
    );
    const [message] = await hearAtLeast('high', 1);
    expect(message).toMatchObject({ title: `HIGH: copy job FAILED in ${PRIMARY}`, runbook: 'docs/runbook.md#failed-copy-jobs' });
    expect(message.description).toContain(`to ${vaultArn(RECOVERY)} is FAILED`);
  });

  test('an event that comes twice is told twice, of one and the same job', async () => {
    await emulator().control.plantFault({ kind: 'duplicateEvent', detailType: 'Backup Job State Change', state: 'FAILED' });
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup' });
    await endOf(await startBackup());
    const messages = await hearAtLeast('high', 2);
    expect(new Set(messages.map(({ description }) => description)).size).toBe(1);
  });

  test('an event that is lost is told by nobody, but AWS Backup has counted it where the alarm looks', async () => {
    await emulator().control.plantFault({ kind: 'dropEvent', detailType: 'Backup Job State Change', state: 'FAILED' });
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup' });
    const alarms = await emulator().control.deployed({ type: 'AWS::CloudWatch::Alarm', region: PRIMARY });
    const [alarm] = alarms.filter(({ properties }) => properties.MetricName === 'NumberOfBackupJobsFailed');
    const { Namespace, MetricName, Dimensions, Period } = alarm.properties as Record<string, never>;
    const countedSoFar = async () => {
      const { Datapoints = [] } = await new CloudWatchClient(emulator().client(PRIMARY)).send(
        new GetMetricStatisticsCommand({
          Namespace,
          MetricName,
          Dimensions,
          Period,
          Statistics: ['Sum'],
          StartTime: new Date(Date.now() - HOUR),
          EndTime: new Date(Date.now() + 24 * HOUR),
        }),
      );
      return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
    };
    const before = await countedSoFar();
    expect(await endOf(await startBackup())).toMatchObject({ State: 'FAILED' });
    expect(await countedSoFar()).toBe(before + 1);
    await sleep(1_000);
    expect(await heard('high')).toEqual([]);
  });

  test('fails where an event cannot be published', async () => {
    const asked = async () => (await emulator().control.requests({ service: 'sns', operation: 'Publish' })).map(({ status }) => status);
    const before = (await asked()).length;
    // the SDK asks again where a refusal shows that its clock is wrong, and the clock of the emulator is an hour ahead by now
    await emulator().control.plantFault({ kind: 'accessDenied', service: 'sns', operation: 'Publish', times: 100 });
    const failure = await failureOf('JobsEventsFunction', backupJob('FAILED'));
    await sleep(1_000);
    const answers = (await asked()).slice(before);
    await emulator().control.healFaults();
    expect([new Set(answers), answers.length <= 5]).toEqual([new Set([403]), true]);
    expect(failure).toMatch(/AuthorizationError|AccessDenied/);
    expect(await heard('high')).toEqual([]);
  });

  test('an event that cannot be published is a dead letter that rings, and is told once it is handled again', async () => {
    await emulator().control.plantFault({ kind: 'accessDenied', service: 'sns', operation: 'Publish', times: 100 });
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup', message: 'kept' });
    await endOf(await startBackup());
    const { bodies, alarm, tells } = await buried('JobsEventsFunction');
    await emulator().control.healFaults();
    expect([bodies.length, alarm, tells]).toEqual([1, 'ALARM', 1]);
    expect(await heard('high')).toEqual([]);
    posted.length = 0;
    expect(await failureOf('JobsEventsFunction', JSON.parse(bodies[0]))).toBe('none');
    await eventually('the webhook', async () => posted.some(({ body }) => body.text.includes('kept')));
    expect((await hearAtLeast('high', 1)).map(({ description }) => description)).toEqual([expect.stringContaining('FAILED: kept')]);
  });

  test('a message that the webhook refuses is a dead letter that rings, while the topic is told', async () => {
    answer = 403;
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup', message: 'refused' });
    await endOf(await startBackup());
    expect(await hearAtLeast('high', 1)).toHaveLength(1);
    const { bodies, alarm, tells } = await buried('NotificationsWebhookFunction');
    expect([bodies.length, alarm, tells]).toEqual([1, 'ALARM', 1]);
    answer = 200;
    posted.length = 0;
    expect(await failureOf('NotificationsWebhookFunction', JSON.parse(bodies[0]))).toBe('none');
    expect(posted.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ severity: 'high', text: expect.stringContaining('refused') }),
    );
  });

  test('a function that is throttled for a while loses no event and no message', async () => {
    await emulator().control.plantFault({ kind: 'throttle', service: 'lambda', operation: 'Invoke', times: 3 });
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup', message: 'later' });
    posted.length = 0;
    await endOf(await startBackup());
    expect(await hearAtLeast('high', 1)).toHaveLength(1);
    await eventually('the webhook', async () => posted.length > 0);
  });

  test('throttling is waited for', async () => {
    posted.length = 0;
    await emulator().control.plantFault({ kind: 'throttle', service: 'sns', operation: 'Publish', times: 2 });
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup' });
    await endOf(await startBackup());
    expect(await hearAtLeast('high', 1)).toHaveLength(1);
    await eventually('the webhook', async () => posted.length > 0);
  });

  test('fails where the webhook refuses, and tells neither URL nor token', async () => {
    answer = 401;
    posted.length = 0;
    const topics = await emulator().control.deployed({ type: 'AWS::SNS::Topic', region: PRIMARY });
    const TopicArn = topics.find(({ logicalId }) => logicalId.startsWith('NotificationsTopicsCritical'))?.physicalId;
    const Message = JSON.stringify({ AlarmName: 'Missing', NewStateValue: 'ALARM', AlarmDescription: 'Something is missing' });
    const failure = await failureOf('NotificationsWebhookFunction', { Records: [{ Sns: { TopicArn, Message } }] });
    expect(failure).toContain('the webhook answered 401, after 1 attempt');
    expect(`${failure}${emulator().log()}`).not.toMatch(/TOKEN|\/hook/);
    expect(posted.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ text: 'ALARM: Missing\nSomething is missing', severity: 'critical' }),
    );
    answer = 200;
  });

  test('an event whose function is gone is a dead letter of its rule, and a message one of its subscription', async () => {
    const functions = await emulator().control.deployed({ type: 'AWS::Lambda::Function', region: PRIMARY });
    const remove = async (construct: string) => {
      const FunctionName = functions.find(({ logicalId }) => logicalId.startsWith(construct))?.physicalId;
      await new LambdaClient(emulator().client(PRIMARY)).send(new DeleteFunctionCommand({ FunctionName }));
    };
    await remove('NotificationsWebhookFunction');
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup' });
    await endOf(await startBackup());
    expect(await hearAtLeast('high', 1)).toHaveLength(1);
    expect(await buried('NotificationsWebhookFunction')).toMatchObject({ alarm: 'ALARM', bodies: [expect.stringContaining('is FAILED')] });
    await remove('JobsEventsFunction');
    await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'backup' });
    await endOf(await startBackup());
    expect(await buried('JobsEventsFunction')).toMatchObject({ alarm: 'ALARM', bodies: [expect.stringContaining('"FAILED"')] });
    expect(await heard('high')).toEqual([]);
  });
});
