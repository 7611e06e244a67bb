import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { backUp } from '../../lib/keeper/back-up';
import type { KeeperContext } from '../../lib/keeper/engine';
import { LOGICAL_POSTGRES } from '../../lib/keeper/postgres/logical';
import { Repository } from '../../lib/keeper/repository';
import { inScratch } from '../../lib/keeper/scratch';
import { verifyStored } from '../../lib/keeper/verify-stored';
import type { KeeperSettings, RestoreRequest } from '../../lib/model/self-managed';
import { describeNeeding, describeWithEmulator } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';

const Bucket = 'backups';
const SECRET = 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:shop-AbCdEf';
const PASSWORD = 'se:cr\\et';
jest.setTimeout(120_000);

describeNeeding('PostgreSQL', whyNoPostgres(), 'logical backups of PostgreSQL by the keeper', () => {
  describeWithEmulator('in a bucket', (emulator) => {
    let s3: S3Client;
    let server: PostgresServer;
    let certificates: Certificates;
    let scratch: string;
    let settings: KeeperSettings;
    let told: [string, Readonly<Record<string, unknown>>][];

    const context = (changes: Partial<KeeperSettings> = {}): KeeperContext => {
      const changed = { ...settings, ...changes };
      return {
        settings: changed,
        repository: new Repository(s3, Bucket, changed.source),
        signal: new AbortController().signal,
        now: Date.now,
        random: Math.random,
        readSecret: async () => JSON.stringify({ username: 'keeper', password: PASSWORD }),
        tell: (event, details = {}) => void told.push([event, details]),
      };
    };
    const backUpNow = (changes: Partial<KeeperSettings> = {}) => backUp(LOGICAL_POSTGRES, context(changes), { s3, bucket: Bucket }, {});
    const restore = (request: RestoreRequest, changes: Partial<KeeperSettings> = {}) =>
      inScratch(scratch, settings.source, (folder) => LOGICAL_POSTGRES.restore({ ...context(changes), folder }, request));

    beforeAll(async () => {
      s3 = new S3Client({ ...emulator().client(), forcePathStyle: true });
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' } }));
      certificates = makeCertificates('localhost');
      server = await PostgresServer.start(certificates);
      server.loadSample('shop', 0.05);
      server.sql('postgres', "create role keeper superuser login password 'se:cr\\et'");
      scratch = mkdtempSync(join(tmpdir(), 'keeper-'));
      settings = {
        version: 1,
        source: 'shop',
        engine: 'postgresql',
        form: 'logical',
        repository: { bucket: Bucket, region: 'ap-northeast-1' },
        scratch,
        jobs: 2,
        server: { host: 'localhost', port: server.port, database: 'shop', secretArn: SECRET, certificateAuthorities: certificates.caPem },
        keep: { dailyDays: 30 },
      };
    }, 120_000);

    beforeEach(() => {
      told = [];
    });

    afterEach(() => {
      expect(readdirSync(scratch)).toEqual([]);
    });

    afterAll(() => {
      server?.remove();
      rmSync(scratch, { recursive: true, force: true });
    });

    const counts = (database: string) =>
      server.sql(
        database,
        `select string_agg(t.n || ':' || (xpath('/row/c/text()', query_to_xml(format('select count(*) c from %s', t.n), false, true, '')))[1]::text, ',' order by t.n)
           from (select c.oid::regclass::text n from pg_class c join pg_namespace s on s.oid = c.relnamespace
                  where relkind in ('r', 'p') and nspname not like 'pg_%' and nspname <> 'information_schema') t`,
      );

    test('what is backed up is there again, to the last row, in a database that is made for it', async () => {
      const manifest = await backUpNow();
      expect(manifest.verified.map(({ what }) => what)).toEqual(['contents', 'data']);
      expect((await new Repository(s3, Bucket, 'shop').manifests()).readable).toEqual([manifest]);
      await restore({ database: 'again' });
      expect(counts('again')).toBe(counts('shop'));
      expect(told.map(([event]) => event)).toEqual(
        expect.arrayContaining(['begun', 'dump', 'sent', 'verified', 'published', 'plan', 'fetched', 'progress', 'restored']),
      );
      await verifyStored(LOGICAL_POSTGRES, context(), undefined);
    });
  });
});
