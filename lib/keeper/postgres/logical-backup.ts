import { mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { type BackupManifest, backupId, type StoredObject, tooSmall, type Verified } from '../../model/self-managed';
import { inParallel } from '../in-parallel';
import { Refused } from '../refused';
import type { Repository } from '../repository';
import { runTool } from '../run-tool';
import { connect, type PostgresLogin, toolLogin } from './server';
import { type ExpectedTable, verifyDump } from './verify-dump';

/** What is backed up, and how. */
export interface LogicalBackupSettings {
  readonly source: string;
  readonly login: PostgresLogin;
  /** A folder with room for the dump. */
  readonly scratch: string;
  /** Tables that are read at once. */
  readonly jobs: number;
  /** Whether a dump counts that is much smaller than the last one. */
  readonly mayShrink?: boolean;
}

/** What a backup needs of the world. */
export interface BackupPorts {
  readonly repository: Repository;
  readonly now: () => number;
  readonly random: () => number;
  readonly signal?: AbortSignal;
  /** Tells how far it is. */
  readonly tell: (event: string, details?: Readonly<Record<string, unknown>>) => void;
}

const UPLOADS: readonly number[] = [0, 1, 2, 3];
/** Data without indexes, packed, need less room than the database takes. */
const ROOM = 0.8;

interface Found {
  readonly version: number;
  readonly words: string;
  readonly bytes: number;
  readonly consistentMs: number;
  readonly snapshot: string;
  readonly tables: readonly ExpectedTable[];
}

/**
 * Dumps a database by pg_dump, looks at the whole dump, and publishes it: a backup that is not right never becomes one. Everything is of
 * one moment: the list of tables that the dump is compared with is read in its snapshot.
 */
export async function backUpLogically(settings: LogicalBackupSettings, ports: BackupPorts): Promise<BackupManifest> {
  const { login, scratch, source, jobs } = settings;
  const { repository, tell, signal } = ports;
  const startedMs = ports.now();
  const id = backupId(startedMs, ports.random());
  const folder = await mkdtemp(join(scratch, 'backup-'));
  const tools = await toolLogin(login, folder);
  const tool = { env: tools.env, signal, onLine: (line: string) => tell('tool', { line }) };
  const dump = join(folder, 'dump');
  const client = await connect(login);
  try {
    const toolWords = (await runTool('pg_dump', ['--version'], tool)).trim();
    const last = await repository.manifest();
    const found = await look(client, ports.now);
    requireNewEnough(toolWords, found);
    await requireRoom(folder, found.bytes);
    tell('dump', { id, server: found.words, bytes: found.bytes, tables: found.tables.length });
    await runTool('pg_dump', dumpArguments({ database: login.database, dump, jobs, snapshot: found.snapshot }), tool);
    const globals = await runTool('pg_dumpall', ['--globals-only', '--no-role-passwords', '--database', login.database], tool);
    await writeFile(join(dump, 'globals.sql'), globals, { mode: 0o600 });
    await client.query('commit');
    const verified = await verifyDump(dump, found.tables, tool);
    tell('verified', { id, verified });
    const objects = await sendAll(id, dump, ports);
    const manifest = { ...manifestOf(settings, found, toolWords, objects, verified), id, startedMs, endedMs: ports.now() };
    const objection = settings.mayShrink ? undefined : tooSmall(last, total(objects));
    if (objection !== undefined) {
      throw new Refused('verify', `backup ${id} of ${source} is not published: ${objection}`);
    }
    await repository.publish(manifest);
    tell('published', { id, bytes: total(objects) });
    return manifest;
  } finally {
    await client.end().catch(() => {});
    await tools.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everything that is compared with the dump is read in the snapshot that it is made of. */
async function look(client: Client, now: () => number): Promise<Found> {
  await client.query('begin isolation level repeatable read read only');
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as words,
            pg_database_size(current_database())::float8 as bytes, pg_export_snapshot() as snapshot,
            (select coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname)), '[]')
               from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema')
                and n.nspname !~ '^pg_(toast|temp)'
                and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')) as tables`,
  );
  const [{ version, words, bytes, snapshot, tables }] = rows;
  return { version, words: `PostgreSQL ${words}`, bytes, snapshot, tables, consistentMs: now() };
}

/** pg_dump refuses a server that is newer than itself, but says so only halfway through. */
function requireNewEnough(tool: string, { version, words }: Found): void {
  const major = Number(/\b(\d+)(?:\.\d+)*\b/.exec(tool)?.[1]);
  const needed = Math.floor(version / 10_000);
  if (!(major >= needed)) {
    throw new Refused('look', `the server is ${words}, and '${tool}' cannot dump it: install pg_dump ${needed} or newer`);
  }
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < bytes * ROOM) {
    throw new Refused(
      'look',
      `'scratch' has ${free} bytes free, and a database of ${bytes} bytes may take ${Math.ceil(bytes * ROOM)}: give it more room`,
    );
  }
}

function dumpArguments({ database, dump, jobs, snapshot }: { database: string; dump: string; jobs: number; snapshot: string }): string[] {
  return [
    '--format=directory',
    `--file=${dump}`,
    `--jobs=${jobs}`,
    `--snapshot=${snapshot}`,
    '--compress=1',
    '--no-password',
    '--lock-wait-timeout=300000',
    `--dbname=${database}`,
  ];
}

async function sendAll(id: string, dump: string, { repository, tell }: BackupPorts): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  await inParallel((await readdir(dump)).sort(), UPLOADS, async (name) => {
    const object = await repository.send(id, name, join(dump, name));
    objects.push(object);
    tell('sent', { id, ...object });
  });
  return objects.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function manifestOf(
  { source }: LogicalBackupSettings,
  { words, bytes, tables, consistentMs }: Found,
  tool: string,
  objects: readonly StoredObject[],
  verified: readonly Verified[],
): Omit<BackupManifest, 'id' | 'startedMs' | 'endedMs'> {
  return {
    version: 1,
    source,
    engine: 'postgresql',
    form: 'logical',
    kind: 'full',
    consistentMs,
    server: words,
    tool,
    sourceBytes: bytes,
    tables: tables.length,
    objects,
    verified,
  };
}

function total(objects: readonly StoredObject[]): number {
  return objects.reduce((sum, { bytes }) => sum + bytes, 0);
}
