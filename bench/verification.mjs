// Compares a full verification of a PostgreSQL database - counts, foreign keys, corruption, every row read - with reading the
// same database once by pg_dump, over as many connections, to a folder in memory. Both take turns on one real server.
//   --megabytes N   size of the database (default 1000, for which the promise is made)
//   --runs N        rounds in which each of the three runs once (default 5); what counts is the median of the ratios of a round
//   --json FILE     writes every number to FILE
// Ends with exit code 1 when a gate fails. Needs a PostgreSQL server on PATH, or in PGBIN.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { require as requireTypeScript } from 'tsx/cjs/api';
import { bundleOptions } from '../scripts/bundle-handlers.mjs';
import { root } from '../scripts/run.mjs';

/** Connections of both. */
const CONNECTIONS = 2;
const MEGABYTES_OF_A_MILLION_ROWS = 130;
/** Not slower than pg_dump as it comes, which compresses what it writes. */
const AT_MOST = 1;
/**
 * Against pg_dump that does not compress. A verification reads tables twice, once by amcheck, and large indexes twice - their
 * structure and their entries - where pg_dump reads tables once and no index. Measured at 1000 MB: 0.99; smaller databases, and a machine
 * that is busy, give more.
 */
const AT_MOST_OF_READING = 1.15;
const MAX_MEGABYTES = 512;
const TICKS_OF_A_SECOND = 100;

