import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Repository } from '../../lib/keeper/repository';
import type { BackupManifest, KeeperSettings } from '../../lib/model/self-managed';
import { describeNeeding, describeWithEmulator } from '../emulator/harness';
import { whyNoPostgres } from '../emulator/postgres';
import { CutLine } from './fixtures/cut-line';
import { HeldDump } from './fixtures/held-dump';
import { type KeeperEnd, KeeperProcess } from './fixtures/keeper-process';
import { type Certificates, makeCertificates, PostgresServer } from './fixtures/postgres-server';
import { programsOf, whyNoVersion } from './fixtures/postgres-versions';

const Bucket = 'backups';
const PASSWORD = 'se:cr\\et';
/** An event of each stage. */
const STAGES = ['begun', 'dump', 'sent', 'verified', 'published'] as const;
jest.setTimeout(60_000);

describeNeeding('PostgreSQL', whyNoPostgres(), 'logical backups of PostgreSQL where something breaks', () => {
  describeWithEmulator('in a bucket', (emulator) => {
    let s3: S3Client;
    let server: PostgresServer;
    let certificates: Certificates;
    let folder: string;
    let secretArn: string;
    let sources = 0;

    const settingsFor = (source: string, changes: Partial<KeeperSettings> = {}): KeeperSettings => {
      const scratch = join(folder, source);
      if (!existsSync(scratch)) {
        mkdirSync(scratch);
      }
      return {
        version: 1,
        source,
        engine: 'postgresql',
        form: 'logical',
        repository: { bucket: Bucket, region: 'ap-northeast-1' },
        scratch,
        jobs: 2,
        server: { host: 'localhost', port: server.port, database: 'shop', secretArn, certificateAuthorities: certificates.caPem },
        keep: { dailyDays: 30 },
        ...changes,
      };
    };
    const start = (settings: KeeperSettings, args: readonly string[], env: Record<string, string> = {}) =>
      KeeperProcess.start(folder, settings, args, { ...emulator().env, ...env });
    const run = (settings: KeeperSettings, ...args: string[]): Promise<KeeperEnd> => start(settings, args).ended;
    const published = async ({ source }: KeeperSettings): Promise<readonly BackupManifest[]> =>
      (await new Repository(s3, Bucket, source).manifests()).readable;
    /** A source with a good backup. */
    const begun = async (changes: Partial<KeeperSettings> = {}): Promise<KeeperSettings> => {
      const settings = settingsFor(`shop-${sources++}`, changes);
      expect(await run(settings, 'backup')).toMatchObject({ code: 0 });
      return settings;
    };
    /** No backup but the first is there, that one is still good, nothing lies about, and the next run goes well. */
    const expectUnharmed = async (settings: KeeperSettings, backups = 1): Promise<void> => {
      expect(await published(settings)).toHaveLength(backups);
      expect(await run(settings, 'verify')).toMatchObject({ code: 0 });
      expect(await run(settings, 'backup')).toMatchObject({ code: 0 });
      expect(await published(settings)).toHaveLength(backups + 1);
      expect(readdirSync(settings.scratch)).toEqual([]);
    };
    /** A backup in the middle of its dump, which waits until it is let go. */
    const midway = async (settings: KeeperSettings) => {
      const held = await HeldDump.begin(server, 'shop');
      const keeper = start(settings, ['backup']);
      await held.reached();
      return { held, keeper };
    };

    beforeAll(async () => {
      s3 = new S3Client({ ...emulator().client(), forcePathStyle: true });
      await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' } }));
      const secrets = new SecretsManagerClient(emulator().client());
      const SecretString = JSON.stringify({ username: 'keeper', password: PASSWORD });
      secretArn = (await secrets.send(new CreateSecretCommand({ Name: 'shop', SecretString }))).ARN!;
      certificates = makeCertificates('localhost');
      server = await PostgresServer.start(certificates);
      server.loadSample('shop', 0.02);
      server.sql('postgres', "create role keeper superuser login password 'se:cr\\et'");
      folder = mkdtempSync(join(tmpdir(), 'keeper-faults-'));
    });

    afterAll(() => {
      server?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(STAGES)('a run that is killed when it has told that it has %s leaves nothing bad behind', async (stage) => {
      const settings = await begun();
      const keeper = start(settings, ['backup']);
      await keeper.until(stage);
      expect(await keeper.kill()).toMatchObject({ code: null });
      await expectUnharmed(settings, stage === 'published' ? 2 : 1);
    });

    test('fails where the server dies in the middle of a dump', async () => {
      const settings = await begun();
      const { held, keeper } = await midway(settings);
      server.down('immediate');
      const end = await keeper.ended;
      server.up();
      held.letGo();
      expect(end).toMatchObject({
        code: 30,
        message: expect.stringMatching(/^pg_dump ended with 1: .*query failed: .*LOCK TABLE/s),
      });
      await expectUnharmed(settings);
    });

    describeNeeding('a small disk', process.getuid?.() === 0 ? undefined : 'needs root, who can mount one', 'on a small disk', () => {
      test('fails where the disk becomes full', async () => {
        const settings = await begun();
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', settings.scratch]);
        try {
          const { held, keeper } = await midway(settings);
          execFileSync('fallocate', ['-l', String(64 * 2 ** 20 - 100_000), join(settings.scratch, 'other')]);
          held.letGo();
          expect(await keeper.ended).toMatchObject({ code: 30, message: expect.stringMatching(/pg_dump.*No space left on device/) });
          expect(await run(settings, 'backup')).toMatchObject({
            code: 20,
            message: expect.stringMatching(/^'scratch' has \d+ bytes free, .*: give it more room/),
          });
        } finally {
          execFileSync('umount', [settings.scratch]);
        }
        await expectUnharmed(settings);
      });
    });

    test.each([
      ['during the upload', 'data', /^'[\w.]+' cannot be sent to the bucket backups: /],
      ['when the manifest is published', 'manifests', /cannot be published in the bucket backups: /],
    ])('fails where the network is cut %s', async (_when, part, message) => {
      const settings = await begun();
      const line = await CutLine.to(emulator().url);
      try {
        line.cutAt((sent) => sent.includes(`PUT /${Bucket}/${part}/`));
        const end = await start(settings, ['backup'], { AWS_ENDPOINT_URL_S3: line.url }).ended;
        expect(end).toMatchObject({ code: 50, message: expect.stringMatching(message) });
      } finally {
        line.close();
      }
      // the lock could not be given back, but its owner is known to be dead
      await expectUnharmed(settings);
    });

    test.each([
      ['damaged', (Key: string) => new PutObjectCommand({ Bucket, Key, Body: 'no dump' }), /is not what was sent/],
      ['deleted', (Key: string) => new DeleteObjectCommand({ Bucket, Key }), /is gone, or may not be read/],
    ] as const)('fails where a file of the backup was %s, and nothing is restored', async (_how, harm, message) => {
      const settings = await begun();
      const [{ id, objects }] = await published(settings);
      const largest = [...objects].sort((a, b) => b.bytes - a.bytes)[0];
      await s3.send(harm(`data/${settings.source}/${id}/${largest.name}`) as PutObjectCommand);
      for (const command of [['verify'], ['restore', '--database', 'never_made']]) {
        expect(await run(settings, ...command)).toMatchObject({ code: 40, message: expect.stringMatching(message) });
      }
      expect(server.sql('postgres', "select count(*) from pg_database where datname like '%never%'")).toBe('0');
    });

    test('fails where a password is wrong, and does not tell it', async () => {
      const secrets = new SecretsManagerClient(emulator().client());
      const SecretString = JSON.stringify({ username: 'keeper', password: 'not-this-one' });
      const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 'mistaken', SecretString }));
      const settings = settingsFor('mistaken');
      const end = await run({ ...settings, server: { ...settings.server!, secretArn: ARN } }, 'backup');
      expect(end).toMatchObject({
        code: 20,
        message: expect.stringMatching(/^cannot log in to localhost:\d+\/shop as keeper: password authentication failed/),
      });
      expect(end.printed).not.toContain('not-this-one');
    });

    describeNeeding('PostgreSQL 17', whyNoVersion(17), 'of a newer server', () => {
      test('fails before any work, for the client is too old', async () => {
        const newer = await PostgresServer.start(certificates, [], programsOf(17));
        try {
          newer.sql('postgres', "create role keeper superuser login password 'se:cr\\et'");
          const settings = settingsFor('newer');
          const server = { ...settings.server!, port: newer.port, database: 'postgres' };
          expect(await run({ ...settings, server }, 'backup')).toMatchObject({
            code: 20,
            message: expect.stringMatching(/^'pg_dump .*' cannot dump PostgreSQL 17\..*: install pg_dump 17 or newer$/),
          });
          expect(await published(settings)).toEqual([]);
        } finally {
          newer.remove();
        }
      });
    });

    test('fails where another run is at work, which goes on', async () => {
      const settings = await begun();
      const { held, keeper: first } = await midway(settings);
      expect(await run(settings, 'backup')).toMatchObject({
        code: 20,
        message: expect.stringMatching(/is at work on shop-\d+, and holds the lock until/),
      });
      held.letGo();
      expect(await first.ended).toMatchObject({ code: 0 });
      await expectUnharmed(settings, 2);
    });

    test('fails where somebody stops it, and ends what it has started', async () => {
      const settings = await begun();
      const { held, keeper } = await midway(settings);
      keeper.signal('SIGTERM');
      expect(await keeper.ended).toMatchObject({ code: 60, message: expect.stringMatching(/nothing was published/) });
      held.letGo();
      await expectUnharmed(settings);
    });

    test('fails where a backup is much smaller than the last one, unless somebody says that this is right', async () => {
      server.copy('shop', 'shrinking');
      server.sql('shrinking', 'create table noise as select sha512(n::text::bytea) from generate_series(1, 40000) n');
      const settings = settingsFor('shrinking');
      const shrinking = { ...settings, server: { ...settings.server!, database: 'shrinking' } };
      expect(await run(shrinking, 'backup')).toMatchObject({ code: 0 });
      server.sql('shrinking', 'truncate noise');
      expect(await run(shrinking, 'backup')).toMatchObject({ code: 40, message: expect.stringMatching(/is not published: .*may-shrink/) });
      expect(await published(shrinking)).toHaveLength(1);
      expect(await run(shrinking, 'backup', '--may-shrink')).toMatchObject({ code: 0 });
    });

    test('a restore in place that is killed leaves the database as it was', async () => {
      const settings = await begun();
      server.copy('shop', 'live');
      server.sql('live', 'create table only_here ()');
      const keeper = start(settings, ['restore', '--database', 'live', '--replace', 'live']);
      await keeper.until('fetched');
      await keeper.until('progress');
      await keeper.kill();
      expect(server.sql('live', "select count(*) from pg_class where relname = 'only_here'")).toBe('1');
      expect(await run(settings, 'restore', '--database', 'live', '--replace', 'live')).toMatchObject({ code: 0 });
      expect(server.sql('live', "select count(*) from pg_class where relname = 'only_here'")).toBe('0');
    });
  });
});
