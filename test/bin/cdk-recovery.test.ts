import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { assess } from '../../lib/model/assessor';
import { Disruption } from '../../lib/model/disruption';
import type { Fact, StatefulResource } from '../../lib/model/facts';
import { type RecoveryReportJson, renderText, toReport } from '../../lib/model/report';
import { DAY, HOUR, MINUTE } from '../../lib/model/time';
import { ROOT } from '../harness/sources';

/** The command as it is published: one bundled file, run by Node in an empty folder. */
const folder = mkdtempSync(join(tmpdir(), 'command-'));
const bundle = join(folder, 'cli.js');

beforeAll(() => {
  buildSync({ entryPoints: [join(ROOT, 'bin/cdk-recovery.ts')], outfile: bundle, bundle: true, platform: 'node', target: 'node20' });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(cwd: string, ...args: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A folder with the given files, whose content is JSON unless it is text already; undefined leaves a file out. */
function project(files: Readonly<Record<string, unknown>>): string {
  const root = mkdtempSync(join(folder, 'project-'));
  for (const [path, content] of Object.entries(files).filter(([, some]) => some !== undefined)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const database: StatefulResource = { id: 'Orders/Database', name: 'Orders/Database', type: 'RDS', label: 'RDS PostgreSQL' };
const cache: StatefulResource = { id: 'Orders/Cache', name: 'Orders/Cache', type: 'ElastiCache', label: 'ElastiCache' };
const tokyo = { region: 'ap-northeast-1', account: '123456789012' };

/** One database whose recovery points may be `staleMs` old, under a promise of four hours. */
function reportOf(
  app: string,
  options: { readonly staleMs: number; readonly basis?: 'configured' | 'estimated'; readonly unprotected?: boolean },
): RecoveryReportJson {
  const key = { kind: 'customer', id: 'key' } as const;
  const objective = { rpoMs: 4 * HOUR, rtoMs: 4 * HOUR };
  const facts: Fact[] = [
    { kind: 'resource', ...database, place: tokyo, key, zones: { kind: 'standby', words: 'Multi-AZ standby', failoverMs: MINUTE } },
    {
      kind: 'objective',
      resource: database.id,
      by: 'Orders/Protection',
      tier: 'important',
      ...objective,
      survives: [{ disruption: Disruption.OPERATOR_ERROR, ...objective }],
    },
    {
      kind: 'copy',
      resource: database.id,
      id: 'vault',
      by: 'Orders/Protection',
      mechanism: 'recovery points in vault orders',
      form: 'points',
      place: { ...tokyo, container: 'orders' },
      medium: 'backup',
      staleness: [{ name: 'longest gap between runs', ms: options.staleMs, basis: options.basis ?? 'configured' }],
      restore: [{ name: 'restore of 100 GiB', ms: HOUR, basis: 'estimated' }],
      keptMs: 30 * DAY,
      immutable: 'no',
      key,
    },
  ];
  return toReport(assess(facts, options.unprotected ? [database, cache] : [database], { unprotected: 'warn' }), app);
}

const kept = reportOf('Orders', { staleMs: 2 * HOUR });
const broken = reportOf('Orders', { staleMs: 6 * HOUR });
const doubtful = reportOf('Orders', { staleMs: 6 * HOUR, basis: 'estimated' });
const uncovered = reportOf('Orders', { staleMs: 2 * HOUR, unprotected: true });

describe('report', () => {
  test('prints the text of the report of the default assembly', () => {
    expect(run(project({ 'cdk.out/recovery-report.json': kept }), 'report')).toEqual({
      status: 0,
      stdout: `${renderText(kept, { width: 120, copies: true })}\n`,
      stderr: '',
    });
  });

  test('reads the assemblies of stages too, and any folder that --app names', () => {
    const root = project({
      'out/recovery-report.json': kept,
      'out/assembly-Prod/recovery-report.json': reportOf('Prod', { staleMs: HOUR }),
      'out/assembly-Prod/assembly-Inner/recovery-report.json': reportOf('Prod/Inner', { staleMs: HOUR }),
      'out/asset.1/recovery-report.json': reportOf('somebody else', { staleMs: HOUR }),
    });
    const { status, stdout } = run(root, 'report', '--app', 'out', '--format', 'json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).map(({ app }: RecoveryReportJson) => app)).toEqual(['Orders', 'Prod', 'Prod/Inner']);
  });

  test('--format json prints the reports as they were stored', () => {
    expect(JSON.parse(run(project({ 'cdk.out/recovery-report.json': kept }), 'report', '-f', 'json').stdout)).toEqual([kept]);
  });

  test('--format svg draws the copies of one report', () => {
    expect(run(project({ 'cdk.out/recovery-report.json': kept }), 'report', '--format', 'svg').stdout).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  });

  test('fails for --format svg of several reports, and says how to name one', () => {
    const root = project({ 'cdk.out/recovery-report.json': kept, 'cdk.out/assembly-Prod/recovery-report.json': kept });
    const { status, stderr } = run(root, 'report', '--format', 'svg');
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/one report, but there are 2: .*--app/) });
  });

  test('--format markdown prints headings', () => {
    expect(run(project({ 'cdk.out/recovery-report.json': kept }), 'report', '--format', 'markdown').stdout).toMatch(
      /^# Recovery report of Orders\n[\s\S]*^## Orders\/Database/m,
    );
  });

  test.each<[string, RecoveryReportJson, string[], number]>([
    ['a kept promise', kept, ['--fail-on', 'broken,doubtful,unprotected'], 0],
    ['a broken promise without --fail-on', broken, [], 0],
    ['a broken promise', broken, ['--fail-on', 'broken'], 1],
    ['a broken promise when doubtful is refused', broken, ['--fail-on', 'doubtful'], 1],
    ['a doubtful promise when broken is refused', doubtful, ['--fail-on', 'broken'], 0],
    ['a doubtful promise', doubtful, ['--fail-on', 'doubtful'], 1],
    ['an unprotected resource when doubtful is refused', uncovered, ['--fail-on', 'doubtful'], 0],
    ['an unprotected resource', uncovered, ['--fail-on', 'unprotected'], 1],
    ['an unprotected resource, by a second --fail-on', uncovered, ['--fail-on', 'broken', '--fail-on', 'unprotected'], 1],
  ])('%s: exit code', (_case, report, args, expected) => {
    const { status, stdout, stderr } = run(project({ 'cdk.out/recovery-report.json': report }), 'report', ...args);
    expect({ status, told: stderr.startsWith('cdk-recovery: refused by --fail-on: Orders: 1 ') }).toEqual({
      status: expected,
      told: expected === 1,
    });
    expect(stdout).toContain('Orders/Database');
  });

  test('judges every stage', () => {
    const root = project({
      'cdk.out/recovery-report.json': kept,
      'cdk.out/assembly-Prod/recovery-report.json': { ...broken, app: 'Prod' },
    });
    expect(run(root, 'report', '--fail-on', 'broken')).toMatchObject({ status: 1, stderr: expect.stringContaining('Prod: 1 broken') });
  });
});

describe('explain', () => {
  const root = (): string => project({ 'cdk.out/recovery-report.json': broken });

  test.each(['Orders/Database', 'orders / database', 'Database', 'base'])('finds a resource by %s', (name) => {
    const { status, stdout } = run(root(), 'explain', name);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Orders\/Database \(RDS PostgreSQL\): RPO 4 h, RTO 4 h\n/);
    expect(stdout).toMatch(/operator error, corruption: broken\n/);
    expect(stdout).toMatch(/^ {2}RPO at worst +6 h\n +6 h {2}longest gap between runs \(configured\)$/m);
    expect(stdout).toMatch(/^ {2}RTO expected +1 h est\.\n +1 h {2}restore of 100 GiB \(estimated\)$/m);
  });

  test.each(['REGION_LOSS', 'region-loss', 'Region loss'])('explains only the disruption %s', (disruption) => {
    const { stdout } = run(root(), 'explain', 'Database', disruption);
    expect(stdout).toContain('Region lost: ');
    expect(stdout).not.toContain('operator error');
  });

  test('an exact name wins over a longer one that contains it', () => {
    const twin = { ...broken.resources[0], id: 'Orders/Database/Replica', name: 'Orders/Database / Replica' };
    const twins = project({ 'cdk.out/recovery-report.json': { ...broken, resources: [...broken.resources, twin] } });
    expect(run(twins, 'explain', 'Orders/Database').stdout).toMatch(/^Orders\/Database \(/);
    expect(run(twins, 'explain', 'Base')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/'Base' means several resources: name one of 'Orders\/Database', 'Orders\/Database\/Replica'/),
    });
  });

  test('says of a resource that is not protected, or excluded, that nothing is promised for it', () => {
    const folder = project({
      'cdk.out/recovery-report.json': {
        ...uncovered,
        coverage: {
          ...uncovered.coverage,
          excluded: [{ id: 'Orders/Scratch', name: 'Orders/Scratch', type: 'S3', label: 'S3 bucket', reason: 'rebuilt' }],
        },
      },
    });
    const [{ id }] = uncovered.coverage.unprotected;
    expect(run(folder, 'explain', id)).toMatchObject({ status: 2, stderr: expect.stringContaining(`'${id}' is not protected`) });
    expect(run(folder, 'explain', 'Orders/Scratch')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("is excluded, so nothing is promised: 'rebuilt'"),
    });
  });

  test('fails for a file in place of the folder, in one line', () => {
    const folder = project({ 'README.md': 'x' });
    expect(run(folder, 'report', '--app', 'README.md')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^.*'README\.md' is a file: name the folder of a cloud assembly.*\n$/),
    });
  });

  test.each([
    ['an unknown resource', ['Queue'], /the report has no resource 'Queue': name one of 'Orders\/Database'/],
    [
      'an unknown disruption',
      ['Database', 'flood'],
      /there is no disruption 'flood': name one of OPERATOR_ERROR, ZONE_LOSS, REGION_LOSS, ACCOUNT_COMPROMISE/,
    ],
  ])('fails for %s', (_case, args, message) => {
    const ran = run(root(), 'explain', ...args);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trim()).not.toContain('\n');
  });

  test('fails where nothing is protected', () => {
    const empty = project({ 'cdk.out/recovery-report.json': toReport(assess([], [], { unprotected: 'warn' }), '') });
    expect(run(empty, 'explain', 'Database').stderr).toMatch(/nothing is protected/);
  });
});

