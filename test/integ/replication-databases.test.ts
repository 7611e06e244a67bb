import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  DescribeDBClustersCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBInstancesCommand,
  DescribeGlobalClustersCommand,
  FailoverGlobalClusterCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { RecoveryReportJson } from '../../lib/model/report';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, eventually, synthesise, testNeeding } from '../emulator/harness';
import { endpointOf, psql, whyNoPostgres } from '../emulator/postgres';

const APP = join(__dirname, 'fixtures', 'ledger-app.ts');
const TOKYO = 'ap-northeast-1';
const OSAKA = 'ap-northeast-3';
const SUPPORT = `Ledger-recovery-${OSAKA}`;
const OK = expect.objectContaining({ exitCode: 0 });
const withPostgres = (title: string, body: () => Promise<void>) => testNeeding('PostgreSQL', whyNoPostgres(), title, body);

jest.setTimeout(300_000);

describeWithEmulator('databases that are replicated', (emulator) => {
  const assemblies: Record<string, string> = {};
  const deploy = (assembly: string, stacks: string[] = [], args: string[] = []) =>
    deployWithCli({ emulator: emulator(), assembly, args, ...(stacks.length > 0 && { stacks }) });
  const deployed = async (filter: Record<string, string>) =>
    (await emulator().control.deployed(filter)).filter(({ stack }) => stack !== 'CDKToolkit');
  const rds = (region: string) => new RDSClient(emulator().client(region));
  const instance = async (id: string, region: string) =>
    (await rds(region).send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: id }))).DBInstances![0];
  const members = async () => {
    const { GlobalClusters } = await rds(OSAKA).send(new DescribeGlobalClustersCommand({ GlobalClusterIdentifier: 'journal-global' }));
    return GlobalClusters![0].GlobalClusterMembers!.map(({ DBClusterArn, IsWriter }) => `${DBClusterArn!.split(':').at(-1)} ${IsWriter}`);
  };
  const keyArn = async (KeyId: string) =>
    (await new KMSClient(emulator().client(OSAKA)).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!.Arn;
  const sql = async (id: string, region: string, query: string) => psql(await endpointOf(rds(region), id), query);
  const count = 'select count(*) from line';

  beforeAll(async () => {
    [assemblies.first, assemblies.reader, assemblies.lost] = await Promise.all([
      synthesise(APP),
      synthesise(APP, { reader: true }),
      synthesise(APP, { reader: true, lost: true }),
    ]);
    expect(await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${TOKYO}`, `aws://${ACCOUNT}/${OSAKA}`])).toEqual(OK);
  });
  afterAll(() => {
    for (const assembly of Object.values(assemblies)) {
      rmSync(assembly, { recursive: true, force: true });
    }
  });

  test('the support stack deploys while there is nothing in the primary Region', async () => {
    expect(await deploy(assemblies.first, [SUPPORT])).toEqual(OK);
    expect(await deployed({ region: TOKYO })).toEqual([]);
    expect((await deployed({ region: OSAKA, type: 'AWS::KMS::Key' })).length).toBe(1);
  });

  test('the rest deploys, the recovery Region last', async () => {
    expect(await deploy(assemblies.first)).toEqual(OK);
    expect((await deployed({ region: OSAKA, type: 'AWS::RDS::DBInstance' })).map(({ physicalId }) => physicalId)).toEqual(['ledger-osaka']);
  });

  test('a second deployment changes nothing', async () => {
    await emulator().control.forgetRequests();
    expect(await deploy(assemblies.first)).toEqual(OK);
    expect(await emulator().control.requests({ operation: 'ExecuteChangeSet' })).toEqual([]);
  });

  test('automated backups are in the recovery Region, under the key that is named by its alias', async () => {
    const { DBInstanceAutomatedBackups } = await rds(OSAKA).send(new DescribeDBInstanceAutomatedBackupsCommand({}));
    const [backup] = DBInstanceAutomatedBackups!.filter(({ DBInstanceIdentifier }) => DBInstanceIdentifier === 'ledger');
    expect(backup).toMatchObject({ Status: 'replicating', BackupRetentionPeriod: 14, Encrypted: true });
    const alias = `arn:aws:kms:${OSAKA}:${ACCOUNT}:alias/recovery/${SUPPORT}-from-ap-northeast-1`;
    expect([alias, await keyArn(alias)]).toContain(backup.KmsKeyId);
  });

  test('the replica has a key and backups of its own, and an alarm in its Region', async () => {
    const [source, replica] = [await instance('ledger', TOKYO), await instance('ledger-osaka', OSAKA)];
    expect(replica).toMatchObject({
      ReadReplicaSourceDBInstanceIdentifier: expect.stringContaining('ledger'),
      StorageEncrypted: true,
      DeletionProtection: true,
      DBInstanceClass: source.DBInstanceClass,
    });
    expect(replica.KmsKeyId).not.toBe(source.KmsKeyId);
    const { MetricAlarms } = await new CloudWatchClient(emulator().client(OSAKA)).send(new DescribeAlarmsCommand({}));
    expect(MetricAlarms!.map(({ TreatMissingData }) => TreatMissingData)).toEqual(['breaching', 'breaching']);
  });

  withPostgres('what is written in Tokyo is read in Osaka, and only read', async () => {
    await sql('ledger', TOKYO, 'create table line as select generate_series(1, 1000) id');
    await eventually('the replica', async () => (await sql('ledger-osaka', OSAKA, count).catch(() => '')) === '1000');
    await expect(sql('ledger-osaka', OSAKA, 'delete from line')).rejects.toThrow(/read-only/);
  });

  test('the global database has a writer in Tokyo and a secondary without an instance in Osaka', async () => {
    expect(await members()).toEqual(['journal true', 'journal-osaka false']);
    const { DBClusters } = await rds(OSAKA).send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'journal-osaka' }));
    expect(DBClusters![0]).toMatchObject({
      DBClusterMembers: [],
      Engine: 'aurora-postgresql',
      StorageEncrypted: true,
      BackupRetentionPeriod: 7,
    });
    const target = { GlobalClusterIdentifier: 'journal-global', TargetDbClusterIdentifier: DBClusters![0].DBClusterArn };
    await expect(rds(OSAKA).send(new FailoverGlobalClusterCommand({ ...target, AllowDataLoss: true }))).rejects.toThrow(
      /has no DB instance/,
    );
  });

  test('the report knows both live copies', () => {
    const { resources } = JSON.parse(readFileSync(join(assemblies.first, 'recovery-report.json'), 'utf8')) as RecoveryReportJson;
    const lost = resources.map(({ disruptions }) => disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')?.mechanism);
    expect(lost).toEqual([`secondary cluster in ${OSAKA}, without an instance`, `read replica in ${OSAKA}`]);
  });

  describe('while the primary Region is gone', () => {
    beforeAll(async () => {
      await emulator().control.plantFault({ kind: 'unavailable', region: TOKYO, times: 100_000 });
      await emulator().control.forgetRequests();
    });
    afterAll(async () => {
      await emulator().control.healFaults();
    });

    test('the secondary gets an instance', async () => {
      expect(await deploy(assemblies.reader, ['LedgerOsaka'], ['--exclusively'])).toEqual(OK);
      const { DBClusters } = await rds(OSAKA).send(new DescribeDBClustersCommand({ DBClusterIdentifier: 'journal-osaka' }));
      expect(DBClusters![0].DBClusterMembers).toHaveLength(1);
    });

    test('the replica is promoted and the secondary let go, in place', async () => {
      const before = await deployed({ region: OSAKA, stack: 'LedgerOsaka' });
      expect(await deploy(assemblies.lost, ['LedgerOsaka'], ['--exclusively'])).toEqual(OK);
      const after = await deployed({ region: OSAKA, stack: 'LedgerOsaka' });
      const ids = (resources: typeof before) =>
        resources.filter(({ type }) => type.startsWith('AWS::RDS::')).map(({ physicalId }) => physicalId);
      expect(ids(after).sort()).toEqual(ids(before).sort());
      expect((await instance('ledger-osaka', OSAKA)).ReadReplicaSourceDBInstanceIdentifier).toBeUndefined();
      expect(await members()).toEqual(['journal true']);
      expect(await emulator().control.requests({ region: TOKYO })).toEqual([]);
    });

    withPostgres('and takes writes, with what was there', async () => {
      await sql('ledger-osaka', OSAKA, 'insert into line select generate_series(1001, 1200)');
      expect(await sql('ledger-osaka', OSAKA, count)).toBe('1200');
    });
  });
});
