import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupClient, CreateBackupVaultCommand, DescribeBackupJobCommand, StartBackupJobCommand } from '@aws-sdk/client-backup';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateFileSystemCommand,
  DescribeFileSystemsCommand,
  DescribeReplicationConfigurationsCommand,
  EFSClient,
  UpdateFileSystemProtectionCommand,
} from '@aws-sdk/client-efs';
import { DescribeGlobalClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import { ACCOUNT, describeWithEmulator, eventually } from '../emulator/harness';
import { recordsOf } from './fixtures/recovery-evidence';
import { OSAKA, SITES, Sites, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(600_000);

const WELL = { status: 'SUCCEEDED' };

describeWithEmulator('data that are live at the site that waits', (emulator) => {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const context: Record<string, unknown> = {};
  const sites = new Sites(emulator, context, 'recovery-live-app.ts');
  const systems: Record<string, string> = {};
  const efs = (region: string) => new EFSClient(emulator().client(region));
  const dynamodb = (region: string) => new DynamoDBClient(emulator().client(region));

  /** One more cart and one more file at a site. */
  const write = async (region: string, name: string) => {
    await dynamodb(region).send(new PutItemCommand({ TableName: 'carts', Item: { id: { S: name } } }));
    writeFileSync(join((await sites.control.filesOf(systems[region], region)) ?? folder, name), name);
  };
  const carts = async (region: string) => {
    const { Items = [] } = await dynamodb(region).send(new ScanCommand({ TableName: 'carts' }));
    return Items.map(({ id }) => id.S).sort();
  };
  const files = async (region: string) => readdirSync((await sites.control.filesOf(systems[region], region)) as string).sort();
  /** Who may write to the file system of a site: everybody, or only the replication. */
  const protection = async (region: string) => {
    const { FileSystems = [] } = await efs(region).send(new DescribeFileSystemsCommand({ FileSystemId: systems[region] }));
    return FileSystems[0].FileSystemProtection?.ReplicationOverwriteProtection;
  };
  const replications = async (region: string) =>
    (await efs(region).send(new DescribeReplicationConfigurationsCommand({}))).Replications?.map((one) => one.SourceFileSystemId);
  /** Clusters of the global database, the one that writes first. */
  const clusters = async (region: string) => {
    const found = await new RDSClient(emulator().client(region)).send(new DescribeGlobalClustersCommand({}));
    const members = found.GlobalClusters?.[0].GlobalClusterMembers ?? [];
    return members.map(({ DBClusterArn, IsWriter }) => `${DBClusterArn?.split(':').at(-1)}${IsWriter ? ' writes' : ''}`);
  };
  const changes = async () => {
    const requests = await sites.control.requests({ service: 'rds' });
    return requests.filter(({ operation }) => /GlobalCluster$/.test(operation)).map(({ operation, region }) => `${operation} in ${region}`);
  };

  /** Makes a recovery point at Osaka. */
  const backUp = async (ResourceArn: string) => {
    const backup = new BackupClient(emulator().client(OSAKA));
    const [BackupVaultName, IamRoleArn] = ['own', `arn:aws:iam::${ACCOUNT}:role/backup`];
    await backup.send(new CreateBackupVaultCommand({ BackupVaultName }));
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
    await Promise.all(SITES.map((region) => sites.people.listen(region)));
    await write(TOKYO, 'first');
    await sites.control.forgetRequests();
  });
  afterAll(async () => {
    await sites.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  test('switchover: Osaka takes over, and nothing is lost', async () => {
    expect(await clusters(TOKYO)).toEqual(['orders-tokyo writes', 'orders-osaka']);
    expect(await protection(OSAKA)).toBe('REPLICATING');
    expect(await sites.attempt(OSAKA, { kind: 'switchover', id: 'over', by: 'a person', approved: true })).toEqual(WELL);
    expect(await sites.traffic()).toBe(OSAKA);
    expect(await clusters(OSAKA)).toEqual(['orders-osaka writes', 'orders-tokyo']);
    expect(await changes()).toEqual([`SwitchoverGlobalCluster in ${TOKYO}`]);
    expect([await carts(OSAKA), await files(OSAKA)]).toEqual([['first'], ['first']]);
    expect([await protection(OSAKA), await replications(OSAKA), await replications(TOKYO)]).toEqual(['ENABLED', [], []]);
    expect([await sites.data.counts(OSAKA), await sites.data.counts(TOKYO)]).toEqual([{ api: [4, 4] }, { api: [0, 0] }]);
  });

  test('Tokyo is made a standby without being asked, and follows in the other direction', async () => {
    expect(await sites.endOf(TOKYO, 'over-rebuild')).toEqual(WELL);
    await write(OSAKA, 'second');
    expect(await sites.register(TOKYO)).toMatchObject({ role: 'standby', gate: 'open' });
    expect([await replications(TOKYO), await protection(TOKYO)]).toEqual([[systems[OSAKA]], 'REPLICATING']);
    await eventually('the cart in Tokyo', async () => (await carts(TOKYO)).join() === 'first,second');
    expect(await files(TOKYO)).toEqual(['first', 'second']);
  });

  test('failover: Osaka is lost, and Tokyo takes over with what had arrived', async () => {
    await write(OSAKA, 'third');
    await sites.pass();
    await sites.control.loseRegion(OSAKA);
    await sites.control.forgetRequests();
    const name = await sites.start(TOKYO, { kind: 'failover', id: 'lost', by: 'a person' });
    await sites.people.approve(TOKYO, true);
    expect(await sites.endOf(TOKYO, name)).toEqual(WELL);
    expect(await sites.traffic()).toBe(TOKYO);
    expect(await clusters(TOKYO)).toEqual(['orders-tokyo writes', 'orders-osaka']);
    expect(await changes()).toEqual([`FailoverGlobalCluster in ${TOKYO}`]);
    expect([await carts(TOKYO), await files(TOKYO), await protection(TOKYO)]).toEqual([
      ['first', 'second', 'third'],
      ['first', 'second', 'third'],
      'ENABLED',
    ]);
    expect(await sites.data.counts(TOKYO)).toEqual({ api: [4, 4] });
    const [record] = (await recordsOf(emulator(), TOKYO)).slice(-1);
    expect(record).toMatchObject({ outcome: 'completed', run: { input: { id: 'lost' }, peerState: 'unreachable' } });
  });

  test('rebuild after a failover: files that Tokyo may never have got are only overwritten once they are in a recovery point', async () => {
    await write(TOKYO, 'fourth');
    await sites.control.loseRegion(OSAKA, false);
    await sites.guard(OSAKA);
    await sites.guard(OSAKA);
    expect(await sites.register(OSAKA)).toMatchObject({ role: 'fenced', gate: 'closed' });
    expect(await sites.run(OSAKA, { kind: 'rebuild', id: 'followed', by: 'a person' })).toMatchObject({
      error: 'RecoveryHalted',
      problem: expect.stringMatching(/files: fs-\w+ may have files that fs-\w+ never got/),
    });
    const ResourceArn = `arn:aws:elasticfilesystem:${OSAKA}:${ACCOUNT}:file-system/${systems[OSAKA]}`;
    await backUp(ResourceArn);
    expect(await sites.run(OSAKA, { kind: 'rebuild', id: 'followed', by: 'a person' })).toEqual(WELL);
    expect(await sites.register(OSAKA)).toMatchObject({ role: 'standby', gate: 'open' });
    expect([await clusters(OSAKA), await replications(OSAKA), await protection(OSAKA)]).toEqual([
      ['orders-tokyo writes', 'orders-osaka'],
      [systems[TOKYO]],
      'REPLICATING',
    ]);
    const all = ['first', 'fourth', 'second', 'third'];
    await eventually('the cart in Osaka', async () => (await carts(OSAKA)).join() === all.join());
    expect(await files(OSAKA)).toEqual(all);
  });
});