describe('docs/command.md', () => {
  const page = readFileSync(join(ROOT, 'docs/command.md'), 'utf8');

  test('shows what the demo really explains', () => {
    const assembly = join(folder, 'demo');
    const env = { ...process.env, CDK_OUTDIR: assembly };
    const runner = [require.resolve('ts-node/dist/bin'), '-T', join(ROOT, 'bin/demo.ts')];
    expect(spawnSync(process.execPath, runner, { cwd: ROOT, env, stdio: 'ignore' }).status).toBe(0);
    const [shown] = /^```text\n([\s\S]*?)^```$/m.exec(page)?.slice(1) ?? [];
    expect(run(folder, 'explain', 'Database', 'region-loss', '--app', assembly).stdout).toBe(shown);
  }, 60_000);

  test('names every choice of --fail-on', () => {
    expect([...page.matchAll(/^\| `(\w+)` \| /gm)].map(([, choice]) => choice)).toEqual(['broken', 'doubtful', 'unprotected']);
  });
});

describe('input that cannot be read', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'no cloud assembly',
      {},
      /there is no recovery-report\.json below 'cdk\.out': run 'npx cdk synth' first; report and explain take another folder with --app/,
    ],
    ['an assembly without a report', { 'cdk.out/manifest.json': {} }, /there is no recovery-report\.json/],
    [
      'broken JSON',
      { 'cdk.out/recovery-report.json': '{"version": 1,' },
      /recovery-report\.json' is not JSON \(.+\): run 'npx cdk synth' again/,
    ],
    ['an empty file', { 'cdk.out/recovery-report.json': '' }, /is not JSON/],
    ['something else', { 'cdk.out/recovery-report.json': '[]' }, /is not a recovery report/],
    ['nothing at all', { 'cdk.out/recovery-report.json': 'null' }, /is not a recovery report/],
    [
      'a later version',
      { 'cdk.out/recovery-report.json': { ...kept, version: 2 } },
      /has version 2 and this command reads version 1: run the command of the cdk-recovery that wrote it/,
    ],
    ['a report with a part missing', { 'cdk.out/recovery-report.json': { ...kept, resources: undefined } }, /is incomplete/],
  ])('fails for %s', (_case, files, message) => {
    for (const command of [['report'], ['explain', 'Database']]) {
      const ran = run(project(files), ...command);
      expect(ran).toMatchObject({ status: 2, stdout: '' });
      expect(ran.stderr).toMatch(message);
      expect(ran.stderr.trim()).not.toContain('\n');
    }
  });
});

