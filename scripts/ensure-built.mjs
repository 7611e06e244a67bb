import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

/** Builds unless `build/` is newer than every source of it. */
export function ensureBuilt() {
  const built = join(root, 'build', 'cli.js');
  const sources = ['lib', 'bin'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => join(root, folder, file)),
  );
  const newest = Math.max(
    ...[...sources, join(root, 'package.json'), join(root, 'tsconfig.jsii.json')].map((file) => statSync(file).mtimeMs),
  );
  if (!existsSync(built) || !existsSync(join(root, '.jsii')) || statSync(built).mtimeMs < newest) {
    run('node', ['scripts/build.mjs']);
  }
}

if (process.argv[1] === import.meta.filename) {
  ensureBuilt();
}
