import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import type { RecoveryReportJson } from '../../lib/model/report';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, synthesise } from '../emulator/harness';
import { callService } from '../emulator/raw-client';

const APP = join(__dirname, 'fixtures', 'stock-app.ts');
const PRIMARY = 'ap-northeast-1';
const RECOVERY = 'ap-northeast-3';
const SUPPORT = 'Stock-recovery-ap-northeast-3';
const SECOND = 1000;
const OK = expect.objectContaining({ exitCode: 0 });

jest.setTimeout(240_000);

describeWithEmulator('tables and files that are replicated', (emulator) => {
  const assemblies: Record<string, string> = {};
  const deploy = (assembly: string, ...stacks: string[]) =>
    deployWithCli({ emulator: emulator(), assembly, ...(stacks.length > 0 && { stacks }) });
  const deployed = async (filter: Record<string, string>) =>
    (await emulator().control.deployed(filter)).filter(({ stack }) => stack !== 'CDKToolkit');
  const dynamodb = (region: string) => new DynamoDBClient(emulator().client(region));
  const put = (TableName: string, id: string, region = PRIMARY) =>
    dynamodb(region).send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
  const ids = async (TableName: string, region = RECOVERY) =>
    (await dynamodb(region).send(new ScanCommand({ TableName }))).Items!.map(({ id }) => id.S).sort();
  const aliasArn = `arn:aws:kms:${RECOVERY}:${ACCOUNT}:alias/recovery/${SUPPORT}-from-ap-northeast-1`;
  /** Names of the key of all copies: AWS answers with the ARN of the key, the emulator with the name it was given. */
  const keyOfCopies = async () => {
    const { KeyMetadata } = await new KMSClient(emulator().client(RECOVERY)).send(new DescribeKeyCommand({ KeyId: aliasArn }));
    return [KeyMetadata!.Arn, aliasArn];
  };
  const efs = async (region: string, method: string, path: string) =>
    callService(emulator(), { service: 'elasticfilesystem', region, method, path: `/2015-02-01/${path}` });
  const fileSystems = async (region: string) => (await efs(region, 'GET', 'file-systems')).body.FileSystems;

  beforeAll(async () => {
    [assemblies.alone, assemblies.replicated] = await Promise.all([synthesise(APP), synthesise(APP, { replicated: true })]);
    expect(await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${PRIMARY}`, `aws://${ACCOUNT}/${RECOVERY}`])).toEqual(OK);
  });
  afterAll(() => {
    for (const assembly of Object.values(assemblies)) {
      rmSync(assembly, { recursive: true, force: true });
    }
  });

  test('the recovery side deploys while there is nothing in the primary Region', async () => {
    expect(await deploy(assemblies.replicated, SUPPORT)).toEqual(OK);
    expect(await deployed({ region: PRIMARY })).toEqual([]);
    expect(await keyOfCopies()).toHaveLength(2);
  });

  test('a table that is there already keeps its items and gets them replicated', async () => {
    expect(await deploy(assemblies.alone, 'Stock')).toEqual(OK);
    await put('stock', 'before');
    expect(await deploy(assemblies.replicated)).toEqual(OK);
    expect(await ids('stock')).toEqual(['before']);
  });

  test('a second deployment changes nothing', async () => {
    await emulator().control.forgetRequests();
    expect(await deploy(assemblies.replicated)).toEqual(OK);
    expect(await emulator().control.requests({ operation: 'ExecuteChangeSet' })).toEqual([]);
  });

  test('every replica has recovery and protection, and that of the recovery Region the key there', async () => {
    const keys = await keyOfCopies();
    const states = await Promise.all(
      [PRIMARY, RECOVERY].map(async (region) => {
        const { Table } = await dynamodb(region).send(new DescribeTableCommand({ TableName: 'stock' }));
        const { ContinuousBackupsDescription } = await dynamodb(region).send(new DescribeContinuousBackupsCommand({ TableName: 'stock' }));
        const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
        return [Table?.DeletionProtectionEnabled, recovery, keys.includes(Table?.SSEDescription?.KMSMasterKeyArn)];
      }),
    );
    expect(states).toEqual([
      [true, 'ENABLED', false],
      [true, 'ENABLED', true],
    ]);
    await expect(dynamodb(RECOVERY).send(new DeleteTableCommand({ TableName: 'stock' }))).rejects.toThrow(/protect/i);
  });

  test('items arrive no later than the report claims', async () => {
    const { control } = emulator();
    const { resources } = JSON.parse(readFileSync(join(assemblies.replicated, 'recovery-report.json'), 'utf8')) as RecoveryReportJson;
    const { copies } = resources.find(({ id }) => id === 'Stock/Stock')!;
    const { lag } = copies.places.find(({ copy }) => copy === `replica-${RECOVERY}`)!;
    const claimedMs = Number(lag!.ms);
    await control.freezeClock();
    await control.settings({ dynamodbReplicationLagMs: 30 * SECOND });
    await put('stock', 'late');
    await control.advanceClock(claimedMs);
    expect(await ids('stock')).toEqual(['before', 'late']);
    await control.resumeClock();
  });

  test('a strongly consistent table has each item there at once', async () => {
    await put('ledger', 'at once');
    expect(await ids('ledger')).toEqual(['at once']);
  });

  test('alarms watch the lag and the silence of what follows, and nothing where nothing lags', async () => {
    const { MetricAlarms } = await new CloudWatchClient(emulator().client()).send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms!.map(({ AlarmName }) => AlarmName!.replace(/^Stock-(\w+?)[0-9A-F]{8}.*$/, '$1')).sort()).toEqual([
      'FilesInOsakaLagAlarm',
      'StockInOsakaLagAlarm',
      'StockInOsakaStoppedAlarm',
    ]);
  });

  test('files have a replica under the key there, which is written to once it is let go', async () => {
    const [source] = await fileSystems(PRIMARY);
    const [replica] = await fileSystems(RECOVERY);
    expect(replica).toMatchObject({ Encrypted: true, FileSystemProtection: { ReplicationOverwriteProtection: 'REPLICATING' } });
    expect(await keyOfCopies()).toContain(replica.KmsKeyId);
    const path = `file-systems/${source.FileSystemId}/replication-configuration?deletionMode=LOCAL_CONFIGURATION_ONLY`;
    expect(await efs(RECOVERY, 'DELETE', path)).toMatchObject({ status: 204 });
    expect((await fileSystems(RECOVERY))[0].FileSystemProtection).toEqual({ ReplicationOverwriteProtection: 'ENABLED' });
  });

  test('the replica answers reads and writes while the primary Region is gone', async () => {
    await emulator().control.plantFault({ kind: 'unavailable', region: PRIMARY, service: 'dynamodb', times: 1000 });
    await expect(put('stock', 'lost')).rejects.toThrow();
    await put('stock', 'after', RECOVERY);
    expect(await ids('stock')).toEqual(['after', 'before', 'late']);
  });
});
