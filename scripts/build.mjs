// Compiles lib/ with jsii to build/ and .jsii, then bundles the command into the one executable file build/cli.js.
import { chmodSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { root, run } from './run.mjs';

process.chdir(root);
rmSync('build', { recursive: true, force: true });
// The lowest peers are tested by check-lowest-peers.mjs, not by developing against them.
run('jsii', ['--silence-warnings=reserved-word', '--silence-warnings=missing-dev-dependency']);

await build({
  entryPoints: ['bin/cdk-recovery.ts'],
  outfile: 'build/cli.js',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifySyntax: true,
  legalComments: 'eof',
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
chmodSync('build/cli.js', 0o755);
