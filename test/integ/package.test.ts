import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../harness/sources';

/** The packed package in an app of its own, as a user has it after `npm install cdk-recovery`. */
let app: string;
let packed: string[];

const ENV = {
  ...process.env,
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
  CDK_VALIDATION: 'false',
  CDK_OUTDIR: '',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};
const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Protection, RecoveryTier } from 'cdk-recovery';

const app = new App({ outdir: process.argv[2] });
const stack = new Stack(app, 'Smoke', { env: { account: '123456789012', region: 'ap-northeast-1' } });
const protection: Protection = new Protection(stack, 'Protection', { tier: RecoveryTier.STANDARD });
protection.protect(new Bucket(stack, 'Bucket'));
app.synth();
`;

beforeAll(() => {
  app = realpathSync(mkdtempSync(join(tmpdir(), 'package-')));
  execFileSync('node', [join(ROOT, 'scripts/ensure-built.mjs')], { env: ENV, stdio: ['ignore', 'ignore', 'inherit'] });
  const [{ filename, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', app], {
      cwd: ROOT,
      env: ENV,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  packed = files.map(({ path }: { path: string }) => path);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'smoke', private: true }));
  // Offline: everything but the peers has to be in the tarball.
  execFileSync('npm', ['install', '--offline', '--legacy-peer-deps', '--no-package-lock', join(app, filename)], {
    cwd: app,
    env: ENV,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const peer of ['aws-cdk-lib', 'constructs']) {
    symlinkSync(join(ROOT, 'node_modules', peer), join(app, 'node_modules', peer));
  }
  mkdirSync(join(app, 'node_modules', '@types'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(app, 'node_modules', '@types', 'node'));
  writeFileSync(join(app, 'app.ts'), APP);
}, 300_000);

afterAll(() => rmSync(app, { recursive: true, force: true }));

const tool = (name: string): string => join(ROOT, 'node_modules', '.bin', name);

describe('the tarball', () => {
  test.each([
    '.jsii',
    'build/index.js',
    'build/index.d.ts',
    'build/cli.js',
    'schema/recovery-report.schema.json',
    'README.md',
    'API.md',
    'CHANGELOG.md',
    'LICENSE',
    'package.json',
  ])('has %s', (path) => {
    expect(packed).toContain(path);
  });

  test('needs no package but its peers', () => {
    expect(packed.filter((path) => path.startsWith('node_modules/'))).toEqual([]);
    expect(Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))).not.toContain('dependencies');
  });

  test('has the licence of what is bundled into the command', () => {
    expect(readFileSync(join(app, 'node_modules/cdk-recovery/build/THIRD-PARTY-LICENSES'), 'utf8')).toMatch(
      /^commander \S+ \(MIT\)\n\n[\s\S]*Copyright/m,
    );
  });

  test('has a few files of code for the library, one for the command, and one for each function', () => {
    const handlers = join(ROOT, 'lib/handlers');
    const functions = ['keeper', ...readdirSync(handlers).filter((name) => existsSync(join(handlers, name, 'index.ts')))];
    const rooms = ['basis', 'observability', 'recovery', 'replication', 'self-managed', 'verification'];
    const parts = ['cli', 'index', ...rooms.map((part) => `parts/${part}`)];
    const isShared = (path: string) => /^build\/parts\/shared-\w+\.js$/.test(path);
    const code = packed.filter((path) => path.endsWith('.js'));
    expect(code.filter((path) => !isShared(path)).sort()).toEqual(
      [...functions.map((name) => `assets/${name}/index.js`), ...parts.map((part) => `build/${part}.js`)].sort(),
    );
    // one for each set of parts that share something
    expect(code.filter(isShared).length).toBeLessThanOrEqual(2 ** 4);
  });

  test('has no tests, sources or tools of this project', () => {
    expect(
      packed.filter((path) => /^(test|lib|bin|examples|bench|scripts|\.ci|node_modules\/(aws-cdk|jest|typescript|esbuild))/.test(path)),
    ).toEqual([]);
  });
});

describe('an app that installed it', () => {
  test('requires it without anything but its peers', () => {
    const names = execFileSync(process.execPath, ['-p', 'Object.keys(require("cdk-recovery")).join()'], { cwd: app, encoding: 'utf8' })
      .trim()
      .split(',');
    expect(names).toEqual(expect.arrayContaining(['Protection', 'RecoveryTier', 'RecoveryVault']));
  });

  test('exports what its declarations declare, each class under the name that jsii knows', () => {
    const { types } = JSON.parse(readFileSync(join(app, 'node_modules/cdk-recovery/.jsii'), 'utf8'));
    const declared = Object.values<{ fqn: string; name: string; kind: string }>(types).filter(({ kind }) => kind !== 'interface');
    const script = `const all = require('cdk-recovery');
      console.log(JSON.stringify(Object.keys(all).map((name) => [name, all[name][Symbol.for('jsii.rtti')]?.fqn])))`;
    const exported: [string, string?][] = JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: app, encoding: 'utf8' }));
    expect(exported).toEqual(
      declared
        .map(({ name, fqn, kind }) => (kind === 'class' ? [name, fqn] : [name, null]))
        .sort(([one], [other]) => (one! < other! ? -1 : 1)),
    );
  });

  test('imports names of it from an ES module', () => {
    const script = "import { Disruption, Protection } from 'cdk-recovery'; console.log(Protection.name, Disruption.REGION_LOSS)";
    const written = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: app, encoding: 'utf8' });
    expect(written).toBe('Protection REGION_LOSS\n');
  });

  test('loads no part that it does not use', () => {
    const script = `const { Protection, RecoveryTier } = require('cdk-recovery'); Protection.name;
      console.log(Object.keys(require.cache).filter((file) => /cdk-recovery.build.(index|parts)/.test(file)).map((file) => require('path').basename(file)).join())`;
    const files = execFileSync(process.execPath, ['-e', script], { cwd: app, encoding: 'utf8' }).trim().split(',');
    expect(files).toEqual(expect.arrayContaining(['index.js', 'basis.js']));
    expect(files).not.toContain('replication.js');
    expect(files).not.toContain('observability.js');
    expect(files).not.toContain('verification.js');
  });

  test.each([
    ['ts-node', ['--transpile-only', '--compiler-options', '{"module":"commonjs","target":"es2022","ignoreDeprecations":"6.0"}']],
    ['tsx', []],
  ] as const)(
    'synthesises under %s and writes the report',
    (runner, options) => {
      const outdir = join(app, `cdk.out.${runner}`);
      const { status, stderr } = spawnSync(tool(runner), [...options, 'app.ts', outdir], { cwd: app, env: ENV, encoding: 'utf8' });
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      expect(JSON.parse(readFileSync(join(outdir, 'recovery-report.json'), 'utf8'))).toMatchObject({ resources: [expect.anything()] });
    },
    60_000,
  );

  test('type-checks against its declarations, also those it does not export', () => {
    const options = ['--strict', '--target', 'es2022', '--module', 'node16', '--types', 'node', '--noEmit', 'app.ts'];
    const { stdout } = spawnSync(tool('tsc'), options, { cwd: app, encoding: 'utf8' });
    expect(stdout.split('\n').filter((line) => line.includes('cdk-recovery') || line.startsWith('app.ts'))).toEqual([]);
  }, 120_000);

  test('runs its command', () => {
    const command = join(app, 'node_modules', '.bin', 'cdk-recovery');
    expect(existsSync(command)).toBe(true);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(execFileSync(command, ['--version'], { cwd: app, encoding: 'utf8' }).trim()).toBe(version);
  });
});
