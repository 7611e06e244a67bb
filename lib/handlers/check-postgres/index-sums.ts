import { many } from '../checks/words';
import { OWN_SCHEMAS } from './catalogue';
import type { Connection } from './connection';
import { SMALL_PAGES } from './damage';
import { identifier, qualified } from './identifiers';
import { plan, type Setting } from './planning';

/**
 * Entries, and the sum of a hash of 64 bits of each: the same for an index and its table, whatever their order. A whole number is its
 * own hash, where an entry begins with it.
 */
export interface Sums {
  readonly entries: number;
  readonly hashes: bigint;
}

/** An index whose entries can be added up, and compared with the rows of its table. */
export interface SummedIndex {
  readonly oid: number;
  readonly table: number;
  readonly name: string;
  /** What adds up, as two columns of a statement that reads the table. */
  readonly sums: readonly [entries: string, hashes: string];
  /** The first column, where the index has all rows. */
  readonly first?: string;
  /** The only column, where it holds a whole number for every row: what adds up are these. */
  readonly number?: string;
  /** The statement that adds up, by the table or by the index. */
  readonly statement: string;
}

/** By the table alone, whatever indexes there are. */
export const BY_TABLE: readonly Setting[] = [
  'enable_seqscan = on',
  'enable_indexonlyscan = off',
  'enable_indexscan = off',
  'enable_bitmapscan = off',
];
/** By an index alone: its entries tell all that is asked for, and rows are looked up only on pages that may hold dead ones. */
const BY_INDEX: readonly Setting[] = [
  'enable_seqscan = off',
  'enable_indexonlyscan = on',
  'enable_indexscan = on',
  'enable_bitmapscan = off',
];

/** Adding up is quick only where the rows of nearly all pages are known to be visible to everyone, as vacuum leaves them. */
const VISIBLE_PERCENT = 90;

/** Every B-tree that is large, and of columns only whose values the server can hash. */
export async function readSummedIndexes(connection: Connection): Promise<SummedIndex[]> {
  const rows = await connection.query(`
    select i.indexrelid::int8::float8 as oid, i.indrelid::int8::float8 as "table", x.relname as name, n.nspname as schema, c.relname as of,
           pg_get_expr(i.indpred, i.indrelid) as predicate,
           (select json_agg(json_build_object('name', t.attname, 'required', t.attnotnull,
                     'type', case when d.typtype = 'e' then 'enum' when b.typnamespace = 'pg_catalog'::regnamespace then b.typname::text else '' end) order by k.at)
              from unnest(i.indkey::int2[]) with ordinality k (key, at) join pg_attribute t on t.attrelid = i.indrelid and t.attnum = k.key
              join pg_type d on d.oid = t.atttypid join pg_type b on b.oid = coalesce(nullif(d.typbasetype, 0), d.oid)) as columns
      from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am a on a.oid = x.relam
      join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     where a.amname = 'btree' and i.indisvalid and i.indisready and i.indislive and i.indexprs is null
       and c.relkind in ('r', 'm') and c.relpersistence <> 't' and ${OWN_SCHEMAS} and pg_relation_size(x.oid) > ${SMALL_PAGES} * 8192::int8
       and c.relallvisible * 100::int8 >= pg_relation_size(c.oid) / 8192 * ${VISIBLE_PERCENT}`);
  return rows.flatMap((row) => {
    const columns = row.columns as readonly IndexedColumn[];
    if (!columns.every(({ type }) => Object.hasOwn(HASHES, type))) {
      return [];
    }
    const where = row.predicate === null ? '' : ` where (${row.predicate})`;
    const filter = where && ` filter (${where.trim()})`;
    const [{ name: first, type, required }, ...rest] = columns;
    const number = required && WHOLE_NUMBERS.has(type) ? `c.${identifier(first)}` : undefined;
    const hash = number === undefined ? columns.reduce(hashed, '0') : rest.reduce(hashed, number);
    const from = `from only ${qualified(row.schema as string, row.of as string)} c`;
    return {
      oid: row.oid as number,
      table: row.table as number,
      name: row.name as string,
      sums: [`count(*)${filter}`, `sum(${hash})${filter}`] as const,
      ...(where ? {} : { first }),
      ...(number === undefined || rest.length > 0 || where ? {} : { number: first }),
      statement: `select count(*), sum(${hash}) ${from}${where}`,
    };
  });
}

