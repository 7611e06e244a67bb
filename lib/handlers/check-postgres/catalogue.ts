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
  /** How the parent is read: without the tables that inherit from it, unless it is partitioned. */
  readonly parentFrom: string;
  readonly parentPages: number;
  readonly parentColumns: readonly string[];
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
  /** A query of it sees rows of other tables too: of those that inherit from it, or of partitions on other servers. */
  readonly inherited: boolean;
  readonly columns: readonly Column[];
  readonly keys: readonly ForeignKey[];
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
      inherited: row.inherited as boolean,
      columns: columns.get(row.oid as number) ?? [],
      keys: keys.get(row.oid as number) ?? [],
    };
  });
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
  const rows = await connection.query(`
    select k.conrelid::int8::float8 as oid, k.conname as name, n.nspname as schema, p.relname as parent, p.relkind::text as kind,
           k.confmatchtype = 'f' as "full", k.convalidated as valid,
           coalesce((select sum(pg_relation_size(t.relid)) from pg_partition_tree(p.oid) t), pg_relation_size(p.oid))::float8 / 8192 as pages,
           coalesce(to_jsonb(k) ->> 'conenforced', 'true') = 'true' as enforced, coalesce(to_jsonb(k) ->> 'conperiod', 'false') = 'true' as period,
           (select json_agg(a.attname order by u.at) from unnest(k.conkey) with ordinality u (key, at)
              join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.key) as columns,
           (select json_agg(a.attname order by u.at) from unnest(k.confkey) with ordinality u (key, at)
              join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.key) as parents,
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
      parentFrom: row.kind === 'p' ? parent : `only ${parent}`,
      parentPages: row.pages as number,
      parentColumns: row.parents as string[],
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
