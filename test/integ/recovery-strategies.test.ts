import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BackupClient, ListRecoveryPointsByBackupVaultCommand } from '@aws-sdk/client-backup';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateFileSystemCommand, EFSClient } from '@aws-sdk/client-efs';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ACCOUNT, describeNeeding, describeWithEmulator } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { recordsOf } from './fixtures/recovery-evidence';
import { inventoryOf } from './fixtures/recovery-inventory';
import { OSAKA, Sites, TOKYO } from './fixtures/recovery-sites';

jest.setTimeout(600_000);

const DAY = 86_400_000;
const WELL = { status: 'SUCCEEDED' };

describeNeeding('PostgreSQL', whyNoPostgres(), 'with real servers', () => {
  describeWithEmulator('backup and restore: a site that has nothing but recovery points', (emulator) => {
    const folder = mkdtempSync(join(tmpdir(), 'files-'));
    const context: Record<string, unknown> = {};
    const sites = new Sites(emulator, context, 'recovery-restores-app.ts');
    let files: string;
    let lostMs: number;
    /** When the newest recovery point of each type was made. */
    const newest: Record<string, number> = {};
    const dynamodb = (region: string) => new DynamoDBClient(emulator().client(region));
    const s3 = (region: string) => new S3Client(emulator().client(region));
    /** One more of everything. */
    const write = async (name: string) => {
      await sites.data.sql(TOKYO, `insert into placed values (${Number(name)})`);
      await dynamodb(TOKYO).send(new PutItemCommand({ TableName: 'carts', Item: { id: { S: name } } }));
      await s3(TOKYO).send(new PutObjectCommand({ Bucket: 'documents-tokyo', Key: name, Body: `document ${name}` }));
      writeFileSync(join(folder, name), `file ${name}`);
    };
    const copies = async () => {
      const backup = new BackupClient(emulator().client(OSAKA));
      const [{ physicalId }] = await sites.control.deployed({ type: 'AWS::Backup::BackupVault', region: OSAKA });
      const { RecoveryPoints = [] } = await backup.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: physicalId }));
      return RecoveryPoints.map(({ ResourceType = '', CreationDate }) => [ResourceType, CreationDate?.getTime() ?? 0] as const);
    };

    /** With what restore jobs were begun, in that order. */
    const restored = async () => {
      const requests = await sites.control.requests({ operation: 'StartRestoreJob' });
      return requests.map(({ params }) => params.Metadata);
    };
    /** What the application asks for what was restored. */
    const parameters = async () => {
      const { Parameters = [] } = await new SSMClient(emulator().client(OSAKA)).send(
        new GetParametersByPathCommand({ Path: '/Orders/recovery', Recursive: true }),
      );
      return Object.fromEntries(Parameters.map(({ Name = '', Value = '' }) => [Name.replace('/Orders/recovery/', ''), Value]));
    };
    const own = (service: string, resource: string) => `arn:aws:${service}:${OSAKA}:${ACCOUNT}:${resource}`;

    beforeAll(async () => {
      const { FileSystemId = '' } = await new EFSClient(emulator().client(TOKYO)).send(
        new CreateFileSystemCommand({ CreationToken: 'files', Encrypted: true }),
      );
      context.files = files = FileSystemId;
      await sites.control.fillFileSystem(files, { region: TOKYO, folder });
      await sites.prepare();
      await sites.deploy();
      await sites.stopGuards();
      await sites.guard(OSAKA);
      await sites.people.listen(OSAKA);
      await sites.data.sql(TOKYO, 'create table placed (number int primary key)');
      await write('1');
    });
    afterAll(async () => {
      await sites.dispose();
      rmSync(folder, { recursive: true, force: true });
    });

    test('it was told what the file system is, whose name AWS has made up', async () => {
      expect((await sites.register(OSAKA))?.sources).toEqual({
        files: `arn:aws:elasticfilesystem:${TOKYO}:${ACCOUNT}:file-system/${files}`,
      });
    });

    test('the plans of home copy recovery points of all data to it', async () => {
      expect(await copies()).toEqual([]);
      await sites.control.advanceClock(DAY);
      for (const [type, madeMs] of await copies()) {
        newest[type] = Math.max(newest[type] ?? 0, madeMs);
      }
      expect(Object.keys(newest).sort()).toEqual(['DynamoDB', 'EFS', 'RDS', 'S3']);
    });

    test('a rehearsal restores the database and the table from them in isolation, and leaves nothing behind', async () => {
      const all = async () => [
        await inventoryOf(emulator(), TOKYO),
        await inventoryOf(emulator(), OSAKA),
        await sites.traffic(),
        await sites.data.counts(OSAKA),
      ];
      const before = await all();
      expect(await sites.run(OSAKA, { kind: 'rehearsal', id: 'rehearsed', by: 'drill', drill: true, approved: true })).toEqual(WELL);
      const metadata = [{ targetTableName: 'carts-rehearsal' }, { DBInstanceIdentifier: 'orders-rehearsal' }];
      expect(await restored()).toEqual(expect.arrayContaining(metadata.map((one) => expect.objectContaining(one))));
      expect(await all()).toEqual(before);
      const [record] = await recordsOf(emulator(), OSAKA);
      expect(record).toMatchObject({ outcome: 'completed', run: { input: { id: 'rehearsed' } } });
    });

    test('Tokyo is lost: all is restored in its order, is there, and serves', async () => {
      await write('2');
      await sites.control.forgetRequests();
      lostMs = (await sites.control.clock()).nowMs;
      await sites.control.loseRegion(TOKYO);
      const name = await sites.start(OSAKA, { kind: 'failover', id: 'lost', by: 'a person', sinceMs: lostMs });
      await sites.people.approve(OSAKA, true);
      expect(await sites.endOf(OSAKA, name)).toEqual(WELL);
      // the exact metadata: those of the recovery point, and over them the network and the names of this Region
      const [{ physicalId: DBSubnetGroupName }] = await sites.control.deployed({ type: 'AWS::RDS::DBSubnetGroup', region: OSAKA });
      const instance = { DBInstanceIdentifier: 'orders', DBInstanceClass: 'db.m7g.large', Engine: 'postgres', MultiAZ: 'false' };
      const group = expect.stringMatching(/^\["sg-\w+"\]$/);
      const jobs = await restored();
      expect(jobs).toHaveLength(4);
      expect(jobs.slice(0, 2)).toEqual(
        expect.arrayContaining([
          { SourceBucketName: 'documents-tokyo', DestinationBucketName: 'documents-osaka', NewBucket: 'false' },
          expect.objectContaining({ 'file-system-id': files, newFileSystem: 'true', PerformanceMode: 'generalPurpose' }),
        ]),
      );
      expect(jobs.slice(2)).toEqual(
        expect.arrayContaining([
          { originalTableName: 'carts', targetTableName: 'carts' },
          { ...instance, DBSubnetGroupName, VpcSecurityGroupIds: group },
        ]),
      );
      const { steps } = (await sites.register(OSAKA))?.run ?? {};
      const ends = ['documents', 'files'].map((item) => steps?.[`promote:${item}`].untilMs ?? Number.NaN);
      const begins = ['orders', 'carts'].map((item) => steps?.[`promote:${item}`].sinceMs ?? Number.NaN);
      expect(Math.min(...begins)).toBeGreaterThanOrEqual(Math.max(...ends));
      expect(await sites.data.counts(OSAKA)).toEqual({ api: [4, 4] });
      expect(await sites.traffic()).toBe(OSAKA);
    });

    test('what was there when it was backed up is really there, and takes writes; what came later is lost', async () => {
      expect(await sites.data.sql(OSAKA, 'select number from placed')).toEqual([{ number: 1 }]);
      await expect(sites.data.sql(OSAKA, 'insert into placed values (3)')).resolves.toEqual([]);
      const { Items = [] } = await dynamodb(OSAKA).send(new ScanCommand({ TableName: 'carts' }));
      expect(Items).toEqual([{ id: { S: '1' } }]);
      const { Contents = [] } = await s3(OSAKA).send(new ListObjectsV2Command({ Bucket: 'documents-osaka' }));
      expect(Contents.map(({ Key }) => Key)).toEqual(['1']);
      const { host, port } = await sites.data.server(OSAKA);
      const found = await parameters();
      expect(found).toEqual({
        'orders/id': 'orders',
        'orders/arn': own('rds', 'db:orders'),
        'orders/address': host,
        'orders/port': String(port),
        'carts/id': 'carts',
        'carts/arn': own('dynamodb', 'table/carts'),
        'documents/id': 'documents-osaka',
        'documents/arn': 'arn:aws:s3:::documents-osaka',
        'files/id': expect.stringMatching(/^fs-/),
        'files/arn': own('elasticfilesystem', `file-system/${found['files/id']}`),
      });
      const root = (await sites.control.filesOf(found['files/id'], OSAKA)) as string;
      const [below, ...more] = readdirSync(root);
      expect([below, more]).toEqual([expect.stringMatching(/^aws-backup-restore_/), []]);
      expect(readdirSync(join(root, below)).map((name) => readFileSync(join(root, below, name), 'utf8'))).toEqual(['file 1']);
    });

    test('time and loss are on record, measured against the objective', async () => {
      const records = await recordsOf(emulator(), OSAKA);
      expect(records.map(({ run, outcome }) => `${run.input.id}: ${outcome}`)).toEqual(['rehearsed: completed', 'lost: completed']);
      const { achieved } = records[1];
      expect(achieved.recoveryTime).toEqual({ outcome: 'kept', promisedMs: DAY, ms: expect.any(Number) });
      expect(achieved.recoveryPoint).toMatchObject({ outcome: 'kept', promisedMs: DAY, unknown: [] });
      // as old as the newest recovery points were when Tokyo was lost
      expect(achieved.recoveryPoint.items).toEqual({
        orders: lostMs - newest.RDS,
        carts: lostMs - newest.DynamoDB,
        documents: lostMs - newest.S3,
        files: lostMs - newest.EFS,
      });
      expect(achieved.recoveryPoint.ms).toBe(lostMs - Math.min(...Object.values(newest)));
    });
  });
});
