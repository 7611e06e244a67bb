import type { Client } from 'pg';
import { type BackupManifest, backupId, type DumpEntry, type DumpedTable, quotedName, quotedTableName } from '../../model/self-managed';
import type { KeeperContext } from '../engine';
import { Refused } from '../refused';
import { connect, NoConnection, type PostgresLogin } from './server';

/** The database that every server has, and from which others are made. */
const MAINTENANCE = 'postgres';
/** What PostgreSQL calls a database that is not there. */
const NO_DATABASE = '3D000';

/** How a target is chosen. */
export interface TargetOptions {
  readonly manifest: BackupManifest;
  /** Tables that are restored alone, into a database with others. */
  readonly parts?: readonly DumpedTable[];
  /** The name of the database, where it may be replaced. */
  readonly replace?: string;
}

/** Looks at the database that is restored to: it is made where it is missing, and refused where something of it would be lost. */
export async function openTarget(login: PostgresLogin, options: TargetOptions, { now, random }: KeeperContext): Promise<RestoreTarget> {
  const { database } = login;
  const { replace, parts, manifest } = options;
  if (replace !== undefined && replace !== database) {
    throw new Refused('settings', `'--replace' is '${replace}', and the target is '${database}': repeat the name of the target`);
  }
  if (replace !== undefined && parts) {
    throw new Refused('settings', "'--replace' and '--table' do not go together: rename the table that is there instead");
  }
  const client = await connect(login).catch((error) => {
    if (error instanceof NoConnection && error.code === NO_DATABASE) {
      return undefined;
    }
    throw error;
  });
  if (!client) {
    return new RestoreTarget(login, { manifest, makes: database });
  }
  try {
    const count = await tablesIn(client);
    if (replace !== undefined && count > 0) {
      const id = backupId(now(), random());
      return new RestoreTarget(login, { manifest, makes: `restored_${id}`, keepsAs: `replaced_${id}` });
    }
    if (count > 0 && !parts) {
      throw new Refused(
        'look',
        `${database} has ${count} tables, and nothing is overwritten: restore to another database by --database, or repeat its name in --replace`,
      );
    }
    for (const table of parts ?? []) {
      if (await isThere(client, table)) {
        throw new Refused('look', `${database} has a table ${quotedTableName(table)}, and nothing is overwritten: rename it first`);
      }
    }
    return new RestoreTarget(login, { manifest });
  } finally {
    await client.end().catch(() => {});
  }
}

interface Ways {
  readonly manifest: BackupManifest;
  /** The database that is made for the restore. */
  readonly makes?: string;
  /** What the database that was there is called afterwards. */
  readonly keepsAs?: string;
}

/** The database that is restored to. */
export class RestoreTarget {
  private made = false;

  constructor(
    private readonly login: PostgresLogin,
    private readonly ways: Ways,
  ) {}

  /** What `begin` and `finish` do, in words. */
  public get plan(): string[] {
    const { makes, keepsAs } = this.ways;
    const { database } = this.login;
    return [
      ...(makes === undefined ? [] : [`make the database ${makes}`]),
      ...(keepsAs === undefined ? [] : [`in the end end all sessions, rename ${database} to ${keepsAs}, and ${makes} to ${database}`]),
    ];
  }

  /** Makes ready what is restored into, which is another database for as long as one is being replaced. */
  public async begin(entries: readonly DumpEntry[], tables: readonly DumpedTable[]): Promise<PostgresLogin> {
    const { makes, manifest } = this.ways;
    if (makes !== undefined) {
      const { encoding, collate, ctype } = manifest.notes ?? {};
      const like = [
        encoding && ` encoding ${text(encoding)}`,
        collate && ` lc_collate ${text(collate)}`,
        ctype && ` lc_ctype ${text(ctype)}`,
      ];
      await this.asked(MAINTENANCE, (client) => client.query(`create database ${quotedName(makes)} template template0${like.join('')}`));
      this.made = true;
    }
    // a dump of some tables has no schemas
    const missing = new Set(
      tables.map(({ schema }) => schema).filter((schema) => !entries.some(({ words }) => words.startsWith(`SCHEMA - ${schema} `))),
    );
    await this.asked(this.into.database, async (client) => {
      for (const schema of missing) {
        const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [schema]);
        if (rowCount === 0) {
          await client.query(`create schema ${quotedName(schema)}`);
        }
      }
    });
    return this.into;
  }

  /** Looks whether all is there, and puts what was restored into its place. */
  public async finish(tables: readonly DumpedTable[]): Promise<void> {
    const { makes, keepsAs } = this.ways;
    const { database } = this.login;
    await this.asked(this.into.database, async (client) => {
      for (const table of tables) {
        if (!(await isThere(client, table))) {
          throw new Refused('verify', `${quotedTableName(table)} is not there after the restore`);
        }
      }
    });
    if (makes !== undefined && keepsAs !== undefined) {
      await this.asked(MAINTENANCE, async (client) => {
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)', [[database, makes]]);
        await client.query(`alter database ${quotedName(database)} rename to ${quotedName(keepsAs)}`);
        // whoever came in between keeps the old one from being renamed, and then nothing has changed
        await client.query(`alter database ${quotedName(makes)} rename to ${quotedName(database)}`);
      });
    }
    this.made = false;
  }

  /** Removes the database that was made for the restore. What was there before is as it was. */
  public async giveUp(): Promise<void> {
    const { makes } = this.ways;
    if (this.made && makes !== undefined) {
      await this.asked(MAINTENANCE, async (client) => {
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [makes]);
        await client.query(`drop database if exists ${quotedName(makes)}`);
      }).catch(() => {});
    }
  }

  private get into(): PostgresLogin {
    return { ...this.login, database: this.ways.makes ?? this.login.database };
  }

  private async asked(database: string, ask: (client: Client) => Promise<unknown>): Promise<void> {
    const client = await connect({ ...this.login, database });
    try {
      await ask(client);
    } finally {
      await client.end().catch(() => {});
    }
  }
}

async function tablesIn(client: Client): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::int as tables from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`,
  );
  return rows[0].tables;
}

async function isThere(client: Client, { schema, name }: Pick<DumpedTable, 'schema' | 'name'>): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2',
    [schema, name],
  );
  return rowCount !== 0;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
