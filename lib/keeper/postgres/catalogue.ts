import type { Client } from 'pg';
import type { DumpedTable, TableName } from '../../model/self-managed';
import { quotedTableName, withPartitions } from '../../model/self-managed';
import { Refused } from '../refused';

/** What is in a database, of one moment. */
export interface Catalogue {
  /** As PostgreSQL counts, such as 150008. */
  readonly version: number;
  readonly server: string;
  /** Of everything, with indexes. */
  readonly bytes: number;
  readonly consistentMs: number;
  /** The name under which others see the same moment, as long as the transaction lasts. */
  readonly snapshot: string;
  readonly largeObjects: number;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  readonly tables: readonly DumpedTable[];
}

/** Reads the catalogue in a transaction that is left open, so that a dump can be made of the same moment. */
export async function readCatalogue(client: Client, now: () => number, only?: readonly TableName[]): Promise<Catalogue> {
  await client.query('begin isolation level repeatable read read only');
  // by name and not by number of the type: a name with a comma in an array would be taken apart
  const { rows } = await client.query(QUERY);
  const [{ tables, ...found }] = rows;
  return { ...found, consistentMs: now(), tables: only ? chosen(tables, only) : tables };
}

function chosen(tables: readonly DumpedTable[], only: readonly TableName[]): DumpedTable[] {
  const found = only.map((wanted) => {
    const table = tables.find(({ schema, name }) => schema === wanted.schema && name === wanted.name);
    if (!table) {
      throw new Refused('look', `'tables' has ${quotedTableName(wanted)}, and the database has no such table: correct it, or take it out`);
    }
    return withPartitions(table, tables);
  });
  return [...new Set(found.flat())];
}

/** The tables of users, but those that an extension makes by itself. */
const QUERY = `
  with tables as (
    select c.oid, n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema')
       and n.nspname !~ '^pg_(toast|temp)'
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
  ), entries as (
    select json_build_object(
      'oid', t.oid::int8, 'schema', t.nspname, 'name', t.relname, 'hasRows', t.relkind = 'r',
      'parents', coalesce((select json_agg(i.inhparent::int8) from pg_inherits i where i.inhrelid = t.oid), '[]'),
      'indexes', coalesce((select json_agg(i.indexrelid::int8) from pg_index i where i.indrelid = t.oid), '[]'),
      'constraints', coalesce((select json_agg(k.oid::int8) from pg_constraint k where k.conrelid = t.oid and k.contype <> 'f'), '[]'),
      'defaults', coalesce((select json_agg(a.oid::int8) from pg_attrdef a where a.adrelid = t.oid), '[]'),
      'sequences', coalesce((
        select json_agg(json_build_object('oid', s.oid::int8, 'schema', sn.nspname, 'name', s.relname))
          from pg_depend d join pg_class s on s.oid = d.objid join pg_namespace sn on sn.oid = s.relnamespace
         where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
           and d.deptype in ('a', 'i') and s.relkind = 'S'), '[]')) as entry
      from tables t
  )
  select current_setting('server_version_num')::int as version, 'PostgreSQL ' || current_setting('server_version') as server,
         pg_database_size(current_database())::float8 as bytes, pg_export_snapshot() as snapshot,
         (select count(*) from pg_largeobject_metadata)::int as "largeObjects",
         pg_encoding_to_char(b.encoding) as encoding, b.datcollate as collate, b.datctype as ctype,
         (select coalesce(json_agg(entry), '[]') from entries) as tables
    from pg_database b where b.datname = current_database()`;
