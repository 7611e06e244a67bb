import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { backUp } from '../../lib/keeper/back-up';
import type { KeeperContext } from '../../lib/keeper/engine';
import { LOGICAL_POSTGRES } from '../../lib/keeper/postgres/logical';
import { connectionTo } from '../../lib/keeper/postgres/server';
import { Repository } from '../../lib/keeper/repository';
import { retire } from '../../lib/keeper/retire';
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

    /** A client that S3 treats as it treats the role of the task that backs up: no dump is read, and what is missing may not be read either. */
    const writer = () => {
      const client = new S3Client({ ...emulator().client(), forcePathStyle: true });
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            const { Key = '' } = args.input as { Key?: string };
            const denied = () => Object.assign(new Error('Access Denied'), { name: 'AccessDenied' });
            if ((/^(Get|Head)Object/.test(commandName ?? '') && Key.startsWith('data/')) || /^Delete/.test(commandName ?? '')) {
              throw denied();
            }
            return next(args).catch((error) => {
              throw error.name === 'NoSuchKey' ? denied() : error;
            });
          },
        { step: 'initialize' },
      );
      return client;
    };
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

    test('it is made by whoever may write, but neither read dumps nor delete, from the first one on', async () => {
      const client = writer();
      const limited = { ...context({ source: 'limited' }), repository: new Repository(client, Bucket, 'limited') };
      const manifest = await backUp(LOGICAL_POSTGRES, limited, { s3: client, bucket: Bucket }, {});
      expect((await new Repository(s3, Bucket, 'limited').manifest())?.id).toBe(manifest.id);
      await expect(verifyStored(LOGICAL_POSTGRES, limited, undefined)).rejects.toThrow(/is gone, or may not be read/);
      await expect(limited.repository.manifest('20200101T000000Z-000000')).rejects.toThrow(/there is no backup '2020/);
    });

    test('it comes from and goes to databases whose names look like settings of a connection', async () => {
      const odd = "host=elsewhere o'clock";
      server.sql('postgres', `create database "${odd}"`);
      server.sql(connectionTo(odd), 'create table kept (n int); insert into kept select generate_series(1, 1000)');
      const changes = { source: 'odd', server: { ...settings.server!, database: odd } };
      const manifest = await backUpNow(changes);
      await restore({ id: manifest.id, database: `${odd} again` }, changes);
      expect(server.sql(connectionTo(`${odd} again`), 'select count(*) from kept')).toBe('1000');
    });

    test('what retention gives up is gone, and what was never published, but not the last good one', async () => {
      const source = 'retired';
      const first = await backUpNow({ source });
      const second = await backUpNow({ source });
      const stray = '20200101T000000Z-000000';
      await new Repository(s3, Bucket, source).send(stray, 'toc.dat', Readable.from(['half']));
      await retire(LOGICAL_POSTGRES, context({ source, keep: { dailyDays: 1 } }), { s3, bucket: Bucket });
      const left = new Repository(s3, Bucket, source);
      expect(await left.ids()).toEqual([second.id]);
      expect(await left.sentIds()).toEqual([second.id]);
      expect(told.filter(([event]) => event === 'retired').map(([, { id }]) => id)).toEqual([first.id, stray]);
      const later = { ...context({ source, keep: { dailyDays: 1 } }), now: () => Date.now() + 1_000 * 86_400_000 };
      await retire(LOGICAL_POSTGRES, later, { s3, bucket: Bucket });
      expect(await left.ids()).toEqual([second.id]);
    });
  });
});
