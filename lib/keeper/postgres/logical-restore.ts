import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupManifest } from '../../model/self-managed';
import { inParallel } from '../in-parallel';
import { Refused } from '../refused';
import type { Repository } from '../repository';
import { runTool } from '../run-tool';
import { connect, type PostgresLogin, toolLogin } from './server';

/** Where a backup is restored to, and what of it. */
export interface LogicalRestoreSettings {
  /** The newest one where it is left out. */
  readonly id?: string;
  readonly login: PostgresLogin;
  readonly scratch: string;
  readonly jobs: number;
  /** This table alone, with its schema, into a database that has none of that name. */
  readonly table?: { readonly schema: string; readonly name: string };
  /** Whether it may go into a database that has tables already. Nothing of them is removed. */
  readonly intoTables?: boolean;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
}

/** What a restore needs of the world. */
export interface RestorePorts {
  readonly repository: Repository;
  readonly now: () => number;
  readonly signal?: AbortSignal;
  readonly tell: (event: string, details?: Readonly<Record<string, unknown>>) => void;
}

/** What was restored, and how long that took. */
export interface Restored {
  readonly manifest: BackupManifest;
  readonly tookMs: number;
}

/** Tables first, then their data, indexes and keys last: that is the quickest order, and the only one that never waits for a key. */
const SECTIONS = ['pre-data', 'data', 'post-data'] as const;
const DOWNLOADS: readonly number[] = [0, 1, 2, 3];

/** Restores a logical backup. What is fetched is compared with what was sent before anything is written to the database. */
export async function restoreLogically(settings: LogicalRestoreSettings, ports: RestorePorts): Promise<Restored> {
  const { login, scratch, jobs, table } = settings;
  const { repository, tell, signal } = ports;
  const startedMs = ports.now();
  const manifest = await repository.manifest(settings.id);
  if (!manifest) {
    throw new Refused('look', 'there is no backup yet');
  }
  await requireEmpty(settings);
  tell('plan', {
    id: manifest.id,
    of: new Date(manifest.consistentMs).toISOString(),
    objects: manifest.objects.length,
    into: login.database,
  });
  if (settings.dryRun) {
    return { manifest, tookMs: 0 };
  }
  const folder = await mkdtemp(join(scratch, 'restore-'));
  const tools = await toolLogin(login, folder);
  try {
    const dump = join(folder, 'dump');
    let fetched = 0;
    await inParallel(manifest.objects, DOWNLOADS, async (object) => {
      await repository.fetch(manifest.id, object, dump);
      fetched += object.bytes;
      tell('fetched', { name: object.name, bytes: fetched });
    });
    const only = table ? [`--schema=${table.schema}`, `--table=${table.name}`] : [];
    for (const section of SECTIONS) {
      const args = [
        `--section=${section}`,
        `--jobs=${jobs}`,
        '--exit-on-error',
        '--no-password',
        `--dbname=${login.database}`,
        ...only,
        dump,
      ];
      await runTool('pg_restore', args, { env: tools.env, signal, onLine: (line) => tell('tool', { line }) });
      tell('restored', { section });
    }
    await analyzed(login);
    return { manifest, tookMs: ports.now() - startedMs };
  } finally {
    await tools.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function requireEmpty({ login, intoTables, table }: LogicalRestoreSettings): Promise<void> {
  const client = await connect(login);
  try {
    const { rows } = await client.query(
      `select count(*)::int as tables, count(*) filter (where n.nspname = $1 and c.relname = $2)::int as same
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`,
      [table?.schema ?? null, table?.name ?? null],
    );
    const [{ tables, same }] = rows;
    if (same > 0) {
      throw new Refused('look', `${login.database} has a table ${table?.schema}.${table?.name}: rename it first, nothing is overwritten`);
    }
    if (tables > 0 && !intoTables && !table) {
      throw new Refused('look', `${login.database} has ${tables} tables: restore into an empty database, or say 'intoTables'`);
    }
  } finally {
    await client.end().catch(() => {});
  }
}

/** Plans of queries are poor until the server has counted. */
async function analyzed(login: PostgresLogin): Promise<void> {
  const client = await connect(login);
  await client.query('analyze').finally(() => client.end().catch(() => {}));
}
