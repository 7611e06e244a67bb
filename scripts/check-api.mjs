// Writes API.md from the compiled API (.jsii); with --check fails when it is stale or when the API breaks the last release.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const check = process.argv.includes('--check');
const released = join(root, 'api', 'released.jsii');

if (!existsSync(join(root, '.jsii'))) {
  console.error("there is no .jsii: run 'npm run build' first");
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'api-'));
const output = check ? join(folder, 'API') : join(root, 'API');
run('jsii-docgen', ['--output', output]);
const stale =
  check && (!existsSync(join(root, 'API.md')) || readFileSync(`${output}.md`, 'utf8') !== readFileSync(join(root, 'API.md'), 'utf8'));
rmSync(folder, { recursive: true });
if (stale) {
  console.error("API.md is stale: run 'npm run build && npm run api' and commit it");
  process.exit(1);
}

// The API of the last release; CONTRIBUTING.md says how it gets there. jsii-diff reads packages, and finds what they
// depend on in the folders above them.
if (check && existsSync(released)) {
  const former = mkdtempSync(join(root, 'build', 'released-'));
  copyFileSync(released, join(former, '.jsii'));
  copyFileSync(join(root, 'package.json'), join(former, 'package.json'));
  process.on('exit', () => rmSync(former, { recursive: true }));
  run('jsii-diff', ['--error-on', 'all', former, root]);
}