/** Adds up what an index has; undefined where the server would not do that by this index alone. */
export function sumsByIndex(connection: Connection, index: SummedIndex): Promise<Sums | undefined> {
  return connection.transaction('read only', () => addUp(connection, index, BY_INDEX));
}

/** Adds up a table and its index at one moment, so that nobody writes in between. */
export function sumsAtOnce(connection: Connection, index: SummedIndex): Promise<{ rows?: Sums; entries?: Sums }> {
  return connection.transaction('read only', async () => {
    await connection.query('set transaction isolation level repeatable read');
    return { rows: await addUp(connection, index, BY_TABLE), entries: await addUp(connection, index, BY_INDEX) };
  });
}

/** Reads the two columns that add up. */
export function sumsOf([entries, hashes]: readonly (string | null)[]): Sums {
  return { entries: Number(entries), hashes: BigInt(hashes ?? 0) };
}

/** How the sums of an index differ from those of its table, in words. */
export function unlike(rows: Sums, entries: Sums): string {
  return rows.entries === entries.entries
    ? 'its entries are not those of the rows of the table'
    : `${many(entries.entries, 'entry', 'entries')} for ${many(rows.entries, 'row')} of the table`;
}

/** Sums of two parts together. */
export function plus(a: Sums = { entries: 0, hashes: 0n }, b: Sums): Sums {
  return { entries: a.entries + b.entries, hashes: a.hashes + b.hashes };
}

export function same(a: Sums, b: Sums): boolean {
  return a.entries === b.entries && a.hashes === b.hashes;
}

async function addUp(connection: Connection, { name, statement }: SummedIndex, settings: readonly Setting[]): Promise<Sums | undefined> {
  await plan(connection, settings, 'transaction');
  if (settings === BY_INDEX) {
    const [[plan]] = await connection.lists(`explain (format json) ${statement}`);
    const [{ Plan }] = JSON.parse(plan!) as [{ Plan: PlanNode }];
    if (!nodesOf(Plan).some((node) => node['Node Type'] === 'Index Only Scan' && node['Index Name'] === name)) {
      return undefined;
    }
  }
  return sumsOf((await connection.lists(statement))[0]);
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

interface IndexedColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

type Hash = (value: string, seed: string) => string;

const named =
  (name: string): Hash =>
  (value, seed) =>
    `${name}(${value}, ${seed})`;

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

/** Functions that hash values of a type; each takes what hashing the columns before it gave. */
const HASHES: Readonly<Record<string, Hash>> = {
  int2: named('hashint2extended'),
  int4: named('hashint4extended'),
  int8: named('hashint8extended'),
  oid: named('hashoidextended'),
  float4: named('hashfloat4extended'),
  float8: named('hashfloat8extended'),
  numeric: named('hash_numeric_extended'),
  text: named('hashtextextended'),
  varchar: named('hashtextextended'),
  bpchar: named('hashbpcharextended'),
  uuid: named('uuid_hash_extended'),
  enum: named('hashenumextended'),
  timestamp: named('timestamp_hash_extended'),
  // the name of a zone would be looked up for every value
  timestamptz: (value, seed) => `timestamp_hash_extended(${value} at time zone interval '0', ${seed})`,
  bool: (value, seed) => `hashint4extended(${value}::int4, ${seed})`,
  // newer versions only have a function for dates; what no timestamp can hold, nor infinity, takes longer
  date: (value, seed) =>
    `case when ${value} < date '290000-01-01' and ${value} > date '-infinity' then timestamp_hash_extended(${value}::timestamp, ${seed}) else hash_array_extended(array[${value}], ${seed}) end`,
};

/** Types that the server hashes as it compares them. */
export const HASHED_TYPES: ReadonlySet<string> = new Set(Object.keys(HASHES));

function hashed(seed: string, { name, type, required }: IndexedColumn): string {
  const value = `c.${identifier(name)}`;
  return required ? HASHES[type](value, seed) : `hashint8extended(coalesce(${HASHES[type](value, '0')}, 0), ${seed})`;
}
