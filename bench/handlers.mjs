// Compares the cold import of every bundled handler with that of a bare handler which loads the same SDK clients: what is
// above it is ours.
//   --runs N     interleaved runs of each (default 25; up to 4 times as many while a fastest run stands alone)
//   --json FILE  writes every number to FILE
// Ends with exit code 1 when a gate fails.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions, ensureBundled, handlerNames } from '../scripts/bundle-handlers.mjs';
import { root } from '../scripts/run.mjs';

/** A handler may take this much longer to load than its SDK clients alone. */
const AT_MOST = 1.25;
const MAX_BYTES = 700_000;
/** A fastest run is believed once another came as near as this. */
const CONFIRMED_WITHIN = 1.03;
const PATIENCE = 4;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '25' }, json: { type: 'string' } } });
const runs = Number(values.runs);
const folder = mkdtempSync(join(tmpdir(), 'bench-handlers-'));
const results = [];

try {
  await ensureBundled();
  for (const name of handlerNames()) {
    const bundle = join(root, 'assets', name, 'index.js');
    const bare = join(folder, `${name}.js`);
    const entry = join(folder, `${name}.ts`);
    writeFileSync(entry, await bareHandler(name));
    await build({ ...bundleOptions(entry, bare), nodePaths: [join(root, 'node_modules')] });
    const [ours, theirs] = fastest([bundle, bare]);
    results.push({ name, bytes: statSync(bundle).size, bareBytes: statSync(bare).size, ms: ours, bareMs: theirs, ratio: ours / theirs });
  }
} finally {
  rmSync(folder, { recursive: true });
}

let failed = false;
for (const { name, bytes, bareBytes, ms, bareMs, ratio } of results) {
  console.log(`${name}: ${bytes} bytes (bare ${bareBytes}), ${ms.toFixed(1)} ms to load (bare ${bareMs.toFixed(1)} ms)`);
  gate(`${name}: cold import against its SDK clients alone`, ratio, AT_MOST);
  gate(`${name}: bytes`, bytes, MAX_BYTES);
}
if (values.json) {
  writeFileSync(values.json, `${JSON.stringify({ runs, results }, undefined, 2)}\n`);
}
process.exitCode = failed ? 1 : 0;

function gate(name, value, limit) {
  const holds = value <= limit;
  failed ||= !holds;
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}: ${Number(value.toFixed(3))}, at most ${limit}`);
}

/** A handler that does nothing but load the clients, commands and drivers that the real one loads. */
async function bareHandler(name) {
  const options = bundleOptions(join(root, 'lib', 'handlers', name, 'index.ts'), join(folder, 'inputs.js'));
  const { metafile } = await build({ ...options, write: false });
  const byPackage = new Map();
  for (const file of Object.keys(metafile.inputs).filter((path) => path.startsWith('lib/'))) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, names, from] of text.matchAll(/^import \{([^}]+)\} from '((?!node:)[^.'][^']*)';/gm)) {
      const used = names.split(',').map((one) => one.trim());
      const known = byPackage.get(from) ?? new Set();
      for (const one of used.filter((word) => word !== '' && !word.startsWith('type '))) {
        known.add(one);
      }
      byPackage.set(from, known);
    }
  }
  const imports = [...byPackage].map(([from, names]) => `import { ${[...names].join(', ')} } from '${from}';`);
  const all = [...byPackage.values()].flatMap((names) => [...names].map((one) => one.split(' as ').at(-1)));
  return `${imports.join('\n')}\nexport const handler = async () => [${all.join(', ')}].length;\n`;
}

/** Milliseconds of the fastest load of each file, in processes that take turns. */
function fastest(files) {
  const times = files.map(() => []);
  const believed = () =>
    times.every((list) => {
      const [first, second] = [...list].sort((a, b) => a - b);
      return second <= first * CONFIRMED_WITHIN;
    });
  for (let run = 0; run < runs || (run < PATIENCE * runs && !believed()); run++) {
    for (let turn = 0; turn < files.length; turn++) {
      const index = (run + turn) % files.length;
      times[index].push(load(files[index]));
    }
  }
  return times.map((list) => Math.min(...list));
}

function load(file) {
  const script = `const start = process.hrtime.bigint(); require(${JSON.stringify(file)}); process.stdout.write(String(process.hrtime.bigint() - start));`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${file} cannot be loaded:\n${stderr}`);
  }
  return Number(stdout) / 1e6;
}
