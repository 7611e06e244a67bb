import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { RESTIC_FILES } from '../../lib/keeper/files/files';
import { verifyStored } from '../../lib/keeper/verify-stored';
import type { KeeperSettings } from '../../lib/model/self-managed';
import { describeNeeding, describeWithEmulator } from '../emulator/harness';
import { whyNoTool } from './fixtures/file-trees';
import { FILES_BUCKET as Bucket, FilesKeeper } from './fixtures/files-keeper';

jest.setTimeout(60_000);

describeNeeding('restic', whyNoTool('restic'), 'what goes wrong with backups of files', () => {
  describeWithEmulator('in a bucket', (emulator) => {
    let keeper: FilesKeeper;

    beforeAll(async () => {
      keeper = await FilesKeeper.start(emulator());
    });

    afterEach(() => {
      keeper.front.answer = () => undefined;
      keeper.password = 'correct horse';
    });

    afterAll(() => keeper?.stop());

    /** A source with a backup; what fails afterwards must leave it the only one. */
    const backedUp = async (source: string) => {
      const settings = keeper.source(source);
      await keeper.configure(settings);
      const { id } = await keeper.backUp(settings);
      return { settings, id, root: settings.files!.paths[0] };
    };
    const objects = async ({ source }: KeeperSettings, folder: string) => {
      const { Contents = [] } = await keeper.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `restic/${source}/${folder}/` }));
      return Contents.sort((a, b) => b.Size! - a.Size!).map(({ Key }) => Key!);
    };

    test('fails for a source that is gone, that is empty, and that has shrunk, unless somebody says that this is right', async () => {
      const { settings, id, root } = await backedUp('sources');
      const hollow = join(root, 'hollow');
      const two = (path: string) => ({ ...settings, files: { paths: [root, path] } });
      await expect(keeper.backUp(two('/srv/not-there'))).rejects.toThrow(/has \/srv\/not-there, which is not there: mount it/);
      await expect(keeper.backUp(two(hollow))).rejects.toThrow(/hollow, which is an empty folder: mount it/);
      for (const name of ['large', 'deep', 'sparse']) {
        rmSync(join(root, name), { recursive: true });
      }
      await expect(keeper.backUp(settings)).rejects.toThrow(/is not published: it has \d+ bytes, 0 % of the last one/);
      expect(await keeper.ids(settings)).toEqual([id]);
      expect((await keeper.backUp(settings, { mayShrink: true })).kind).toBe('incremental');
    });

    test('fails for a wrong password, and makes no second repository beside one that cannot be opened', async () => {
      const { settings, id } = await backedUp('password');
      keeper.password = 'wrong';
      await expect(keeper.backUp(settings)).rejects.toThrow(/does not open the repository of password/);
      await expect(keeper.configure(settings)).rejects.toThrow(/does not open the repository/);
      keeper.password = 'correct horse';
      await keeper.s3.send(new DeleteObjectCommand({ Bucket, Key: 'restic/password/config' }));
      await expect(keeper.configure(settings)).rejects.toThrow(/1 backups are published, and their repository cannot be opened/);
      await expect(keeper.backUp(settings)).rejects.toThrow(/run `keeper configure` before the first backup/);
      expect(await keeper.ids(settings)).toEqual([id]);
    });

    test('fails for a pack that is damaged when it is verified, and for one that is gone before a backup stands on it', async () => {
      const { settings, id } = await backedUp('packs');
      const [pack] = await objects(settings, 'data');
      const { Body } = await keeper.s3.send(new GetObjectCommand({ Bucket, Key: pack }));
      const bytes = Buffer.from(await Body!.transformToByteArray());
      const damaged = Buffer.from(bytes);
      damaged[1_000] ^= 1;
      await keeper.s3.send(new PutObjectCommand({ Bucket, Key: pack, Body: damaged }));
      await expect(verifyStored(RESTIC_FILES, keeper.context(settings), undefined)).rejects.toThrow(/the repository is damaged/);
      await expect(keeper.restore(settings, { folder: join(keeper.folder, 'damaged') })).rejects.toThrow();
      await keeper.s3.send(new DeleteObjectCommand({ Bucket, Key: pack }));
      await expect(keeper.backUp(settings)).rejects.toThrow(/the repository is damaged/);
      expect(await keeper.ids(settings)).toEqual([id]);
      await keeper.s3.send(new PutObjectCommand({ Bucket, Key: pack, Body: bytes }));
      await verifyStored(RESTIC_FILES, keeper.context(settings), undefined);
      await keeper.backUp(settings);
    });

    test('fails for an index or a snapshot that is gone', async () => {
      const { settings, id } = await backedUp('index');
      const [index] = await objects(settings, 'index');
      await keeper.s3.send(new DeleteObjectCommand({ Bucket, Key: index }));
      await expect(verifyStored(RESTIC_FILES, keeper.context(settings), undefined)).rejects.toThrow();
      const [snapshot] = await objects(settings, 'snapshots');
      await keeper.s3.send(new DeleteObjectCommand({ Bucket, Key: snapshot }));
      await expect(verifyStored(RESTIC_FILES, keeper.context(settings), undefined)).rejects.toThrow(
        `the repository has no snapshot of ${id}`,
      );
    });

    test('fails for the second of two runs, and one that is stopped while the network is cut publishes nothing', async () => {
      const { settings, id, root } = await backedUp('runs');
      writeFileSync(join(root, 'more'), Buffer.alloc(2 ** 20, 3));
      const ends = await Promise.allSettled([keeper.backUp(settings), keeper.backUp(settings)]);
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      writeFileSync(join(root, 'more'), Buffer.alloc(2 ** 20, 4));
      const stop = new AbortController();
      keeper.front.answer = ({ method, path }) => {
        const isPack = method === 'PUT' && path.includes('/data/');
        isPack && setTimeout(() => stop.abort(new Error('stopped')), 500);
        return isPack ? 'cut' : undefined;
      };
      await expect(keeper.backUp(settings, {}, stop.signal)).rejects.toThrow('stopped');
      keeper.front.answer = () => undefined;
      expect((await keeper.ids(settings)).length).toBe(2);
      await keeper.backUp(settings);
      await verifyStored(RESTIC_FILES, keeper.context(settings), undefined);
      await keeper.restore(settings, { id, folder: join(keeper.folder, 'after-cut') });
    });
  });
});
