import type { Connection } from './connection';
import type { Part } from './damage';

/** On a page, where the server has not counted. */
const MOST_ENTRIES = 300;

/** Everything that is stored in pages: tables and indexes, those of the catalogue and of values that lie apart from their rows too. */
export async function readParts(connection: Connection): Promise<Part[]> {
  const rows = await connection.query(`
    select c.oid::int8::float8 as oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind = 'i' as index, a.amname as method,
           case when t.oid is not null then format('%s.%I', t.relnamespace::regnamespace, t.relname) end as apart_from,
           s.bytes::float8 / 8192 as pages, c.reltuples::float8 as entries
      from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_am a on a.oid = c.relam
      left join pg_index i on i.indexrelid = c.oid
      left join pg_class t on t.reltoastrelid = coalesce(i.indrelid, c.oid)
      cross join lateral (select pg_relation_size(c.oid) as bytes offset 0) s
     where (c.relkind in ('r', 'm', 't') and a.amname = 'heap' or c.relkind = 'i' and i.indisvalid and i.indisready and i.indislive)
       and c.relpersistence <> 't' and not pg_is_other_temp_schema(n.oid) and s.bytes > 0`);
  return rows.map(({ oid, name, index, method, apart_from, pages, entries }) => ({
    oid: oid as number,
    words: `${index ? 'index' : 'table'} ${name}${apart_from ? ` (long values of ${apart_from})` : ''}`,
    pages: pages as number,
    entries: (entries as number) > 0 ? (entries as number) : (pages as number) * MOST_ENTRIES,
    ...(index ? { method: method as string } : {}),
  }));
}
