import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackupKind,
  type BackupMade,
  DUMP_ROOM,
  quotedTableName,
  readTableName,
  type StoredObject,
  type TableName,
} from '../../model/self-managed';
import { ENCRYPTED, encrypted } from '../age';
import type { BackupContext } from '../engine';
import { freeBytes } from '../free-bytes';
import { inParallel } from '../in-parallel';
import { Refused } from '../refused';
import { runTool } from '../run-tool';
import { type Catalogue, readCatalogue } from './catalogue';
import { CATALOGUE, GLOBALS } from './dump-files';
import { tooOld } from './dump-version';
import { connect, connectionTo, loginTo, type PostgresLogin, toolLogin } from './server';
import { verifyDump } from './verify-dump';

const UPLOADS: readonly number[] = [0, 1, 2, 3];

/**
 * Dumps a database by pg_dump, looks at the whole dump, and sends it. Everything is of one moment: the list of tables that the dump is compared
 * with is read in its snapshot.
 */
export async function backUpLogically(context: BackupContext, kind: BackupKind | undefined): Promise<BackupMade> {
  if (kind !== undefined && kind !== 'full') {
    throw new Refused('settings', `the kind is '${kind}', and logical backups are always full: leave it out`);
  }
  const { settings, folder, signal, tell, id } = context;
  const login = await loginTo(settings.server!, context);
  const tool = { env: await toolLogin(login, folder), signal, onLine: (line: string) => tell('tool', { line }) };
  const dump = join(folder, 'dump');
  const only = settings.tables?.flatMap((text) => readTableName(text) ?? []);
  const toolWords = (await runTool('pg_dump', ['--version'], tool)).trim();
  const client = await connect(login);
  try {
    const found = await readCatalogue(client, context.now, only);
    const objection = tooOld(toolWords, found);
    if (objection !== undefined) {
      throw new Refused('look', objection);
    }
    await requireRoom(folder, found.bytes);
    const expected = only ? { ...found, largeObjects: 0 } : found;
    tell('dump', { id, server: found.server, bytes: found.bytes, tables: found.tables.length });
    await runTool('pg_dump', dumpArguments(login, dump, settings.jobs, found, only), tool);
    const globals = await runTool(
      'pg_dumpall',
      ['--globals-only', '--no-role-passwords', `--database=${connectionTo(login.database)}`],
      tool,
    );
    // the moment is not needed any more, and keeps the server from clearing up
    await client.query('commit').catch(() => {});
    await writeFile(join(dump, GLOBALS), globals, { mode: 0o600 });
    await writeFile(join(dump, CATALOGUE), JSON.stringify(found.tables), { mode: 0o600 });
    const verified = await verifyDump(dump, expected, tool);
    return {
      kind: 'full',
      consistentMs: found.consistentMs,
      server: found.server,
      tool: toolWords,
      sourceBytes: found.bytes,
      tables: found.tables.length,
      notes: { encoding: found.encoding, collate: found.collate, ctype: found.ctype },
      ...(settings.recipients ? { recipients: settings.recipients } : {}),
      objects: await sendAll(dump, context),
      verified,
    };
  } finally {
    await client.end().catch(() => {});
  }
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder);
  const needed = Math.ceil(bytes * DUMP_ROOM);
  if (free < needed) {
    throw new Refused('look', `'scratch' has ${free} bytes free, and a database of ${bytes} bytes may take ${needed}: give it more room`);
  }
}

function dumpArguments(
  { database }: PostgresLogin,
  dump: string,
  jobs: number,
  { snapshot, tables }: Catalogue,
  only: readonly TableName[] | undefined,
): string[] {
  return [
    '--format=directory',
    `--file=${dump}`,
    `--jobs=${jobs}`,
    `--snapshot=${snapshot}`,
    '--compress=1',
    '--no-password',
    '--lock-wait-timeout=300000',
    `--dbname=${connectionTo(database)}`,
    // with their partitions, which are tables of their own to pg_dump
    ...(only ? ['--strict-names', ...tables.map((table) => `--table=${quotedTableName(table)}`)] : []),
  ];
}

async function sendAll(dump: string, { id, repository, tell, signal, settings }: BackupContext): Promise<StoredObject[]> {
  const { recipients } = settings;
  const objects: StoredObject[] = [];
  await inParallel((await readdir(dump)).sort(), UPLOADS, async (name) => {
    const file = createReadStream(join(dump, name), { highWaterMark: 2 ** 20 });
    const object = recipients
      ? await repository.send(id, `${name}${ENCRYPTED}`, encrypted(file, recipients, signal), signal)
      : await repository.send(id, name, file, signal);
    objects.push(object);
    tell('sent', { id, ...object });
  });
  return objects.sort((a, b) => (a.name < b.name ? -1 : 1));
}
