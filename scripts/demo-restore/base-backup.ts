import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { handOver, type Server } from './server';

/** What belongs to the running server and not to its data (PostgreSQL manual, 25.3.4: backing up the data directory). */
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_wal\/.+|pg_(dynshmem|notify|serial|snapshots|stat_tmp|subtrans|replslot)\/.+|.*pgsql_tmp.*)$/;

export type Progress = (done: number, of: number) => void;

/** A base backup of a running server, by the calls that the manual tells: start, copy the files, stop, copy the log. */
export async function baseBackup(
  server: Server,
  progress: Progress,
  damage: (name: string, bytes: Buffer) => void = () => undefined,
): Promise<Buffer> {
  const client = await server.connect();
  try {
    await client.query("select pg_backup_start('demo', true)");
    const names = namesIn(server.folder).filter((name) => !LEFT_OUT.test(name));
    const parts = names.map((name, index) => {
      progress(index + 1, names.length);
      return part(server, name, damage);
    });
    const { rows } = await client.query('select labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)');
    await client.query('select pg_switch_wal()');
    const log = namesIn(server.folder).filter((name) => /^pg_wal\/[0-9A-F]{24}$/.test(name));
    return gzipSync(
      Buffer.concat([...parts, ...log.map((name) => part(server, name)), framed('backup_label', Buffer.from(rows[0].labelfile))]),
      { level: 1 },
    );
  } finally {
    await client.end();
  }
}

/** Unpacks a backup into a folder that is not there yet. */
export function unpack(backup: Buffer, folder: string, progress: Progress): void {
  const bytes = gunzipSync(backup);
  for (const name of [
    'pg_wal',
    'pg_wal/archive_status',
    'pg_tblspc',
    'pg_dynshmem',
    'pg_notify',
    'pg_replslot',
    'pg_serial',
    'pg_snapshots',
    'pg_stat_tmp',
    'pg_subtrans',
    'pg_twophase',
    'pg_commit_ts',
    'pg_stat',
    'pg_logical/snapshots',
    'pg_logical/mappings',
  ]) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    const { name, size } = JSON.parse(bytes.toString('utf8', at, end));
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes.subarray(end + 1, end + 1 + size), { mode: 0o600 });
    at = end + 1 + size;
    progress(at, bytes.length);
  }
  handOver(folder);
}

function part({ folder }: Server, name: string, damage?: (name: string, bytes: Buffer) => void): Buffer {
  const bytes = readFileSync(join(folder, name));
  damage?.(name, bytes);
  return framed(name, bytes);
}

function framed(name: string, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ name, size: bytes.length })}\n`), bytes]);
}

function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile())
    .map((name) => name.split(sep).join('/'));
}
