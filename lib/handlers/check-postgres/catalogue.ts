import type { Connection } from './connection';
import { qualified } from './identifiers';

/** A column of a table, as far as reading it whole takes. */
export interface Column {
  readonly name: string;
  /** Its type, or that below its domain. */
  readonly type: string;
  readonly array: boolean;
  /** Values may be compressed, or lie apart from their row. */
  readonly apart: boolean;
}

/** A foreign key; columns and operators are in the order of the key. */
export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentOid: number;
  /** How the parent is read: without the tables that inherit from it, unless it is partitioned. */
  readonly parentFrom: string;
  readonly parentPages: number;
  /** As far as the server knows. */
  readonly parentRows: number;
  readonly parentColumns: readonly string[];
  /** Types of the columns, or those below their domains: of the key, and of what it refers to. */
  readonly types: readonly string[];
  readonly parentTypes: readonly string[];
  /** `OPERATOR(schema.name)`, the key of the parent on its left. */
  readonly operators: readonly string[];
  readonly full: boolean;
  /** Left out of the verdict, and why: the database does not hold rows to it either. */
  readonly ignored?: string;
  /** It cannot be checked, and why. */
  readonly unknown?: string;
}

/** A table that has rows, its partitions included. */
export interface Table {
  readonly oid: number;
  readonly sql: string;
  readonly from: string;
  readonly pages: number;
  /** It holds rows itself; a partitioned table holds none but those of its partitions. */
  readonly stored: boolean;
  /** The partitioned table that its rows belong to, or itself. */
  readonly whole: number;
  /** The partitioned tables that its rows belong to, and itself. */
  readonly within: readonly number[];
  /** A query of it sees rows of other tables too: of those that inherit from it, or of partitions on other servers. */
  readonly inherited: boolean;
  readonly columns: readonly Column[];
  readonly keys: readonly ForeignKey[];
}

/** A foreign key of a table. */
export interface KeyOfTable {
  readonly table: Table;
  readonly key: ForeignKey;
}

/** Schemas that are not of the user: of the system, and of sessions. */
export const OWN_SCHEMAS = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'`;

/** Every table of the database that holds rows, with its foreign keys. */
export async function readTables(connection: Connection): Promise<Table[]> {
  const keys = await readKeys(connection);
  const columns = await readColumns(connection);
  const rows = await connection.query(`
    select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name, c.relkind::text as kind,
           coalesce(pg_partition_root(c.oid), c.oid)::int8::float8 as whole,
           array(select a.relid::oid::int8::float8 from pg_partition_ancestors(c.oid) a) as above,
           case when c.relkind = 'p'
             then exists (select from pg_partition_tree(c.oid) p join pg_class f on f.oid = p.relid where f.relkind = 'f')
             else exists (select from pg_inherits where inhparent = c.oid)
           end as inherited,
           case when c.relkind = 'p'
             then (select coalesce(sum(pg_relation_size(p.relid)), 0) from pg_partition_tree(c.oid) p where p.isleaf)
             else pg_relation_size(c.oid) + coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0)
           end::float8 / 8192 as pages
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and ${OWN_SCHEMAS} and (c.relkind <> 'm' or c.relispopulated) and c.relpersistence <> 't'`);
  return rows.map((row) => {
    const sql = qualified(row.schema as string, row.name as string);
    return {
      oid: row.oid as number,
      sql,
      from: row.kind === 'p' ? sql : `only ${sql}`,
      pages: row.pages as number,
      stored: row.kind !== 'p',
      whole: row.whole as number,
      within: [...new Set([row.oid as number, ...(row.above as number[])])],
      inherited: row.inherited as boolean,
      columns: columns.get(row.oid as number) ?? [],
      keys: keys.get(row.oid as number) ?? [],
    };
  });
}

/** The foreign keys that are looked at. */
export function keysOf(tables: readonly Table[]): KeyOfTable[] {
  return tables.flatMap((table) => table.keys.filter(({ ignored, unknown }) => !ignored && !unknown).map((key) => ({ table, key })));
}

