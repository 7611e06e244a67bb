import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupClient, CreateBackupVaultCommand, DescribeBackupJobCommand, StartBackupJobCommand } from '@aws-sdk/client-backup';
import { CreateFileSystemCommand, DescribeFileSystemsCommand, EFSClient, UpdateFileSystemProtectionCommand } from '@aws-sdk/client-efs';
import { DescribeGlobalClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { ACCOUNT, describeWithEmulator, eventually } from '../emulator/harness';
import { endsOf, titleOf } from './fixtures/recovery-cases';
import { allLiveTrials, liveFault, someLiveTrials } from './fixtures/recovery-live-trials';
import { OSAKA, SITES, Sites, TOKYO } from './fixtures/recovery-sites';
import { Trials } from './fixtures/recovery-trials';
import { Watch } from './fixtures/recovery-watch';

jest.setTimeout(600_000);

const TRIALS = process.env.RECOVERY_FAULTS === 'all' ? allLiveTrials() : someLiveTrials();

describeWithEmulator('a run in which something goes wrong with data that are live at both sites', (emulator) => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const context: Record<string, unknown> = {};
  const sites = new Sites(emulator, context, 'recovery-live-app.ts');
  const systems: Record<string, string> = {};
  const efs = (region: string) => new EFSClient(emulator().client(region));
  const filesOf = async (region: string) => (await sites.control.filesOf(systems[region], region)) as string;
  /** Who may write to a file system: everybody, or only the replication. */
  const protection = async (region: string) => {
    const { FileSystems = [] } = await efs(region).send(new DescribeFileSystemsCommand({ FileSystemId: systems[region] }));
    return FileSystems[0].FileSystemProtection?.ReplicationOverwriteProtection ?? 'ENABLED';
  };
  /** Regions of the clusters that write. */
  const writers = async () => {
    const { GlobalClusters = [] } = await new RDSClient(emulator().client(TOKYO)).send(new DescribeGlobalClustersCommand({}));
    const members = GlobalClusters[0].GlobalClusterMembers ?? [];
    return members.filter(({ IsWriter }) => IsWriter).map(({ DBClusterArn }) => DBClusterArn?.split(':')[3]);
  };
  /** What writes to files runs, or two clusters write. */
  const both = async () => {
    const counts = await Promise.all(SITES.map((region) => sites.data.counts(region)));
    return counts.every(({ api: [, running] }) => running > 0) || (await writers()).length > 1;
  };
  const watch = new Watch(sites, both);
  const trials = new Trials(sites, watch, liveFault);

  /** Makes a recovery point of files that a rebuild would overwrite. */
  const backUp = async (region: string) => {
    const backup = new BackupClient(emulator().client(region));
    const [BackupVaultName, IamRoleArn] = ['own', `arn:aws:iam::${ACCOUNT}:role/backup`];
    await backup.send(new CreateBackupVaultCommand({ BackupVaultName })).catch(() => undefined);
    const ResourceArn = `arn:aws:elasticfilesystem:${region}:${ACCOUNT}:file-system/${systems[region]}`;
    const { BackupJobId } = await backup.send(new StartBackupJobCommand({ BackupVaultName, ResourceArn, IamRoleArn }));
    await eventually('the recovery point', async () => {
      const { State } = await backup.send(new DescribeBackupJobCommand({ BackupJobId }));
      return State === 'COMPLETED';
    });
  };

  beforeAll(async () => {
    const made = await efs(OSAKA).send(new CreateFileSystemCommand({ CreationToken: 'replica', Encrypted: true }));
    context.files = systems[OSAKA] = made.FileSystemId as string;
    const open = { FileSystemId: systems[OSAKA], ReplicationOverwriteProtection: 'DISABLED' } as const;
    await efs(OSAKA).send(new UpdateFileSystemProtectionCommand(open));
    await sites.prepare();
    await sites.deploy();
    await sites.stopGuards();
    const [{ physicalId }] = await sites.control.deployed({ type: 'AWS::EFS::FileSystem', region: TOKYO });
    systems[TOKYO] = physicalId;
    await sites.control.fillFileSystem(physicalId, { region: TOKYO, folder });
    watch.begin();
  });
  afterAll(async () => {
    await watch.stop();
    await sites.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(TRIALS.map((one, index) => [titleOf(one), index, one] as const))('%s', async (_title, index, trial) => {
    const [here, other] = [trials.waiting, trials.other(trials.waiting)];
    writeFileSync(join(await filesOf(other), `file-${index}`), 'a file');
    if (trial.kind === 'failback') {
      await backUp(here);
    }
    // all has arrived before the site that has it is left
    await sites.pass();
    const told = await trials.make(trial);
    expect(watch.seen()).toEqual([]);
    expect(told).toEqual({ ends: endsOf(trial), spared: [], wroteWhileHalted: false, active: [here] });
    expect(await sites.traffic()).toBe(here);
    expect(await writers()).toEqual([here]);
    expect([await sites.data.counts(here), await sites.data.counts(other)]).toEqual([{ api: [4, 4] }, { api: [0, 0] }]);
    // after a failback the other site follows already
    const kept = trial.kind === 'failback' ? 'REPLICATING' : 'ENABLED';
    expect([await protection(here), await protection(other)]).toEqual(['ENABLED', kept]);
    expect(readdirSync(await filesOf(here))).toEqual(expect.arrayContaining(TRIALS.slice(0, index + 1).map((_one, at) => `file-${at}`)));
  });

  test('everything was looked at all the time', () => {
    expect(watch.looks).toBeGreaterThan(TRIALS.length * 3);
  });
});
