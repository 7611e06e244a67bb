import type { CheckContext } from '../checks/check-run';
import { Unable } from '../checks/finding';
import { parseTableName } from '../sql/table-name';
import { type Column, readSchemas, readTables, type Table } from './catalogue';
import { Connection } from './connection';
import { qualified } from './identifiers';
import { inWords, isMissing } from './in-words';
import type { Login } from './login';

/** What all checks of a run share: a login, one connection that is always there, and the catalogue. */
export class Session {
  private read?: Promise<readonly Table[]>;
  private known?: Promise<ReadonlyMap<string, string>>;

  private constructor(
    public readonly main: Connection,
    /** Names of tables are compared as the server does. */
    private readonly ignoresCase: boolean,
    private readonly login: Login,
    private readonly context: CheckContext,
    private readonly connections: number,
  ) {}

  public static async open(login: Login, context: CheckContext, connections: number): Promise<Session> {
    const main = await Connection.open(login, context.signal, context.leftMs());
    const { lower } = await main.one('select @@lower_case_table_names as lower');
    return new Session(main, lower !== '0', login, context, connections);
  }

  /** Every table, view and sequence that the login may see; read once, for a restored copy stays as it is. */
  public tables(): Promise<readonly Table[]> {
    this.read ??= readTables(this.main);
    return this.read;
  }

  /** The databases that the login may see, with their collations. */
  public schemas(): Promise<ReadonlyMap<string, string>> {
    this.known ??= readSchemas(this.main);
    return this.known;
  }

  /** The database that names mean which say none: that of the login, or else the only one there is. */
  public async database(): Promise<string> {
    const names = [...(await this.schemas()).keys()];
    if (this.login.database !== undefined) {
      return names.find((name) => this.same(name, this.login.database as string)) ?? this.login.database;
    }
    if (names.length !== 1) {
      throw new Unable(`the server has ${names.length} databases that the login may see: name one in the secret, or in front of the table`);
    }
    return names[0];
  }

  /** The table that a check names. One that is not there is a finding, one that may not be read is not. */
  public async table(text: string): Promise<Table> {
    const name = parseTableName(text);
    const schema = name.schema ?? (await this.database());
    const table = (await this.tables()).find((known) => this.same(known.schema, schema) && this.same(known.name, name.table));
    if (table) {
      return table;
    }
    // the catalogue hides what the login may not read; asked for by name the server says why
    await this.main.query(`select 1 from ${qualified(schema, name.table)} limit 0`).catch((error) => {
      throw isMissing(error) ? new MissingTable(text, schema) : new Unable(`table ${text} cannot be read: ${inWords(error)}`);
    });
    throw new Unable(`table ${text} is not in the catalogue that the login may see`);
  }

  /** A column of a table. */
  public column(table: Table, name: string): Column | undefined {
    return table.columns.find((column) => column.name.toLowerCase() === String(name).toLowerCase());
  }

  /** Several connections for work that can be shared out: at least the one that is always there. */
  public async withConnections<T>(work: (connections: readonly Connection[]) => Promise<T>): Promise<T> {
    const more = await Promise.allSettled(Array.from({ length: this.connections - 1 }, () => this.another()));
    const opened = more.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    try {
      return await work([this.main, ...opened]);
    } finally {
      await Promise.all(opened.map((connection) => connection.close()));
    }
  }

  /** A connection of its own, so that nothing a statement of the user sets outlives it. */
  public another(mode: 'own' | 'server' = 'own'): Promise<Connection> {
    return Connection.open(this.login, this.context.signal, this.context.leftMs(), mode);
  }

  public close(): Promise<void> {
    return this.main.close();
  }

  /** Whether two names of databases, tables or indexes are the same to the server. */
  public same(a: string, b: string): boolean {
    return a === b || (this.ignoresCase && a.toLowerCase() === b.toLowerCase());
  }
}

/** A table that a check names does not exist: this is seen, not out of reach. */
export class MissingTable extends Error {
  constructor(name: string, schema: string) {
    super(`table ${name} does not exist in database ${schema}`);
  }
}
