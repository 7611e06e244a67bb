// Compiles lib/ with jsii to build/ and .jsii, then bundles the library and the command into one file each: a user loads 2 files
// instead of 200, and needs no package but the peers.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root, run } from './run.mjs';

process.chdir(root);
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

/** Name and licence of each package that a bundle contains. */
function licensesOf(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(
    inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter((folder) => folder !== undefined),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((path) => /^licen[cs]e/i.test(path) && existsSync(join(folder, path)));
      return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
