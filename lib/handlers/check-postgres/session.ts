import type { CheckSpec } from '../../model/verification';
import type { CheckContext } from '../checks/check-run';
import { parseTableName } from '../sql/table-name';
import { Connection } from './connection';
import { qualified } from './identifiers';
import type { Login } from './login';
import { Survey } from './survey';

/** A table of the catalogue. */
export interface FoundTable {
  readonly oid: number;
  /** With its schema, as SQL takes it. */
  readonly sql: string;
  readonly schema: string;
  readonly name: string;
}

/** What all checks of a run share: a login, one connection that is always there, and what was read already. */
export class Session {
  public readonly survey: Survey;
  /** Connections that are opened while the catalogue is read, for what needs them first. */
  private early?: Promise<Connection[]>;

  private constructor(
    public readonly main: Connection,
    /** Where names without a schema are looked up, by the settings of the login. */
    public readonly path: readonly string[],
    public readonly version: number,
    public readonly sharedBuffersBytes: number,
    private readonly login: Login,
    private readonly context: CheckContext,
    private readonly connections: number,
  ) {
    const asked = (kind: CheckSpec['kind']) => context.input.checks.some((check) => check?.kind === kind);
    const purpose = { keys: asked('foreign-keys'), corruption: asked('corruption') };
    this.survey = new Survey(this, purpose);
    if (purpose.keys || purpose.corruption) {
      this.early = this.openMore();
    }
  }

  public static async open(login: Login, context: CheckContext, connections: number): Promise<Session> {
    const main = await Connection.open(login, context.signal, context.leftMs());
    const { path, version, buffers } = await main.one(
      `select array_to_json(current_schemas(false)) as path, current_setting('server_version_num')::int as version,
              (select setting::bigint * 8192 from pg_settings where name = 'shared_buffers')::float8 as buffers`,
    );
    // names of ours mean those of the catalogue, whatever a database has besides
    await main.query('set search_path = pg_catalog, pg_temp');
    return new Session(main, path as string[], version as number, buffers as number, login, context, connections);
  }

  /** The table that a check names, or undefined where there is none. */
  public async table(text: string): Promise<FoundTable | undefined> {
    const { schema, table } = parseTableName(text);
    const rows = await this.main.query(
      `select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname = any ($2::text[])`,
      [table, schema === undefined ? [...this.path] : [schema]],
    );
    const order = schema === undefined ? this.path : [schema];
    const [first] = rows.sort((a, b) => order.indexOf(a.schema as string) - order.indexOf(b.schema as string));
    return (
      first && {
        oid: first.oid as number,
        schema: first.schema as string,
        name: first.name as string,
        sql: qualified(first.schema as string, first.name as string),
      }
    );
  }

  /** The columns of a table and their types. */
  public async columns(table: FoundTable): Promise<ReadonlyMap<string, { readonly type: string; readonly required: boolean }>> {
    const rows = await this.main.query(
      `select attname as name, coalesce(nullif(t.typbasetype, 0), t.oid)::regtype::text as type, attnotnull as required
         from pg_attribute a join pg_type t on t.oid = a.atttypid
        where attrelid = $1::int8::oid and attnum > 0 and not attisdropped order by attnum`,
      [table.oid],
    );
    return new Map(rows.map(({ name, type, required }) => [name as string, { type: type as string, required: required as boolean }]));
  }

  /** Several connections for work that can be shared out: at least the one that is always there. */
  public async withConnections<T>(work: (connections: readonly Connection[]) => Promise<T>): Promise<T> {
    const early = this.early;
    this.early = undefined;
    const opened = await (early ?? this.openMore());
    try {
      return await work([this.main, ...opened]);
    } finally {
      await Promise.all(opened.map((connection) => connection.close()));
    }
  }

  public async close(): Promise<void> {
    const unused = this.early?.then((connections) => Promise.all(connections.map((connection) => connection.close())));
    await Promise.all([this.main.close(), unused]);
  }

  /** As many as there may be and can be opened. */
  private async openMore(): Promise<Connection[]> {
    const more = await Promise.allSettled(
      Array.from({ length: this.connections - 1 }, async () => {
        const connection = await Connection.open(this.login, this.context.signal, this.context.leftMs());
        await connection.query('set search_path = pg_catalog, pg_temp');
        return connection;
      }),
    );
    return more.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }
}

/** A table that has to be there to be looked at. */
export async function needTable(session: Session, name: string): Promise<FoundTable> {
  const table = await session.table(name);
  if (!table) {
    throw new MissingTable(name, parseTableName(name).schema ? undefined : session.path);
  }
  return table;
}

/** A table that a check names does not exist: this is seen, not out of reach. */
export class MissingTable extends Error {
  constructor(name: string, path: readonly string[] | undefined) {
    super(
      `table ${name} does not exist${path ? ` in ${path.length ? `schema ${path.join(' or ')}` : 'any schema that the login looks in'}` : ''}`,
    );
  }
}
