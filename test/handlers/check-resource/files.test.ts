import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkFiles } from '../../../lib/handlers/check-resource/check-files';
import { checkMounted } from '../../../lib/handlers/check-resource/check-mounted';
import type { MountPort } from '../../../lib/handlers/check-resource/mount-port';
import type { CheckContext } from '../../../lib/handlers/checks/check-run';
import type { FileCheckSpec } from '../../../lib/model/verification';

const FILES: FileCheckSpec = { kind: 'files', name: 'files', sample: 100 };
const WRITTEN = new Date('2030-01-01T00:00:00Z');

function contextOf(baseline?: unknown, leftMs = () => 60_000): CheckContext {
  const input = { test: { recoveryPointArn: 'point', restoreJobId: 'job' }, target: { name: 'fs-1' }, checks: [], baselines: {} };
  return { input, baseline, signal: new AbortController().signal, leftMs } as unknown as CheckContext;
}

describe('the files of a mounted file system', () => {
  let root: string;
  const place = (path: string) => join(root, 'aws-backup-restore_2030-01-01', path);

  function write(path: string, content: string, at = WRITTEN): void {
    mkdirSync(dirname(place(path)), { recursive: true });
    writeFileSync(place(path), content);
    utimesSync(place(path), at, at);
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'files-'));
    for (let index = 0; index < 20; index += 1) {
      write(`shop/${index % 3}/${index}.txt`, `content ${index}`);
    }
    symlinkSync('/etc/passwd', place('shop/link'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const look = (check: Partial<FileCheckSpec> = {}, baseline?: unknown) => checkFiles(root, { ...FILES, ...check }, contextOf(baseline));

  test('are counted and read, without links and without the folder that they are restored into', async () => {
    const { status, found, baseline } = await look({ exactly: 20 });
    expect([status, found]).toEqual(['passed', '20 files; 20 read']);
    const { files } = baseline as { files: { path: string }[] };
    expect(files.map(({ path }) => path)).toContain('shop/0/0.txt');
    expect(await look({}, baseline)).toMatchObject({ status: 'passed', found: expect.stringMatching(/20 files compared/) });
  });

  test.each([
    ['is missing', () => rmSync(place('shop/0/0.txt')), /shop\/0\/0.txt is missing/],
    ['is emptied', () => truncateSync(place('shop/0/0.txt')), /shop\/0\/0.txt is empty, it had 9 bytes/],
    ['has another content of the same length', () => writeFileSync(place('shop/0/0.txt'), 'CONTENT 0'), /has another content/],
  ])('fail where one %s that was recorded', async (_what, damage, words) => {
    const { baseline } = await look();
    damage();
    try {
      utimesSync(place('shop/0/0.txt'), WRITTEN, WRITTEN);
    } catch {
      // it is missing
    }
    expect(await look({}, baseline)).toMatchObject({ status: 'failed', found: expect.stringMatching(words) });
    expect(await look({ tolerance: 0.05 }, baseline)).toMatchObject({ status: 'passed' });
  });

  test('pass where one was written later', async () => {
    const { baseline } = await look();
    appendFileSync(place('shop/0/0.txt'), 'more');
    expect(await look({}, baseline)).toMatchObject({ status: 'passed', found: expect.stringMatching(/1 changed in the source too/) });
  });

  test('fail where there are none, too few, or only empty ones', async () => {
    expect(await look({ atLeast: 21 })).toMatchObject({ status: 'failed', found: expect.stringMatching(/^20 files/) });
    for (let index = 0; index < 20; index += 1) {
      truncateSync(place(`shop/${index % 3}/${index}.txt`));
    }
    expect(await look()).toMatchObject({ status: 'failed', found: expect.stringMatching(/each of them is empty/) });
    rmSync(place(''), { recursive: true });
    expect(await look()).toMatchObject({ status: 'failed', found: '0 files' });
  });

  test('are read in three parts where they are large', async () => {
    truncateSync(place('shop/0/0.txt'), 100 * 2 ** 20);
    expect(statSync(place('shop/0/0.txt')).size).toBe(100 * 2 ** 20);
    const { baseline } = await look();
    const { files } = baseline as { files: { path: string; checksum: string }[] };
    expect(files.find(({ path }) => path === 'shop/0/0.txt')?.checksum).toMatch(/^parts:/);
  });

  test('cannot be judged where the file system is not there', async () => {
    await expect(checkFiles(join(root, 'nowhere'), FILES, contextOf())).rejects.toThrow('the folder / cannot be listed: ENOENT');
    await expect(look({}, { count: 1 })).rejects.toThrow('cannot be read');
  });
});

describe('mounting a file system', () => {
  const passing = { results: [{ name: 'files', kind: 'files', status: 'passed', expected: 'some', found: '3 files', durationMs: 1 }] };

  /** A function and a file system whose state can be looked at. */
  function fake(changes: Partial<MountPort> = {}) {
    const done: string[] = [];
    let mounted: string | undefined;
    let targets = 0;
    const port: MountPort = {
      stepMs: 1,
      prepare: async () => {
        targets = 2;
        done.push('prepare');
        return { accessPointArn: 'ap-1', subnets: ['subnet-1'] };
      },
      ready: async () => true,
      mounted: async () => ({ settled: true, revision: 'r', ...(mounted ? { accessPointArn: mounted } : {}) }),
      isGone: async () => false,
      mount: async (mountable) => {
        mounted = mountable?.accessPointArn;
        done.push(mounted ? 'mount' : 'unmount');
        return true;
      },
      look: async () => passing,
      remove: async () => {
        done.push('remove');
        targets -= 1;
        return targets < 0;
      },
      pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
      ...changes,
    };
    return { port, done, left: () => ({ mounted, targets: Math.max(0, targets) }) };
  }

  const other = (accessPointArn: string) => ({ accessPointArn, subnets: [] });
  const CLEAN = { mounted: undefined, targets: 0 };
  const until = (ms: number) => {
    const endMs = Date.now() + ms;
    return () => endMs - Date.now();
  };

  test('asks the function once it has mounted it, and leaves nothing behind', async () => {
    const { port, done, left } = fake();
    expect(await checkMounted(port, FILES, contextOf(), 1_000)).toMatchObject({ status: 'passed', found: '3 files' });
    expect(done).toEqual(['prepare', 'mount', 'unmount', 'remove', 'remove', 'remove']);
    expect(left()).toEqual(CLEAN);
  });

  test.each<[string, Partial<MountPort>, RegExp]>([
    ['mount targets never get ready', { ready: async () => false }, /mount targets of the file system are not ready/],
    ['the function is busy', { mounted: async () => ({ settled: true, revision: 'r', accessPointArn: 'ap-2' }) }, /busy with another/],
    ['the function is always changed by others', { mount: async () => false }, /busy with another/],
    ['the function cannot be called', { look: async () => Promise.reject(new Error('no')) }, /no/],
    ['the function never answers', { look: () => new Promise(() => {}) }, /could not be read in time/],
  ])('leaves nothing behind where %s', async (_what, changes, words) => {
    const { port, left } = fake(changes);
    await expect(checkMounted(port, FILES, contextOf(undefined, until(2_500)), 2_000)).rejects.toThrow(words);
    expect(left()).toEqual(CLEAN);
  });

  test('takes the function over from somebody who has ended without giving it back', async () => {
    const { port, left } = fake({ isGone: async (accessPointArn) => accessPointArn === 'ap-of-a-killed-check' });
    await port.mount(other('ap-of-a-killed-check'), 'r');
    expect(await checkMounted(port, FILES, contextOf(), 1_000)).toMatchObject({ status: 'passed' });
    expect(left()).toEqual(CLEAN);
  });

  test('has not been looked at where the function answers nonsense, or was given something else meanwhile', async () => {
    const nonsense = fake({ look: async () => ({ results: [] }) });
    expect(await checkMounted(nonsense.port, FILES, contextOf(), 1_000)).toMatchObject({ status: 'unable' });
    const swapped = fake();
    const port = { ...swapped.port, look: async () => void (await swapped.port.mount(other('ap-2'), 'r')) };
    await expect(checkMounted(port, FILES, contextOf(), 1_000)).rejects.toThrow('was given another file system meanwhile');
    expect(swapped.left()).toEqual({ mounted: 'ap-2', targets: 0 });
  });

  test('cannot pass where a mount target stays', async () => {
    const { port } = fake({ remove: async () => false });
    await expect(checkMounted(port, FILES, contextOf(undefined, until(200)), 150)).rejects.toThrow(
      'mount targets of the file system are not gone',
    );
  });
});
