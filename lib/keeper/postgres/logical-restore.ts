import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type BackupManifest,
  type DumpEntry,
  type DumpedTable,
  entriesOf,
  entriesOfTables,
  quotedTableName,
  type RestoreRequest,
  readTableName,
  type StoredObject,
  storedBytes,
  tableData,
  withPartitions,
} from '../../model/self-managed';
import { decryption, ENCRYPTED } from '../age';
import { chosenBackup, type Restorable } from '../chosen-backup';
import type { WorkContext } from '../engine';
import { freeBytes } from '../free-bytes';
import { inParallel } from '../in-parallel';
import { Refused } from '../refused';
import { runTool } from '../run-tool';
import { CATALOGUE, GLOBALS } from './dump-files';
import { restoreRoles } from './restore-roles';
import { openTarget, type RestoreTarget } from './restore-target';
import { connectionTo, loginTo, type PostgresLogin, toolLogin } from './server';

const DOWNLOADS: readonly number[] = [0, 1, 2, 3];
/** Progress is told whenever so much more is done. */
const STEP = 0.05;
/** Indexes are sorted in memory as far as it goes. */
const SERVER_OPTIONS = '-c maintenance_work_mem=256MB -c synchronous_commit=off -c statement_timeout=0 -c lock_timeout=0';

/** A dump is of the moment at which it began. */
const OF_DUMPS: Restorable = {
  fits: ({ form, engine }) => form === 'logical' && engine === 'postgresql',
  untilMs: ({ consistentMs }) => consistentMs,
};

/** Fetches files of a backup into a folder, decrypted, with the names that they had before. */
type Fetch = (objects: readonly StoredObject[]) => Promise<void>;

/**
 * Restores a logical backup: roles, then tables, rows, and indexes and keys last, as many at once as `jobs` says. What is fetched is compared with
 * what was sent before anything is written to the database.
 */
export async function restoreLogically(context: WorkContext, request: RestoreRequest): Promise<void> {
  const { settings, folder, tell, now } = context;
  const startedMs = now();
  const wanted = request.table === undefined ? undefined : (readTableName(request.table) ?? refuseTable(request.table));
  const manifest = await chosenBackup(context, request, OF_DUMPS);
  const login = await loginTo(request.server ?? settings.server!, context, request.database);
  const dump = join(folder, 'dump');
  const fetch = await fetcher(context, manifest, dump);
  // small ones first: they tell what else is needed
  await fetch(manifest.objects.filter(({ name }) => !/^(\d+|blob_\d+)\.dat/.test(name)));
  const entries = entriesOf(await runTool('pg_restore', ['--list', dump], { signal: context.signal }));
  const tables = JSON.parse(await readFile(join(dump, CATALOGUE), 'utf8')) as DumpedTable[];
  const some =
    wanted && (tables.find(({ schema, name }) => schema === wanted.schema && name === wanted.name) ?? refuseTable(request.table!));
  const parts = some ? withPartitions(some, tables) : tables;
  const restored = some ? entriesOfTables(entries, parts) : entries;
  const needed = some ? filesOf(restored, manifest) : manifest.objects.filter(({ name }) => /^(\d+|blob_\d+)\.dat/.test(name));
  const bytes = storedBytes({ objects: needed });
  const target = await openTarget(login, { parts: some ? parts : undefined, manifest, replace: request.replace }, context);
  try {
    tell('plan', {
      id: manifest.id,
      of: new Date(manifest.consistentMs).toISOString(),
      from: manifest.server,
      into: `${login.host}:${login.port}/${login.database}`,
      bytes,
      tables: parts.length,
      steps: stepsOf(target, { bytes, parts, some, jobs: settings.jobs, entries: restored }),
    });
    if (request.dryRun) {
      return;
    }
    await requireRoom(folder, bytes);
    await fetch(needed);
    const into = await target.begin(some ? [] : restored, parts);
    await restoreRoles(into, await readFile(join(dump, GLOBALS), 'utf8'), tell);
    await restoreEntries(context, into, { dump, entries: restored, isAll: !some, objects: needed });
    await target.finish(parts);
    tell('restored', { id: manifest.id, into: login.database, tables: parts.length, tookMs: now() - startedMs });
  } catch (error) {
    await target.giveUp();
    throw error;
  }
}