async function readColumns(connection: Connection): Promise<Map<number, Column[]>> {
  // values that are declared to be short always lie in their row as they are
  const rows = await connection.query(`
    select attrelid::int8::float8 as oid, attname as name, b.typname as type, b.typcategory = 'A' as "array",
           a.attstorage <> 'p' and not (a.atttypmod between 0 and 500 and b.typname in ('varchar', 'bpchar'))
             and not (a.atttypmod >= 0 and b.typname = 'numeric') as apart
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_type t on t.oid = a.atttypid join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
     where c.relkind in ('r', 'p', 'm') and ${OWN_SCHEMAS} and a.attnum > 0 and not a.attisdropped
     order by attrelid, attnum`);
  return grouped(rows, (row) => ({
    name: row.name as string,
    type: row.type as string,
    array: row.array as boolean,
    apart: row.apart as boolean,
  }));
}

async function readKeys(connection: Connection): Promise<Map<number, ForeignKey[]>> {
  // keys of partitions that come from the table above them have a parent; newer versions have keys that are not enforced, or of periods
  const typeOf = `case when d.typtype = 'e' then 'enum' when b.typnamespace = 'pg_catalog'::regnamespace then b.typname::text else '' end`;
  const columnsOf = (what: string, numbers: string, relation: string) => `
           (select json_agg(${what} order by u.at) from unnest(${numbers}) with ordinality u (key, at)
              join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.key
              join pg_type d on d.oid = a.atttypid join pg_type b on b.oid = coalesce(nullif(d.typbasetype, 0), d.oid))`;
  const rows = await connection.query(`
    select k.conrelid::int8::float8 as oid, k.conname as name, n.nspname as schema, p.relname as parent, p.oid::int8::float8 as parent_oid,
           p.relkind::text as kind, p.reltuples::float8 as rows, k.confmatchtype = 'f' as "full", k.convalidated as valid,
           coalesce((select sum(pg_relation_size(t.relid)) from pg_partition_tree(p.oid) t), pg_relation_size(p.oid))::float8 / 8192 as pages,
           coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true' as enforced, coalesce(to_jsonb(k) ->> 'conperiod', 'false') = 'true' as period,
           ${columnsOf('a.attname', 'k.conkey', 'k.conrelid')} as columns, ${columnsOf(typeOf, 'k.conkey', 'k.conrelid')} as types,
           ${columnsOf('a.attname', 'k.confkey', 'k.confrelid')} as parents, ${columnsOf(typeOf, 'k.confkey', 'k.confrelid')} as parent_types,
           (select json_agg(format('operator(%I.%s)', s.nspname, o.oprname) order by u.at) from unnest(k.conpfeqop) with ordinality u (op, at)
              join pg_operator o on o.oid = u.op join pg_namespace s on s.oid = o.oprnamespace) as operators
      from pg_constraint k join pg_class p on p.oid = k.confrelid join pg_namespace n on n.oid = p.relnamespace
     where k.contype = 'f' and k.conparentid = 0
     order by k.conrelid, k.conname`);
  return grouped(rows, (row) => {
    const parent = qualified(row.schema as string, row.parent as string);
    const ignored = row.enforced ? (row.valid ? undefined : 'was never validated') : 'is not enforced';
    return {
      name: row.name as string,
      columns: row.columns as string[],
      parent,
      parentOid: row.parent_oid as number,
      parentFrom: row.kind === 'p' ? parent : `only ${parent}`,
      parentPages: row.pages as number,
      parentRows: row.rows as number,
      parentColumns: row.parents as string[],
      types: row.types as string[],
      parentTypes: row.parent_types as string[],
      operators: row.operators as string[],
      full: row.full as boolean,
      ...(ignored ? { ignored } : {}),
      ...(row.period ? { unknown: 'is of periods' } : {}),
    };
  });
}

function grouped<T>(
  rows: readonly Readonly<Record<string, unknown>>[],
  make: (row: Readonly<Record<string, unknown>>) => T,
): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const oid = row.oid as number;
    groups.set(oid, [...(groups.get(oid) ?? []), make(row)]);
  }
  return groups;
}
