import type { Amcheck } from './amcheck';
import type { Connection } from './connection';
import { identifier } from './identifiers';
import { inWords, isDamage, type ServerError } from './in-words';

/** A part of the storage that amcheck looks at: some pages of a table, or an index. */
export interface Part {
  readonly oid: number;
  /** As a person knows it: `table "sales"."orders"`. */
  readonly words: string;
  readonly pages: number;
  /** Rows, or entries of an index, as far as the server knows. */
  readonly entries: number;
  /** Access method of an index; left out for a table. */
  readonly method?: string;
  /** Pages of a table, the last one included. */
  readonly range?: readonly [number, number];
}

/** What is wrong with a part; a part that could not be looked at is no better. */
export interface Damage {
  readonly damaged: readonly string[];
  readonly unknown: readonly string[];
}

/** A part is small up to so many pages, and so many small ones are looked at together. */
export const SMALL_PAGES = 64;
const SMALL_AT_ONCE = 64;
const MAX_OF_A_PART = 20;
/** So many pages are looked at in one go, that several connections share a large table. */
const PAGES_AT_ONCE = 8_192;
/**
 * Bits for each entry of an index, by which the check remembers them all to look for the rows of its table: an entry that is
 * missing goes unnoticed by one look in eighteen at most, as other entries may have set its bits. More would be slower.
 */
const BITS_OF_AN_ENTRY = 6;
const MIN_MEMORY_KB = 1_024;
const MAX_MEMORY_KB = 262_144;
const LOCK_NOT_HAD = '55P03';

/** Cuts a large table into parts. */
export function cut(part: Part): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < part.pages; from += PAGES_AT_ONCE) {
    const to = Math.min(from + PAGES_AT_ONCE, part.pages);
    parts.push({ ...part, pages: to - from, range: [from, to - 1] });
  }
  return parts;
}

/** The function of amcheck for an index, or undefined where it has none for its kind. */
export function indexCheckOf({ functions }: Amcheck, method: string): string | undefined {
  const name = { btree: 'bt_index_parent_check', gin: 'gin_index_check' }[method];
  return name && functions.has(name) ? name : undefined;
}

/** Puts small parts of one kind together, so that a database of thousands of small tables is not asked as many times. */
export function bundled(parts: readonly Part[]): Part[][] {
  const bundles: Part[][] = [];
  const open = new Map<string, Part[]>();
  for (const part of parts) {
    const kind = part.method ?? '';
    const bundle = open.get(kind);
    if (part.pages > SMALL_PAGES) {
      bundles.push([part]);
    } else if (bundle && bundle.length < SMALL_AT_ONCE) {
      bundle.push(part);
    } else {
      const fresh = [part];
      open.set(kind, fresh);
      bundles.push(fresh);
    }
  }
  return bundles;
}

/** Looks at parts of one kind; one by one where together they do not pass. */
export async function look(connection: Connection, amcheck: Amcheck, parts: readonly Part[]): Promise<Damage> {
  if (parts.length > 1 && (await allPass(connection, amcheck, parts))) {
    return NOTHING;
  }
  const all: Damage[] = [];
  for (const part of parts) {
    all.push(await (part.method === undefined ? lookAtPages(connection, amcheck, part) : lookAtIndex(connection, amcheck, part, true)));
  }
  return merged(all);
}

/** What is wrong with many parts. */
export function merged(all: readonly Damage[]): Damage {
  return { damaged: all.flatMap(({ damaged }) => damaged), unknown: all.flatMap(({ unknown }) => unknown) };
}

async function allPass(connection: Connection, amcheck: Amcheck, parts: readonly Part[]): Promise<boolean> {
  const [{ method }] = parts;
  const schema = identifier(amcheck.schema);
  const what =
    method === undefined
      ? `cross join lateral ${schema}.verify_heapam(o::oid::regclass, false, false, 'none')`
      : `where ${schema}.${indexCheckOf(amcheck, method)}(o::oid::regclass${method === 'btree' ? ', true' : ''}) is null`;
  try {
    const { rows } = await connection.one(`select count(*)::int as rows from unnest($1::int8[]) o ${what}`, [parts.map(({ oid }) => oid)]);
    return rows === 0;
  } catch {
    return false;
  }
}

/**
 * Looks at the order of an index. Where the rows of its table are looked for, its inner pages are compared with those below them too; where
 * its entries are compared by sums, that is left out, as pg_amcheck does unless it is told otherwise.
 */
export async function lookAtIndex(connection: Connection, amcheck: Amcheck, part: Part, rows: boolean): Promise<Damage> {
  const check = (name: string, more: string) =>
    connection.query(`select ${identifier(amcheck.schema)}.${name}(${part.oid}::oid::regclass${more})`);
  try {
    if (part.method !== 'btree') {
      await check(indexCheckOf(amcheck, part.method!)!, '');
      return NOTHING;
    }
    const checkOrder = () => check('bt_index_check', `, ${rows}`);
    if (!rows) {
      await checkOrder();
      return NOTHING;
    }
    await connection.query(`set maintenance_work_mem = ${memoryFor(part)}`);
    await check('bt_index_parent_check', ', true').catch((error: ServerError) => {
      // someone vacuums the table: the smaller check gets along with that
      if (error?.code === LOCK_NOT_HAD) {
        return checkOrder();
      }
      throw error;
    });
    return NOTHING;
  } catch (error) {
    return told(part, error);
  }
}

/** Kilobytes; the server rounds down to a power of two. */
function memoryFor({ entries }: Part): number {
  const kilobytes = 2 ** Math.ceil(Math.log2(Math.max(1, (entries * BITS_OF_AN_ENTRY) / 8 / 1_024)));
  return Math.min(MAX_MEMORY_KB, Math.max(MIN_MEMORY_KB, kilobytes));
}

async function lookAtPages(connection: Connection, amcheck: Amcheck, part: Part): Promise<Damage> {
  const damaged: string[] = [];
  let [from, to] = part.range ?? [0, -1];
  while (from <= to) {
    try {
      const rows = await connection.query(
        `select blkno, offnum, msg, count(*) over () as total
           from ${identifier(amcheck.schema)}.verify_heapam(${part.oid}::oid::regclass, false, false, 'none', ${from}, ${to}) limit ${MAX_OF_A_PART}`,
      );
      damaged.push(
        ...rows.map(({ blkno, offnum, msg }) => `${part.words}, page ${blkno}${offnum === null ? '' : `, row ${offnum}`}: ${msg}`),
      );
      return { damaged, unknown: [] };
    } catch (error) {
      const { damaged: more, unknown } = told(part, error);
      damaged.push(...more);
      // a page that cannot be read ends the look: it goes on behind it
      const page = Number(/\bblock (\d+)\b/.exec((error as ServerError).message ?? '')?.[1]);
      if (!(more.length > 0 && page >= from && page <= to) || damaged.length >= MAX_OF_A_PART) {
        return { damaged, unknown };
      }
      from = page + 1;
    }
  }
  return { damaged, unknown: [] };
}

/** What an error says about a part. */
export function told({ words }: Pick<Part, 'words'>, error: unknown): Damage {
  const line = `${words}: ${inWords(error)}`;
  return isDamage(error) ? { damaged: [line], unknown: [] } : { damaged: [], unknown: [line] };
}

/** Neither damaged nor unknown. */
export const NOTHING: Damage = { damaged: [], unknown: [] };
