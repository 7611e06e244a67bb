import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  BackupClient,
  GetBackupPlanCommand,
  ListBackupPlansCommand,
  ListBackupSelectionsCommand,
  ListBackupVaultsCommand,
} from '@aws-sdk/client-backup';
import { GetBucketVersioningCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, destroyWithCli, synthesise } from './harness';

const FIXTURE = join(__dirname, 'fixtures', 'shop.ts');
const PRIMARY = 'ap-northeast-1';
const RECOVERY = 'ap-northeast-3';

jest.setTimeout(180_000);

describeWithEmulator('the CDK command line deploys an application into two Regions', (emulator) => {
  const assemblies: Record<string, string> = {};
  const ofStacks = async (filter: Record<string, string>) =>
    (await emulator().control.deployed(filter)).filter((resource) => resource.stack !== 'CDKToolkit');

  beforeAll(async () => {
    [assemblies.first, assemblies.second] = await Promise.all([
      synthesise(FIXTURE),
      synthesise(FIXTURE, { retentionDays: 60, vaultName: 'shop-new' }),
    ]);
    const result = await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${PRIMARY}`, `aws://${ACCOUNT}/${RECOVERY}`]);
    expect(result).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => {
    for (const assembly of Object.values(assemblies)) {
      rmSync(assembly, { recursive: true, force: true });
    }
  });

  test('the recovery Region deploys alone', async () => {
    const result = await deployWithCli({ emulator: emulator(), assembly: assemblies.first, stacks: ['ShopSupport'] });
    expect(result).toMatchObject({ exitCode: 0 });
    expect((await ofStacks({ region: PRIMARY })).length).toBe(0);
    const vaults = await new BackupClient(emulator().client(RECOVERY)).send(new ListBackupVaultsCommand({}));
    expect(vaults.BackupVaultList?.map((vault) => vault.BackupVaultName)).toEqual(['shop-copies']);
  });

  test('everything else deploys, custom resources run, outputs come back', async () => {
    const result = await deployWithCli({ emulator: emulator(), assembly: assemblies.first });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.output).toContain(`arn:aws:backup:${PRIMARY}:${ACCOUNT}:backup-vault:shop`);
    expect((await ofStacks({ region: PRIMARY })).length).toBeGreaterThan(50);
    const backup = new BackupClient(emulator().client());
    const [plan] = (await backup.send(new ListBackupPlansCommand({}))).BackupPlansList!;
    const selections = await backup.send(new ListBackupSelectionsCommand({ BackupPlanId: plan.BackupPlanId! }));
    expect(selections.BackupSelectionsList).toHaveLength(1);
    const { BackupPlan } = await backup.send(new GetBackupPlanCommand({ BackupPlanId: plan.BackupPlanId! }));
    expect(BackupPlan?.Rules?.[0]).toMatchObject({ RuleName: 'Daily', Lifecycle: { DeleteAfterDays: 30 } });
  });

  test('a second deployment of the same changes nothing', async () => {
    await emulator().control.forgetRequests();
    const result = await deployWithCli({ emulator: emulator(), assembly: assemblies.first });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.output).toContain('no changes');
    expect(await emulator().control.requests({ operation: 'ExecuteChangeSet' })).toEqual([]);
  });

  test('an update changes the plan in place and replaces the renamed vault', async () => {
    const planBefore = (await ofStacks({ type: 'AWS::Backup::BackupPlan' }))[0].physicalId;
    const result = await deployWithCli({ emulator: emulator(), assembly: assemblies.second });
    expect(result).toMatchObject({ exitCode: 0 });
    const backup = new BackupClient(emulator().client());
    const { BackupPlan } = await backup.send(new GetBackupPlanCommand({ BackupPlanId: planBefore }));
    expect(BackupPlan?.Rules?.[0]).toMatchObject({ Lifecycle: { DeleteAfterDays: 60 }, TargetBackupVaultName: 'shop-new' });
    const vaults = await backup.send(new ListBackupVaultsCommand({}));
    expect(vaults.BackupVaultList?.map((vault) => vault.BackupVaultName)).toEqual(['shop-new']);
  });

  test('fails, with the reason and a rollback, when AWS refuses a value', async () => {
    const refused = await synthesise(FIXTURE, { retentionDays: 60, vaultName: 'shop-new', startHour: '99' });
    const result = await deployWithCli({ emulator: emulator(), assembly: refused, stacks: ['Shop'], args: ['--exclusively'] });
    rmSync(refused, { recursive: true, force: true });
    expect(result.exitCode).not.toBe(0);
    expect(result.output).toContain('99 is not within 0-23');
    expect(result.output).toMatch(/UPDATE_ROLLBACK_COMPLET/);
  });

  test('destroy empties the bucket by its custom resource and leaves nothing', async () => {
    const s3 = new S3Client(emulator().client());
    const bucket = (await s3.send(new ListBucketsCommand({})))
      .Buckets!.map((one) => one.Name!)
      .find((name) => name.startsWith('shop-invoices'))!;
    expect(await s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))).toMatchObject({ Status: 'Enabled' });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'invoice.txt', Body: 'paid' }));
    const result = await destroyWithCli({ emulator: emulator(), assembly: assemblies.second });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(await ofStacks({})).toEqual([]);
    expect((await s3.send(new ListBucketsCommand({}))).Buckets!.map((one) => one.Name)).not.toContain(bucket);
  });
});