function refuseTable(name: string): never {
  throw new Refused('settings', `'--table' is ${name}, and the backup has no such table: give schema.table as the database has it`);
}

async function fetcher(context: WorkContext, { id, recipients }: BackupManifest, dump: string): Promise<Fetch> {
  const { repository, signal, tell } = context;
  const decrypt = recipients ? await decryption(context) : undefined;
  let fetched = 0;
  return (objects) =>
    inParallel(objects, DOWNLOADS, async (object) => {
      if (decrypt) {
        const file = join(dump, object.name.slice(0, -ENCRYPTED.length));
        await pipeline(decrypt(await repository.read(id, object, signal)), createWriteStream(file, { mode: 0o600 }), { signal });
      } else {
        await repository.fetch(id, object, dump, signal);
      }
      fetched += object.bytes;
      tell('fetched', { name: object.name, bytes: fetched });
    });
}

function filesOf(entries: readonly DumpEntry[], { objects }: BackupManifest): StoredObject[] {
  const numbers = new Set(tableData(entries).map(({ entry }) => entry));
  return objects.filter(({ name }) => numbers.has(Number(/^(\d+)\.dat/.exec(name)?.[1])));
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free < bytes) {
    throw new Refused('look', `'scratch' has ${free} bytes free, and the backup takes ${bytes}: give it more room`);
  }
}

interface Planned {
  readonly bytes: number;
  readonly parts: readonly DumpedTable[];
  readonly some: DumpedTable | undefined;
  readonly jobs: number;
  readonly entries: readonly DumpEntry[];
}

function stepsOf(target: RestoreTarget, { bytes, parts, some, jobs, entries }: Planned): string[] {
  const rows = tableData(entries).length;
  return [
    `fetch ${bytes} bytes and compare them with what was sent`,
    ...target.plan,
    'make the roles that are missing, without passwords',
    some
      ? `make ${parts.map(quotedTableName).join(', ')} without foreign keys, triggers and policies`
      : `make ${parts.length} tables and all else`,
    `load the rows of ${rows} tables, then indexes and keys, ${jobs} at once`,
    'count for the planner of queries',
  ];
}

interface Dump {
  readonly dump: string;
  readonly entries: readonly DumpEntry[];
  readonly isAll: boolean;
  readonly objects: readonly StoredObject[];
}

async function restoreEntries(context: WorkContext, login: PostgresLogin, { dump, entries, isAll, objects }: Dump): Promise<void> {
  const { folder, settings, signal, tell } = context;
  const list = join(folder, 'entries');
  await writeFile(list, entries.map(({ line }) => `${line}\n`).join(''), { mode: 0o600 });
  const sizes = new Map(
    objects.flatMap(({ name, bytes }) => (/^\d+\.dat/.test(name) ? [[Number.parseInt(name, 10), bytes] as const] : [])),
  );
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let bytes = 0;
  let finished = 0;
  let told = 0;
  const onLine = (line: string) => {
    const entry = /finished item (\d+) /.exec(line)?.[1];
    if (entry !== undefined) {
      finished++;
      bytes += sizes.get(Number(entry)) ?? 0;
      const done = Math.min(total > 0 ? bytes / total : 1, finished / entries.length);
      if (done >= told + STEP) {
        told = done;
        tell('progress', { bytes, ofBytes: total, entries: finished, ofEntries: entries.length });
      }
    } else if (/error|warning/i.test(line)) {
      tell('tool', { line });
    }
  };
  const env = { ...(await toolLogin(login, folder)), PGOPTIONS: SERVER_OPTIONS };
  const args = [`--jobs=${settings.jobs}`, '--verbose', '--exit-on-error', '--no-password', `--dbname=${connectionTo(login.database)}`];
  await runTool('pg_restore', [...args, ...(isAll ? [] : [`--use-list=${list}`]), dump], { env, signal, onLine });
  const counting = ['--analyze-only', `--jobs=${settings.jobs}`, '--quiet', '--no-password', `--dbname=${connectionTo(login.database)}`];
  await runTool('vacuumdb', counting, { env, signal, onLine: (line) => tell('tool', { line }) });
}
