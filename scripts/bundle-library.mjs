import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { root } from './run.mjs';

/**
 * What is loaded together: an app that protects a table pays for no replication and no watcher. What several of these need
 * becomes a file of its own.
 */
const PARTS = {
  basis: [
    "export * from './lib/core'",
    "export { Disruption } from './lib/model/disruption'",
    "export * from './lib/protection'",
    "export * from './lib/vault'",
  ],
  observability: ["export * from './lib/observability'"],
  recovery: ["export * from './lib/recovery'"],
  replication: ["export * from './lib/replication'"],
  'self-managed': ["export * from './lib/self-managed'"],
  verification: ["export * from './lib/verification'"],
};

/** Bundles the sources into a few files of CommonJS in the folder `build`, and an index that loads each when it is needed. */
export async function bundleLibrary() {
  const { outputFiles, metafile } = await build({
    entryPoints: Object.keys(PARTS).map((part) => ({ in: `part:${part}`, out: part })),
    outdir: 'build/parts',
    bundle: true,
    write: false,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    chunkNames: 'shared-[hash]',
    external: ['aws-cdk-lib', 'constructs'],
    plugins: [parts, runtimeTypes()],
    metafile: true,
    logLevel: 'warning',
  });
  mkdirSync(join(root, 'build', 'parts'));
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, { format: 'cjs', target: 'node20', platform: 'node' });
    writeFileSync(path, requiredOnce(code));
  }
  writeFileSync(join(root, 'build', 'index.js'), indexOf(Object.keys(PARTS)));
  return metafile;
}

/** A package is asked for once in a file, and not once for each source in it: that alone took a fifth of the time to load. */
function requiredOnce(code) {
  const first = new Map();
  return code.replaceAll(/^var (\w+) = require\("([^"]+)"\);$/gm, (line, variable, id) => {
    const known = first.get(id);
    first.set(id, known ?? variable);
    return known === undefined ? line : `var ${variable} = ${known};`;
  });
}

/** The sources that make up one part. */
const parts = {
  name: 'parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^part:/ }, ({ path }) => ({ path: path.slice('part:'.length), namespace: 'part' }));
    onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
      contents: PARTS[path].join('\n'),
      resolveDir: root,
    }));
  },
};

/** The name by which jsii and CDK's construct metadata know a class: jsii writes it into what it compiles, and so do we. */
function runtimeTypes() {
  const { types, version } = JSON.parse(readFileSync(join(root, '.jsii'), 'utf8'));
  const classes = Object.values(types).filter(({ kind }) => kind === 'class');
  return {
    name: 'runtime-types',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => {
        const named = classes.filter(({ locationInModule }) => locationInModule.filename === relative(root, path));
        const tags = named.map(({ name, fqn }) => `(${name} as any)[Symbol.for('jsii.rtti')] = ${JSON.stringify({ fqn, version })};`);
        return { contents: [readFileSync(path, 'utf8'), ...tags].join('\n'), loader: 'ts' };
      });
    },
  };
}

/** Names are assigned first, since that is how Node finds them for `import` of CommonJS; each is loaded when it is asked for. */
function indexOf(names) {
  const load = createRequire(join(root, 'index.js'));
  const exported = names
    .flatMap((part) => Object.keys(load(`./build/parts/${part}.js`)).map((name) => [name, part]))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    '"use strict";',
    'Object.defineProperty(exports, "__esModule", { value: true });',
    ...exported.map(([name]) => `exports.${name} = void 0;`),
    // by a function: a getter beside the name would make Node doubt that it is safe to read
    'const lazy = (name, get) => Object.defineProperty(exports, name, { enumerable: true, configurable: true, get });',
    ...exported.map(([name, part]) => `lazy("${name}", () => require("./parts/${part}.js").${name});`),
    '',
  ].join('\n');
}
