import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder of a bundled handler: beside build/ in the package, beside lib/ in the sources. The only reader of `assets/`, where handlers and
 * the keeper lie bundled with their SDK clients.
 */
export function assetOf(handler: string): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const asset = join(folder, 'assets', handler);
    if (existsSync(join(asset, 'index.js'))) {
      return asset;
    }
    if (folder === dirname(folder)) {
      throw new Error(`the bundled handler '${handler}' is missing: run 'npm run prepare'`);
    }
  }
}
