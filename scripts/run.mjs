import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a command of node_modules/.bin or of the system and answers what it wrote; ends this process when it fails.
 * A quiet command is only heard when it fails.
 */
export function run(command, args, { quiet = false, ...options } = {}) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
    env: {
      ...process.env,
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
      ...options.env,
    },
  });
  if (error || status !== 0) {
    process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
    console.error(`${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ` with exit code ${status}`}`);
    process.exit(status || 1);
  }
  return stdout;
}