describe('usage', () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

  test.each([
    ['--version', 0, version],
    ['--help', 0, 'Exit codes:'],
    ['help report', 0, '--fail-on'],
    ['', 0, 'Commands:'],
  ])("'%s' explains itself", (args, status, text) => {
    const ran = run(folder, ...args.split(' ').filter(Boolean));
    expect({ status: ran.status, text: ran.stdout + ran.stderr }).toEqual({ status, text: expect.stringContaining(text) });
  });

  test.each([
    ['an unknown command', 'repart', /unknown command 'repart'\s+\(Did you mean report\?\)/],
    ['an unknown format', 'report --format xml', /Allowed choices are text, markdown, json, svg/],
    ['an unknown outcome', 'report --fail-on sad', /'sad' is none of broken, doubtful, unprotected/],
    ['a missing resource', 'explain', /missing required argument 'resource'/],
    ['too many arguments', 'doctor now', /too many arguments/],
  ])('fails for %s', (_case, args, message) => {
    const ran = run(folder, ...args.split(' '));
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(message);
  });
});

describe('doctor', () => {
  /** A project whose installed packages are manifests only, which is all that the doctor reads. */
  const installed = (versions: Readonly<Record<string, unknown>>, files: Readonly<Record<string, unknown>> = {}): string =>
    project({
      'cdk.json': { app: 'npx tsx app.ts' },
      'cdk.out/recovery-report.json': kept,
      ...Object.fromEntries(
        Object.entries({ 'aws-cdk-lib': '2.276.0', constructs: '10.8.1', 'aws-cdk': '2.1148.1', typescript: '6.0.3', ...versions }).map(
          ([name, manifest]) => [
            `node_modules/${name}/package.json`,
            typeof manifest === 'string' ? { version: manifest } : (manifest ?? 'not installed'),
          ],
        ),
      ),
      ...files,
    });

  test('finds nothing to say about a healthy project', () => {
    const { status, stdout } = run(installed({}), 'doctor');
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok '))).toEqual([]);
    expect(status).toBe(0);
  });

  const schema = '@aws-cdk/cloud-assembly-schema';
  test.each<[string, string, RegExp, number]>([
    [
      'an aws-cdk-lib that is too old',
      installed({ 'aws-cdk-lib': '2.100.0' }),
      /FAULT +aws-cdk-lib 2\.100\.0 does not fit: npm install aws-cdk-lib@\^2\./,
      1,
    ],
    ['an aws-cdk-lib of the next major version', installed({ 'aws-cdk-lib': '3.0.0' }), /FAULT +aws-cdk-lib 3\.0\.0 does not fit/, 1],
    ['no constructs', installed({ constructs: undefined }), /FAULT +constructs is not installed/, 1],
    ['the stray version 3 of the CLI', installed({ 'aws-cdk': '3.0.0' }), /FAULT +aws-cdk 3\.0\.0 cannot read the assemblies/, 1],
    [
      'a CLI that is older than the schema of the library',
      installed({
        'aws-cdk': { version: '2.1000.0', devDependencies: { [schema]: '>=40.0.0' } },
        'aws-cdk-lib': { version: '2.276.0', dependencies: { [schema]: '^55.3.0' } },
      }),
      /FAULT +aws-cdk 2\.1000\.0 cannot read the assemblies/,
      1,
    ],
    ['no CLI', installed({ 'aws-cdk': undefined }), /warning +aws-cdk is not installed here/, 0],
    [
      'ts-node with TypeScript 7',
      installed({ typescript: '7.0.2' }, { 'cdk.json': { app: 'ts-node -T bin/app.ts' } }),
      /FAULT +ts-node cannot load TypeScript 7\.0\.2: run the app with tsx/,
      1,
    ],
    [
      'ts-node that type-checks',
      installed({}, { 'cdk.json': { app: 'npx ts-node --prefer-ts-exts bin/app.ts' } }),
      /warning +ts-node type-checks on every synth/,
      0,
    ],
    ['no cdk.json', installed({}, { 'cdk.json': undefined }), /warning +there is no cdk\.json/, 0],
    [
      'no report',
      installed({}, { 'cdk.json': { app: 'tsx app.ts', output: 'elsewhere' } }),
      /warning +there is no recovery-report\.json below '.*elsewhere'/,
      0,
    ],
    [
      'something unprotected',
      installed({}, { 'cdk.out/recovery-report.json': uncovered }),
      /warning +the recovery report lists 1 unprotected/,
      0,
    ],
  ])('sees %s', (_case, root, message, status) => {
    const ran = run(root, 'doctor');
    expect(ran.stdout).toMatch(message);
    expect(ran.status).toBe(status);
  });

  test.each([
    ['ts-node -T app.ts', {}],
    ['npx ts-node --transpile-only app.ts', {}],
    ['ts-node app.ts', { 'tsconfig.json': '{ "ts-node": { "transpileOnly": true } } // comment' }],
  ])('is content with %s', (app, files) => {
    expect(run(installed({}, { 'cdk.json': { app }, ...files }), 'doctor').stdout).not.toMatch(/warning|FAULT/);
  });

  test('fails for a cdk.json that is not JSON', () => {
    expect(run(installed({}, { 'cdk.json': '{' }), 'doctor')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/cdk\.json' is not JSON \(.+\): repair it/),
    });
  });
});
