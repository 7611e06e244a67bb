import { appendFileSync, chmodSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RESTIC_FILES } from '../../lib/keeper/files/files';
import { findProblems } from '../../lib/keeper/find-problems';
import { retire } from '../../lib/keeper/retire';
import { verifyStored } from '../../lib/keeper/verify-stored';
import { describeNeeding, describeWithEmulator } from '../emulator/harness';
import { describeTree, whyNoTool } from './fixtures/file-trees';
import { FilesKeeper } from './fixtures/files-keeper';

const DAY = 86_400_000;
jest.setTimeout(120_000);

describeNeeding('restic', whyNoTool('restic'), 'backups of files by the keeper and restic', () => {
  describeWithEmulator('in a bucket', (emulator) => {
    let keeper: FilesKeeper;

    beforeAll(async () => {
      keeper = await FilesKeeper.start(emulator());
    });

    beforeEach(() => {
      keeper.told = [];
      keeper.front.asked.length = 0;
      keeper.front.answer = () => undefined;
    });

    afterAll(() => keeper?.stop());

    const restored = (name: string, root: string) => join(keeper.folder, name, root);

    test('what is backed up is there again as it was each time, to the last byte, mode, time and link', async () => {
      const settings = keeper.source('shop', {});
      const [root] = settings.files!.paths;
      expect(await keeper.configure(settings)).toEqual([{ what: 'repository of restic', state: 'fine', found: 'it was made' }]);
      expect((await keeper.configure(settings))[0].found).toBe('it is there already');
      const before = describeTree(root);
      const first = await keeper.backUp(settings);
      writeFileSync(join(root, 'deep', 'new'), 'added');
      appendFileSync(join(root, 'empty'), 'changed');
      chmodSync(join(root, 'deep', 'er', 'script'), 0o500);
      rmSync(join(root, '[a]*?'));
      renameSync(join(root, 'line\nbreak'), join(root, 'deep', 'moved'));
      const after = describeTree(root);
      const second = await keeper.backUp(settings);
      expect([first.kind, second.kind]).toEqual(['full', 'incremental']);
      expect(second.storedBytes).toBeLessThan(first.storedBytes! / 100);
      expect(second.notes?.files).toBe('8');
      await keeper.restore(settings, { id: first.id, folder: join(keeper.folder, 'first') });
      await keeper.restore(settings, { folder: join(keeper.folder, 'second') });
      expect(describeTree(restored('first', root))).toEqual(before);
      expect(describeTree(restored('second', root))).toEqual(after);
      await verifyStored(RESTIC_FILES, keeper.context(settings), undefined);
      expect(keeper.told.at(-1)?.[1]).toMatchObject({
        id: second.id,
        verified: [{ what: 'repository' }, { found: expect.stringMatching(/^all \d+ bytes/) }],
      });
      await findProblems(RESTIC_FILES, keeper.context(settings));
      expect(readdirSync(settings.scratch)).toEqual(['restic']);
    });

    test('one path, a plan and a folder that is kept beside are restored as asked for; one that is not empty is refused', async () => {
      const settings = keeper.source('paths');
      const [root] = settings.files!.paths;
      await keeper.configure(settings);
      const { id } = await keeper.backUp(settings);
      const folder = join(keeper.folder, 'one');
      await keeper.restore(settings, { folder, path: join(root, '[a]*?'), dryRun: true });
      expect(keeper.told.at(-1)).toEqual(['plan', expect.objectContaining({ id, into: folder, files: join(root, '[a]*?') })]);
      await keeper.restore(settings, { folder, path: join(root, '[a]*?') });
      expect(readdirSync(join(folder, root))).toEqual(['[a]*?']);
      await expect(keeper.restore(settings, { folder })).rejects.toThrow(/is not empty: give an empty one/);
      await expect(keeper.restore(settings, { folder: `${folder}2`, path: join(root, 'nothing') })).rejects.toThrow(/has nothing there/);
      await keeper.restore(settings, { folder, path: join(root, 'deep'), replace: folder });
      expect(readdirSync(join(folder, root))).toEqual(['deep']);
      expect(readdirSync(join(`${folder}.before-${id}`, root))).toEqual(['[a]*?']);
    });

    test('a full one reads every file again, and other kinds are refused, and so is a target that is mounted', async () => {
      const settings = keeper.source('full');
      await keeper.configure(settings);
      await keeper.backUp(settings);
      const again = await keeper.backUp(settings, { kind: 'full' });
      expect(again.kind).toBe('full');
      expect(again.verified[0].found).toContain('8 new and 0 changed');
      await expect(keeper.backUp(settings, { kind: 'logs' })).rejects.toThrow(/'logs'.*full or incremental/);
      const mounted = { ...settings, files: { ...settings.files!, target: '/mnt' } };
      await expect(keeper.backUp(mounted)).rejects.toThrow(/'files.target' is \/mnt, .*: leave it out/);
    });

    test('what retention gives up is gone from the repository, but not the last good one', async () => {
      const settings = keeper.source('retired', { keep: { dailyDays: 1 } });
      const [root] = settings.files!.paths;
      await keeper.configure(settings);
      await keeper.backUp(settings);
      writeFileSync(join(root, 'large'), Buffer.alloc(3 * 2 ** 20, 7));
      const second = await keeper.backUp(settings);
      await retire(RESTIC_FILES, keeper.context(settings), keeper.lock);
      expect(await keeper.ids(settings)).toEqual([second.id]);
      expect(keeper.told).toContainEqual(['pruned', { snapshots: 1, left: 1 }]);
      await retire(RESTIC_FILES, { ...keeper.context(settings), now: () => Date.now() + 1_000 * DAY }, keeper.lock);
      expect(await keeper.ids(settings)).toEqual([second.id]);
      await keeper.restore(settings, { folder: join(keeper.folder, 'kept') });
      expect(describeTree(restored('kept', root))).toEqual(describeTree(root));
      await verifyStored(RESTIC_FILES, keeper.context(settings), undefined);
    });

    test('the host deletes nothing but locks, and whoever verifies and restores writes nothing', async () => {
      const settings = keeper.source('rights');
      await keeper.configure(settings);
      await keeper.backUp(settings);
      await keeper.backUp(settings);
      const asked = (method: string) =>
        new Set(keeper.front.asked.filter((one) => one.method === method).map(({ path }) => path.split('/')[4]));
      expect(asked('DELETE')).toEqual(new Set(['locks']));
      expect(asked('PUT')).toEqual(new Set(['config', 'data', 'index', 'keys', 'locks', 'snapshots']));
      keeper.front.answer = ({ method }) => (/GET|HEAD/.test(method) ? undefined : 403);
      await verifyStored(RESTIC_FILES, keeper.context(settings), undefined);
      await keeper.restore(settings, { folder: join(keeper.folder, 'rights-again') });
    });
  });
});
