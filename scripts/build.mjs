// Compiles lib/ with jsii to build/ and .jsii, then bundles the library and the command into one file each: a user loads 2 files
// instead of 200, and needs no package but the peers.
import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleHandlers } from './bundle-handlers.mjs';
import { licensesOf } from './licenses.mjs';
import { root, run } from './run.mjs';

process.chdir(root);
await bundleHandlers();
rmSync('build', { recursive: true, force: true });
// The lowest peers are tested by check-lowest-peers.mjs, not by developing against them.
run('jsii', ['--silence-warnings=reserved-word', '--silence-warnings=missing-dev-dependency']);

const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', metafile: true, logLevel: 'warning' };
const library = await build({
  ...common,
  entryPoints: ['build/index.js'],
  outfile: 'build/index.js',
  allowOverwrite: true,
  external: ['aws-cdk-lib', 'constructs'],
});
const command = await build({
  ...common,
  entryPoints: ['bin/cdk-recovery.ts'],
  outfile: 'build/cli.js',
  banner: { js: '#!/usr/bin/env node' },
});
chmodSync('build/cli.js', 0o755);

for (const file of readdirSync('build', { recursive: true }).filter((path) => path.includes('/') && path.endsWith('.js'))) {
  rmSync(join('build', file));
}
writeFileSync('build/THIRD-PARTY-LICENSES', licensesOf([library.metafile, command.metafile]));