const { values } = parseArgs({
  options: { megabytes: { type: 'string', default: '1000' }, runs: { type: 'string', default: '5' }, json: { type: 'string' } },
});
const { makeCertificates, PostgresServer } = requireTypeScript('../test/integ/fixtures/postgres-server.ts', import.meta.filename);

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bench-verification-'));
chmodSync(folder, 0o777);
const certificates = makeCertificates('localhost');
const server = await PostgresServer.start(certificates, ['shared_buffers = 1GB']);
const times = { verification: [], plainDump: [], dump: [] };
/** Seconds that processors were at work, of server and client: other work on the machine hardly changes them. */
const work = { verification: [], plainDump: [], dump: [] };
let memory = 0;
let size;
try {
  server.loadSample('shop', Number(values.megabytes) / MEGABYTES_OF_A_MILLION_ROWS);
  server.sql('postgres', "create role checker login password 'secret'; grant pg_read_all_data to checker");
  server.sql('shop', 'create extension amcheck; grant execute on all functions in schema public to checker');
  size = Number(server.sql('shop', "select pg_database_size('shop')")) / 2 ** 20;
  const script = await verifier();
  for (let run = 0; run < Number(values.runs); run++) {
    const { ms, megabytes } = atWork('verification', () => verify(script));
    times.verification.push(ms);
    memory = Math.max(memory, megabytes);
    times.plainDump.push(atWork('plainDump', () => dump('--compress=0')));
    times.dump.push(atWork('dump', () => dump()));
  }
} finally {
  server.remove();
  rmSync(folder, { recursive: true, force: true });
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const seconds = (name) => (median(times[name]) / 1000).toFixed(2);
// both of a round meet the same load of the machine
const against = (name) => median(times.verification.map((ms, round) => ms / times[name][round]));
console.log(`${size.toFixed(0)} MB, ${cpus().length} cores, ${CONNECTIONS} connections, ${values.runs} rounds`);
console.log(`verification ${seconds('verification')} s, at most ${memory.toFixed(0)} MB in the function`);
console.log(`pg_dump -Fd -j${CONNECTIONS} ${seconds('dump')} s, without compression ${seconds('plainDump')} s`);
if (existsSync('/proc/self/stat')) {
  const [ours, plain] = ['verification', 'plainDump'].map((name) => median(work[name]));
  console.log(`at work for ${ours.toFixed(2)} s, pg_dump without compression ${plain.toFixed(2)} s: ${(ours / plain).toFixed(3)}`);
}
const gates = [
  ['verification against pg_dump', against('dump'), AT_MOST],
  ['verification against pg_dump without compression', against('plainDump'), AT_MOST_OF_READING],
  ['megabytes of the function', memory, MAX_MEGABYTES],
];
for (const [name, value, limit] of gates) {
  console.log(`${value <= limit ? 'ok  ' : 'FAIL'} ${name}: ${Number(value.toFixed(3))}, at most ${limit}`);
}
if (values.json) {
  writeFileSync(values.json, `${JSON.stringify({ megabytes: size, connections: CONNECTIONS, times, work, memory }, undefined, 2)}\n`);
}
process.exitCode = gates.every(([, value, limit]) => value <= limit) ? 0 : 1;

/** A script that verifies once and says how long it took, and how much memory. */
async function verifier() {
  const input = {
    version: 1,
    test: { recoveryPointMs: Date.now() },
    baselines: {},
    target: {
      engine: 'postgres',
      endpoint: { host: 'localhost', port: server.port },
      database: { secretArn: 'secret', caPem: certificates.caPem },
    },
    checks: [
      { kind: 'connection', name: 'connection' },
      { kind: 'foreign-keys', name: 'foreign keys' },
      { kind: 'corruption', name: 'corruption' },
      { kind: 'row-count', name: 'orders', table: 'sales.orders' },
      { kind: 'row-count', name: 'order lines', table: 'sales.order_lines' },
    ],
  };
  const entry = join(folder, 'verify.ts');
  writeFileSync(
    entry,
    `import { checkPostgres } from ${JSON.stringify(join(root, 'lib/handlers/check-postgres/check-postgres.ts'))};
     const login = JSON.stringify({ username: 'checker', password: 'secret', dbname: 'shop' });
     const ports = { now: Date.now, remainingMs: () => 900_000, connections: ${CONNECTIONS}, secrets: () => async () => login };
     const start = performance.now();
     checkPostgres(${JSON.stringify(input)} as never, ports).then(({ results }) => {
       const ms = performance.now() - start;
       process.stdout.write(JSON.stringify({ ms, megabytes: process.resourceUsage().maxRSS / 1024, results }));
     });`,
  );
  const script = join(folder, 'verify.js');
  await build({ ...bundleOptions(entry, script), nodePaths: [join(root, 'node_modules')] });
  return script;
}

function verify(script) {
  const { ms, megabytes, results } = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }));
  const wrong = results.filter(({ status }) => status !== 'passed');
  if (wrong.length > 0) {
    throw new Error(`an undamaged database did not pass: ${JSON.stringify(wrong)}`);
  }
  if (process.env.DEBUG) {
    console.log(results.map(({ name, durationMs, found }) => `${name} ${durationMs} ms: ${found}`).join('\n'));
  }
  return { ms, megabytes };
}

/** Keeps what server and client were at work for, where the system tells that of processes that have ended. */
function atWork(name, run) {
  const ticks = () =>
    [process.pid, readFileSync(join(server.data, 'postmaster.pid'), 'utf8').split('\n')[0]].map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return Number(fields[13]) + Number(fields[14]);
    });
  if (!existsSync('/proc/self/stat')) {
    return run();
  }
  const before = ticks();
  const result = run();
  // processes of the server end a moment after their clients
  spawnSync('sleep', ['0.3']);
  work[name].push(ticks().reduce((sum, now, at) => sum + (now - before[at]) / TICKS_OF_A_SECOND, 0));
  return result;
}

/** Milliseconds of one dump. */
function dump(...options) {
  const target = join(folder, 'dump');
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  const [command, ...rest] = [...asUser, 'pg_dump', ...server.client('shop'), '-Fd', `-j${CONNECTIONS}`, ...options, '-f', target];
  const start = performance.now();
  const { status, stderr } = spawnSync(command, rest, { cwd: '/', encoding: 'utf8' });
  const ms = performance.now() - start;
  rmSync(target, { recursive: true, force: true });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return ms;
}
