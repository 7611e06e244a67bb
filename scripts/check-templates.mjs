// Synthesises the demo and every example with CDK's validation on, under ts-node and again under tsx, compares the two, and
// runs cfn-lint on the templates. Without cfn-lint it says so; in CI that is a failure.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';
import { root, run } from './run.mjs';

const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
const apps = { demo: 'bin/demo.ts', examples: 'scripts/examples-app.cjs' };
const folder = mkdtempSync(join(tmpdir(), 'templates-'));
const templates = [];
let failures = 0;

ensureBuilt();
try {
  // ts-node finds the package by its name only where it is installed; tsx follows the paths of tsconfig.json to its sources.
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'cdk-recovery'));
  for (const [name, app] of Object.entries(apps)) {
    const [first, second] = ['ts-node -T', 'tsx'].map((runner) => synthesise(app, runner, join(folder, runner.split(' ')[0], name)));
    const differing = Object.keys({ ...first, ...second }).filter((file) => first[file] !== second[file]);
    console.log(`${differing.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${Object.keys(first).length} files, the same under ts-node and tsx`);
    for (const file of differing) {
      console.error(`     ${file} differs`);
    }
    failures += differing.length;
    templates.push(...templatesBelow(join(folder, 'ts-node', name)));
  }
  lint();
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;

/** Runs an app as the CDK CLI does; answers the text of every file that a deployment reads. */
function synthesise(app, runner, outdir) {
  const [command, ...args] = runner.split(' ');
  run(command, [...args, app], {
    quiet: true,
    env: { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context), NODE_PATH: join(folder, 'node_modules') },
  });
  const files = readdirSync(outdir, { recursive: true }).filter((file) => /(template|assets|manifest|recovery-report)\.json$/.test(file));
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(join(outdir, file), 'utf8')]));
}

/** Every template of an assembly and of the assemblies nested in it, with the Region it is deployed to. */
function templatesBelow(outdir) {
  const { artifacts } = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
  const nested = readdirSync(outdir).filter((file) => file.endsWith('.nested.template.json'));
  return [
    ...nested.map((file) => ({ path: join(outdir, file) })),
    ...Object.values(artifacts).flatMap(({ type, environment, properties }) => {
      if (type === 'cdk:cloud-assembly') {
        return templatesBelow(join(outdir, properties.directoryName));
      }
      return type === 'aws:cloudformation:stack'
        ? [{ path: join(outdir, properties.templateFile), region: environment.split('/').at(-1) }]
        : [];
    }),
  ];
}

/** W3010 asks for look-ups of Availability Zones, which an example that anybody can synthesise cannot have. */
function lint() {
  if (spawnSync('cfn-lint', ['--version']).error) {
    console.error("cfn-lint is not installed: pip install 'cfn-lint==1.51.0'");
    failures += process.env.CI === 'true' ? 1 : 0;
    return;
  }
  const byRegion = new Map();
  for (const template of templates) {
    byRegion.set(template.region, [...(byRegion.get(template.region) ?? []), template]);
  }
  for (const [region, group] of byRegion) {
    const regions = region === undefined || region === 'unknown-region' ? [] : ['--regions', region];
    const { status, stdout, stderr } = spawnSync(
      'cfn-lint',
      ['--non-zero-exit-code', 'error', '--ignore-checks', 'W3010', ...regions, '--', ...group.map(({ path }) => path)],
      {
        encoding: 'utf8',
      },
    );
    console.log(`${status === 0 ? 'ok  ' : 'FAIL'} cfn-lint: ${group.length} templates${regions.length > 0 ? ` for ${region}` : ''}`);
    if (stdout.trim() || stderr.trim()) {
      console.log(`${stdout}${stderr}`.replaceAll(folder, ''));
    }
    failures += status === 0 ? 0 : 1;
  }
}
