// Compiles lib/ with jsii to build/ and .jsii, then bundles the library into a few files and the command into one: a user loads 4
// files instead of 200, and needs no package but the peers.
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleHandlers } from './bundle-handlers.mjs';
import { bundleLibrary } from './bundle-library.mjs';
import { licensesOf } from './licenses.mjs';
import { root, run } from './run.mjs';

process.chdir(root);
await bundleHandlers();
rmSync('build', { recursive: true, force: true });
// The lowest peers are tested by check-lowest-peers.mjs, not by developing against them.
run('jsii', ['--silence-warnings=reserved-word', '--silence-warnings=missing-dev-dependency']);

for (const file of readdirSync('build', { recursive: true }).filter((path) => path.endsWith('.js'))) {
  rmSync(join('build', file));
}
const library = await bundleLibrary();
const command = await build({
  entryPoints: ['bin/cdk-recovery.ts'],
  outfile: 'build/cli.js',
  banner: { js: '#!/usr/bin/env node' },
  bundle: true,
  // the clients of AWS in it, which only few commands need, are large
  minify: true,
  mainFields: ['module', 'main'],
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  metafile: true,
  logLevel: 'warning',
});
chmodSync('build/cli.js', 0o755);
writeFileSync('build/THIRD-PARTY-LICENSES', licensesOf([library, command.metafile]));
