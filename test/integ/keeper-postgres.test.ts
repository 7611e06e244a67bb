import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { backUpLogically, type LogicalBackupSettings } from '../../lib/keeper/postgres/logical-backup';
import { restoreLogically } from '../../lib/keeper/postgres/logical-restore';
import { Repository } from '../../lib/keeper/repository';
import { describeWithEmulator } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';

const Bucket = 'backups';
jest.setTimeout(120_000);

(whyNoPostgres() ? describe.skip : describe)('logical backups of PostgreSQL by the keeper', () => {
  describeWithEmulator('in a bucket', (emulator) => {
    let s3: S3Client;
    let server: PostgresServer;
    let certificates: Certificates;
    let scratch: string;
    let repository: Repository;
    let settings: LogicalBackupSettings;
    const told: string[] = [];
    const ports = () => ({ repository, now: Date.now, random: Math.random, tell: (event: string) => told.push(event) });

    beforeAll(async () => {
      s3 = new S3Client({ ...emulator().client(), forcePathStyle: true });
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' } }));
      certificates = makeCertificates('localhost');
      server = await PostgresServer.start(certificates);
      server.loadSample('shop', 0.1);
      server.sql('postgres', "create role keeper superuser login password 'se:cr\\et'");
      scratch = mkdtempSync(join(tmpdir(), 'keeper-'));
      repository = new Repository(s3, Bucket, 'shop');
      settings = {
        source: 'shop',
        scratch,
        jobs: 2,
        login: { host: 'localhost', port: server.port, database: 'shop', user: 'keeper', password: 'se:cr\\et', caPem: certificates.caPem },
      };
    }, 120_000);

    afterAll(() => {
      server?.remove();
      rmSync(scratch, { recursive: true, force: true });
    });

    test('what is backed up is there again, to the last row, in another database', async () => {
      const manifest = await backUpLogically(settings, ports());
      expect(await repository.ids()).toEqual([manifest.id]);
      expect(manifest.verified.map(({ what }) => what)).toEqual(['contents', 'data']);
      server.sql('postgres', 'create database again');
      await restoreLogically({ login: { ...settings.login, database: 'again' }, scratch, jobs: 2 }, ports());
      const sums = `select string_agg(t.n || ':' || (xpath('/row/c/text()', query_to_xml(format('select count(*) c from %s', t.n), false, true, '')))[1]::text, ',' order by t.n)
        from (select c.oid::regclass::text n from pg_class c join pg_namespace s on s.oid = c.relnamespace where relkind = 'r' and nspname in ('sales', 'stock', 'public')) t`;
      expect(server.sql('again', sums)).toBe(server.sql('shop', sums));
      expect(readdirSync(scratch)).toEqual([]);
    });
  });
});
