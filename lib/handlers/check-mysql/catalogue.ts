import type { Connection, Row } from './connection';
import { qualified } from './identifiers';

/** What holds rows, or gives them. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** With its database, as SQL takes it. */
  readonly sql: string;
  readonly kind: 'table' | 'view' | 'sequence';
  /** Left out where the server could not open it. */
  readonly engine?: string;
  readonly bytes: number;
  readonly columns: readonly Column[];
}

export interface Column {
  readonly name: string;
  /** `varchar`, `bigint` ... */
  readonly type: string;
  readonly required: boolean;
  readonly defaultSql?: string;
  /** `auto_increment`, `VIRTUAL GENERATED` ... */
  readonly extra: string;
}

/** A foreign key; columns are in the order of the key. */
export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

/** An index; columns are in its order. */
export interface Index {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  readonly columns: readonly string[];
  /** The optimiser may use it. */
  readonly visible: boolean;
  /** It is sorted and has the values of its columns in full, so that they can be read from it alone. */
  readonly whole: boolean;
}

/** Databases that are not of the user. */
const OF_THE_SERVER = "('information_schema', 'mysql', 'performance_schema', 'sys')";

/** Every table, view and sequence that the login may see, in every database of the user. */
export async function readTables(connection: Connection): Promise<Table[]> {
  const columns = await readColumns(connection);
  const rows = await connection.query(`
    select table_schema as s, table_name as t, table_type as kind, engine as engine,
           coalesce(data_length, 0) + coalesce(index_length, 0) as bytes
      from information_schema.tables where table_schema not in ${OF_THE_SERVER} and table_type <> 'TEMPORARY' order by 1, 2`);
  return rows.map((row) => ({
    schema: text(row.s),
    name: text(row.t),
    sql: qualified(text(row.s), text(row.t)),
    kind: row.kind === 'SEQUENCE' ? 'sequence' : /VIEW/.test(text(row.kind)) ? 'view' : 'table',
    ...(row.engine ? { engine: row.engine } : {}),
    bytes: Number(row.bytes),
    columns: columns.get(keyOf(row)) ?? [],
  }));
}

/** Every foreign key. REFERENTIAL_CONSTRAINTS would hide them from a login that may only read. */
export async function readKeys(connection: Connection): Promise<ForeignKey[]> {
  const rows = await connection.query(`
    select table_schema as s, table_name as t, constraint_name as name, column_name as col,
           referenced_table_schema as ps, referenced_table_name as pt, referenced_column_name as pcol
      from information_schema.key_column_usage
     where referenced_table_name is not null and table_schema not in ${OF_THE_SERVER} order by 1, 2, 3, ordinal_position`);
  return [...grouped(rows, (row) => `${keyOf(row)}\0${row.name}`).values()].map((columns) => {
    const [{ s, t, name, ps, pt }] = columns;
    return {
      name: text(name),
      table: qualified(text(s), text(t)),
      columns: columns.map(({ col }) => text(col)),
      parent: qualified(text(ps), text(pt)),
      parentColumns: columns.map(({ pcol }) => text(pcol)),
    };
  });
}

/** Every index, primary keys included. */
export async function readIndexes(connection: Connection): Promise<Index[]> {
  const visible = connection.server.family === 'mariadb' ? "ignored = 'NO'" : "is_visible = 'YES'";
  const rows = await connection.query(`
    select table_schema as s, table_name as t, index_name as name, column_name as col, ${visible} as visible,
           index_type = 'BTREE' and sub_part is null and column_name is not null as whole
      from information_schema.statistics where table_schema not in ${OF_THE_SERVER} order by 1, 2, 3, seq_in_index`);
  return [...grouped(rows, (row) => `${keyOf(row)}\0${row.name}`).values()].map((columns) => {
    const [{ s, t, name, visible: seen }] = columns;
    return {
      schema: text(s),
      table: text(t),
      name: text(name),
      // a part that is an expression has no name of a column
      columns: columns.map(({ col }) => text(col)),
      visible: seen === '1',
      whole: columns.every(({ whole }) => whole === '1'),
    };
  });
}

/** The databases of the user and the collations that their new tables get. */
export async function readSchemas(connection: Connection): Promise<Map<string, string>> {
  const rows = await connection.query(
    `select schema_name as s, default_collation_name as collation from information_schema.schemata where schema_name not in ${OF_THE_SERVER}`,
  );
  return new Map(rows.map(({ s, collation }) => [text(s), text(collation)]));
}

async function readColumns(connection: Connection): Promise<Map<string, Column[]>> {
  const rows = await connection.query(`
    select table_schema as s, table_name as t, column_name as name, data_type as type, is_nullable as nullable, column_default as def, extra as extra
      from information_schema.columns where table_schema not in ${OF_THE_SERVER} order by 1, 2, ordinal_position`);
  const groups = grouped(rows, keyOf);
  return new Map(
    [...groups].map(([key, columns]) => [
      key,
      columns.map(({ name, type, nullable, def, extra }) => ({
        name: text(name),
        type: text(type).toLowerCase(),
        required: nullable === 'NO',
        ...(def === null ? {} : { defaultSql: def }),
        extra: text(extra),
      })),
    ]),
  );
}

function grouped(rows: readonly Row[], keyOfRow: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOfRow(row);
    const group = groups.get(key);
    if (group) {
      group.push(row);
    } else {
      groups.set(key, [row]);
    }
  }
  return groups;
}

function keyOf({ s, t }: Row): string {
  return `${s}\0${t}`;
}

function text(value: string | null | undefined): string {
  return value ?? '';
}
