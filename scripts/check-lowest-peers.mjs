// Synthesises every example with the packed package and the lowest version of each peer that package.json allows.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from './ensure-built.mjs';
import { root, run } from './run.mjs';

const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lowest = Object.entries(peerDependencies).map(([name, range]) => `${name}@${range.replace(/^\^/, '')}`);
const folder = mkdtempSync(join(tmpdir(), 'lowest-'));

ensureBuilt();
try {
  const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], { quiet: true }));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline', '--save-exact', ...lowest, join(folder, filename)],
    { cwd: folder },
  );
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  cpSync(join(root, 'scripts/examples-app.cjs'), join(folder, 'scripts/examples-app.cjs'));
  run('tsx', ['scripts/examples-app.cjs'], {
    cwd: folder,
    env: { CDK_OUTDIR: join(folder, 'cdk.out'), CDK_VALIDATION: 'false' },
    quiet: true,
  });
  const { resources } = JSON.parse(readFileSync(join(folder, 'cdk.out/recovery-report.json'), 'utf8'));
  console.log(`ok   ${lowest.join(', ')}: ${resources.length} resources of the examples are protected`);
} finally {
  rmSync(folder, { recursive: true });
}
