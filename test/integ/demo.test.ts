import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BackupClient, ListRecoveryPointsByBackupVaultCommand } from '@aws-sdk/client-backup';
import type { RecoveryReportJson } from '../../lib/model/report';
import { ACCOUNT, bootstrapWithCli, deployWithCli, describeWithEmulator, destroyWithCli, synthesise } from '../emulator/harness';

const APP = join(__dirname, 'fixtures', 'orders-app.ts');
const PRIMARY = 'ap-northeast-1';
const RECOVERY = 'ap-northeast-3';
const VAULT = 'Orders-recovery';
const HOUR = 3_600_000;
const OK = expect.objectContaining({ exitCode: 0 });

jest.setTimeout(240_000);

describeWithEmulator('the demo application, deployed by the CDK command line', (emulator) => {
  const assemblies: Record<string, string> = {};
  const deployed = async (filter: Record<string, string>) =>
    (await emulator().control.deployed(filter)).filter(({ stack }) => stack !== 'CDKToolkit');
  const points = async (region: string) => {
    const client = new BackupClient(emulator().client(region));
    return (await client.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: VAULT }))).RecoveryPoints ?? [];
  };

  beforeAll(async () => {
    assemblies.first = await synthesise(APP);
    assemblies.standard = await synthesise(APP, { tier: 'standard' });
    assemblies.unprotected = await synthesise(APP, { tier: 'standard', unprotected: true });
    const result = await bootstrapWithCli(emulator(), [`aws://${ACCOUNT}/${PRIMARY}`, `aws://${ACCOUNT}/${RECOVERY}`]);
    expect(result).toEqual(OK);
  });
  afterAll(() => {
    for (const assembly of Object.values(assemblies)) {
      rmSync(assembly, { recursive: true, force: true });
    }
  });

  test('the recovery stack deploys while there is nothing in the primary Region', async () => {
    const result = await deployWithCli({ emulator: emulator(), assembly: assemblies.first, stacks: ['Orders-recovery-ap-northeast-3'] });
    expect(result).toEqual(OK);
    expect(await deployed({ region: PRIMARY })).toEqual([]);
    expect((await deployed({ type: 'AWS::Backup::BackupVault' })).map(({ physicalId }) => physicalId)).toEqual([VAULT]);
  });

  test('the rest deploys', async () => {
    const result = await deployWithCli({ emulator: emulator(), assembly: assemblies.first });
    expect(result).toEqual(OK);
    expect((await deployed({ region: PRIMARY, type: 'AWS::Backup::BackupSelection' })).length).toBe(2);
  });

  /** Lets six hours pass, and tells whose newest copy in the recovery Region is older than the report claims. */
  async function olderThanClaimed(): Promise<string[]> {
    const { control } = emulator();
    await control.freezeClock();
    for (let hour = 0; hour < 6; hour++) {
      await control.advanceClock(HOUR);
    }
    const { nowMs } = await control.clock();
    const newest = new Map<string, number>();
    for (const { ResourceType = '', CreationDate } of await points(RECOVERY)) {
      newest.set(ResourceType, Math.max(newest.get(ResourceType) ?? 0, CreationDate?.getTime() ?? 0));
    }
    const { resources } = JSON.parse(readFileSync(join(assemblies.first, 'recovery-report.json'), 'utf8')) as RecoveryReportJson;
    const older = resources.filter(({ label, disruptions }) => {
      const claim = disruptions.find(({ disruption }) => disruption === 'REGION_LOSS')?.rpo?.ms as number;
      return nowMs - (newest.get(label.split(' ')[0]) ?? 0) > claim;
    });
    return older.map(({ id }) => id);
  }

  test('every resource has a copy in the recovery Region that is no older than the report claims', async () => {
    expect(await olderThanClaimed()).toEqual([]);
  });

  test('copies that stop are seen by that comparison', async () => {
    const { id } = await emulator().control.plantFault({ kind: 'jobFailed', jobKind: 'copy', resourceType: 'EFS', times: 100 });
    expect(await olderThanClaimed()).toEqual(['Orders/Files']);
    await emulator().control.healFaults(id);
  });

  test('another tier replaces the plans, but neither vault', async () => {
    const before = await deployed({ type: 'AWS::Backup::BackupVault' });
    const held = (await points(RECOVERY)).length;
    expect(await deployWithCli({ emulator: emulator(), assembly: assemblies.standard })).toEqual(OK);
    expect(await deployed({ type: 'AWS::Backup::BackupVault' })).toEqual(before);
    expect((await points(RECOVERY)).length).toBe(held);
    const plans = await deployed({ type: 'AWS::Backup::BackupPlan' });
    expect(plans.map(({ logicalId }) => logicalId)).toEqual([expect.stringMatching(/^ProtectionEvery12Hours/)]);
  });

  test('a second deployment of the same changes nothing', async () => {
    expect((await deployWithCli({ emulator: emulator(), assembly: assemblies.standard })).output).toContain('no changes');
  });

  test('destroy takes the application once its protection is lifted, and leaves the vaults with what they hold', async () => {
    expect(await deployWithCli({ emulator: emulator(), assembly: assemblies.unprotected })).toEqual(OK);
    expect(await destroyWithCli({ emulator: emulator(), assembly: assemblies.unprotected })).toEqual(OK);
    expect(await deployed({})).toEqual([]);
    for (const region of [PRIMARY, RECOVERY]) {
      expect((await points(region)).length).toBeGreaterThan(0);
    }
  });
});
